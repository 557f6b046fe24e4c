//! The command line: the typed form of the key table, with arguments.

mod candidates;
mod execute;

pub use candidates::{Candidate, candidates};

use super::state::State;
use super::state::dialog::{Dialog, Palette};
use super::state::run::Run;
use super::update::Effect;
use crate::preset::did_you_mean;

/// Enter: does what is typed, or says why not and leaves the line open.
pub fn enter(state: &mut State, mut palette: Palette) -> Vec<Effect> {
    let line = palette.field.text().trim().to_owned();
    if line.is_empty() {
        return Vec::new();
    }
    match execute::execute(state, &line) {
        Ok(effects) => {
            state.remember(&line);
            effects
        }
        Err(refusal) => {
            palette.refusal = Some(refusal);
            state.dialog = Some(Dialog::Palette(palette));
            Vec::new()
        }
    }
}

/// Tab: takes the marked candidate.
pub fn complete(state: &mut State) {
    let Some(Dialog::Palette(palette)) = &state.dialog else {
        return;
    };
    let found = candidates(state, palette.field.text());
    let Some(candidate) = found.get(palette.chosen.min(found.len().saturating_sub(1))) else {
        return;
    };
    let line = candidate.line.clone();
    state.dialog = Some(Dialog::Palette(Palette::new(&line)));
}

/// Up and down: through the lines of the past while one of them (or nothing) is shown, else through
/// the candidates.
pub fn turn(state: &mut State, up: bool) {
    let Some(Dialog::Palette(palette)) = &state.dialog else {
        return;
    };
    let text = palette.field.text();
    let turned = if text.is_empty() || palette.recalled.is_some() {
        let place = match (palette.recalled, up) {
            (None, true) => Some(0),
            (Some(place), true) => Some((place + 1).min(state.recall.len().saturating_sub(1))),
            (Some(place), false) => place.checked_sub(1),
            (None, false) => None,
        };
        let line = place.and_then(|place| state.recall.iter().rev().nth(place));
        Palette {
            recalled: place.filter(|_| line.is_some()),
            ..Palette::new(line.map_or("", String::as_str))
        }
    } else {
        let last = candidates(state, text).len().saturating_sub(1);
        let chosen = if up {
            palette.chosen.saturating_sub(1)
        } else {
            palette.chosen + 1
        };
        Palette {
            chosen: chosen.min(last),
            ..palette.clone()
        }
    };
    state.dialog = Some(Dialog::Palette(turned));
}

/// The name of the preset, for a file that is derived from it.
pub fn stem(run: &Run) -> &str {
    run.about
        .as_ref()
        .map_or("mine", |about| about.preset.name.as_str())
}

/// `there is no WHAT TYPED`, with the nearest name that there is.
fn unknown<'a>(what: &str, typed: &str, known: impl Iterator<Item = &'a str>) -> String {
    format!("there is no {what} `{typed}`{}", did_you_mean(typed, known))
}
