//! The presynaptic error alone.

use super::{Factors, Local, Needs, Reverse, Spec, Term};

/// The same change for all weights out of one unit.
///
/// ```text
/// F4 = - 1_l e_{l-1}^T          1_l: n_l ones
/// ```
/// Independent of the postsynaptic unit.
///
/// Source: Shervani-Tabar & Rosenbaum (2023), Nat. Commun. 14:1805, eq. 18.
pub struct ErrorBelow;

impl Term for ErrorBelow {
    fn spec(&self) -> &'static Spec {
        &Spec {
            index: 4,
            id: "F4",
            name: "presynaptic error",
            formula: "-1 e'ᵀ",
            about: "presynaptic error alone",
            source: "eq. 18",
            needs: Needs {
                error_below: true,
                projection: false,
                overlap: false,
            },
        }
    }

    fn add(&self, theta: f64, _: &Local, factors: &mut Factors) {
        factors.ones_error -= theta;
    }

    fn norm(&self, at: &Local) -> f64 {
        at.units.sqrt() * at.error_below
    }

    fn along(&self, at: &Local) -> f64 {
        at.sum_bp * at.below
    }

    fn gradient(&self, _: &Local, reverse: &Reverse) -> f64 {
        -reverse.ones_error
    }
}
