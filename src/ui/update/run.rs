//! What is asked of the run.

use super::Effect;
use crate::engine::{Command, Pace, RunState, StepOf, Target};
use crate::ui::action::RunAction;
use crate::ui::state::State;
use crate::ui::state::run::{Run, Tone};

/// Units a second for a preset that names no pace.
pub const WATCHING: f64 = 20.0;

/// Quanta a second in slow motion.
pub const SLOW: f64 = 4.0;

pub fn update(state: &mut State, action: RunAction) -> Vec<Effect> {
    let reset = matches!(action, RunAction::ResetSameSeed | RunAction::ResetNewSeed);
    if reset {
        state.dialog = None;
    }
    let Some(run) = &mut state.run else {
        return Vec::new();
    };
    if run.gone || run.frame.is_none() {
        return Vec::new();
    }
    if run.replayed().is_some() {
        return super::replay::update(run, action);
    }
    if action == RunAction::Stimulate {
        return super::param::toggle(run, "stimulate");
    }
    command(run, action).map(Effect::Send).into_iter().collect()
}

/// The command for an action on a run.
pub fn command(run: &mut Run, action: RunAction) -> Option<Command> {
    let frame = run.frame.as_ref()?;
    Some(match action {
        RunAction::TogglePause if frame.state == RunState::Running => Command::Pause,
        RunAction::TogglePause => Command::Resume,
        RunAction::StepQuantum => step(StepOf::Quantum, 1),
        RunAction::StepUnit => step(StepOf::Unit, 1),
        RunAction::TogglePace if frame.pace == Pace::FlatOut => Command::SetPace(watching(run)),
        RunAction::TogglePace => Command::SetPace(Pace::FlatOut),
        RunAction::ToggleSlow if matches!(frame.pace, Pace::Quanta(_)) => {
            Command::SetPace(watching(run))
        }
        RunAction::ToggleSlow => Command::SetPace(Pace::Quanta(SLOW)),
        RunAction::NextVariant => return next_variant(run),
        RunAction::ResetSameSeed => Command::Reset { seed: None },
        RunAction::ResetNewSeed => Command::Reset {
            seed: Some(run.about.as_ref()?.seed.wrapping_add(1)),
        },
        RunAction::Stimulate => return None,
        RunAction::Mark => Command::Mark(format!("mark {}", 1 + marks(run))),
        RunAction::Undo => Command::Undo,
        RunAction::Redo => Command::Redo,
        RunAction::Back(units) => Command::Rewind(Target::Back(units)),
        RunAction::GoTo(target) => Command::Rewind(target),
        RunAction::Faster(times) => return faster(run, times),
        RunAction::Checkpoint => Command::Checkpoint,
    })
}

fn step(of: StepOf, count: u64) -> Command {
    Command::Step { of, count }
}

/// The pace at which a person can follow.
pub fn watching(run: &Run) -> Pace {
    let preset = run.about.as_ref().and_then(|about| about.preset.pace);
    Pace::Units(preset.unwrap_or(WATCHING))
}

fn faster(run: &mut Run, times: f64) -> Option<Command> {
    let pace = match run.frame.as_ref()?.pace {
        Pace::Units(rate) => Pace::Units(rate * times),
        Pace::Quanta(rate) => Pace::Quanta(rate * times),
        Pace::FlatOut => {
            run.say(Tone::Plain, "it goes flat out: p gives it a pace");
            return None;
        }
    };
    Some(Command::SetPace(pace))
}

fn marks(run: &Run) -> usize {
    let by_hand = |mark: &&crate::engine::Mark| mark.kind == crate::engine::MarkKind::Note;
    run.history.marks().iter().filter(by_hand).count()
}

fn next_variant(run: &mut Run) -> Option<Command> {
    let preset = &run.about.as_ref()?.preset;
    if preset.variants.is_empty() {
        let words = format!("{} has no variants", preset.name);
        run.say(Tone::Plain, words);
        return None;
    }
    let here = preset.variant.as_ref();
    let place = here.and_then(|here| preset.variants.iter().position(|name| name == here));
    let next = preset.variants.get(place.map_or(0, |place| place + 1));
    Some(variant(run, next.map(String::as_str)))
}

/// The command that goes to a variant of the present preset, or to the preset itself.
pub fn variant(run: &Run, name: Option<&str>) -> Command {
    let present = run
        .about
        .as_ref()
        .and_then(|about| about.preset.variant.as_deref());
    let stem = present
        .and_then(|present| run.source.strip_suffix(present)?.strip_suffix(':'))
        .unwrap_or(&run.source);
    Command::Preset(match name {
        Some(name) => format!("{stem}:{name}"),
        None => stem.to_owned(),
    })
}
