//! The table of layers: each in a line.

use super::super::model::FeedbackAlignment;
use crate::models::panel::{Column, PanelData, Row, Table, TableCell};

pub fn table(model: &FeedbackAlignment) -> PanelData {
    let column = |label: &str, unit: &str| Column {
        label: label.to_owned(),
        unit: unit.to_owned(),
    };
    let columns = vec![
        column("error angle", "deg"),
        column("orthon.", ""),
        column("signs", ""),
        column("W and B", "deg"),
        column("row norm", ""),
    ];
    let (places, depth) = (&model.places, model.network.depth());
    let row = |l: usize| {
        let sizes = model.network.sizes();
        Row {
            label: format!("W{l} {}x{}", sizes[l], sizes[l - 1]),
            cells: vec![
                if l < depth {
                    TableCell::Spark(places.angle.start + l - 1)
                } else {
                    TableCell::Number(0.0)
                },
                TableCell::Spark(places.orthonormality.start + l - 1),
                TableCell::Spark(places.agreement.start + l - 1),
                TableCell::Number(model.state.metrics[places.alignment.start + l - 1]),
                TableCell::Number(model.state.metrics[places.row_norm.start + l - 1]),
            ],
        }
    };
    PanelData::Table(Table {
        columns,
        rows: (1..=depth).map(row).collect(),
    })
}
