//! What the line to the terminal carries, over the screen.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::{Clear, Widget};

use super::overlay::middle;
use crate::ui::state::State;
use crate::ui::state::reduced::LinkFacts;
use crate::ui::theme::Role;
use crate::ui::widget::{PanelBox, Pen, format};

pub fn draw(state: &State, area: Rect, buf: &mut Buffer) {
    let lines = lines(&state.link, state.reduced.words());
    let place = middle(area, 62, lines.len() as u16 + 2);
    Clear.render(place, buf);
    PanelBox {
        theme: state.theme,
        title: "the line to this terminal",
        notes: &[],
        focused: true,
    }
    .render(place, buf);
    let mut pen = Pen::new(state.theme, PanelBox::inner(place), buf);
    for (row, (name, value)) in (0..).zip(&lines) {
        pen.say(1, row, name, Role::Dim);
        pen.say(14, row, value, Role::Value);
    }
}

fn lines(link: &LinkFacts, left_out: &str) -> Vec<(&'static str, String)> {
    let bytes = |bytes: f64| format!("{}B", format::count(bytes));
    let of = |limit: Option<f64>, none: &str| match limit {
        Some(limit) => format!("{}/s", bytes(limit)),
        None => none.to_owned(),
    };
    let latency = match link.latency {
        Some(ms) => format!("{ms:.0} ms from a question to the terminal's answer"),
        None => "the terminal has not answered".to_owned(),
    };
    vec![
        ("written", format!("{}/s", bytes(link.bytes_per_s))),
        ("frames", format!("{:.1}/s", link.frames_per_s)),
        ("a frame", bytes(link.bytes_per_frame)),
        ("latency", latency),
        ("carries", of(link.carries, "more than was asked of it")),
        ("budget", of(link.ceiling, "none; --budget sets one")),
        ("left out", left_out.to_owned()),
    ]
}
