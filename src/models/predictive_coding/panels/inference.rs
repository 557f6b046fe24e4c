//! Inference of the last step: energies and errors over the sweeps, beliefs and errors of a layer.

use super::super::method::Method;
use super::super::model::PredictiveCoding;
use crate::models::grid::{Meaning, pool};
use crate::models::panel::{Curves, PanelData, PanelRequest, Series};
use crate::models::table::Scale;

/// Lists of a record hold one number for each sweep and layer.
fn of_layer(model: &PredictiveCoding, list: &[f64], l: usize) -> Vec<(f64, f64)> {
    let sweeps = list.chunks_exact(model.network.depth());
    sweeps
        .enumerate()
        .map(|(k, layers)| ((k + 1) as f64, layers[l]))
        .collect()
}

fn series(label: String, group: usize, theory: bool, points: Vec<(f64, f64)>) -> Series {
    Series {
        label,
        group: group as u16,
        theory,
        points,
    }
}

/// Why there are no sweeps to show, if so.
fn unswept(model: &PredictiveCoding) -> Option<PanelData> {
    let why = match model.settings.method {
        Method::Backprop | Method::Exact => "this method makes no sweeps",
        Method::FixedPred if model.settings.closed_form => "the closed form makes no sweeps",
        _ if model.state.record.energy.is_empty() => "no sweep has been made yet",
        _ => return None,
    };
    Some(PanelData::Nothing(why.into()))
}

/// `F` at every sweep.
fn total(model: &PredictiveCoding) -> Vec<f64> {
    let record = &model.state.record.energy;
    let sweeps = record.chunks_exact(model.network.depth());
    sweeps.map(|layers| layers.iter().sum()).collect()
}

pub fn energy(model: &PredictiveCoding) -> PanelData {
    if let Some(nothing) = unswept(model) {
        return nothing;
    }
    let depth = model.network.depth();
    let mut curves: Vec<Series> = (0..depth)
        .map(|l| {
            let points = of_layer(model, &model.state.record.energy, l);
            // An energy of 0 has no place on a logarithmic axis: no news has arrived.
            let seen = |(k, e): (f64, f64)| (k, if e > 0.0 { e } else { f64::NAN });
            let points = points.into_iter().map(seen).collect();
            series(format!("E_{}", l + 1), l, false, points)
        })
        .collect();
    if model.settings.method.moves_beliefs() {
        let points = (1..).map(f64::from).zip(total(model)).collect();
        curves.push(series("F".into(), depth, false, points));
    }
    PanelData::Curves(Curves {
        x_label: "sweep".into(),
        y_label: "energy".into(),
        y_scale: Scale::Log,
        series: curves,
    })
}

pub fn descent(model: &PredictiveCoding) -> PanelData {
    if let Some(nothing) = unswept(model) {
        return nothing;
    }
    if !model.settings.method.moves_beliefs() {
        return PanelData::Nothing("FixedPred descends no energy".into());
    }
    let total = total(model);
    let change = |(k, pair): (usize, &[f64])| ((k + 2) as f64, pair[1] - pair[0]);
    let points = total.windows(2).enumerate().map(change).collect();
    PanelData::Curves(Curves {
        x_label: "sweep".into(),
        y_label: "change of F".into(),
        y_scale: Scale::Linear,
        series: vec![series("F_k - F_(k-1)".into(), 0, false, points)],
    })
}

pub fn relative_error(model: &PredictiveCoding) -> PanelData {
    if let Some(nothing) = unswept(model) {
        return nothing;
    }
    let record = &model.state.record;
    let depth = model.network.depth();
    let mut curves = Vec::new();
    for l in 0..depth {
        let measured = of_layer(model, &record.relative, l);
        curves.push(series(format!("layer {}", l + 1), l, false, measured));
        if !model.settings.method.moves_beliefs() {
            let predicted = of_layer(model, &record.predicted, l);
            let label = format!("layer {} predicted", l + 1);
            curves.push(series(label, l, true, predicted));
        }
    }
    PanelData::Curves(Curves {
        x_label: "sweep".into(),
        y_label: "relative error".into(),
        y_scale: Scale::Linear,
        series: curves,
    })
}

const BATCH: Meaning<'static> = Meaning {
    row_label: "image",
    col_label: "unit",
    unit: "",
    signed: true,
};

pub fn beliefs(model: &PredictiveCoding, request: &PanelRequest) -> PanelData {
    if model.state.batches.drawn.is_empty() {
        return PanelData::Nothing("no batch has been drawn yet".into());
    }
    let depth = model.network.depth();
    let l = (request.item + 1).min(depth);
    let width = model.network.width(l);
    let vhat = model.work.vhat(l);
    let moved = match model.settings.method {
        Method::Strict | Method::Zil if l < depth => Some(&model.state.flight.beliefs[l - 1]),
        _ => None,
    };
    // Exact moves the output belief too, FixedPred and Strict leave it where it was predicted.
    let shifted = match model.settings.method {
        Method::Exact => true,
        Method::FixedPred => l < depth,
        _ => false,
    };
    let errors = model.errors(l);
    let factor = model.error_factor(l - 1) as f32;
    let value = |row: usize, col: usize| {
        let at = row * width + col;
        match moved {
            Some(beliefs) => beliefs[at],
            None if shifted => vhat[at] - factor * errors[at],
            None => vhat[at],
        }
    };
    let shape = (model.settings.batch, width);
    PanelData::HeatMap(pool(shape, value, request, BATCH))
}

pub fn errors(model: &PredictiveCoding, request: &PanelRequest) -> PanelData {
    if model.state.batches.drawn.is_empty() {
        return PanelData::Nothing("no batch has been drawn yet".into());
    }
    let l = (request.item + 1).min(model.network.depth());
    let width = model.network.width(l);
    let errors = model.errors(l);
    let factor = model.error_factor(l - 1) as f32;
    let value = |row: usize, col: usize| factor * errors[row * width + col];
    let shape = (model.settings.batch, width);
    PanelData::HeatMap(pool(shape, value, request, BATCH))
}
