//! `hebbtop plot`: figures of a recorded run.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::exit::{Failure, Outcome};
use super::export::write;
use super::run::open;
use crate::data::{Dataset, text};
use crate::engine::{describe, revive};
use crate::figure::plot::{Chart, Curve, Mark, Plot as Page};
use crate::figure::sheet::Sheet;
use crate::figure::{PER_METRE, SCALE, canvas, map, plot, png, raster, svg};
use crate::models::panel::{PanelData, PanelRequest, Reduce};
use crate::models::table::{Description, MetricSpec, PanelKind, PanelSpec, Scale, Text};
use crate::preset::{Preset, did_you_mean};
use crate::record::Reading;
use crate::record::reading::Course;

#[derive(Args, Debug)]
pub struct Plot {
    /// Folder of the recording; the run may still be going on
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// What to draw over time: a metric, or a panel of metrics such as `loss`; those that follow each
    /// other with one unit share a chart. Without any, the charts of the overview
    #[arg(long, value_name = "ID")]
    metric: Vec<String>,
    /// Spikes: the last second before the last checkpoint, of the cells that the raster on the screen
    /// watches
    #[arg(long)]
    raster: bool,
    /// Weights in the last checkpoint, in colours
    #[arg(long)]
    weights: bool,
    /// Another recording, its curves in the same charts
    #[arg(long, value_name = "DIR2")]
    compare: Option<PathBuf>,
    /// Which run of a recording that was reset or got other presets; without it, the last
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    run: Option<u32>,
    /// The figure, ending in .svg or .png; a file of this name is replaced
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Folder with the images, where it is no longer the one that the recording names
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// A recording, the course of it that is drawn, and the tables of its model.
struct Source {
    reading: Reading,
    course: usize,
    images: Option<Arc<Dataset>>,
    table: Option<Description>,
}

impl Source {
    fn open(folder: &std::path::Path, args: &Plot, run: Option<u32>) -> Result<Self, Failure> {
        let reading = Reading::open(folder)?;
        let count = reading.courses.len();
        let course = run.map_or(count, |run| run as usize);
        if course > count {
            let shown = text::line(&folder.display().to_string());
            let what = format!("--run {course}: {shown} has only {count}");
            return Err(Failure::Usage(what));
        }
        let named = args.data.as_ref().or(reading.images.as_ref());
        // Curves can be drawn without the images.
        let images = named.and_then(|folder| open(folder).ok());
        let table = describe(&reading.courses[course - 1].preset, images.clone()).ok();
        Ok(Self {
            course: course - 1,
            reading,
            images,
            table,
        })
    }

    fn course(&self) -> &Course {
        &self.reading.courses[self.course]
    }

    fn spec(&self, id: &str) -> Option<&MetricSpec> {
        let table = self.table.as_ref()?;
        table.metrics.iter().find(|spec| spec.id == id)
    }
}

/// Metrics that share a chart.
struct Group {
    label: String,
    ids: Vec<String>,
}

/// # Errors
/// When there is no such recording or metric, or the file cannot be written.
pub fn run(args: &Plot) -> Outcome {
    let kind = args
        .out
        .extension()
        .and_then(|extension| extension.to_str());
    let Some(kind @ ("svg" | "png")) = kind else {
        let shown = text::line(&args.out.display().to_string());
        return Err(Failure::Usage(format!(
            "--out {shown}: a figure ends in .svg or .png"
        )));
    };
    let mut sources = vec![Source::open(&args.folder, args, args.run)?];
    if let Some(other) = &args.compare {
        sources.push(Source::open(other, args, None)?);
    }
    let named = |source: &Source| title(&source.course().preset);
    let titles: Vec<String> = sources.iter().map(named).collect();
    let mut sheet = Sheet::new(&titles.join(" and "));
    if !args.metric.is_empty() || !(args.raster || args.weights) {
        curves(&sources, &args.metric, &mut sheet)?;
    }
    if args.raster || args.weights {
        states(&sources[0], args, &mut sheet)?;
    }
    for source in &sources {
        sheet.caption(&about(source, sources.len() > 1));
    }
    let drawing = sheet.end();
    let bytes = match kind {
        "svg" => svg::write(&drawing).into_bytes(),
        _ => png::write(&canvas::paint(&drawing, SCALE), PER_METRE),
    };
    write(Some(&args.out), |out| Ok(out.write_all(&bytes)?))
}

fn title(preset: &Preset) -> String {
    match &preset.variant {
        Some(variant) => format!("{}:{variant}", preset.name),
        None => preset.name.clone(),
    }
}

fn about(source: &Source, named: bool) -> String {
    let preset = &source.course().preset;
    let name = match named {
        true => format!("{}: ", source.reading.name()),
        false => String::new(),
    };
    format!(
        "{name}{}; seed {}; hebbtop {}.",
        text::line(&preset.title),
        preset.seed,
        env!("CARGO_PKG_VERSION")
    )
}

/// What was asked for, or the charts of the overview.
fn groups(source: &Source, wanted: &[String]) -> Result<Vec<Group>, Failure> {
    let panels = source.table.as_ref().map_or(&[][..], |table| &table.panels);
    let of_panel = |spec: &PanelSpec| match &spec.kind {
        PanelKind::History { metrics } => Some(Group {
            label: spec.label.to_string(),
            ids: metrics.iter().map(Text::to_string).collect(),
        }),
        _ => None,
    };
    if wanted.is_empty() {
        let mut shown: Vec<&PanelSpec> = panels.iter().filter(|panel| panel.overview > 0).collect();
        shown.sort_by_key(|panel| panel.overview);
        let shown: Vec<Group> = shown.into_iter().filter_map(of_panel).collect();
        if !shown.is_empty() {
            return Ok(shown);
        }
        let first = source.course().columns[1].id.clone();
        return Ok(vec![Group {
            label: first.clone(),
            ids: vec![first],
        }]);
    }
    let mut groups: Vec<Group> = Vec::new();
    let mut last = None;
    for id in wanted {
        if let Some(metric) = source.course().metric(id) {
            let unit = source.course().columns[1 + metric].unit.clone();
            let scale = source.spec(id).map(|spec| spec.scale);
            let label = source
                .spec(id)
                .map_or(id.clone(), |spec| spec.label.to_string());
            match groups.last_mut() {
                Some(group) if last == Some((unit.clone(), scale)) => {
                    group.label = format!("{}, {label}", group.label);
                    group.ids.push(id.clone());
                }
                _ => groups.push(Group {
                    label,
                    ids: vec![id.clone()],
                }),
            }
            last = Some((unit, scale));
        } else if let Some(group) = panels
            .iter()
            .filter(|panel| panel.id == *id)
            .find_map(of_panel)
        {
            groups.push(group);
            last = None;
        } else {
            let columns = source.course().columns[1..].iter();
            let known: Vec<&str> = columns.map(|column| column.id.as_str()).collect();
            let hint = did_you_mean(id, known.iter().copied());
            let shown = text::line(id);
            return Err(Failure::Usage(format!(
                "--metric {shown}: there is no such metric{hint}; known are {}",
                known.join(", ")
            )));
        }
    }
    Ok(groups)
}

fn curves(sources: &[Source], wanted: &[String], sheet: &mut Sheet) -> Outcome {
    let first = &sources[0];
    let per_unit = first
        .table
        .as_ref()
        .and_then(|table| table.seconds_per_unit);
    let unit = first.course().columns[0].id.clone();
    let (mut from, mut to) = (u64::MAX, 0);
    let mut charts = Vec::new();
    for group in groups(first, wanted)? {
        let mut chart = Chart {
            label: axis_label(first, &group),
            scale: Scale::Linear,
            curves: Vec::new(),
        };
        let mut look = 0;
        for source in sources {
            let course = source.course();
            for id in &group.ids {
                let Some(spec) = source.spec(id) else {
                    if course.metric(id).is_some() {
                        push(
                            source,
                            id,
                            id,
                            look,
                            false,
                            sources.len() > 1,
                            &mut chart,
                            (&mut from, &mut to),
                        )?;
                        look += 1;
                    }
                    continue;
                };
                // A theory that is listed by itself is drawn with what it predicts.
                let predicts = |other: &String| {
                    let other = source.spec(other).and_then(|spec| spec.theory.as_deref());
                    other == Some(id)
                };
                if group.ids.iter().any(predicts) {
                    continue;
                }
                if spec.scale == Scale::Log {
                    chart.scale = Scale::Log;
                }
                let named = sources.len() > 1;
                push(
                    source,
                    id,
                    &spec.label,
                    look,
                    false,
                    named,
                    &mut chart,
                    (&mut from, &mut to),
                )?;
                if let Some(theory) = &spec.theory {
                    let label = source
                        .spec(theory)
                        .map_or(theory.as_ref(), |spec| &spec.label);
                    push(
                        source,
                        theory,
                        label,
                        look,
                        true,
                        named,
                        &mut chart,
                        (&mut from, &mut to),
                    )?;
                }
                look += 1;
            }
        }
        if !chart.curves.is_empty() {
            charts.push(chart);
        }
    }
    if charts.is_empty() || to == 0 {
        return Err(Failure::Usage(
            "nothing was measured yet of what is to be drawn".into(),
        ));
    }
    let longest = to as f64 * per_unit.unwrap_or(1.0);
    let (factor, x_label) = match per_unit {
        None => (1.0, unit.clone()),
        Some(per_unit) if longest < 1.0 => (per_unit * 1e3, "time (ms)".to_owned()),
        Some(per_unit) if longest < 600.0 => (per_unit, "time (s)".to_owned()),
        Some(per_unit) => (per_unit / 60.0, "time (min)".to_owned()),
    };
    for curve in charts.iter_mut().flat_map(|chart| &mut chart.curves) {
        curve.points.iter_mut().for_each(|point| point.0 *= factor);
    }
    let mut marks = Vec::new();
    for source in sources {
        let name = match sources.len() {
            1 => String::new(),
            _ => format!("{}, ", source.reading.name()),
        };
        marks.extend(source.course().changes(to).into_iter().map(|change| Mark {
            x: change.step as f64 * factor,
            place: format!("{name}{unit} {}", change.step),
            words: change.words,
        }));
    }
    marks.sort_by(|a, b| a.x.total_cmp(&b.x));
    let from = if from <= 1 { 0 } else { from };
    let page = Page {
        x_label,
        from: from as f64 * factor,
        to: (to as f64 * factor).max(f64::MIN_POSITIVE),
        charts,
        marks,
    };
    let theory = page
        .charts
        .iter()
        .flat_map(|chart| &chart.curves)
        .any(|curve| curve.theory);
    if plot::draw(&page, sheet) {
        sheet.caption("Lines are means over short stretches, bands go from their smallest to their largest value.");
    }
    if theory {
        sheet.caption("Dotted, hollow signs: theory.");
    }
    Ok(())
}

/// Adds a metric of a source to a chart, where it has a value.
#[expect(clippy::too_many_arguments, reason = "a curve is all of this")]
fn push(
    source: &Source,
    id: &str,
    label: &str,
    look: usize,
    theory: bool,
    named: bool,
    chart: &mut Chart,
    (from, to): (&mut u64, &mut u64),
) -> Outcome {
    let course = source.course();
    let Some(metric) = course.metric(id) else {
        return Ok(());
    };
    let (steps, columns) = course.numbers(&[metric])?;
    if !columns[0].iter().any(|y| y.is_finite()) {
        return Ok(());
    }
    *from = (*from).min(steps[0]);
    *to = (*to).max(*steps.last().unwrap_or(&0));
    let label = match named {
        true => format!("{label}, {}", source.reading.name()),
        false => label.to_owned(),
    };
    let points: Vec<(f64, f64)> = steps
        .iter()
        .map(|step| *step as f64)
        .zip(columns[0].iter().copied())
        .collect();
    // What theory says of several layers may be one line.
    let same = |other: &Curve| other.theory && other.label == label && other.points == points;
    if theory && chart.curves.iter().any(same) {
        return Ok(());
    }
    chart.curves.push(Curve {
        label,
        look,
        theory,
        points,
    });
    Ok(())
}

fn axis_label(source: &Source, group: &Group) -> String {
    let course = source.course();
    let unit = group.ids.iter().find_map(|id| course.metric(id));
    match unit.map(|metric| course.columns[1 + metric].unit.as_str()) {
        None | Some("") => group.label.clone(),
        Some(unit) => format!("{} ({unit})", group.label),
    }
}

/// What the last checkpoint shows.
fn states(source: &Source, args: &Plot, sheet: &mut Sheet) -> Outcome {
    let checkpoint = source.reading.checkpoint()?;
    let (model, table) = revive(&checkpoint.snapshot, source.images.clone())?;
    let step = checkpoint.snapshot.place.step;
    let place = match table.seconds_per_unit {
        Some(_) => format!("{step} {}", table.unit),
        None => format!("{} {step}", table.unit),
    };
    let request = |panel: usize, item: usize, rows: u16, cols: u16| PanelRequest {
        panel,
        item,
        rows,
        cols,
        reduce: Reduce::Mean,
        window: None,
        cursor: None,
    };
    let panel = |kind: &PanelKind, view: Option<&str>| {
        table
            .panels
            .iter()
            .position(|panel| panel.kind == *kind && view.is_none_or(|view| panel.view == view))
    };
    if args.raster {
        let Some(number) = panel(&PanelKind::Raster, None) else {
            return Err(Failure::Usage(format!(
                "--raster: {} has no spikes",
                table.family
            )));
        };
        match model.panel(&request(number, 0, raster::ROWS, raster::COLS)) {
            PanelData::Raster(data) => {
                let now = step as f64 * table.seconds_per_unit.unwrap_or(1e-3);
                raster::draw(&data, now, sheet);
                sheet.caption(&format!(
                    "Spikes of some cells, a row each, in the last second before the checkpoint at {place}."
                ));
            }
            PanelData::Nothing(why) => return Err(Failure::Usage(format!("--raster: {why}"))),
            _ => {}
        }
    }
    if args.weights {
        let Some(number) = panel(&PanelKind::HeatMap, Some("Weights")) else {
            return Err(Failure::Usage(format!(
                "--weights: {} has no matrix of weights",
                table.family
            )));
        };
        let items = &table.panels[number].items;
        let is_weights = |name: &Text| {
            let mut letters = name.chars();
            letters.next() == Some('W') && letters.next().is_some_and(|c| c.is_ascii_digit())
        };
        let mut chosen: Vec<usize> = (0..items.len())
            .filter(|&i| is_weights(&items[i]))
            .collect();
        if chosen.is_empty() {
            chosen.push(0);
        }
        let mut pooled = false;
        for item in chosen {
            let label = match items.get(item) {
                Some(name) => format!("{} {name}", table.panels[number].label),
                None => table.panels[number].label.to_string(),
            };
            match model.panel(&request(number, item, map::ROWS, map::COLS)) {
                PanelData::HeatMap(grid) => {
                    pooled |= (u32::from(grid.rows), u32::from(grid.cols)) != grid.shape;
                    map::draw(&label, &grid, sheet);
                }
                PanelData::Nothing(why) => return Err(Failure::Usage(format!("--weights: {why}"))),
                _ => {}
            }
        }
        let means = if pooled {
            " Large matrices are shown as means of blocks."
        } else {
            ""
        };
        sheet.caption(&format!(
            "Weights in the checkpoint at {place}; the last colour is the 99th percentile of magnitudes.{means}"
        ));
    }
    Ok(())
}
