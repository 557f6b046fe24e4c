//! Losses: over the online steps of the present episode, and over the images judged last.

use super::super::model::{FeedbackAlignment, Run};
use crate::models::panel::{Curves, Histogram, PanelData, Series};
use crate::models::table::Scale;

/// Steps of the running mean.
const SMOOTH: usize = 25;

pub fn curve(model: &FeedbackAlignment) -> PanelData {
    let (losses, first) = match &model.state.run {
        Run::Meta(meta) => (&meta.course, 0),
        Run::Online(online) => (&online.recent, online.seen - online.recent.len() as u64),
    };
    if losses.is_empty() {
        return PanelData::Nothing("no online step has been made yet".into());
    }
    let at = |i: usize| (first + i as u64 + 1) as f64;
    let raw = losses.iter().enumerate();
    let raw: Vec<(f64, f64)> = raw.map(|(i, &loss)| (at(i), f64::from(loss))).collect();
    let mean = |i: usize| {
        let window = &losses[(i + 1).saturating_sub(SMOOTH)..=i];
        let sum: f64 = window.iter().map(|&loss| f64::from(loss)).sum();
        (at(i), sum / window.len() as f64)
    };
    let series = |label: &str, group: u16, points: Vec<(f64, f64)>| Series {
        label: label.into(),
        group,
        theory: false,
        points,
    };
    PanelData::Curves(Curves {
        x_label: "online step".into(),
        y_label: "loss".into(),
        y_scale: Scale::Linear,
        series: vec![
            series("each image", 1, raw),
            series("mean of 25", 0, (0..losses.len()).map(mean).collect()),
        ],
    })
}

/// Bars of the histogram.
const BINS: usize = 24;

pub fn losses(model: &FeedbackAlignment) -> PanelData {
    let outcome = match &model.state.run {
        Run::Meta(meta) => meta.episode.outcome(),
        Run::Online(online) => &online.outcome,
    };
    let losses = &outcome.losses;
    let most = losses.iter().copied().fold(0.0, f64::max);
    if losses.is_empty() || !most.is_finite() || most <= 0.0 {
        return PanelData::Nothing("no image has been judged yet".into());
    }
    let mut counts = vec![0; BINS];
    for loss in losses {
        let place = loss / most * BINS as f64;
        counts[(place as usize).min(BINS - 1)] += 1;
    }
    PanelData::Histogram(Histogram {
        label: "cross-entropy".into(),
        unit: String::new(),
        edges: (0..=BINS).map(|i| most * i as f64 / BINS as f64).collect(),
        counts,
    })
}
