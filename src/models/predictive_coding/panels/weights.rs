//! Weights as matrices, as fields over the image, and as a distribution.

use std::ops::Range;

use super::super::model::PredictiveCoding;
use crate::models::grid::{Meaning, pool};
use crate::models::nn::layer::Map;
use crate::models::nn::network::Network;
use crate::models::panel::{Histogram, PanelData, PanelRequest};
use crate::models::table::Text;

/// What of a weight matrix is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Aspect {
    Value,
    Gradient,
    Change,
}

/// A weight matrix: `rows` units (or maps) with `cols` inputs each.
struct Matrix {
    /// Of the layer, from 0.
    layer: usize,
    rows: usize,
    cols: usize,
    weight: Range<usize>,
    /// Whether its layer has several.
    label: String,
}

fn matrices(network: &Network) -> Vec<Matrix> {
    let mut found = Vec::new();
    for (layer, nodes) in network.layers.iter().map(|l| &l.nodes).enumerate() {
        let several = nodes.iter().filter(|node| node.has_params()).count() > 1;
        for (i, node) in nodes.iter().filter(|n| n.has_params()).enumerate() {
            let (rows, cols) = match &node.map {
                Map::Conv(conv) => (conv.out_channels, conv.fan_in()),
                _ => (node.output, node.input),
            };
            let part = if several {
                char::from(b'a' + (i % 26) as u8).to_string()
            } else {
                String::new()
            };
            found.push(Matrix {
                layer,
                rows,
                cols,
                weight: node.weight.clone(),
                label: format!("{}{part}", layer + 1),
            });
        }
    }
    found
}

/// All values first, then the gradients, then the changes.
pub fn items(network: &Network) -> Vec<Text> {
    let matrices = matrices(network);
    let named = |what: &'static str| {
        let name = move |m: &Matrix| Text::from(format!("{what}{} {}x{}", m.label, m.rows, m.cols));
        matrices.iter().map(name)
    };
    named("W")
        .chain(named("gradient "))
        .chain(named("change "))
        .collect()
}

pub fn layers(network: &Network) -> Vec<Text> {
    let matrices = matrices(network);
    let name = |m: &Matrix| Text::from(format!("W{} {}x{}", m.label, m.rows, m.cols));
    matrices.iter().map(name).collect()
}

pub fn matrix(model: &PredictiveCoding, request: &PanelRequest) -> PanelData {
    let matrices = matrices(&model.network);
    if matrices.is_empty() {
        return PanelData::Nothing("no layer has weights".into());
    }
    let item = request.item.min(3 * matrices.len() - 1);
    let matrix = &matrices[item % matrices.len()];
    let aspect = [Aspect::Value, Aspect::Gradient, Aspect::Change][item / matrices.len()];
    if aspect == Aspect::Gradient && model.settings.freeze[matrix.layer] {
        return PanelData::Nothing("a frozen layer has no gradient".into());
    }
    let values = match aspect {
        Aspect::Gradient => &model.state.flight.gradient,
        _ => &model.state.params,
    };
    let (values, start) = (
        &values[matrix.weight.clone()],
        &model.initial[matrix.weight.clone()],
    );
    let factor = model.gradient_factor(matrix.layer) as f32;
    let value = |row: usize, col: usize| {
        let at = row * matrix.cols + col;
        match aspect {
            Aspect::Value => values[at],
            Aspect::Gradient => factor * values[at],
            Aspect::Change => values[at] - start[at],
        }
    };
    let meaning = Meaning {
        row_label: "unit",
        col_label: "input",
        unit: "",
        signed: true,
    };
    PanelData::HeatMap(pool((matrix.rows, matrix.cols), value, request, meaning))
}

/// The fields of the first layer's units, tiled as nearly square as they go.
pub fn fields(model: &PredictiveCoding, request: &PanelRequest) -> PanelData {
    let Some(map) = super::fields(&model.network) else {
        return PanelData::Nothing("the first layer does not look at the image".into());
    };
    let node = &model.network.layers[0].nodes[0];
    let (high, wide, count) = match map {
        Map::Conv(conv) => (
            conv.kernel,
            conv.kernel,
            conv.out_channels * conv.in_channels,
        ),
        _ => (model.data.rows, model.data.cols, node.output),
    };
    let across = (1..=count)
        .find(|across| across * across >= count)
        .unwrap_or(1);
    let down = count.div_ceil(across);
    let weights = &model.state.params[node.weight.clone()];
    let value = |row: usize, col: usize| {
        let unit = row / high * across + col / wide;
        let at = unit * high * wide + row % high * wide + col % wide;
        // Behind the last field nothing is left to show.
        weights.get(at).copied().unwrap_or(0.0)
    };
    let meaning = Meaning {
        row_label: "row",
        col_label: "column",
        unit: "",
        signed: true,
    };
    PanelData::HeatMap(pool((down * high, across * wide), value, request, meaning))
}

pub fn spread(model: &PredictiveCoding, request: &PanelRequest) -> PanelData {
    let matrices = matrices(&model.network);
    let Some(matrix) = matrices.get(request.item).or(matrices.last()) else {
        return PanelData::Nothing("no layer has weights".into());
    };
    let weights = &model.state.params[matrix.weight.clone()];
    let most = weights.iter().fold(0.0f32, |most, w| most.max(w.abs()));
    if !(most.is_finite() && weights.iter().all(|w| w.is_finite())) || most == 0.0 {
        return PanelData::Nothing("the weights are all 0, or not finite".into());
    }
    let (most, bins) = (f64::from(most), usize::from(request.cols).clamp(8, 160));
    let mut counts = vec![0; bins];
    for &w in weights {
        let place = (f64::from(w) / most + 1.0) / 2.0 * bins as f64;
        counts[(place as usize).min(bins - 1)] += 1;
    }
    let edge = |i: usize| most * (2.0 * i as f64 / bins as f64 - 1.0);
    PanelData::Histogram(Histogram {
        label: format!("weight of layer {}", matrix.layer + 1),
        unit: String::new(),
        edges: (0..=bins).map(edge).collect(),
        counts,
    })
}
