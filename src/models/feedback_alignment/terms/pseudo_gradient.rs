//! The update of feedback alignment.

use super::{Factors, Local, Needs, Reverse, Spec, Term};

/// Steps down the gradient, with the fed back error in place of the true one; `theta_0` is the learning rate.
///
/// ```text
/// F0 = - e_l y_{l-1}^T
/// ```
/// With symmetric feedback this is backpropagation.
///
/// Source: Shervani-Tabar & Rosenbaum (2023), Nat. Commun. 14:1805, eq. 14.
pub struct PseudoGradient;

impl Term for PseudoGradient {
    fn spec(&self) -> &'static Spec {
        &Spec {
            index: 0,
            id: "F0",
            name: "pseudo-gradient",
            formula: "-e y'ᵀ",
            about: "error times presynaptic activity: the update of feedback alignment, with symmetric feedback that of backpropagation",
            source: "eq. 14",
            needs: Needs {
                error_below: false,
                projection: false,
                overlap: false,
            },
        }
    }

    fn add(&self, theta: f64, _: &Local, factors: &mut Factors) {
        factors.error_activity -= theta;
    }

    fn norm(&self, at: &Local) -> f64 {
        at.error * at.activity_below
    }

    fn along(&self, at: &Local) -> f64 {
        at.error_bp * at.activity_below * at.activity_below
    }

    fn gradient(&self, _: &Local, reverse: &Reverse) -> f64 {
        -reverse.error_activity
    }
}
