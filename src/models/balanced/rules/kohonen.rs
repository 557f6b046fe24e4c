//! Kohonen's learning, on EE.

use super::super::sizes::Block;
use super::{Kernel, RuleSpec};
use crate::models::nn::real::Real;

/// Growth with the postsynaptic trace, decay at every postsynaptic spike.
///
/// ```text
/// pre  spike k:  J[j,k] += beta eta x[j]
/// post spike j:  J[j,k] -= eta J[j,k]
/// window, s = t_pre - t_post:   s > 0: +beta eta exp(-s/tau), and -eta J for each post spike
/// ```
/// `eta` is a pure number, `beta` in mV (physical: beta / sqrt(N)).
/// # Fixed point
/// `dj/dt = eta (beta (tau r_j r_k + kappa) - j r_j)`: `j = beta (tau r_k + kappa/r_j)`, the weight
/// follows the presynaptic rate. As rates grow with j_ee, a saddle-node ends it at large beta.
/// # Source
/// Akil, Rosenbaum & Josić (2021) PLoS Comput Biol 17:e1008958, after Kohonen (1984). Deviations: none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kohonen<T> {
    pub eta: T,
    pub beta: T,
}

impl Kohonen<f64> {
    /// `eta` is rounded so that `1 - eta` is exact: growth and decay stay in proportion.
    pub fn cast<T: Real>(self) -> Kohonen<T> {
        Kohonen {
            eta: T::one() - T::of(1.0 - self.eta),
            beta: T::of(self.beta),
        }
    }
}

impl<T: Real> Kohonen<T> {
    /// What a postsynaptic spike multiplies a weight by.
    #[inline(always)]
    pub fn keep(&self) -> T {
        T::one() - self.eta
    }

    /// What a presynaptic spike adds for each unit of the postsynaptic trace, in mV.
    #[inline(always)]
    pub fn growth(&self) -> T {
        self.beta * self.eta
    }
}

impl<T: Real> Kernel<T> for Kohonen<T> {
    #[inline(always)]
    fn pre(self, weight: T, x_post: T) -> T {
        weight + self.growth() * x_post
    }

    #[inline(always)]
    fn post(self, weight: T, _: T) -> T {
        weight * self.keep()
    }
}

pub const EE: RuleSpec = RuleSpec {
    id: "ee_kohonen",
    block: Block::Ee,
    title: "Kohonen",
    equation: "k fires: J += beta eta x_j    j fires: J -= eta J",
    fixed_point: "j_ee = beta tau r_k: each weight follows its presynaptic rate",
    source: "Akil, Rosenbaum & Josic 2021, PLoS Comput Biol 17:e1008958",
};
