//! Synaptic currents of all cells, held so that a step need not touch them.

use serde::{Deserialize, Serialize};

use super::traces::RENORMAL;
use crate::models::nn::real::Real;

/// What is held of the currents that come from one source.
///
/// A current that decays by the same factor in every step is `I = current S q` with one scale `S`
/// for all cells: every step multiplies `S` by `1 - dt/tau`, and a spike of weight `J` adds `J/S` to
/// `q`. What `current` is stands at [`Factors::current`](super::settings::Factors).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound = "T: Real")]
pub struct Charges<T> {
    /// In double precision, because it is multiplied on and on.
    scale: f64,
    /// `q` of each cell.
    #[serde(with = "crate::models::bulk::array")]
    pub held: Vec<T>,
}

impl<T: Real> Charges<T> {
    pub fn new(cells: usize) -> Self {
        Self {
            scale: 1.0,
            held: vec![T::zero(); cells],
        }
    }

    /// `S`.
    pub fn scale(&self) -> f64 {
        self.scale
    }

    /// `1/S`, by which a weight is multiplied when it is added.
    #[inline]
    pub fn unit(&self) -> T {
        T::of(1.0 / self.scale)
    }

    /// Multiplies the charges of all cells.
    pub fn multiply(&mut self, factor: f64) {
        self.scale *= factor;
        while self.scale < RENORMAL {
            self.scale /= RENORMAL;
            for q in &mut self.held {
                *q *= T::of(RENORMAL);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A thousand steps of a charge that decays, with a spike now and then, as they are defined.
    #[test]
    fn it_decays_and_adds_up() {
        let (decay, mut expected) = (0.7, 0.0);
        let mut charges = Charges::<f64>::new(1);
        for step in 0..1000 {
            if step % 37 == 0 {
                charges.held[0] += 2.5 * charges.unit();
                expected += 2.5;
            }
            charges.multiply(decay);
            expected *= decay;
            let charge = charges.held[0] * charges.scale();
            assert!((charge / expected - 1.0).abs() < 1e-13, "{step}: {charge}");
        }
    }
}
