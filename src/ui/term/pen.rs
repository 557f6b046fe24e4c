//! The terminal's current colours and modifiers, and the fewest bytes that change them (SGR).

use std::io::Write;

use ratatui::style::{Color, Modifier};

use super::cell::Look;

/// Code that switches on, code that switches off. Bold and dim share the second.
const SWITCHES: [(Modifier, u8, u8); 6] = [
    (Modifier::BOLD, 1, 22),
    (Modifier::DIM, 2, 22),
    (Modifier::ITALIC, 3, 23),
    (Modifier::UNDERLINED, 4, 24),
    (Modifier::REVERSED, 7, 27),
    (Modifier::CROSSED_OUT, 9, 29),
];

#[derive(Debug, Default)]
pub(super) struct Pen {
    look: Look,
    changes: Vec<u8>,
    afresh: Vec<u8>,
}

impl Pen {
    pub fn look(&self) -> Look {
        self.look
    }

    /// The terminal was told to forget all colours and modifiers.
    pub fn was_reset(&mut self) {
        self.look = Look::default();
    }

    /// How many bytes [`take`](Self::take) would write.
    pub fn cost(&mut self, look: Look) -> usize {
        if look == self.look {
            return 0;
        }
        self.compose(look);
        self.changes.len().min(self.afresh.len())
    }

    /// Changes to `look`.
    pub fn take(&mut self, look: Look, out: &mut Vec<u8>) {
        if look == self.look {
            return;
        }
        self.compose(look);
        let shorter = if self.afresh.len() < self.changes.len() {
            &self.afresh
        } else {
            &self.changes
        };
        out.extend_from_slice(shorter);
        self.look = look;
    }

    /// Writes both ways to `look`: step by step from here, and from a full reset.
    fn compose(&mut self, look: Look) {
        self.changes.clear();
        self.afresh.clear();
        let (from, to) = (self.look, look);

        let mut list = Parameters::new(&mut self.changes);
        let mut on = from.modifier;
        for (modifier, _, off) in SWITCHES {
            if on.contains(modifier) && !to.modifier.contains(modifier) {
                list.number(off);
                on -= modifier;
                if off == 22 {
                    on -= Modifier::BOLD | Modifier::DIM;
                }
            }
        }
        list.switch_on(to.modifier - on);
        if from.fg != to.fg {
            list.color(to.fg, Layer::Foreground);
        }
        if from.bg != to.bg {
            list.color(to.bg, Layer::Background);
        }
        list.finish();

        let mut list = Parameters::new(&mut self.afresh);
        if to != Look::default() {
            list.number(0);
        }
        list.switch_on(to.modifier);
        if to.fg != Color::Reset {
            list.color(to.fg, Layer::Foreground);
        }
        if to.bg != Color::Reset {
            list.color(to.bg, Layer::Background);
        }
        list.finish();
    }
}

#[derive(Clone, Copy)]
enum Layer {
    Foreground,
    Background,
}

struct Parameters<'a> {
    out: &'a mut Vec<u8>,
    empty: bool,
}

impl<'a> Parameters<'a> {
    fn new(out: &'a mut Vec<u8>) -> Self {
        out.extend_from_slice(b"\x1b[");
        Self { out, empty: true }
    }

    fn number(&mut self, n: u8) {
        if !self.empty {
            self.out.push(b';');
        }
        self.empty = false;
        let _ = write!(self.out, "{n}");
    }

    fn switch_on(&mut self, modifiers: Modifier) {
        for (modifier, on, _) in SWITCHES {
            if modifiers.contains(modifier) {
                self.number(on);
            }
        }
    }

    fn color(&mut self, color: Color, layer: Layer) {
        let (normal, bright, extended) = match layer {
            Layer::Foreground => (30, 90, 38),
            Layer::Background => (40, 100, 48),
        };
        match color {
            Color::Reset => self.number(normal + 9),
            Color::Black => self.number(normal),
            Color::Red => self.number(normal + 1),
            Color::Green => self.number(normal + 2),
            Color::Yellow => self.number(normal + 3),
            Color::Blue => self.number(normal + 4),
            Color::Magenta => self.number(normal + 5),
            Color::Cyan => self.number(normal + 6),
            Color::Gray => self.number(normal + 7),
            Color::DarkGray => self.number(bright),
            Color::LightRed => self.number(bright + 1),
            Color::LightGreen => self.number(bright + 2),
            Color::LightYellow => self.number(bright + 3),
            Color::LightBlue => self.number(bright + 4),
            Color::LightMagenta => self.number(bright + 5),
            Color::LightCyan => self.number(bright + 6),
            Color::White => self.number(bright + 7),
            Color::Indexed(i) => [extended, 5, i].into_iter().for_each(|n| self.number(n)),
            Color::Rgb(r, g, b) => [extended, 2, r, g, b]
                .into_iter()
                .for_each(|n| self.number(n)),
        }
    }

    fn finish(self) {
        self.out.push(b'm');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(fg: Color, bg: Color, modifier: Modifier) -> Look {
        Look { fg, bg, modifier }
    }

    fn written(from: Look, to: Look) -> String {
        let mut pen = Pen::default();
        pen.take(from, &mut Vec::new());
        let cost = pen.cost(to);
        let mut out = Vec::new();
        pen.take(to, &mut out);
        assert_eq!(cost, out.len());
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn only_what_changed_is_written() {
        use Color::*;
        const NONE: Modifier = Modifier::empty();
        for (from, to, expected) in [
            (look(Red, Blue, NONE), look(Red, Blue, NONE), ""),
            (look(Red, Blue, NONE), look(Green, Blue, NONE), "\x1b[32m"),
            (
                look(Red, Blue, NONE),
                look(Red, LightCyan, NONE),
                "\x1b[106m",
            ),
            (look(Red, Reset, NONE), look(Reset, Reset, NONE), "\x1b[m"),
            (
                look(Indexed(9), Reset, NONE),
                look(Indexed(200), Reset, NONE),
                "\x1b[38;5;200m",
            ),
            (
                look(Reset, Reset, NONE),
                look(Rgb(1, 2, 3), DarkGray, NONE),
                "\x1b[38;2;1;2;3;100m",
            ),
            (
                look(Reset, Reset, NONE),
                look(Reset, Reset, Modifier::BOLD),
                "\x1b[1m",
            ),
            // Bold and dim go off together, and the one that stays is switched on again.
            (
                look(Red, Reset, Modifier::BOLD | Modifier::DIM),
                look(Red, Reset, Modifier::DIM),
                "\x1b[22;2m",
            ),
            (
                look(Red, Reset, Modifier::BOLD),
                look(Red, Reset, Modifier::DIM),
                "\x1b[22;2m",
            ),
            // A colour that goes does not take the modifier with it.
            (
                look(Red, Blue, Modifier::REVERSED),
                look(Reset, Blue, Modifier::REVERSED),
                "\x1b[39m",
            ),
            (
                look(Indexed(33), Reset, Modifier::UNDERLINED),
                look(Indexed(33), Reset, Modifier::CROSSED_OUT),
                "\x1b[24;9m",
            ),
            // Starting afresh is shorter.
            (
                look(Rgb(9, 9, 9), Blue, Modifier::BOLD | Modifier::ITALIC),
                look(Red, Reset, NONE),
                "\x1b[0;31m",
            ),
        ] {
            assert_eq!(written(from, to), expected, "{from:?} to {to:?}");
        }
    }
}
