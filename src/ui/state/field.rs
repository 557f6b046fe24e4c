//! A line that is being typed.

/// Longer lines are no command and no value.
const LONGEST: usize = 1000;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Field {
    text: String,
    /// In characters from the start.
    cursor: usize,
}

impl Field {
    pub fn new(text: &str) -> Self {
        let mut field = Self::default();
        field.paste(text);
        field
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    pub fn cursor(&self) -> usize {
        self.cursor
    }

    pub fn set(&mut self, text: &str) {
        *self = Self::new(text);
    }

    pub fn insert(&mut self, c: char) {
        if c.is_control() || self.text.len() >= LONGEST {
            return;
        }
        self.text.insert(self.at(self.cursor), c);
        self.cursor += 1;
    }

    /// Takes the first line of a pasted text, so that a paste can never enter anything.
    pub fn paste(&mut self, text: &str) {
        let first = text.lines().next().unwrap_or_default();
        first.chars().for_each(|c| self.insert(c));
    }

    pub fn left(&mut self) {
        self.cursor = self.cursor.saturating_sub(1);
    }

    pub fn right(&mut self) {
        self.cursor = (self.cursor + 1).min(self.text.chars().count());
    }

    pub fn home(&mut self) {
        self.cursor = 0;
    }

    pub fn end(&mut self) {
        self.cursor = self.text.chars().count();
    }

    pub fn backspace(&mut self) {
        if self.cursor > 0 {
            self.cursor -= 1;
            self.delete();
        }
    }

    pub fn delete(&mut self) {
        let at = self.at(self.cursor);
        if at < self.text.len() {
            self.text.remove(at);
        }
    }

    pub fn erase_word(&mut self) {
        let before = &self.text[..self.at(self.cursor)];
        let kept = before.trim_end();
        let start = kept.rfind(char::is_whitespace).map_or(0, |space| {
            space + kept[space..].chars().next().map_or(0, char::len_utf8)
        });
        let end = before.len();
        self.text.replace_range(start..end, "");
        self.cursor = self.text[..start].chars().count();
    }

    pub fn erase_all(&mut self) {
        *self = Self::default();
    }

    fn at(&self, cursor: usize) -> usize {
        self.text
            .char_indices()
            .nth(cursor)
            .map_or(self.text.len(), |(at, _)| at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_stay_on_characters() {
        let mut field = Field::new("set αβ 0.1");
        field.left();
        field.backspace();
        assert_eq!(field.text(), "set αβ 01");
        field.end();
        field.erase_word();
        assert_eq!(field.text(), "set αβ ");
        field.erase_word();
        assert_eq!((field.text(), field.cursor()), ("set ", 4));
        field.home();
        field.delete();
        field.right();
        field.insert('ü');
        assert_eq!(field.text(), "eüt ");
    }

    #[test]
    fn a_paste_is_one_line_of_printable_characters() {
        let mut field = Field::default();
        field.paste("0.05\u{1b}[31m\nquit\n");
        assert_eq!(field.text(), "0.05[31m");
    }
}
