//! The colours of a heat map with their values, and how many of the map's values have each.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;

use super::pen::Pen;
use super::{bars::eighths, format};
use crate::ui::theme::{Level, Role, SIGNED_LEVELS, Theme, UNSIGNED_LEVELS};

/// Columns for the colours and for the numbers beside them.
pub const BAR_WIDTH: u16 = 2;
pub const LABEL_WIDTH: u16 = 9;
/// A histogram narrower than this says nothing.
const LEAST_HISTOGRAM: u16 = 4;
const MOST_HISTOGRAM: u16 = 12;

/// Largest value at the top. What room is left beside the labels shows the histogram.
#[derive(Clone, Debug)]
pub struct ColorBar<'a> {
    pub theme: Theme,
    pub signed: bool,
    pub limit: f32,
    /// The levels that the map shows.
    pub levels: &'a [Level],
}

impl Widget for ColorBar<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        let mut pen = Pen::new(self.theme, area, buf);
        let rows = pen.height();
        if rows == 0 || pen.width() < BAR_WIDTH {
            return;
        }
        for row in 0..rows {
            let [upper, lower] = self.levels_of(row, rows);
            let (glyph, style) = self.theme.heat_cell(upper, lower);
            for column in 0..BAR_WIDTH {
                pen.char(column, row, glyph, style);
            }
        }
        if pen.width() < BAR_WIDTH + LABEL_WIDTH {
            return;
        }
        for (row, value) in self.labels(rows) {
            let plus = if self.signed && value > 0.0 { "+" } else { "" };
            let words = format!("{plus}{}", format::round(value));
            pen.say(BAR_WIDTH + 1, row, &words, Role::Axis);
        }
        self.histogram(&mut pen);
    }
}

impl ColorBar<'_> {
    /// The levels in the upper and the lower half of a row of cells.
    fn levels_of(&self, row: u16, rows: u16) -> [Level; 2] {
        let halves = self.theme.rows_per_cell();
        let last = (rows * halves).saturating_sub(1).max(1);
        [0, halves - 1].map(|half| {
            let from_top = f32::from(row * halves + half) / f32::from(last);
            if self.signed {
                let most = f32::from(SIGNED_LEVELS);
                Level::Signed((most - 2.0 * most * from_top).round() as i8)
            } else {
                let most = f32::from(UNSIGNED_LEVELS);
                Level::Unsigned((most - most * from_top).round() as u8)
            }
        })
    }

    /// Rows with a number beside them: the ends, the middle, and the quarters where there is room.
    fn labels(&self, rows: u16) -> Vec<(u16, f64)> {
        let parts: u16 = match rows {
            0 => return Vec::new(),
            1..=2 => 1,
            3..=8 => 2,
            _ => 4,
        };
        let limit = f64::from(self.limit);
        let bottom = if self.signed { -limit } else { 0.0 };
        (0..=parts)
            .map(|part| {
                let share = f64::from(part) / f64::from(parts);
                let row = (share * f64::from(rows - 1)).round() as u16;
                (row, limit + share * (bottom - limit))
            })
            .take(if rows == 1 { 1 } else { usize::MAX })
            .collect()
    }

    fn histogram(&self, pen: &mut Pen<'_>) {
        let left = BAR_WIDTH + 1 + LABEL_WIDTH;
        let width = pen.width().saturating_sub(left).min(MOST_HISTOGRAM);
        if width < LEAST_HISTOGRAM {
            return;
        }
        let rows = pen.height();
        let mut counts = vec![0u32; usize::from(rows)];
        for level in self.levels {
            if let Some(from_top) = self.share_from_top(*level) {
                let row = (from_top * f32::from(rows - 1)).round() as usize;
                counts[row] += 1;
            }
        }
        let most = counts.iter().copied().max().unwrap_or(0).max(1);
        let style = self.theme.style(Role::Dim);
        for (row, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            // Half cells at most: finer steps would only flicker.
            let halves = (f64::from(*count) / f64::from(most) * f64::from(width * 2)).round();
            let bar = eighths(self.theme, (halves / 2.0).max(0.25));
            pen.text(left, row as u16, &bar, style);
        }
    }

    fn share_from_top(&self, level: Level) -> Option<f32> {
        match level {
            Level::Signed(n) => Some(0.5 - f32::from(n) / (2.0 * f32::from(SIGNED_LEVELS))),
            Level::Unsigned(n) | Level::Grey(n) => {
                Some(1.0 - f32::from(n) / f32::from(UNSIGNED_LEVELS))
            }
            Level::Outside | Level::NotFinite => None,
        }
    }
}
