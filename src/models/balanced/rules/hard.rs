//! Hebbian learning between hard bounds, and without bounds.

use super::super::sizes::Block;
use super::{Kernel, RuleSpec};
use crate::models::nn::real::Real;

/// Additive Hebbian learning that stops at bounds; the mean does not drift, weights diffuse.
///
/// ```text
/// pre  spike k:  J[j,k] -= eta x[j]    where J[j,k] > Jmin
/// post spike j:  J[j,k] += eta x[k]    where Jmin < J[j,k] < Jmax
/// window, s = t_pre - t_post:   -sign(s) eta exp(-|s|/tau)
/// ```
/// `eta`, `j_min` and `j_max` are in mV (physical). The bounds are asked before the update and the
/// result is not clipped: a weight may pass a bound by one step; at or below `j_min` it is frozen.
/// # Fixed point
/// None: `dj/dt = 0` in the mean, the variance grows. Without bounds ([`classical`](Self::classical))
/// the network explodes in the end.
/// # Source
/// Akil, Rosenbaum & Josić (2021) PLoS Comput Biol 17:e1008958. Deviations: none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hard<T> {
    pub eta: T,
    pub j_min: T,
    pub j_max: T,
}

impl Hard<f64> {
    /// Without bounds: they lie beyond every weight of a running network.
    pub fn classical(eta: f64) -> Self {
        Self {
            eta,
            j_min: -1e20,
            j_max: 1e20,
        }
    }

    pub fn cast<T: Real>(self) -> Hard<T> {
        Hard {
            eta: T::of(self.eta),
            j_min: T::of(self.j_min),
            j_max: T::of(self.j_max),
        }
    }
}

impl<T: Real> Kernel<T> for Hard<T> {
    #[inline(always)]
    fn pre(self, weight: T, x_post: T) -> T {
        if weight > self.j_min {
            weight - self.eta * x_post
        } else {
            weight
        }
    }

    #[inline(always)]
    fn post(self, weight: T, x_pre: T) -> T {
        if weight > self.j_min && weight < self.j_max {
            weight + self.eta * x_pre
        } else {
            weight
        }
    }
}

pub const EE: RuleSpec = RuleSpec {
    id: "ee_hard",
    block: Block::Ee,
    title: "Hebbian, hard bounds",
    equation: "k fires: J -= eta x_j if J > Jmin    j fires: J += eta x_k if Jmin < J < Jmax",
    fixed_point: "none: the mean does not drift, weights pile up at the bounds",
    source: "Akil, Rosenbaum & Josic 2021, PLoS Comput Biol 17:e1008958",
};

pub const EE_CLASSICAL: RuleSpec = RuleSpec {
    id: "ee_classical",
    block: Block::Ee,
    title: "Hebbian, no bounds",
    equation: "k fires: J -= eta x_j    j fires: J += eta x_k",
    fixed_point: "none: the spread grows until the network explodes",
    source: "Akil, Rosenbaum & Josic 2021, PLoS Comput Biol 17:e1008958",
};
