//! The line above the footer: what the last command came to, or what this is about.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::words::wrap;
use crate::data::text;
use crate::engine::{Frame, Replayed, RunState};
use crate::ui::state::run::{Run, Tone};
use crate::ui::theme::{Role, Theme};
use crate::ui::widget::Pen;

/// The words and how they are meant.
pub fn words(run: &Run) -> (String, Role) {
    if run.gone {
        return (
            "the simulation has ended under the screen; q leaves".into(),
            Role::Bad,
        );
    }
    if let Some(message) = &run.message {
        let role = match message.tone {
            Tone::Plain => Role::Text,
            Tone::Good => Role::Good,
            Tone::Refused => Role::Warn,
            Tone::Fault => Role::Bad,
        };
        return (message.words.clone(), role);
    }
    if let (Some(replayed), Some(frame), Some(table)) =
        (run.replayed(), &run.frame, run.description())
    {
        return (replaying(replayed, frame, &table.unit), Role::Dim);
    }
    match (&run.frame, &run.about) {
        (Some(frame), _) if matches!(frame.state, RunState::Faulted(_)) => {
            let RunState::Faulted(fault) = &frame.state else {
                return (String::new(), Role::Text);
            };
            (fault.what.clone(), Role::Bad)
        }
        (Some(frame), _) if frame.state == RunState::Done => (
            "done: the planned length is reached; everything is alive, space goes on".into(),
            Role::Good,
        ),
        (_, Some(about)) => (
            format!("{}  (? says what to watch)", about.preset.title),
            Role::Dim,
        ),
        (_, None) => (format!("building {} ...", run.source), Role::Dim),
    }
}

/// Where one is in a recording, and what of it cannot follow.
fn replaying(replayed: &Replayed, frame: &Frame, unit: &str) -> String {
    let share = 100.0 * frame.step as f64 / replayed.last.max(1) as f64;
    let panels = match replayed.panels {
        Some(step) => format!("; what is no curve shows its checkpoint at {unit} {step}"),
        None => String::new(),
    };
    format!(
        "{share:.1} % of {}, nothing is simulated{panels}",
        text::line(&replayed.folder)
    )
}

/// The most lines that a message takes.
const MOST: u16 = 3;

/// The lines on a screen of this width: the tour's, then those of the message.
fn lines(run: &Run, width: u16) -> Vec<(String, Role)> {
    let width = width.saturating_sub(2);
    let (words, role) = words(run);
    let mut said = wrap(&words, width);
    said.truncate(usize::from(MOST));
    let tour = run
        .tour
        .map_or_else(Vec::new, |tour| wrap(&tour.words(), width));
    let tour = tour.into_iter().map(|line| (line, Role::Accent));
    tour.chain(said.into_iter().map(|line| (line, role)))
        .collect()
}

/// Lines that the message takes on a screen of this width.
pub fn height(run: &Run, width: u16) -> u16 {
    (lines(run, width).len() as u16).clamp(1, 2 * MOST)
}

pub fn draw(run: &Run, theme: Theme, area: Rect, buf: &mut Buffer) {
    let mut pen = Pen::new(theme, area, buf);
    for (row, (line, role)) in (0..pen.height()).zip(lines(run, area.width)) {
        pen.say(1, row, &line, role);
    }
}
