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
use super::traces::{Count, RECENT, Traces, fires, later, seen};
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
        let offset = self.place.pre.start;
        self.wires.along(self.fired, offset, |k, part, next| {
            fetch(&self.weights[next.clone()]);
            fetch(&self.seen[next.clone()]);
            self.wires.fetch(next);
            self.last[k] = now;
            let column = Column {
                kernel,
                now,
                unit: self.unit,
                y_pre: self.traces.y[offset + k],
                traces: self.traces,
                posts: self.place.post.clone(),
            };
            let synapses = Synapses {
                weights: &mut self.weights[part.clone()],
                seen: &mut self.seen[part.clone()],
            };
            let (charges, chunk) = (&mut *self.charges, &mut *self.chunk);
            match &self.wires.targets {
                Indices::Narrow(t) => visit(&column, &t[part], synapses, charges, chunk),
                Indices::Wide(t) => visit(&column, &t[part], synapses, charges, chunk),
            }
        });
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

/// Synapses of a chunk that are searched at once for those with several spikes.
const LOT: usize = u64::BITS as usize;

/// Spikes before the newest that are replayed alike for all synapses that have any.
const FEW: u8 = RECENT as u8;

/// What is read of the postsynaptic cells of a chunk, as arrays.
#[derive(Clone, Debug)]
pub(super) struct Chunk<T> {
    y: [T; CHUNK],
    newest: [T; CHUNK],
    counts: [Count; CHUNK],
    /// Spikes since the last visit; 0 behind the last synapse.
    later: [u8; CHUNK],
    arriving: [T; CHUNK],
}

impl<T: Real> Chunk<T> {
    pub fn new() -> Self {
        Self {
            y: [T::zero(); CHUNK],
            newest: [T::zero(); CHUNK],
            counts: [0; CHUNK],
            later: [0; CHUNK],
            arriving: [T::zero(); CHUNK],
        }
    }

    /// Reads traces, counts and newest spikes of cells. Not within the loops over synapses, where
    /// registers are scarce.
    #[inline(never)]
    fn gather<I: Index>(&mut self, targets: &[I], traces: &Traces<T>, posts: Range<usize>) {
        let y = &traces.y[posts.clone()];
        let newest = &traces.newest[posts.clone()][..y.len()];
        let counts = &traces.counts[posts][..y.len()];
        let (several, rest) = targets.as_chunks::<UNROLLED>();
        let into = self.y.as_chunks_mut::<UNROLLED>().0.iter_mut();
        let into = into.zip(self.newest.as_chunks_mut::<UNROLLED>().0);
        let into = into.zip(self.counts.as_chunks_mut::<UNROLLED>().0);
        for (targets, ((to_y, to_newest), to_counts)) in several.iter().zip(into) {
            for i in 0..UNROLLED {
                let j = targets[i].at();
                (to_y[i], to_counts[i], to_newest[i]) = (y[j], counts[j], newest[j]);
            }
        }
        for (i, target) in rest.iter().enumerate() {
            let (i, j) = (UNROLLED * several.len() + i, target.at());
            (self.y[i], self.counts[i], self.newest[i]) = (y[j], counts[j], newest[j]);
        }
    }
}

impl<K: Kernel<T>, T: Real> Column<'_, K, T> {
    /// Reads the cells, and does what their spikes before the [newest](Self::newest) did.
    #[inline(always)]
    fn read<I: Index>(&self, targets: &[I], synapses: &mut Synapses<T>, chunk: &mut Chunk<T>) {
        let n = targets.len();
        chunk.gather(targets, self.traces, self.posts.clone());
        let counts = &chunk.counts[..n];
        let (pending, none) = chunk.later.split_at_mut(n);
        let in_synapses = &mut synapses.seen[..n];
        for i in 0..n {
            pending[i] = later(counts[i], in_synapses[i]);
            in_synapses[i] = seen(counts[i]);
        }
        none.fill(0);
        self.formerly(targets, synapses.weights, &chunk.later);
    }

    /// Does what all spikes but the newest did; few synapses have any, and very few have many.
    #[inline(never)]
    fn formerly<I: Index>(&self, targets: &[I], weights: &mut [T], pending: &[u8; CHUNK]) {
        for (lot, pending) in pending.as_chunks::<LOT>().0.iter().enumerate() {
            let mut several = above_one(pending);
            while several != 0 {
                let place = several.trailing_zeros() as usize;
                several &= several - 1;
                let (i, spikes) = (LOT * lot + place, pending[place]);
                let post = self.posts.start + targets[i].at();
                let mut weight = weights[i];
                for back in (FEW + 1..spikes).rev() {
                    let spike = self.traces.back(post, back);
                    weight = self.kernel.post(weight, self.y_pre * spike);
                }
                // Without a branch on how many there are.
                for back in (1..=FEW).rev() {
                    let spike = self.traces.recent[post][usize::from(back) - 1];
                    let after = self.kernel.post(weight, self.y_pre * spike);
                    weight = if spikes > back { after } else { weight };
                }
                weights[i] = weight;
            }
        }
    }

    /// A weight after the newest spike of its postsynaptic cell, if that came `later` than the last
    /// visit.
    #[inline(always)]
    fn newest(&self, weight: T, later: u8, newest: T) -> T {
        let after = self.kernel.post(weight, self.y_pre * newest);
        if later > 0 { after } else { weight }
    }
}

/// A bit for each count above 1; all counts are below 128.
#[inline(always)]
fn above_one(counts: &[u8; LOT]) -> u64 {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    const LIFT: u64 = 0x7e7e_7e7e_7e7e_7e7e;
    // Brings the lowest bits of all bytes together in the highest byte.
    const COLLECT: u64 = 0x0102_0408_1020_4080;
    let mut bits = 0;
    for (place, eight) in counts.as_chunks::<8>().0.iter().enumerate() {
        let above = (u64::from_le_bytes(*eight) + LIFT) & HIGH;
        bits |= ((above >> 7).wrapping_mul(COLLECT) >> 56) << (8 * place);
    }
    bits
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
        let (later, newest) = (&chunk.later[..n], &chunk.newest[..n]);
        let arriving = &mut chunk.arriving[..n];
        for i in 0..n {
            let before = column.newest(weights[i], later[i], newest[i]);
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
        let pending = chunk.later.iter().zip(&chunk.newest);
        for (weight, (later, newest)) in synapses.weights.iter_mut().zip(pending) {
            *weight = column.newest(*weight, *later, *newest);
        }
    }
}
