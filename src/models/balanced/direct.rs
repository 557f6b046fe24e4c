//! The direct path: in each step first the columns of the cells that fired, then their rows.

use super::projection::Place;
use super::rules::{Kernel, WithKernel};
use super::traces::Traces;
use super::wires::{Indices, Wires};
use crate::models::nn::real::Real;

/// Synapses onto each postsynaptic cell, for the direct path.
#[derive(Clone, Debug)]
pub(super) struct Rows {
    starts: Vec<usize>,
    /// Where its weight is.
    synapses: Vec<u32>,
    pres: Indices,
}

impl Rows {
    /// Bytes of memory.
    pub fn bytes(&self) -> usize {
        let width = match self.pres {
            Indices::Narrow(_) => 2,
            Indices::Wide(_) => 4,
        };
        self.synapses.len() * (4 + width) + 8 * self.starts.len()
    }

    pub fn of(wires: &Wires) -> Self {
        let (posts, pres) = (wires.posts, wires.pres());
        let mut starts = vec![0usize; posts + 1];
        for s in 0..wires.count() {
            starts[wires.target(s) + 1] += 1;
        }
        for j in 0..posts {
            starts[j + 1] += starts[j];
        }
        let mut next = starts.clone();
        let mut synapses = vec![0u32; wires.count()];
        for s in 0..wires.count() {
            let place = &mut next[wires.target(s)];
            synapses[*place] = s as u32;
            *place += 1;
        }
        let mut pres_of = Indices::new(pres, wires.count());
        let mut of_synapse = Indices::new(pres, wires.count());
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

/// Direct path: columns of the cells that fired, then rows.
pub(super) struct Direct<'a, T> {
    pub wires: &'a Wires,
    pub rows: &'a Rows,
    pub weights: &'a mut [T],
    pub fired_pre: &'a [u32],
    pub fired_post: &'a [u32],
    pub place: &'a Place,
    pub traces: &'a Traces<T>,
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
