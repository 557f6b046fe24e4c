//! The pseudo-gradient with the two layers swapped.

use super::{Factors, Local, Needs, Reverse, Spec, Term};

/// Postsynaptic activity times presynaptic error.
///
/// ```text
/// F1 = - y_l e_{l-1}^T
/// ```
/// The pseudo-gradient of the weights seen from the other side.
///
/// Source: Shervani-Tabar & Rosenbaum (2023), Nat. Commun. 14:1805, eq. 15.
pub struct Swapped;

impl Term for Swapped {
    fn spec(&self) -> &'static Spec {
        &Spec {
            index: 1,
            id: "F1",
            name: "swapped gradient",
            formula: "-y e'ᵀ",
            about: "postsynaptic activity times presynaptic error",
            source: "eq. 15",
            needs: Needs {
                error_below: true,
                projection: false,
                overlap: false,
            },
        }
    }

    fn add(&self, theta: f64, _: &Local, factors: &mut Factors) {
        factors.activity_error -= theta;
    }

    fn norm(&self, at: &Local) -> f64 {
        at.activity * at.error_below
    }

    fn along(&self, at: &Local) -> f64 {
        at.activity_bp * at.below
    }

    fn gradient(&self, _: &Local, reverse: &Reverse) -> f64 {
        -reverse.activity_error
    }
}
