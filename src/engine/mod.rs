//! The simulation thread: commands in, frames and records out.
//!
//! One thread owns the model. Between two quanta it takes messages from a bounded channel, and puts
//! a frame into a subscriber's one-slot mailbox when that subscriber has asked for one: a screen
//! never queues and never slows the model. Whoever must not miss a sample takes the record channel,
//! for which the model waits.

mod breakpoints;
pub mod command;
mod door;
mod edits;
mod experiment;
pub mod frame;
mod handover;
pub mod history;
mod isa;
pub mod journal;
mod lanes;
mod log;
mod mailbox;
mod obey;
mod publish;
mod rate;
mod record;
mod recording;
mod rewind;
mod run;
mod snapshot;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Sender, bounded};
use thiserror::Error;

pub use command::{Command, CommandId, Pace, StepOf};
pub use door::Door;
pub use experiment::{StartError, describe};
pub use frame::{
    About, BreakpointLine, Frame, LogKind, LogLine, Replayed, Reply, Request, RunState,
};
pub use handover::{Handover, TakeError};
pub use history::{Bucket, Cursor, Delta, History, Mark, MarkKind};
pub use isa::isa;
pub use journal::{Entry, Event, Machine};
pub use lanes::Give;
pub use mailbox::{Gone, Subscription};
pub(crate) use mailbox::{Mailbox, Message};
pub use record::Record;
pub use recording::{Archive, Recorded, Recorder, Wants};
pub use rewind::{Target, as_it_went};
pub use snapshot::{Place, Snapshot, revive};

use crate::data::Dataset;
use crate::models::{Description, Fault, Model, Value};
use crate::preset::{Breakpoint, Preset, RuleFile};
use experiment::Experiment;
use run::{Beginning, Run};

/// Messages that may wait for the next quantum.
const WAITING: usize = 64;

/// Between two checkpoints, where nobody says otherwise.
pub const CHECKPOINT_EVERY: Duration = Duration::from_secs(600);

/// Bytes of recent states that are kept unless somebody says otherwise.
pub const REWIND_MEMORY: usize = 256 << 20;

/// How an experiment is run, beyond what its preset says.
pub struct Options {
    pub pace: Pace,
    /// Images that take the place of the preset's.
    pub data: Option<Arc<Dataset>>,
    /// Gets every sample and log line; the model waits while it is full.
    pub record: Option<Sender<Record>>,
    /// Starts paused at step 0.
    pub paused: bool,
    /// Whether somebody is there to go on from a pause of the preset, a fault or the planned
    /// length; otherwise the first does not pause, and the others end the thread.
    pub attended: bool,
    /// Bytes of recent states that are kept to go back to; 0 keeps none.
    pub rewind_memory: usize,
    /// Keeps the run that goes on from a snapshot.
    pub recorder: Option<Recorder>,
    /// A folder in which the run is kept from its beginning.
    pub record_in: Option<PathBuf>,
    /// How the run can be recorded from any moment on.
    pub archive: Option<Archive>,
    /// While recording, the whole state is written so often.
    pub checkpoint_every: Duration,
    /// What is done to the run as it was done before.
    pub repeat: VecDeque<Entry>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            pace: Pace::FlatOut,
            data: None,
            record: None,
            paused: false,
            attended: true,
            rewind_memory: REWIND_MEMORY,
            recorder: None,
            record_in: None,
            archive: None,
            checkpoint_every: CHECKPOINT_EVERY,
            repeat: VecDeque::new(),
        }
    }
}

/// A handle on the simulation thread.
pub struct Engine {
    door: Door,
    thread: JoinHandle<Finished>,
}

/// What is left when the thread has ended.
#[derive(Debug)]
pub struct Finished {
    pub step: u64,
    pub quantum: u64,
    pub state: RunState,
    pub metrics: Vec<f64>,
    pub description: Description,
    pub preset: Preset,
    pub seed: u64,
    pub data: Option<(String, String)>,
    /// Every parameter as it was given last, in table order.
    pub given: Vec<Value>,
    /// What has been learnt, where that is a plasticity rule.
    pub rule: Option<RuleFile>,
    /// 16 hexadecimal digits over the whole state; clocks are no part of it.
    pub digest: String,
    /// The breakpoint that ended the run, with its values.
    pub stopped_by: Option<String>,
    /// What became of the recording, where there was one.
    pub recorded: Option<Recorded>,
    /// The folder with a state of a run that was not recorded.
    pub kept_in: Option<String>,
    /// Time that building the model took, and time since.
    pub setup: Duration,
    pub wall: Duration,
}

impl Finished {
    pub fn fault(&self) -> Option<&Fault> {
        match &self.state {
            RunState::Faulted(fault) => Some(fault),
            _ => None,
        }
    }
}

/// What is known of a run before the place from which it goes on.
pub struct Past {
    pub journal: Vec<Entry>,
    /// Step and metrics, in order.
    pub samples: Box<dyn Iterator<Item = (u64, Vec<f64>)> + Send>,
    /// Where it was saved.
    pub machine: Option<Machine>,
    /// Another planned length.
    pub length: Option<u64>,
}

impl Default for Past {
    fn default() -> Self {
        Self {
            journal: Vec::new(),
            samples: Box::new(std::iter::empty()),
            machine: None,
            length: None,
        }
    }
}

#[derive(Debug, Error)]
#[error("the simulation thread has panicked")]
pub struct Panicked;

impl Engine {
    /// Builds the model of `preset` and starts its thread.
    /// # Errors
    /// When data or parameters do not fit the model.
    pub fn start(preset: Preset, mut options: Options) -> Result<Self, StartError> {
        let begun = Instant::now();
        let experiment = Experiment::open(preset, options.data.clone())?;
        for condition in &experiment.preset.breakpoints {
            Breakpoint::parse(condition, &experiment.description)
                .map_err(|error| StartError::Break(format!("break `{condition}`: {error}")))?;
        }
        // Only now: a recording is not replaced by a run that cannot begin.
        if let (Some(folder), Some(archive)) = (&options.record_in, options.archive.clone()) {
            let mut archive = archive.lock().unwrap_or_else(PoisonError::into_inner);
            options.recorder = Some(archive(folder).map_err(StartError::Record)?);
        }
        Ok(Self::launch(experiment, options, begun.elapsed()))
    }

    /// Goes on from a snapshot, bit for bit as if nothing had been between.
    /// # Errors
    /// When the snapshot does not fit the program or the images.
    pub fn resume(snapshot: Snapshot, past: Past, options: Options) -> Result<Self, StartError> {
        let begun = Instant::now();
        let experiment = Experiment::revive(&snapshot, options.data.clone())?;
        let from = Beginning::Resumed(Box::new((snapshot.place, past)));
        Ok(Self::launch_from(
            experiment,
            from,
            options,
            begun.elapsed(),
        ))
    }

    fn launch(experiment: Experiment, options: Options, setup: Duration) -> Self {
        Self::launch_from(experiment, Beginning::New, options, setup)
    }

    fn launch_from(
        experiment: Experiment,
        from: Beginning,
        options: Options,
        setup: Duration,
    ) -> Self {
        let (messages, inbox) = bounded(WAITING);
        let thread = std::thread::Builder::new()
            .name("simulation".into())
            .spawn(move || Run::new(experiment, from, options, inbox, setup).until_quit())
            .expect("a thread can be started");
        Self {
            door: Door::new(messages),
            thread,
        }
    }

    /// A new subscriber, whose first frame brings the whole past.
    pub fn subscribe(&self) -> Subscription {
        self.door.subscribe()
    }

    pub fn door(&self) -> Door {
        self.door.clone()
    }

    /// Waits until the thread has ended, which [`Command::Quit`] asks for.
    /// # Errors
    /// When the thread has panicked.
    pub fn join(self) -> Result<Finished, Panicked> {
        drop(self.door);
        self.thread.join().map_err(|_| Panicked)
    }
}

/// 16 hexadecimal digits over the state of a model after `step` units and `quantum` quanta.
pub fn digest(model: &dyn Model, step: u64, quantum: u64) -> String {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    hash.update(step.to_le_bytes());
    hash.update(quantum.to_le_bytes());
    hash.update(model.save());
    hash.finalize()[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
