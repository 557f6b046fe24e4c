//! The rule as a formula, and its coefficients as bars.

use super::super::coefficients::Rule;
use super::super::model::FeedbackAlignment;
use super::super::network::Network;
use super::super::params::Settings;
use super::super::terms::{POOL, TERMS};
use crate::models::panel::{Bar, BarChart, PanelData, PanelRequest};
use crate::models::table::Text;

/// A layer each, where every one has its own coefficients.
pub fn items(network: &Network, settings: &Settings) -> Vec<Text> {
    if !settings.per_layer {
        return Vec::new();
    }
    let layers = 1..=network.depth();
    layers.map(|l| Text::from(format!("of W{l}"))).collect()
}

/// The metrics of all coefficients; those of terms that are off have no values.
pub fn trajectories(network: &Network, settings: &Settings) -> Vec<Text> {
    let ids = |row: usize, r: usize| match settings.per_layer {
        true => Text::from(format!("theta_{r}_{}", row + 1)),
        false => Text::from(format!("theta_{r}")),
    };
    let rows = match settings.per_layer {
        true => network.depth(),
        false => 1,
    };
    let all = (0..rows).flat_map(|row| (0..TERMS).map(move |r| (row, r)));
    all.map(|(row, r)| ids(row, r)).collect()
}

pub fn bars(model: &FeedbackAlignment, request: &PanelRequest) -> PanelData {
    let rows = model.state.coefficients.rows();
    let rule = &rows[request.item.min(rows.len() - 1)];
    let bars = rule.terms().map(|r| Bar {
        label: POOL[r].spec().id.into(),
        value: 1e3 * rule.theta[r],
        marked: rule.theta[r] != 0.0,
    });
    PanelData::Bars(BarChart {
        caption: vec![formula(rule)],
        bars: bars.collect(),
        full: None,
    })
}

/// `dW = ` the sum of all terms that do something.
pub fn formula(rule: &Rule) -> String {
    let mut words = String::from("dW =");
    for r in rule.terms().filter(|&r| rule.theta[r] != 0.0) {
        let formula = POOL[r].spec().formula;
        let (sign, body) = match formula.strip_prefix('-') {
            Some(body) => (-1.0, body),
            None => (1.0, formula.trim_start_matches('+')),
        };
        let theta = sign * rule.theta[r];
        let sign = if theta < 0.0 { '-' } else { '+' };
        words.push_str(&format!(" {sign} {} {body}", three_digits(theta.abs())));
    }
    if words.ends_with('=') {
        words.push_str(" 0");
    }
    words
}

/// Three significant digits, without an exponent where that is short.
fn three_digits(x: f64) -> String {
    let rounded: f64 = format!("{x:.2e}").parse().unwrap_or(x);
    crate::models::param::number(rounded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_formula_follows_switches_and_signs() {
        let mut rule = Rule::default();
        assert_eq!(formula(&rule), "dW = 0");
        rule.on[0] = true;
        rule.theta[0] = 0.01404;
        rule.theta[2] = -0.0579;
        assert_eq!(formula(&rule), "dW = - 0.014 e y'ᵀ");
        rule.on[2] = true;
        assert_eq!(formula(&rule), "dW = - 0.014 e y'ᵀ + 0.0579 e e'ᵀ");
        rule.on[9] = true;
        assert!(!formula(&rule).contains("Wᵀ"), "on, but 0");
        rule.theta[9] = 0.0098;
        assert!(formula(&rule).ends_with("+ 0.0098 y (y' - Wᵀy)ᵀ"));
    }
}
