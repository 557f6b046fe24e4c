//! The border of a panel with its title and what must be known about its scale.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::{Block, Widget};

use super::pen::Pen;
use crate::ui::theme::{Role, Theme};

/// A border; notes stand behind the title, and the last ones are left out where room is short.
#[derive(Clone, Debug)]
pub struct PanelBox<'a> {
    pub theme: Theme,
    pub title: &'a str,
    pub notes: &'a [String],
    pub focused: bool,
}

impl PanelBox<'_> {
    /// The area inside the border.
    pub fn inner(area: Rect) -> Rect {
        Rect {
            x: area.x.saturating_add(1),
            y: area.y.saturating_add(1),
            width: area.width.saturating_sub(2),
            height: area.height.saturating_sub(2),
        }
    }
}

impl Widget for PanelBox<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        let area = area.intersection(buf.area);
        if area.width < 2 || area.height < 2 {
            return;
        }
        let symbols = self.theme.symbols();
        let (set, line, title) = if self.focused {
            (symbols.border_focus, Role::Focus, Role::Focus)
        } else {
            (symbols.border, Role::Border, Role::Title)
        };
        Block::bordered()
            .border_set(set)
            .border_style(self.theme.style(line))
            .render(area, buf);
        // One place of the line stays at each end.
        let heading = Rect {
            x: area.x + 2,
            width: area.width.saturating_sub(4),
            height: 1,
            ..area
        };
        title_line(self.theme, self.title, self.notes, title, heading, buf);
    }
}

/// A title with as many of its notes as fit on one line, a blank on either side.
pub(super) fn title_line(
    theme: Theme,
    title: &str,
    notes: &[String],
    role: Role,
    area: Rect,
    buf: &mut Buffer,
) {
    let mut pen = Pen::new(theme, area, buf);
    if title.is_empty() || pen.width() < 4 {
        return;
    }
    let shown = pen.clip(title, pen.width() - 2);
    pen.say(0, 0, " ", role);
    let mut x = pen.say(1, 0, &shown, role);
    for note in notes.iter().filter(|note| !note.is_empty()) {
        if x + 2 + pen.width_of(note) + 1 > pen.width() {
            break;
        }
        x = pen.say(x, 0, "  ", Role::Dim);
        x = pen.say(x, 0, note, Role::Dim);
    }
    pen.say(x, 0, " ", role);
}
