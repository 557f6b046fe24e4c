//! A picture with its caption and bars: what the model sees and what it makes of it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;

use super::bars::Bars;
use super::heatmap::Pixels;
use super::panel_box::{PanelBox, title_line};
use super::pen::{Pen, text_width};
use crate::models::panel::Picture;
use crate::ui::theme::{Level, Role, Theme};

/// Bars and caption stand beside the picture if they have at least so many columns.
const BESIDE: u16 = 18;

/// The picture is square and on a scale from zero to its largest value.
#[derive(Clone, Debug)]
pub struct PictureView<'a> {
    pub theme: Theme,
    pub title: &'a str,
    pub picture: &'a Picture,
    pub focused: bool,
}

impl PictureView<'_> {
    /// The most rows and columns of values that a picture in `area` shows.
    pub fn capacity(theme: Theme, area: Rect) -> (u16, u16) {
        let inner = inside(area);
        let halves = theme.rows_per_cell().max(1);
        let (width, height) = if inner.width >= 2 * BESIDE {
            (inner.width - BESIDE - 2, inner.height)
        } else {
            (inner.width, inner.height.div_ceil(2))
        };
        let side = height.saturating_mul(halves).min(width / (2 / halves));
        (side, side)
    }
}

impl Widget for PictureView<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        let area = area.intersection(buf.area);
        if is_boxed(area) {
            PanelBox {
                theme: self.theme,
                title: self.title,
                notes: &[],
                focused: self.focused,
            }
            .render(area, buf);
        } else if area.height >= 3 {
            title_line(self.theme, self.title, &[], Role::Title, area, buf);
        }
        let inner = inside(area);
        if inner.is_empty() {
            return;
        }
        let levels = self.levels();
        let image = &self.picture.image;
        let bars = Bars {
            theme: self.theme,
            bars: &self.picture.bars,
            full: None,
            is_answer: true,
        };
        let lines = self.picture.caption.len().min(usize::from(u16::MAX)) as u16;
        let words = lines.saturating_add(bars.rows());
        let halves = self.theme.rows_per_cell().max(1);
        let smallest = image.cols.saturating_mul(2 / halves);
        // Even a narrow panel has both beside each other rather than bars cut off.
        let room = inner.width.saturating_sub(2 + bars.least_width());
        let stacked = image.rows.div_ceil(halves).saturating_add(words);
        let beside = inner.width >= 2 * BESIDE || (stacked > inner.height && smallest <= room);
        let for_image = match (inner.width >= 2 * BESIDE, beside) {
            (true, _) => Rect {
                width: room.min(inner.width - BESIDE - 2),
                ..inner
            },
            (false, true) => Rect {
                width: room,
                ..inner
            },
            (false, false) => Rect {
                height: inner.height.div_ceil(2),
                ..inner
            },
        };
        // The caption below the picture keeps its rows.
        let for_image = match inner.height.checked_sub(lines) {
            Some(height) if beside && words > inner.height && height >= lines => Rect {
                height,
                ..for_image
            },
            _ => for_image,
        };
        let pixels = Pixels::new(self.theme, image, &levels, for_image, true);
        pixels.draw(buf);
        let used = pixels.area();
        if !beside {
            let below = rows(inner, used.bottom() - inner.y);
            let bars_below = self.caption(below, buf);
            bars.render(bars_below, buf);
        } else if words <= inner.height {
            let rest = right_of(inner, used.right() + 2);
            let bars_below = self.caption(rest, buf);
            bars.render(bars_below, buf);
        } else {
            // The bars need all rows, so the caption stands below the picture and may be wider.
            let longest = self
                .picture
                .caption
                .iter()
                .map(|line| text_width(self.theme, line));
            let most = inner.width.saturating_sub(2 + bars.least_width());
            let left = longest.max().unwrap_or(0).min(most).max(used.width);
            let below = Rect {
                width: left,
                ..rows(inner, used.bottom() - inner.y)
            };
            self.caption(below, buf);
            bars.render(right_of(inner, inner.x + left + 2), buf);
        }
    }
}

impl PictureView<'_> {
    fn levels(&self) -> Vec<Level> {
        let image = &self.picture.image;
        let finite = image.values.iter().filter(|x| x.is_finite());
        let limit = finite.fold(0.0f32, |most, x| most.max(x.abs()));
        let level = |value: &f32| match image.signed {
            true => Level::signed(*value, limit),
            false => Level::grey(*value, limit),
        };
        image.values.iter().map(level).collect()
    }

    /// Writes the caption and returns what is left below it.
    fn caption(&self, area: Rect, buf: &mut Buffer) -> Rect {
        let lines = self.picture.caption.len().min(usize::from(area.height)) as u16;
        let mut pen = Pen::new(self.theme, area, buf);
        for (y, line) in (0..lines).zip(&self.picture.caption) {
            let width = pen.width();
            let line = pen.clip(line, width);
            pen.say(0, y, &line, Role::Text);
        }
        let bars = self.picture.bars.len().min(usize::from(u16::MAX)) as u16;
        let blank = u16::from(lines > 0 && area.height > lines.saturating_add(bars));
        rows(area, lines + blank)
    }
}

/// The part of `area` from its row `from` on.
fn rows(area: Rect, from: u16) -> Rect {
    let from = from.min(area.height);
    Rect {
        y: area.y + from,
        height: area.height - from,
        ..area
    }
}

fn right_of(area: Rect, x: u16) -> Rect {
    Rect {
        x,
        width: area.right().saturating_sub(x),
        ..area
    }
}

fn is_boxed(area: Rect) -> bool {
    area.width >= 12 && area.height >= 5
}

fn inside(area: Rect) -> Rect {
    if is_boxed(area) {
        PanelBox::inner(area)
    } else {
        let top = u16::from(area.height >= 3);
        Rect {
            y: area.y + top,
            height: area.height - top,
            ..area
        }
    }
}
