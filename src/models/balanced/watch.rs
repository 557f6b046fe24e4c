//! Looks for what must stop a run: rates or weights that run away, numbers that are none.

use serde::{Deserialize, Serialize};

use super::network::Network;
use super::observe::Observation;
use super::settings::Settings;
use super::sizes::{Block, Population};
use super::sums;
use crate::models::nn::real::Real;
use crate::models::param::number;
use crate::models::{Fault, FaultKind};

/// Over which rates are taken, in ms.
pub const WINDOW: usize = 250;

/// A voltage as far away as this, on its scale of [exponents](super::settings::Exponents), will not
/// come back.
const LARGEST: f64 = 1e30;

/// All weights have been looked at after so many ms.
const ROUND: usize = 1000;

/// Spikes of each population in the last milliseconds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Watch {
    /// Of the last [`WINDOW`] ms, round and round.
    counts: Vec<[u32; 2]>,
    /// Their sum.
    total: [u64; 2],
    /// Of the present millisecond.
    now: [u32; 2],
    /// Milliseconds done.
    units: u64,
}

impl Default for Watch {
    fn default() -> Self {
        Self {
            counts: vec![[0; 2]; WINDOW],
            total: [0; 2],
            now: [0; 2],
            units: 0,
        }
    }
}

impl Watch {
    /// Forgets what was, so that a mended network is not judged by the rates before.
    pub fn restart(&mut self) {
        *self = Self::default();
    }

    /// Whether a loaded state has the right sizes.
    pub fn fits(&self) -> bool {
        self.counts.len() == WINDOW
    }

    pub fn observe<T: Real>(&mut self, seen: &Observation<T>) {
        self.now[0] += seen.spikes_e as u32;
        self.now[1] += (seen.spikes.len() - seen.spikes_e) as u32;
        if !seen.unit_done {
            return;
        }
        let place = (self.units % WINDOW as u64) as usize;
        for population in 0..2 {
            self.total[population] += u64::from(self.now[population]);
            self.total[population] -= u64::from(self.counts[place][population]);
        }
        self.counts[place] = std::mem::take(&mut self.now);
        self.units += 1;
    }

    /// Mean rate of a population in Hz over the last 250 ms, or since the beginning; NaN before the
    /// first millisecond is done.
    pub fn rate(&self, population: Population, cells: usize) -> f64 {
        let ms = self.units.min(WINDOW as u64) as f64;
        1e3 * self.total[population.index()] as f64 / (ms * cells as f64)
    }

    /// What is wrong at the end of a millisecond, if anything.
    pub fn fault<T: Real>(&self, network: &Network<T>, settings: &Settings) -> Option<Fault> {
        if !sums::all_within(network.exponents(), T::of(LARGEST)) {
            return Some(not_finite(network));
        }
        if self.units >= WINDOW as u64 {
            for population in Population::ALL {
                let rate = self.rate(population, settings.sizes.of(population));
                if rate > settings.max_rate {
                    let what = format!(
                        "{population:?} cells fired at {rate:.1} Hz over the last {WINDOW} ms, above max rate, {} Hz; \
                         stronger inhibition, weaker excitation or slower learning would help",
                        number(settings.max_rate),
                    );
                    return Some(runaway(what));
                }
            }
        }
        Block::ALL
            .into_iter()
            .find_map(|block| self.weight_fault(network, settings, block))
    }

    /// Looks at a part of the weights of a block.
    fn weight_fault<T: Real>(
        &self,
        network: &Network<T>,
        settings: &Settings,
        block: Block,
    ) -> Option<Fault> {
        let synapses = network.synapses(block);
        let part = synapses.div_ceil(ROUND).max(1);
        let begin = (self.units as usize % ROUND * part).min(synapses);
        let part = begin..(begin + part).min(synapses);
        let root = settings.root_n();
        let (at, weight) = network.beyond(block, part, settings.max_weight / root)?;
        let j = root * weight;
        let kind = if j.is_finite() {
            FaultKind::Runaway
        } else {
            FaultKind::NonFinite
        };
        let wires = network.wires(block);
        Some(Fault {
            kind,
            what: format!(
                "the {} weight from cell {} to cell {} is j = {j:.4e} mV, beyond max weight, {} mV; \
                 slower learning would help",
                block.name().to_uppercase(),
                wires.pre_of(at),
                wires.target(at),
                number(settings.max_weight),
            ),
        })
    }
}

fn runaway(what: String) -> Fault {
    Fault {
        kind: FaultKind::Runaway,
        what,
    }
}

fn not_finite<T: Real>(network: &Network<T>) -> Fault {
    let inside = |u: &T| (-LARGEST..=LARGEST).contains(&u.f64());
    let cell = network.exponents().iter().position(|u| !inside(u));
    let cell = cell.unwrap_or_default();
    Fault {
        kind: FaultKind::NonFinite,
        what: format!(
            "the voltage of cell {cell} is {} at {:.1} ms; weaker weights, slower learning or a smaller dt would help",
            network.voltage(cell),
            network.time(),
        ),
    }
}
