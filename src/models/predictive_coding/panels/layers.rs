//! The table of layers: each in a line.

use super::super::model::PredictiveCoding;
use super::short;
use crate::models::nn::elementwise::sum_squares;
use crate::models::panel::{Column, PanelData, Row, Table, TableCell};

pub fn table(model: &PredictiveCoding) -> PanelData {
    let column = |label: &str, unit: &str| Column {
        label: label.to_owned(),
        unit: unit.to_owned(),
    };
    let columns = vec![
        column("rel. error", ""),
        column("theory", ""),
        column("angle", "deg"),
        column("error", ""),
        column("|W|", ""),
        column("drift", ""),
    ];
    let places = &model.places;
    let row = |l: usize| {
        let layer = &model.network.layers[l];
        let weights = |range| sum_squares(&model.state.params[range]);
        let norm: f64 = layer.weights().map(weights).sum();
        let frozen = if model.settings.freeze[l] {
            " frozen"
        } else {
            ""
        };
        let theory = model.state.metrics[places.relative_error_theory.start + l];
        Row {
            label: format!("{} {}{frozen}", l + 1, short(&model.network, l)),
            cells: vec![
                TableCell::Spark(places.relative_error.start + l),
                TableCell::Number(theory),
                TableCell::Spark(places.angle.start + l),
                TableCell::Spark(places.error_rms.start + l),
                TableCell::Number(if layer.has_params() {
                    norm.sqrt()
                } else {
                    f64::NAN
                }),
                TableCell::Number(model.state.metrics[places.weight_drift.start + l]),
            ],
        }
    };
    PanelData::Table(Table {
        columns,
        rows: (0..model.network.depth()).map(row).collect(),
    })
}
