//! A block of synapses with its weights: delivery of spikes, and plasticity along one of three paths.
//!
//! *Direct*: in each step first the columns of the cells that fired (presynaptic phase), then the
//! rows (postsynaptic phase). A row is scattered all over memory, which makes it several times as
//! slow as a column.
//!
//! *Deferred*: rows are left alone. When a column is visited next, what the postsynaptic spikes since
//! the last visit would have done is done, in order, with the traces of their times: a presynaptic
//! trace only decays between two visits, so it is known at each of them. The numbers and their order
//! are those of the direct path, so the weights are the same bit for bit.
//!
//! *Factored*: only for Kohonen's rule, whose postsynaptic phase is a factor for a whole row.

use std::borrow::Cow;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::deferred::{CatchUp, Chunk, Look, LookAtOne, Visit};
use super::delivery::{add_each, add_uniform, fetch};
use super::direct::{Direct, Rows};
use super::factored::{LARGEST_ETA, RowFactors};
use super::rules::{Kohonen, Rule};
use super::sums;
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

/// What is still to be done to the weights as they are stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Pending<T> {
    Nothing,
    /// The spikes since the last visits.
    Spikes(Visits<T>),
    /// The factors of their rows.
    Factors(RowFactors<T>),
}

/// How the weights of a block are changed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Path {
    Static,
    Direct,
    Deferred,
    Factored(Kohonen<f64>),
}

impl Path {
    /// That of these rules, of which several always take the direct path; `deferred` is what is
    /// wanted of a single one.
    pub fn of(rules: &[Rule], clamp: Option<f64>, deferred: bool) -> Self {
        match rules {
            [] => Self::Static,
            [Rule::Kohonen(rule)] if clamp.is_none() && rule.eta <= LARGEST_ETA => {
                Self::Factored(*rule)
            }
            [_] if deferred => Self::Deferred,
            _ => Self::Direct,
        }
    }
}

/// The synapses from one population to another with their weights.
#[derive(Clone, Debug)]
pub struct Projection<T> {
    pub wires: Wires,
    weights: Weights<T>,
    rules: Vec<Rule>,
    /// The sign that clamped weights keep.
    clamp: Option<f64>,
    path: Path,
    rows: Option<Rows>,
    pending: Pending<T>,
    chunk: Box<Chunk<T>>,
}

/// What a checkpoint holds of a projection.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound = "T: Real")]
pub struct Saved<'a, T: Real> {
    weights: Cow<'a, Weights<T>>,
    pending: Cow<'a, Pending<T>>,
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
            path: Path::Static,
            rows: None,
            pending: Pending::Nothing,
            chunk: Box::new(Chunk::new()),
        }
    }

    /// The common weight, as long as no rule has touched any.
    pub fn uniform(&self) -> Option<T> {
        match &self.weights {
            Weights::Uniform(weight) => Some(*weight),
            Weights::Each(_) => None,
        }
    }

    /// The first of some synapses whose weight does not lie in `-bound..=bound`, with that weight,
    /// where a rule has touched the block. Spikes that are pending are left out: they change little.
    pub fn beyond(&self, synapses: Range<usize>, bound: T) -> Option<(usize, T)> {
        let Weights::Each(weights) = &self.weights else {
            return None;
        };
        // Factors are 1 at most.
        if sums::all_within(&weights[synapses.clone()], bound) {
            return None;
        }
        let weight = |s: usize| match &self.pending {
            Pending::Factors(rows) => weights[s] * rows.factor(self.wires.target(s)),
            _ => weights[s],
        };
        let inside = |weight: T| -bound <= weight && weight <= bound;
        synapses
            .map(|s| (s, weight(s)))
            .find(|(_, weight)| !inside(*weight))
    }

    /// Gives all synapses the same weight; only while no rule has touched them.
    pub fn set_uniform(&mut self, weight: T) {
        if let Weights::Uniform(all) = &mut self.weights {
            *all = weight;
        }
    }

    /// Whether updates are waiting for the next visit of their synapses.
    pub fn is_deferred(&self) -> bool {
        matches!(self.pending, Pending::Spikes(_))
    }

    /// Switches to other rules, after doing what the present ones have pending; `deferred` as in
    /// [`Path::of`].
    pub fn set_rules(
        &mut self,
        rules: Vec<Rule>,
        clamp: Option<f64>,
        deferred: bool,
        place: &Place,
        traces: &Traces<T>,
    ) {
        let path = Path::of(&rules, clamp, deferred);
        if rules == self.rules && clamp == self.clamp && path == self.path {
            return;
        }
        let now = traces.previous_scale();
        self.flush(place, traces, now);
        if !rules.is_empty()
            && let Weights::Uniform(weight) = self.weights
        {
            self.weights = Weights::Each(vec![weight; self.wires.count()]);
        }
        let count = |synapse| traces.counts[place.post.start + self.wires.target(synapse)];
        self.pending = match path {
            Path::Static | Path::Direct => Pending::Nothing,
            Path::Deferred => Pending::Spikes(Visits {
                seen: (0..self.wires.count()).map(count).collect(),
                last: vec![now; self.wires.pres()],
                horizon: now,
                round: now,
            }),
            Path::Factored(_) => Pending::Factors(RowFactors::new(&traces.y[place.post.clone()])),
        };
        self.rows = (path == Path::Direct).then(|| Rows::of(&self.wires));
        (self.rules, self.clamp, self.path) = (rules, clamp, path);
    }

    /// Adds the weights of the columns `fired`, counted from `offset` on, in units of which `unit`
    /// make a mV, to `charges`.
    pub fn add(&self, fired: &[u32], offset: usize, unit: T, charges: &mut [T]) {
        let wires = &self.wires;
        match &self.weights {
            Weights::Uniform(weight) => wires.along(fired, offset, |_, part, next| {
                wires.fetch(next);
                match &wires.targets {
                    Indices::Narrow(t) => add_uniform(&t[part], *weight * unit, charges),
                    Indices::Wide(t) => add_uniform(&t[part], *weight * unit, charges),
                }
            }),
            Weights::Each(weights) => wires.along(fired, offset, |_, part, next| {
                fetch(&weights[next.clone()]);
                wires.fetch(next);
                let weights = &weights[part.clone()];
                match &wires.targets {
                    Indices::Narrow(t) => add_each(&t[part], weights, unit, charges),
                    Indices::Wide(t) => add_each(&t[part], weights, unit, charges),
                }
            }),
        }
    }

    /// Asks for column `k`, before a spike is delivered along it.
    #[inline]
    pub fn fetch(&self, k: usize) {
        let column = self.wires.column(k);
        self.wires.fetch(column.clone());
        if let Weights::Each(weights) = &self.weights {
            fetch(&weights[column.clone()]);
        }
        if let Pending::Spikes(visits) = &self.pending {
            fetch(&visits.seen[column]);
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
        match (&mut self.weights, &mut self.pending) {
            (Weights::Uniform(_), _) | (_, Pending::Nothing) => {
                self.add(fired, offset, unit, charges);
            }
            (Weights::Each(weights), Pending::Spikes(visits)) => self.rules[0].with_kernel(
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
            (Weights::Each(weights), Pending::Factors(rows)) => {
                if let Path::Factored(rule) = self.path {
                    let growth = rule.cast::<T>().growth() * traces.scale();
                    rows.deliver(&self.wires, weights, fired, offset, (growth, unit), charges);
                }
            }
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

    /// What spikes of postsynaptic cells do to factors, after the traces rose.
    pub fn factor(&mut self, fired_post: &[u32], place: &Place, traces: &Traces<T>) {
        let (Pending::Factors(rows), Path::Factored(rule)) = (&mut self.pending, self.path) else {
            return;
        };
        let rule = rule.cast();
        let mut small = false;
        for &cell in fired_post {
            let cell = cell as usize;
            small |= rows.fire(cell - place.post.start, traces.y[cell], &rule);
        }
        if small {
            self.fold(place, traces);
        }
    }

    /// Multiplies the weights by the factors of their rows.
    fn fold(&mut self, place: &Place, traces: &Traces<T>) {
        if let (Weights::Each(weights), Pending::Factors(rows)) =
            (&mut self.weights, &mut self.pending)
        {
            rows.fold(&self.wires, weights);
            *rows = RowFactors::new(&traces.y[place.post.clone()]);
        }
    }

    /// Does everything that is pending; spikes at `now` are the last to be counted.
    pub fn flush(&mut self, place: &Place, traces: &Traces<T>, now: T) {
        let all = 0..self.wires.pres();
        self.catch_up(all, place, traces, now);
        if let Pending::Spikes(visits) = &mut self.pending {
            (visits.horizon, visits.round) = (now, now);
        }
        self.fold(place, traces);
    }

    /// Makes sure that the ring of `cell` (of the postsynaptic population) can take another spike.
    /// `previous` is the scale of the last step.
    #[inline]
    pub fn make_room(&mut self, cell: usize, place: &Place, traces: &Traces<T>, previous: T) {
        if let Pending::Spikes(visits) = &self.pending
            && traces.oldest(cell) < visits.horizon
        {
            self.flush(place, traces, previous);
        }
    }

    /// Step number `step` of a round of `steps` in which every column is visited that has not fired
    /// since the round began, so that none is left alone for long.
    pub fn round(&mut self, step: usize, steps: usize, place: &Place, traces: &Traces<T>) {
        let Pending::Spikes(visits) = &mut self.pending else {
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
            if let Pending::Spikes(visits) = &self.pending
                && visits.last[k] > since
            {
                self.catch_up(k..k + 1, place, traces, now);
            }
        }
    }

    fn catch_up(&mut self, columns: Range<usize>, place: &Place, traces: &Traces<T>, now: T) {
        let (Weights::Each(weights), Pending::Spikes(visits)) =
            (&mut self.weights, &mut self.pending)
        else {
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

    /// The scale of the traces is multiplied by `factor`, and the traces are divided by it.
    pub fn rescale(&mut self, factor: T) {
        match &mut self.pending {
            Pending::Nothing => {}
            Pending::Spikes(visits) => {
                for last in &mut visits.last {
                    *last *= factor;
                }
                visits.horizon *= factor;
                visits.round *= factor;
            }
            Pending::Factors(rows) => rows.rescale(T::one() / factor),
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
        match &self.pending {
            Pending::Nothing => {}
            Pending::Spikes(visits) => {
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
            Pending::Factors(rows) => {
                for (weight, synapse) in out.iter_mut().zip(range) {
                    *weight *= rows.factor(self.wires.target(synapse));
                }
            }
        }
    }

    /// The weight of one synapse, with what is pending done.
    pub fn weight(&self, synapse: usize, place: &Place, traces: &Traces<T>) -> T {
        let pre = place.pre.start + self.wires.pre_of(synapse);
        let post = place.post.start + self.wires.target(synapse);
        self.weight_between(synapse, pre, post, traces)
    }

    /// The weight of the synapse from `pre` to `post`, counted among all cells, with what is pending
    /// done.
    pub fn weight_between(&self, synapse: usize, pre: usize, post: usize, traces: &Traces<T>) -> T {
        let weights = match &self.weights {
            Weights::Uniform(weight) => return *weight,
            Weights::Each(weights) => weights,
        };
        let mut weight = weights[synapse];
        match &self.pending {
            Pending::Nothing => {}
            Pending::Spikes(visits) => self.rules[0].with_kernel(
                self.clamp,
                LookAtOne {
                    weight: &mut weight,
                    seen: visits.seen[synapse],
                    y_pre: traces.y[pre],
                    post,
                    traces,
                },
            ),
            Pending::Factors(rows) => weight *= rows.factor(self.wires.target(synapse)),
        }
        weight
    }

    /// What a checkpoint needs; the rest follows from parameters and seed.
    pub fn save(&self) -> Saved<'_, T> {
        Saved {
            weights: Cow::Borrowed(&self.weights),
            pending: Cow::Borrowed(&self.pending),
        }
    }

    /// Whether a saved state has the sizes of these wires, and is one of this path.
    pub fn fits(&self, saved: &Saved<T>, path: Path) -> bool {
        let synapses = self.wires.count();
        let weights = match &*saved.weights {
            Weights::Uniform(_) => path == Path::Static,
            Weights::Each(weights) => weights.len() == synapses,
        };
        let pending = match (path, &*saved.pending) {
            (Path::Static | Path::Direct, Pending::Nothing) => true,
            (Path::Deferred, Pending::Spikes(visits)) => {
                visits.seen.len() == synapses && visits.last.len() == self.wires.pres()
            }
            (Path::Factored(_), Pending::Factors(rows)) => rows.fits(self.wires.posts),
            _ => false,
        };
        weights && pending
    }

    /// Takes over a saved state that fits, with the rules and the path that it was saved under.
    pub fn restore(&mut self, saved: Saved<T>, rules: Vec<Rule>, clamp: Option<f64>, path: Path) {
        self.rows = (path == Path::Direct).then(|| Rows::of(&self.wires));
        self.weights = saved.weights.into_owned();
        self.pending = saved.pending.into_owned();
        (self.rules, self.clamp, self.path) = (rules, clamp, path);
    }

    /// Bytes of memory that the synapses take now.
    pub fn bytes(&self) -> usize {
        let weights = match &self.weights {
            Weights::Uniform(_) => 0,
            Weights::Each(weights) => weights.len() * size_of::<T>(),
        };
        let wires = self.wires.taken();
        let rows = self.rows.as_ref().map_or(0, Rows::bytes);
        let seen = match &self.pending {
            Pending::Spikes(visits) => visits.seen.len(),
            Pending::Nothing | Pending::Factors(_) => 0,
        };
        weights + wires + rows + seen
    }
}
