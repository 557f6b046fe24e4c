//! What stands still behind the curves: marks and crosshair, and the words that belong to them.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::axis::Axis;
use super::super::format;
use super::super::pen::Pen;
use super::layout::Layout;
use super::{Chart, ChartMark};
use crate::engine::history::MarkKind;
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
            MarkKind::Edit | MarkKind::Note => symbols.vertical_dotted,
        };
        vertical(chart, layout, mark.x, glyph, role(mark.kind), buf);
    }
    if let Some(x) = chart.crosshair {
        vertical(chart, layout, x, symbols.vertical, Role::Crosshair, buf);
    }
}

/// Writes the words of targets and marks where there is room for them.
pub(super) fn labels(chart: &Chart<'_>, layout: &Layout, y: &Axis, buf: &mut Buffer) {
    for target in chart.targets {
        let Some(at) = y.position(target.value) else {
            continue;
        };
        let symbols = chart.theme.symbols();
        let number = format::short(target.value);
        let words = format!("{} {number}", target.label);
        let words = match at {
            at if at > 1.0 => format!("{} {}", words.trim(), symbols.up),
            at if at < 0.0 => format!("{} {}", words.trim(), symbols.down),
            _ => words.trim().to_string(),
        };
        let Some(row) = layout.plot_row(at.clamp(0.0, 1.0)) else {
            continue;
        };
        let mut pen = Pen::new(chart.theme, layout.plot, buf);
        let length = pen.width_of(&words);
        let start = pen.width().saturating_sub(length + 1);
        let rows = [row.checked_sub(1), Some(row + 1)];
        let free = |row: &u16| pen.is_blank(start, *row, length);
        if let Some(row) = rows.into_iter().flatten().find(free) {
            pen.say(start, row, &words, Role::Theory);
        }
    }
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
        MarkKind::Note => Role::Accent,
        MarkKind::Fault => Role::Bad,
    }
}

fn weight(kind: MarkKind) -> u8 {
    match kind {
        MarkKind::Edit => 0,
        MarkKind::Note => 1,
        MarkKind::Fault => 2,
    }
}
