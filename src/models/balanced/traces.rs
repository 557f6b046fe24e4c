//! The traces that the rules read, and each cell's recent spikes for deferred updates.

use prefetch_index::prefetch_index;
use serde::{Deserialize, Serialize};

use crate::models::nn::real::Real;

/// Spikes that are kept of each cell: a power of two, and fewer than a count tells apart.
pub const RING: usize = 64;

/// Spikes before a cell's newest that lie together.
pub const RECENT: usize = 2;

/// The scale is brought back when it has fallen this far: a power of two, so that nothing rounds.
pub(super) const RENORMAL: f64 = 1.0 / (1u64 << 32) as f64;

/// Traces of all cells: `dx/dt = -x/tau_STDP`, `x += 1` at an own spike.
///
/// A trace that decays by the same factor in every step need not be touched in a step:
/// `x = y S` with one scale `S` for all, multiplied by `1 - dt/tau` each step, and `y += 1/S` at a
/// spike. A spike is remembered by the `S` of its step; a synapse tells by its cell's count how many
/// of them came after its last visit.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Traces<T> {
    /// In double precision, because it is multiplied on and on.
    scale: f64,
    /// That of the step before.
    previous: f64,
    decay: f64,
    pub y: Vec<T>,
    /// The last spike of each cell.
    pub newest: Vec<T>,
    /// Those before it, newest first.
    pub recent: Vec<[T; RECENT]>,
    /// `RING` entries for each cell, round and round.
    ring: Vec<T>,
    pub counts: Vec<Count>,
}

/// Twice the spikes of a cell so far, modulo 256; odd in a step in which it fires, until traces rise.
pub type Count = u8;

/// Whether the cell fires in this step.
#[inline(always)]
pub fn fires(count: Count) -> bool {
    count & 1 == 1
}

/// The count with the spike of this step.
#[inline(always)]
pub fn seen(count: Count) -> Count {
    count.wrapping_add(1) & !1
}

/// Spikes before this step that came after `seen`.
#[inline(always)]
pub fn later(count: Count, seen: Count) -> u8 {
    count.wrapping_sub(seen) >> 1
}

impl<T: Real> Traces<T> {
    /// `decay = 1 - dt/tau`.
    pub fn new(cells: usize, decay: f64) -> Self {
        let none = T::of(f64::INFINITY);
        Self {
            scale: 1.0,
            previous: 2.0,
            decay,
            y: vec![T::zero(); cells],
            newest: vec![none; cells],
            recent: vec![[none; RECENT]; cells],
            ring: vec![none; cells * RING],
            counts: vec![0; cells],
        }
    }

    /// `S` of the present step.
    #[inline(always)]
    pub fn scale(&self) -> T {
        T::of(self.scale)
    }

    /// `S` of the step before the present one, where every spike that was has been seen.
    pub fn previous_scale(&self) -> T {
        T::of(self.previous)
    }

    /// `x` of a cell.
    pub fn x(&self, cell: usize) -> T {
        self.y[cell] * self.scale()
    }

    /// The spike that the next one pushes out of the ring; infinite where there is none.
    #[inline]
    pub fn oldest(&self, cell: usize) -> T {
        self.ring[self.next(cell)]
    }

    /// Where the next spike of a cell goes.
    #[inline]
    fn next(&self, cell: usize) -> usize {
        cell * RING + usize::from(self.counts[cell] / 2) % RING
    }

    /// The spike of a cell that lies `back` spikes back, 0 for the last.
    #[inline]
    pub fn back(&self, cell: usize, back: u8) -> T {
        let place = (self.counts[cell] / 2).wrapping_sub(1 + back);
        self.ring[cell * RING + usize::from(place) % RING]
    }

    /// Asks for what a spike of each of these cells will read and write.
    #[inline]
    pub fn fetch(&self, fired: &[u32]) {
        for &cell in fired {
            prefetch_index(&self.ring, self.next(cell as usize));
            prefetch_index(&self.recent, cell as usize);
        }
    }

    /// Marks the cells that fire in this step, before their synapses are visited.
    #[inline]
    pub fn mark(&mut self, fired: &[u32]) {
        for &cell in fired {
            self.counts[cell as usize] |= 1;
        }
    }

    /// Remembers the spikes of the cells that were marked, and raises their traces.
    #[inline]
    pub fn raise(&mut self, fired: &[u32]) {
        let (scale, rise) = (self.scale(), T::of(1.0 / self.scale));
        for &cell in fired {
            let cell = cell as usize;
            let place = self.next(cell);
            self.ring[place] = scale;
            let spikes = &mut self.recent[cell];
            spikes.copy_within(..RECENT - 1, 1);
            spikes[0] = std::mem::replace(&mut self.newest[cell], scale);
            self.y[cell] += rise;
            self.counts[cell] = seen(self.counts[cell]);
        }
    }

    /// Decays all traces by one step. Gives the factor by which every stored `S` has to be
    /// multiplied, where that is due.
    #[inline]
    pub fn decay(&mut self) -> Option<T> {
        self.previous = self.scale;
        self.scale *= self.decay;
        (self.scale < RENORMAL).then(|| self.renormalise())
    }

    fn renormalise(&mut self) -> T {
        self.scale /= RENORMAL;
        self.previous /= RENORMAL;
        let (up, down) = (T::of(1.0 / RENORMAL), T::of(RENORMAL));
        for y in &mut self.y {
            *y *= down;
        }
        let lists = [
            &mut self.newest,
            self.recent.as_flattened_mut(),
            &mut self.ring,
        ];
        for spike in lists.into_iter().flatten() {
            *spike *= up;
        }
        up
    }

    pub fn decay_factor(&self) -> f64 {
        self.decay
    }

    /// From now on traces decay with another time constant; no update may be pending.
    pub fn set_decay(&mut self, decay: f64) {
        self.decay = decay;
    }

    /// Whether the sizes are those of so many cells.
    pub fn fits(&self, cells: usize) -> bool {
        self.y.len() == cells
            && self.newest.len() == cells
            && self.recent.len() == cells
            && self.ring.len() == cells * RING
            && self.counts.len() == cells
    }
}
