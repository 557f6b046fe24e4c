//! Lanes: forked, given the keys, let go, compared.

use std::path::PathBuf;

use super::Effect;
use crate::engine::Command;
use crate::ui::action::LaneAction;
use crate::ui::state::State;
use crate::ui::state::dialog::Dialog;
use crate::ui::state::lanes::{MOST, letter, number};
use crate::ui::state::run::Tone;

type Done = Result<Vec<Effect>, String>;

pub fn update(state: &mut State, action: LaneAction) -> Vec<Effect> {
    let Some(run) = state.run.as_ref().filter(|run| run.frame.is_some()) else {
        return Vec::new();
    };
    let here = run.lane;
    let done = match action {
        LaneAction::Fork => fork(state),
        LaneAction::Turn(by) => turn(state, by),
        LaneAction::Compare => {
            state.dialog = Some(Dialog::Compare(0));
            Ok(Vec::new())
        }
        LaneAction::ToggleStep => {
            let free = !state.lanes.free;
            in_step(state, !free)
        }
        LaneAction::Kill => kill(state, here),
        LaneAction::Promote => promote(state, here),
        LaneAction::Fold => fold(state),
        LaneAction::Difference => difference(state),
    };
    done.unwrap_or_else(|why| {
        if let Some(run) = &mut state.run {
            run.say(Tone::Refused, why);
        }
        Vec::new()
    })
}

/// A command of lanes with what is typed behind it; `None` for other commands.
pub fn typed(state: &mut State, id: &str, rest: &str) -> Option<Done> {
    let lane = |state: &State| {
        let known = number(rest).filter(|&lane| state.lane(lane).is_some());
        known.ok_or_else(|| format!("there is no lane `{rest}`: {}", names(state)))
    };
    Some(match id {
        "lanes" => match rest {
            "step" => in_step(state, true),
            "free" => in_step(state, false),
            _ => Err("lanes takes step or free".into()),
        },
        "kill" => lane(state).and_then(|lane| kill(state, lane)),
        "promote" => lane(state).and_then(|lane| promote(state, lane)),
        "lane" => recorded(state, rest),
        _ => return None,
    })
}

fn names(state: &State) -> String {
    let there = (0..MOST).filter(|&lane| state.lane(lane).is_some());
    let names: Vec<String> = there.map(|lane| letter(lane).to_string()).collect();
    match &names[..] {
        [only] => format!("{only} is the only one"),
        _ => format!("there are {}", names.join(", ")),
    }
}

fn say(state: &mut State, tone: Tone, words: String) {
    if let Some(run) = &mut state.run {
        run.say(tone, words);
    }
}

fn room(state: &State) -> Result<u8, String> {
    if let Some(coming) = state.lanes.coming {
        return Err(format!("lane {} is still being made", letter(coming)));
    }
    let full = || format!("there are {MOST} lanes; :kill ends one");
    state.vacant().ok_or_else(full)
}

fn fork(state: &mut State) -> Done {
    if state.run.as_ref().is_none_or(|run| run.gone || run.still) {
        return Err("there is no run to fork".into());
    }
    let lane = room(state)?;
    state.lanes.coming = Some(lane);
    say(state, Tone::Plain, format!("forking {} ...", letter(lane)));
    Ok(vec![Effect::Fork(lane)])
}

fn recorded(state: &mut State, folder: &str) -> Done {
    let lane = room(state)?;
    state.lanes.coming = Some(lane);
    say(state, Tone::Plain, format!("reading {folder} ..."));
    Ok(vec![Effect::Recorded(lane, PathBuf::from(folder))])
}

fn turn(state: &mut State, by: i32) -> Done {
    let here = state.run.as_ref().map_or(0, |run| run.lane);
    let moving = |lane: &u8| state.lane(*lane).is_some_and(|run| !run.still);
    let lanes: Vec<u8> = (0..MOST).filter(moving).collect();
    if lanes.len() < 2 {
        return Err("there is one lane only: F forks the run into another".into());
    }
    let place = lanes.iter().position(|&lane| lane == here).unwrap_or(0) as i32;
    let there = lanes[(place + by).rem_euclid(lanes.len() as i32) as usize];
    state.focus_lane(there);
    say(
        state,
        Tone::Plain,
        format!(
            "lane {}: keys and parameters are its own now",
            letter(there)
        ),
    );
    Ok(Vec::new())
}

fn in_step(state: &mut State, in_step: bool) -> Done {
    if state.lanes.is_alone() {
        return Err("there is one lane only: F forks the run into another".into());
    }
    state.lanes.free = !in_step;
    Ok(vec![Effect::Send(Command::InStep(in_step))])
}

fn kill(state: &mut State, lane: u8) -> Done {
    if lane == state.lanes.main {
        let name = letter(lane);
        return Err(format!(
            "{name} is the main run: promote another lane, or q leaves"
        ));
    }
    if state.run.as_ref().is_some_and(|run| run.lane == lane) {
        let main = state.lanes.main;
        state.focus_lane(main);
    }
    state.forget_lane(lane);
    say(state, Tone::Plain, format!("lane {} is gone", letter(lane)));
    Ok(vec![Effect::Kill(lane)])
}

/// The lane becomes the main run, and the others go.
fn promote(state: &mut State, lane: u8) -> Done {
    if state.lane(lane).is_none_or(|run| run.still || run.gone) {
        return Err(format!("lane {} does not run", letter(lane)));
    }
    if state.lanes.is_alone() {
        return Err("there is one lane only: F forks the run into another".into());
    }
    state.focus_lane(lane);
    let others: Vec<u8> = state.lanes.beside.iter().map(|run| run.lane).collect();
    state.lanes.main = lane;
    for other in others {
        state.forget_lane(other);
    }
    let words = format!("lane {} is the main run now", letter(lane));
    say(state, Tone::Good, words);
    Ok(vec![Effect::Promote(lane)])
}

fn fold(state: &mut State) -> Done {
    if state.lanes.is_alone() {
        return Err("there is one lane only: nothing to fold".into());
    }
    state.lanes.folded = !state.lanes.folded;
    let words = match state.lanes.folded {
        true => "folded: the median of all lanes, and from the lowest to the highest behind it",
        false => "every lane has its own curve",
    };
    say(state, Tone::Plain, words.into());
    Ok(Vec::new())
}

fn difference(state: &mut State) -> Done {
    let run = state.run.as_ref();
    let pair = run.and_then(|run| state.lanes.compared(run));
    let Some((other, base)) = pair.map(|(other, base)| (letter(other.lane), letter(base.lane)))
    else {
        return Err("a difference needs a second lane that runs: F forks".into());
    };
    state.lanes.difference = !state.lanes.difference;
    let words = match state.lanes.difference {
        true => format!("heat maps show {other} minus {base}, means of blocks"),
        false => "heat maps show the lane itself".into(),
    };
    say(state, Tone::Plain, words);
    Ok(Vec::new())
}
