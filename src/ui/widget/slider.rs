//! Where a parameter stands between its bounds.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;

use super::pen::Pen;
use crate::ui::theme::{Role, Theme};

/// A track shorter than this shows nothing that the number does not.
const LEAST_TRACK: u16 = 5;

/// One row: `1e-4 ━━━━━━█────┼──── 2 log`. Bounds and scale are left out where room is short.
#[derive(Clone, Debug)]
pub struct Slider<'a> {
    pub theme: Theme,
    /// From 0 (lower bound) to 1; `None` draws an empty track.
    pub position: Option<f64>,
    /// Where the default lies: a notch in the track.
    pub default: Option<f64>,
    /// Where a change that waits for its boundary will put it.
    pub pending: Option<f64>,
    pub low: &'a str,
    pub high: &'a str,
    pub log: bool,
    pub focused: bool,
}

impl Widget for Slider<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        let mut pen = Pen::new(self.theme, area, buf);
        let width = pen.width();
        let ends = pen.width_of(self.low) + pen.width_of(self.high) + 2;
        let scale = if self.log { " log" } else { " lin" };
        let with_scale = width >= ends + 4 + 2 * LEAST_TRACK;
        let with_ends = width >= ends + 2 * LEAST_TRACK;
        let mut start = 0;
        let mut end = width;
        if with_scale {
            end -= 4;
            pen.say(end, 0, scale, Role::Dim);
        }
        if with_ends {
            start = pen.say(0, 0, self.low, Role::Dim) + 1;
            let high = pen.width_of(self.high);
            pen.say(end - high, 0, self.high, Role::Dim);
            end -= high + 1;
        }
        if end - start >= LEAST_TRACK {
            self.track(start, end - start, &mut pen);
        }
    }
}

impl Slider<'_> {
    fn track(&self, start: u16, length: u16, pen: &mut Pen<'_>) {
        let [filled, knob, rest] = self.theme.symbols().slider;
        let column = |share: Option<f64>| {
            let share = share.filter(|share| share.is_finite())?.clamp(0.0, 1.0);
            Some(start + (share * f64::from(length - 1)).round() as u16)
        };
        let here = column(self.position);
        for x in start..start + length {
            let (glyph, role) = if here.is_some_and(|here| x < here) {
                (filled, Role::Bar)
            } else {
                (rest, Role::Track)
            };
            pen.char(x, 0, glyph, self.theme.style(role));
        }
        if let Some(x) = column(self.default) {
            pen.say(x, 0, "┼", Role::Track);
        }
        if let Some(x) = column(self.pending) {
            pen.char(x, 0, knob, self.theme.style(Role::Pending));
        }
        if let Some(x) = here {
            let role = if self.focused { Role::Focus } else { Role::Bar };
            pen.char(x, 0, knob, self.theme.style(role));
        }
    }
}
