//! The swapped gradient times the overlap of activity and error.

use super::{Factors, Local, Needs, Reverse, Spec, Term};

/// The swapped gradient, gated by `q_l`, the activity's overlap with the presynaptic error seen through the weights.
///
/// ```text
/// F6 = - y_l y_l^T W_l e_{l-1} e_{l-1}^T = - q_l y_l e_{l-1}^T          q_l = r_l . e_{l-1},  r_l = W_l^T y_l
/// ```
/// Of fifth order in activities, errors and weights.
///
/// Source: Shervani-Tabar & Rosenbaum (2023), Nat. Commun. 14:1805, eq. 20.
pub struct OverlapActivity;

impl Term for OverlapActivity {
    fn spec(&self) -> &'static Spec {
        &Spec {
            index: 6,
            id: "F6",
            name: "overlap, y e'",
            formula: "-(yᵀW e') y e'ᵀ",
            about: "swapped gradient times the overlap of activity and presynaptic error",
            source: "eq. 20",
            needs: Needs {
                error_below: true,
                projection: true,
                overlap: true,
            },
        }
    }

    fn add(&self, theta: f64, at: &Local, factors: &mut Factors) {
        factors.activity_error -= theta * at.overlap;
    }

    fn norm(&self, at: &Local) -> f64 {
        at.overlap.abs() * at.activity * at.error_below
    }

    fn along(&self, at: &Local) -> f64 {
        at.overlap * at.activity_bp * at.below
    }

    fn gradient(&self, at: &Local, reverse: &Reverse) -> f64 {
        -at.overlap * reverse.activity_error
    }

    fn adjoint(&self, theta: f64, reverse: &mut Reverse) {
        reverse.overlap -= theta * reverse.activity_error;
    }
}
