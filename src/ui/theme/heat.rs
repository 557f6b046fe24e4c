//! One cell of a heat map: half blocks where there are enough colours, otherwise one glyph a value.

use ratatui::style::{Color, Modifier, Style};

use super::level::Level;
use super::{Depth, Glyphs, Theme, ramp};

const SHADES: [char; 4] = [' ', '░', '▒', '▓'];
const FULL: char = '█';
const TONES: [char; 5] = [' ', '░', '▒', '▓', FULL];
const ASCII_TONES: [char; 10] = [' ', '.', ':', '-', '=', '+', '*', '#', '%', '@'];

pub(super) fn cell(theme: Theme, upper: Level, lower: Level) -> (char, Style) {
    let not_finite = (
        theme.symbols().not_finite,
        Style::new().add_modifier(Modifier::REVERSED),
    );
    if upper == Level::NotFinite || (theme.rows_per_cell() == 2 && lower == Level::NotFinite) {
        return not_finite;
    }
    if theme.rows_per_cell() == 2 {
        half_blocks(ramp::color(theme, upper), ramp::color(theme, lower))
    } else if theme.glyphs == Glyphs::Ascii || theme.depth == Depth::None {
        let (glyph, style) = plain(theme.glyphs, upper);
        (glyph, tinted(theme, upper, style))
    } else {
        shaded(theme, upper)
    }
}

/// Two values in one cell.
fn half_blocks(upper: Option<Color>, lower: Option<Color>) -> (char, Style) {
    match (upper, lower) {
        (None, None) => (' ', Style::new()),
        (Some(a), None) => ('▀', Style::new().fg(a)),
        (None, Some(b)) => ('▄', Style::new().fg(b)),
        (Some(a), Some(b)) if a == b => (' ', Style::new().bg(a)),
        (Some(a), Some(b)) => ('▀', Style::new().fg(a).bg(b)),
    }
}

/// Sixteen colours: a shade glyph mixes two neighbouring steps of the ramp.
fn shaded(theme: Theme, level: Level) -> (char, Style) {
    match ramp::steps16(theme.background, level) {
        None => (' ', Style::new()),
        Some((Color::Reset, _, 0)) => (' ', Style::new()),
        Some((below, _, 0)) => (FULL, Style::new().fg(below)),
        Some((Color::Reset, above, quarters)) => (SHADES[quarters], Style::new().fg(above)),
        Some((below, above, quarters)) => (SHADES[quarters], Style::new().fg(above).bg(below)),
    }
}

/// No colour: the sign is a glyph and the magnitude its weight; unsigned values are tones.
fn plain(glyphs: Glyphs, level: Level) -> (char, Style) {
    let style = Style::new();
    match level {
        Level::Outside | Level::NotFinite => (' ', style),
        Level::Signed(0) => (' ', style),
        Level::Signed(i) => {
            let weight = match i.unsigned_abs() {
                1..=2 => Modifier::DIM,
                3..=4 => Modifier::empty(),
                5..=6 => Modifier::BOLD,
                _ => Modifier::BOLD | Modifier::REVERSED,
            };
            (if i < 0 { '-' } else { '+' }, style.add_modifier(weight))
        }
        Level::Unsigned(i) | Level::Grey(i) => {
            let tones: &[char] = if glyphs == Glyphs::Ascii {
                &ASCII_TONES
            } else {
                &TONES
            };
            let last = tones.len() - 1;
            (tones[(usize::from(i.min(16)) * last).div_ceil(16)], style)
        }
    }
}

/// ASCII glyphs in the colour of their level, where there is one.
fn tinted(theme: Theme, level: Level, style: Style) -> Style {
    let tint = match theme.depth {
        Depth::None => None,
        Depth::Ansi16 => ramp::steps16(theme.background, level)
            .map(|(below, above, quarters)| if quarters == 0 { below } else { above }),
        Depth::Indexed256 | Depth::Rgb => ramp::color(theme, level),
    };
    match tint {
        Some(color) => style.fg(color),
        None => style,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::Background;
    use super::*;

    fn themes() -> impl Iterator<Item = Theme> {
        let depths = [Depth::None, Depth::Ansi16, Depth::Indexed256, Depth::Rgb];
        let backgrounds = [Background::Dark, Background::Light];
        let glyphs = [Glyphs::Braille, Glyphs::Block, Glyphs::Ascii];
        depths.into_iter().flat_map(move |depth| {
            backgrounds.into_iter().flat_map(move |background| {
                glyphs
                    .into_iter()
                    .map(move |glyphs| Theme::new(depth, background, glyphs))
            })
        })
    }

    fn signed() -> impl Iterator<Item = Level> {
        (-8..=8).map(Level::Signed)
    }

    fn unsigned() -> impl Iterator<Item = Level> {
        (0..=16).map(Level::Unsigned)
    }

    fn looks(theme: Theme, levels: impl Iterator<Item = Level>) -> usize {
        levels
            .map(|l| theme.heat_cell(l, l))
            .collect::<HashSet<_>>()
            .len()
    }

    #[test]
    fn with_colour_every_level_has_its_own_look() {
        for theme in themes().filter(|t| {
            t.depth != Depth::None && t.rows_per_cell() == 2
                || (t.depth == Depth::Ansi16 && t.glyphs != Glyphs::Ascii)
        }) {
            assert_eq!(looks(theme, signed()), 17, "{theme:?}");
            assert_eq!(looks(theme, unsigned()), 17, "{theme:?}");
        }
    }

    #[test]
    fn without_colour_sign_is_a_glyph_and_magnitude_never_falls() {
        for theme in themes().filter(|t| t.depth == Depth::None) {
            assert_eq!(looks(theme, signed()), 9, "{theme:?}");
            assert!(looks(theme, unsigned()) >= 5, "{theme:?}");
            for i in 1..=8 {
                assert_eq!(theme.heat_cell(Level::Signed(i), Level::Outside).0, '+');
                assert_eq!(theme.heat_cell(Level::Signed(-i), Level::Outside).0, '-');
            }
            let tones: &[char] = if theme.glyphs == Glyphs::Ascii {
                &ASCII_TONES
            } else {
                &TONES
            };
            let order: Vec<_> = unsigned()
                .map(|l| {
                    tones
                        .iter()
                        .position(|&t| t == theme.heat_cell(l, l).0)
                        .unwrap()
                })
                .collect();
            assert!(order.is_sorted());
            assert_eq!((order[0], order[16]), (0, tones.len() - 1));
            assert!(order[1] > 0, "only zero is blank");
        }
    }

    #[test]
    fn zero_differs_from_the_smallest_level_everywhere() {
        for theme in themes() {
            for one in [-1, 1] {
                let (zero, one) = (Level::Signed(0), Level::Signed(one));
                assert_ne!(
                    theme.heat_cell(zero, zero),
                    theme.heat_cell(one, one),
                    "{theme:?}"
                );
            }
            let (zero, one) = (Level::Unsigned(0), Level::Unsigned(1));
            assert_ne!(
                theme.heat_cell(zero, zero),
                theme.heat_cell(one, one),
                "{theme:?}"
            );
        }
    }

    #[test]
    fn no_colour_means_no_colour_and_ascii_means_ascii() {
        let levels = || {
            signed()
                .chain(unsigned())
                .chain([Level::Outside, Level::NotFinite])
        };
        for theme in themes() {
            for upper in levels() {
                for lower in levels() {
                    let (glyph, style) = theme.heat_cell(upper, lower);
                    if theme.depth == Depth::None {
                        assert_eq!((style.fg, style.bg), (None, None));
                    }
                    if theme.glyphs == Glyphs::Ascii {
                        assert!(glyph.is_ascii());
                        assert_eq!(style.bg, None);
                    }
                }
            }
        }
    }

    #[test]
    fn a_value_that_is_not_finite_shows_in_either_half() {
        for theme in themes() {
            let expected = (
                theme.symbols().not_finite,
                Style::new().add_modifier(Modifier::REVERSED),
            );
            assert_eq!(
                theme.heat_cell(Level::NotFinite, Level::Signed(3)),
                expected
            );
            if theme.rows_per_cell() == 2 {
                assert_eq!(
                    theme.heat_cell(Level::Signed(3), Level::NotFinite),
                    expected
                );
            }
        }
    }

    #[test]
    fn half_blocks_show_both_values() {
        let theme = Theme::default();
        let color = |i| ramp::color(theme, Level::Signed(i)).unwrap();
        let (glyph, style) = theme.heat_cell(Level::Signed(-5), Level::Signed(2));
        assert_eq!(
            (glyph, style.fg, style.bg),
            ('▀', Some(color(-5)), Some(color(2)))
        );
        let (glyph, style) = theme.heat_cell(Level::Outside, Level::Signed(2));
        assert_eq!((glyph, style.fg, style.bg), ('▄', Some(color(2)), None));
    }
}
