//! Where the parts of a chart stand, and its two axes.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::pen::{Pen, text_width};
use super::super::{format, panel_box::PanelBox};
use super::{Chart, XKind};
use crate::figure::axis::Axis;
use crate::models::table::Scale;
use crate::ui::theme::Role;

/// Columns for the labels of the y axis. Always the same, so that charts above each other have the
/// same step in the same column.
const GUTTER: u16 = 6;

/// Parts that do not fit are empty.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub boxed: bool,
    /// The title where there is no border.
    pub heading: Option<Rect>,
    /// Labels of the y axis, left of its line.
    pub gutter: Rect,
    /// The line of the y axis, one column.
    pub y_line: Rect,
    pub plot: Rect,
    /// The line of the x axis below the plot, one row.
    pub x_line: Rect,
    pub x_labels: Rect,
    pub legend: Rect,
}

impl Layout {
    /// The area inside the border or below the title.
    pub(super) fn inner(area: Rect) -> Rect {
        if is_boxed(area) {
            PanelBox::inner(area)
        } else {
            rows(area, u16::from(area.height >= 3), area.height)
        }
    }

    pub(super) fn new(area: Rect, legend_rows: u16) -> Self {
        let boxed = is_boxed(area);
        let heading = (!boxed && area.height >= 3).then_some(Rect { height: 1, ..area });
        let inner = Self::inner(area);
        let legend_rows = legend_rows.min(inner.height);
        let above = inner.height - legend_rows;
        let (x_line, x_labels) = match above {
            0..=2 => (0, 0),
            3..=4 => (1, 0),
            _ => (1, 1),
        };
        let plot_rows = above - x_line - x_labels;
        let gutter = if inner.width >= 24 { GUTTER } else { 0 };
        let y_line = u16::from(inner.width >= 8);
        let left = gutter + y_line;
        let row = |y: u16, height: u16| Rect {
            x: inner.x + left,
            y: inner.y + y,
            width: inner.width - left,
            height,
        };
        Self {
            boxed,
            heading,
            gutter: Rect {
                width: gutter,
                height: plot_rows,
                ..inner
            },
            y_line: Rect {
                x: inner.x + gutter,
                width: y_line,
                height: plot_rows,
                ..inner
            },
            plot: row(0, plot_rows),
            x_line: row(plot_rows, x_line),
            // Labels may reach under the y axis: the first one is centred below its tick.
            x_labels: rows(inner, plot_rows + x_line, x_labels),
            legend: rows(inner, above, legend_rows),
        }
    }

    /// The row of the plot, from its top, on which an axis position stands.
    pub(super) fn plot_row(&self, at: f64) -> Option<u16> {
        let height = self.plot.height;
        ((0.0..=1.0).contains(&at) && height > 0).then(|| {
            let from_top = ((1.0 - at) * f64::from(height)) as u16;
            from_top.min(height - 1)
        })
    }
}

fn is_boxed(area: Rect) -> bool {
    area.width >= 16 && area.height >= 6
}

fn rows(area: Rect, from: u16, height: u16) -> Rect {
    let from = from.min(area.height);
    Rect {
        y: area.y + from,
        height: height.min(area.height - from),
        ..area
    }
}

/// Draws both axes with their ticks and labels.
pub(super) fn axes(chart: &Chart<'_>, layout: &Layout, y: &Axis, buf: &mut Buffer) {
    let theme = chart.theme;
    let symbols = theme.symbols();
    let line_style = theme.style(Role::Axis);
    let mut pen = Pen::new(theme, layout.y_line, buf);
    for row in 0..pen.height() {
        pen.char(0, row, symbols.vertical, line_style);
    }
    let most = usize::from(layout.plot.height * 2 / 5 + 1).clamp(2, 8);
    let mut last_row = None;
    for tick in y.ticks(most) {
        let Some(row) = layout.plot_row(tick.at) else {
            continue;
        };
        if last_row == Some(row) {
            continue;
        }
        last_row = Some(row);
        Pen::new(theme, layout.y_line, buf).char(0, row, symbols.tick, line_style);
        let fits = text_width(theme, &tick.label) <= layout.gutter.width;
        let label = if fits {
            tick.label
        } else {
            format::round(tick.value)
        };
        if text_width(theme, &label) <= layout.gutter.width {
            let mut pen = Pen::new(theme, layout.gutter, buf);
            pen.text_right(GUTTER, row, &label, line_style);
        }
    }
    x_axis(chart, layout, buf);
}

fn x_axis(chart: &Chart<'_>, layout: &Layout, buf: &mut Buffer) {
    let theme = chart.theme;
    let style = theme.style(Role::Axis);
    let symbols = theme.symbols();
    if layout.x_line.height > 0 && layout.y_line.width > 0 {
        let corner = Rect {
            y: layout.x_line.y,
            height: 1,
            ..layout.y_line
        };
        Pen::new(theme, corner, buf).char(0, 0, symbols.corner, style);
    }
    let mut pen = Pen::new(theme, layout.x_line, buf);
    for column in 0..pen.width() {
        pen.char(column, 0, symbols.horizontal, style);
    }
    let (scale, unit) = x_scale(chart);
    let axis = Axis {
        low: chart.x.from * scale,
        high: chart.x.to * scale,
        scale: Scale::Linear,
    };
    let label: fn(f64, f64) -> String = match chart.x.kind {
        XKind::Units(_) => format::count_tick,
        XKind::Seconds { .. } | XKind::Numbers(_) => format::tick,
    };
    let width = layout.plot.width;
    let ticks = axis.linear_ticks(usize::from(width / 8).max(2), label);
    let left = layout.plot.x - layout.x_labels.x.min(layout.plot.x);
    let mut pen = Pen::new(theme, layout.x_labels, buf);
    // The name of the axis stands under the labels of the other one, or at the right end.
    let name_length = pen.width_of(unit);
    let mut free_from = 0;
    let mut limit = pen.width();
    if name_length < left {
        pen.text(left - 1 - name_length, 0, unit, style);
        free_from = left.saturating_sub(u16::from(name_length > 0));
    } else if name_length + 14 < width {
        limit = pen.width() - name_length;
        pen.text(limit, 0, unit, style);
        limit -= 1;
    }
    for tick in ticks {
        let column = ((tick.at * f64::from(width)) as u16).min(width.saturating_sub(1));
        Pen::new(theme, layout.x_line, buf).text(column, 0, "┬", style);
        let mut pen = Pen::new(theme, layout.x_labels, buf);
        let length = pen.width_of(&tick.label);
        let centred = (left + column).saturating_sub(length / 2);
        let start = centred.min(limit.saturating_sub(length)).max(free_from);
        let near = start.abs_diff(centred) <= length.div_ceil(2);
        if near && start + length <= limit {
            pen.text(start, 0, &tick.label, style);
            free_from = start + length + 2;
        }
    }
}

/// What a number of the x axis is multiplied with, and its unit then.
fn x_scale<'a>(chart: &Chart<'a>) -> (f64, &'a str) {
    match chart.x.kind {
        XKind::Units(name) | XKind::Numbers(name) => (1.0, name),
        XKind::Seconds { per_unit } => {
            let longest = chart.x.from.abs().max(chart.x.to.abs()) * per_unit;
            match longest {
                longest if longest < 1.0 => (per_unit * 1e3, "ms"),
                longest if longest < 600.0 => (per_unit, "s"),
                longest if longest < 36_000.0 => (per_unit / 60.0, "min"),
                _ => (per_unit / 3600.0, "h"),
            }
        }
    }
}
