//! What the tests of widgets have in common.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Color;

use crate::engine::history::Bucket;
use crate::ui::theme::{Background, Depth, Glyphs, Theme};

pub const RGB: Theme = Theme::new(Depth::Rgb, Background::Dark, Glyphs::Braille);
pub const PLAIN: Theme = Theme::new(Depth::None, Background::Dark, Glyphs::Ascii);

/// One theme of every depth, background and glyph set.
pub const THEMES: [Theme; 5] = [
    RGB,
    PLAIN,
    Theme::new(Depth::Indexed256, Background::Light, Glyphs::Block),
    Theme::new(Depth::Ansi16, Background::Dark, Glyphs::Braille),
    Theme::new(Depth::None, Background::Light, Glyphs::Braille),
];

/// What `draw` writes into a screen of this size.
pub fn drawn(width: u16, height: u16, draw: impl FnOnce(Rect, &mut Buffer)) -> Buffer {
    let area = Rect::new(0, 0, width, height);
    let mut buf = Buffer::empty(area);
    draw(area, &mut buf);
    buf
}

/// The characters, a line for each row, without blanks at the ends.
pub fn text(buf: &Buffer) -> String {
    let rows = (0..buf.area.height).map(|y| {
        let row: String = (0..buf.area.width).map(|x| buf[(x, y)].symbol()).collect();
        format!("{}\n", row.trim_end())
    });
    rows.collect()
}

/// How many cells differ between two screens.
pub fn changed(before: &Buffer, after: &Buffer) -> usize {
    before.diff(after).len()
}

/// That the theme's limits were kept, and nothing was drawn outside `area`.
pub fn check_limits(theme: Theme, area: Rect, buf: &Buffer) -> Result<(), String> {
    for (i, cell) in buf.content.iter().enumerate() {
        let (x, y) = buf.pos_of(i);
        let blank = cell.symbol() == " " && cell.style() == ratatui::buffer::Cell::EMPTY.style();
        if !area.contains((x, y).into()) && !blank {
            return Err(format!("{:?} at {x},{y} is outside {area}", cell.symbol()));
        }
        if theme.glyphs == Glyphs::Ascii && !cell.symbol().is_ascii() {
            return Err(format!("{:?} is not ASCII", cell.symbol()));
        }
        if theme.depth == Depth::None && (cell.fg, cell.bg) != (Color::Reset, Color::Reset) {
            return Err(format!("{:?} has a colour", cell.symbol()));
        }
    }
    Ok(())
}

/// One bucket for each number; NaN is a gap.
pub fn buckets(numbers: &[f32]) -> Vec<Bucket> {
    let one = |x: &f32| Bucket {
        min: *x,
        max: *x,
        mean: *x,
        last: *x,
        count: 1,
    };
    let bucket = |x: &f32| if x.is_finite() { one(x) } else { Bucket::GAP };
    numbers.iter().map(bucket).collect()
}
