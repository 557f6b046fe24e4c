//! Oja's learning, on EE.

use super::super::sizes::Block;
use super::{Kernel, RuleSpec};
use crate::models::nn::real::Real;

/// Growth with the postsynaptic trace, decay in proportion to weight and presynaptic trace.
///
/// ```text
/// pre  spike k:  J[j,k] += beta eta x[j]
/// post spike j:  J[j,k] -= eta x[k] J[j,k]
/// window, s = t_pre - t_post, e = exp(-|s|/tau):   s > 0: +beta eta e     s < 0: -eta J e
/// ```
/// `eta` is a pure number, `beta` in mV (physical: beta / sqrt(N)).
/// # Fixed point
/// `dj/dt = eta (tau r_j r_k + kappa) (beta - j)`: `j = beta`.
/// # Source
/// Oja (1982) J Math Biol 15:267 in the spiking form of Akil, Rosenbaum & Josić (2021) PLoS Comput
/// Biol 17:e1008958. Deviations: none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Oja<T> {
    pub eta: T,
    pub beta: T,
}

impl Oja<f64> {
    pub fn cast<T: Real>(self) -> Oja<T> {
        Oja {
            eta: T::of(self.eta),
            beta: T::of(self.beta),
        }
    }
}

impl<T: Real> Kernel<T> for Oja<T> {
    #[inline(always)]
    fn pre(self, weight: T, x_post: T) -> T {
        weight + self.beta * self.eta * x_post
    }

    #[inline(always)]
    fn post(self, weight: T, x_pre: T) -> T {
        weight - self.eta * x_pre * weight
    }
}

pub const EE: RuleSpec = RuleSpec {
    id: "ee_oja",
    block: Block::Ee,
    title: "Oja",
    equation: "k fires: J += beta eta x_j    j fires: J -= eta x_k J",
    fixed_point: "j_ee = beta",
    source: "Oja 1982, J Math Biol 15:267; Akil, Rosenbaum & Josic 2021, PLoS Comput Biol 17:e1008958",
};
