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

use multiversion::multiversion;
use serde::{Deserialize, Serialize};

use super::rules::{Kernel, Rule, WithKernel};
use super::traces::{Recent, Traces};
use super::wires::{Index, Indices, Wires};
use crate::models::nn::real::Real;

/// The weights of a block.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Weights<T> {
    /// All the same, as long as no rule has touched them.
    Uniform(T),
    Each(Vec<T>),
}

/// Synapses onto each postsynaptic cell, for the direct path.
#[derive(Clone, Debug)]
struct Rows {
    starts: Vec<usize>,
    /// Where its weight is.
    synapses: Vec<u32>,
    pres: Indices,
}

/// What belongs to the deferred path. All `S` are scales of the traces at the time in question.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Visits<T> {
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
}

/// What a checkpoint holds of a projection.
#[derive(Clone, Debug, Serialize, Deserialize)]
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
        }
    }

    pub fn len(&self) -> usize {
        self.wires.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn rules(&self) -> &[Rule] {
        &self.rules
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
            self.weights = Weights::Each(vec![weight; self.wires.len()]);
        }
        let now = traces.previous_scale();
        self.visits = deferred.then(|| Visits {
            last: vec![now; self.wires.pres()],
            horizon: now,
            round: now,
        });
        self.rows = (!rules.is_empty() && !deferred).then(|| Rows::of(&self.wires));
        self.rules = rules;
        self.clamp = clamp;
    }

    /// Adds the weights of the columns `fired` to `current`.
    pub fn add(&self, fired: &[u32], current: &mut [T]) {
        let (starts, targets) = (self.wires.starts(), &self.wires.targets);
        match (&self.weights, targets) {
            (Weights::Uniform(weight), Indices::Narrow(t)) => {
                add_uniform(t, starts, fired, 0, *weight, current);
            }
            (Weights::Uniform(weight), Indices::Wide(t)) => {
                add_uniform(t, starts, fired, 0, *weight, current);
            }
            (Weights::Each(weights), Indices::Narrow(t)) => {
                add_each(t, starts, fired, 0, weights, current);
            }
            (Weights::Each(weights), Indices::Wide(t)) => {
                add_each(t, starts, fired, 0, weights, current);
            }
        }
    }

    /// Adds the weights of the columns `fired` (counted from `offset`) to `current`, and does what
    /// presynaptic spikes do to these weights. `current` and `traces` are those of this step.
    pub fn deliver(&mut self, fired: &[u32], place: &Place, traces: &Traces<T>, current: &mut [T]) {
        let offset = place.pre.start;
        let (starts, targets) = (self.wires.starts(), &self.wires.targets);
        match (&mut self.weights, &mut self.visits) {
            (Weights::Uniform(weight), _) => match targets {
                Indices::Narrow(t) => add_uniform(t, starts, fired, offset, *weight, current),
                Indices::Wide(t) => add_uniform(t, starts, fired, offset, *weight, current),
            },
            (Weights::Each(weights), None) => match targets {
                Indices::Narrow(t) => add_each(t, starts, fired, offset, weights, current),
                Indices::Wide(t) => add_each(t, starts, fired, offset, weights, current),
            },
            (Weights::Each(weights), Some(visits)) => self.rules[0].with_kernel(
                self.clamp,
                Visit {
                    wires: &self.wires,
                    weights,
                    last: &mut visits.last,
                    fired,
                    place,
                    traces,
                    current,
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
                last: &mut visits.last,
                columns,
                place,
                traces,
                now,
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
            let last = visits.last[k];
            self.rules[0].with_kernel(
                self.clamp,
                Look {
                    wires: &self.wires,
                    synapses: range,
                    weights: out,
                    last,
                    k,
                    place,
                    traces,
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
        let mut weight = [weights[synapse]];
        if let Some(visits) = &self.visits {
            let k = self.wires.pre_of(synapse);
            let last = visits.last[k];
            self.rules[0].with_kernel(
                self.clamp,
                Look {
                    wires: &self.wires,
                    synapses: synapse..synapse + 1,
                    weights: &mut weight,
                    last,
                    k,
                    place,
                    traces,
                },
            );
        }
        weight[0]
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
            Weights::Each(weights) => weights.len() == self.wires.len(),
        };
        let visits = match &saved.visits {
            None => rules != 1 || !deferred,
            Some(visits) => rules == 1 && deferred && visits.last.len() == self.wires.pres(),
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
        let wires = self.len() * Indices::width(self.wires.posts) + 8 * self.wires.pres();
        let rows = self.rows.as_ref().map_or(0, |rows| {
            rows.synapses.len() * (4 + Indices::width(self.wires.pres())) + 8 * rows.starts.len()
        });
        weights + wires + rows
    }
}

impl Rows {
    fn of(wires: &Wires) -> Self {
        let (posts, pres) = (wires.posts, wires.pres());
        let mut starts = vec![0usize; posts + 1];
        for s in 0..wires.len() {
            starts[wires.target(s) + 1] += 1;
        }
        for j in 0..posts {
            starts[j + 1] += starts[j];
        }
        let mut next = starts.clone();
        let mut synapses = vec![0u32; wires.len()];
        for s in 0..wires.len() {
            let place = &mut next[wires.target(s)];
            synapses[*place] = s as u32;
            *place += 1;
        }
        let mut pres_of = Indices::new(pres, wires.len());
        let mut of_synapse = Indices::new(pres, wires.len());
        for k in 0..pres {
            for _ in wires.column(k) {
                of_synapse.push(k);
            }
        }
        for &s in &synapses {
            pres_of.push(of_synapse.get(s as usize));
        }
        Self {
            starts,
            synapses,
            pres: pres_of,
        }
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma"
))]
fn add_uniform<T: Real, I: Index>(
    targets: &[I],
    starts: &[usize],
    fired: &[u32],
    offset: usize,
    weight: T,
    current: &mut [T],
) {
    for &cell in fired {
        let k = cell as usize - offset;
        for target in &targets[starts[k]..starts[k + 1]] {
            current[target.at()] += weight;
        }
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma"
))]
fn add_each<T: Real, I: Index>(
    targets: &[I],
    starts: &[usize],
    fired: &[u32],
    offset: usize,
    weights: &[T],
    current: &mut [T],
) {
    for &cell in fired {
        let k = cell as usize - offset;
        let column = starts[k]..starts[k + 1];
        for (target, weight) in targets[column.clone()].iter().zip(&weights[column]) {
            current[target.at()] += *weight;
        }
    }
}

/// Direct path: columns of the cells that fired, then rows.
struct Direct<'a, T> {
    wires: &'a Wires,
    rows: &'a Rows,
    weights: &'a mut [T],
    fired_pre: &'a [u32],
    fired_post: &'a [u32],
    place: &'a Place,
    traces: &'a Traces<T>,
}

impl<T: Real> WithKernel<T> for Direct<'_, T> {
    fn run<K: Kernel<T>>(self, kernel: K) {
        let scale = self.traces.scale();
        let posts = &self.traces.recent[self.place.post.clone()];
        let pres = &self.traces.recent[self.place.pre.clone()];
        for &cell in self.fired_pre {
            let column = self.wires.column(cell as usize - self.place.pre.start);
            for s in column {
                let x = posts[self.wires.target(s)].y * scale;
                self.weights[s] = kernel.pre(self.weights[s], x);
            }
        }
        for &cell in self.fired_post {
            let j = cell as usize - self.place.post.start;
            for r in self.rows.starts[j]..self.rows.starts[j + 1] {
                let s = self.rows.synapses[r] as usize;
                let x = pres[self.rows.pres.get(r)].y * scale;
                self.weights[s] = kernel.post(self.weights[s], x);
            }
        }
    }
}

/// Deferred path: columns of the cells that fired.
struct Visit<'a, T> {
    wires: &'a Wires,
    weights: &'a mut [T],
    last: &'a mut [T],
    fired: &'a [u32],
    place: &'a Place,
    traces: &'a Traces<T>,
    current: &'a mut [T],
}

impl<T: Real> WithKernel<T> for Visit<'_, T> {
    fn run<K: Kernel<T>>(self, kernel: K) {
        let Self {
            wires,
            weights,
            last,
            fired,
            place,
            traces,
            current,
        } = self;
        let starts = wires.starts();
        match &wires.targets {
            Indices::Narrow(t) => visit(
                kernel, t, starts, weights, last, fired, place, traces, current,
            ),
            Indices::Wide(t) => visit(
                kernel, t, starts, weights, last, fired, place, traces, current,
            ),
        }
    }
}

/// Synapses that are worked on together.
const LANES: usize = 16;

/// Postsynaptic spikes that are worked on without a branch; more are rare between two visits.
const DEPTH: usize = 3;

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma"
))]
fn visit<T: Real, K: Kernel<T>, I: Index>(
    kernel: K,
    targets: &[I],
    starts: &[usize],
    weights: &mut [T],
    last: &mut [T],
    fired: &[u32],
    place: &Place,
    traces: &Traces<T>,
    current: &mut [T],
) {
    let now = traces.scale();
    let posts = &traces.recent[place.post.clone()];
    for &cell in fired {
        let k = cell as usize - place.pre.start;
        let y_pre = traces.recent[cell as usize].y;
        let since = std::mem::replace(&mut last[k], now);
        let column = starts[k]..starts[k + 1];
        let (targets, weights) = (&targets[column.clone()], &mut weights[column]);
        let (whole, rest) = targets.as_chunks::<LANES>();
        let (whole_weights, rest_weights) = weights.as_chunks_mut::<LANES>();
        for (targets, weights) in whole.iter().zip(whole_weights) {
            let lanes = Lanes {
                kernel,
                since,
                now,
                y_pre,
            };
            lanes.visit(targets, weights, posts, traces, place.post.start, current);
        }
        for (target, weight) in rest.iter().zip(rest_weights) {
            let j = target.at();
            let cell = place.post.start + j;
            traces.older(cell, since, 0, |s| {
                if s > now {
                    *weight = kernel.post(*weight, y_pre * s);
                }
            });
            current[j] += *weight;
            *weight = kernel.pre(*weight, posts[j].y * now);
            if posts[j].spikes[0] == now {
                *weight = kernel.post(*weight, y_pre * now);
            }
        }
    }
}

/// What the synapses of a column have in common.
#[derive(Clone, Copy)]
struct Lanes<K, T> {
    kernel: K,
    since: T,
    now: T,
    y_pre: T,
}

impl<T: Real, K: Kernel<T>> Lanes<K, T> {
    /// Spikes before this step, delivery, the presynaptic spike, and last the postsynaptic cells
    /// that fire in this step too.
    #[inline(always)]
    fn visit<I: Index>(
        self,
        targets: &[I; LANES],
        weights: &mut [T; LANES],
        posts: &[Recent<T>],
        traces: &Traces<T>,
        post_start: usize,
        current: &mut [T],
    ) {
        let Self {
            kernel,
            since,
            now,
            y_pre,
        } = self;
        let mut w = *weights;
        let mut y = [T::zero(); LANES];
        let mut spikes = [[T::zero(); LANES]; DEPTH];
        for i in 0..LANES {
            let j = targets[i].at();
            let recent = &posts[j];
            y[i] = recent.y;
            for back in 0..DEPTH {
                spikes[back][i] = recent.spikes[back];
            }
            if recent.spikes[DEPTH] < since {
                traces.older(post_start + j, since, DEPTH, |s| {
                    w[i] = kernel.post(w[i], y_pre * s);
                });
            }
        }
        for spikes in spikes[1..].iter().rev() {
            for i in 0..LANES {
                let after = kernel.post(w[i], y_pre * spikes[i]);
                w[i] = if spikes[i] < since { after } else { w[i] };
            }
        }
        let newest = &spikes[0];
        let mut together = false;
        for i in 0..LANES {
            let after = kernel.post(w[i], y_pre * newest[i]);
            let counts = newest[i] < since && newest[i] > now;
            w[i] = if counts { after } else { w[i] };
            together |= newest[i] == now;
        }
        for i in 0..LANES {
            current[targets[i].at()] += w[i];
        }
        for i in 0..LANES {
            w[i] = kernel.pre(w[i], y[i] * now);
        }
        if together {
            for i in 0..LANES {
                if newest[i] == now {
                    w[i] = kernel.post(w[i], y_pre * now);
                }
            }
        }
        *weights = w;
    }

    /// Spikes up to and including this step.
    #[inline(always)]
    fn catch_up<I: Index>(
        self,
        targets: &[I],
        weights: &mut [T],
        posts: &[Recent<T>],
        traces: &Traces<T>,
        post_start: usize,
    ) {
        let Self {
            kernel,
            since,
            y_pre,
            ..
        } = self;
        for (target, weight) in targets.iter().zip(weights) {
            let j = target.at();
            let recent = &posts[j];
            if recent.spikes[DEPTH] < since {
                traces.older(post_start + j, since, DEPTH, |s| {
                    *weight = kernel.post(*weight, y_pre * s);
                });
            }
            for &spike in recent.spikes[..DEPTH].iter().rev() {
                let after = kernel.post(*weight, y_pre * spike);
                *weight = if spike < since { after } else { *weight };
            }
        }
    }
}

/// Deferred path: columns that get up to date without a spike of theirs.
struct CatchUp<'a, T> {
    wires: &'a Wires,
    weights: &'a mut [T],
    last: &'a mut [T],
    columns: Range<usize>,
    place: &'a Place,
    traces: &'a Traces<T>,
    now: T,
}

impl<T: Real> WithKernel<T> for CatchUp<'_, T> {
    fn run<K: Kernel<T>>(self, kernel: K) {
        for k in self.columns {
            let synapses = self.wires.column(k);
            let lanes = Lanes {
                kernel,
                since: self.last[k],
                now: self.now,
                y_pre: self.traces.recent[self.place.pre.start + k].y,
            };
            self.last[k] = self.now;
            let weights = &mut self.weights[synapses.clone()];
            catch_up(
                lanes,
                self.wires,
                synapses,
                weights,
                self.place,
                self.traces,
            );
        }
    }
}

/// Weights as they would be after a visit, for those who only look.
struct Look<'a, T> {
    wires: &'a Wires,
    synapses: Range<usize>,
    weights: &'a mut [T],
    last: T,
    k: usize,
    place: &'a Place,
    traces: &'a Traces<T>,
}

impl<T: Real> WithKernel<T> for Look<'_, T> {
    fn run<K: Kernel<T>>(self, kernel: K) {
        let lanes = Lanes {
            kernel,
            since: self.last,
            now: self.traces.scale(),
            y_pre: self.traces.recent[self.place.pre.start + self.k].y,
        };
        catch_up(
            lanes,
            self.wires,
            self.synapses,
            self.weights,
            self.place,
            self.traces,
        );
    }
}

fn catch_up<T: Real, K: Kernel<T>>(
    lanes: Lanes<K, T>,
    wires: &Wires,
    synapses: Range<usize>,
    weights: &mut [T],
    place: &Place,
    traces: &Traces<T>,
) {
    let posts = &traces.recent[place.post.clone()];
    let start = place.post.start;
    match &wires.targets {
        Indices::Narrow(t) => lanes.catch_up(&t[synapses], weights, posts, traces, start),
        Indices::Wide(t) => lanes.catch_up(&t[synapses], weights, posts, traces, start),
    }
}
