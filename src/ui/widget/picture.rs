//! A picture with its caption and bars: what the model sees and what it makes of it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;

use super::bars::Bars;
use super::heatmap::Pixels;
use super::panel_box::{PanelBox, title_line};
use super::pen::Pen;
use crate::models::panel::Picture;
use crate::ui::theme::{Level, Role, Theme};

/// Bars and caption stand beside the picture if they have at least so many columns.
const LEAST_BESIDE: u16 = 18;

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
        let halves = theme.rows_per_cell();
        (
            inner.height.saturating_mul(halves),
            inner.width / (2 / halves.max(1)),
        )
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
        let beside = inner.width >= 2 * LEAST_BESIDE;
        let for_image = if beside {
            Rect {
                width: inner.width - LEAST_BESIDE - 2,
                ..inner
            }
        } else {
            Rect {
                height: inner.height.div_ceil(2),
                ..inner
            }
        };
        let pixels = Pixels::new(self.theme, image, &levels, for_image, true);
        pixels.draw(buf);
        let used = pixels.area();
        let rest = if beside {
            let x = used.right() + 2;
            Rect {
                x,
                width: inner.right().saturating_sub(x),
                ..inner
            }
        } else {
            Rect {
                y: used.bottom(),
                height: inner.bottom().saturating_sub(used.bottom()),
                ..inner
            }
        };
        self.words(rest, buf);
    }
}

impl PictureView<'_> {
    fn levels(&self) -> Vec<Level> {
        let image = &self.picture.image;
        let finite = image.values.iter().filter(|x| x.is_finite());
        let limit = finite.fold(0.0f32, |most, x| most.max(x.abs()));
        let level = |value: &f32| match image.signed {
            true => Level::signed(*value, limit),
            false => Level::unsigned(*value, limit),
        };
        image.values.iter().map(level).collect()
    }

    fn words(&self, area: Rect, buf: &mut Buffer) {
        let bars = Bars {
            theme: self.theme,
            bars: &self.picture.bars,
            full: None,
        };
        let lines = self.picture.caption.len().min(usize::from(area.height)) as u16;
        let mut pen = Pen::new(self.theme, area, buf);
        for (y, line) in (0..lines).zip(&self.picture.caption) {
            let width = pen.width();
            let line = pen.clip(line, width);
            pen.say(0, y, &line, Role::Text);
        }
        let blank = u16::from(lines > 0 && area.height > lines + bars.rows());
        let below = Rect {
            y: area.y + lines + blank,
            height: area.height - lines - blank,
            ..area
        };
        bars.render(below, buf);
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
