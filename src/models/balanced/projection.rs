//! A block of synapses with its weights: delivery of spikes, and plasticity along the two paths.
//!
//! *Direct*: in each step first the columns of the cells that fired (presynaptic phase), then the
//! rows (postsynaptic phase). A row is scattered all over memory, which makes it several times as
//! slow as a column.
//!
//! *Deferred*: rows are left alone. When a column is visited next, what the postsynaptic spikes since
//! the last visit would have done is done, in order, with the traces of their times: a presynaptic
//! trace only decays between two visits, so it is known at each of them. The numbers and their order
//! are those of the direct path, so the weights are the same bit for bit.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::deferred::{CatchUp, Chunk, Look, LookAtOne, Visit};
use super::delivery::{add_each, add_uniform};
use super::direct::{Direct, Rows};
use super::rules::Rule;
use super::traces::{Count, Traces};
use super::wires::{Indices, Wires};
use crate::models::nn::real::Real;

/// The weights of a block.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound = "T: Real")]
pub enum Weights<T> {
    /// All the same, as long as no rule has touched them.
    Uniform(T),
    Each(#[serde(with = "crate::models::bulk::array")] Vec<T>),
}

/// What belongs to the deferred path. All `S` are scales of the traces at the time in question.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Visits<T> {
    /// For each synapse the count of its postsynaptic cell at the last visit.
    #[serde(with = "serde_bytes")]
    seen: Vec<Count>,
    /// `S` of each presynaptic cell's last visit.
    last: Vec<T>,
    /// No last visit is older.
    horizon: T,
    /// When the present round of regular visits began.
    round: T,
}

/// The synapses from one population to another with their weights.
#[derive(Clone, Debug)]
pub struct Projection<T> {
    pub wires: Wires,
    weights: Weights<T>,
    rules: Vec<Rule>,
    /// The sign that clamped weights keep.
    clamp: Option<f64>,
    rows: Option<Rows>,
    visits: Option<Visits<T>>,
    chunk: Box<Chunk<T>>,
}

/// What a checkpoint holds of a projection.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound = "T: Real")]
pub struct Saved<T> {
    weights: Weights<T>,
    visits: Option<Visits<T>>,
}

/// Where the cells of a projection lie among all.
#[derive(Clone, Debug)]
pub struct Place {
    pub post: Range<usize>,
    pub pre: Range<usize>,
}

impl<T: Real> Projection<T> {
    pub fn new(wires: Wires, weights: Weights<T>) -> Self {
        Self {
            wires,
            weights,
            rules: Vec::new(),
            clamp: None,
            rows: None,
            visits: None,
            chunk: Box::new(Chunk::new()),
        }
    }

    /// Weights as they are stored: without what is pending.
    pub fn stored(&self) -> &Weights<T> {
        &self.weights
    }

    /// Gives all synapses the same weight; only while no rule has touched them.
    pub fn set_uniform(&mut self, weight: T) {
        if let Weights::Uniform(all) = &mut self.weights {
            *all = weight;
        }
    }

    /// Whether updates are waiting for the next visit of their synapses.
    pub fn is_deferred(&self) -> bool {
        self.visits.is_some()
    }

    /// Switches to other rules, after doing what the present ones have pending. Several rules on
    /// one block run directly, whatever `deferred` says.
    pub fn set_rules(
        &mut self,
        rules: Vec<Rule>,
        clamp: Option<f64>,
        deferred: bool,
        place: &Place,
        traces: &Traces<T>,
    ) {
        let deferred = deferred && rules.len() == 1;
        if rules == self.rules && clamp == self.clamp && deferred == self.visits.is_some() {
            return;
        }
        self.flush(place, traces, traces.previous_scale());
        if !rules.is_empty()
            && let Weights::Uniform(weight) = self.weights
        {
            self.weights = Weights::Each(vec![weight; self.wires.count()]);
        }
        let now = traces.previous_scale();
        let count = |synapse| traces.counts[place.post.start + self.wires.target(synapse)];
        self.visits = deferred.then(|| Visits {
            seen: (0..self.wires.count()).map(count).collect(),
            last: vec![now; self.wires.pres()],
            horizon: now,
            round: now,
        });
        self.rows = (!rules.is_empty() && !deferred).then(|| Rows::of(&self.wires));
        self.rules = rules;
        self.clamp = clamp;
    }

    /// Adds the weights of the columns `fired`, in units of which `unit` make a mV, to `charges`.
    pub fn add(&self, fired: &[u32], unit: T, charges: &mut [T]) {
        let (starts, targets) = (self.wires.starts(), &self.wires.targets);
        match (&self.weights, targets) {
            (Weights::Uniform(weight), Indices::Narrow(t)) => {
                add_uniform(t, starts, fired, 0, *weight * unit, charges);
            }
            (Weights::Uniform(weight), Indices::Wide(t)) => {
                add_uniform(t, starts, fired, 0, *weight * unit, charges);
            }
            (Weights::Each(weights), Indices::Narrow(t)) => {
                add_each(t, starts, fired, 0, (weights, unit), charges);
            }
            (Weights::Each(weights), Indices::Wide(t)) => {
                add_each(t, starts, fired, 0, (weights, unit), charges);
            }
        }
    }

    /// Adds the weights of the columns `fired` (counted from the first cell of all) to `charges` as
    /// [`add`](Self::add) does, and does what presynaptic spikes do to these weights. `charges` and
    /// `traces` are those of this step.
    pub fn deliver(
        &mut self,
        fired: &[u32],
        place: &Place,
        traces: &Traces<T>,
        unit: T,
        charges: &mut [T],
    ) {
        let offset = place.pre.start;
        let (starts, targets) = (self.wires.starts(), &self.wires.targets);
        match (&mut self.weights, &mut self.visits) {
            (Weights::Uniform(weight), _) => match targets {
                Indices::Narrow(t) => {
                    add_uniform(t, starts, fired, offset, *weight * unit, charges)
                }
                Indices::Wide(t) => add_uniform(t, starts, fired, offset, *weight * unit, charges),
            },
            (Weights::Each(weights), None) => match targets {
                Indices::Narrow(t) => add_each(t, starts, fired, offset, (weights, unit), charges),
                Indices::Wide(t) => add_each(t, starts, fired, offset, (weights, unit), charges),
            },
            (Weights::Each(weights), Some(visits)) => self.rules[0].with_kernel(
                self.clamp,
                Visit {
                    wires: &self.wires,
                    weights,
                    seen: &mut visits.seen,
                    last: &mut visits.last,
                    fired,
                    place,
                    traces,
                    unit,
                    charges,
                    chunk: &mut self.chunk,
                },
            ),
        }
    }

    /// The rules of the direct path, one after the other: the presynaptic phase, then the
    /// postsynaptic one.
    pub fn learn(
        &mut self,
        fired_pre: &[u32],
        fired_post: &[u32],
        place: &Place,
        traces: &Traces<T>,
    ) {
        let (Weights::Each(weights), Some(rows)) = (&mut self.weights, &self.rows) else {
            return;
        };
        for rule in &self.rules {
            rule.with_kernel(
                self.clamp,
                Direct {
                    wires: &self.wires,
                    rows,
                    weights,
                    fired_pre,
                    fired_post,
                    place,
                    traces,
                },
            );
        }
    }

    /// Does everything that is pending; spikes at `now` are the last to be counted.
    pub fn flush(&mut self, place: &Place, traces: &Traces<T>, now: T) {
        let all = 0..self.wires.pres();
        self.catch_up(all, place, traces, now);
        if let Some(visits) = &mut self.visits {
            (visits.horizon, visits.round) = (now, now);
        }
    }

    /// Makes sure that the ring of `cell` (of the postsynaptic population) can take another spike.
    /// `previous` is the scale of the last step.
    #[inline]
    pub fn make_room(&mut self, cell: usize, place: &Place, traces: &Traces<T>, previous: T) {
        if let Some(visits) = &self.visits
            && traces.oldest(cell) < visits.horizon
        {
            self.flush(place, traces, previous);
        }
    }

    /// Step number `step` of a round of `steps` in which every column is visited that has not fired
    /// since the round began, so that none is left alone for long.
    pub fn round(&mut self, step: usize, steps: usize, place: &Place, traces: &Traces<T>) {
        let Some(visits) = &mut self.visits else {
            return;
        };
        let now = traces.scale();
        if step == 0 {
            visits.horizon = visits.round;
            visits.round = now;
        }
        let since = visits.round;
        let pres = self.wires.pres();
        for k in step * pres / steps..(step + 1) * pres / steps {
            let waits = self
                .visits
                .as_ref()
                .is_some_and(|visits| visits.last[k] > since);
            if waits {
                self.catch_up(k..k + 1, place, traces, now);
            }
        }
    }

    fn catch_up(&mut self, columns: Range<usize>, place: &Place, traces: &Traces<T>, now: T) {
        let (Weights::Each(weights), Some(visits)) = (&mut self.weights, &mut self.visits) else {
            return;
        };
        self.rules[0].with_kernel(
            self.clamp,
            CatchUp {
                wires: &self.wires,
                weights,
                seen: &mut visits.seen,
                last: &mut visits.last,
                columns,
                place,
                traces,
                now,
                chunk: &mut self.chunk,
            },
        );
    }

    /// All stored scales are multiplied by `factor`.
    pub fn rescale(&mut self, factor: T) {
        if let Some(visits) = &mut self.visits {
            for last in &mut visits.last {
                *last *= factor;
            }
            visits.horizon *= factor;
            visits.round *= factor;
        }
    }

    /// The weights of the synapses of column `k`, with what is pending done.
    pub fn column(&self, k: usize, place: &Place, traces: &Traces<T>, out: &mut Vec<T>) {
        out.clear();
        let range = self.wires.column(k);
        match &self.weights {
            Weights::Uniform(weight) => out.resize(range.len(), *weight),
            Weights::Each(weights) => out.extend_from_slice(&weights[range.clone()]),
        }
        if let Some(visits) = &self.visits {
            let mut seen = visits.seen[range.clone()].to_vec();
            self.rules[0].with_kernel(
                self.clamp,
                Look {
                    wires: &self.wires,
                    synapses: range,
                    weights: out,
                    seen: &mut seen,
                    k,
                    place,
                    traces,
                    chunk: &mut Chunk::new(),
                },
            );
        }
    }

    /// The weight of one synapse, with what is pending done.
    pub fn weight(&self, synapse: usize, place: &Place, traces: &Traces<T>) -> T {
        let weights = match &self.weights {
            Weights::Uniform(weight) => return *weight,
            Weights::Each(weights) => weights,
        };
        let mut weight = weights[synapse];
        if let Some(visits) = &self.visits {
            let k = self.wires.pre_of(synapse);
            self.rules[0].with_kernel(
                self.clamp,
                LookAtOne {
                    weight: &mut weight,
                    seen: visits.seen[synapse],
                    y_pre: traces.y[place.pre.start + k],
                    post: place.post.start + self.wires.target(synapse),
                    traces,
                },
            );
        }
        weight
    }

    /// What a checkpoint needs; the rest follows from parameters and seed.
    pub fn save(&self) -> Saved<T> {
        Saved {
            weights: self.weights.clone(),
            visits: self.visits.clone(),
        }
    }

    /// Whether a saved state has the sizes of these wires, and is one with so many rules.
    pub fn fits(&self, saved: &Saved<T>, rules: usize, deferred: bool) -> bool {
        let weights = match &saved.weights {
            Weights::Uniform(_) => rules == 0,
            Weights::Each(weights) => weights.len() == self.wires.count(),
        };
        let visits = match &saved.visits {
            None => rules != 1 || !deferred,
            Some(visits) => {
                rules == 1
                    && deferred
                    && visits.seen.len() == self.wires.count()
                    && visits.last.len() == self.wires.pres()
            }
        };
        weights && visits
    }

    /// Takes over a saved state that fits, with the rules that it was saved under.
    pub fn restore(&mut self, saved: Saved<T>, rules: Vec<Rule>, clamp: Option<f64>) {
        self.rows = (!rules.is_empty() && saved.visits.is_none()).then(|| Rows::of(&self.wires));
        self.weights = saved.weights;
        self.visits = saved.visits;
        self.rules = rules;
        self.clamp = clamp;
    }

    /// Bytes of memory that the synapses take now.
    pub fn bytes(&self) -> usize {
        let weights = match &self.weights {
            Weights::Uniform(_) => 0,
            Weights::Each(weights) => weights.len() * size_of::<T>(),
        };
        let wires = self.wires.count() * Indices::width(self.wires.posts) + 8 * self.wires.pres();
        let rows = self.rows.as_ref().map_or(0, Rows::bytes);
        let seen = self.visits.as_ref().map_or(0, |v| v.seen.len());
        weights + wires + rows + seen
    }
}
