//! Lines, the spans behind them, and the ticks where a line cannot be drawn.

use ratatui::buffer::Buffer;
use ratatui::style::Style;

use super::super::canvas::DotSet;
use super::super::canvas::{Canvas, Importance};
use super::super::pen::Pen;
use super::layout::Layout;
use super::series::{Place, Prepared};
use super::{Chart, Data, Line};
use crate::figure::axis::Axis;
use crate::models::table::Scale;
use crate::ui::theme::{Dash, Role, Series};

/// Points further apart than so many cells get a marker each.
const MARKED_APART: usize = 4;

/// Draws the targets and all lines with their ends and gaps, and returns who owns which cell.
pub(super) fn draw(
    chart: &Chart<'_>,
    layout: &Layout,
    y: &Axis,
    prepared: &[Prepared],
    buf: &mut Buffer,
) -> Canvas {
    let mut plot = Plot {
        chart,
        y,
        canvas: Canvas::new(
            DotSet::of(chart.theme.glyphs),
            layout.plot.width,
            layout.plot.height,
        ),
    };
    plot.targets();
    let dim = chart.theme.style(Role::Envelope);
    for line in chart.faded {
        let prepared = Prepared::new(line, &chart.x, None);
        plot.path(
            &prepared,
            |place| place.raw,
            Dash::Dashed,
            Importance::Faint,
            dim,
        );
    }
    let chosen = chart.chosen.filter(|i| *i < chart.lines.len());
    let order = (0..chart.lines.len()).filter(|i| Some(*i) != chosen);
    for i in order.chain(chosen) {
        plot.line(&chart.lines[i], &prepared[i], Some(i) == chosen);
    }
    plot.canvas.render(layout.plot, buf);
    for i in (0..chart.lines.len())
        .filter(|i| Some(*i) != chosen)
        .chain(chosen)
    {
        plot.markers(&chart.lines[i], &prepared[i], layout, buf);
        plot.ticks(&chart.lines[i], &prepared[i], layout, buf);
    }
    plot.canvas
}

struct Plot<'a, 'b> {
    chart: &'a Chart<'b>,
    y: &'a Axis,
    canvas: Canvas,
}

impl Plot<'_, '_> {
    fn column(&self, x: f64) -> Option<usize> {
        self.chart.x.column(x, self.canvas.width())
    }

    /// The row of dots for a number; what lies beyond the ends of the axis is held at them.
    fn row(&self, y: f64) -> Option<usize> {
        let height = self.canvas.height();
        let from_top = (1.0 - self.y.position(y)?.clamp(0.0, 1.0)) * height as f64;
        (height > 0).then(|| (from_top as usize).min(height - 1))
    }

    fn dot(&self, x: f64, y: f64) -> Option<(usize, usize)> {
        Some((self.column(x)?, self.row(y)?))
    }

    fn targets(&mut self) {
        let value_style = self.chart.theme.style(Role::Theory);
        let band_style = self.chart.theme.style(Role::Envelope);
        for target in self.chart.targets {
            if target.tolerance > 0.0 {
                for sign in [-1.0, 1.0] {
                    let edge = target.value + sign * target.tolerance;
                    // In the same cells as the line itself it would only blur it.
                    if self.cell_row(edge) != self.cell_row(target.value) {
                        self.horizontal(edge, Dash::Dotted, band_style);
                    }
                }
            }
            self.horizontal(target.value, Dash::Dashed, value_style);
        }
    }

    fn cell_row(&self, y: f64) -> Option<usize> {
        Some(self.row(y)? / DotSet::of(self.chart.theme.glyphs).dots().1)
    }

    fn horizontal(&mut self, y: f64, dash: Dash, style: Style) {
        let inside = self
            .y
            .position(y)
            .is_some_and(|at| (0.0..=1.0).contains(&at));
        if let Some(row) = self.row(y).filter(|_| inside) {
            let end = self.canvas.width().saturating_sub(1);
            self.canvas
                .line((0, row), (end, row), dash, Importance::Ground, style);
        }
    }

    fn line(&mut self, line: &Line<'_>, prepared: &Prepared, chosen: bool) {
        let look = self.look(line);
        let behind = self.chart.theme.style(Role::Envelope);
        let smoothed = self.chart.smoothing.is_some() && !line.theory;
        for place in &prepared.places {
            self.envelope(place, behind);
        }
        let owner = match (chosen, line.theory) {
            (true, _) => Importance::Chosen,
            (false, true) => Importance::Theory,
            (false, false) => Importance::Line,
        };
        if smoothed {
            self.path(
                prepared,
                |place| place.raw,
                Dash::Solid,
                Importance::Raw,
                behind,
            );
        }
        self.path(prepared, |place| place.shown, look.dash, owner, look.style);
    }

    fn look(&self, line: &Line<'_>) -> Series {
        let series = self.chart.theme.series(line.group);
        let dash = if line.theory {
            Dash::Dotted
        } else {
            series.dash
        };
        Series { dash, ..series }
    }

    fn envelope(&mut self, place: &Place, style: Style) {
        let (Some(column), Some(high)) = (self.column(place.x), self.row(place.max)) else {
            return;
        };
        // On a logarithmic axis a minimum that is not positive lies below everything.
        let low = self
            .row(place.min)
            .unwrap_or(self.canvas.height().saturating_sub(1));
        if low > high {
            self.canvas
                .span(column, high, low, Importance::Faint, style);
        }
    }

    fn path(
        &mut self,
        prepared: &Prepared,
        number: impl Fn(&Place) -> f64,
        dash: Dash,
        owner: Importance,
        style: Style,
    ) {
        for (a, b) in prepared.joined() {
            let ends = (self.dot(a.x, number(&a)), self.dot(b.x, number(&b)));
            if let (Some(from), Some(to)) = ends {
                self.canvas.line(from, to, dash, owner, style);
            }
        }
        // A number between two gaps is a dot.
        for place in &prepared.places {
            let alone = dash == Dash::Solid || prepared.places.len() == 1;
            if let Some((x, y)) = self.dot(place.x, number(place)).filter(|_| alone) {
                self.canvas.dot(x, y, owner, style);
            }
        }
    }

    /// The sign of the series at its newest end, and at every point where these are few.
    fn markers(&self, line: &Line<'_>, prepared: &Prepared, layout: &Layout, buf: &mut Buffer) {
        let look = self.look(line);
        let mut pen = Pen::new(self.chart.theme, layout.plot, buf);
        let (across, down) = DotSet::of(self.chart.theme.glyphs).dots();
        let mut mark = |place: &Place| {
            if let Some((x, y)) = self.dot(place.x, place.shown) {
                pen.char(
                    (x / across) as u16,
                    (y / down) as u16,
                    look.marker,
                    look.style,
                );
            }
        };
        let cells = self.canvas.width() / across;
        let few = matches!(line.data, Data::Points(points) if points.len() * MARKED_APART <= cells);
        if line.theory {
            return;
        }
        if few {
            prepared.places.iter().for_each(mark);
        } else if self.chart.lines.len() > 1 {
            prepared.newest().iter().for_each(&mut mark);
        }
    }

    fn ticks(&self, line: &Line<'_>, prepared: &Prepared, layout: &Layout, buf: &mut Buffer) {
        let theme = self.chart.theme;
        let across = DotSet::of(theme.glyphs).dots().0;
        let symbols = theme.symbols();
        let bottom = layout.plot.height.saturating_sub(1);
        for place in prepared.missing(self.chart.x.now) {
            let Some(column) = self.column(place.x) else {
                continue;
            };
            let (area, row) = if layout.x_line.height > 0 {
                (layout.x_line, 0)
            } else {
                (layout.plot, bottom)
            };
            let style = theme.style(Role::Bad);
            Pen::new(theme, area, buf).char(
                (column / across) as u16,
                row,
                symbols.not_finite,
                style,
            );
        }
        if self.y.scale != Scale::Log {
            return;
        }
        for place in &prepared.places {
            if place.min <= 0.0 && place.raw.is_finite() {
                let Some(column) = self.column(place.x) else {
                    continue;
                };
                let mut pen = Pen::new(theme, layout.plot, buf);
                pen.char(
                    (column / across) as u16,
                    bottom,
                    symbols.down,
                    self.look(line).style,
                );
            }
        }
    }
}
