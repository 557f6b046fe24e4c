//! Homeostatic learning, on EI, II and IE.

use super::super::sizes::Block;
use super::{Kernel, RuleSpec};
use crate::models::nn::real::Real;

/// Multiplicative symmetric learning with a constant depression: drives the postsynaptic rate to
/// the target `rho`.
///
/// ```text
/// pre  spike k:  J[j,k] -= eta/Jn (x[j] - alpha) J[j,k]     alpha = 2 rho tau
/// post spike j:  J[j,k] -= eta/Jn  x[k]          J[j,k]
/// window, s = t_pre - t_post:   -(eta/Jn) J exp(-|s|/tau), and +(eta/Jn) alpha J for each pre spike
/// ```
/// `gain = eta/Jn` is in 1/mV (physical: Jn = jnorm / sqrt(N)) and `Jn` has the sign of the block,
/// so that a postsynaptic rate above the target makes inhibition stronger.
/// # Fixed point
/// `dj/dt = -eta sqrt(N) (j/jn) ((2 tau r_j - alpha) r_k + K)`: `r_j = rho - K/(2 tau r_k)`. II and IE
/// are unstable by themselves: they need EI to hold the rate of E cells.
/// # Source
/// Vogels et al. (2011) Science 334:1569 in the form of Akil, Rosenbaum & Josić (2021) PLoS Comput
/// Biol 17:e1008958. Deviations: none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Homeostatic<T> {
    pub gain: T,
    pub alpha: T,
}

impl Homeostatic<f64> {
    pub fn cast<T: Real>(self) -> Homeostatic<T> {
        Homeostatic {
            gain: T::of(self.gain),
            alpha: T::of(self.alpha),
        }
    }
}

impl<T: Real> Kernel<T> for Homeostatic<T> {
    #[inline(always)]
    fn pre(self, weight: T, x_post: T) -> T {
        weight - self.gain * (x_post - self.alpha) * weight
    }

    #[inline(always)]
    fn post(self, weight: T, x_pre: T) -> T {
        weight - self.gain * x_pre * weight
    }
}

const EQUATION: &str = "k fires: J -= eta/Jn (x_j - 2 rho tau) J    j fires: J -= eta/Jn x_k J";
const SOURCE: &str = "Vogels et al. 2011, Science 334:1569; Akil, Rosenbaum & Josic 2021, PLoS Comput Biol 17:e1008958";

pub const EI: RuleSpec = RuleSpec {
    id: "ei_homeo",
    block: Block::Ei,
    title: "Homeostatic",
    equation: EQUATION,
    fixed_point: "r_e = rho",
    source: SOURCE,
};

pub const IE: RuleSpec = RuleSpec {
    id: "ie_homeo",
    block: Block::Ie,
    title: "Homeostatic",
    equation: EQUATION,
    fixed_point: "r_i = rho, while EI holds r_e",
    source: SOURCE,
};

pub const II: RuleSpec = RuleSpec {
    id: "ii_homeo",
    block: Block::Ii,
    title: "Homeostatic",
    equation: EQUATION,
    fixed_point: "r_i = rho, while EI holds r_e",
    source: SOURCE,
};
