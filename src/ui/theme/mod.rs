//! Colours, glyphs and styles: everything that depends on what the terminal can show.
//!
//! A widget asks the [`Theme`] for the look of a meaning ([`Role`], [`Level`], a series number) and
//! never names a colour itself. Each distinction made by colour is also made by glyph, by style or by
//! text, so that the screen can be read in sixteen colours, without colour and in ASCII. No background
//! is painted outside heat maps.

mod detect;
mod heat;
mod level;
pub mod quantise;
mod ramp;
mod role;
mod series;
mod symbols;
#[cfg(test)]
mod vision;

use clap::ValueEnum;
use ratatui::style::Style;

pub use detect::{ColorChoice, Environment};
pub use level::{Level, SIGNED_LEVELS, UNSIGNED_LEVELS};
pub use role::Role;
pub use series::{COLOURS, Dash, Series};
pub use symbols::Symbols;

/// How many colours the terminal shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// No colour at all: bold, dim, underline and reverse remain.
    None,
    /// The sixteen named colours, whose exact tones are the terminal's.
    Ansi16,
    /// The palette of xterm-256color.
    Indexed256,
    Rgb,
}

/// Which characters the terminal's font can be trusted with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glyphs {
    /// Everything: curves and rasters in braille.
    Braille,
    /// Box drawing and block elements, no braille.
    Block,
    /// The printable characters of ASCII.
    Ascii,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Background {
    Dark,
    Light,
}

impl Background {
    /// The kind of background that a terminal's own answer (OSC 11) describes.
    pub fn of(rgb: (u8, u8, u8)) -> Self {
        let (r, g, b) = (f32::from(rgb.0), f32::from(rgb.1), f32::from(rgb.2));
        if 0.299 * r + 0.587 * g + 0.114 * b > 127.5 {
            Background::Light
        } else {
            Background::Dark
        }
    }
}

/// Which colours meanings have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Palette {
    /// The usual ones
    #[default]
    Standard,
    /// Nothing dim: for bright rooms and tired eyes
    Contrast,
    /// No red beside green
    #[value(name = "colour-blind")]
    ColourBlind,
}

/// What the terminal shows and how this program looks on it. A few bytes: pass it by value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    pub depth: Depth,
    pub background: Background,
    pub glyphs: Glyphs,
    pub palette: Palette,
    /// Half as many levels in heat maps, for a slow line.
    pub coarse: bool,
}

impl Theme {
    pub const fn new(depth: Depth, background: Background, glyphs: Glyphs) -> Self {
        Self {
            depth,
            background,
            glyphs,
            palette: Palette::Standard,
            coarse: false,
        }
    }

    /// The look of a meaning.
    pub fn style(self, role: Role) -> Style {
        role::style(self, role)
    }

    /// Colour, marker and dash of the `i`th of several things drawn together (runs, layers, curves).
    /// Colours repeat after eight, and then the dash differs.
    pub fn series(self, i: usize) -> Series {
        series::series(self, i)
    }

    /// The characters that stand for things: borders, pointers, bars.
    pub fn symbols(self) -> &'static Symbols {
        match self.glyphs {
            Glyphs::Ascii => &symbols::ASCII,
            Glyphs::Braille | Glyphs::Block => &symbols::UNICODE,
        }
    }

    /// How many rows of a heat map one row of cells shows: 2 with half blocks, otherwise 1.
    pub fn rows_per_cell(self) -> u16 {
        if self.depth >= Depth::Indexed256 && self.glyphs != Glyphs::Ascii {
            2
        } else {
            1
        }
    }

    /// One cell of a heat map. Where [`rows_per_cell`](Self::rows_per_cell) is 1, `lower` is not
    /// looked at. The colour bar uses the same call, so that map and bar always agree.
    pub fn heat_cell(self, upper: Level, lower: Level) -> (char, Style) {
        heat::cell(self, upper, lower)
    }
}

impl Default for Theme {
    /// What most sessions over SSH have: 256 colours on a dark background, every glyph.
    fn default() -> Self {
        Self::new(Depth::Indexed256, Background::Dark, Glyphs::Braille)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn background_is_told_by_luminance() {
        for (rgb, expected) in [
            ((0, 0, 0), Background::Dark),
            ((0, 43, 54), Background::Dark),
            ((0, 0, 255), Background::Dark),
            ((253, 246, 227), Background::Light),
            ((255, 255, 255), Background::Light),
        ] {
            assert_eq!(Background::of(rgb), expected, "{rgb:?}");
        }
    }
}
