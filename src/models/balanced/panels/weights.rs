//! Weights of a block, from its sample: distribution, single courses, against the presynaptic rate.

use super::super::model::Balanced;
use super::super::sizes::Block;
use super::super::theory::weights::EeRule;
use super::activity::histogram;
use super::{curves, series};
use crate::models::panel::{Curves, PanelData, PanelRequest, Series};
use crate::models::table::Scale;

/// Stretches of rate over which weights are averaged, and the fewest synapses in one.
const STRETCHES: usize = 24;
const FEWEST: usize = 8;

fn block(request: &PanelRequest) -> Block {
    Block::ALL[request.item.min(3)]
}

pub fn spread(model: &Balanced, request: &PanelRequest) -> PanelData {
    let block = block(request);
    if let Some(weight) = model.network.uniform_weight(block) {
        let j = weight * model.settings.root_n();
        return PanelData::Nothing(format!("all {j:.1} mV: no rule has been on"));
    }
    let weights = model.statistics.weights[block.index()].weights();
    let weights: Vec<f64> = weights.iter().map(|j| f64::from(*j)).collect();
    let low = weights.iter().copied().fold(f64::INFINITY, f64::min);
    PanelData::Histogram(histogram("weight", "mV", &weights, low))
}

pub fn courses(model: &Balanced, request: &PanelRequest) -> PanelData {
    let courses = model.statistics.weights[block(request).index()].courses();
    let lines = courses.lines();
    let line = |(k, points): (usize, Vec<(f64, f64)>)| {
        series(&format!("{}", k + 1), k as u16, false, points)
    };
    curves(
        "s",
        "mV",
        Scale::Linear,
        lines.into_iter().enumerate().map(line).collect(),
    )
}

pub fn against_rate(model: &Balanced, request: &PanelRequest) -> PanelData {
    let block = block(request);
    let statistics = &model.statistics;
    if statistics.step() == 0 {
        return PanelData::Nothing("no rates yet".into());
    }
    let sample = &statistics.weights[block.index()];
    let step = statistics.step();
    let per_second = 1e3 * model.settings.steps_per_unit() as f64;
    let rate = |pre: u32| per_second * statistics.cells.recent_rate(pre as usize, step);
    let points: Vec<(f64, f64)> = sample
        .synapses()
        .iter()
        .zip(sample.weights())
        .map(|(synapse, j)| (rate(synapse.pre), f64::from(*j)))
        .collect();
    let highest = points.iter().map(|point| point.0).fold(0.0, f64::max);
    let mut sums = [(0usize, 0.0, 0.0); STRETCHES];
    for (rate, j) in &points {
        let stretch = (rate / highest * STRETCHES as f64) as usize;
        let sum = &mut sums[stretch.min(STRETCHES - 1)];
        *sum = (sum.0 + 1, sum.1 + j, sum.2 + j * j);
    }
    let (mut mean, mut above, mut below) = (Vec::new(), Vec::new(), Vec::new());
    for (k, (count, sum, squares)) in sums.into_iter().enumerate() {
        if count < FEWEST {
            continue;
        }
        let rate = (k as f64 + 0.5) / STRETCHES as f64 * highest;
        let m = sum / count as f64;
        let sd = (squares / count as f64 - m * m).max(0.0).sqrt();
        mean.push((rate, m));
        above.push((rate, m + sd));
        below.push((rate, m - sd));
    }
    let mut shown = vec![
        series("mean", 0, false, mean),
        series("+ sd", 2, false, above),
        series("- sd", 2, false, below),
    ];
    shown.extend(kohonen(model, block, highest));
    PanelData::Curves(Curves {
        x_label: "Hz".into(),
        y_label: "mV".into(),
        y_scale: Scale::Linear,
        series: shown,
    })
}

/// `j = beta tau r`, where Kohonen's rule is on.
fn kohonen(model: &Balanced, block: Block, highest: f64) -> Option<Series> {
    let outlook = model.statistics.outlook();
    match outlook.rules.ee[..] {
        [EeRule::Kohonen { beta }] if block == Block::Ee => {
            let j = |rate: f64| beta * outlook.tau_stdp * 1e-3 * rate;
            let points = vec![(0.0, 0.0), (highest, j(highest))];
            Some(series("beta tau r", 0, true, points))
        }
        _ => None,
    }
}
