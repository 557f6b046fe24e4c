//! What the environment says about the terminal.

use std::env;

use clap::ValueEnum;

use super::{Background, Depth, Glyphs, Theme};

/// The `--color` option.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    /// As the environment says.
    #[default]
    Auto,
    #[value(name = "24bit")]
    TrueColor,
    #[value(name = "256")]
    Indexed256,
    #[value(name = "16")]
    Ansi16,
    None,
}

/// The variables that describe a terminal, as strings; an absent one is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    pub term: String,
    pub colorterm: String,
    pub no_color: String,
    pub tmux: String,
    pub colorfgbg: String,
    pub lc_all: String,
    pub lc_ctype: String,
    pub lang: String,
}

/// Terminals whose name alone tells that they show 24-bit colour. The name survives SSH, COLORTERM
/// usually does not.
const TRUE_COLOR_TERMS: [&str; 7] = [
    "alacritty",
    "contour",
    "foot",
    "ghostty",
    "kitty",
    "rio",
    "wezterm",
];

/// Terminals without colour.
const MONOCHROME_TERMS: [&str; 6] = ["vt52", "vt100", "vt102", "vt220", "vt320", "vt420"];

impl Environment {
    pub fn of_process() -> Self {
        let read = |name| env::var(name).unwrap_or_default();
        Self {
            term: read("TERM"),
            colorterm: read("COLORTERM"),
            no_color: read("NO_COLOR"),
            tmux: read("TMUX"),
            colorfgbg: read("COLORFGBG"),
            lc_all: read("LC_ALL"),
            lc_ctype: read("LC_CTYPE"),
            lang: read("LANG"),
        }
    }

    /// Whether the terminal can move its cursor; without that there is no screen to draw.
    pub fn has_cursor(&self) -> bool {
        !matches!(self.term.as_str(), "" | "dumb" | "unknown")
    }

    pub fn theme(&self, choice: ColorChoice) -> Theme {
        Theme::new(self.depth(choice), self.background(), self.glyphs())
    }

    /// An explicit choice outranks NO_COLOR, which outranks what the terminal can do. Inside a
    /// multiplexer at most 256: it would round 24-bit colours to its own idea of the palette.
    pub fn depth(&self, choice: ColorChoice) -> Depth {
        match choice {
            ColorChoice::TrueColor => Depth::Rgb,
            ColorChoice::Indexed256 => Depth::Indexed256,
            ColorChoice::Ansi16 => Depth::Ansi16,
            ColorChoice::None => Depth::None,
            ColorChoice::Auto if !self.no_color.is_empty() => Depth::None,
            ColorChoice::Auto => {
                let multiplexed = !self.tmux.is_empty()
                    || self.term.starts_with("tmux")
                    || self.term.starts_with("screen");
                let depth = self.shown_depth();
                if multiplexed {
                    depth.min(Depth::Indexed256)
                } else {
                    depth
                }
            }
        }
    }

    fn shown_depth(&self) -> Depth {
        let term = self.term.as_str();
        let base = term.split('-').next().unwrap_or_default();
        if !self.has_cursor() || MONOCHROME_TERMS.contains(&base) || term.ends_with("-mono") {
            Depth::None
        } else if matches!(self.colorterm.as_str(), "truecolor" | "24bit")
            || term.ends_with("-direct")
            || TRUE_COLOR_TERMS.iter().any(|name| term.contains(name))
        {
            Depth::Rgb
        } else if term.contains("256") {
            Depth::Indexed256
        } else {
            Depth::Ansi16
        }
    }

    /// COLORFGBG where a terminal sets it ("15;0": foreground, background), otherwise dark.
    fn background(&self) -> Background {
        match self.colorfgbg.rsplit(';').next().unwrap_or_default() {
            "7" | "15" => Background::Light,
            _ => Background::Dark,
        }
    }

    /// ASCII where the locale names another character set. Where no locale is set at all (most
    /// containers) nothing speaks against UTF-8. The Linux console has blocks but no braille.
    fn glyphs(&self) -> Glyphs {
        let locale = [&self.lc_all, &self.lc_ctype, &self.lang]
            .into_iter()
            .find(|value| !value.is_empty())
            .map(|value| value.to_ascii_lowercase());
        let utf8 = locale.is_none_or(|value| value.contains("utf-8") || value.contains("utf8"));
        match (utf8, self.term.as_str()) {
            (false, _) => Glyphs::Ascii,
            (true, "linux") => Glyphs::Block,
            (true, _) => Glyphs::Braille,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(pairs: &[(&str, &str)]) -> Environment {
        let mut e = Environment::default();
        for &(name, value) in pairs {
            let field = match name {
                "TERM" => &mut e.term,
                "COLORTERM" => &mut e.colorterm,
                "NO_COLOR" => &mut e.no_color,
                "TMUX" => &mut e.tmux,
                "COLORFGBG" => &mut e.colorfgbg,
                "LC_ALL" => &mut e.lc_all,
                "LC_CTYPE" => &mut e.lc_ctype,
                "LANG" => &mut e.lang,
                _ => panic!("{name}"),
            };
            value.clone_into(field);
        }
        e
    }

    #[test]
    fn depth_follows_the_terminal() {
        for (pairs, expected) in [
            (&[("TERM", "xterm-256color")][..], Depth::Indexed256),
            (
                &[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")],
                Depth::Rgb,
            ),
            (&[("TERM", "xterm"), ("COLORTERM", "24bit")], Depth::Rgb),
            (&[("TERM", "xterm-kitty")], Depth::Rgb),
            (&[("TERM", "xterm-ghostty")], Depth::Rgb),
            (&[("TERM", "xterm-direct")], Depth::Rgb),
            (
                &[
                    ("TERM", "tmux-256color"),
                    ("COLORTERM", "truecolor"),
                    ("TMUX", "/tmp/x,1,0"),
                ],
                Depth::Indexed256,
            ),
            (
                &[
                    ("TERM", "xterm-256color"),
                    ("COLORTERM", "truecolor"),
                    ("TMUX", "/tmp/x,1,0"),
                ],
                Depth::Indexed256,
            ),
            (
                &[
                    ("TERM", "screen.xterm-256color"),
                    ("COLORTERM", "truecolor"),
                ],
                Depth::Indexed256,
            ),
            (&[("TERM", "screen")], Depth::Ansi16),
            (&[("TERM", "xterm")], Depth::Ansi16),
            (&[("TERM", "linux")], Depth::Ansi16),
            (&[("TERM", "vt100")], Depth::None),
            (&[("TERM", "vt220-w")], Depth::None),
            (&[("TERM", "dumb"), ("COLORTERM", "truecolor")], Depth::None),
            (&[], Depth::None),
            (
                &[("TERM", "xterm-256color"), ("NO_COLOR", "1")],
                Depth::None,
            ),
        ] {
            assert_eq!(
                environment(pairs).depth(ColorChoice::Auto),
                expected,
                "{pairs:?}"
            );
        }
    }

    #[test]
    fn a_choice_outranks_the_environment() {
        let e = environment(&[("TERM", "dumb"), ("NO_COLOR", "1"), ("TMUX", "x")]);
        assert_eq!(e.depth(ColorChoice::TrueColor), Depth::Rgb);
        assert_eq!(e.depth(ColorChoice::Indexed256), Depth::Indexed256);
        assert_eq!(e.depth(ColorChoice::Ansi16), Depth::Ansi16);
        let e = environment(&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")]);
        assert_eq!(e.depth(ColorChoice::None), Depth::None);
    }

    #[test]
    fn choices_have_the_names_of_the_option() {
        let names: Vec<_> = ColorChoice::value_variants()
            .iter()
            .map(|c| {
                c.to_possible_value()
                    .expect("not skipped")
                    .get_name()
                    .to_owned()
            })
            .collect();
        assert_eq!(names, ["auto", "24bit", "256", "16", "none"]);
    }

    #[test]
    fn glyphs_follow_the_first_locale_that_is_set() {
        for (pairs, expected) in [
            (&[("LANG", "en_GB.UTF-8")][..], Glyphs::Braille),
            (&[("LANG", "en_GB.utf8")], Glyphs::Braille),
            (&[("LANG", "C.UTF-8")], Glyphs::Braille),
            (&[("LANG", "en_GB.UTF-8"), ("LC_ALL", "C")], Glyphs::Ascii),
            (
                &[("LANG", "C"), ("LC_CTYPE", "en_US.UTF-8")],
                Glyphs::Braille,
            ),
            (&[("LANG", "de_DE.ISO-8859-1")], Glyphs::Ascii),
            (&[("LANG", "POSIX")], Glyphs::Ascii),
            (&[], Glyphs::Braille),
            (&[("TERM", "linux"), ("LANG", "en_GB.UTF-8")], Glyphs::Block),
            (&[("TERM", "linux"), ("LANG", "C")], Glyphs::Ascii),
        ] {
            assert_eq!(environment(pairs).glyphs(), expected, "{pairs:?}");
        }
    }

    #[test]
    fn background_follows_colorfgbg() {
        for (value, expected) in [
            ("15;0", Background::Dark),
            ("0;15", Background::Light),
            ("0;default;15", Background::Light),
            ("7;8", Background::Dark),
            ("", Background::Dark),
            ("nonsense", Background::Dark),
        ] {
            assert_eq!(
                environment(&[("COLORFGBG", value)]).background(),
                expected,
                "{value:?}"
            );
        }
    }

    #[test]
    fn a_terminal_without_a_cursor_gets_no_screen() {
        for (term, expected) in [
            ("dumb", false),
            ("", false),
            ("unknown", false),
            ("vt100", true),
            ("linux", true),
        ] {
            assert_eq!(
                environment(&[("TERM", term)]).has_cursor(),
                expected,
                "{term:?}"
            );
        }
    }
}
