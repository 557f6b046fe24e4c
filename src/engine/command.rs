//! What a person, a schedule or a journal can ask of a run.

use serde::{Deserialize, Serialize};

use super::rewind::Target;
use crate::models::table::Value;

/// Counts the commands of one subscriber, from 1.
pub type CommandId = u64;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Command {
    Pause,
    Resume,
    SetPace(Pace),
    /// Does so much and pauses, whatever the run was doing.
    Step {
        of: StepOf,
        count: u64,
    },
    /// Applies at the boundary that the model's table names.
    Set {
        id: String,
        value: Value,
    },
    Undo,
    Redo,
    /// Builds the model anew with the present parameters; `None` keeps the seed.
    Reset {
        seed: Option<u64>,
    },
    /// Replaces the experiment: `NAME`, `NAME:VARIANT` or a path.
    Preset(String),
    /// Writes the present parameters as a preset file.
    SavePreset(std::path::PathBuf),
    /// Writes the rule that the run has learnt.
    SaveRule(std::path::PathBuf),
    /// Keeps everything from now on in a new folder.
    Record(std::path::PathBuf),
    /// Writes the whole state into the folder of the recording.
    Checkpoint,
    /// Writes the whole state, into that new folder where nothing is recorded.
    KeepState(std::path::PathBuf),
    /// Pauses whenever a condition comes true, see [`Breakpoint`](crate::preset::Breakpoint).
    Break(String),
    /// Removes the breakpoint of that number from 1, or all.
    Unbreak(Option<usize>),
    /// Switches a breakpoint off or on.
    SwitchBreakpoint(usize),
    /// Goes back to an earlier unit.
    Rewind(Target),
    /// Goes on until a condition holds, or until so many units are done.
    Until(String),
    /// A line for the log and a mark on the charts.
    Mark(String),
    /// Whether this run and those beside it wait for each other.
    InStep(bool),
    /// Ends the thread.
    Quit,
}

/// How fast a run goes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Pace {
    FlatOut,
    /// Units a second.
    Units(f64),
    /// Slow motion: quanta a second.
    Quanta(f64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StepOf {
    Quantum,
    Unit,
}
