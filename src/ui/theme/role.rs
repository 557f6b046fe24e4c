//! What things mean, and how each meaning looks at every depth.

use ratatui::style::{Color, Modifier, Style};

use super::{Background, Depth, Palette, Theme};

/// A meaning that a widget can give to text or to a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Ordinary text, in the terminal's own colour.
    Text,
    /// Units, labels, what is there to be ignored.
    Dim,
    /// The title of a panel.
    Title,
    /// The border of a panel without the focus.
    Border,
    /// Border and title of the panel with the focus.
    Focus,
    /// The name of the program, the open tab.
    Accent,
    /// A number that a person reads.
    Value,
    /// Healthy, running, expected.
    Good,
    /// Worth a look.
    Warn,
    /// A fault, a value that is not finite, a refusal.
    Bad,
    /// The selected row; a pointer glyph stands beside it.
    Selection,
    /// A change that was asked for and has not been applied yet.
    Pending,
    /// The name of a key.
    Key,
    /// The line where a parameter changed.
    Mark,
    /// A line of theory or a value to be reached; dotted or dashed.
    Theory,
    /// The line under the cursor.
    Crosshair,
    /// The raw curve behind a smoothed one, and the span from minimum to maximum.
    Envelope,
    /// Axes and their labels.
    Axis,
    /// The filled part of a bar or slider.
    Bar,
    /// The rest of a bar or slider.
    Track,
}

impl Role {
    pub const ALL: [Role; 20] = [
        Role::Text,
        Role::Dim,
        Role::Title,
        Role::Border,
        Role::Focus,
        Role::Accent,
        Role::Value,
        Role::Good,
        Role::Warn,
        Role::Bad,
        Role::Selection,
        Role::Pending,
        Role::Key,
        Role::Mark,
        Role::Theory,
        Role::Crosshair,
        Role::Envelope,
        Role::Axis,
        Role::Bar,
        Role::Track,
    ];
}

/// A colour on a dark and on a light background, for the depths from 24 bits down.
struct Ink {
    rgb: [(u8, u8, u8); 2],
    indexed: [u8; 2],
    named: [Color; 2],
}

const GREY: Ink = Ink {
    rgb: [(148, 148, 148), (98, 98, 98)],
    indexed: [246, 241],
    named: [Color::Gray, Color::DarkGray],
};
const FAINT: Ink = Ink {
    rgb: [(105, 105, 105), (138, 138, 138)],
    indexed: [242, 245],
    named: [Color::DarkGray, Color::Gray],
};
const BLUE: Ink = Ink {
    rgb: [(95, 175, 255), (0, 95, 175)],
    indexed: [75, 25],
    named: [Color::LightBlue, Color::Blue],
};
const GREEN: Ink = Ink {
    rgb: [(95, 215, 135), (0, 120, 80)],
    indexed: [78, 22],
    named: [Color::Green, Color::Green],
};
const AMBER: Ink = Ink {
    rgb: [(255, 190, 80), (150, 85, 0)],
    indexed: [215, 94],
    named: [Color::Yellow, Color::Magenta],
};
const RED: Ink = Ink {
    rgb: [(255, 110, 100), (190, 20, 20)],
    indexed: [203, 124],
    named: [Color::LightRed, Color::Red],
};
const VIOLET: Ink = Ink {
    rgb: [(205, 150, 235), (125, 60, 160)],
    indexed: [177, 91],
    named: [Color::LightMagenta, Color::Magenta],
};
const CYAN: Ink = Ink {
    rgb: [(95, 215, 215), (0, 110, 125)],
    indexed: [80, 23],
    named: [Color::Cyan, Color::Blue],
};

impl Ink {
    fn color(&self, theme: Theme) -> Option<Color> {
        let side = usize::from(theme.background == Background::Light);
        match theme.depth {
            Depth::None => None,
            Depth::Ansi16 => Some(self.named[side]),
            Depth::Indexed256 => Some(Color::Indexed(self.indexed[side])),
            Depth::Rgb => {
                let (r, g, b) = self.rgb[side];
                Some(Color::Rgb(r, g, b))
            }
        }
    }
}

// Apart for every kind of eye: blue, yellow and vermilion, after Okabe and Ito (2008).
const SKY: Ink = Ink {
    rgb: [(86, 180, 233), (0, 90, 160)],
    indexed: [74, 25],
    named: [Color::LightBlue, Color::Blue],
};
const YELLOW: Ink = Ink {
    rgb: [(240, 228, 66), (130, 95, 0)],
    indexed: [227, 94],
    named: [Color::LightYellow, Color::Yellow],
};
const VERMILION: Ink = Ink {
    rgb: [(240, 120, 40), (95, 0, 30)],
    indexed: [208, 52],
    named: [Color::LightRed, Color::Red],
};
const STRONG: Ink = Ink {
    rgb: [(215, 215, 215), (48, 48, 48)],
    indexed: [188, 236],
    named: [Color::White, Color::Black],
};
const LINES: Ink = Ink {
    rgb: [(175, 175, 175), (88, 88, 88)],
    indexed: [145, 240],
    named: [Color::Gray, Color::DarkGray],
};

impl Palette {
    /// The colour in place of `ink` for this meaning.
    fn ink(self, role: Role, ink: &'static Ink) -> &'static Ink {
        match (self, role) {
            (Self::Contrast, Role::Dim | Role::Axis) => &STRONG,
            (Self::Contrast, Role::Border | Role::Track | Role::Envelope) => &LINES,
            (Self::ColourBlind, Role::Good) => &SKY,
            (Self::ColourBlind, Role::Warn | Role::Pending | Role::Mark) => &YELLOW,
            (Self::ColourBlind, Role::Bad) => &VERMILION,
            _ => ink,
        }
    }
}

pub(super) fn style(theme: Theme, role: Role) -> Style {
    const PLAIN: Modifier = Modifier::empty();
    const BOLD: Modifier = Modifier::BOLD;
    // Colour, what is added with it, and what stands in for both where there is no colour.
    let (ink, with_colour, without): (Option<&'static Ink>, Modifier, Modifier) = match role {
        Role::Text | Role::Value => (None, PLAIN, PLAIN),
        Role::Dim | Role::Axis => (Some(&GREY), PLAIN, Modifier::DIM),
        Role::Title => (None, BOLD, BOLD),
        Role::Border | Role::Track | Role::Envelope => (Some(&FAINT), PLAIN, Modifier::DIM),
        Role::Focus => (Some(&BLUE), BOLD, BOLD),
        Role::Accent => (Some(&BLUE), BOLD, BOLD.union(Modifier::UNDERLINED)),
        Role::Good => (Some(&GREEN), PLAIN, PLAIN),
        Role::Warn => (Some(&AMBER), BOLD, BOLD),
        Role::Bad => (Some(&RED), BOLD, BOLD.union(Modifier::REVERSED)),
        Role::Selection => (None, Modifier::REVERSED, Modifier::REVERSED),
        Role::Pending => (Some(&AMBER), Modifier::UNDERLINED, Modifier::UNDERLINED),
        Role::Key => (Some(&CYAN), BOLD, BOLD),
        Role::Mark => (Some(&AMBER), PLAIN, PLAIN),
        Role::Theory => (Some(&VIOLET), PLAIN, PLAIN),
        Role::Crosshair => (Some(&CYAN), PLAIN, PLAIN),
        Role::Bar => (Some(&BLUE), PLAIN, PLAIN),
    };
    let ink = ink.map(|ink| theme.palette.ink(role, ink));
    match ink.and_then(|ink| ink.color(theme)) {
        Some(color) => Style::new().fg(color).add_modifier(with_colour),
        None if theme.depth == Depth::None => Style::new().add_modifier(without),
        None => Style::new().add_modifier(with_colour),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Glyphs;
    use super::super::quantise::xterm;
    use super::super::vision::{Eye, contrast, distance, seen_by};
    use super::*;

    #[test]
    fn every_role_is_listed_once() {
        for (i, role) in Role::ALL.iter().enumerate() {
            assert_eq!(*role as usize, i);
        }
        assert_eq!(Role::Track as usize + 1, Role::ALL.len());
    }

    #[test]
    fn no_role_paints_a_background() {
        for depth in [Depth::None, Depth::Ansi16, Depth::Indexed256, Depth::Rgb] {
            for background in [Background::Dark, Background::Light] {
                let theme = Theme::new(depth, background, Glyphs::Braille);
                for role in Role::ALL {
                    let style = theme.style(role);
                    assert_eq!(style.bg, None, "{role:?}");
                    assert!(depth != Depth::None || style.fg.is_none(), "{role:?}");
                }
            }
        }
    }

    /// What must not be overlooked still stands out where there is no colour.
    #[test]
    fn without_colour_warnings_and_focus_keep_a_style() {
        let theme = Theme::new(Depth::None, Background::Dark, Glyphs::Ascii);
        let text = theme.style(Role::Text);
        for role in [
            Role::Bad,
            Role::Warn,
            Role::Focus,
            Role::Selection,
            Role::Pending,
            Role::Key,
            Role::Title,
        ] {
            assert_ne!(theme.style(role), text, "{role:?}");
        }
        assert_ne!(theme.style(Role::Bad), theme.style(Role::Warn));
    }

    #[test]
    fn text_can_be_read_on_its_background() {
        // Common backgrounds of either kind, not only the extremes.
        let dark = [(0, 0, 0), (30, 30, 30)];
        let light = [(255, 255, 255), (253, 246, 227)];
        let inks = [
            &GREY, &FAINT, &BLUE, &GREEN, &AMBER, &RED, &VIOLET, &CYAN, &SKY, &YELLOW, &VERMILION,
            &STRONG, &LINES,
        ];
        for (i, ink) in inks.iter().enumerate() {
            let least = if i == 1 { 2.5 } else { 4.5 };
            for side in 0..2 {
                let papers = if side == 0 { dark } else { light };
                for paper in papers {
                    for tone in [ink.rgb[side], xterm(ink.indexed[side])] {
                        let ratio = contrast(tone, paper);
                        assert!(ratio >= least, "ink {i} {tone:?} on {paper:?}: {ratio:.2}");
                    }
                }
            }
        }
    }

    /// What is well, what needs a look and what is wrong are three colours for every eye.
    #[test]
    fn colour_blind_eyes_tell_good_warn_and_bad_apart() {
        for side in 0..2 {
            for (a, b) in [(&SKY, &YELLOW), (&SKY, &VERMILION), (&YELLOW, &VERMILION)] {
                for eye in [
                    Eye::Normal,
                    Eye::NoRedCone,
                    Eye::NoGreenCone,
                    Eye::NoBlueCone,
                ] {
                    let tones = |ink: &Ink| [ink.rgb[side], xterm(ink.indexed[side])];
                    for (a, b) in tones(a).into_iter().zip(tones(b)) {
                        let apart = distance(seen_by(eye, a), seen_by(eye, b));
                        assert!(apart >= 20.0, "{a:?} {b:?} {eye:?}: {apart:.1}");
                    }
                }
            }
        }
    }

    #[test]
    fn with_contrast_nothing_is_hard_to_read() {
        for (side, paper) in [(0, (30, 30, 30)), (1, (253, 246, 227))] {
            for (ink, least) in [(&STRONG, 9.0), (&LINES, 5.5)] {
                for tone in [ink.rgb[side], xterm(ink.indexed[side])] {
                    let ratio = contrast(tone, paper);
                    assert!(ratio >= least, "{tone:?} on {paper:?}: {ratio:.2}");
                }
            }
        }
    }
}
