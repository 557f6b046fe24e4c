//! What came of all points: a table as CSV, and a short one for a person.

use std::fmt::Write as _;

use super::error::SweepError;
use super::folder::{RESULTS, Sweep};
use super::outcome::Outcome;
use super::plan::Point;
use crate::models::param::{display, number, short};
use crate::record;

/// Rows of the short table.
const MOST_ROWS: usize = 24;

/// Metrics of the short table, where the plan names none.
const METRICS: usize = 3;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    Done,
    Failed(String),
    Missing,
}

pub struct Row {
    pub point: Point,
    pub state: State,
    steps: u64,
    wall_s: f64,
    digest: String,
    /// In the order of [`Results::metrics`]; NaN where there is none.
    values: Vec<f64>,
}

pub struct Results {
    columns: Vec<String>,
    seeds: usize,
    report: Vec<String>,
    pub metrics: Vec<String>,
    /// One for each point, in order.
    pub rows: Vec<Row>,
}

impl Results {
    pub fn collect(sweep: &Sweep) -> Self {
        let plan = &sweep.plan;
        let mut results = Self {
            columns: plan.columns().to_vec(),
            seeds: plan.seeds() as usize,
            report: plan.report.clone(),
            metrics: Vec::new(),
            rows: Vec::new(),
        };
        for index in 0..plan.points() {
            let row = results.row(plan.point(index), sweep.outcome(index));
            results.rows.push(row);
        }
        results
    }

    fn row(&mut self, point: Point, outcome: Option<Outcome>) -> Row {
        let outcome = outcome.map(|outcome| (outcome.failed.clone(), outcome));
        let (state, outcome) = match outcome {
            None => (State::Missing, Outcome::failed(String::new())),
            Some((None, outcome)) => (State::Done, outcome),
            Some((Some(why), outcome)) => (State::Failed(why), outcome),
        };
        let mut values = vec![f64::NAN; self.metrics.len()];
        for (i, (id, value)) in outcome.metrics.into_iter().enumerate() {
            // All points of a model have the same metrics, but for those of layers.
            let same = self.metrics.get(i) == Some(&id);
            let known = self.metrics.iter().position(|other| *other == id);
            let column = if same { Some(i) } else { known };
            let column = column.unwrap_or_else(|| {
                self.metrics.push(id);
                values.push(f64::NAN);
                self.metrics.len() - 1
            });
            values[column] = value.unwrap_or(f64::NAN);
        }
        Row {
            point,
            state,
            steps: outcome.steps,
            wall_s: outcome.wall_s,
            digest: outcome.digest,
            values,
        }
    }

    /// Done, failed, missing.
    pub fn counts(&self) -> [usize; 3] {
        let count = |is: fn(&State) -> bool| self.rows.iter().filter(|row| is(&row.state)).count();
        [
            count(|state| *state == State::Done),
            count(|state| matches!(state, State::Failed(_))),
            count(|state| *state == State::Missing),
        ]
    }

    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, sweep: &Sweep) -> Result<(), SweepError> {
        Ok(record::put(&sweep.path().join(RESULTS), &self.csv(), true)?)
    }

    fn csv(&self) -> String {
        let mut head = vec!["point", "state"];
        head.extend(self.columns.iter().map(String::as_str));
        head.extend(["seed", "steps", "wall_s"]);
        head.extend(self.metrics.iter().map(String::as_str));
        head.extend(["digest", "why"]);
        let mut out = head.join(",") + "\n";
        for row in &self.rows {
            let (state, why) = match &row.state {
                State::Done => ("done", ""),
                State::Failed(why) => ("failed", why.as_str()),
                State::Missing => ("missing", ""),
            };
            let _ = write!(out, "{},{state}", row.point.index);
            for value in &row.point.values {
                let _ = write!(
                    out,
                    ",{}",
                    cell(&value.as_ref().map_or_else(String::new, display))
                );
            }
            let _ = write!(
                out,
                ",{},{},{}",
                row.point.seed,
                row.steps,
                number(row.wall_s)
            );
            for i in 0..self.metrics.len() {
                let value = row.values.get(i).filter(|x| x.is_finite());
                let _ = write!(out, ",{}", value.map_or_else(String::new, |x| number(*x)));
            }
            let _ = writeln!(out, ",{},{}", row.digest, cell(why));
        }
        out
    }

    /// Points that differ in the seed alone, together.
    pub fn groups(&self) -> impl Iterator<Item = &[Row]> {
        self.rows.chunks(self.seeds.max(1))
    }

    /// Values of the metric with this number in those rows of a group that are done.
    pub fn values(group: &[Row], metric: usize) -> Vec<f64> {
        let done = group.iter().filter(|row| row.state == State::Done);
        done.filter_map(|row| row.values.get(metric).copied())
            .filter(|x| x.is_finite())
            .collect()
    }

    /// Numbers of the metrics that the short table shows.
    fn shown(&self) -> Vec<usize> {
        let place = |id: &String| self.metrics.iter().position(|other| other == id);
        let named: Vec<usize> = self.report.iter().filter_map(place).collect();
        if !named.is_empty() {
            return named;
        }
        let known = |metric: &usize| {
            let mut rows = self.rows.iter();
            rows.any(|row| row.values.get(*metric).is_some_and(|x| x.is_finite()))
        };
        (0..self.metrics.len())
            .filter(known)
            .take(METRICS)
            .collect()
    }

    /// A line for each group: parameters, points done, mean of the metrics with least and largest.
    pub fn table(&self) -> String {
        let shown = self.shown();
        let mut head: Vec<String> = vec!["point".into()];
        head.extend(self.columns.iter().cloned());
        head.push("done".into());
        head.extend(shown.iter().map(|&metric| self.metrics[metric].clone()));
        let mut lines = vec![head];
        for group in self.groups().take(MOST_ROWS) {
            let mut line = vec![group[0].point.index.to_string()];
            let values = group[0].point.values.iter();
            line.extend(values.map(|value| value.as_ref().map_or_else(String::new, display)));
            let done = group.iter().filter(|row| row.state == State::Done);
            line.push(format!("{}/{}", done.count(), group.len()));
            line.extend(
                shown
                    .iter()
                    .map(|&metric| spread(&Self::values(group, metric))),
            );
            lines.push(line);
        }
        let mut out = aligned(&lines);
        let groups = self.rows.len().div_ceil(self.seeds.max(1));
        if groups > MOST_ROWS {
            let _ = writeln!(out, "... and {} more in {RESULTS}", groups - MOST_ROWS);
        }
        out
    }
}

/// The mean, with the least and the largest where there are several.
pub fn spread(values: &[f64]) -> String {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    match values {
        [] => String::new(),
        [one] => short(*one),
        _ => {
            let least = values.iter().copied().fold(f64::INFINITY, f64::min);
            let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            format!("{} ({}..{})", short(mean), short(least), short(most))
        }
    }
}

fn cell(words: &str) -> String {
    if words.contains([',', '"', '\n']) {
        format!("\"{}\"", words.replace('"', "\"\""))
    } else {
        words.to_owned()
    }
}

fn aligned(lines: &[Vec<String>]) -> String {
    let columns = lines.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let cells = lines.iter().filter_map(|line| line.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut out = String::new();
    for line in lines {
        let cells: Vec<String> = line
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        out.push_str(cells.join("  ").trim_end());
        out.push('\n');
    }
    out
}
