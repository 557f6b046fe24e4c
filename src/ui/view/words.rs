//! Text that is fitted to its place, and the model's words in the key table's texts.

use crate::engine::{Pace, RunState};
use crate::ui::state::State;
pub use crate::ui::widget::format::wrap;

/// A text whose lines were broken by its author, as paragraphs: lines that follow each other are
/// joined, unless the second is indented or begins an item of a list.
pub fn flow(text: &str) -> String {
    let mut flowed = String::new();
    let mut open = false;
    for line in text.lines() {
        let line = line.trim_end();
        let apart = line.is_empty() || line.starts_with([' ', '-', '*']);
        if open && !apart {
            flowed.push(' ');
        } else if !flowed.is_empty() {
            flowed.push('\n');
        }
        flowed.push_str(line);
        open = !line.is_empty();
    }
    flowed
}

/// A text of the key table with the words of the present model in it.
pub fn fill(text: &str, state: &State) -> String {
    if !text.contains('{') {
        return text.to_owned();
    }
    let table = state.run.as_ref().and_then(|run| run.description());
    let frame = state.run.as_ref().and_then(|run| run.frame.as_ref());
    let frozen = state.run.as_ref().is_some_and(|run| run.frozen.is_some());
    let running = frame.is_some_and(|frame| frame.state == RunState::Running);
    let recorded = state
        .run
        .as_ref()
        .is_some_and(|run| run.replayed().is_some());
    let flat_out = frame.is_some_and(|frame| frame.pace == Pace::FlatOut);
    let words = [
        ("{unit}", table.map_or("step", |table| table.unit.as_ref())),
        (
            "{quantum}",
            table.map_or("quantum", |table| table.quantum.as_ref()),
        ),
        (
            "{pause}",
            match (running, recorded) {
                (true, _) => "pause",
                (false, true) => "play",
                (false, false) => "go on",
            },
        ),
        ("{nudge}", if recorded { "scrub" } else { "nudge" }),
        ("{freeze}", if frozen { "unfreeze" } else { "freeze" }),
        ("{pace}", if flat_out { "watch" } else { "flat out" }),
    ];
    let mut filled = text.to_owned();
    for (name, word) in words {
        filled = filled.replace(name, word);
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::widget::format;

    #[test]
    fn wrapped_lines_fit_and_hold_every_word() {
        let text = "the angle between both gradients\n  in degrees, supercalifragilistic";
        for width in 1..40u16 {
            let lines = wrap(text, width);
            assert!(
                lines
                    .iter()
                    .all(|line| format::columns(line) <= usize::from(width))
            );
            let joined: String = lines.concat().split_whitespace().collect();
            assert_eq!(joined, text.split_whitespace().collect::<String>());
        }
        assert_eq!(wrap("a\n\nb", 10), ["a", "", "b"]);
    }

    #[test]
    fn lines_of_a_paragraph_flow_together() {
        let text = "Watch the loss\nfall.\n\nTry:\n- eta\n- n, which\n  is slow\n";
        let flowed = "Watch the loss fall.\n\nTry:\n- eta\n- n, which\n  is slow";
        assert_eq!(flow(text), flowed);
    }
}
