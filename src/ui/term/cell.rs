//! What one cell of the terminal shows: a single narrow character and its look.

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};
use ratatui::text::Span;

use crate::ui::theme::{Depth, quantise};

/// Stands for characters that a cell cannot hold: control characters and such as are two columns wide.
const REPLACEMENT: char = '?';

/// The modifiers that are passed on. Nothing blinks.
const KNOWN: Modifier = Modifier::BOLD
    .union(Modifier::DIM)
    .union(Modifier::ITALIC)
    .union(Modifier::UNDERLINED)
    .union(Modifier::REVERSED)
    .union(Modifier::CROSSED_OUT);

/// The modifiers that can be seen on a blank.
const SEEN_ON_BLANKS: Modifier = Modifier::UNDERLINED
    .union(Modifier::REVERSED)
    .union(Modifier::CROSSED_OUT);

/// Colours and modifiers of a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Look {
    pub fg: Color,
    pub bg: Color,
    pub modifier: Modifier,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    pub glyph: char,
    pub look: Look,
}

impl Shown {
    /// What erasing leaves behind.
    pub const BLANK: Shown = Shown {
        glyph: ' ',
        look: Look {
            fg: Color::Reset,
            bg: Color::Reset,
            modifier: Modifier::empty(),
        },
    };

    /// The cell as a terminal of this depth can show it, and how many columns the program that filled
    /// the buffer believes it to take.
    pub fn of(cell: &Cell, depth: Depth) -> (Shown, u16) {
        let (glyph, columns) = narrow(cell.symbol());
        let modifier = cell.modifier & KNOWN;
        let mut look = Look {
            fg: quantise::fit(cell.fg, depth),
            bg: quantise::fit(cell.bg, depth),
            modifier,
        };
        if glyph == ' ' && !modifier.intersects(SEEN_ON_BLANKS) {
            look.fg = Color::Reset;
            look.modifier = Modifier::empty();
        }
        (Shown { glyph, look }, columns)
    }

    /// Whether only the background of this cell can be seen.
    pub fn is_plain_blank(self) -> bool {
        self.glyph == ' ' && !self.look.modifier.intersects(SEEN_ON_BLANKS)
    }

    /// The look that a pen must have to draw this cell, given the look that it has: what cannot be seen
    /// on the cell stays as it is.
    pub fn needed(self, pen: Look) -> Look {
        if self.is_plain_blank() {
            Look {
                fg: pen.fg,
                bg: self.look.bg,
                modifier: pen.modifier - SEEN_ON_BLANKS,
            }
        } else {
            self.look
        }
    }

    /// The same picture with the colours of the halves exchanged, for half blocks.
    pub fn flipped(self) -> Option<Shown> {
        let glyph = match self.glyph {
            '▀' => '▄',
            '▄' => '▀',
            _ => return None,
        };
        // The default colours of text and background are not known to be each other's.
        let exchangeable = self.look.modifier.is_empty()
            && self.look.fg != Color::Reset
            && self.look.bg != Color::Reset;
        exchangeable.then_some(Shown {
            glyph,
            look: Look {
                fg: self.look.bg,
                bg: self.look.fg,
                modifier: Modifier::empty(),
            },
        })
    }
}

/// One character one column wide for the symbol of a cell, and the columns of the symbol.
fn narrow(symbol: &str) -> (char, u16) {
    let mut characters = symbol.chars();
    let Some(first) = characters.next() else {
        return (' ', 1);
    };
    let alone = characters.next().is_none();
    match first {
        ' '..='~' | '\u{a1}'..='\u{ac}' | '\u{ae}'..='\u{ff}' if alone => return (first, 1),
        '\u{2500}'..='\u{25ff}' | '\u{2800}'..='\u{28ff}' if alone => return (first, 1),
        _ => {}
    }
    let columns = Span::raw(symbol).width();
    if columns > 1 {
        (REPLACEMENT, 2)
    } else if first.is_control() || Span::raw(first.to_string()).width() != 1 {
        (REPLACEMENT, 1)
    } else {
        // Marks that combine with the first character are dropped: terminals disagree about them.
        (first, 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_single_narrow_characters_pass() {
        for (symbol, expected) in [
            ("a", ('a', 1)),
            ("", (' ', 1)),
            ("⣿", ('⣿', 1)),
            ("▀", ('▀', 1)),
            ("é", ('é', 1)),
            ("e\u{301}", ('e', 1)),
            ("→", ('→', 1)),
            ("漢", ('?', 2)),
            ("👍", ('?', 2)),
            ("\u{1b}", ('?', 1)),
            ("\u{7f}", ('?', 1)),
            ("\u{9b}", ('?', 1)),
            ("\u{ad}", ('?', 1)),
            ("\u{200b}", ('?', 1)),
            ("\u{202e}", ('?', 1)),
            ("\n", ('?', 1)),
        ] {
            assert_eq!(narrow(symbol), expected, "{symbol:?}");
        }
    }
}
