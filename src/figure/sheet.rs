//! A page that is filled from the top.

use super::drawing::{Anchor, Drawing, GREY, INK, Shape, Words};
use super::font;

pub const WIDTH: f64 = 640.0;
pub const MARGIN: f64 = 14.0;

/// Sizes of letters.
pub const TITLE: f64 = 13.0;
pub const TEXT: f64 = 11.0;
pub const SMALL: f64 = 9.5;

pub struct Sheet {
    title: String,
    pub shapes: Vec<Shape>,
    /// How far it is filled.
    pub down: f64,
}

impl Sheet {
    pub fn new(title: &str) -> Self {
        let mut sheet = Self {
            title: title.to_owned(),
            shapes: Vec::new(),
            down: MARGIN,
        };
        sheet.heading(title);
        sheet
    }

    /// A line in bold.
    pub fn heading(&mut self, words: &str) {
        self.down += TITLE;
        self.shapes.push(Shape::Words(Words {
            at: (MARGIN, self.down),
            text: font::clipped(words, 1.05 * TITLE, WIDTH - 2.0 * MARGIN),
            size: TITLE,
            anchor: Anchor::Start,
            colour: INK,
            bold: true,
            turned: false,
        }));
        self.down += 8.0;
    }

    /// Words under a figure, broken where the page ends.
    pub fn caption(&mut self, words: &str) {
        let mut line = String::new();
        let mut lines = Vec::new();
        for word in words.split_whitespace() {
            let longer = format!("{line} {word}");
            let fits = font::width(&longer, SMALL) <= WIDTH - 2.0 * MARGIN;
            if fits || line.is_empty() {
                line = longer.trim_start().to_owned();
            } else {
                lines.push(std::mem::replace(&mut line, word.to_owned()));
            }
        }
        lines.push(line);
        for line in lines {
            self.down += 1.3 * SMALL;
            let line = font::clipped(&line, SMALL, WIDTH - 2.0 * MARGIN);
            let mut shape = Shape::words((MARGIN, self.down), Anchor::Start, SMALL, line);
            if let Shape::Words(words) = &mut shape {
                words.colour = GREY;
            }
            self.shapes.push(shape);
        }
    }

    pub fn end(self) -> Drawing {
        Drawing {
            width: WIDTH,
            height: self.down + MARGIN,
            title: self.title,
            shapes: self.shapes,
        }
    }
}
