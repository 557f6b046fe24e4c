//! How far the present unit, or the run, has come.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;

use super::format;
use super::pen::Pen;
use crate::ui::theme::{Role, Theme};

const LONGEST_BAR: u16 = 24;
const SHORTEST_BAR: u16 = 4;

/// One row: `sweep  7/20 ━━━━━━━─────────`. The numbers keep their width while the work goes on.
#[derive(Clone, Debug)]
pub struct Gauge<'a> {
    pub theme: Theme,
    pub label: &'a str,
    pub done: u64,
    /// 0 when the end is not known: then there is no bar.
    pub of: u64,
}

impl Widget for Gauge<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        let mut pen = Pen::new(self.theme, area, buf);
        let number = |n: u64| {
            if n < 100_000 {
                n.to_string()
            } else {
                format::count(n as f64)
            }
        };
        let x = pen.say(0, 0, self.label, Role::Dim);
        let x = if x > 0 { x + 1 } else { 0 };
        if self.of == 0 {
            pen.say(x, 0, &number(self.done), Role::Value);
            return;
        }
        let of = number(self.of);
        let done = format!("{:>width$}", number(self.done), width = of.chars().count());
        let x = pen.say(x, 0, &done, Role::Value);
        let x = pen.say(x, 0, &format!("/{of}"), Role::Dim) + 1;
        let room = pen.width().saturating_sub(x).min(LONGEST_BAR);
        if room < SHORTEST_BAR {
            return;
        }
        let share = (self.done as f64 / self.of as f64).min(1.0);
        let filled = (share * f64::from(room)).floor() as u16;
        let [full, _, rest] = self.theme.symbols().slider;
        for column in 0..room {
            let (glyph, role) = if column < filled {
                (full, Role::Bar)
            } else {
                (rest, Role::Track)
            };
            pen.char(x + column, 0, glyph, self.theme.style(role));
        }
    }
}
