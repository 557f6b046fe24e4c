//! Curves over a common horizontal axis, chart above chart: axes with units, legend, lines of theory,
//! marks of changes.
//!
//! A measured curve is a line with filled signs, a theory is dotted with hollow ones: colour helps, but
//! nothing depends on it.

use super::axis::{Axis, Extent};
use super::drawing::{Anchor, Colour, Dash, FAINT, GREY, INK, PAPER, Point, Shape, Words};
use super::look::SERIES;
use super::sheet::{MARGIN, SMALL, Sheet, TEXT, WIDTH};
use super::{font, number};
use crate::models::table::Scale;

const HIGH: f64 = 170.0;
/// Of one chart to the next.
const GAP: f64 = 14.0;
/// More samples than this become means with a band around them.
const BINS: usize = 280;
/// Signs along a curve.
const SIGNS: usize = 7;
/// Curves with so few points have a sign at each.
const FEW: usize = 14;
/// Marks nearer to each other share a letter's place.
const NEAR: f64 = 14.0;

pub struct Plot {
    pub x_label: String,
    pub from: f64,
    pub to: f64,
    pub charts: Vec<Chart>,
    pub marks: Vec<Mark>,
}

pub struct Chart {
    pub label: String,
    pub scale: Scale,
    pub curves: Vec<Curve>,
}

pub struct Curve {
    pub label: String,
    /// Curves of one look share colour and sign: a measurement and its theory.
    pub look: usize,
    pub theory: bool,
    /// Ascending in x; a y that is not finite is none.
    pub points: Vec<Point>,
}

pub struct Mark {
    pub x: f64,
    /// Where, in words.
    pub place: String,
    pub words: String,
}

/// A stretch of a curve.
#[derive(Clone, Copy)]
struct Bin {
    x: f64,
    mean: f64,
    min: f64,
    max: f64,
}

/// Where a chart's frame is: left, top, width, height.
#[derive(Clone, Copy)]
struct Frame {
    left: f64,
    top: f64,
    wide: f64,
    high: f64,
}

struct View<'a> {
    frame: Frame,
    plot: &'a Plot,
    y: Axis,
}

impl View<'_> {
    fn x(&self, x: f64) -> f64 {
        let span = (self.plot.to - self.plot.from).max(f64::MIN_POSITIVE);
        self.frame.left + (x - self.plot.from) / span * self.frame.wide
    }

    fn y(&self, y: f64) -> Option<f64> {
        let at = self.y.position(y)?.clamp(-1.0, 2.0);
        Some(self.frame.top + (1.0 - at) * self.frame.high)
    }
}

/// Draws the plot below what is on the sheet; says whether a curve is of means.
pub fn draw(plot: &Plot, sheet: &mut Sheet) -> bool {
    let mut binned = false;
    let bins: Vec<Vec<Vec<Bin>>> = plot
        .charts
        .iter()
        .map(|chart| {
            let curves = chart.curves.iter();
            curves
                .map(|curve| {
                    binned |= curve.points.len() > 2 * BINS;
                    bins(plot, &curve.points)
                })
                .collect()
        })
        .collect();
    let axes: Vec<Axis> = plot
        .charts
        .iter()
        .zip(&bins)
        .map(|(chart, curves)| {
            let mut extent = Extent::default();
            for bin in curves.iter().flatten() {
                extent.include(bin.min);
                extent.include(bin.max);
            }
            Axis::around(&extent, scale(chart, &extent))
        })
        .collect();
    let labels = axes.iter().flat_map(|axis| axis.ticks(6));
    let widest = labels
        .map(|tick| font::width(&tick.label, TEXT))
        .fold(0.0, f64::max);
    let left = MARGIN + 1.4 * TEXT + widest + 8.0;
    let letters = letters(plot, left);
    for (i, chart) in plot.charts.iter().enumerate() {
        legend(chart, left, sheet);
        if i == 0 && !letters.is_empty() {
            sheet.down += 1.25 * SMALL;
        }
        let view = View {
            frame: Frame {
                left,
                top: sheet.down,
                wide: WIDTH - MARGIN - left,
                high: HIGH,
            },
            plot,
            y: axes[i],
        };
        let last = i + 1 == plot.charts.len();
        frame(&view, chart, last, sheet);
        marks(&view, if i == 0 { &letters } else { &[] }, sheet);
        curves(&view, chart, &bins[i], sheet);
        sheet.down += HIGH + if last { 0.0 } else { GAP };
    }
    x_label(plot, left, sheet);
    if !letters.is_empty() {
        let words: Vec<String> = letters.into_iter().map(|(_, words)| words).collect();
        sheet.caption(&words.join(", "));
    }
    binned
}

/// A logarithmic axis over less than this factor would have hardly a number on it.
const NARROW: f64 = 4.0;

fn scale(chart: &Chart, extent: &Extent) -> Scale {
    match extent.bounds(Scale::Log) {
        Some((low, high)) if high > NARROW * low => chart.scale,
        _ => Scale::Linear,
    }
}

/// Points as they are where they are few, else means over equal stretches.
fn bins(plot: &Plot, points: &[Point]) -> Vec<Bin> {
    let finite = || points.iter().filter(|point| point.1.is_finite());
    if points.len() <= 2 * BINS {
        let bin = |(x, y): &Point| Bin {
            x: *x,
            mean: *y,
            min: *y,
            max: *y,
        };
        return finite().map(bin).collect();
    }
    let width = (plot.to - plot.from) / BINS as f64;
    let mut bins: Vec<(usize, f64, Bin)> = Vec::new();
    for &(x, y) in finite() {
        let place = (((x - plot.from) / width) as usize).min(BINS - 1);
        match bins.last_mut().filter(|(last, ..)| *last == place) {
            Some((_, count, bin)) => {
                *count += 1.0;
                bin.x += (x - bin.x) / *count;
                bin.mean += (y - bin.mean) / *count;
                bin.min = bin.min.min(y);
                bin.max = bin.max.max(y);
            }
            None => bins.push((
                place,
                1.0,
                Bin {
                    x,
                    mean: y,
                    min: y,
                    max: y,
                },
            )),
        }
    }
    bins.into_iter().map(|(.., bin)| bin).collect()
}

/// Stretches of a curve in which nothing is missing: what is measured now and then is joined all the
/// same.
fn stretches(bins: &[Bin]) -> Vec<&[Bin]> {
    let mut apart: Vec<f64> = bins.windows(2).map(|pair| pair[1].x - pair[0].x).collect();
    if apart.is_empty() {
        return vec![bins];
    }
    let middle = apart.len() / 2;
    let usual = *apart.select_nth_unstable_by(middle, f64::total_cmp).1;
    let joined = |a: &Bin, b: &Bin| b.x - a.x <= 2.5 * usual;
    bins.chunk_by(joined).collect()
}

fn legend(chart: &Chart, left: f64, sheet: &mut Sheet) {
    let (mut across, mut down) = (left, sheet.down + TEXT);
    for curve in &chart.curves {
        let words = font::clipped(&curve.label, TEXT, WIDTH / 2.0);
        let length = 34.0 + font::width(&words, TEXT);
        if across > left && across + length > WIDTH - MARGIN {
            across = left;
            down += 1.35 * TEXT;
        }
        let middle = down - 0.36 * TEXT;
        let line = vec![(across, middle), (across + 28.0, middle)];
        sheet.shapes.push(stroke(curve, line));
        sheet.shapes.extend(sign(curve, (across + 14.0, middle)));
        sheet.shapes.push(Shape::words(
            (across + 34.0, down),
            Anchor::Start,
            TEXT,
            words,
        ));
        across += length + 18.0;
    }
    sheet.down = down + 9.0;
}

fn frame(view: &View<'_>, chart: &Chart, last: bool, sheet: &mut Sheet) {
    let Frame {
        left,
        top,
        wide,
        high,
    } = view.frame;
    let (right, bottom) = (left + wide, top + high);
    let mut put = |shape| sheet.shapes.push(shape);
    for tick in view.y.ticks(6) {
        let y = bottom - tick.at * high;
        put(Shape::line(vec![(left, y), (right, y)], FAINT, 0.5));
        put(Shape::line(vec![(left - 4.0, y), (left, y)], INK, 0.9));
        let at = (left - 7.0, y + 0.36 * TEXT);
        put(Shape::words(at, Anchor::End, TEXT, tick.label));
    }
    let x = Axis {
        low: view.plot.from,
        high: view.plot.to,
        scale: Scale::Linear,
    };
    for tick in x.linear_ticks(8, number::count_tick) {
        let x = left + tick.at * wide;
        put(Shape::line(vec![(x, bottom), (x, bottom + 4.0)], INK, 0.9));
        if last {
            let at = (x, bottom + 6.0 + TEXT);
            let half = font::width(&tick.label, TEXT) / 2.0;
            let at = (at.0.min(WIDTH - 4.0 - half), at.1);
            put(Shape::words(at, Anchor::Middle, TEXT, tick.label));
        }
    }
    put(Shape::line(
        vec![(left, top), (left, bottom), (right, bottom)],
        INK,
        0.9,
    ));
    put(Shape::Words(Words {
        at: (MARGIN + 0.75 * TEXT, top + high / 2.0),
        text: font::clipped(&chart.label, TEXT, high),
        size: TEXT,
        anchor: Anchor::Middle,
        colour: INK,
        bold: false,
        turned: true,
    }));
}

fn x_label(plot: &Plot, left: f64, sheet: &mut Sheet) {
    sheet.down += 6.0 + 2.4 * TEXT;
    let middle = left + (WIDTH - MARGIN - left) / 2.0;
    let label = Shape::words(
        (middle, sheet.down),
        Anchor::Middle,
        TEXT,
        plot.x_label.clone(),
    );
    sheet.shapes.push(label);
    sheet.down += 4.0;
}

/// Where letters stand for marks, with what they stand for.
fn letters(plot: &Plot, left: f64) -> Vec<(f64, String)> {
    let span = (plot.to - plot.from).max(f64::MIN_POSITIVE);
    let place = |mark: &Mark| left + (mark.x - plot.from) / span * (WIDTH - MARGIN - left);
    let mut groups: Vec<(f64, Vec<&Mark>)> = Vec::new();
    for mark in &plot.marks {
        let at = place(mark);
        match groups.last_mut().filter(|(first, _)| at - *first < NEAR) {
            Some((_, marks)) => marks.push(mark),
            None => groups.push((at, vec![mark])),
        }
    }
    let words = |(i, (at, marks)): (usize, (f64, Vec<&Mark>))| {
        let all: Vec<String> = marks
            .iter()
            .map(|mark| format!("{}: {}", mark.place, mark.words))
            .collect();
        (at, format!("({}) {}", letter(i), all.join("; ")))
    };
    groups.into_iter().enumerate().map(words).collect()
}

/// a to z, then numbers.
fn letter(i: usize) -> String {
    match u8::try_from(i) {
        Ok(i) if i < 26 => char::from(b'a' + i).to_string(),
        _ => (i - 25).to_string(),
    }
}

fn marks(view: &View<'_>, letters: &[(f64, String)], sheet: &mut Sheet) {
    let Frame { top, high, .. } = view.frame;
    for mark in &view.plot.marks {
        let x = view.x(mark.x);
        sheet.shapes.push(Shape::Line {
            points: vec![(x, top), (x, top + high)],
            colour: GREY,
            width: 0.8,
            dash: Dash::Dashed,
        });
    }
    for (i, (x, _)) in letters.iter().enumerate() {
        sheet.shapes.push(Shape::words(
            (*x, top - 3.0),
            Anchor::Middle,
            SMALL,
            letter(i),
        ));
    }
}

fn curves(view: &View<'_>, chart: &Chart, bins: &[Vec<Bin>], sheet: &mut Sheet) {
    let mut shapes = Vec::new();
    let mut lines = Vec::new();
    for (k, (curve, bins)) in chart.curves.iter().zip(bins).enumerate() {
        for stretch in stretches(bins) {
            band(view, curve, stretch, &mut shapes);
            let seen = stretch
                .iter()
                .filter_map(|bin| Some((view.x(bin.x), view.y(bin.mean)?)));
            let points: Vec<Point> = seen.collect();
            if !points.is_empty() {
                lines.push(stroke(curve, points));
            }
        }
        for bin in signed(view, k, chart.curves.len(), bins) {
            if let Some(y) = view.y(bin.mean) {
                lines.extend(sign(curve, (view.x(bin.x), y)));
            }
        }
    }
    shapes.extend(lines);
    let Frame {
        left,
        top,
        wide,
        high,
    } = view.frame;
    // Signs at the edges stay whole.
    let window = [left - 4.0, top - 4.0, wide + 8.0, high + 8.0];
    sheet.shapes.push(Shape::Clipped { window, shapes });
}

/// From the smallest to the largest of what the means stand for.
fn band(view: &View<'_>, curve: &Curve, stretch: &[Bin], shapes: &mut Vec<Shape>) {
    let bottom = view.frame.top + view.frame.high;
    // On a logarithmic axis a minimum that is not positive lies below everything.
    let low = |bin: &Bin| view.y(bin.min).unwrap_or(bottom);
    let above = stretch
        .iter()
        .filter_map(|bin| Some((view.x(bin.x), view.y(bin.max)?)));
    let below = stretch.iter().rev().map(|bin| (view.x(bin.x), low(bin)));
    let wide = stretch.iter().any(|bin| bin.max > bin.min);
    if wide && stretch.len() > 1 {
        shapes.push(Shape::Area {
            points: above.chain(below).collect(),
            colour: colour(curve),
            opacity: 0.2,
        });
    }
}

/// The bins that carry a sign; curves that lie on each other carry theirs at different places.
fn signed<'a>(view: &View<'_>, k: usize, curves: usize, bins: &'a [Bin]) -> Vec<&'a Bin> {
    if bins.len() <= FEW {
        return bins.iter().collect();
    }
    let shift = (k as f64 + 0.5) / curves as f64;
    let Frame { left, wide, .. } = view.frame;
    let mut found: Vec<&Bin> = Vec::new();
    for i in 0..SIGNS {
        let at = left + (i as f64 + shift) / SIGNS as f64 * wide;
        let away = |bin: &&Bin| (view.x(bin.x) - at).abs();
        let nearest = bins.iter().min_by(|a, b| away(a).total_cmp(&away(b)));
        found.extend(nearest.filter(|bin| away(bin) < wide / (2 * SIGNS) as f64));
    }
    found
}

fn colour(curve: &Curve) -> Colour {
    SERIES[curve.look % SERIES.len()]
}

fn stroke(curve: &Curve, points: Vec<Point>) -> Shape {
    let dash = match (curve.theory, curve.look / SERIES.len()) {
        (true, _) => Dash::Dotted,
        (false, 0) => Dash::Solid,
        (false, 1) => Dash::Dashed,
        _ => Dash::DashDot,
    };
    Shape::Line {
        points,
        colour: colour(curve),
        width: if curve.theory { 1.7 } else { 1.4 },
        dash,
    }
}

/// The sign of a curve at a point.
fn sign(curve: &Curve, (x, y): Point) -> Vec<Shape> {
    let r = 3.3;
    let outline: Vec<Point> = match curve.look % SERIES.len() {
        0 => polygon((x, y), 0.95 * r, 16, 0.0),
        1 => polygon((x, y), 1.2 * r, 4, 0.125),
        2 => polygon((x, y), 1.25 * r, 3, 0.75),
        3 => polygon((x, y), 1.3 * r, 4, 0.0),
        4 => polygon((x, y), 1.25 * r, 3, 0.25),
        5 => star((x, y), 1.35 * r, 4),
        6 => star((x, y), 1.4 * r, 5),
        _ => polygon((x, y), 1.1 * r, 6, 0.0),
    };
    let area = |colour| Shape::Area {
        points: outline.clone(),
        colour,
        opacity: 1.0,
    };
    if !curve.theory {
        return vec![area(colour(curve))];
    }
    let closed = outline.iter().chain(outline.first()).copied().collect();
    vec![area(PAPER), Shape::line(closed, colour(curve), 1.0)]
}

/// Corners on a circle; `turn` is of a whole turn, clockwise from the right.
fn polygon((x, y): Point, r: f64, corners: usize, turn: f64) -> Vec<Point> {
    let corner = |i: usize| {
        let angle = std::f64::consts::TAU * (turn + i as f64 / corners as f64);
        (x + r * angle.cos(), y + r * angle.sin())
    };
    (0..corners).map(corner).collect()
}

fn star(centre: Point, r: f64, points: usize) -> Vec<Point> {
    let outer = polygon(centre, r, points, 0.75);
    let inner = polygon(centre, 0.42 * r, points, 0.75 + 0.5 / points as f64);
    outer
        .into_iter()
        .zip(inner)
        .flat_map(|(a, b)| [a, b])
        .collect()
}
