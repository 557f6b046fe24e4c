//! Colours and glyphs, changed while the screen is up.

use super::Effect;
use crate::ui::state::State;
use crate::ui::theme::{Background, Depth, Glyphs, Palette};

/// Does a typed command of this kind, where `command` is one.
pub fn typed(state: &mut State, command: &str, word: &str) -> Option<Vec<Effect>> {
    let theme = &mut state.theme;
    match (command, word) {
        ("background", "dark") => theme.background = Background::Dark,
        ("background", "light") => theme.background = Background::Light,
        ("palette", "standard") => theme.palette = Palette::Standard,
        ("palette", "contrast") => theme.palette = Palette::Contrast,
        ("palette", "colour-blind") => theme.palette = Palette::ColourBlind,
        ("glyphs", "braille") => theme.glyphs = Glyphs::Braille,
        ("glyphs", "block") => theme.glyphs = Glyphs::Block,
        ("glyphs", "ascii") => theme.glyphs = Glyphs::Ascii,
        ("colors", word) => {
            theme.depth = match word {
                "24bit" => Depth::Rgb,
                "256" => Depth::Indexed256,
                "16" => Depth::Ansi16,
                "none" => Depth::None,
                _ => return None,
            };
            return Some(vec![Effect::Depth(theme.depth)]);
        }
        _ => return None,
    }
    Some(vec![Effect::Repaint])
}
