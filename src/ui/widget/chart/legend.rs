//! The names of the lines with their last values, or those under the crosshair.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::axis::Axis;
use super::super::format;
use super::super::pen::{Pen, Piece, pieces_width, text_width};
use super::layout::Layout;
use super::series::Prepared;
use super::{Chart, Line};
use crate::models::table::Better;
use crate::ui::theme::Role;

/// A label longer than this is cut.
const LONGEST_LABEL: usize = 18;
/// Between two entries.
const SPACE: u16 = 3;
/// A change by less than this share of the axis has no direction.
const STILL: f64 = 0.02;

/// Rows that the legend needs at the width of `area`.
pub(super) fn rows_wanted(chart: &Chart<'_>, area: Rect) -> u16 {
    let inside = area.width.saturating_sub(2);
    let entries = chart.lines.iter().map(|line| {
        let label = text_width(chart.theme, line.label).min(LONGEST_LABEL as u16);
        // Marker, value and arrow with the blanks between them.
        label + 2 + 1 + format::SHORT_WIDTH as u16 + 2
    });
    place(entries, inside).last().map_or(0, |(_, row)| row + 1)
}

pub(super) fn draw(
    chart: &Chart<'_>,
    layout: &Layout,
    y: &Axis,
    prepared: &[Prepared],
    buf: &mut Buffer,
) {
    if layout.legend.is_empty() {
        return;
    }
    let entries: Vec<Vec<Piece>> = chart
        .lines
        .iter()
        .zip(prepared)
        .map(|(line, prepared)| entry(chart, line, prepared, y))
        .collect();
    let widths = entries
        .iter()
        .map(|pieces| pieces_width(chart.theme, pieces));
    let places = place(widths, layout.legend.width);
    let mut pen = Pen::new(chart.theme, layout.legend, buf);
    let rows = pen.height();
    let hidden = places.iter().filter(|(_, row)| *row >= rows).count();
    let room = pen.width().saturating_sub(if hidden > 0 { 3 } else { 0 });
    for (pieces, (x, row)) in entries.iter().zip(&places) {
        if *row < rows {
            // Where the whole is too wide, the number matters more than the name.
            let fits = pieces_width(chart.theme, pieces) <= room;
            let x = pen.pieces(*x, *row, &pieces[..1]);
            pen.pieces(x, *row, &pieces[if fits { 1 } else { 2 }..]);
        }
    }
    if hidden > 0 {
        let style = chart.theme.style(Role::Dim);
        pen.text_right(pen.width(), rows - 1, &format!(" +{hidden}"), style);
    }
}

/// Where entries of these widths stand, left to right and then the next row.
fn place(widths: impl Iterator<Item = u16>, room: u16) -> Vec<(u16, u16)> {
    let (mut x, mut row) = (0u16, 0u16);
    widths
        .map(|width| {
            if x > 0 && x.saturating_add(width) > room {
                (x, row) = (0, row.saturating_add(1));
            }
            let at = (x, row);
            x = x.saturating_add(width).saturating_add(SPACE);
            at
        })
        .collect()
}

fn entry(chart: &Chart<'_>, line: &Line<'_>, prepared: &Prepared, y: &Axis) -> Vec<Piece> {
    let theme = chart.theme;
    let series = theme.series(line.group);
    let symbols = theme.symbols();
    let marker = if line.theory {
        symbols.horizontal_dashed
    } else {
        series.marker
    };
    let label = format::clip(line.label, LONGEST_LABEL, symbols.ellipsis);
    let (value, arrow) = match chart.crosshair {
        Some(x) => (prepared.at(x).map(|place| place.shown), None),
        None => {
            let newest = prepared.newest();
            let smoothed = chart.smoothing.is_some() && !line.theory;
            let value = newest.map(|place| if smoothed { place.shown } else { place.last });
            (value, prepared.trend(|shown| y.position(shown)))
        }
    };
    let value = format::fixed(value.unwrap_or(f64::NAN), format::SHORT_WIDTH);
    let (arrow, role) = match arrow {
        Some(rise) if rise > STILL => (symbols.up, direction(line.better, Better::Higher)),
        Some(rise) if rise < -STILL => (symbols.down, direction(line.better, Better::Lower)),
        _ => (' ', Role::Dim),
    };
    vec![
        (marker.to_string(), series.style),
        (format!(" {label} "), theme.style(Role::Dim)),
        (value, theme.style(Role::Value)),
        (format!(" {arrow}"), theme.style(role)),
    ]
}

fn direction(better: Better, moved: Better) -> Role {
    match better {
        Better::Neither => Role::Dim,
        better if better == moved => Role::Good,
        _ => Role::Warn,
    }
}
