//! Hebb's rule of the errors.

use super::{Factors, Local, Needs, Reverse, Spec, Term};

/// Error times error; with `theta_2 < 0` it pulls the weights towards the feedback matrices.
///
/// ```text
/// F2 = - e_l e_{l-1}^T
/// ```
/// In a linear network `E[e_l e_{l-1}^T]` is a covariance times `B_l` (eq. 9), so that `W_l` aligns with `B_l`.
///
/// Source: Shervani-Tabar & Rosenbaum (2023), Nat. Commun. 14:1805, eq. 16.
pub struct ErrorHebb;

impl Term for ErrorHebb {
    fn spec(&self) -> &'static Spec {
        &Spec {
            index: 2,
            id: "F2",
            name: "Hebb of errors",
            formula: "-e e'ᵀ",
            about: "error times presynaptic error; below 0 it aligns the weights with the feedback",
            source: "eq. 16",
            needs: Needs {
                error_below: true,
                projection: false,
                overlap: false,
            },
        }
    }

    fn add(&self, theta: f64, _: &Local, factors: &mut Factors) {
        factors.error_error -= theta;
    }

    fn norm(&self, at: &Local) -> f64 {
        at.error * at.error_below
    }

    fn along(&self, at: &Local) -> f64 {
        at.error_bp * at.below
    }

    fn gradient(&self, _: &Local, reverse: &Reverse) -> f64 {
        -reverse.error_error
    }
}
