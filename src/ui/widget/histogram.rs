//! Counts over the values of a quantity.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;

use super::format;
use super::panel_box::{PanelBox, title_line};
use super::pen::Pen;
use crate::models::panel::Histogram;
use crate::ui::theme::{Role, Theme};

/// Upright bars in eighths of a cell; a count of one is always seen. A logarithmic height is for
/// tails and is said in the title.
#[derive(Clone, Debug)]
pub struct HistogramView<'a> {
    pub theme: Theme,
    pub title: &'a str,
    pub histogram: &'a Histogram,
    pub log: bool,
    pub focused: bool,
}

impl Widget for HistogramView<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        let area = area.intersection(buf.area);
        let boxed = area.width >= 12 && area.height >= 5;
        let total: u64 = self
            .histogram
            .counts
            .iter()
            .fold(0, |sum, n| sum.saturating_add(*n));
        let mut notes = vec![format!("n {}", format::count(total as f64))];
        if self.log {
            notes.push("log counts".into());
        }
        let inner = if boxed {
            let frame = PanelBox {
                theme: self.theme,
                title: self.title,
                notes: &notes,
                focused: self.focused,
            };
            frame.render(area, buf);
            PanelBox::inner(area)
        } else if area.height >= 3 {
            title_line(self.theme, self.title, &notes, Role::Title, area, buf);
            Rect {
                y: area.y + 1,
                height: area.height - 1,
                ..area
            }
        } else {
            area
        };
        let labels = u16::from(inner.height >= 3);
        let plot = Rect {
            height: inner.height - labels,
            ..inner
        };
        let used = self.bars(plot, buf);
        if labels > 0 {
            let below = Rect {
                y: inner.y + plot.height,
                width: used.max(24).min(inner.width),
                height: 1,
                ..inner
            };
            self.edges(below, buf);
        }
    }
}

impl HistogramView<'_> {
    /// Draws the bars and returns the columns that they take.
    fn bars(&self, plot: Rect, buf: &mut Buffer) -> u16 {
        let mut pen = Pen::new(self.theme, plot, buf);
        let (width, rows) = (usize::from(pen.width()), pen.height());
        let bins = self.histogram.counts.len();
        if width == 0 || rows == 0 || bins == 0 {
            return 0;
        }
        // Bars of equal width, several bins in one only where there are too many.
        let per_bar = bins.div_ceil(width);
        let counts: Vec<u64> = self
            .histogram
            .counts
            .chunks(per_bar)
            .map(|bins| bins.iter().fold(0u64, |sum, n| sum.saturating_add(*n)))
            .collect();
        let cells = (width / counts.len()).max(1);
        let height = |count: u64| match self.log {
            true => (count as f64).ln_1p(),
            false => count as f64,
        };
        let tallest = counts.iter().map(|n| height(*n)).fold(0.0, f64::max);
        let steps = self.theme.symbols().heights;
        let last = steps.len() - 1;
        let style = self.theme.style(Role::Bar);
        for (i, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            let whole = f64::from(rows) * last as f64;
            let filled = (height(*count) / tallest * whole).round().max(1.0) as usize;
            for row in 0..usize::from(rows) {
                let step = filled.saturating_sub(row * last).min(last);
                if step > 0 {
                    for x in i * cells..(i + 1) * cells {
                        pen.char(x as u16, rows - 1 - row as u16, steps[step], style);
                    }
                }
            }
        }
        (counts.len() * cells).min(width) as u16
    }

    fn edges(&self, area: Rect, buf: &mut Buffer) {
        let edges = &self.histogram.edges;
        let (Some(first), Some(last)) = (edges.first(), edges.last()) else {
            return;
        };
        let style = self.theme.style(Role::Axis);
        let mut pen = Pen::new(self.theme, area, buf);
        let high = format::with_unit(&format::short(*last), &self.histogram.unit);
        let end = pen.width();
        let left = pen.text(0, 0, &format::short(*first), style);
        let right = end.saturating_sub(pen.width_of(&high));
        if right > left {
            pen.text(right, 0, &high, style);
        }
        let label = &self.histogram.label;
        let length = pen.width_of(label);
        let middle = (end / 2).saturating_sub(length / 2);
        if middle > left && middle + length < right {
            pen.text(middle, 0, label, style);
        }
    }
}
