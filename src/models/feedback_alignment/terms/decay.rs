//! Decay of the weights.

use super::{Factors, Local, Needs, Reverse, Spec, Term};

/// Shrinks every weight by its share `theta_3`.
///
/// ```text
/// F3 = - W_l
/// ```
/// The only term that is not of low rank: it multiplies all weights by `1 - theta_3`.
///
/// Source: Shervani-Tabar & Rosenbaum (2023), Nat. Commun. 14:1805, eq. 17.
pub struct Decay;

impl Term for Decay {
    fn spec(&self) -> &'static Spec {
        &Spec {
            index: 3,
            id: "F3",
            name: "decay",
            formula: "-W",
            about: "decay of every weight",
            source: "eq. 17",
            needs: Needs {
                error_below: false,
                projection: false,
                overlap: false,
            },
        }
    }

    fn add(&self, theta: f64, _: &Local, factors: &mut Factors) {
        factors.decay += theta;
    }

    fn norm(&self, at: &Local) -> f64 {
        at.weights
    }

    fn along(&self, at: &Local) -> f64 {
        at.error_bp_input
    }

    fn gradient(&self, _: &Local, reverse: &Reverse) -> f64 {
        -reverse.weights
    }
}
