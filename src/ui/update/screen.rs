//! What changes on the screen itself.

use super::{Effect, Exit};
use crate::ui::action::ScreenAction;
use crate::ui::state::State;
use crate::ui::state::dialog::{Dialog, Palette};
use crate::ui::state::run::{Frozen, Run, Tone};
use crate::ui::state::tab::{Focus, TabKind};

pub fn update(state: &mut State, action: ScreenAction) -> Vec<Effect> {
    match action {
        ScreenAction::Repaint => return vec![Effect::Repaint],
        ScreenAction::Suspend => return vec![Effect::Suspend],
        ScreenAction::Detach => return vec![Effect::Detach],
        ScreenAction::Mouse => {
            state.mouse = !state.mouse;
            if let Some(run) = &mut state.run {
                let words = match state.mouse {
                    true => {
                        "mouse on: click, drag over a chart, wheel; shift selects text in most terminals"
                    }
                    false => "mouse off: the terminal selects text",
                };
                run.say(Tone::Plain, words);
            }
            return vec![Effect::Mouse(state.mouse)];
        }
        ScreenAction::Link => state.dialog = Some(Dialog::Link),
        ScreenAction::Steer => return vec![Effect::Steer],
        ScreenAction::Interrupt => return interrupt(state),
        ScreenAction::AskQuit => return quit(state),
        ScreenAction::Help => {
            state.sought.clear();
            state.dialog = Some(Dialog::Help(0));
        }
        ScreenAction::Palette(text) => state.dialog = Some(Dialog::Palette(Palette::new(text))),
        ScreenAction::Breakpoints => {
            if state.run.as_ref().is_some_and(|run| run.frame.is_some()) {
                state.dialog = Some(Dialog::Breakpoints(0));
            }
        }
        ScreenAction::AskExport => {
            if let Some(run) = &mut state.run {
                match run.focus() {
                    Focus::Panel(_) => state.dialog = Some(Dialog::Export),
                    _ => run.say(Tone::Plain, "no panel has the focus: tab goes to one"),
                }
            }
        }
        ScreenAction::Export(form) => {
            state.dialog = None;
            return vec![Effect::Export(form)];
        }
        ScreenAction::AskReset => {
            if state
                .run
                .as_ref()
                .is_some_and(|run| !run.gone && run.frame.is_some())
            {
                state.dialog = Some(Dialog::Reset);
            }
        }
        _ => {
            if let Some(run) = &mut state.run {
                arrange(run, action);
            }
        }
    }
    Vec::new()
}

fn interrupt(state: &mut State) -> Vec<Effect> {
    if state.run.is_none() || state.dialog == Some(Dialog::Quit) {
        return vec![Effect::Leave(Exit::Interrupted)];
    }
    state.dialog = Some(Dialog::Quit);
    Vec::new()
}

fn quit(state: &mut State) -> Vec<Effect> {
    if state.run.as_ref().is_some_and(Run::at_stake) {
        state.dialog = Some(Dialog::Quit);
        return Vec::new();
    }
    vec![Effect::Leave(Exit::Asked)]
}

fn arrange(run: &mut Run, action: ScreenAction) {
    match action {
        ScreenAction::Freeze => freeze(run),
        ScreenAction::View(number) => show_view(run, number),
        ScreenAction::NextPanel => turn_focus(run, 1),
        ScreenAction::PreviousPanel => turn_focus(run, -1),
        ScreenAction::FocusParameters => {
            run.zoomed = false;
            run.crosshair = None;
            if !run.is_log() {
                run.set_focus(Focus::Parameters);
            }
        }
        ScreenAction::Zoom => run.zoomed = !run.zoomed,
        _ => {}
    }
}

fn freeze(run: &mut Run) {
    if run.frozen.take().is_some() {
        return;
    }
    if let Some(frame) = &run.frame {
        run.frozen = Some(Frozen {
            step: frame.step,
            metrics: frame.metrics.clone(),
        });
    }
}

/// Goes to view `number`, 1 being the first.
pub fn show_view(run: &mut Run, number: usize) {
    if (1..=run.tabs.len()).contains(&number) {
        run.tab = number - 1;
        run.zoomed = false;
    } else if run.tabs.is_empty() {
        run.say(Tone::Plain, "the run is still being set up");
    } else {
        let last = run.tabs.len();
        run.say(Tone::Plain, format!("the views are 1 to {last}"));
    }
}

fn turn_focus(run: &mut Run, by: i32) {
    let Some(tab) = run.tab() else { return };
    let mut stops: Vec<Focus> = tab
        .panels
        .iter()
        .map(|&panel| Focus::Panel(panel))
        .collect();
    if tab.kind == TabKind::Log {
        stops.push(Focus::Log);
    }
    stops.push(Focus::Parameters);
    let here = stops
        .iter()
        .position(|stop| *stop == tab.focus)
        .unwrap_or(0) as i64;
    let there = (here + i64::from(by)).rem_euclid(stops.len() as i64);
    run.set_focus(stops[there as usize]);
}
