//! The table of layers: each in a line.

use super::super::model::FeedbackAlignment;
use crate::models::panel::{Column, PanelData, Row, Table, TableCell};

pub fn table(model: &FeedbackAlignment) -> PanelData {
    let column = |label: &str, unit: &str| Column {
        label: label.to_owned(),
        unit: unit.to_owned(),
    };
    let columns = vec![
        column("angle", "deg"),
        column("orthon.", ""),
        column("signs", ""),
        column("W, B", "deg"),
        column("rows", ""),
    ];
    let (places, depth) = (&model.places, model.network.depth());
    let of = |range: &std::ops::Range<usize>, l: usize| model.state.metrics[range.start + l - 1];
    let row = |l: usize| {
        Row {
            label: format!("W{l}"),
            cells: vec![
                // The error of the output layer is the same either way.
                TableCell::Number(if l < depth { of(&places.angle, l) } else { 0.0 }),
                TableCell::Number(of(&places.orthonormality, l)),
                TableCell::Number(of(&places.agreement, l)),
                TableCell::Number(of(&places.alignment, l)),
                TableCell::Number(of(&places.row_norm, l)),
            ],
        }
    };
    PanelData::Table(Table {
        columns,
        rows: (1..=depth).map(row).collect(),
    })
}
