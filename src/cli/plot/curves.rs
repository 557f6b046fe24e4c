//! Metrics of one or two recordings over time.

use super::groups::{Group, groups};
use super::source::Source;
use crate::cli::exit::{Failure, Outcome};
use crate::figure::plot::{self, Chart, Curve, Mark, Plot};
use crate::figure::sheet::Sheet;
use crate::models::table::Scale;

/// Draws the metrics or panels that are `wanted`, or the charts of the overview.
/// # Errors
/// When a name is unknown, two recordings have different units, or nothing was measured.
pub fn draw(sources: &[Source], wanted: &[String], sheet: &mut Sheet) -> Outcome {
    let first = &sources[0];
    let unit = &first.course().columns[0].id;
    for other in &sources[1..] {
        let theirs = &other.course().columns[0].id;
        if theirs != unit {
            return Err(Failure::Usage(format!(
                "--compare: {} counts in {theirs}, {} in {unit}; one axis takes only recordings of one unit",
                other.reading.name(),
                first.reading.name()
            )));
        }
    }
    let mut charts = Charts::new(sources);
    for group in groups(first, wanted)? {
        charts.add(&group)?;
    }
    if charts.all.is_empty() || charts.to == 0 {
        let what = "nothing was measured yet of what is to be drawn";
        return Err(Failure::Usage(what.into()));
    }
    if let Some(place) = charts.drawn.iter().position(|drawn| !drawn) {
        let course = sources[place].course();
        let known = course.columns[1..].iter().map(|column| column.id.as_str());
        return Err(Failure::Usage(format!(
            "--compare: {} has nothing of what is to be drawn; its metrics are {}",
            sources[place].reading.name(),
            known.collect::<Vec<_>>().join(", ")
        )));
    }
    let page = charts.page();
    let all = || page.charts.iter().flat_map(|chart| &chart.curves);
    let theory = all().any(|curve| curve.theory);
    if plot::draw(&page, sheet) {
        sheet.caption("Lines are means over short stretches, bands go from their smallest to their largest value.");
    }
    if theory {
        sheet.caption("Dotted, hollow signs: theory.");
    }
    Ok(())
}

/// Charts while they are put together; time in units of the model.
struct Charts<'a> {
    sources: &'a [Source],
    /// The places in `sources` that have a curve.
    drawn: Vec<bool>,
    all: Vec<Chart>,
    from: u64,
    to: u64,
}

impl<'a> Charts<'a> {
    fn new(sources: &'a [Source]) -> Self {
        Self {
            sources,
            drawn: vec![false; sources.len()],
            all: Vec::new(),
            from: u64::MAX,
            to: 0,
        }
    }

    /// A chart of these metrics, where any of them has a value.
    fn add(&mut self, group: &Group) -> Outcome {
        let sources = self.sources;
        let mut chart = Chart {
            label: axis_label(&sources[0], group),
            scale: Scale::Linear,
            curves: Vec::new(),
        };
        let mut look = 0;
        for (number, source) in sources.iter().enumerate() {
            for id in &group.ids {
                // A theory that is listed by itself is drawn with what it predicts.
                let theory_of = |other: &String| {
                    let spec = source.spec(other);
                    spec.and_then(|spec| spec.theory.as_deref()) == Some(id)
                };
                if group.ids.iter().any(theory_of) {
                    continue;
                }
                let Some(curve) = self.curve(number, id, look)? else {
                    continue;
                };
                chart.curves.push(curve);
                if let Some(spec) = source.spec(id) {
                    if spec.scale == Scale::Log {
                        chart.scale = Scale::Log;
                    }
                    if let Some(theory) = &spec.theory
                        && let Some(mut curve) = self.curve(number, theory, look)?
                    {
                        curve.theory = true;
                        // What theory says of several layers may be one line.
                        let same = |other: &Curve| {
                            other.theory
                                && other.label == curve.label
                                && other.points == curve.points
                        };
                        if !chart.curves.iter().any(same) {
                            chart.curves.push(curve);
                        }
                    }
                }
                look += 1;
            }
        }
        if !chart.curves.is_empty() {
            self.all.push(chart);
        }
        Ok(())
    }

    /// A metric of a source, if it has a value anywhere.
    fn curve(&mut self, number: usize, id: &str, look: usize) -> Result<Option<Curve>, Failure> {
        let source = &self.sources[number];
        let course = source.course();
        let Some(metric) = course.metric(id) else {
            return Ok(None);
        };
        let (steps, columns) = course.numbers(&[metric])?;
        if !columns[0].iter().any(|y| y.is_finite()) {
            return Ok(None);
        }
        if let (Some(first), Some(last)) = (steps.first(), steps.last()) {
            self.from = self.from.min(*first);
            self.to = self.to.max(*last);
        }
        self.drawn[number] = true;
        let label = match self.sources.len() {
            1 => source.label(id),
            _ => format!("{}, {}", source.label(id), source.reading.name()),
        };
        let steps = steps.iter().map(|step| *step as f64);
        Ok(Some(Curve {
            label,
            look,
            theory: false,
            points: steps.zip(columns[0].iter().copied()).collect(),
        }))
    }

    fn page(mut self) -> Plot {
        let unit = &self.sources[0].course().columns[0].id;
        let (factor, x_label) = time(&self.sources[0], self.to);
        let curves = self.all.iter_mut().flat_map(|chart| &mut chart.curves);
        for point in curves.flat_map(|curve| &mut curve.points) {
            point.0 *= factor;
        }
        let mut marks = Vec::new();
        for source in self.sources {
            let name = match self.sources.len() {
                1 => String::new(),
                _ => format!("{}, ", source.reading.name()),
            };
            let changes = source.course().changes(self.to).into_iter();
            marks.extend(changes.map(|change| Mark {
                x: change.step as f64 * factor,
                place: format!("{name}{unit} {}", change.step),
                words: change.words,
            }));
        }
        marks.sort_by(|a, b| a.x.total_cmp(&b.x));
        let from = if self.from <= 1 { 0 } else { self.from };
        // What was done before the first sample has no place on the axis.
        marks.retain(|mark| mark.x >= from as f64 * factor);
        Plot {
            x_label,
            from: from as f64 * factor,
            to: self.to as f64 * factor,
            charts: self.all,
            marks,
        }
    }
}

/// What a unit of the model is on the axis, and the words below the axis.
fn time(source: &Source, last: u64) -> (f64, String) {
    let Some(per_unit) = source.seconds_per_unit() else {
        return (1.0, source.course().columns[0].id.clone());
    };
    match last as f64 * per_unit {
        longest if longest < 1.0 => (per_unit * 1e3, "time (ms)".to_owned()),
        longest if longest < 600.0 => (per_unit, "time (s)".to_owned()),
        _ => (per_unit / 60.0, "time (min)".to_owned()),
    }
}

fn axis_label(source: &Source, group: &Group) -> String {
    match group.ids.iter().find_map(|id| source.unit(id)) {
        None | Some("") => group.label.clone(),
        Some(unit) => format!("{} ({unit})", group.label),
    }
}
