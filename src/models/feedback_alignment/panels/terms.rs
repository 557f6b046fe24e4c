//! Terms by layer: shares of the update, cosines with backpropagation.

use super::super::model::{FeedbackAlignment, Run};
use super::super::terms::{POOL, TERMS};
use crate::models::panel::{Column, PanelData, PanelRequest, Row, Table, TableCell};
use crate::models::table::{Text, text};

pub fn items() -> Vec<Text> {
    vec![text("shares"), text("cosines")]
}

pub fn table(model: &FeedbackAlignment, request: &PanelRequest) -> PanelData {
    let coefficients = &model.state.coefficients;
    let shares = match &model.state.run {
        Run::Meta(meta) => meta.shares.clone(),
        Run::Online(online) => online.shares.clone(),
    };
    let cosines = match &model.state.run {
        Run::Meta(meta) => &meta.cosines,
        Run::Online(online) => &online.cosines,
    };
    let depth = model.network.depth();
    let columns = (1..=depth).map(|l| Column {
        label: format!("W{l}"),
        unit: String::new(),
    });
    let is_on = |r: &usize| coefficients.rows().iter().any(|rule| rule.on[*r]);
    let cell = |l: usize, r: usize| {
        let rule = coefficients.rule(l);
        TableCell::Number(match request.item {
            _ if !rule.on[r] => f64::NAN,
            0 => shares[l - 1][r],
            _ if rule.theta[r] == 0.0 => f64::NAN,
            _ => rule.theta[r].signum() * cosines[l - 1][r],
        })
    };
    let rows: Vec<Row> = (0..TERMS)
        .filter(is_on)
        .map(|r| Row {
            label: POOL[r].spec().id.into(),
            cells: (1..=depth).map(|l| cell(l, r)).collect(),
        })
        .collect();
    if rows.is_empty() {
        return PanelData::Nothing("no term is on".into());
    }
    PanelData::Table(Table {
        columns: columns.collect(),
        rows,
    })
}
