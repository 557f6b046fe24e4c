//! One cell: voltage, currents, trace, synapses.

use super::super::model::Balanced;
use super::super::sizes::{Block, Population};
use super::super::statistics::probe::Reading;
use super::{curves, series};
use crate::models::panel::{Column, PanelData, PanelRequest, Row, Table, TableCell};
use crate::models::table::Scale;

/// Points of each curve from `of`, against ms before now.
fn points(model: &Balanced, of: impl Fn(&Reading) -> f32) -> Vec<(f64, f64)> {
    let readings = &model.statistics.probe.readings;
    let now = model.network.step_count() as f64;
    let dt = model.network.dt();
    let point = |reading: &Reading| ((reading.step as f64 - now) * dt, f64::from(of(reading)));
    readings.iter().map(point).collect()
}

fn nothing(model: &Balanced) -> Option<PanelData> {
    let empty = model.statistics.probe.readings.is_empty();
    empty.then(|| PanelData::Nothing("no step yet since this cell is watched".into()))
}

pub fn voltage(model: &Balanced, _: &PanelRequest) -> PanelData {
    if let Some(nothing) = nothing(model) {
        return nothing;
    }
    let v = series("V", 0, false, points(model, |reading| reading.v));
    curves("ms", "mV", Scale::Linear, vec![v])
}

pub fn currents(model: &Balanced, _: &PanelRequest) -> PanelData {
    if let Some(nothing) = nothing(model) {
        return nothing;
    }
    let total = |r: &Reading| r.e + r.i + r.x + r.injected;
    let lines = vec![
        series("E", 0, false, points(model, |r| r.e)),
        series("I", 1, false, points(model, |r| r.i)),
        series("X", 2, false, points(model, |r| r.x)),
        series("total", 4, false, points(model, total)),
    ];
    curves("ms", "mV/ms", Scale::Linear, lines)
}

pub fn trace(model: &Balanced, _: &PanelRequest) -> PanelData {
    if let Some(nothing) = nothing(model) {
        return nothing;
    }
    let x = series("x", 0, false, points(model, |reading| reading.trace));
    curves("ms", "", Scale::Linear, vec![x])
}

pub fn table(model: &Balanced, _: &PanelRequest) -> PanelData {
    let statistics = &model.statistics;
    let id = statistics.probe.cell;
    let sizes = &model.settings.sizes;
    let kind = if id < sizes.e {
        Population::E
    } else {
        Population::I
    };
    let column = |label: &str, unit: &str| Column {
        label: label.to_owned(),
        unit: unit.to_owned(),
    };
    let one = |label: &str, value: f64| Row {
        label: label.to_owned(),
        cells: vec![
            TableCell::Number(value),
            TableCell::Words(String::new()),
            TableCell::Words(String::new()),
        ],
    };
    let per_second = 1e3 * model.settings.steps_per_unit() as f64;
    let rate = per_second * statistics.cells.rate(id, statistics.step());
    let mut rows = vec![
        Row {
            label: format!("cell {id}"),
            cells: vec![
                TableCell::Words(format!("{kind:?}")),
                TableCell::Words(if sizes.stimulated(kind).contains(&id) {
                    "can be stimulated".into()
                } else {
                    String::new()
                }),
                TableCell::Words(String::new()),
            ],
        },
        one("rate (Hz)", rate),
        one("ISI CV", statistics.cells.cv(id).unwrap_or(f64::NAN)),
        one("V (mV)", model.network.voltage(id)),
        one("trace", model.network.trace(id)),
    ];
    for other in Population::ALL {
        let weights = incoming(model, id, Block::between(kind, other));
        rows.push(row_of(&format!("in from {other:?}"), &weights));
    }
    for other in Population::ALL {
        let weights = outgoing(model, id, Block::between(other, kind));
        rows.push(row_of(&format!("out to {other:?}"), &weights));
    }
    PanelData::Table(Table {
        columns: vec![
            column("value or number", ""),
            column("mean j", "mV"),
            column("sd", "mV"),
        ],
        rows,
    })
}

fn row_of(label: &str, weights: &[f64]) -> Row {
    let count = weights.len() as f64;
    // Around the first, so that equal weights have no spread.
    let first = weights.first().copied().unwrap_or(f64::NAN);
    let off = weights.iter().map(|j| j - first).sum::<f64>() / count;
    let squares = weights
        .iter()
        .map(|j| (j - first - off).powi(2))
        .sum::<f64>();
    let (mean, variance) = (first + off, squares / count);
    Row {
        label: label.to_owned(),
        cells: [count, mean, variance.sqrt()]
            .map(TableCell::Number)
            .to_vec(),
    }
}

/// Weights `j` (mV) of the synapses onto a cell.
fn incoming(model: &Balanced, id: usize, block: Block) -> Vec<f64> {
    let wires = model.network.wires(block);
    let post = id - model.settings.sizes.range(block.post()).start;
    let root = model.settings.root_n();
    (0..wires.pres())
        .filter_map(|k| wires.find(post, k))
        .map(|synapse| root * model.network.weight(block, synapse))
        .collect()
}

/// Weights `j` (mV) of the synapses from a cell.
fn outgoing(model: &Balanced, id: usize, block: Block) -> Vec<f64> {
    let k = id - model.settings.sizes.range(block.pre()).start;
    let root = model.settings.root_n();
    let mut weights = Vec::new();
    model.network.column(block, k, &mut weights);
    weights.iter().map(|j| root * f64::from(*j)).collect()
}
