//! Looks of things drawn together: eight colours that also colour-blind eyes tell apart, each with a
//! marker of its own, and a dash that changes when the colours begin again.

use ratatui::style::{Color, Style};

use super::{Background, Depth, Glyphs, Theme};
use crate::figure::look::SERIES as LIGHT;

/// The pattern of a line, in dots along the curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dash {
    Solid,
    Dashed,
    Dotted,
    DashDot,
}

impl Dash {
    /// Whether the dot at distance `i` along the curve is drawn.
    pub fn draws(self, i: usize) -> bool {
        match self {
            Dash::Solid => true,
            Dash::Dashed => i % 8 < 5,
            Dash::Dotted => i.is_multiple_of(3),
            Dash::DashDot => matches!(i % 10, 0..=4 | 7),
        }
    }
}

/// One of several things drawn together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Series {
    pub style: Style,
    /// Stands beside the name in a legend and at the end of the curve.
    pub marker: char,
    pub dash: Dash,
}

/// Of which each has a marker of its own.
pub const COLOURS: usize = 8;

// The idea is Okabe and Ito's (2008); their tones were moved until every pair is far apart for each kind
// of eye and each tone keeps a contrast of 3 to its background.
const DARK: [(u8, u8, u8); COLOURS] = [
    (65, 160, 236),
    (236, 152, 0),
    (50, 213, 130),
    (173, 92, 119),
    (244, 255, 51),
    (53, 94, 248),
    (227, 43, 38),
    (205, 239, 226),
];
const DARK_256: [u8; COLOURS] = [39, 215, 85, 132, 226, 27, 160, 195];
const LIGHT_256: [u8; COLOURS] = [32, 136, 22, 90, 101, 19, 132, 234];
const DARK_16: [Color; COLOURS] = [
    Color::LightCyan,
    Color::Yellow,
    Color::Green,
    Color::LightMagenta,
    Color::LightYellow,
    Color::LightBlue,
    Color::LightRed,
    Color::Gray,
];
const LIGHT_16: [Color; COLOURS] = [
    Color::Blue,
    Color::Red,
    Color::Green,
    Color::Magenta,
    Color::Cyan,
    Color::LightBlue,
    Color::LightRed,
    Color::Black,
];

// Narrow in every locale: characters of ambiguous width would shift a line.
const MARKERS: [char; COLOURS] = ['▪', '▴', '◦', '▾', '▫', '▵', '▿', '◊'];
const MARKERS_ASCII: [char; COLOURS] = ['o', '+', 'x', '*', '#', '%', '@', '&'];

const DASHES: [Dash; 4] = [Dash::Solid, Dash::Dashed, Dash::Dotted, Dash::DashDot];

pub(super) fn series(theme: Theme, i: usize) -> Series {
    let n = i % COLOURS;
    let dark = theme.background == Background::Dark;
    let color = match theme.depth {
        Depth::None => None,
        Depth::Ansi16 => Some(if dark { DARK_16[n] } else { LIGHT_16[n] }),
        Depth::Indexed256 => Some(Color::Indexed(if dark {
            DARK_256[n]
        } else {
            LIGHT_256[n]
        })),
        Depth::Rgb => {
            let (r, g, b) = if dark { DARK[n] } else { LIGHT[n] };
            Some(Color::Rgb(r, g, b))
        }
    };
    let dash = match theme.depth {
        // Without colour neighbouring curves differ by their dash at once.
        Depth::None => DASHES[i % DASHES.len()],
        _ => DASHES[i / COLOURS % DASHES.len()],
    };
    Series {
        style: color.map_or(Style::new(), |color| Style::new().fg(color)),
        marker: match theme.glyphs {
            Glyphs::Ascii => MARKERS_ASCII[n],
            Glyphs::Braille | Glyphs::Block => MARKERS[n],
        },
        dash,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::quantise::xterm;
    use super::super::vision::{Eye, contrast, distance, seen_by};
    use super::*;

    #[test]
    fn curves_stand_out_from_the_background() {
        for (tones, paper) in [
            (DARK, (30, 30, 30)),
            (DARK_256.map(xterm), (30, 30, 30)),
            (LIGHT, (253, 246, 227)),
            (LIGHT_256.map(xterm), (253, 246, 227)),
        ] {
            for tone in tones {
                assert!(
                    contrast(tone, paper) >= 3.0,
                    "{tone:?} on {paper:?}: {:.2}",
                    contrast(tone, paper)
                );
            }
        }
    }

    #[test]
    fn colours_differ_for_every_eye() {
        for tones in [DARK, LIGHT, DARK_256.map(xterm), LIGHT_256.map(xterm)] {
            for (eye, least) in [
                (Eye::Normal, 20.0),
                (Eye::NoGreenCone, 15.0),
                (Eye::NoRedCone, 15.0),
                (Eye::NoBlueCone, 12.0),
            ] {
                for i in 0..COLOURS {
                    for j in 0..i {
                        let apart = distance(seen_by(eye, tones[i]), seen_by(eye, tones[j]));
                        assert!(
                            apart >= least,
                            "{eye:?}: {:?} and {:?} only {apart:.1} apart",
                            tones[j],
                            tones[i]
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn marker_and_dash_tell_series_apart_without_colour() {
        for depth in [Depth::None, Depth::Ansi16, Depth::Indexed256, Depth::Rgb] {
            for glyphs in [Glyphs::Braille, Glyphs::Ascii] {
                let theme = Theme::new(depth, Background::Dark, glyphs);
                let markers: HashSet<_> = (0..COLOURS).map(|i| theme.series(i).marker).collect();
                assert_eq!(markers.len(), COLOURS);
                assert!((0..64).all(|i| theme.series(i).style.bg.is_none()));
            }
        }
        let mono = Theme::new(Depth::None, Background::Dark, Glyphs::Braille);
        assert_ne!(mono.series(0).dash, mono.series(1).dash);
        let colour = Theme::default();
        assert_eq!(colour.series(3).style, colour.series(3 + COLOURS).style);
        assert_ne!(colour.series(3).dash, colour.series(3 + COLOURS).dash);
    }

    #[test]
    fn every_dash_draws_and_all_but_solid_leave_gaps() {
        for dash in DASHES {
            let drawn = (0..120).filter(|&i| dash.draws(i)).count();
            assert!(drawn > 30);
            assert_eq!(drawn == 120, dash == Dash::Solid);
        }
    }
}
