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

    /// Whether a loaded state is one of so many cells, with a scale that a run can have.
    pub fn fits(&self, cells: usize) -> bool {
        self.held.len() == cells && self.scale.is_finite() && self.scale >= RENORMAL
    }

    /// Multiplies the charges of all cells, by a factor above 0.
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

    /// With a scale of 0 or less, `multiply` would not end.
    #[test]
    fn a_scale_that_no_run_has_does_not_fit() {
        let with = |scale| Charges {
            scale,
            held: vec![0.0f32; 3],
        };
        assert!(with(1.0).fits(3) && with(1e6).fits(3) && !with(1.0).fits(4));
        for scale in [0.0, -1.0, 1e-300, f64::INFINITY, f64::NAN] {
            assert!(!with(scale).fits(3), "{scale}");
        }
    }

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
