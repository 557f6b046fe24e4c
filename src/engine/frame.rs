//! What a screen gets: the state of a run, as plain data that can cross a wire.

use serde::{Deserialize, Serialize};

use super::command::{CommandId, Pace};
use super::history::{Cursor, Delta};
use crate::models::model::Fault;
use crate::models::panel::{PanelData, PanelRequest};
use crate::models::table::{Description, Value};
use crate::preset::Preset;

/// What a screen wants in its next frame.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// The epoch of the [`About`] that it holds; 0 before the first frame.
    pub epoch: u64,
    /// How far its copy of the history has come.
    pub history: Cursor,
    /// Number of log lines that it has.
    pub log: u64,
    /// Only what is visible: a hidden panel costs nothing.
    pub panels: Vec<PanelRequest>,
}

impl Request {
    /// For a look at how the run stands: its tables, nothing of its past, no panels.
    pub fn glance() -> Self {
        Self {
            history: Cursor::LATEST,
            log: u64::MAX,
            ..Self::default()
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    /// Counts the models that this engine has built (start, reset, other preset), from 1. A screen
    /// that holds another epoch drops its history and takes `about`.
    pub epoch: u64,
    /// Present when the request named another epoch.
    pub about: Option<Box<About>>,
    pub state: RunState,
    pub pace: Pace,
    /// Units done.
    pub step: u64,
    /// Quanta done inside the present unit.
    pub quantum: u64,
    /// Measured units a second while running.
    pub rate: f64,
    /// Whether the model is waiting for a full record channel.
    pub waiting_for_recorder: bool,
    /// The folder in which the run is kept.
    pub recording: Option<String>,
    pub breakpoints: Vec<BreakpointLine>,
    /// Values in table order: what the model has now.
    pub values: Vec<Value>,
    /// Accepted changes that wait for their boundary: (number of the parameter, value).
    pub pending: Vec<(usize, Value)>,
    /// The last sample, in table order.
    pub metrics: Vec<f64>,
    pub history: Delta,
    /// Lines since the request's `log`.
    pub log: Vec<LogLine>,
    /// Answers to this subscriber's commands since the last frame.
    pub replies: Vec<Reply>,
    pub undo_depth: u32,
    pub redo_depth: u32,
    /// As requested, in the order of the request.
    pub panels: Vec<PanelData>,
}

/// What stays the same for the life of a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct About {
    pub description: Description,
    pub preset: Preset,
    pub seed: u64,
    /// Name and SHA-256 of the images, where there are any.
    pub data: Option<(String, String)>,
    /// Present when nothing is simulated: the frames come from a recording.
    pub replayed: Option<Replayed>,
    /// The step at which a run that went back was taken up again; what a screen knows from behind it is
    /// an abandoned future.
    pub back_to: Option<u64>,
}

/// What a screen has to know of the recording behind its frames.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replayed {
    pub folder: String,
    /// The step of the last sample.
    pub last: u64,
    /// The step of the checkpoint that all panels but the histories show.
    pub panels: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RunState {
    Running,
    Paused,
    /// Paused at the planned length; everything is alive and can go on.
    Done,
    Faulted(Fault),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    pub command: CommandId,
    /// The step at which it applied or what it did; or why it was refused.
    pub outcome: Result<String, String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// Number of the line, from 0.
    pub number: u64,
    pub step: u64,
    pub kind: LogKind,
    pub words: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LogKind {
    Info,
    Edit,
    Refused,
    Fault,
    /// A breakpoint was hit.
    Hit,
}

/// A breakpoint of the run. Its number counts from 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BreakpointLine {
    pub words: String,
    pub on: bool,
    pub hits: u64,
}
