//! The deferred path: what postsynaptic spikes do to a weight is done at the next visit of its column.
//!
//! Each synapse remembers its postsynaptic cell's count of spikes from the last visit, so the visit
//! knows how many came since. A presynaptic trace only decays in between, so it is known at each of
//! them. The numbers and their order are those of the direct path.

use std::ops::Range;

use multiversion::multiversion;

use super::delivery::{UNROLLED, fetch, scatter};
use super::projection::Place;
use super::rules::{Kernel, WithKernel};
use super::traces::{Count, Traces, fires, later, seen};
use super::wires::{Index, Indices, Wires};
use crate::models::nn::real::Real;

/// Deferred path: columns of the cells that fired.
pub(super) struct Visit<'a, T> {
    pub wires: &'a Wires,
    pub weights: &'a mut [T],
    pub seen: &'a mut [Count],
    pub last: &'a mut [T],
    pub fired: &'a [u32],
    pub place: &'a Place,
    pub traces: &'a Traces<T>,
    /// What a mV is in the units of the charges.
    pub unit: T,
    pub charges: &'a mut [T],
    pub chunk: &'a mut Chunk<T>,
}

impl<T: Real> WithKernel<T> for Visit<'_, T> {
    fn run<K: Kernel<T>>(self, kernel: K) {
        let now = self.traces.scale();
        for &cell in self.fired {
            let column = self.wires.column(cell as usize - self.place.pre.start);
            fetch(&self.weights[column.clone()]);
            fetch(&self.seen[column.clone()]);
            match &self.wires.targets {
                Indices::Narrow(t) => fetch(&t[column]),
                Indices::Wide(t) => fetch(&t[column]),
            }
        }
        for &cell in self.fired {
            let k = cell as usize - self.place.pre.start;
            let column = self.wires.column(k);
            self.last[k] = now;
            let visited = Column {
                kernel,
                now,
                unit: self.unit,
                y_pre: self.traces.y[cell as usize],
                traces: self.traces,
                posts: self.place.post.clone(),
            };
            let synapses = Synapses {
                weights: &mut self.weights[column.clone()],
                seen: &mut self.seen[column.clone()],
            };
            let (charges, chunk) = (&mut *self.charges, &mut *self.chunk);
            match &self.wires.targets {
                Indices::Narrow(t) => visit(&visited, &t[column], synapses, charges, chunk),
                Indices::Wide(t) => visit(&visited, &t[column], synapses, charges, chunk),
            }
        }
    }
}

/// Deferred path: columns that get up to date without a spike of theirs.
pub(super) struct CatchUp<'a, T> {
    pub wires: &'a Wires,
    pub weights: &'a mut [T],
    pub seen: &'a mut [Count],
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
            self.last[k] = self.now;
            let look = Look {
                wires: self.wires,
                synapses: self.wires.column(k),
                weights: &mut self.weights[self.wires.column(k)],
                seen: &mut self.seen[self.wires.column(k)],
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
    pub seen: &'a mut [Count],
    pub k: usize,
    pub place: &'a Place,
    pub traces: &'a Traces<T>,
    pub chunk: &'a mut Chunk<T>,
}

impl<T: Real> WithKernel<T> for Look<'_, T> {
    fn run<K: Kernel<T>>(self, kernel: K) {
        let column = Column {
            kernel,
            now: T::zero(),
            unit: T::zero(),
            y_pre: self.traces.y[self.place.pre.start + self.k],
            traces: self.traces,
            posts: self.place.post.clone(),
        };
        let (weights, seen, chunk) = (self.weights, self.seen, self.chunk);
        let synapses = Synapses { weights, seen };
        match &self.wires.targets {
            Indices::Narrow(t) => catch_up(&column, &t[self.synapses], synapses, chunk),
            Indices::Wide(t) => catch_up(&column, &t[self.synapses], synapses, chunk),
        }
    }
}

/// Brings a single weight up to date.
pub(super) struct LookAtOne<'a, T> {
    pub weight: &'a mut T,
    pub seen: Count,
    pub y_pre: T,
    /// The postsynaptic cell, among all.
    pub post: usize,
    pub traces: &'a Traces<T>,
}

impl<T: Real> WithKernel<T> for LookAtOne<'_, T> {
    fn run<K: Kernel<T>>(self, kernel: K) {
        for back in (0..later(self.traces.counts[self.post], self.seen)).rev() {
            let spike = self.traces.back(self.post, back);
            *self.weight = kernel.post(*self.weight, self.y_pre * spike);
        }
    }
}

/// What the synapses of a column have in common.
struct Column<'a, K, T> {
    kernel: K,
    /// `S` of this step.
    now: T,
    /// What a mV is in the units of the charges.
    unit: T,
    y_pre: T,
    traces: &'a Traces<T>,
    posts: Range<usize>,
}

/// Synapses of a column.
struct Synapses<'a, T> {
    weights: &'a mut [T],
    seen: &'a mut [Count],
}

impl<'a, T> Synapses<'a, T> {
    #[inline(always)]
    fn chunks(self) -> impl Iterator<Item = Self> {
        let weights = self.weights.chunks_mut(CHUNK);
        let both = weights.zip(self.seen.chunks_mut(CHUNK));
        both.map(|(weights, seen)| Self { weights, seen })
    }
}

/// Synapses that are worked on together: what is read of their cells stays in the first cache.
const CHUNK: usize = 256;

/// Spikes that are replayed without a branch where their times do not matter; more are rare.
const QUICK: u8 = 8;

/// What is read of the postsynaptic cells of a chunk, as arrays.
#[derive(Clone, Debug)]
pub(super) struct Chunk<T> {
    y: [T; CHUNK],
    counts: [Count; CHUNK],
    /// Spikes since the last visit that are still to be replayed.
    later: [u8; CHUNK],
    arriving: [T; CHUNK],
}

impl<T: Real> Chunk<T> {
    pub fn new() -> Self {
        Self {
            y: [T::zero(); CHUNK],
            counts: [0; CHUNK],
            later: [0; CHUNK],
            arriving: [T::zero(); CHUNK],
        }
    }

    /// Reads traces and counts of cells. Not within the loops over synapses, where registers are
    /// scarce.
    #[inline(never)]
    fn gather<I: Index>(&mut self, targets: &[I], traces: &Traces<T>, posts: Range<usize>) {
        let y = &traces.y[posts.clone()];
        let counts = &traces.counts[posts][..y.len()];
        let (several, rest) = targets.as_chunks::<UNROLLED>();
        let into = self.y.as_chunks_mut::<UNROLLED>().0.iter_mut();
        let into = into.zip(self.counts.as_chunks_mut::<UNROLLED>().0);
        for (targets, (to_y, to_counts)) in several.iter().zip(into) {
            for i in 0..UNROLLED {
                let j = targets[i].at();
                (to_y[i], to_counts[i]) = (y[j], counts[j]);
            }
        }
        for (i, target) in rest.iter().enumerate() {
            let (i, j) = (UNROLLED * several.len() + i, target.at());
            (self.y[i], self.counts[i]) = (y[j], counts[j]);
        }
    }
}

impl<K: Kernel<T>, T: Real> Column<'_, K, T> {
    /// Reads the cells, and does what their spikes did that [`quickly`](Self::quickly) leaves.
    #[inline(always)]
    fn read<I: Index>(&self, targets: &[I], synapses: &mut Synapses<T>, chunk: &mut Chunk<T>) {
        let n = targets.len();
        chunk.gather(targets, self.traces, self.posts.clone());
        let counts = &chunk.counts[..n];
        let pending = &mut chunk.later[..n];
        let in_synapses = &mut synapses.seen[..n];
        for i in 0..n {
            pending[i] = later(counts[i], in_synapses[i]);
            in_synapses[i] = seen(counts[i]);
        }
        if K::POST_READS_TRACE {
            self.in_rounds(targets, synapses.weights, pending);
        } else {
            each_above(QUICK, pending, |i| {
                for _ in QUICK..pending[i] {
                    let weight = &mut synapses.weights[i];
                    *weight = self.kernel.post(*weight, T::zero());
                }
            });
        }
    }

    /// Replays the oldest spike of each synapse that has some `pending`, then the next, until none is
    /// left: no branch depends on how many one synapse has.
    #[inline(never)]
    fn in_rounds<I: Index>(&self, targets: &[I], weights: &mut [T], pending: &mut [u8]) {
        let recent = &self.traces.recent[self.posts.clone()];
        let mut waiting = [0u8; CHUNK];
        let mut count = 0;
        for (i, pending) in pending.iter().enumerate() {
            waiting[count % CHUNK] = i as u8;
            count += usize::from(*pending > 0);
        }
        while count > 0 {
            let mut left = 0;
            for at in 0..count {
                let i = usize::from(waiting[at]);
                let post = targets[i].at();
                let back = pending[i] - 1;
                let spike = match recent[post].get(usize::from(back)) {
                    Some(spike) => *spike,
                    None => self.traces.back(self.posts.start + post, back),
                };
                weights[i] = self.kernel.post(weights[i], self.y_pre * spike);
                pending[i] = back;
                waiting[left % CHUNK] = i as u8;
                left += usize::from(back > 0);
            }
            count = left;
        }
    }

    /// A weight after up to [`QUICK`] spikes of its postsynaptic cell whose times do not matter.
    #[inline(always)]
    fn quickly(&self, mut weight: T, later: u8) -> T {
        if !K::POST_READS_TRACE {
            for before in 0..QUICK {
                let after = self.kernel.post(weight, T::zero());
                weight = if later > before { after } else { weight };
            }
        }
        weight
    }
}

/// Calls `job` with the place of each count above `bound`; all counts are below 128. Eight at a
/// time, because few are.
#[inline(always)]
fn each_above(bound: u8, counts: &[u8], mut job: impl FnMut(usize)) {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let lift = u64::from_le_bytes([127 - bound; 8]);
    let (eights, rest) = counts.as_chunks::<8>();
    for (chunk, eight) in eights.iter().enumerate() {
        let mut above = (u64::from_le_bytes(*eight) + lift) & HIGH;
        while above != 0 {
            job(8 * chunk + above.trailing_zeros() as usize / 8);
            above &= above - 1;
        }
    }
    for (i, count) in rest.iter().enumerate() {
        if *count > bound {
            job(8 * eights.len() + i);
        }
    }
}

/// Postsynaptic spikes before this step, delivery, the presynaptic spike, and last the postsynaptic
/// cells that fire in this step too.
fn visit<T: Real, K: Kernel<T>, I: Index>(
    column: &Column<'_, K, T>,
    targets: &[I],
    synapses: Synapses<T>,
    charges: &mut [T],
    chunk: &mut Chunk<T>,
) {
    if T::RUNS {
        visit_wide(column, targets, synapses, charges, chunk);
    } else {
        visit_body(column, targets, synapses, charges, chunk);
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma"
))]
fn visit_wide<T: Real, K: Kernel<T>, I: Index>(
    column: &Column<'_, K, T>,
    targets: &[I],
    synapses: Synapses<T>,
    charges: &mut [T],
    chunk: &mut Chunk<T>,
) {
    visit_body(column, targets, synapses, charges, chunk);
}

#[inline(always)]
fn visit_body<T: Real, K: Kernel<T>, I: Index>(
    column: &Column<'_, K, T>,
    targets: &[I],
    synapses: Synapses<T>,
    charges: &mut [T],
    chunk: &mut Chunk<T>,
) {
    let Column {
        kernel,
        now,
        unit,
        y_pre,
        ..
    } = *column;
    for (targets, mut synapses) in targets.chunks(CHUNK).zip(synapses.chunks()) {
        column.read(targets, &mut synapses, chunk);
        let n = targets.len();
        let weights = &mut synapses.weights[..n];
        let (y, counts) = (&chunk.y[..n], &chunk.counts[..n]);
        let later = &chunk.later[..n];
        let arriving = &mut chunk.arriving[..n];
        for i in 0..n {
            let before = column.quickly(weights[i], later[i]);
            arriving[i] = before * unit;
            let after = kernel.pre(before, y[i] * now);
            let both = kernel.post(after, y_pre * now);
            weights[i] = if fires(counts[i]) { both } else { after };
        }
        scatter(targets, arriving, charges);
    }
}

/// Postsynaptic spikes up to the last step.
fn catch_up<T: Real, K: Kernel<T>, I: Index>(
    column: &Column<'_, K, T>,
    targets: &[I],
    synapses: Synapses<T>,
    chunk: &mut Chunk<T>,
) {
    if T::RUNS {
        catch_up_wide(column, targets, synapses, chunk);
    } else {
        catch_up_body(column, targets, synapses, chunk);
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma"
))]
fn catch_up_wide<T: Real, K: Kernel<T>, I: Index>(
    column: &Column<'_, K, T>,
    targets: &[I],
    synapses: Synapses<T>,
    chunk: &mut Chunk<T>,
) {
    catch_up_body(column, targets, synapses, chunk);
}

#[inline(always)]
fn catch_up_body<T: Real, K: Kernel<T>, I: Index>(
    column: &Column<'_, K, T>,
    targets: &[I],
    synapses: Synapses<T>,
    chunk: &mut Chunk<T>,
) {
    for (targets, mut synapses) in targets.chunks(CHUNK).zip(synapses.chunks()) {
        column.read(targets, &mut synapses, chunk);
        for (weight, later) in synapses.weights.iter_mut().zip(&chunk.later) {
            *weight = column.quickly(*weight, *later);
        }
    }
}
