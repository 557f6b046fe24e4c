//! The pseudo-gradient times the activity of the layer.

use super::{Factors, Local, Needs, Reverse, Spec, Term};

/// The pseudo-gradient, gated by the summed activity `s_l` of its layer.
///
/// ```text
/// F5 = - e_l 1_l^T y_l y_{l-1}^T = - s_l e_l y_{l-1}^T          s_l = sum_j y_{l,j}
/// ```
/// With `s_l` of 10 to 20 a small `theta_5` is a large change of the learning rate.
///
/// Source: Shervani-Tabar & Rosenbaum (2023), Nat. Commun. 14:1805, eq. 19.
pub struct TotalActivity;

impl Term for TotalActivity {
    fn spec(&self) -> &'static Spec {
        &Spec {
            index: 5,
            id: "F5",
            name: "gated gradient",
            formula: "-(1ᵀy) e y'ᵀ",
            about: "pseudo-gradient times the summed activity of the layer",
            source: "eq. 19",
            needs: Needs {
                error_below: false,
                projection: false,
                overlap: false,
            },
        }
    }

    fn add(&self, theta: f64, at: &Local, factors: &mut Factors) {
        factors.error_activity -= theta * at.total;
    }

    fn norm(&self, at: &Local) -> f64 {
        at.total.abs() * at.error * at.activity_below
    }

    fn along(&self, at: &Local) -> f64 {
        at.total * at.error_bp * at.activity_below * at.activity_below
    }

    fn gradient(&self, at: &Local, reverse: &Reverse) -> f64 {
        -at.total * reverse.error_activity
    }

    fn adjoint(&self, theta: f64, reverse: &mut Reverse) {
        reverse.total -= theta * reverse.error_activity;
    }
}
