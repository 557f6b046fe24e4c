//! How the screen looks and what it may cost: by option, else by the settings, else by the terminal.

use clap::{Args, ValueEnum};

use super::config::Settings;
use super::exit::Failure;
use crate::ui;
use crate::ui::keys::KeyMap;
use crate::ui::state::start::PresetEntry;
use crate::ui::theme::{Background, ColorChoice, Depth, Environment, Glyphs, Palette, Theme};

#[derive(Args, Debug, Default)]
pub struct Look {
    /// Colours of the screen
    #[arg(long, value_name = "COLOURS", value_enum)]
    color: Option<ColorChoice>,
    /// What the terminal's background is; auto asks it
    #[arg(long, value_name = "WHICH", value_enum)]
    background: Option<BackgroundChoice>,
    /// Which colours things have
    #[arg(long, value_name = "WHICH", value_enum)]
    palette: Option<Palette>,
    /// What pictures are made of
    #[arg(long, value_name = "WHICH", value_enum)]
    glyphs: Option<GlyphChoice>,
    /// Draw the screen with ASCII characters only: --glyphs ascii
    #[arg(long, conflicts_with = "glyphs")]
    ascii: bool,
    /// The most bytes a second that go to the terminal, e.g. 20k
    #[arg(long, value_name = "BYTES", value_parser = budget)]
    budget: Option<u32>,
    /// Use the mouse from the beginning; M switches it
    #[arg(long)]
    mouse: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum BackgroundChoice {
    Auto,
    Dark,
    Light,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum GlyphChoice {
    /// As the locale and the terminal's name say
    Auto,
    /// Finest
    Braille,
    /// For fonts without braille
    Block,
    /// For any font
    Ascii,
}

/// A number of bytes a second: `4000`, `20k`, `0.5M`.
/// # Errors
/// Says what it takes.
pub fn budget(typed: &str) -> Result<u32, String> {
    let (number, unit) = match typed.strip_suffix(['k', 'K']) {
        Some(number) => (number, 1e3),
        None => match typed.strip_suffix('M') {
            Some(number) => (number, 1e6),
            None => (typed, 1.0),
        },
    };
    let bytes = number.parse::<f64>().map(|number| number * unit);
    match bytes {
        Ok(bytes) if (500.0..=1e9).contains(&bytes) => Ok(bytes as u32),
        _ => Err("it takes bytes a second from 500 on, such as 4000, 20k or 1M".to_owned()),
    }
}

/// What the screen is told.
pub struct Screen {
    pub theme: Theme,
    /// Whether the terminal is asked for its background.
    pub ask_background: bool,
    keys: KeyMap,
    budget: Option<u32>,
    mouse: bool,
}

impl Look {
    /// # Errors
    /// When the settings cannot be read.
    pub fn screen(&self) -> Result<Screen, Failure> {
        self.with(&Settings::read()?)
    }

    /// With settings that have been read.
    /// # Errors
    /// When the keys of the settings do not fit together.
    pub fn with(&self, settings: &Settings) -> Result<Screen, Failure> {
        let color = self.color.or(settings.color).unwrap_or_default();
        let mut theme = Environment::of_process().theme(color);
        theme.palette = self.palette.or(settings.palette).unwrap_or_default();
        let ascii = self.ascii.then_some(GlyphChoice::Ascii);
        match ascii.or(self.glyphs).or(settings.glyphs) {
            Some(GlyphChoice::Braille) => theme.glyphs = Glyphs::Braille,
            Some(GlyphChoice::Block) => theme.glyphs = Glyphs::Block,
            Some(GlyphChoice::Ascii) => theme.glyphs = Glyphs::Ascii,
            Some(GlyphChoice::Auto) | None => {}
        }
        let background = match self.background.or(settings.background) {
            Some(BackgroundChoice::Dark) => Some(Background::Dark),
            Some(BackgroundChoice::Light) => Some(Background::Light),
            Some(BackgroundChoice::Auto) | None => None,
        };
        theme.background = background.unwrap_or(theme.background);
        let keys = KeyMap::standard().with(&settings.keys);
        Ok(Screen {
            theme,
            ask_background: background.is_none() && theme.depth != Depth::None,
            keys: keys.map_err(|why| settings.fault(&why))?,
            budget: self.budget.or(settings.budget),
            mouse: self.mouse || settings.mouse,
        })
    }
}

impl Screen {
    /// The options of a screen that can open these presets.
    pub fn options(self, presets: Box<dyn FnOnce() -> Vec<PresetEntry> + Send>) -> ui::Options {
        ui::Options {
            theme: self.theme,
            ask_background: self.ask_background,
            keys: self.keys,
            budget: self.budget,
            mouse: self.mouse,
            tour: false,
            presets,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn budgets_are_read_as_a_person_writes_them() {
        for (typed, bytes) in [
            ("4000", 4000),
            ("20k", 20_000),
            ("1.5K", 1500),
            ("0.5M", 500_000),
        ] {
            assert_eq!(budget(typed), Ok(bytes), "{typed}");
        }
        for typed in ["", "k", "10", "-5k", "1e30", "20kB", "nan"] {
            assert!(budget(typed).is_err(), "{typed}");
        }
    }
}
