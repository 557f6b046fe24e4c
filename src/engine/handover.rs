//! A run given from one process to another: all that a screen that comes back to it would miss in a
//! checkpoint (the charts' past, the log, the journal) goes with the state.

use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::command::{Pace, StepOf};
use super::experiment::Experiment;
use super::frame::RunState;
use super::history::{Cursor, Delta, History};
use super::journal::Entry;
use super::lanes::Fork;
use super::log::Log;
use super::run::{Beginning, Run};
use super::snapshot::{Place, Snapshot};
use super::{Engine, Options, StartError};
use crate::preset::{Kept, PresetError};

/// Takes what is handed over.
pub type Take = Box<dyn FnOnce(Handover) + Send>;

/// A run between two quanta, as plain data.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Handover {
    preset: Kept,
    place: Place,
    model: Vec<u8>,
    pace: Pace,
    paused: bool,
    stepping: Option<(StepOf, u64)>,
    history: Delta,
    log: Log,
    journal: Vec<Entry>,
}

impl Run {
    /// Gives the whole run away, which ends here.
    pub(super) fn give_away(&mut self, take: Take) {
        let snapshot = self.snapshot();
        self.quit = true;
        take(Handover {
            preset: Kept::of(&snapshot.preset),
            place: snapshot.place,
            model: snapshot.model,
            pace: self.pace,
            paused: self.state == RunState::Paused,
            stepping: self.stepping,
            history: self.history.since(Cursor::default()),
            log: self.log.clone(),
            journal: self.journal.clone(),
        });
    }
}

/// Why a run cannot be taken over.
#[derive(Debug, thiserror::Error)]
pub enum TakeError {
    #[error(transparent)]
    Preset(#[from] PresetError),
    #[error(transparent)]
    Start(#[from] StartError),
}

impl Engine {
    /// Goes on with a run that another process has given away; its pace is the run's own.
    /// # Errors
    /// When it does not fit the program or the images.
    pub fn take_over(given: Handover, options: Options) -> Result<Self, TakeError> {
        let begun = Instant::now();
        let snapshot = Snapshot {
            preset: given.preset.preset("the run that is handed over")?,
            place: given.place,
            model: given.model,
        };
        let experiment = Experiment::revive(&snapshot, options.data.clone())?;
        let mut history = History::new(experiment.description.metrics.len());
        history.apply(given.history);
        let options = Options {
            pace: given.pace,
            paused: given.paused,
            ..options
        };
        let fork = Fork {
            place: snapshot.place,
            stepping: given.stepping,
            history,
            log: given.log,
            journal: given.journal,
            lane: None,
        };
        let from = Beginning::Forked(Box::new(fork));
        Ok(Self::launch_from(
            experiment,
            from,
            options,
            begun.elapsed(),
        ))
    }
}
