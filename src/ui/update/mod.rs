//! `update(state, action, now)`: what an action does to the screen, and what it asks of the run.

mod breakpoints;
pub mod chart;
pub mod lanes;
mod list;
pub mod look;
mod map;
pub mod mouse;
pub mod param;
mod raster;
pub mod replay;
pub mod run;
pub mod screen;
mod text;

use std::path::PathBuf;
use std::time::Duration;

use super::action::{Action, DialogAction, PanelAction, StartAction};
use super::export::Form;
use super::palette;
use super::state::State;
use super::state::dialog::{Dialog, Palette};
use super::state::tab::Focus;
use super::theme::Depth;
use crate::engine::Command;

/// What an action asks for outside the screen's state.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    Send(Command),
    /// Fork the run that has the keys into a lane.
    Fork(u8),
    /// End a lane.
    Kill(u8),
    /// Only this lane goes on.
    Promote(u8),
    /// Read a recording into a lane.
    Recorded(u8, PathBuf),
    /// Open the preset chosen on the start screen.
    Open(String),
    /// Write the panel under focus to a file.
    Export(Form),
    /// Write every cell again.
    Repaint,
    /// Give the terminal back to the shell.
    Suspend,
    /// Leave, and let the run go on.
    Detach,
    /// Report the mouse, or leave it to the terminal.
    Mouse(bool),
    /// Draw with so many colours.
    Depth(Depth),
    /// Take the wheel of the run that has the keys.
    Steer,
    Leave(Exit),
}

/// Why the screen was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// A person asked for it.
    Asked,
    /// Ctrl-C twice, or a signal.
    Interrupted,
}

/// Does `action`.
pub fn update(state: &mut State, action: Action, now: Duration) -> Vec<Effect> {
    state.now = now;
    if replay::refuses(state, action) {
        return Vec::new();
    }
    let effects = act(state, action);
    if let Some(tour) = state.run.as_mut().and_then(|run| run.tour.as_mut()) {
        tour.saw(action, &effects);
    }
    effects
}

fn act(state: &mut State, action: Action) -> Vec<Effect> {
    match action {
        Action::Run(action) => run::update(state, action),
        Action::Screen(action) => screen::update(state, action),
        Action::Param(action) => param::update(state, action),
        Action::Chart(action) => none(|| chart::update(state, action)),
        Action::Map(action) => none(|| map::update(state, action)),
        Action::Raster(action) => raster::update(state, action),
        Action::Panel(action) => none(|| turn_item(state, action)),
        Action::List(action) => none(|| list::update(state, action)),
        Action::Start(action) => start(state, action),
        Action::Dialog(action) => dialog(state, action),
        Action::Break(action) => breakpoints::update(state, action),
        Action::Lane(action) => lanes::update(state, action),
        Action::Text(action) => none(|| text::update(state, action)),
    }
}

/// Takes pasted text: the first line goes where a line is being typed, and nowhere else.
pub fn paste(state: &mut State, pasted: &str, now: Duration) {
    state.now = now;
    text::paste(state, pasted);
}

/// Adds `effects` to `queue`; of several values for one parameter only the last is sent, so that a
/// burst of key presses over a slow line is one command.
pub fn queue(queue: &mut Vec<Effect>, effects: Vec<Effect>) {
    for effect in effects {
        if let Effect::Send(Command::Set { id, .. }) = &effect
            && let Some(Effect::Send(Command::Set { id: last, .. })) = queue.last()
            && id == last
        {
            queue.pop();
        }
        queue.push(effect);
    }
}

fn none(does: impl FnOnce()) -> Vec<Effect> {
    does();
    Vec::new()
}

fn turn_item(state: &mut State, action: PanelAction) {
    let Some(run) = &mut state.run else { return };
    let Focus::Panel(panel) = run.focus() else {
        return;
    };
    let specs = run.description().map_or(&[][..], |table| &table.panels);
    let items = specs.get(panel).map_or(&[][..], |spec| &spec.items);
    if items.is_empty() {
        return;
    }
    // Panels that offer the same choice show the same: the weights of a layer and their histogram.
    let same: Vec<usize> = (0..specs.len())
        .filter(|&other| specs[other].items == items)
        .collect();
    let count = items.len();
    let by = match action {
        PanelAction::NextItem => 1,
        PanelAction::PreviousItem => count - 1,
    };
    let item = run.panels.get(panel).map_or(0, |shown| shown.item);
    let item = (item.min(count - 1) + by) % count;
    for other in same {
        if let Some(shown) = run.panels.get_mut(other) {
            shown.item = item;
            shown.window = None;
            shown.cursor = None;
            shown.scroll = 0;
        }
    }
}

fn start(state: &mut State, action: StartAction) -> Vec<Effect> {
    let Some(start) = &mut state.start else {
        return Vec::new();
    };
    match action {
        StartAction::NextVariant => start.turn_variant(1),
        StartAction::PreviousVariant => start.turn_variant(-1),
        StartAction::Leave => return vec![Effect::Leave(Exit::Asked)],
        StartAction::Open => {
            start.refusal = None;
            return start.choice().map(Effect::Open).into_iter().collect();
        }
    }
    Vec::new()
}

fn dialog(state: &mut State, action: DialogAction) -> Vec<Effect> {
    match action {
        DialogAction::Leave => return vec![Effect::Leave(Exit::Asked)],
        DialogAction::SaveFirst => {
            let name = state.run.as_ref().map_or("mine", |run| palette::stem(run));
            let line = format!("save {name}-mine.toml");
            state.dialog = Some(Dialog::Palette(Palette::new(&line)));
        }
        DialogAction::Accept => return accept(state),
        DialogAction::Close => close(state),
    }
    Vec::new()
}

fn close(state: &mut State) {
    if let Some(Dialog::Filter(_)) = state.dialog
        && let Some(run) = &mut state.run
    {
        run.log_view.filter.clear();
        run.log_view.back = 0;
    }
    if state.dialog.take().is_none()
        && let Some(start) = &mut state.start
    {
        start.filter.erase_all();
        start.filtering = false;
        start.select(0);
    }
}

/// Enter in a line that is being typed.
fn accept(state: &mut State) -> Vec<Effect> {
    match state.dialog.take() {
        Some(Dialog::Palette(palette)) => palette::enter(state, palette),
        Some(Dialog::Value { param, field, .. }) => param::typed(state, param, field),
        Some(Dialog::Filter(_)) => Vec::new(),
        other => {
            state.dialog = other;
            Vec::new()
        }
    }
}
