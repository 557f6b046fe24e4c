//! Words that come from files, made safe to print: a file must not drive the terminal.

use std::borrow::Cow;

/// `words` without control characters and without marks that turn the direction of writing.
/// Line ends stay.
pub fn paragraph(words: &str) -> String {
    words
        .chars()
        .filter(|&c| c == '\n' || !(c.is_control() || turns_direction(c)))
        .collect()
}

/// Like [`paragraph`], on one line: every run of white space becomes one blank.
pub fn line(words: &str) -> String {
    let spaced: String = words
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|&c| !(c.is_control() || turns_direction(c)))
        .collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn turns_direction(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A cell of a CSV file: in quotation marks where it would be taken for more than one.
pub fn csv_cell(words: &str) -> Cow<'_, str> {
    match words.contains([',', '"', '\n']) {
        true => format!("\"{}\"", words.replace('"', "\"\"")).into(),
        false => words.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_drive_a_terminal_is_dropped() {
        let hostile = "a\x1b[31mb\x07c\u{9b}2Jd\x7fe\u{202e}f\u{2067}g";
        assert_eq!(line(hostile), "a[31mbc2Jdefg");
        assert_eq!(paragraph("one\r\n\ttwo"), "one\ntwo");
        assert_eq!(line(" one\n\t two "), "one two");
    }

    #[test]
    fn letters_of_all_scripts_stay() {
        let words = "η = 0.1 · Erdős–Rényi 自己";
        assert_eq!(line(words), words);
    }
}
