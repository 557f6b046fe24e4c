//! One line that is being typed, with its cursor.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::widgets::Widget;

use super::pen::Pen;
use crate::ui::theme::{Role, Theme};

/// `:set eta 0.05█`. A line that is longer than the room slides so that the cursor stays visible.
#[derive(Clone, Debug)]
pub struct TextInput<'a> {
    pub theme: Theme,
    /// Stands before the text.
    pub prompt: &'a str,
    pub text: &'a str,
    /// In characters from the start.
    pub cursor: usize,
    /// What may follow, behind the text: a completion or the values allowed.
    pub hint: &'a str,
}

impl Widget for TextInput<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        let mut pen = Pen::new(self.theme, area, buf);
        let start = pen.say(0, 0, self.prompt, Role::Key);
        let room = usize::from(pen.width().saturating_sub(start));
        if room == 0 {
            return;
        }
        let characters: Vec<char> = self.text.chars().collect();
        let cursor = self.cursor.min(characters.len());
        let first = first_shown(cursor, characters.len(), room);
        let shown: String = characters.iter().skip(first).take(room).collect();
        let end = pen.say(start, 0, &shown, Role::Text);
        if first > 0 {
            let ellipsis = self.theme.symbols().ellipsis;
            pen.char(start, 0, ellipsis, self.theme.style(Role::Dim));
        }
        let before: String = characters[first..cursor].iter().collect();
        let at = start + pen.width_of(&before);
        if cursor == characters.len() {
            pen.say(at, 0, " ", Role::Text);
            pen.say(end + 1, 0, self.hint, Role::Dim);
        }
        let style = self.theme.style(Role::Text);
        pen.restyle(at, 0, 1, style.add_modifier(Modifier::REVERSED));
    }
}

/// The first character to show, so that the cursor and the place behind the end are visible.
fn first_shown(cursor: usize, length: usize, room: usize) -> usize {
    if length < room {
        0
    } else {
        // A third of the room stays visible behind the cursor.
        let ahead = (length - cursor).min(room / 3);
        (cursor + ahead + 1).saturating_sub(room).min(cursor)
    }
}
