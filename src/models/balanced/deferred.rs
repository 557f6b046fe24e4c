//! The deferred path: what postsynaptic spikes do to a weight is done at the next visit of its column.
//!
//! A presynaptic trace only decays between two visits, so it is known at each postsynaptic spike in
//! between. The numbers and their order are those of the direct path.

use std::ops::Range;

use multiversion::multiversion;

use super::delivery::fetch;
use super::projection::Place;
use super::rules::{Kernel, WithKernel};
use super::traces::{HOT, Traces};
use super::wires::{Index, Indices, Wires};
use crate::models::nn::real::Real;

/// Deferred path: columns of the cells that fired.
pub(super) struct Visit<'a, T> {
    pub wires: &'a Wires,
    pub weights: &'a mut [T],
    pub last: &'a mut [T],
    pub fired: &'a [u32],
    pub place: &'a Place,
    pub traces: &'a Traces<T>,
    pub current: &'a mut [T],
    pub chunk: &'a mut Chunk<T>,
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

/// Deferred path: columns that get up to date without a spike of theirs.
pub(super) struct CatchUp<'a, T> {
    pub wires: &'a Wires,
    pub weights: &'a mut [T],
    pub last: &'a mut [T],
    pub columns: Range<usize>,
    pub place: &'a Place,
    pub traces: &'a Traces<T>,
    pub now: T,
    pub chunk: &'a mut Chunk<T>,
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
pub(super) struct Look<'a, T> {
    pub wires: &'a Wires,
    pub synapses: Range<usize>,
    pub weights: &'a mut [T],
    pub last: T,
    pub k: usize,
    pub place: &'a Place,
    pub traces: &'a Traces<T>,
    pub chunk: &'a mut Chunk<T>,
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

/// Brings a single weight up to date.
pub(super) struct LookAtOne<'a, T> {
    pub weight: &'a mut T,
    pub last: T,
    pub y_pre: T,
    /// The postsynaptic cell, among all.
    pub post: usize,
    pub traces: &'a Traces<T>,
}

impl<T: Real> WithKernel<T> for LookAtOne<'_, T> {
    fn run<K: Kernel<T>>(self, kernel: K) {
        let (later, back) = self.traces.since(self.post, self.last);
        for spike in (0..later).rev().map(back) {
            *self.weight = kernel.post(*self.weight, self.y_pre * spike);
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
pub(super) struct Chunk<T> {
    y: [T; CHUNK],
    /// The last spikes, newest first.
    spikes: [[T; CHUNK]; DEPTH],
    /// Synapses with more spikes since the last visit.
    many: [u16; CHUNK],
    arriving: [T; CHUNK],
}

impl<T: Real> Chunk<T> {
    pub fn new() -> Self {
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
            weights[i] = self.earlier(weights[i], targets[i].at());
        }
    }

    /// What all but the last [`DEPTH`] spikes of a postsynaptic cell do.
    #[inline(always)]
    fn earlier(&self, mut weight: T, post: usize) -> T {
        let (kernel, y_pre, since) = (self.kernel, self.y_pre, self.since);
        let cell = self.posts.start + post;
        let hot = &self.traces.recent[cell];
        if hot[HOT - 1] < since {
            let (later, back) = self.traces.since(cell, since);
            for spike in (DEPTH..later).rev().map(back) {
                weight = kernel.post(weight, y_pre * spike);
            }
            return weight;
        }
        for &spike in hot[DEPTH..].iter().rev() {
            if spike < since {
                weight = kernel.post(weight, y_pre * spike);
            }
        }
        weight
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
fn visit<T: Real, K: Kernel<T>, I: Index>(
    column: &Column<'_, K, T>,
    targets: &[I],
    weights: &mut [T],
    current: &mut [T],
    chunk: &mut Chunk<T>,
) {
    if T::RUNS {
        visit_wide(column, targets, weights, current, chunk);
    } else {
        visit_body(column, targets, weights, current, chunk);
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma"
))]
fn visit_wide<T: Real, K: Kernel<T>, I: Index>(
    column: &Column<'_, K, T>,
    targets: &[I],
    weights: &mut [T],
    current: &mut [T],
    chunk: &mut Chunk<T>,
) {
    visit_body(column, targets, weights, current, chunk);
}

#[inline(always)]
fn visit_body<T: Real, K: Kernel<T>, I: Index>(
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
fn catch_up<T: Real, K: Kernel<T>, I: Index>(
    column: &Column<'_, K, T>,
    targets: &[I],
    weights: &mut [T],
    chunk: &mut Chunk<T>,
) {
    if T::RUNS {
        catch_up_wide(column, targets, weights, chunk);
    } else {
        catch_up_body(column, targets, weights, chunk);
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma"
))]
fn catch_up_wide<T: Real, K: Kernel<T>, I: Index>(
    column: &Column<'_, K, T>,
    targets: &[I],
    weights: &mut [T],
    chunk: &mut Chunk<T>,
) {
    catch_up_body(column, targets, weights, chunk);
}

#[inline(always)]
fn catch_up_body<T: Real, K: Kernel<T>, I: Index>(
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
