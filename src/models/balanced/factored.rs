//! Kohonen's rule without rows: a postsynaptic spike changes all synapses onto its cell at once.
//!
//! Its postsynaptic phase multiplies every weight onto a cell by the same number, so that number is
//! kept for the cell: `J = u F`, with `u` of the synapse and `F` of the cell.
//!
//! ```text
//! pre  spike k:  J += beta eta x     as   u += beta eta x/F
//! post spike j:  J -= eta J          as   F *= 1 - eta
//! ```

use serde::{Deserialize, Serialize};

use super::delivery::{UNROLLED, fetch};
use super::rules::Kohonen;
use super::wires::{Index, Indices, Wires};
use crate::models::nn::real::Real;

/// Where the factors begin to be folded into the weights, long before numbers overflow.
const LEAST: f64 = 1.0 / (1u64 << 63) as f64;

/// Above it factors fall so fast that they would be folded all the time.
pub const LARGEST_ETA: f64 = 0.5;

/// What the synapses onto a cell have in common.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Onto<T> {
    /// `F`.
    factor: T,
    /// `y/F`, with the trace `x = y S`.
    trace: T,
}

/// The factors of all postsynaptic cells.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RowFactors<T> {
    cells: Vec<Onto<T>>,
}

impl<T: Real> RowFactors<T> {
    /// Weights are as they are stored; `y` are the traces of the postsynaptic cells.
    pub fn new(y: &[T]) -> Self {
        let cells = y.iter().map(|&trace| Onto {
            factor: T::one(),
            trace,
        });
        Self {
            cells: cells.collect(),
        }
    }

    /// Whether a loaded state is of so many cells, with factors that a run can have.
    pub fn fits(&self, posts: usize) -> bool {
        let possible = |onto: &Onto<T>| onto.factor > T::zero() && onto.factor <= T::one();
        self.cells.len() == posts && self.cells.iter().all(possible)
    }

    /// What a stored weight onto cell `j` has to be multiplied by.
    #[inline(always)]
    pub fn factor(&self, j: usize) -> T {
        self.cells[j].factor
    }

    /// Cell `j` has fired, and its trace is `y S` now. Tells whether factors have to be folded.
    pub fn fire(&mut self, j: usize, y: T, rule: &Kohonen<T>) -> bool {
        let onto = &mut self.cells[j];
        onto.factor *= rule.keep();
        onto.trace = y / onto.factor;
        onto.factor < T::of(LEAST)
    }

    /// All `y` are multiplied by `factor`.
    pub fn rescale(&mut self, factor: T) {
        for onto in &mut self.cells {
            onto.trace *= factor;
        }
    }

    /// Multiplies the stored weights by their factors.
    pub fn fold(&self, wires: &Wires, weights: &mut [T]) {
        match &wires.targets {
            Indices::Narrow(targets) => self.multiply(targets, weights),
            Indices::Wide(targets) => self.multiply(targets, weights),
        }
    }

    fn multiply<I: Index>(&self, targets: &[I], weights: &mut [T]) {
        for (weight, target) in weights.iter_mut().zip(targets) {
            *weight *= self.factor(target.at());
        }
    }

    /// Delivers the spikes of the cells `fired`, counted from `offset` on, and does what they do to
    /// the weights. `growth` is `beta eta S`, and `unit` is what a mV is in the units of the charges.
    pub fn deliver(
        &self,
        wires: &Wires,
        weights: &mut [T],
        fired: &[u32],
        offset: usize,
        numbers: (T, T),
        charges: &mut [T],
    ) {
        wires.along(fired, offset, |_, part, next| {
            fetch(&weights[next.clone()]);
            wires.fetch(next);
            let weights = &mut weights[part.clone()];
            match &wires.targets {
                Indices::Narrow(t) => self.along(&t[part], weights, numbers, charges),
                Indices::Wide(t) => self.along(&t[part], weights, numbers, charges),
            }
        });
    }

    #[inline(never)]
    fn along<I: Index>(
        &self,
        targets: &[I],
        weights: &mut [T],
        (growth, unit): (T, T),
        charges: &mut [T],
    ) {
        let cells = &self.cells[..charges.len()];
        let mut deliver = |target: &I, weight: &mut T| {
            let j = target.at();
            let Onto { factor, trace } = cells[j];
            charges[j] += *weight * (factor * unit);
            *weight += growth * trace;
        };
        let (several, rest) = targets.as_chunks::<UNROLLED>();
        let (of_several, of_rest) = weights.as_chunks_mut::<UNROLLED>();
        for (targets, weights) in several.iter().zip(of_several) {
            for i in 0..UNROLLED {
                deliver(&targets[i], &mut weights[i]);
            }
        }
        for (target, weight) in rest.iter().zip(of_rest) {
            deliver(target, weight);
        }
    }
}
