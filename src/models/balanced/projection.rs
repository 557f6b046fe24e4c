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
use super::traces::Traces;
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
    chunk: Box<Chunk<T>>,
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
            chunk: Box::new(Chunk::new()),
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
                    chunk: &mut Chunk::new(),
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
        fetch::<T, I>(&targets[starts[k]..starts[k + 1]], &[]);
    }
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
        let posts = &self.traces.y[self.place.post.clone()];
        let pres = &self.traces.y[self.place.pre.clone()];
        for &cell in self.fired_pre {
            let column = self.wires.column(cell as usize - self.place.pre.start);
            for s in column {
                let x = posts[self.wires.target(s)] * scale;
                self.weights[s] = kernel.pre(self.weights[s], x);
            }
        }
        for &cell in self.fired_post {
            let j = cell as usize - self.place.post.start;
            for r in self.rows.starts[j]..self.rows.starts[j + 1] {
                let s = self.rows.synapses[r] as usize;
                let x = pres[self.rows.pres.get(r)] * scale;
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
    chunk: &'a mut Chunk<T>,
}

impl<T: Real> WithKernel<T> for Visit<'_, T> {
    fn run<K: Kernel<T>>(self, kernel: K) {
        let now = self.traces.scale();
        for &cell in self.fired {
            let column = self.wires.column(cell as usize - self.place.pre.start);
            let weights = &self.weights[column.clone()];
            match &self.wires.targets {
                Indices::Narrow(t) => fetch(&t[column], weights),
                Indices::Wide(t) => fetch(&t[column], weights),
            }
        }
        for &cell in self.fired {
            let k = cell as usize - self.place.pre.start;
            let column = self.wires.column(k);
            let visited = Column {
                kernel,
                since: std::mem::replace(&mut self.last[k], now),
                now,
                y_pre: self.traces.y[cell as usize],
                traces: self.traces,
                posts: self.place.post.clone(),
            };
            let weights = &mut self.weights[column.clone()];
            let (current, chunk) = (&mut *self.current, &mut *self.chunk);
            match &self.wires.targets {
                Indices::Narrow(t) => visit(&visited, &t[column], weights, current, chunk),
                Indices::Wide(t) => visit(&visited, &t[column], weights, current, chunk),
            }
        }
    }
}

/// Reads an element of each cache line of a column, so that all lines are on their way from memory
/// at once before the column is worked on.
#[inline(always)]
fn fetch<T: Real, I: Index>(targets: &[I], weights: &[T]) {
    let lines = |bytes: usize| 64 / bytes;
    let targets = targets.iter().step_by(lines(size_of::<I>()));
    let weights = weights.iter().step_by(lines(size_of::<T>()));
    std::hint::black_box(targets.fold(0, |sum, target| sum + target.at()));
    std::hint::black_box(weights.fold(T::zero(), |sum, weight| sum + *weight));
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
    chunk: &'a mut Chunk<T>,
}

impl<T: Real> WithKernel<T> for CatchUp<'_, T> {
    fn run<K: Kernel<T>>(self, kernel: K) {
        for k in self.columns {
            let look = Look {
                wires: self.wires,
                synapses: self.wires.column(k),
                weights: &mut self.weights[self.wires.column(k)],
                last: std::mem::replace(&mut self.last[k], self.now),
                k,
                place: self.place,
                traces: self.traces,
                chunk: &mut *self.chunk,
            };
            look.run(kernel);
        }
    }
}

/// Brings the weights of some synapses of column `k` up to date.
struct Look<'a, T> {
    wires: &'a Wires,
    synapses: Range<usize>,
    weights: &'a mut [T],
    last: T,
    k: usize,
    place: &'a Place,
    traces: &'a Traces<T>,
    chunk: &'a mut Chunk<T>,
}

impl<T: Real> WithKernel<T> for Look<'_, T> {
    fn run<K: Kernel<T>>(self, kernel: K) {
        let column = Column {
            kernel,
            since: self.last,
            // Later than every spike.
            now: T::zero(),
            y_pre: self.traces.y[self.place.pre.start + self.k],
            traces: self.traces,
            posts: self.place.post.clone(),
        };
        let chunk = self.chunk;
        match &self.wires.targets {
            Indices::Narrow(t) => catch_up(&column, &t[self.synapses], self.weights, chunk),
            Indices::Wide(t) => catch_up(&column, &t[self.synapses], self.weights, chunk),
        }
    }
}

/// What the synapses of a column have in common.
struct Column<'a, K, T> {
    kernel: K,
    /// `S` of the last visit and of this step.
    since: T,
    now: T,
    y_pre: T,
    traces: &'a Traces<T>,
    posts: Range<usize>,
}

/// Synapses that are worked on together: what is read of their cells stays in the first cache.
const CHUNK: usize = 256;

/// Postsynaptic spikes that are replayed without a branch; more are rare between two visits.
const DEPTH: usize = 3;

/// What is read of the postsynaptic cells of a chunk, as arrays.
#[derive(Clone, Debug)]
struct Chunk<T> {
    y: [T; CHUNK],
    /// The last spikes, newest first.
    spikes: [[T; CHUNK]; DEPTH],
    /// Synapses with more spikes since the last visit.
    many: [u16; CHUNK],
    arriving: [T; CHUNK],
}

impl<T: Real> Chunk<T> {
    fn new() -> Self {
        Self {
            y: [T::zero(); CHUNK],
            spikes: [[T::zero(); CHUNK]; DEPTH],
            many: [0; CHUNK],
            arriving: [T::zero(); CHUNK],
        }
    }
}

impl<K: Kernel<T>, T: Real> Column<'_, K, T> {
    /// Reads the cells, and does what all but their last spikes do.
    #[inline(always)]
    fn read<I: Index>(&self, targets: &[I], weights: &mut [T], chunk: &mut Chunk<T>) {
        let recent = &self.traces.recent[self.posts.clone()];
        let y_posts = &self.traces.y[self.posts.clone()];
        let since = self.since;
        let n = targets.len();
        let mut many = 0;
        let y = &mut chunk.y[..n];
        let [s0, s1, s2] = &mut chunk.spikes;
        let (s0, s1, s2) = (&mut s0[..n], &mut s1[..n], &mut s2[..n]);
        for i in 0..n {
            let j = targets[i].at();
            y[i] = y_posts[j];
            let spikes = &recent[j];
            (s0[i], s1[i], s2[i]) = (spikes[0], spikes[1], spikes[2]);
            chunk.many[many % CHUNK] = i as u16;
            many += usize::from(spikes[DEPTH] < since);
        }
        for &i in &chunk.many[..many] {
            let i = usize::from(i);
            let cell = self.posts.start + targets[i].at();
            let (later, back) = self.traces.since(cell, since);
            for back in (DEPTH..later).rev().map(back) {
                weights[i] = self.kernel.post(weights[i], self.y_pre * back);
            }
        }
    }
}

/// What a spike of the postsynaptic cells did, where it was between the last visit and now.
#[inline(always)]
fn replay<T: Real, K: Kernel<T>>(
    kernel: K,
    weights: &mut [T],
    spikes: &[T],
    y_pre: T,
    since: T,
    now: T,
) {
    for (weight, spike) in weights.iter_mut().zip(spikes) {
        let after = kernel.post(*weight, y_pre * *spike);
        let counts = (*spike < since) & (*spike > now);
        *weight = if counts { after } else { *weight };
    }
}

/// Postsynaptic spikes before this step, delivery, the presynaptic spike, and last the postsynaptic
/// cells that fire in this step too.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma"
))]
fn visit<T: Real, K: Kernel<T>, I: Index>(
    column: &Column<'_, K, T>,
    targets: &[I],
    weights: &mut [T],
    current: &mut [T],
    chunk: &mut Chunk<T>,
) {
    let Column {
        kernel,
        since,
        now,
        y_pre,
        ..
    } = *column;
    for (targets, weights) in targets.chunks(CHUNK).zip(weights.chunks_mut(CHUNK)) {
        column.read(targets, weights, chunk);
        for spikes in chunk.spikes.iter().rev() {
            replay(kernel, weights, spikes, y_pre, since, now);
        }
        chunk.arriving[..weights.len()].copy_from_slice(weights);
        let newest = &chunk.spikes[0];
        for ((weight, y), newest) in weights.iter_mut().zip(&chunk.y).zip(newest) {
            let after = kernel.pre(*weight, *y * now);
            let both = kernel.post(after, y_pre * now);
            *weight = if *newest == now { both } else { after };
        }
        for (target, arriving) in targets.iter().zip(&chunk.arriving) {
            current[target.at()] += *arriving;
        }
    }
}

/// Postsynaptic spikes up to the last step.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma"
))]
fn catch_up<T: Real, K: Kernel<T>, I: Index>(
    column: &Column<'_, K, T>,
    targets: &[I],
    weights: &mut [T],
    chunk: &mut Chunk<T>,
) {
    for (targets, weights) in targets.chunks(CHUNK).zip(weights.chunks_mut(CHUNK)) {
        column.read(targets, weights, chunk);
        for spikes in chunk.spikes.iter().rev() {
            replay(
                column.kernel,
                weights,
                spikes,
                column.y_pre,
                column.since,
                column.now,
            );
        }
    }
}
