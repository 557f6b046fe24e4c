//! A drawing area of dots inside cells: 2x4 with braille, 2x2 with quadrant blocks, 1x3 in ASCII.
//!
//! A cell has one colour, so it belongs to the most important thing drawn into it: what is more
//! important takes the cell over, what is equally important joins its dots and the later colour
//! wins, what is less important stays out. Dots of the same look always join.

use std::cmp::Ordering;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::ui::theme::{Dash, Glyphs};

/// The glyphs that dots become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DotSet {
    Braille,
    Quadrants,
    Ascii,
}

/// What decides who owns a cell, lowest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Importance {
    #[default]
    Nothing,
    /// Marks, target lines, grids.
    Ground,
    /// The extremes behind a line.
    Faint,
    /// A line as measured, behind its smoothed self.
    Raw,
    /// A line of theory.
    Theory,
    Line,
    /// The line that a person has picked.
    Chosen,
}

#[derive(Clone, Copy, Debug, Default)]
struct DotCell {
    dots: u8,
    owner: Importance,
    style: Style,
}

/// Dots are counted from the top left, `x` to the right and `y` down.
#[derive(Clone, Debug)]
pub struct Canvas {
    set: DotSet,
    columns: usize,
    rows: usize,
    cells: Vec<DotCell>,
}

const BRAILLE: [[u8; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];
const QUADRANTS: [char; 16] = [
    ' ', '▘', '▝', '▀', '▖', '▌', '▞', '▛', '▗', '▚', '▐', '▜', '▄', '▙', '▟', '█',
];
const ASCII: [char; 8] = [' ', '\'', '-', '"', '.', ':', '=', '|'];

impl DotSet {
    /// Those that a theme can show.
    pub fn of(glyphs: Glyphs) -> Self {
        match glyphs {
            Glyphs::Braille => Self::Braille,
            Glyphs::Block => Self::Quadrants,
            Glyphs::Ascii => Self::Ascii,
        }
    }

    /// Dots across and down one cell.
    pub fn dots(self) -> (usize, usize) {
        match self {
            Self::Braille => (2, 4),
            Self::Quadrants => (2, 2),
            Self::Ascii => (1, 3),
        }
    }

    fn bit(self, x: usize, y: usize) -> u8 {
        match self {
            Self::Braille => BRAILLE[x][y],
            Self::Quadrants => 1 << (x + 2 * y),
            Self::Ascii => 1 << y,
        }
    }

    fn glyph(self, dots: u8) -> char {
        match self {
            Self::Braille => char::from_u32(0x2800 + u32::from(dots)).unwrap_or(' '),
            Self::Quadrants => QUADRANTS[usize::from(dots & 15)],
            Self::Ascii => ASCII[usize::from(dots & 7)],
        }
    }
}

impl Canvas {
    /// A blank canvas of so many cells.
    pub fn new(set: DotSet, columns: u16, rows: u16) -> Self {
        let (columns, rows) = (usize::from(columns), usize::from(rows));
        Self {
            set,
            columns,
            rows,
            cells: vec![DotCell::default(); columns * rows],
        }
    }

    /// Dots from left to right.
    pub fn width(&self) -> usize {
        self.columns * self.set.dots().0
    }

    /// Dots from top to bottom.
    pub fn height(&self) -> usize {
        self.rows * self.set.dots().1
    }

    /// Sets one dot; outside the canvas it is nothing.
    pub fn dot(&mut self, x: usize, y: usize, owner: Importance, style: Style) {
        let (across, down) = self.set.dots();
        if x >= self.width() || y >= self.height() {
            return;
        }
        let cell = &mut self.cells[(y / down) * self.columns + x / across];
        let same_look = cell.dots != 0 && cell.style == style;
        if owner < cell.owner && !same_look {
            return;
        }
        if owner > cell.owner && !same_look {
            cell.dots = 0;
        }
        cell.dots |= self.set.bit(x % across, y % down);
        cell.owner = cell.owner.max(owner);
        cell.style = style;
    }

    /// A vertical stroke between two heights, both included, in any order.
    pub fn span(&mut self, x: usize, from: usize, to: usize, owner: Importance, style: Style) {
        let last = self.height().saturating_sub(1);
        for y in from.min(to)..=from.max(to).min(last) {
            self.dot(x, y, owner, style);
        }
    }

    /// A straight line between two dots, joined without holes. The dash is a matter of the place
    /// and not of the length drawn so far, so that a change at one end leaves the other as it is.
    pub fn line(
        &mut self,
        from: (usize, usize),
        to: (usize, usize),
        dash: Dash,
        owner: Importance,
        style: Style,
    ) {
        let (from, to) = if from.0 <= to.0 {
            (from, to)
        } else {
            (to, from)
        };
        let across = to.0 - from.0;
        if across == 0 {
            self.dashed_span(from.0, (from.1, to.1), dash, owner, style);
            return;
        }
        // A height half way between two dots counts as the later one, on the way up and down.
        let height_at = |x: f64| {
            let share = (x - from.0 as f64) / across as f64;
            let height = from.1 as f64 + share * (to.1 as f64 - from.1 as f64);
            if to.1 < from.1 {
                (height - 0.5).ceil() as usize
            } else {
                (height + 0.5).floor() as usize
            }
        };
        for x in from.0..=to.0.min(self.width().saturating_sub(1)) {
            let left = height_at((x as f64 - 0.5).max(from.0 as f64));
            let right = height_at((x as f64 + 0.5).min(to.0 as f64));
            // The height at the border of two columns belongs to the right one.
            let heights = match left.cmp(&right) {
                Ordering::Less if x < to.0 => (left, right - 1),
                Ordering::Greater if x < to.0 => (left, right + 1),
                _ => (left, right),
            };
            self.dashed_span(x, heights, dash, owner, style);
        }
    }

    fn dashed_span(
        &mut self,
        x: usize,
        (from, to): (usize, usize),
        dash: Dash,
        owner: Importance,
        style: Style,
    ) {
        let last = self.height().saturating_sub(1);
        for y in from.min(to)..=from.max(to).min(last) {
            // A flat line is dashed along x, a steep one along y.
            if dash.draws(if from == to { x } else { y }) {
                self.dot(x, y, owner, style);
            }
        }
    }

    /// The most important thing that has a dot in the cell.
    pub fn owner(&self, column: u16, row: u16) -> Importance {
        let (column, row) = (usize::from(column), usize::from(row));
        if column >= self.columns || row >= self.rows {
            return Importance::Nothing;
        }
        self.cells[row * self.columns + column].owner
    }

    /// Writes the dots into the cells of `area`; blank cells are left as they are.
    pub fn render(&self, area: Rect, buf: &mut Buffer) {
        let area = area.intersection(buf.area);
        for row in 0..area.height.min(self.rows as u16) {
            for column in 0..area.width.min(self.columns as u16) {
                let cell = self.cells[usize::from(row) * self.columns + usize::from(column)];
                if cell.dots != 0 {
                    buf[(area.x + column, area.y + row)]
                        .set_char(self.set.glyph(cell.dots))
                        .set_style(cell.style);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::style::Color;

    use super::*;

    fn text(canvas: &Canvas) -> Vec<String> {
        let area = Rect::new(0, 0, canvas.columns as u16, canvas.rows as u16);
        let mut buf = Buffer::empty(area);
        canvas.render(area, &mut buf);
        (0..area.height)
            .map(|y| (0..area.width).map(|x| buf[(x, y)].symbol()).collect())
            .collect()
    }

    #[test]
    fn a_diagonal_has_one_dot_a_column() {
        let mut canvas = Canvas::new(DotSet::Braille, 2, 1);
        canvas.line((0, 0), (3, 3), Dash::Solid, Importance::Line, Style::new());
        assert_eq!(text(&canvas), ["⠑⢄"]);
        let mut canvas = Canvas::new(DotSet::Quadrants, 2, 2);
        canvas.line((0, 3), (3, 0), Dash::Solid, Importance::Line, Style::new());
        assert_eq!(text(&canvas), [" ▞", "▞ "]);
        let mut canvas = Canvas::new(DotSet::Ascii, 3, 1);
        canvas.line((0, 0), (2, 2), Dash::Solid, Importance::Line, Style::new());
        assert_eq!(text(&canvas), ["'-."]);
    }

    #[test]
    fn a_steep_line_has_no_holes() {
        let mut canvas = Canvas::new(DotSet::Braille, 2, 8);
        canvas.line((0, 31), (3, 0), Dash::Solid, Importance::Line, Style::new());
        let dots: u32 = canvas.cells.iter().map(|cell| cell.dots.count_ones()).sum();
        for y in 0..8 {
            let row = &canvas.cells[y * 2..y * 2 + 2];
            let lit = row.iter().fold(0, |all, cell| {
                all | (cell.dots & 0x47) | ((cell.dots & 0x38) >> 3) | ((cell.dots & 0x80) >> 1)
            });
            assert_eq!(lit, 0x47, "every height of row {y} is drawn");
        }
        assert!(dots <= 36, "{dots} dots for a rise of 32");
    }

    #[test]
    fn the_more_important_takes_the_cell_over() {
        let mut canvas = Canvas::new(DotSet::Braille, 1, 1);
        canvas.span(0, 0, 3, Importance::Faint, Style::new().fg(Color::Red));
        canvas.dot(1, 1, Importance::Line, Style::new().fg(Color::Blue));
        canvas.dot(0, 0, Importance::Faint, Style::new().fg(Color::Red));
        assert_eq!(text(&canvas), ["⠐"]);
        assert_eq!(canvas.cells[0].style.fg, Some(Color::Blue));
        canvas.dot(0, 0, Importance::Line, Style::new().fg(Color::Green));
        assert_eq!(text(&canvas), ["⠑"]);
        assert_eq!(canvas.cells[0].style.fg, Some(Color::Green));
    }

    proptest! {
        #[test]
        fn any_size_and_any_line(
            columns in 0u16..9, rows in 0u16..9, set in 0usize..3,
            a in (0usize..80, 0usize..80), b in (0usize..80, 0usize..80),
        ) {
            let set = [DotSet::Braille, DotSet::Quadrants, DotSet::Ascii][set];
            let mut canvas = Canvas::new(set, columns, rows);
            canvas.line(a, b, Dash::Dotted, Importance::Line, Style::new());
            canvas.render(Rect::new(3, 1, columns, rows), &mut Buffer::empty(Rect::new(0, 0, 8, 8)));
            prop_assert!(canvas.cells.len() == usize::from(columns) * usize::from(rows));
        }
    }
}
