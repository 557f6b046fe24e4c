//! The triplet rule, on EE.

use super::super::sizes::Block;
use super::{Kernel, RuleSpec};
use crate::models::nn::real::Real;

/// Growth with the postsynaptic trace, decay with the square of the presynaptic one.
///
/// ```text
/// pre  spike k:  J[j,k] += eta v_theta x[j]    where J[j,k] > 0
/// post spike j:  J[j,k] -= eta x[k]^2          where J[j,k] > 0
/// window, s = t_pre - t_post:   s > 0: +eta v_theta exp(-s/tau)     s < 0: -eta exp(2s/tau)
/// ```
/// `eta` is in mV (physical), `v_theta` a pure number.
/// # Fixed point
/// For Poisson spikes the drift of a synapse is
/// `eta r_j (v_theta tau r_k - tau^2 r_k^2 - tau r_k/2)`: it changes sign at the presynaptic rate
/// `r_k = (v_theta - 1/2)/tau`.
/// # Source
/// Akil, Rosenbaum & Josić (2021) PLoS Comput Biol 17:e1008958, after Pfister & Gerstner (2006)
/// J Neurosci 26:9673 and Bienenstock, Cooper & Munro (1982). Deviations: none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Triplet<T> {
    pub eta: T,
    pub v_theta: T,
}

impl Triplet<f64> {
    pub fn cast<T: Real>(self) -> Triplet<T> {
        Triplet {
            eta: T::of(self.eta),
            v_theta: T::of(self.v_theta),
        }
    }
}

impl<T: Real> Kernel<T> for Triplet<T> {
    #[inline(always)]
    fn pre(self, weight: T, x_post: T) -> T {
        if weight > T::zero() {
            weight + self.eta * self.v_theta * x_post
        } else {
            weight
        }
    }

    #[inline(always)]
    fn post(self, weight: T, x_pre: T) -> T {
        if weight > T::zero() {
            weight - self.eta * (x_pre * x_pre)
        } else {
            weight
        }
    }
}

pub const EE: RuleSpec = RuleSpec {
    id: "ee_triplet",
    block: Block::Ee,
    title: "Triplet",
    equation: "k fires: J += eta v_theta x_j    j fires: J -= eta x_k^2    (where J > 0)",
    fixed_point: "r_k = (v_theta - 1/2) / tau",
    source: "Akil, Rosenbaum & Josic 2021, PLoS Comput Biol 17:e1008958; Pfister & Gerstner 2006, J Neurosci 26:9673",
};
