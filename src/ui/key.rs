//! A key press by name: `space`, `ctrl-l`, `shift-left`, `U`.
//!
//! The key table, its help texts and a person's own key map name keys the same way. Which letter a
//! key gives is the terminal's business: shift shows in the character (`U`), so only keys without a
//! character carry it as a prefix.

use std::fmt;
use std::str::FromStr;

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    pub code: KeyCode,
    pub ctrl: bool,
    pub alt: bool,
    pub shift: bool,
}

/// Keys without a printable character, by name.
const NAMED: &[(&str, KeyCode)] = &[
    ("space", KeyCode::Char(' ')),
    ("enter", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("tab", KeyCode::Tab),
    ("backspace", KeyCode::Backspace),
    ("delete", KeyCode::Delete),
    ("insert", KeyCode::Insert),
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
    ("pageup", KeyCode::PageUp),
    ("pagedown", KeyCode::PageDown),
    ("f1", KeyCode::F(1)),
    ("f2", KeyCode::F(2)),
    ("f3", KeyCode::F(3)),
    ("f4", KeyCode::F(4)),
    ("f5", KeyCode::F(5)),
    ("f6", KeyCode::F(6)),
    ("f7", KeyCode::F(7)),
    ("f8", KeyCode::F(8)),
    ("f9", KeyCode::F(9)),
    ("f10", KeyCode::F(10)),
    ("f11", KeyCode::F(11)),
    ("f12", KeyCode::F(12)),
];

/// Shorter than the name, for the footer and the help.
const SIGNS: &[(KeyCode, &str)] = &[
    (KeyCode::Up, "↑"),
    (KeyCode::Down, "↓"),
    (KeyCode::Left, "←"),
    (KeyCode::Right, "→"),
    (KeyCode::PageUp, "pgup"),
    (KeyCode::PageDown, "pgdn"),
];

impl Key {
    pub const fn plain(code: KeyCode) -> Self {
        Self {
            code,
            ctrl: false,
            alt: false,
            shift: false,
        }
    }

    /// The character that this press types, if it types one.
    pub fn typed(self) -> Option<char> {
        match self.code {
            KeyCode::Char(c) if !self.ctrl && !self.alt => Some(c),
            _ => None,
        }
    }

    /// As short as a footer needs it.
    pub fn short(self, ascii: bool) -> String {
        let sign = SIGNS.iter().find(|(code, _)| *code == self.code);
        match sign {
            Some((_, sign)) if !ascii || sign.is_ascii() => {
                format!("{}{sign}", self.prefix())
            }
            _ => self.to_string(),
        }
    }

    fn prefix(self) -> String {
        let held = [
            (self.ctrl, "ctrl-"),
            (self.alt, "alt-"),
            (self.shift, "shift-"),
        ];
        held.iter()
            .filter(|(down, _)| *down)
            .map(|(_, name)| *name)
            .collect()
    }
}

impl From<KeyEvent> for Key {
    fn from(event: KeyEvent) -> Self {
        let held = event.modifiers;
        let (code, shift) = match event.code {
            KeyCode::BackTab => (KeyCode::Tab, true),
            KeyCode::Char(c) => (KeyCode::Char(c), false),
            code => (code, held.contains(KeyModifiers::SHIFT)),
        };
        let ctrl = held.contains(KeyModifiers::CONTROL);
        let code = match code {
            KeyCode::Char(c) if ctrl => KeyCode::Char(c.to_ascii_lowercase()),
            code => code,
        };
        Self {
            code,
            ctrl,
            alt: held.contains(KeyModifiers::ALT),
            shift,
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.prefix())?;
        match (NAMED.iter().find(|(_, code)| *code == self.code), self.code) {
            (Some((name, _)), _) => f.write_str(name),
            (None, KeyCode::Char(c)) => write!(f, "{c}"),
            (None, code) => write!(f, "{code:?}"),
        }
    }
}

impl FromStr for Key {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let mut key = Self::plain(KeyCode::Null);
        let mut rest = name;
        loop {
            let (held, after) = match rest.split_once('-') {
                Some(("ctrl", after)) => (&mut key.ctrl, after),
                Some(("alt", after)) => (&mut key.alt, after),
                Some(("shift", after)) => (&mut key.shift, after),
                _ => break,
            };
            *held = true;
            rest = after;
        }
        let mut chars = rest.chars();
        key.code = match (
            NAMED.iter().find(|(name, _)| *name == rest),
            chars.next(),
            chars.next(),
        ) {
            (Some((_, code)), _, _) => *code,
            (None, Some(c), None) if !c.is_control() => KeyCode::Char(c),
            _ => {
                return Err(format!(
                    "`{name}` is no key: write a character, or one of {}, with ctrl-, alt- or shift- before it",
                    names()
                ));
            }
        };
        Ok(key)
    }
}

fn names() -> String {
    let names: Vec<&str> = NAMED.iter().map(|(name, _)| *name).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for name in [
            "space",
            "ctrl-l",
            "shift-left",
            "alt-x",
            "U",
            "-",
            "+",
            "ctrl-alt-f12",
            "shift-tab",
        ] {
            assert_eq!(name.parse::<Key>().unwrap().to_string(), name);
        }
        for name in ["", "ctrl-", "spac", "\u{1b}", "ab"] {
            assert!(name.parse::<Key>().is_err(), "{name:?}");
        }
    }

    #[test]
    fn presses_become_the_names_of_the_table() {
        let press = |code, held| Key::from(KeyEvent::new(code, held)).to_string();
        assert_eq!(press(KeyCode::BackTab, KeyModifiers::SHIFT), "shift-tab");
        assert_eq!(press(KeyCode::BackTab, KeyModifiers::NONE), "shift-tab");
        assert_eq!(press(KeyCode::Char('U'), KeyModifiers::SHIFT), "U");
        assert_eq!(press(KeyCode::Char('L'), KeyModifiers::CONTROL), "ctrl-l");
        assert_eq!(press(KeyCode::Left, KeyModifiers::SHIFT), "shift-left");
        assert_eq!(press(KeyCode::Char('>'), KeyModifiers::SHIFT), ">");
    }

    #[test]
    fn only_plain_characters_are_typed() {
        let typed = |name: &str| name.parse::<Key>().unwrap().typed();
        assert_eq!(typed("space"), Some(' '));
        assert_eq!(typed("ctrl-u"), None);
        assert_eq!(typed("enter"), None);
    }
}
