//! Weights and biases as arrays.

use super::model::PredictiveCoding;
use crate::models::array::{Array, Numbers};

/// `weight_1` (unit x input; of a convolution map x map below x kernel) and `bias_1`, layer by layer;
/// a layer that has several has `weight_1a`, `weight_1b`.
pub fn of(model: &PredictiveCoding) -> Vec<Array> {
    let mut arrays = Vec::new();
    for (l, layer) in model.network.layers.iter().enumerate() {
        let nodes = || layer.nodes.iter().filter(|node| node.has_params());
        let several = nodes().count() > 1;
        for (i, node) in nodes().enumerate() {
            let part = match several {
                true => char::from(b'a' + (i % 26) as u8).to_string(),
                false => String::new(),
            };
            let shape = node.weight_shape();
            let numbers = |range: &std::ops::Range<usize>| {
                Numbers::F32(model.state.params[range.clone()].to_vec())
            };
            let name = |what: &str| format!("{what}_{}{part}", l + 1);
            arrays.push(Array::new(name("weight"), &shape, numbers(&node.weight)));
            if !node.bias.is_empty() {
                let bias = numbers(&node.bias);
                arrays.push(Array::new(name("bias"), &[node.bias.len()], bias));
            }
        }
    }
    arrays
}
