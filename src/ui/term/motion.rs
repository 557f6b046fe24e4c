//! Moving the cursor with as few bytes as possible.

use std::io::Write;

use ratatui::layout::Position;

/// Where the terminal's cursor is. After the last column of a row it hangs between two rows (terminals
/// differ), and only a carriage return or an absolute move leads on from there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cursor {
    Unknown,
    At(Position),
    AfterRow(u16),
}

impl Cursor {
    /// The cursor after writing one column at `position` on a screen of this width.
    pub fn after(position: Position, width: u16) -> Self {
        if position.x + 1 < width {
            Cursor::At(Position::new(position.x + 1, position.y))
        } else {
            Cursor::AfterRow(position.y)
        }
    }
}

/// Finds the shortest way; keeps its buffers.
#[derive(Debug, Default)]
pub(super) struct Mover {
    best: Vec<u8>,
    candidate: Vec<u8>,
}

impl Mover {
    /// The bytes that lead from `from` to `to`.
    pub fn way(&mut self, from: Cursor, to: Position) -> &[u8] {
        self.best.clear();
        if from == Cursor::At(to) {
            return &self.best;
        }
        absolute(to, &mut self.best);
        let row = match from {
            Cursor::Unknown => return &self.best,
            Cursor::At(at) => {
                self.consider(|out| straight(at, to, out));
                at.y
            }
            Cursor::AfterRow(y) => y,
        };
        self.consider(|out| by_carriage_return(row, to, out));
        &self.best
    }

    /// Takes the candidate that `write` composes, if it says that it is one, when it is shorter.
    fn consider(&mut self, write: impl FnOnce(&mut Vec<u8>) -> bool) {
        self.candidate.clear();
        if write(&mut self.candidate) && self.candidate.len() < self.best.len() {
            std::mem::swap(&mut self.best, &mut self.candidate);
        }
    }
}

/// `CSI row ; column H`, without what may be left out.
fn absolute(to: Position, out: &mut Vec<u8>) {
    let (row, column) = (u32::from(to.y) + 1, u32::from(to.x) + 1);
    let _ = match (row, column) {
        (1, 1) => write!(out, "\x1b[H"),
        (1, _) => write!(out, "\x1b[;{column}H"),
        (_, 1) => write!(out, "\x1b[{row}H"),
        _ => write!(out, "\x1b[{row};{column}H"),
    };
}

/// `CSI n letter`, without a one.
fn relative(n: u16, letter: char, out: &mut Vec<u8>) {
    let _ = if n == 1 {
        write!(out, "\x1b[{letter}")
    } else {
        write!(out, "\x1b[{n}{letter}")
    };
}

/// Along a row or along a column.
fn straight(at: Position, to: Position, out: &mut Vec<u8>) -> bool {
    match (at.x == to.x, at.y == to.y) {
        (false, true) if to.x > at.x => relative(to.x - at.x, 'C', out),
        (false, true) if at.x - to.x <= 3 => out.resize(usize::from(at.x - to.x), 0x08),
        (false, true) => relative(at.x - to.x, 'D', out),
        (true, false) if to.y > at.y => relative(to.y - at.y, 'B', out),
        (true, false) => relative(at.y - to.y, 'A', out),
        _ => return false,
    }
    true
}

/// To the first column, down some rows, and right.
fn by_carriage_return(row: u16, to: Position, out: &mut Vec<u8>) -> bool {
    if to.y < row || to.y - row > 2 {
        return false;
    }
    out.push(b'\r');
    out.resize(out.len() + usize::from(to.y - row), b'\n');
    if to.x > 0 {
        relative(to.x, 'C', out);
    }
    true
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU16;

    use proptest::prelude::*;

    use super::*;

    fn way(from: Cursor, to: (u16, u16)) -> String {
        let bytes = Mover::default().way(from, to.into()).to_vec();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn the_shortest_form_is_taken() {
        let at = |x, y| Cursor::At(Position::new(x, y));
        for (from, to, expected) in [
            (at(5, 7), (5, 7), ""),
            (at(5, 7), (6, 7), "\x1b[C"),
            (at(5, 7), (17, 7), "\x1b[12C"),
            (at(5, 7), (3, 7), "\x08\x08"),
            (at(50, 7), (30, 7), "\x1b[20D"),
            (at(5, 7), (0, 7), "\r"),
            (at(5, 7), (0, 8), "\r\n"),
            (at(5, 7), (0, 9), "\r\n\n"),
            (at(5, 7), (5, 8), "\x1b[B"),
            (at(5, 7), (5, 3), "\x1b[4A"),
            (at(80, 17), (14, 18), "\r\n\x1b[14C"),
            (at(5, 7), (0, 0), "\x1b[H"),
            (at(5, 7), (50, 0), "\x1b[;51H"),
            (at(5, 7), (50, 20), "\x1b[21;51H"),
            (Cursor::Unknown, (0, 3), "\x1b[4H"),
            (Cursor::AfterRow(4), (0, 4), "\r"),
            (Cursor::AfterRow(4), (0, 5), "\r\n"),
            (Cursor::AfterRow(4), (9, 4), "\r\x1b[9C"),
            (Cursor::AfterRow(4), (9, 3), "\x1b[4;10H"),
        ] {
            assert_eq!(way(from, to), expected, "{from:?} to {to:?}");
        }
    }

    proptest! {
        /// A terminal arrives where it was sent, also from beyond the last column.
        #[test]
        fn every_way_leads_there(
            start in (0u16..30, 0u16..12),
            hanging in any::<bool>(),
            to in (0u16..30, 0u16..12),
        ) {
            let (rows, columns) = (NonZeroU16::new(12).unwrap(), NonZeroU16::new(30).unwrap());
            let mut terminal = vt100::Parser::new(rows, columns, 0);
            let x = if hanging { 29 } else { start.0 };
            terminal.process(format!("\x1b[{};{}H", start.1 + 1, x + 1).as_bytes());
            let from = if hanging {
                terminal.process(b"z");
                Cursor::AfterRow(start.1)
            } else {
                Cursor::At(Position::new(start.0, start.1))
            };
            terminal.process(way(from, to).as_bytes());
            prop_assert_eq!(terminal.screen().cursor_position(), (to.1, to.0));
        }
    }
}
