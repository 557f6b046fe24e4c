//! What stands still behind the curves: marks and crosshair, and the words that belong to them.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::canvas::{Canvas, Importance};
use super::super::format;
use super::super::pen::Pen;
use super::layout::Layout;
use super::{Chart, ChartMark};
use crate::engine::history::MarkKind;
use crate::figure::axis::Axis;
use crate::ui::theme::{Role, Theme};

/// Words of a mark longer than this are cut.
const LONGEST_WORDS: u16 = 28;

/// Draws the dotted verticals wherever no curve is.
pub(super) fn lines(chart: &Chart<'_>, layout: &Layout, buf: &mut Buffer) {
    let symbols = chart.theme.symbols();
    let mut marks: Vec<&ChartMark<'_>> = chart.marks.iter().collect();
    marks.sort_by_key(|mark| weight(mark.kind));
    for mark in marks {
        let glyph = match mark.kind {
            MarkKind::Fault => symbols.fault,
            MarkKind::Break => symbols.paused,
            MarkKind::Edit | MarkKind::Note => symbols.vertical_dotted,
        };
        vertical(chart, layout, mark.x, glyph, role(mark.kind), buf);
    }
    if let Some(x) = chart.crosshair {
        vertical(chart, layout, x, symbols.vertical, Role::Crosshair, buf);
    }
}

/// Writes the words of targets: on their own line where no curve is, or else next to it.
pub(super) fn targets(
    chart: &Chart<'_>,
    layout: &Layout,
    y: &Axis,
    canvas: &Canvas,
    buf: &mut Buffer,
) {
    let symbols = chart.theme.symbols();
    let mut taken: Vec<(u16, u16)> = Vec::new();
    // Where there are few rows the curves need them.
    let targets = chart.targets.iter().filter(|_| layout.plot.height >= 4);
    for target in targets {
        let Some(at) = y.position(target.value) else {
            continue;
        };
        let Some(row) = layout.plot_row(at.clamp(0.0, 1.0)) else {
            continue;
        };
        let beyond = match at {
            at if at > 1.0 => format!(" {}", symbols.up),
            at if at < 0.0 => format!(" {}", symbols.down),
            _ => String::new(),
        };
        let words = format!("{} {}{beyond}", target.label, format::round(target.value));
        let words = format!(" {} ", words.trim());
        let mut pen = Pen::new(chart.theme, layout.plot, buf);
        let length = pen.width_of(&words);
        let start = pen.width().saturating_sub(length);
        let free = |start: u16, row: u16| {
            row < layout.plot.height
                && (start..start + length).all(|x| canvas.owner(x, row) <= Importance::Ground)
        };
        if length >= layout.plot.width {
            continue;
        }
        let rows = [Some(row), row.checked_sub(1), Some(row + 1)];
        let places = rows
            .into_iter()
            .flatten()
            .flat_map(|row| [(start, row), (0, row)]);
        let mut places = places.into_iter();
        let place = places.find(|(x, row)| free(*x, *row) && !taken.contains(&(*x, *row)));
        if let Some((x, row)) = place {
            taken.push((x, row));
            pen.say(x, row, &words, Role::Theory);
        }
    }
}

/// Writes the words of marks beside their lines where there is room.
pub(super) fn marks(chart: &Chart<'_>, layout: &Layout, buf: &mut Buffer) {
    // The newest first: it gets the best place.
    for mark in chart.marks.iter().rev() {
        mark_words(chart, layout, mark, buf);
    }
}

fn vertical(chart: &Chart<'_>, layout: &Layout, x: f64, glyph: char, role: Role, buf: &mut Buffer) {
    let Some(column) = cell_column(chart, layout, x) else {
        return;
    };
    let style = chart.theme.style(role);
    let mut pen = Pen::new(chart.theme, layout.plot, buf);
    for row in 0..pen.height() {
        let free =
            pen.is_blank(column, row, 1) || is_vertical(chart.theme, pen.symbol(column, row));
        if free {
            pen.char(column, row, glyph, style);
        }
    }
    let below = Rect {
        height: layout.x_line.height.min(1),
        ..layout.x_line
    };
    Pen::new(chart.theme, below, buf).text(column, 0, "┴", style);
}

fn mark_words(chart: &Chart<'_>, layout: &Layout, mark: &ChartMark<'_>, buf: &mut Buffer) {
    let Some(column) = cell_column(chart, layout, mark.x) else {
        return;
    };
    let mut pen = Pen::new(chart.theme, layout.plot, buf);
    let words = pen.clip(mark.words, LONGEST_WORDS);
    let length = pen.width_of(&words);
    if length == 0 {
        return;
    }
    let right = column + 1;
    let left = column.checked_sub(length);
    for row in 0..pen.height() {
        for start in [Some(right), left].into_iter().flatten() {
            // A blank on the outer side, where the text does not touch the edge.
            let (from, cells) = if start == right {
                (start, length + u16::from(start + length < pen.width()))
            } else {
                (start.saturating_sub(1), length + u16::from(start > 0))
            };
            if pen.is_blank(from, row, cells) {
                pen.say(start, row, &words, role(mark.kind));
                return;
            }
        }
    }
}

fn cell_column(chart: &Chart<'_>, layout: &Layout, x: f64) -> Option<u16> {
    chart
        .x
        .column(x, usize::from(layout.plot.width))
        .map(|column| column as u16)
}

fn is_vertical(theme: Theme, symbol: &str) -> bool {
    let symbols = theme.symbols();
    let verticals = [symbols.vertical_dotted, symbols.vertical, symbols.fault];
    symbol
        .chars()
        .next()
        .is_some_and(|c| verticals.contains(&c))
}

fn role(kind: MarkKind) -> Role {
    match kind {
        MarkKind::Edit => Role::Mark,
        MarkKind::Note => Role::Title,
        MarkKind::Break => Role::Warn,
        MarkKind::Fault => Role::Bad,
    }
}

fn weight(kind: MarkKind) -> u8 {
    match kind {
        MarkKind::Edit => 0,
        MarkKind::Note => 1,
        MarkKind::Break => 2,
        MarkKind::Fault => 3,
    }
}
