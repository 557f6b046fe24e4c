//! The metric table, and the values of a unit.

use super::model::Balanced;
use super::sizes::Population;
use crate::models::table::{Better, MetricSpec, Scale, text};

/// The metric table of every instance.
pub fn table() -> Vec<MetricSpec> {
    let rate = |id: &'static str, label: &'static str, meaning: &'static str| MetricSpec {
        id: text(id),
        label: text(label),
        unit: text("Hz"),
        meaning: text(meaning),
        scale: Scale::Linear,
        better: Better::Neither,
        theory: None,
    };
    vec![
        rate(
            "rate_e",
            "r E",
            "Mean rate of E cells over the last 250 ms.",
        ),
        rate(
            "rate_i",
            "r I",
            "Mean rate of I cells over the last 250 ms.",
        ),
    ]
}

/// Writes the values of the last millisecond in table order.
pub fn write(model: &Balanced, out: &mut [f64]) {
    let rate = |population| {
        model
            .watch
            .rate(population, model.settings.sizes.of(population))
    };
    out.copy_from_slice(&[rate(Population::E), rate(Population::I)]);
}
