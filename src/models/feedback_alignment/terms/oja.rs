//! Oja's subspace rule.

use super::{Factors, Local, Needs, Reverse, Spec, Term};

/// Hebb's rule kept in bounds by what the layer can already tell of the layer below.
///
/// ```text
/// F9 = y_l y_{l-1}^T - y_l y_l^T W_l = y_l (y_{l-1} - r_l)^T          r_l = W_l^T y_l
/// ```
/// Note the sign: this one is added. With `theta_9 > 0` the rows of `W_l` become orthonormal.
///
/// Source: Shervani-Tabar & Rosenbaum (2023), Nat. Commun. 14:1805, eq. 23.
pub struct Oja;

impl Term for Oja {
    fn spec(&self) -> &'static Spec {
        &Spec {
            index: 9,
            id: "F9",
            name: "Oja",
            formula: "+y (y' - Wᵀy)ᵀ",
            about: "Oja's rule: Hebbian learning of what the layer below holds beyond what is known of it",
            source: "eq. 23",
            needs: Needs {
                error_below: false,
                projection: true,
                overlap: false,
            },
        }
    }

    fn add(&self, theta: f64, _: &Local, factors: &mut Factors) {
        factors.activity_rest += theta;
    }

    fn norm(&self, at: &Local) -> f64 {
        at.activity * at.rest
    }

    fn along(&self, at: &Local) -> f64 {
        -at.activity_bp * at.rest_below
    }

    fn gradient(&self, _: &Local, reverse: &Reverse) -> f64 {
        reverse.activity_rest
    }
}
