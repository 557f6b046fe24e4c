//! Spikes of an external layer: an endless stream with bounded memory.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use serde::{Deserialize, Serialize};

use super::wires::unit;
use crate::models::random::{Stream, stream};

/// How far a copy may be moved, in standard deviations of the jitter. Two copies in 10^9 would be
/// moved further and are dropped.
const REACH: f64 = 6.0;

/// Below it, trains count as independent.
const INDEPENDENT: f64 = 1e-5;

/// What the trains have to be.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Law {
    pub neurons: usize,
    /// Of each neuron, in spikes per ms.
    pub rate: f64,
    /// Correlation of long-window spike counts.
    pub c: f64,
    /// Standard deviation of the jitter in ms.
    pub tau_jitter: f64,
}

/// Poisson trains, independent (`c = 0`) or correlated.
///
/// ```text
/// c = 0:  one Poisson process of rate Nx rx, each spike of a neuron drawn from all Nx
/// c > 0:  a mother process of rate rx/c; each neuron copies each mother spike with probability c,
///         each copy moved in time by tau_jitter times a normal number
/// ```
/// Every train is Poisson with rate `rx`; the cross-covariance of two is `c rx Normal(s; 0, 2
/// tau_jitter^2)`. The stream is stationary from its beginning: mother spikes of six standard
/// deviations before it are drawn too.
/// # Source
/// Akil, Rosenbaum & Josić (2021) PLoS Comput Biol 17:e1008958; thinning and jitter after Trousdale
/// et al. (2013) Front Comput Neurosci 7:92.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Input {
    law: Law,
    random: Stream,
    /// Time of the next spike (`c = 0`) or mother spike in ms.
    next: f64,
    /// Whose spike that is (`c = 0`).
    neuron: usize,
    /// Copies that are still to come.
    pending: BinaryHeap<Reverse<Spike>>,
}

/// A spike to come. Ordered by time, then neuron, so that equal times have an order too.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Spike {
    time: f64,
    neuron: u32,
}

impl Eq for Spike {}

impl Ord for Spike {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.time
            .total_cmp(&other.time)
            .then(self.neuron.cmp(&other.neuron))
    }
}

impl PartialOrd for Spike {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Input {
    /// A stream that begins at time 0; `purpose` names its random numbers.
    pub fn new(law: Law, seed: u64, purpose: &str) -> Self {
        let mut input = Self {
            law,
            random: stream(seed, purpose),
            next: 0.0,
            neuron: 0,
            pending: BinaryHeap::new(),
        };
        input.begin(0.0);
        input
    }

    /// From `now` (ms) on the trains follow another law.
    pub fn set_law(&mut self, law: Law, now: f64) {
        if law != self.law {
            self.law = law;
            self.begin(now);
        }
    }

    /// Begins anew at `now` (ms), for a layer that was silent.
    pub fn restart(&mut self, now: f64) {
        self.begin(now);
    }

    fn begin(&mut self, now: f64) {
        self.pending.clear();
        self.next = if self.correlated() {
            now - REACH * self.law.tau_jitter
        } else {
            now
        };
        self.next += self.gap();
        if !self.correlated() {
            self.neuron = self.draw_neuron();
        } else {
            self.copy_until(now);
            while self
                .pending
                .peek()
                .is_some_and(|Reverse(copy)| copy.time < now)
            {
                self.pending.pop();
            }
        }
    }

    fn correlated(&self) -> bool {
        self.law.c >= INDEPENDENT
    }

    /// An interval of the process that is drawn.
    fn gap(&mut self) -> f64 {
        let rate = if self.correlated() {
            self.law.rate / self.law.c
        } else {
            self.law.rate * self.law.neurons as f64
        };
        if rate > 0.0 {
            -unit(&mut self.random).ln() / rate
        } else {
            f64::INFINITY
        }
    }

    /// Calls `fire` with the neuron of every spike at or before `time` (ms), in order of time.
    pub fn until(&mut self, time: f64, mut fire: impl FnMut(usize)) {
        if self.correlated() {
            self.copy_until(time);
            while let Some(Reverse(copy)) = self.pending.peek()
                && copy.time <= time
            {
                fire(copy.neuron as usize);
                self.pending.pop();
            }
        } else {
            while self.next <= time {
                fire(self.neuron);
                self.next += self.gap();
                self.neuron = self.draw_neuron();
            }
        }
    }

    /// The neuron that will fire next, as far as that is known.
    pub fn upcoming(&self) -> Option<usize> {
        if self.correlated() {
            let copy = self.pending.peek();
            copy.map(|Reverse(copy)| copy.neuron as usize)
        } else {
            (self.law.neurons > 0).then_some(self.neuron)
        }
    }

    /// Whether a loaded state is of so many neurons.
    pub fn fits(&self, neurons: usize) -> bool {
        let inside = |neuron: usize| neuron < neurons.max(1);
        let mut pending = self.pending.iter();
        self.law.neurons == neurons
            && inside(self.neuron)
            && pending.all(|Reverse(copy)| inside(copy.neuron as usize))
    }

    fn draw_neuron(&mut self) -> usize {
        let drawn = (unit(&mut self.random) * self.law.neurons as f64) as usize;
        drawn.min(self.law.neurons.saturating_sub(1))
    }

    /// Draws the mother spikes whose copies may come at or before `time`.
    fn copy_until(&mut self, time: f64) {
        let Law {
            neurons,
            c,
            tau_jitter,
            ..
        } = self.law;
        while self.next <= time + REACH * tau_jitter {
            let mother = self.next;
            let mut neuron = self.skip(c);
            while neuron < neurons {
                let moved = self.normal();
                if moved.abs() <= REACH {
                    self.pending.push(Reverse(Spike {
                        time: mother + tau_jitter * moved,
                        neuron: neuron as u32,
                    }));
                }
                neuron = neuron.saturating_add(1).saturating_add(self.skip(c));
            }
            self.next += self.gap();
        }
    }

    /// Neurons passed over before the next that copies.
    fn skip(&mut self, c: f64) -> usize {
        if c >= 1.0 {
            0
        } else {
            (unit(&mut self.random).ln() / (1.0 - c).ln()) as usize
        }
    }

    /// A normal number (Box & Muller 1958).
    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * unit(&mut self.random).ln()).sqrt();
        radius * (std::f64::consts::TAU * unit(&mut self.random)).cos()
    }
}
