//! Text and single characters, kept inside an area and within what the theme can show.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Span;

use super::format;
use crate::ui::theme::{Glyphs, Role, Theme};

/// Writes at places counted from the top left of its area; what lies outside is not written.
pub struct Pen<'a> {
    theme: Theme,
    area: Rect,
    buf: &'a mut Buffer,
}

/// Some words in one style.
pub type Piece = (String, Style);

impl<'a> Pen<'a> {
    pub fn new(theme: Theme, area: Rect, buf: &'a mut Buffer) -> Self {
        let area = area.intersection(buf.area);
        Self { theme, area, buf }
    }

    pub fn width(&self) -> u16 {
        self.area.width
    }

    pub fn height(&self) -> u16 {
        self.area.height
    }

    /// Writes from `x` on and returns the place behind the last character.
    pub fn text(&mut self, x: u16, y: u16, text: &str, style: Style) -> u16 {
        if x >= self.area.width || y >= self.area.height {
            return x;
        }
        let room = usize::from(self.area.width - x);
        let plain;
        let text = match self.theme.glyphs {
            Glyphs::Ascii => {
                plain = format::ascii(text);
                plain.as_str()
            }
            Glyphs::Braille | Glyphs::Block => text,
        };
        let (column, row) = (self.area.x + x, self.area.y + y);
        // What stood there before leaves nothing of its look.
        let style = Style::reset().patch(style);
        self.buf.set_stringn(column, row, text, room, style).0 - self.area.x
    }

    /// [`text`](Self::text) in the look of a meaning.
    pub fn say(&mut self, x: u16, y: u16, text: &str, role: Role) -> u16 {
        self.text(x, y, text, self.theme.style(role))
    }

    /// Writes so that the last character stands before `end`; what does not fit is cut at the end.
    pub fn text_right(&mut self, end: u16, y: u16, text: &str, style: Style) {
        let end = end.min(self.area.width);
        let text = self.clip(text, end);
        self.text(end - self.width_of(&text), y, &text, style);
    }

    /// Writes one piece behind the other and returns the place behind the last.
    pub fn pieces(&mut self, x: u16, y: u16, pieces: &[Piece]) -> u16 {
        pieces
            .iter()
            .fold(x, |x, (text, style)| self.text(x, y, text, *style))
    }

    pub fn char(&mut self, x: u16, y: u16, c: char, style: Style) {
        let mut bytes = [0; 4];
        self.text(x, y, c.encode_utf8(&mut bytes), style);
    }

    /// What stands at a place; a blank outside the area.
    pub fn symbol(&self, x: u16, y: u16) -> &str {
        let place = (self.area.x.saturating_add(x), self.area.y.saturating_add(y));
        self.buf.cell(place).map_or(" ", |cell| cell.symbol())
    }

    /// Whether `length` places from `x` on lie inside and are blank.
    pub fn is_blank(&self, x: u16, y: u16, length: u16) -> bool {
        y < self.area.height
            && u32::from(x) + u32::from(length) <= u32::from(self.area.width)
            && (x..x + length).all(|x| self.symbol(x, y) == " ")
    }

    /// Changes the look of a stretch and leaves its characters.
    pub fn restyle(&mut self, x: u16, y: u16, length: u16, style: Style) {
        let (column, row) = (self.area.x.saturating_add(x), self.area.y.saturating_add(y));
        let stretch = Rect::new(column, row, length, 1);
        self.buf.set_style(stretch.intersection(self.area), style);
    }

    /// The text cut to `width` columns.
    pub fn clip(&self, text: &str, width: u16) -> String {
        format::clip(text, usize::from(width), self.theme.symbols().ellipsis)
    }

    /// Columns that the text takes.
    pub fn width_of(&self, text: &str) -> u16 {
        text_width(self.theme, text)
    }
}

/// Columns that the text takes when this theme writes it.
pub fn text_width(theme: Theme, text: &str) -> u16 {
    let width = match theme.glyphs {
        Glyphs::Ascii => Span::raw(format::ascii(text)).width(),
        Glyphs::Braille | Glyphs::Block => Span::raw(text).width(),
    };
    width.min(usize::from(u16::MAX)) as u16
}

/// Columns that the pieces take.
pub fn pieces_width(theme: Theme, pieces: &[Piece]) -> u16 {
    pieces.iter().fold(0, |sum: u16, (text, _)| {
        sum.saturating_add(text_width(theme, text))
    })
}
