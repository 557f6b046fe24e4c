//! Levels as cells: each value the same whole number of cells or half cells wide and high.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::pen::Pen;
use crate::models::panel::Grid;
use crate::ui::theme::{Level, Theme};

/// A value is drawn at most so many times longer than wide.
const MOST_STRETCHED: u16 = 3;

pub(in super::super) struct Pixels<'a> {
    theme: Theme,
    rows: u16,
    cols: u16,
    levels: &'a [Level],
    area: Rect,
    /// Columns of cells and rows of cells or half cells of one value.
    across: u16,
    down: u16,
}

impl<'a> Pixels<'a> {
    /// Fits the levels of a grid into `area`. With `square` a value is as wide as high.
    pub(in super::super) fn new(
        theme: Theme,
        grid: &Grid,
        levels: &'a [Level],
        area: Rect,
        square: bool,
    ) -> Self {
        let halves = theme.rows_per_cell();
        // The width of a value that is one row high, if it is to be square: cells are twice as high.
        let even = 2 / halves.max(1);
        let fits_across = area.width / grid.cols.max(1);
        let fits_down = area.height.saturating_mul(halves) / grid.rows.max(1);
        let (across, down) = if square {
            let down = fits_down.min(fits_across / even).max(1);
            (down * even, down)
        } else {
            let across = fits_across.max(1);
            let down = fits_down.max(1);
            let widest = down.saturating_mul(even * MOST_STRETCHED);
            let highest = (across / even).max(1).saturating_mul(MOST_STRETCHED);
            (across.min(widest), down.min(highest))
        };
        Self {
            theme,
            rows: grid.rows,
            cols: grid.cols,
            levels,
            area,
            across,
            down,
        }
    }

    /// The cells that the values take.
    pub(in super::super) fn area(&self) -> Rect {
        let halves = self.theme.rows_per_cell();
        let width = self.cols.saturating_mul(self.across);
        let height = self.rows.saturating_mul(self.down).div_ceil(halves);
        Rect {
            width: width.min(self.area.width),
            height: height.min(self.area.height),
            ..self.area
        }
    }

    pub(in super::super) fn draw(&self, buf: &mut Buffer) {
        let halves = self.theme.rows_per_cell();
        let area = self.area();
        let mut pen = Pen::new(self.theme, area, buf);
        for row in 0..pen.height() {
            for column in 0..pen.width() {
                let upper = self.level(row * halves, column);
                let lower = self.level(row * halves + halves - 1, column);
                let (glyph, style) = self.theme.heat_cell(upper, lower);
                pen.char(column, row, glyph, style);
            }
        }
    }

    /// The cell in the middle of a value.
    pub(in super::super) fn cell_of(&self, row: u16, col: u16) -> Option<Rect> {
        let halves = u32::from(self.theme.rows_per_cell());
        let middle = |at: u16, cells: u16| u32::from(at) * u32::from(cells) + u32::from(cells / 2);
        let area = self.area();
        let (x, y) = if self.is_too_large() {
            let share =
                |at: u16, of: u16, room: u16| u32::from(at) * u32::from(room) / u32::from(of);
            (
                share(col, self.cols.max(1), area.width),
                share(row, self.rows.max(1), area.height),
            )
        } else {
            (middle(col, self.across), middle(row, self.down) / halves)
        };
        let inside = x < u32::from(area.width) && y < u32::from(area.height);
        inside.then(|| Rect::new(area.x + x as u16, area.y + y as u16, 1, 1))
    }

    /// The level at a row of cells or half cells.
    fn level(&self, row: u16, column: u16) -> Level {
        let place = |at: u16, values: u16, cells: u16, room: u16| {
            if values.saturating_mul(cells) <= room {
                at / cells
            } else {
                // Drawn for a larger area than there is now: every so many-th value.
                (u32::from(at) * u32::from(values) / u32::from(room.max(1))) as u16
            }
        };
        let halves = self.theme.rows_per_cell();
        let room = self.area.height.saturating_mul(halves);
        let row = place(row, self.rows, self.down, room);
        let col = place(column, self.cols, self.across, self.area.width);
        if row >= self.rows || col >= self.cols {
            return Level::Outside;
        }
        let index = usize::from(row) * usize::from(self.cols) + usize::from(col);
        self.levels.get(index).copied().unwrap_or(Level::NotFinite)
    }

    fn is_too_large(&self) -> bool {
        let room = self.area.height.saturating_mul(self.theme.rows_per_cell());
        self.cols > self.area.width || self.rows > room
    }
}
