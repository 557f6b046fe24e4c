//! The pseudo-gradient times the overlap of activity and error.

use super::{Factors, Local, Needs, Reverse, Spec, Term};

/// The pseudo-gradient, gated by the overlap `q_l`.
///
/// ```text
/// F7 = - e_l y_l^T W_l e_{l-1} y_{l-1}^T = - q_l e_l y_{l-1}^T          q_l = r_l . e_{l-1},  r_l = W_l^T y_l
/// ```
/// Of fifth order in activities, errors and weights.
///
/// Source: Shervani-Tabar & Rosenbaum (2023), Nat. Commun. 14:1805, eq. 21.
pub struct OverlapError;

impl Term for OverlapError {
    fn spec(&self) -> &'static Spec {
        &Spec {
            index: 7,
            id: "F7",
            name: "overlap, e y'",
            formula: "-(yᵀW e') e y'ᵀ",
            about: "pseudo-gradient times the overlap of activity and presynaptic error",
            source: "eq. 21",
            needs: Needs {
                error_below: true,
                projection: true,
                overlap: true,
            },
        }
    }

    fn add(&self, theta: f64, at: &Local, factors: &mut Factors) {
        factors.error_activity -= theta * at.overlap;
    }

    fn norm(&self, at: &Local) -> f64 {
        at.overlap.abs() * at.error * at.activity_below
    }

    fn along(&self, at: &Local) -> f64 {
        at.overlap * at.error_bp * at.activity_below * at.activity_below
    }

    fn gradient(&self, at: &Local, reverse: &Reverse) -> f64 {
        -at.overlap * reverse.error_activity
    }

    fn adjoint(&self, theta: f64, reverse: &mut Reverse) {
        reverse.overlap -= theta * reverse.error_activity;
    }
}
