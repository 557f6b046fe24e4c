//! The best point of a sweep, as a preset.

use std::str::FromStr;

use super::results::{Results, Row, spread};
use crate::data::text;
use crate::models::nearest::did_you_mean;
use crate::preset::write::to_toml;

use super::folder::Sweep;

/// `max:METRIC` or `min:METRIC`. Points that differ in the seed alone count by their mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pick {
    largest: bool,
    metric: String,
}

impl FromStr for Pick {
    type Err = String;

    fn from_str(typed: &str) -> Result<Self, String> {
        match typed.split_once(':') {
            Some((which @ ("max" | "min"), metric)) if !metric.is_empty() => Ok(Self {
                largest: which == "max",
                metric: metric.to_owned(),
            }),
            _ => Err("it takes max:METRIC or min:METRIC, such as max:accuracy".to_owned()),
        }
    }
}

impl Pick {
    /// The text of the best preset.
    /// # Errors
    /// When no point has the metric.
    pub fn best(&self, sweep: &Sweep, results: &Results) -> Result<String, String> {
        let shown = text::line(&self.metric);
        let metric = results.metrics.iter().position(|id| *id == self.metric);
        let metric = metric.ok_or_else(|| {
            let known = results.metrics.iter().map(String::as_str);
            let hint = did_you_mean(&shown, known);
            format!("--pick: no point has a metric `{shown}`{hint}")
        })?;
        let mut best: Option<(f64, &[Row], Vec<f64>)> = None;
        for group in results.groups() {
            let values = Results::values(group, metric);
            // A group is judged when all its seeds can be.
            if values.len() < group.len() {
                continue;
            }
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            let better = best.as_ref().is_none_or(|(other, ..)| match self.largest {
                true => mean > *other,
                false => mean < *other,
            });
            if better {
                best = Some((mean, group, values));
            }
        }
        let (_, group, values) =
            best.ok_or_else(|| format!("--pick: no point that is done has a `{shown}`"))?;
        let point = &group[0].point;
        let seeds = match group.len() {
            1 => String::new(),
            seeds => format!(", mean and range over {seeds} seeds"),
        };
        Ok(format!(
            "# Point {} of {}: {shown} {}{seeds}\n{}",
            point.index,
            text::line(&sweep.path().display().to_string()),
            spread(&values),
            to_toml(&sweep.plan.preset_of(point))
        ))
    }
}
