//! Metrics over time, from the screen's copy of the history.

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::widgets::StatefulWidget;

use super::layout::Slot;
use super::{Memory, expect, has_focus};
use crate::engine::Bucket;
use crate::figure::plot::{self, Plot};
use crate::models::table::{MetricSpec, PanelKind, PanelSpec, Scale, Text};
use crate::preset::Expect;
use crate::ui::state::lanes::{Lanes, group, letter};
use crate::ui::state::run::{Abandoned, Run, SMOOTHING};
use crate::ui::theme::{COLOURS, Theme};
use crate::ui::update::chart::is_log;
use crate::ui::widget::chart::{Chart, ChartMark, Data, Line, Target, XAxis, XKind};
use crate::ui::widget::format;

/// A metric in a chart.
struct Curve<'a> {
    metric: &'a MetricSpec,
    label: Cow<'a, str>,
    group: usize,
    theory: bool,
    /// The first sample of the buckets, before the stretch where smoothing has to be led in.
    from: u64,
    to: f64,
    buckets: Vec<Bucket>,
}

pub fn draw(
    run: &Run,
    lanes: &Lanes,
    theme: Theme,
    slot: Slot,
    memory: &mut Memory,
    buf: &mut Buffer,
) {
    let Slot {
        panel: number,
        area,
    } = slot;
    let Some(table) = run.description() else {
        return;
    };
    let Some(PanelSpec {
        label,
        kind: PanelKind::History { metrics },
        ..
    }) = table.panels.get(number)
    else {
        return;
    };
    let all = lanes.all(run);
    let samples = all.iter().map(|lane| lane.history.samples()).max();
    let samples = samples.unwrap_or(0);
    // Beyond the end of the shortest lane nothing is missing.
    let behind = all.iter().map(|lane| lane.history.samples()).min();
    let abandoned = run.abandoned.as_ref().filter(|_| lanes.is_alone());
    let reach = abandoned.map_or(0, |abandoned| abandoned.history.samples());
    let samples = match run.stretch.is_whole() {
        true => samples.max(reach),
        false => samples,
    };
    let (from, to) = run.stretch.range(samples, run.planned());
    let columns = Chart::columns(theme, area, to - from);
    let keep = SMOOTHING[run.smoothing];
    let seen = lead_in(keep, from, to, columns);
    let curves = match lanes.is_alone() {
        true => curves(run, metrics, &seen),
        false => of_lanes(run, lanes, metrics, &seen),
    };
    let lines: Vec<Line> = curves
        .iter()
        .map(|curve| Line {
            label: &curve.label,
            group: curve.group,
            theory: curve.theory,
            better: curve.metric.better,
            data: Data::Buckets {
                from: curve.from as f64,
                to: curve.to,
                buckets: &curve.buckets,
            },
        })
        .collect();
    let futures: Vec<Vec<Bucket>> = abandoned
        .map(|abandoned| futures(run, abandoned, &curves, &seen))
        .unwrap_or_default();
    let faded: Vec<Line> = lines
        .iter()
        .zip(&futures)
        .map(|(line, buckets)| Line {
            data: Data::Buckets {
                from: seen.from as f64,
                to: seen.to as f64,
                buckets,
            },
            ..*line
        })
        .collect();
    let window = match run.stretch.is_whole() {
        true => String::new(),
        false => format!(
            "{} of {}",
            format::count((to - from) as f64),
            format::count(samples as f64)
        ),
    };
    let kind = match table.seconds_per_unit {
        Some(per_unit) => XKind::Seconds { per_unit },
        None => XKind::Units(&table.unit),
    };
    let x = XAxis {
        kind,
        // The last sample is the number before their count.
        now: behind.unwrap_or(0).saturating_sub(1) as f64,
        ..XAxis::units(from, to, samples, &table.unit)
    };
    let marks: Vec<ChartMark> = run
        .history
        .marks()
        .iter()
        .filter(|mark| (from..=to).contains(&mark.step))
        .map(|mark| ChartMark {
            x: mark.step as f64,
            kind: mark.kind,
            words: &mark.words,
        })
        .collect();
    let expected = expected(run, metrics);
    let targets: Vec<Target> = expected
        .iter()
        .map(|(label, value, tolerance)| Target {
            label,
            value: *value,
            tolerance: *tolerance,
        })
        .collect();
    let own = |curve: &Curve| curve.group % COLOURS == usize::from(run.lane);
    let side_by_side = !lanes.is_alone() && !lanes.folded;
    let chosen = curves.iter().position(own).filter(|_| side_by_side);
    let chart = Chart {
        window: &window,
        focused: has_focus(run, number),
        y_scale: if is_log(run, number) {
            Scale::Log
        } else {
            Scale::Linear
        },
        y_unit: curves.first().map_or("", |curve| &curve.metric.unit),
        faded: &faded,
        targets: &targets,
        marks: &marks,
        crosshair: run.crosshair.map(|step| step.saturating_sub(1) as f64),
        smoothing: Some(keep).filter(|keep| *keep > 0.0),
        chosen,
        ..Chart::new(theme, label, x, &lines)
    };
    let state = memory.charts.entry((number, 0)).or_default();
    chart.render(area, buf, state);
}

/// Stretches of a figure.
const STRETCHES: usize = 560;

/// The panel as a figure of what the screen shows of the run, if anything was measured.
pub fn page(run: &Run, number: usize) -> Option<Plot> {
    let table = run.description()?;
    let spec = table.panels.get(number)?;
    let PanelKind::History { metrics } = &spec.kind else {
        return None;
    };
    let samples = run.history.samples();
    let (from, to) = run.stretch.range(samples, run.planned());
    let to = to.min(samples);
    let columns = STRETCHES.min((to.saturating_sub(from)).max(1) as usize);
    let window = Window { from, to, columns };
    let (factor, x_label) = match table.seconds_per_unit {
        Some(per_unit) => (per_unit, "time (s)".to_owned()),
        None => (1.0, table.unit.to_string()),
    };
    let width = (to - from) as f64 / columns as f64;
    let curves = curves(run, metrics, &window);
    let unit = curves.first().map_or("", |curve| &curve.metric.unit);
    let label = match unit {
        "" => spec.label.to_string(),
        unit => format!("{} ({unit})", spec.label),
    };
    let curve = |curve: &Curve| plot::Curve {
        label: curve.metric.label.to_string(),
        look: curve.group,
        theory: curve.theory,
        points: curve
            .buckets
            .iter()
            .enumerate()
            .map(|(i, bucket)| {
                let middle = from as f64 + (i as f64 + 0.5) * width + 0.5;
                (middle * factor, f64::from(bucket.mean))
            })
            .collect(),
    };
    let marks = run.history.marks().iter();
    let inside = marks.filter(|mark| (from..=to).contains(&mark.step));
    let scale = if is_log(run, number) {
        Scale::Log
    } else {
        Scale::Linear
    };
    (to > from).then(|| Plot {
        x_label,
        from: from as f64 * factor,
        to: to as f64 * factor,
        charts: vec![plot::Chart {
            label,
            scale,
            curves: curves.iter().map(curve).collect(),
        }],
        marks: inside
            .map(|mark| plot::Mark {
                x: mark.step as f64 * factor,
                place: format!("{} {}", table.unit, mark.step),
                words: mark.words.clone(),
            })
            .collect(),
    })
}

/// Samples and how many buckets they are seen in.
struct Window {
    from: u64,
    to: u64,
    columns: usize,
}

/// The stretch from `from` to `to` in so many `columns`, and before it what smoothing still
/// remembers there: a smoothed value must not depend on where the chart begins.
fn lead_in(keep: f64, from: u64, to: u64, columns: usize) -> Window {
    // What is older weighs less than e^-8 together.
    let memory = if keep > 0.0 { 8.0 / (1.0 - keep) } else { 0.0 };
    let lead = (memory as u64).min(from);
    let width = to.saturating_sub(from) as f64 / columns.max(1) as f64;
    Window {
        from: from - lead,
        to,
        columns: columns + (lead as f64 / width.max(1.0)).round() as usize,
    }
}

/// The metrics of a panel, each followed by its prediction in the same colour.
fn curves<'a>(run: &'a Run, ids: &[Text], window: &Window) -> Vec<Curve<'a>> {
    let Some(table) = run.description() else {
        return Vec::new();
    };
    let mut curves: Vec<Curve> = Vec::new();
    let mut add = |id: &str, group: usize, theory: bool| {
        let Some(number) = table.metric(id) else {
            return;
        };
        let metric = &table.metrics[number];
        if curves.iter().any(|curve| curve.metric.id == metric.id) {
            return;
        }
        curves.push(Curve {
            metric,
            label: Cow::Borrowed(&metric.label),
            group,
            theory,
            from: window.from,
            to: window.to as f64,
            buckets: run
                .history
                .columns(number, window.from, window.to, window.columns),
        });
    };
    for (group, id) in ids.iter().enumerate() {
        let metric = table.metric(id).map(|number| &table.metrics[number]);
        let Some(metric) = metric else { continue };
        // A prediction that is listed by itself keeps the colour of what it predicts.
        let predicts = ids.iter().position(|other| {
            let other = table.metric(other).map(|number| &table.metrics[number]);
            other.is_some_and(|other| other.theory.as_deref() == Some(id))
        });
        add(id, predicts.unwrap_or(group), predicts.is_some());
        if let Some(theory) = &metric.theory {
            add(theory, group, true);
        }
    }
    // Beside others, a metric that has never had a value is left out.
    let has_any = |curve: &Curve| curve.buckets.iter().any(|bucket| bucket.count > 0);
    if curves.iter().any(has_any) {
        curves.retain(has_any);
    }
    curves
}

/// What the curves did behind the place to which the run went back; nothing for a theory.
fn futures(
    run: &Run,
    abandoned: &Abandoned,
    curves: &[Curve<'_>],
    window: &Window,
) -> Vec<Vec<Bucket>> {
    let width = (window.to - window.from) as f64 / window.columns.max(1) as f64;
    let gone_back = |column: usize| {
        let start = window.from as f64 + column as f64 * width;
        start < abandoned.from as f64
    };
    let of_metric = |curve: &Curve| {
        let number = run.description()?.metric(&curve.metric.id)?;
        let Window { from, to, columns } = *window;
        let mut buckets = abandoned.history.columns(number, from, to, columns);
        for (column, bucket) in buckets.iter_mut().enumerate() {
            if gone_back(column) {
                *bucket = Bucket::GAP;
            }
        }
        Some(buckets)
    };
    let future = |curve: &Curve| match curve.theory {
        true => Vec::new(),
        false => of_metric(curve).unwrap_or_default(),
    };
    curves.iter().map(future).collect()
}

/// The curves of all lanes, each in the colour of its lane and with its letter; predictions of the
/// lane under focus only. Folded: the median of the lanes in their span.
fn of_lanes<'a>(run: &'a Run, lanes: &'a Lanes, ids: &[Text], window: &Window) -> Vec<Curve<'a>> {
    let all = lanes.all(run);
    let mut drawn: Vec<(u8, Vec<Curve>)> = all
        .iter()
        .map(|lane| (lane.lane, curves(lane, ids, window)))
        .collect();
    let width = (window.to - window.from) as f64 / window.columns.max(1) as f64;
    for ((_, curves), lane) in drawn.iter_mut().zip(&all) {
        let held = lane.history.samples().saturating_sub(window.from) as f64;
        let count = ((held / width.max(f64::MIN_POSITIVE)).ceil() as usize).min(window.columns);
        for curve in curves {
            curve.buckets.truncate(count);
            curve.to = window.from as f64 + count as f64 * width;
        }
    }
    if lanes.folded {
        return folded(drawn, width);
    }
    let mut out = Vec::new();
    for (lane, curves) in drawn {
        for mut curve in curves.into_iter().filter(|c| lane == run.lane || !c.theory) {
            curve.label = format!("{} {}", curve.metric.label, letter(lane)).into();
            curve.group = group(lane, curve.group);
            out.push(curve);
        }
    }
    out
}

/// The median of the lanes, with the span from the lowest to the highest.
fn folded(drawn: Vec<(u8, Vec<Curve<'_>>)>, width: f64) -> Vec<Curve<'_>> {
    let mut all = drawn.into_iter().map(|(_, curves)| curves);
    let Some(mut first) = all.next() else {
        return Vec::new();
    };
    let others: Vec<Vec<Curve>> = all.collect();
    for curve in first.iter_mut().filter(|curve| !curve.theory) {
        let same = others
            .iter()
            .flatten()
            .filter(|other| other.metric.id == curve.metric.id);
        let all: Vec<&[Bucket]> = same.map(|other| &other.buckets[..]).collect();
        let longest = all.iter().map(|buckets| buckets.len()).max().unwrap_or(0);
        let count = longest.max(curve.buckets.len());
        let median = |place: usize| {
            let here = curve.buckets.get(place).into_iter();
            let there = all.iter().filter_map(|buckets| buckets.get(place));
            let there = here.chain(there).filter(|bucket| bucket.count > 0);
            Bucket::median(&there.copied().collect::<Vec<_>>())
        };
        let buckets: Vec<Bucket> = (0..count).map(median).collect();
        curve.label = format!("median {}", curve.metric.label).into();
        curve.to = curve.from as f64 + count as f64 * width;
        curve.buckets = buckets;
    }
    first
}

/// What the preset expects of these metrics: words before the value, value, tolerance.
fn expected(run: &Run, ids: &[Text]) -> Vec<(String, f64, f64)> {
    let (Some(about), Some(table)) = (&run.about, run.description()) else {
        return Vec::new();
    };
    let of = |entry: &Expect| {
        let shown = ids.iter().any(|id| *id == entry.metric);
        let (value, tolerance) = expect::value(entry).filter(|_| shown)?;
        let metric = &table.metrics[table.metric(&entry.metric)?];
        Some((expect::lead(entry, &metric.label), value, tolerance))
    };
    about.preset.expect.iter().filter_map(of).collect()
}
