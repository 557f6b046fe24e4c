//! A plot of series over steps, seconds or any other axis.
//!
//! A series of history buckets is drawn as the line of its means in front of the span from minimum to
//! maximum, so that no spike is lost to a narrow screen. Numbers that are not finite are gaps with
//! a tick on the axis; on a logarithmic axis what is not positive is a tick on the bottom edge. The
//! range is held between frames ([`ChartState`]), so that a curve moves only when its data do.

mod curves;
mod ground;
mod layout;
mod legend;
mod series;
mod smooth;
#[cfg(test)]
mod tests;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::{StatefulWidget, Widget};

use super::panel_box::{PanelBox, title_line};
use super::{canvas::DotSet, format};
use crate::engine::history::{Bucket, MarkKind};
use crate::figure::axis::{Axis, Extent, HeldAxis};
use crate::models::table::{Better, Scale};
use crate::ui::theme::{Role, Theme};
use layout::Layout;
use series::Prepared;

/// See the [module](self). Fields that have a natural default are set by [`Chart::new`].
#[derive(Clone, Debug)]
pub struct Chart<'a> {
    pub theme: Theme,
    pub title: &'a str,
    /// The part of the run that is shown, for the title: `last 20k of 1.2M`. Empty for all of it.
    pub window: &'a str,
    pub focused: bool,
    pub x: XAxis<'a>,
    pub y_scale: Scale,
    pub y_unit: &'a str,
    /// The last is drawn in front.
    pub lines: &'a [Line<'a>],
    /// Dim and dashed behind all others, in no legend: what no longer holds.
    pub faded: &'a [Line<'a>],
    pub targets: &'a [Target<'a>],
    pub marks: &'a [ChartMark<'a>],
    /// The place on the x axis whose values the legend shows, instead of the last ones.
    pub crosshair: Option<f64>,
    /// Factor beta of the exponential smoothing, inside 0..1; the raw curve stays behind it.
    pub smoothing: Option<f64>,
    /// The line that is drawn in front of all others.
    pub chosen: Option<usize>,
}

#[derive(Clone, Copy, Debug)]
pub struct XAxis<'a> {
    pub from: f64,
    pub to: f64,
    /// Where the data end: beyond it nothing is missing yet.
    pub now: f64,
    pub kind: XKind<'a>,
}

/// What the numbers of the x axis are.
#[derive(Clone, Copy, Debug)]
pub enum XKind<'a> {
    /// Counted in units of this name.
    Units(&'a str),
    /// Units that last so many seconds each, shown as time.
    Seconds { per_unit: f64 },
    /// Any numbers, with the label of the axis.
    Numbers(&'a str),
}

#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    pub label: &'a str,
    /// Lines of one group share a colour ([`Theme::series`]): a measurement and its prediction.
    pub group: usize,
    /// Drawn dotted.
    pub theory: bool,
    /// Which direction is the good one; the legend's arrow takes its colour from it.
    pub better: Better,
    pub data: Data<'a>,
}

#[derive(Clone, Copy, Debug)]
pub enum Data<'a> {
    /// Buckets of equal width from `from` to `to`.
    Buckets {
        from: f64,
        to: f64,
        buckets: &'a [Bucket],
    },
    /// Ascending in x; a y that is not finite is a gap.
    Points(&'a [(f64, f64)]),
}

/// An expectation: a horizontal line with a band of tolerance.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    pub label: &'a str,
    pub value: f64,
    /// Half the width of the band, in the unit of y; 0 for none.
    pub tolerance: f64,
}

/// Something that happened, a dotted vertical line at the same place in all charts.
#[derive(Clone, Copy, Debug)]
pub struct ChartMark<'a> {
    pub x: f64,
    pub kind: MarkKind,
    pub words: &'a str,
}

/// What a chart keeps between two frames.
#[derive(Clone, Debug, Default)]
pub struct ChartState {
    pub y: HeldAxis,
}

impl<'a> Chart<'a> {
    /// A linear chart without marks, targets, crosshair or smoothing.
    pub fn new(theme: Theme, title: &'a str, x: XAxis<'a>, lines: &'a [Line<'a>]) -> Self {
        Self {
            theme,
            title,
            window: "",
            focused: false,
            x,
            y_scale: Scale::Linear,
            y_unit: "",
            lines,
            faded: &[],
            targets: &[],
            marks: &[],
            crosshair: None,
            smoothing: None,
            chosen: None,
        }
    }

    /// How many buckets of `samples` samples a chart in `area` can show: one for a column of dots,
    /// but no more than there are samples, or the empty ones would be gaps.
    pub fn columns(theme: Theme, area: Rect, samples: u64) -> usize {
        let dots = Layout::new(area, 1).plot.width as usize * DotSet::of(theme.glyphs).dots().0;
        dots.min(usize::try_from(samples).unwrap_or(dots))
    }

    /// The place on the x axis that lies in the middle of the column of cells `column` of `area`.
    pub fn x_at(area: Rect, from: f64, to: f64, column: u16) -> Option<f64> {
        let plot = Layout::new(area, 1).plot;
        let inside = column.checked_sub(plot.x).filter(|at| *at < plot.width)?;
        Some(from + (f64::from(inside) + 0.5) / f64::from(plot.width) * (to - from))
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.y_scale == Scale::Log {
            notes.push("log y".into());
        }
        if !self.title.contains(self.y_unit) {
            notes.push(self.y_unit.to_string());
        }
        if let Some(beta) = self.smoothing {
            notes.push(format!("ema {beta}"));
        }
        if let Some(x) = self.crosshair {
            notes.push(format!("at {}", self.x.words(x)));
        }
        if !self.faded.is_empty() {
            notes.push("dashed: abandoned".into());
        }
        notes.push(self.window.into());
        notes
    }

    fn extent(&self) -> Extent {
        let mut extent = Extent::default();
        for line in self.lines.iter().chain(self.faded) {
            match line.data {
                Data::Buckets { from, to, buckets } => {
                    let width = (to - from) / buckets.len().max(1) as f64;
                    for (i, bucket) in buckets.iter().enumerate() {
                        let x = from + (i as f64 + 0.5) * width;
                        if self.x.holds(x) && bucket.count > 0 {
                            extent.include(f64::from(bucket.min));
                            extent.include(f64::from(bucket.max));
                        }
                    }
                }
                Data::Points(points) => {
                    let inside = points.iter().filter(|(x, _)| self.x.holds(*x));
                    inside.for_each(|(_, y)| extent.include(*y));
                }
            }
        }
        self.with_near_targets(extent)
    }

    /// A target widens the range if the data still fill a third of it.
    fn with_near_targets(&self, extent: Extent) -> Extent {
        let room = |axis: Axis| match axis.scale {
            Scale::Linear => axis.high - axis.low,
            Scale::Log => (axis.high / axis.low).log10(),
        };
        let bare = Axis::around(&extent, self.y_scale);
        let mut wide = extent;
        for target in self.targets {
            let mut with = wide;
            with.include(target.value);
            let nothing_yet = extent.bounds(self.y_scale).is_none();
            if nothing_yet || room(Axis::around(&with, self.y_scale)) <= 3.0 * room(bare) {
                wide = with;
            }
        }
        wide
    }
}

impl StatefulWidget for Chart<'_> {
    type State = ChartState;

    fn render(self, area: Rect, buf: &mut Buffer, state: &mut ChartState) {
        let area = area.intersection(buf.area);
        if area.is_empty() {
            return;
        }
        let inner = Layout::inner(area);
        let fit = legend::Fit::new(&self, inner.width, inner.height);
        let layout = Layout::new(area, fit.rows);
        let notes = self.notes();
        if layout.boxed {
            PanelBox {
                theme: self.theme,
                title: self.title,
                notes: &notes,
                focused: self.focused,
            }
            .render(area, buf);
        } else if let Some(heading) = layout.heading {
            title_line(self.theme, self.title, &notes, Role::Title, heading, buf);
        }
        let y = state.y.update(&self.extent(), self.y_scale);
        layout::axes(&self, &layout, &y, buf);
        let prepared: Vec<Prepared> = self
            .lines
            .iter()
            .map(|line| Prepared::new(line, &self.x, self.smoothing))
            .collect();
        let canvas = curves::draw(&self, &layout, &y, &prepared, buf);
        ground::targets(&self, &layout, &y, &canvas, buf);
        ground::lines(&self, &layout, buf);
        ground::marks(&self, &layout, buf);
        legend::draw(&self, &layout, fit, &y, &prepared, buf);
    }
}

impl<'a> XAxis<'a> {
    /// Units of a run, as [`History::columns`](crate::engine::history::History::columns) counts them.
    pub fn units(from: u64, to: u64, samples: u64, name: &'a str) -> Self {
        Self {
            from: from as f64,
            to: to as f64,
            now: samples as f64,
            kind: XKind::Units(name),
        }
    }

    /// The range of the points of all lines, with the label of the axis.
    pub fn around(lines: &[Line<'_>], label: &'a str) -> Self {
        let (mut from, mut to) = (f64::INFINITY, f64::NEG_INFINITY);
        for line in lines {
            if let Data::Points(points) = line.data {
                for (x, _) in points.iter().filter(|(x, _)| x.is_finite()) {
                    from = from.min(*x);
                    to = to.max(*x);
                }
            }
        }
        if from >= to || from.is_infinite() {
            let middle = if from.is_finite() { from } else { 0.5 };
            (from, to) = (middle - 0.5, middle + 0.5);
        }
        Self {
            from,
            to,
            now: to,
            kind: XKind::Numbers(label),
        }
    }

    fn holds(&self, x: f64) -> bool {
        (self.from..=self.to).contains(&x)
    }

    /// The column of `width` that `x` falls into; `None` outside the axis.
    fn column(&self, x: f64, width: usize) -> Option<usize> {
        let share = (x / 2.0 - self.from / 2.0) / (self.to / 2.0 - self.from / 2.0);
        ((0.0..=1.0).contains(&share) && width > 0)
            .then(|| ((share * width as f64) as usize).min(width - 1))
    }

    fn words(&self, x: f64) -> String {
        match self.kind {
            XKind::Units(name) => {
                let number = if x.abs() < 1e15 {
                    format::grouped(x.max(0.0) as u64)
                } else {
                    format::short(x)
                };
                format!("{name} {number}")
            }
            XKind::Seconds { per_unit } => format::duration(x * per_unit),
            XKind::Numbers(label) => format!("{label} {}", format::short(x)),
        }
    }
}
