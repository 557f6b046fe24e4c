//! Hebbian learning with soft bounds, on EE and on IE.

use super::super::sizes::Block;
use super::{Kernel, RuleSpec};
use crate::models::nn::real::Real;

/// Hebbian potentiation with multiplicative depression; drives the mean weight to `j_max`.
///
/// ```text
/// pre  spike k:  J[j,k] -= eta x[j] J[j,k]
/// post spike j:  J[j,k] += eta x[k] Jmax
/// window, s = t_pre - t_post, e = exp(-|s|/tau):   s < 0: +eta Jmax e     s > 0: -eta J e
/// ```
/// `eta` is a pure number, `j_max` in mV (physical: jmax / sqrt(N)).
/// # Fixed point
/// `dj/dt = eta (tau r_j r_k + kappa) (jmax - j)`: `j = jmax`, at all rates and correlations.
/// # Source
/// Akil, Rosenbaum & Josić (2021) PLoS Comput Biol 17:e1008958. Deviations: none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Soft<T> {
    pub eta: T,
    pub j_max: T,
}

impl Soft<f64> {
    pub fn cast<T: Real>(self) -> Soft<T> {
        Soft {
            eta: T::of(self.eta),
            j_max: T::of(self.j_max),
        }
    }
}

impl<T: Real> Kernel<T> for Soft<T> {
    #[inline(always)]
    fn pre(self, weight: T, x_post: T) -> T {
        weight - self.eta * x_post * weight
    }

    #[inline(always)]
    fn post(self, weight: T, x_pre: T) -> T {
        weight + self.eta * x_pre * self.j_max
    }
}

const EQUATION: &str = "k fires: J -= eta x_j J    j fires: J += eta x_k Jmax";
const SOURCE: &str = "Akil, Rosenbaum & Josic 2021, PLoS Comput Biol 17:e1008958";

pub const EE: RuleSpec = RuleSpec {
    id: "ee_soft",
    block: Block::Ee,
    title: "Hebbian, soft bounds",
    equation: EQUATION,
    fixed_point: "j_ee = jmax",
    source: SOURCE,
};

pub const IE: RuleSpec = RuleSpec {
    id: "ie_hebb",
    block: Block::Ie,
    title: "Hebbian, soft bounds",
    equation: EQUATION,
    fixed_point: "j_ie = jmax",
    source: SOURCE,
};
