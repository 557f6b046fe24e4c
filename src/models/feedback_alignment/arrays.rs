//! Weights, feedback and coefficients as arrays.

use super::matrix::Matrix;
use super::model::FeedbackAlignment;
use crate::models::Model;
use crate::models::array::{Array, Numbers};

/// `weight_1` and `feedback_1` (unit x input), layer by layer, and `coefficient_TERM`: one number for
/// all layers, or one for each.
pub fn of(model: &FeedbackAlignment) -> Vec<Array> {
    let learner = model.learner();
    let matrix = |name: String, matrix: &Matrix<f32>| {
        let shape = [matrix.post(), matrix.pre()];
        Array::new(name, &shape, Numbers::F32(matrix.to_rows()))
    };
    let mut arrays = Vec::new();
    for l in 1..=model.network.depth() {
        arrays.push(matrix(format!("weight_{l}"), &learner.weights[l - 1]));
        arrays.push(matrix(format!("feedback_{l}"), learner.feedback_matrix(l)));
    }
    let rule = model.rule().unwrap_or_default();
    for term in rule.names() {
        let rows = rule.terms.iter();
        // A term that is not there is off, which is 0.
        let values = rows.map(|row| row.get(term).copied().unwrap_or(0.0));
        let values: Vec<f64> = values.collect();
        let name: String = term
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
            .collect();
        let shape = [values.len()];
        arrays.push(Array::new(
            format!("coefficient_{name}"),
            &shape,
            Numbers::F64(values),
        ));
    }
    arrays
}
