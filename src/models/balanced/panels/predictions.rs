//! Theory in words and numbers, and the learning windows.

use super::super::metrics::Metric;
use super::super::model::Balanced;
use super::super::theory::kohonen::saddle_node;
use super::super::theory::rates::BalanceCondition;
use super::super::theory::weights::EeRule;
use super::{curves, series};
use crate::models::panel::{Column, PanelData, PanelRequest, Row, Table, TableCell};
use crate::models::table::Scale;

fn row(label: &str, theory: String, measured: String) -> Row {
    Row {
        label: label.to_owned(),
        cells: vec![TableCell::Words(theory), TableCell::Words(measured)],
    }
}

fn digits(x: f64, places: usize) -> String {
    if x.is_finite() {
        format!("{x:.places$}")
    } else {
        "-".into()
    }
}

pub fn table(model: &Balanced, _: &PanelRequest) -> PanelData {
    let statistics = &model.statistics;
    let outlook = statistics.outlook();
    let get = |metric: Metric| statistics.get(metric);
    let pair = |e: Metric, i: Metric, places| {
        format!("{}, {}", digits(get(e), places), digits(get(i), places))
    };
    let weights = statistics.mean_weights();
    let stimulated = model.network.stimulated();
    let condition = BalanceCondition::of(&outlook.present(weights, stimulated));
    let mut rows = vec![row(
        "X/Y > b/d > a/c'",
        format!(
            "{:.3} > {:.3} > {:.3}",
            condition.drive, condition.inhibition, condition.excitation
        ),
        if condition.holds() {
            "holds"
        } else {
            "violated"
        }
        .into(),
    )];
    let rates = match outlook.rates(weights, stimulated) {
        Ok(rates) => format!("{:.2}, {:.2}", 1e3 * rates[0], 1e3 * rates[1]),
        Err(why) => why.to_string(),
    };
    rows.push(row(
        "rates E, I (Hz)",
        rates,
        pair(Metric::MeanRateE, Metric::MeanRateI, 2),
    ));
    rows.push(row(
        "rates, finite N",
        pair(Metric::RateEFinite, Metric::RateIFinite, 2),
        format!("R {}", pair(Metric::ResidualE, Metric::ResidualI, 3)),
    ));
    if outlook.has_parts() {
        rows.push(row(
            "rates E1, E2 (Hz)",
            pair(Metric::RateE1Theory, Metric::RateE2Theory, 2),
            pair(Metric::RateE1, Metric::RateE2, 2),
        ));
    }
    let three = |first: Metric| {
        let at = |k: usize| digits(statistics.metrics()[first as usize + k], 4);
        format!("{} {} {}", at(0), at(1), at(2))
    };
    rows.push(row(
        "cov EE EI II",
        three(Metric::CovEeTheory),
        three(Metric::CovEe),
    ));
    match &outlook.fixed {
        Ok(point) => {
            for (b, name) in ["EE", "EI", "IE", "II"].into_iter().enumerate() {
                if outlook.rules.acts_on(b / 2, b % 2) {
                    let finite = statistics.metrics()[Metric::JEeFinite as usize + b];
                    let weighted = statistics.metrics()[Metric::JEeWeighted as usize + b];
                    rows.push(row(
                        &format!("j {name} (mV)"),
                        format!(
                            "{:.2}, finite N {}",
                            point.j[b / 2][b % 2],
                            digits(finite, 2)
                        ),
                        format!("by rate {}", digits(weighted, 2)),
                    ));
                }
            }
            let at = format!("{:.2}, {:.2}", 1e3 * point.rates[0], 1e3 * point.rates[1]);
            rows.push(row("rates there (Hz)", at, String::new()));
        }
        Err(why) => rows.push(row("fixed point", why.to_string(), String::new())),
    }
    if let [EeRule::Kohonen { beta }] = outlook.rules.ee[..] {
        let pinned = outlook.rules.ei.is_some();
        let critical = saddle_node(&outlook.circuit, outlook.tau_stdp);
        let words = match pinned {
            true => "none: EI pins the rate".into(),
            false => format!("at beta {critical:.3}"),
        };
        rows.push(row("saddle-node", words, format!("beta {beta}")));
        if let Ok(Some(unstable)) = outlook.fixed.as_ref().map(|point| point.unstable_ee) {
            rows.push(row(
                "unstable j EE (mV)",
                digits(unstable, 2),
                String::new(),
            ));
        }
    }
    rows.push(row("stability", outlook.stability_words(), String::new()));
    let column = |label: &str| Column {
        label: label.to_owned(),
        unit: String::new(),
    };
    PanelData::Table(Table {
        columns: vec![column("theory"), column("measured")],
        rows,
    })
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
    let line = |(k, (block, rule)): (usize, &(_, super::super::rules::Rule))| {
        let block: super::super::sizes::Block = *block;
        let j = statistics_weight(model, block.index()) / root;
        let point = |s: f64| (s, root * rule.window(j, s, tau));
        let lags = (-POINTS..=POINTS).map(|i| 4.0 * tau * f64::from(i) / f64::from(POINTS));
        // Both sides meet in a jump.
        let points = lags.map(|s| if s == 0.0 { (s, f64::NAN) } else { point(s) });
        series(block.name(), k as u16, false, points.collect())
    };
    let lines = settings.rules.iter().enumerate().map(line).collect();
    curves("t_pre - t_post (ms)", "mV", Scale::Linear, lines)
}

fn statistics_weight(model: &Balanced, block: usize) -> f64 {
    model.statistics.metrics()[Metric::JEe as usize + block]
}
