//! The ramps of heat maps, picked by hand.
//!
//! Lightness grows (on dark backgrounds) or falls (on light ones) with magnitude; both signs of a
//! diverging ramp run through about the same lightness. All seventeen levels of a ramp differ, also
//! for an eye without the red-sensitive or the green-sensitive cone (tests below).

use ratatui::style::Color;

use super::level::Level;
use super::{Background, Depth, Theme};
use crate::figure::look::{DIVERGING as DIVERGING_LIGHT, SEQUENTIAL as SEQUENTIAL_LIGHT};

type Rgb = (u8, u8, u8);

/// From -8 to 8. Blue is negative, orange positive, zero is almost black.
const DIVERGING_DARK: [Rgb; 17] = [
    (167, 231, 250),
    (112, 200, 240),
    (66, 169, 228),
    (35, 139, 208),
    (10, 109, 186),
    (22, 85, 151),
    (21, 62, 116),
    (15, 41, 84),
    (22, 22, 24),
    (76, 26, 15),
    (110, 39, 22),
    (146, 54, 28),
    (183, 70, 34),
    (204, 105, 50),
    (225, 140, 71),
    (242, 177, 98),
    (255, 216, 137),
];

/// From 0 to 16: almost black, blue, teal, green, yellow.
const SEQUENTIAL_DARK: [Rgb; 17] = [
    (16, 16, 23),
    (25, 26, 49),
    (36, 34, 76),
    (41, 47, 98),
    (36, 62, 116),
    (25, 78, 133),
    (0, 96, 144),
    (0, 114, 147),
    (3, 132, 149),
    (0, 150, 151),
    (1, 169, 148),
    (50, 187, 136),
    (101, 203, 118),
    (135, 215, 107),
    (171, 226, 94),
    (209, 236, 82),
    (250, 244, 72),
];

const DIVERGING_DARK_256: [u8; 17] = [
    159, 81, 39, 32, 26, 20, 19, 18, 233, 52, 88, 124, 160, 166, 208, 215, 223,
];
const DIVERGING_LIGHT_256: [u8; 17] = [
    17, 19, 21, 26, 68, 75, 117, 189, 255, 223, 216, 209, 166, 160, 124, 88, 52,
];
const SEQUENTIAL_DARK_256: [u8; 17] = [
    233, 17, 18, 19, 55, 91, 61, 32, 39, 110, 80, 50, 121, 156, 191, 228, 230,
];
const SEQUENTIAL_LIGHT_256: [u8; 17] = [
    230, 228, 191, 156, 121, 50, 80, 110, 39, 32, 61, 91, 55, 19, 18, 17, 233,
];

/// Five steps of a ramp in sixteen colours. Shade glyphs between neighbours give all the levels.
pub(super) type Steps = [Color; 5];

const SEQUENTIAL_DARK_16: Steps = [
    Color::Reset,
    Color::Blue,
    Color::Cyan,
    Color::LightGreen,
    Color::LightYellow,
];
const SEQUENTIAL_LIGHT_16: Steps = [
    Color::Reset,
    Color::LightCyan,
    Color::Cyan,
    Color::Blue,
    Color::Black,
];

/// From zero outwards, first the negative side, then the positive one.
const DIVERGING_DARK_16: [[Color; 3]; 2] = [
    [Color::Reset, Color::Blue, Color::LightBlue],
    [Color::Reset, Color::Red, Color::LightRed],
];
const DIVERGING_LIGHT_16: [[Color; 3]; 2] = [
    [Color::Reset, Color::LightBlue, Color::Blue],
    [Color::Reset, Color::LightRed, Color::Red],
];

const GREY_DARK_16: Steps = [
    Color::Reset,
    Color::DarkGray,
    Color::Gray,
    Color::White,
    Color::White,
];
const GREY_LIGHT_16: Steps = [
    Color::Reset,
    Color::Gray,
    Color::DarkGray,
    Color::Black,
    Color::Black,
];

/// Bright on dark, ink on paper: the background melts into the terminal's.
fn grey(theme: Theme, level: u8) -> Option<Color> {
    let level = u16::from(level.min(16));
    let level = match theme.background {
        Background::Dark => level,
        Background::Light => 16 - level,
    };
    match theme.depth {
        Depth::Rgb => {
            let tone = (16 + level * 239 / 16) as u8;
            Some(Color::Rgb(tone, tone, tone))
        }
        Depth::Indexed256 => Some(Color::Indexed((233 + level * 22 / 16) as u8)),
        Depth::Ansi16 | Depth::None => None,
    }
}

/// The colour of a level where the terminal has at least 256 of them; none for a cell without a value.
pub(super) fn color(theme: Theme, level: Level) -> Option<Color> {
    let dark = theme.background == Background::Dark;
    let (index, rgb, indexed) = match level {
        Level::Outside | Level::NotFinite => return None,
        Level::Grey(i) => return grey(theme, i),
        Level::Signed(i) => (
            usize::from((i.clamp(-8, 8) + 8) as u8),
            if dark {
                &DIVERGING_DARK
            } else {
                &DIVERGING_LIGHT
            },
            if dark {
                &DIVERGING_DARK_256
            } else {
                &DIVERGING_LIGHT_256
            },
        ),
        Level::Unsigned(i) => (
            usize::from(i.min(16)),
            if dark {
                &SEQUENTIAL_DARK
            } else {
                &SEQUENTIAL_LIGHT
            },
            if dark {
                &SEQUENTIAL_DARK_256
            } else {
                &SEQUENTIAL_LIGHT_256
            },
        ),
    };
    match theme.depth {
        Depth::Rgb => {
            let (r, g, b) = rgb[index];
            Some(Color::Rgb(r, g, b))
        }
        Depth::Indexed256 => Some(Color::Indexed(indexed[index])),
        Depth::Ansi16 | Depth::None => None,
    }
}

/// Where a level lies in a ramp of sixteen colours: the step below, the step above, and how many
/// quarters of the way it has gone.
pub(super) fn steps16(background: Background, level: Level) -> Option<(Color, Color, usize)> {
    let dark = background == Background::Dark;
    let (steps, magnitude): (&[Color], usize) = match level {
        Level::Outside | Level::NotFinite => return None,
        Level::Signed(i) => {
            let sides = if dark {
                &DIVERGING_DARK_16
            } else {
                &DIVERGING_LIGHT_16
            };
            (
                &sides[usize::from(i > 0)],
                usize::from(i.unsigned_abs().min(8)),
            )
        }
        Level::Grey(i) => (
            if dark { &GREY_DARK_16 } else { &GREY_LIGHT_16 },
            usize::from(i.min(16)),
        ),
        Level::Unsigned(i) => (
            if dark {
                &SEQUENTIAL_DARK_16
            } else {
                &SEQUENTIAL_LIGHT_16
            },
            usize::from(i.min(16)),
        ),
    };
    let below = (magnitude / 4).min(steps.len() - 1);
    let above = (below + 1).min(steps.len() - 1);
    Some((steps[below], steps[above], magnitude % 4))
}

#[cfg(test)]
mod tests {
    use super::super::quantise::xterm;
    use super::super::vision::{Eye, distance, lightness, seen_by};
    use super::*;

    fn ramps() -> Vec<(&'static str, Background, bool, Vec<Rgb>)> {
        let indexed = |ramp: [u8; 17]| ramp.map(xterm).to_vec();
        use Background::{Dark, Light};
        vec![
            ("diverging dark", Dark, true, DIVERGING_DARK.to_vec()),
            ("diverging light", Light, true, DIVERGING_LIGHT.to_vec()),
            ("sequential dark", Dark, false, SEQUENTIAL_DARK.to_vec()),
            ("sequential light", Light, false, SEQUENTIAL_LIGHT.to_vec()),
            (
                "diverging dark 256",
                Dark,
                true,
                indexed(DIVERGING_DARK_256),
            ),
            (
                "diverging light 256",
                Light,
                true,
                indexed(DIVERGING_LIGHT_256),
            ),
            (
                "sequential dark 256",
                Dark,
                false,
                indexed(SEQUENTIAL_DARK_256),
            ),
            (
                "sequential light 256",
                Light,
                false,
                indexed(SEQUENTIAL_LIGHT_256),
            ),
        ]
    }

    /// From zero outwards: one branch of a sequential ramp, two of a diverging one.
    fn branches(signed: bool, ramp: &[Rgb]) -> Vec<Vec<Rgb>> {
        if signed {
            vec![
                ramp[..=8].iter().rev().copied().collect(),
                ramp[8..].to_vec(),
            ]
        } else {
            vec![ramp.to_vec()]
        }
    }

    #[test]
    fn lightness_is_monotone_in_magnitude() {
        for (name, background, signed, ramp) in ramps() {
            for branch in branches(signed, &ramp) {
                for pair in branch.windows(2) {
                    let step = lightness(pair[1]) - lightness(pair[0]);
                    let outwards = if background == Background::Dark {
                        step
                    } else {
                        -step
                    };
                    assert!(
                        outwards > 0.5,
                        "{name}: {pair:?} changes lightness by {step:.1}"
                    );
                }
            }
        }
    }

    #[test]
    fn zero_melts_into_the_background_and_the_ends_stand_out() {
        for (name, background, signed, ramp) in ramps() {
            let (zero, ends) = if signed {
                (ramp[8], vec![ramp[0], ramp[16]])
            } else {
                (ramp[0], vec![ramp[16]])
            };
            let paper = if background == Background::Dark {
                0.0
            } else {
                100.0
            };
            assert!((lightness(zero) - paper).abs() < 12.0, "{name}: zero");
            for end in ends {
                assert!((lightness(end) - paper).abs() > 70.0, "{name}: end {end:?}");
            }
        }
    }

    #[test]
    fn both_signs_run_through_the_same_lightness() {
        for (name, _, signed, ramp) in ramps() {
            if signed {
                for k in 1..=8 {
                    let unlike = (lightness(ramp[8 - k]) - lightness(ramp[8 + k])).abs();
                    assert!(unlike < 12.0, "{name}: level {k} differs by {unlike:.1}");
                }
            }
        }
    }

    /// CIE76 distances; about 2.3 is the least that a normal eye notices between patches side by side.
    #[test]
    fn all_levels_are_distinct_for_every_eye() {
        for (name, _, _, ramp) in ramps() {
            for (eye, least) in [
                (Eye::Normal, 7.0),
                (Eye::NoGreenCone, 5.0),
                (Eye::NoRedCone, 4.0),
                (Eye::NoBlueCone, 3.5),
            ] {
                for i in 0..ramp.len() {
                    for j in 0..i {
                        let apart = distance(seen_by(eye, ramp[i]), seen_by(eye, ramp[j]));
                        assert!(
                            apart >= least,
                            "{name}, {eye:?}: levels {j} and {i} only {apart:.1} apart"
                        );
                    }
                }
            }
        }
    }
}
