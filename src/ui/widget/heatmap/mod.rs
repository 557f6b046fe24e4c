//! A matrix in colours, with its scale, its colour bar and what cannot be seen in colours.
//!
//! Values become one of 17 levels before they become colours, on a scale that is held between frames
//! ([`HeatMapState`]), and a cell changes its level only when its value has passed the edge by a
//! quarter of one: a matrix that drifts a little costs a few bytes, one at rest none.

mod pixels;
#[cfg(test)]
mod tests;
mod words;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::widgets::{StatefulWidget, Widget};

use super::colorbar::{BAR_WIDTH, ColorBar, LABEL_WIDTH};
use super::panel_box::{PanelBox, title_line};
use super::pen::Pen;
use super::scale::HeldScale;
use crate::models::panel::{Grid, Window};
use crate::ui::theme::{Level, Role, Theme};
pub(super) use pixels::Pixels;

/// Room for the histogram beside the labels of the colour bar.
const HISTOGRAM: u16 = 9;

/// See the [module](self).
#[derive(Clone, Debug)]
pub struct HeatMap<'a> {
    pub theme: Theme,
    /// Names what the grid shows; with another title the scale is found anew.
    pub title: &'a str,
    pub grid: &'a Grid,
    /// Row and column of the matrix element to point at.
    pub cursor: Option<(u32, u32)>,
    pub focused: bool,
}

/// What a heat map keeps between two frames.
#[derive(Clone, Debug, Default)]
pub struct HeatMapState {
    pub scale: HeldScale,
    levels: Vec<Level>,
    shown: Option<Shown>,
}

/// What the levels belong to. Levels of something else hold nothing.
#[derive(Clone, Debug, PartialEq)]
struct Shown {
    title: String,
    shape: (u32, u32),
    window: Window,
    size: (u16, u16),
    signed: bool,
    limit: f32,
}

impl HeatMap<'_> {
    /// The most rows and columns of values that a heat map in `area` shows, for a request to the
    /// model.
    pub fn capacity(theme: Theme, area: Rect) -> (u16, u16) {
        let parts = Parts::new(area);
        (
            parts.map.height.saturating_mul(theme.rows_per_cell()),
            parts.map.width,
        )
    }
}

impl HeatMapState {
    fn update(&mut self, map: &HeatMap<'_>) -> f32 {
        let grid = map.grid;
        let same_thing = |shown: &Shown| shown.title == map.title && shown.shape == grid.shape;
        if !self.shown.as_ref().is_some_and(same_thing) {
            self.scale.release();
        }
        let limit = self.scale.update(&grid.values);
        let shown = Shown {
            title: map.title.to_string(),
            shape: grid.shape,
            window: grid.window,
            size: (grid.rows, grid.cols),
            signed: grid.signed,
            limit,
        };
        let held = self.shown.as_ref() == Some(&shown);
        if !held {
            self.levels.clear();
        }
        self.levels.resize(grid.values.len(), Level::Outside);
        for (level, value) in self.levels.iter_mut().zip(&grid.values) {
            *level = Level::after(*level, *value, limit, grid.signed, map.theme.coarse);
        }
        self.shown = Some(shown);
        limit
    }
}

impl StatefulWidget for HeatMap<'_> {
    type State = HeatMapState;

    fn render(self, area: Rect, buf: &mut Buffer, state: &mut HeatMapState) {
        let area = area.intersection(buf.area);
        let parts = Parts::new(area);
        let limit = state.update(&self);
        let notes = words::notes(self.grid, limit, state.scale.is_frozen());
        if parts.boxed {
            PanelBox {
                theme: self.theme,
                title: self.title,
                notes: &notes,
                focused: self.focused,
            }
            .render(area, buf);
        } else if let Some(heading) = parts.heading {
            title_line(self.theme, self.title, &notes, Role::Title, heading, buf);
        }
        let pixels = Pixels::new(self.theme, self.grid, &state.levels, parts.map, false);
        pixels.draw(buf);
        self.point(&pixels, buf);
        if parts.bar > 0 {
            let map = pixels.area();
            let x = map.right() + 1;
            let bar = Rect {
                x,
                width: parts.inner.right().saturating_sub(x),
                y: map.y,
                height: parts.map.height.min(MOST_BAR_ROWS).min(map.height.max(5)),
            };
            ColorBar {
                theme: self.theme,
                signed: self.grid.signed,
                limit,
                levels: &state.levels,
            }
            .render(bar.intersection(parts.inner), buf);
        }
        words::draw(&self, limit, parts.words, buf);
    }
}

/// A taller colour bar has no more to say.
const MOST_BAR_ROWS: u16 = 17;

impl HeatMap<'_> {
    /// Marks the cell that shows the element under the cursor.
    fn point(&self, pixels: &Pixels<'_>, buf: &mut Buffer) {
        let place = self.cursor.and_then(|element| self.grid_place(element));
        if let Some(cell) = place.and_then(|(row, col)| pixels.cell_of(row, col)) {
            let style = self.theme.style(Role::Crosshair);
            let style = style.add_modifier(Modifier::REVERSED | Modifier::BOLD);
            Pen::new(self.theme, cell, buf).char(0, 0, 'o', style);
        }
    }

    /// The row and column of the grid that hold a matrix element.
    fn grid_place(&self, (row, col): (u32, u32)) -> Option<(u16, u16)> {
        let window = self.grid.window;
        let place = |at: u32, from: u32, length: u32, cells: u16| {
            let inside = at.checked_sub(from).filter(|inside| *inside < length)?;
            // Block r of n covers the elements from r length / n to (r + 1) length / n.
            let (at, length, cells) = (u64::from(inside), u64::from(length), u64::from(cells));
            let block = ((at + 1) * cells).div_ceil(length).saturating_sub(1);
            (block < cells).then_some(block as u16)
        };
        Some((
            place(row, window.row, window.rows, self.grid.rows)?,
            place(col, window.col, window.cols, self.grid.cols)?,
        ))
    }
}

/// Where the parts of the panel stand.
struct Parts {
    boxed: bool,
    heading: Option<Rect>,
    inner: Rect,
    map: Rect,
    /// Columns for the colour bar, its labels and its histogram.
    bar: u16,
    words: Rect,
}

impl Parts {
    fn new(area: Rect) -> Self {
        let boxed = area.width >= 12 && area.height >= 5;
        let heading = (!boxed && area.height >= 3).then_some(Rect { height: 1, ..area });
        let inner = if boxed {
            PanelBox::inner(area)
        } else {
            let top = u16::from(heading.is_some());
            Rect {
                y: area.y + top,
                height: area.height - top,
                ..area
            }
        };
        let words = match inner.height {
            0..=4 => 0,
            5..=7 => 1,
            _ => 2,
        };
        let labelled = 1 + BAR_WIDTH + 1 + LABEL_WIDTH;
        let bar = match inner.width {
            0..=14 => 0,
            15..=31 => 1 + BAR_WIDTH,
            32..=59 => labelled,
            _ => labelled + HISTOGRAM,
        };
        Self {
            boxed,
            heading,
            inner,
            map: Rect {
                width: inner.width - bar,
                height: inner.height - words,
                ..inner
            },
            bar,
            words: Rect {
                y: inner.y + inner.height - words,
                height: words,
                ..inner
            },
        }
    }
}
