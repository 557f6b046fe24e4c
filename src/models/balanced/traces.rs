//! The traces that the rules read, and each cell's recent spikes for deferred updates.

use serde::{Deserialize, Serialize};

use crate::models::nn::real::Real;

/// Spikes that are kept of each cell, a power of two.
pub const RING: usize = 128;

/// Spikes of a cell that lie together, where every visit reads them.
pub const HOT: usize = 8;

/// The scale is brought back when it has fallen this far: a power of two, so that nothing rounds.
const RENORMAL: f64 = 1.0 / (1u64 << 32) as f64;

/// Traces of all cells: `dx/dt = -x/tau_STDP`, `x += 1` at an own spike.
///
/// A trace that decays by the same factor in every step need not be touched in a step:
/// `x = y S` with one scale `S` for all, multiplied by `1 - dt/tau` each step, and `y += 1/S` at a
/// spike. A spike is remembered by the `S` of its step: it is later than a visit if its `S` is less.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Traces<T> {
    /// In double precision, because it is multiplied on and on.
    scale: f64,
    /// That of the step before.
    previous: f64,
    decay: f64,
    pub y: Vec<T>,
    /// The last spikes of each cell, newest first.
    pub recent: Vec<[T; HOT]>,
    /// `RING` entries for each cell, round and round.
    ring: Vec<T>,
    /// Spikes of each cell so far, which tells the place in its ring.
    count: Vec<u32>,
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
            recent: vec![[none; HOT]; cells],
            ring: vec![none; cells * RING],
            count: vec![0; cells],
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
        self.ring[cell * RING + self.count[cell] as usize % RING]
    }

    /// Remembers a spike of this step, before the synapses are visited.
    #[inline]
    pub fn remember(&mut self, cell: usize) {
        let scale = self.scale();
        let count = self.count[cell];
        self.count[cell] = count.wrapping_add(1);
        let place = cell * RING + count as usize % RING;
        self.ring[place] = scale;
        let spikes = &mut self.recent[cell];
        spikes.copy_within(..HOT - 1, 1);
        spikes[0] = scale;
    }

    /// Raises the traces of the cells that fired.
    #[inline]
    pub fn raise(&mut self, fired: &[u32]) {
        let rise = T::of(1.0 / self.scale);
        for &cell in fired {
            self.y[cell as usize] += rise;
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
        for spike in self.recent.as_flattened_mut() {
            *spike *= up;
        }
        for spike in &mut self.ring {
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

    /// How many of the last spikes of `cell` are later than `since`, and those that are kept.
    #[inline]
    pub fn since(&self, cell: usize, since: T) -> (usize, impl Fn(usize) -> T) {
        let ring = &self.ring[cell * RING..][..RING];
        let count = self.count[cell] as usize;
        let back = move |back: usize| ring[count.wrapping_sub(back + 1) % RING];
        let mut later = 0;
        while later < RING && back(later) < since {
            later += 1;
        }
        (later, back)
    }

    /// Whether the sizes are those of so many cells.
    pub fn fits(&self, cells: usize) -> bool {
        self.y.len() == cells
            && self.recent.len() == cells
            && self.ring.len() == cells * RING
            && self.count.len() == cells
    }
}
