//! What keys do to a recording: they move through it, and say so where they would change a run.

use super::{Effect, run};
use crate::engine::{Command, StepOf, Target};
use crate::models::param::Stride;
use crate::ui::action::{Action, LaneAction, ParamAction, RunAction, ScreenAction};
use crate::ui::state::State;
use crate::ui::state::run::{Run, Tone};

/// Of a whole recording, what a short and a long way through it are.
const SHORT: u64 = 200;
const LONG: u64 = 50;

pub fn update(run: &mut Run, action: RunAction) -> Vec<Effect> {
    let command = match action {
        RunAction::StepQuantum => ahead(1),
        RunAction::StepUnit => ahead(share(run, LONG)),
        RunAction::Back(1) => Command::Rewind(Target::Back(1)),
        RunAction::Back(_) => Command::Rewind(Target::Back(share(run, LONG))),
        _ => match run::command(run, action) {
            Some(command) => command,
            None => return Vec::new(),
        },
    };
    vec![Effect::Send(command)]
}

/// Left and right where parameters have the focus, which in a recording cannot be nudged.
pub fn scrub(run: &Run, steps: i32, stride: Stride) -> Vec<Effect> {
    let parts = match stride {
        Stride::Fine => SHORT,
        Stride::Coarse => LONG,
    };
    let by = share(run, parts);
    vec![Effect::Send(match steps {
        ..0 => Command::Rewind(Target::Back(by)),
        _ => ahead(by),
    })]
}

fn ahead(count: u64) -> Command {
    Command::Step {
        of: StepOf::Unit,
        count,
    }
}

fn share(run: &Run, parts: u64) -> u64 {
    let last = run.replayed().map_or(0, |replayed| replayed.last);
    (last / parts).max(1)
}

/// Whether an action would change a run, so that it is none for a recording.
pub fn changes(action: Action) -> bool {
    match action {
        Action::Run(action) => matches!(
            action,
            RunAction::NextVariant
                | RunAction::ResetSameSeed
                | RunAction::ResetNewSeed
                | RunAction::Mark
                | RunAction::Stimulate
                | RunAction::Undo
                | RunAction::Redo
                | RunAction::Checkpoint
        ),
        Action::Screen(action) => {
            matches!(action, ScreenAction::AskReset | ScreenAction::Breakpoints)
        }
        Action::Param(action) => matches!(action, ParamAction::Edit | ParamAction::Default),
        Action::Lane(action) => matches!(action, LaneAction::Fork),
        _ => false,
    }
}

/// Says why an action is none for a recording. False for those that are.
pub fn refuses(state: &mut State, action: Action) -> bool {
    let run = state.run.as_mut().filter(|run| run.replayed().is_some());
    let Some(run) = run.filter(|_| changes(action)) else {
        return false;
    };
    let words =
        "this is a recording, nothing in it can be changed: `hebbtop resume` goes on with its run";
    run.say(Tone::Refused, words);
    true
}
