//! Text pasted between `CSI 200 ~` and `CSI 201 ~`: one event, however long, and no keys.

use super::super::event::TermEvent;

const END: &[u8] = b"\x1b[201~";
/// What is pasted beyond this many bytes is dropped.
const MOST: usize = 64 * 1024;

#[derive(Debug, Default)]
pub(super) struct Paste {
    text: Vec<u8>,
    /// How many bytes of the end mark have come.
    matched: usize,
}

impl Paste {
    /// Takes one byte; says whether it was the last of the end mark.
    pub fn push(&mut self, byte: u8) -> bool {
        if byte == END[self.matched] {
            self.matched += 1;
            return self.matched == END.len();
        }
        // The mark's first byte occurs nowhere else in it, so a new match can only begin here.
        END[..self.matched].iter().for_each(|&held| self.keep(held));
        self.matched = usize::from(byte == END[0]);
        if self.matched == 0 {
            self.keep(byte);
        }
        false
    }

    fn keep(&mut self, byte: u8) {
        if self.text.len() < MOST {
            self.text.push(byte);
        }
    }

    /// The text so far, if there is any.
    pub fn finish(&mut self) -> Option<TermEvent> {
        self.matched = 0;
        let text = clean(&String::from_utf8_lossy(&std::mem::take(&mut self.text)));
        (!text.is_empty()).then_some(TermEvent::Paste(text))
    }
}

/// Without control characters, marks of writing direction and replacement characters; tabs are spaces
/// and every kind of line end is `\n`.
fn clean(text: &str) -> String {
    text.replace("\r\n", "\n")
        .chars()
        .filter_map(|c| match c {
            '\r' | '\n' => Some('\n'),
            '\t' => Some(' '),
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => None,
            char::REPLACEMENT_CHARACTER => None,
            c if c.is_control() => None,
            c => Some(c),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pasted_text_is_cleaned() {
        for (text, expected) in [
            ("eta 0.05", "eta 0.05"),
            ("a\r\nb\rc\nd", "a\nb\nc\nd"),
            ("a\tb", "a b"),
            ("\x1b[31mred\x07\x00\x7f", "[31mred"),
            ("a\u{9b}31m\u{202e}b\u{2066}", "a31mb"),
        ] {
            assert_eq!(clean(text), expected, "{text:?}");
        }
    }
}
