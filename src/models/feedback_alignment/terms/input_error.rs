//! The swapped gradient times the overlap of input and error.

use super::{Factors, Local, Needs, Reverse, Spec, Term};

/// The swapped gradient, gated by `v_l`, the error's overlap with the input of the layer.
///
/// ```text
/// F8 = - y_l y_{l-1}^T W_l^T e_l e_{l-1}^T = - v_l y_l e_{l-1}^T          v_l = e_l . z_l
/// ```
/// Of fifth order in activities, errors and weights.
///
/// Source: Shervani-Tabar & Rosenbaum (2023), Nat. Commun. 14:1805, eq. 22.
pub struct InputError;

impl Term for InputError {
    fn spec(&self) -> &'static Spec {
        &Spec {
            index: 8,
            id: "F8",
            name: "input times error",
            formula: "-(eᵀW y') y e'ᵀ",
            about: "swapped gradient times the overlap of error and input",
            source: "eq. 22",
            needs: Needs {
                error_below: true,
                projection: false,
                overlap: false,
            },
        }
    }

    fn add(&self, theta: f64, at: &Local, factors: &mut Factors) {
        factors.activity_error -= theta * at.input_error;
    }

    fn norm(&self, at: &Local) -> f64 {
        at.input_error.abs() * at.activity * at.error_below
    }

    fn along(&self, at: &Local) -> f64 {
        at.input_error * at.activity_bp * at.below
    }

    fn gradient(&self, at: &Local, reverse: &Reverse) -> f64 {
        -at.input_error * reverse.activity_error
    }

    fn adjoint(&self, theta: f64, reverse: &mut Reverse) {
        reverse.input_error -= theta * reverse.activity_error;
    }
}
