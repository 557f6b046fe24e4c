//! Weights and feedback as matrices, as fields over the image, and as a distribution.

use super::super::matrix::Matrix;
use super::super::model::FeedbackAlignment;
use super::super::network::Network;
use crate::models::grid::{Meaning, pool};
use crate::models::panel::{Histogram, PanelData, PanelRequest};
use crate::models::table::Text;

/// What of the two matrices of a layer is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Aspect {
    Weights,
    Feedback,
    Difference,
    Signs,
}

const ASPECTS: [(Aspect, &str); 4] = [
    (Aspect::Weights, "W"),
    (Aspect::Feedback, "B"),
    (Aspect::Difference, "W - B "),
    (Aspect::Signs, "signs of W and B "),
];

/// All weights first, then the feedback matrices, the differences, the signs.
pub fn items(network: &Network) -> Vec<Text> {
    let sizes = network.sizes();
    let named = |what: &'static str| {
        (1..sizes.len()).map(move |l| format!("{what}{l} {}x{}", sizes[l], sizes[l - 1]).into())
    };
    ASPECTS.iter().flat_map(|(_, what)| named(what)).collect()
}

pub fn layers(network: &Network) -> Vec<Text> {
    let sizes = network.sizes();
    (1..sizes.len())
        .map(|l| format!("W{l} {}x{}", sizes[l], sizes[l - 1]).into())
        .collect()
}

const MATRIX: Meaning<'static> = Meaning {
    row_label: "unit",
    col_label: "input",
    unit: "",
    signed: true,
};

pub fn matrix(model: &FeedbackAlignment, request: &PanelRequest) -> PanelData {
    let learner = model.learner();
    let depth = model.network.depth();
    let item = request.item.min(ASPECTS.len() * depth - 1);
    let (aspect, l) = (ASPECTS[item / depth].0, item % depth + 1);
    let (w, b): (&Matrix<f32>, &Matrix<f32>) =
        (&learner.weights[l - 1], learner.feedback_matrix(l));
    let value = |row: usize, col: usize| {
        let (w, b) = (w.get(row, col), b.get(row, col));
        match aspect {
            Aspect::Weights => w,
            Aspect::Feedback => b,
            Aspect::Difference => w - b,
            Aspect::Signs if w * b > 0.0 => 1.0,
            Aspect::Signs => -1.0,
        }
    };
    PanelData::HeatMap(pool((w.post(), w.pre()), value, request, MATRIX))
}

/// The fields of the first layer's units, tiled as nearly square as they go.
pub fn fields(model: &FeedbackAlignment, request: &PanelRequest) -> PanelData {
    let w = &model.learner().weights[0];
    let (high, wide) = (model.images.set.rows, model.images.set.cols);
    let across = (w.post() as f64).sqrt().ceil() as usize;
    let down = w.post().div_ceil(across);
    let value = |row: usize, col: usize| {
        let unit = row / high * across + col / wide;
        // Behind the last field nothing is left to show.
        match unit < w.post() {
            true => w.get(unit, row % high * wide + col % wide),
            false => 0.0,
        }
    };
    let meaning = Meaning {
        row_label: "row",
        col_label: "column",
        ..MATRIX
    };
    PanelData::HeatMap(pool((down * high, across * wide), value, request, meaning))
}

pub fn spread(model: &FeedbackAlignment, request: &PanelRequest) -> PanelData {
    let l = (request.item + 1).min(model.network.depth());
    let weights = model.learner().weights[l - 1].to_rows();
    let most = weights.iter().fold(0.0f32, |most, w| most.max(w.abs()));
    if !(most.is_finite() && weights.iter().all(|w| w.is_finite())) || most == 0.0 {
        return PanelData::Nothing("the weights are all 0, or not finite".into());
    }
    let (most, bins) = (f64::from(most), usize::from(request.cols).clamp(8, 160));
    let mut counts = vec![0; bins];
    for w in weights {
        let place = (f64::from(w) / most + 1.0) / 2.0 * bins as f64;
        counts[(place as usize).min(bins - 1)] += 1;
    }
    let edge = |i: usize| most * (2.0 * i as f64 / bins as f64 - 1.0);
    PanelData::Histogram(Histogram {
        label: format!("weight of layer {l}"),
        unit: String::new(),
        edges: (0..=bins).map(edge).collect(),
        counts,
    })
}
