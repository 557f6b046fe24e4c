//! A panel of bars below the words that belong to them.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;

use super::bars::Bars;
use super::format;
use super::panel_box::{PanelBox, title_line};
use super::pen::Pen;
use crate::models::panel::BarChart;
use crate::ui::theme::{Role, Theme};

/// The words are cut before a bar is; with little room, the bars stand in two columns.
#[derive(Clone, Debug)]
pub struct BarsView<'a> {
    pub theme: Theme,
    pub title: &'a str,
    pub chart: &'a BarChart,
    pub focused: bool,
}

impl Widget for BarsView<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        let area = area.intersection(buf.area);
        let inner = if area.width >= 12 && area.height >= 5 {
            PanelBox {
                theme: self.theme,
                title: self.title,
                notes: &[],
                focused: self.focused,
            }
            .render(area, buf);
            PanelBox::inner(area)
        } else if area.height >= 3 {
            title_line(self.theme, self.title, &[], Role::Title, area, buf);
            Rect {
                y: area.y + 1,
                height: area.height - 1,
                ..area
            }
        } else {
            area
        };
        if inner.is_empty() {
            return;
        }
        let bars = Bars {
            theme: self.theme,
            bars: &self.chart.bars,
            full: self.chart.full,
            is_answer: false,
        };
        let lines: Vec<String> = self
            .chart
            .caption
            .iter()
            .flat_map(|line| format::wrap(line, inner.width))
            .collect();
        let wanted = lines.len().min(usize::from(u16::MAX)) as u16;
        let below = match bars.rows() {
            rows if rows.saturating_add(wanted) <= inner.height => rows,
            rows if bars.fits_two_columns(inner.width) => rows.div_ceil(2),
            rows => rows,
        };
        let said = wanted.min(inner.height.saturating_sub(below));
        let mut pen = Pen::new(self.theme, inner, buf);
        for (y, line) in (0..said).zip(&lines) {
            let cut = y + 1 == said && said < wanted;
            let line = match cut {
                true => format!("{line} {}", self.theme.symbols().ellipsis),
                false => line.clone(),
            };
            let line = pen.clip(&line, inner.width);
            pen.say(0, y, &line, Role::Text);
        }
        let blank = u16::from(said > 0 && said.saturating_add(bars.rows()) < inner.height);
        let top = said + blank;
        let rest = Rect {
            y: inner.y + top,
            height: inner.height - top,
            ..inner
        };
        bars.render(rest, buf);
    }
}
