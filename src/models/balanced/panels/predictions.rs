//! Theory in words and numbers, and the learning windows.

use super::super::metrics::Metric;
use super::super::model::Balanced;
use super::super::theory::kohonen::saddle_node;
use super::super::theory::no_solution::NoSolution;
use super::super::theory::rates::BalanceCondition;
use super::super::theory::weights::EeRule;
use super::{curves, series};
use crate::models::panel::{Column, PanelData, PanelRequest, Row, Table, TableCell};
use crate::models::table::Scale;

fn row(label: &str, theory: f64, measured: f64) -> Row {
    Row {
        label: label.to_owned(),
        cells: vec![TableCell::Number(theory), TableCell::Number(measured)],
    }
}

pub fn table(model: &Balanced, _: &PanelRequest) -> PanelData {
    let statistics = &model.statistics;
    let outlook = statistics.outlook();
    let get = |metric: Metric| statistics.get(metric);
    let mut rows = vec![
        row(
            "rate E (Hz)",
            get(Metric::RateETheory),
            get(Metric::MeanRateE),
        ),
        row(
            "rate I (Hz)",
            get(Metric::RateITheory),
            get(Metric::MeanRateI),
        ),
        row(
            "E, finite N",
            get(Metric::RateEFinite),
            get(Metric::MeanRateE),
        ),
        row(
            "I, finite N",
            get(Metric::RateIFinite),
            get(Metric::MeanRateI),
        ),
    ];
    if outlook.has_parts() {
        rows.push(row(
            "E1 (Hz)",
            get(Metric::RateE1Theory),
            get(Metric::RateE1),
        ));
        rows.push(row(
            "E2 (Hz)",
            get(Metric::RateE2Theory),
            get(Metric::RateE2),
        ));
    }
    for (b, name) in ["EE", "EI", "IE", "II"].into_iter().enumerate() {
        if outlook.rules.acts_on(b / 2, b % 2) {
            let at = |first: Metric| statistics.metrics()[first as usize + b];
            rows.push(row(
                &format!("j {name} (mV)"),
                at(Metric::JEeTheory),
                at(Metric::JEe),
            ));
            let label = format!("j {name}, finite N");
            // Homeostasis pins the rate-weighted mean, other rules the plain one.
            let homeostatic = b == 1 || b == 3 || (b == 2 && outlook.rules.ie.is_some());
            let measured = if homeostatic {
                at(Metric::JEeWeighted)
            } else {
                at(Metric::JEe)
            };
            rows.push(row(&label, at(Metric::JEeFinite), measured));
        }
    }
    for (k, name) in ["EE", "EI", "II"].into_iter().enumerate() {
        let at = |first: Metric| statistics.metrics()[first as usize + k];
        rows.push(row(
            &format!("cov {name}"),
            at(Metric::CovEeTheory),
            at(Metric::CovEe),
        ));
    }
    let column = |label: &str| Column {
        label: label.to_owned(),
        unit: String::new(),
    };
    PanelData::Table(Table {
        columns: vec![column("theory"), column("measured")],
        rows,
    })
}

/// The same in sentences.
pub fn words(model: &Balanced, _: &PanelRequest) -> PanelData {
    let statistics = &model.statistics;
    let outlook = statistics.outlook();
    let (weights, stimulated) = (statistics.mean_weights(), model.network.stimulated());
    let condition = BalanceCondition::of(&outlook.present(weights, stimulated));
    let mut said = vec![format!(
        "X/Y > b/d > a/c': {:.3} > {:.3} > {:.3} {}.",
        condition.drive,
        condition.inhibition,
        condition.excitation,
        if condition.holds() {
            "holds"
        } else {
            "is violated"
        },
    )];
    if let Err(why) = outlook.rates(weights, stimulated) {
        said.push(format!("No balanced rates: {why}."));
    }
    if outlook.has_parts() && stimulated && outlook.rules.ei.is_none() {
        said.push("Semi-balanced: the part of E with less drive is silenced.".into());
    }
    match &outlook.fixed {
        Ok(point) => said.push(format!(
            "At the fixed point the rates are {:.2} and {:.2} Hz.",
            1e3 * point.rates[0],
            1e3 * point.rates[1]
        )),
        Err(NoSolution::NoRule) => said.push("No rule is on.".into()),
        Err(why) => said.push(format!("No fixed point: {why}.")),
    }
    if let [EeRule::Kohonen { beta }] = outlook.rules.ee[..] {
        let critical = saddle_node(&outlook.circuit, outlook.tau_stdp);
        said.push(match outlook.rules.ei {
            Some(_) => "No saddle-node: EI pins the rate.".into(),
            None => format!("Saddle-node at beta {critical:.3}, now {beta:.3}."),
        });
        if let Ok(Some(unstable)) = outlook.fixed.as_ref().map(|point| point.unstable_ee) {
            said.push(format!("Unstable point at j EE {unstable:.2} mV."));
        }
    }
    if outlook.fixed.is_ok() {
        said.push(format!("The fixed point is {}.", outlook.stability_words()));
    }
    PanelData::Nothing(said.join(" "))
}

/// Points on either side of lag 0.
const POINTS: i32 = 100;

pub fn windows(model: &Balanced, _: &PanelRequest) -> PanelData {
    let settings = &model.settings;
    if settings.rules.is_empty() {
        return PanelData::Nothing("no rule is on".into());
    }
    let root = settings.root_n();
    let tau = settings.taus.stdp;
    let mut lines = Vec::new();
    for (k, (block, rule)) in settings.rules.iter().enumerate() {
        let j = statistics_weight(model, block.index()) / root;
        // Both sides of lag 0 are curves of their own: they meet in a jump.
        for (words, sign) in [("post first", 1.0), ("pre first", -1.0)] {
            let lags =
                (0..=POINTS).map(|i| sign * (0.001 + 4.0 * tau * f64::from(i) / f64::from(POINTS)));
            let mut points: Vec<(f64, f64)> =
                lags.map(|s| (s, root * rule.window(j, s, tau))).collect();
            points.sort_by(|a, b| a.0.total_cmp(&b.0));
            let label = format!("{} {words}", block.name().to_uppercase());
            lines.push(series(&label, k as u16, false, points));
        }
    }
    curves("t_pre - t_post (ms)", "mV", Scale::Linear, lines)
}

fn statistics_weight(model: &Balanced, block: usize) -> f64 {
    model.statistics.metrics()[Metric::JEe as usize + block]
}
