//! The whole state of a run between two quanta: handed out for a checkpoint, and started from.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Past;
use super::edits::Edits;
use super::experiment::{Experiment, StartError};
use super::frame::{LogKind, RunState};
use super::history::History;
use super::journal::{Event, Machine};
use super::run::Run;
use crate::data::Dataset;
use crate::models::{self, Description, Family, Model, Values};
use crate::preset::Preset;

/// No run is longer.
const LONGEST: u64 = 1 << 53;

/// A gap that is longer is not filled unit by unit: a forged step would take for ever.
const FILLED: u64 = 1 << 20;

/// Everything from which a run goes on bit for bit.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    pub preset: Preset,
    pub place: Place,
    /// [`Model::save`].
    pub model: Vec<u8>,
}

/// How far a run has come, and what was done to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Place {
    pub seed: u64,
    /// Name and SHA-256 of the images.
    pub data: Option<(String, String)>,
    pub step: u64,
    pub quantum: u64,
    pub quanta: u64,
    pub state: RunState,
    /// Where the run pauses as done; none when it has gone on from there.
    pub length: Option<u64>,
    /// Every parameter as it was given last.
    pub(super) given: Values,
    pub(super) scheduled: usize,
    pub(super) edits: Edits,
    pub(super) sample: Vec<f64>,
    pub(super) breakpoints: Vec<String>,
}

/// The model of a snapshot, in the state in which it was, to be looked at, and its tables.
/// # Errors
/// When the images are not here, or the snapshot is none of this program's.
pub fn revive(
    snapshot: &Snapshot,
    images: Option<Arc<Dataset>>,
) -> Result<(Box<dyn Model>, Description), StartError> {
    let experiment = Experiment::revive(snapshot, images)?;
    Ok((experiment.model, experiment.description))
}

impl Experiment {
    /// The experiment of a snapshot, in the state in which it was.
    pub(super) fn revive(
        snapshot: &Snapshot,
        images: Option<Arc<Dataset>>,
    ) -> Result<Self, StartError> {
        let model = &snapshot.preset.model;
        let family = models::family(model).ok_or_else(|| StartError::NoSuchModel(model.clone()))?;
        Self::revive_as(family, snapshot, images)
    }

    pub(super) fn revive_as(
        family: &'static Family,
        snapshot: &Snapshot,
        images: Option<Arc<Dataset>>,
    ) -> Result<Self, StartError> {
        let preset = Preset {
            seed: snapshot.place.seed,
            values: snapshot.place.given.clone(),
            ..snapshot.preset.clone()
        };
        let mut experiment = Self::of_family(family, preset, images)?;
        let fits = snapshot.place.sample.len() == experiment.description.metrics.len();
        let unfit = || StartError::Revive("its metrics are not those of the model".into());
        if !fits {
            return Err(unfit());
        }
        let params = experiment.description.params.len();
        if !snapshot.place.edits.are_below(params) {
            let what = format!("its changes are of parameters beyond the {params} of the model");
            return Err(StartError::Revive(what));
        }
        if snapshot.place.step > LONGEST {
            let (unit, step) = (&experiment.description.unit, snapshot.place.step);
            let what = format!("it stands at {unit} {step}; the last is {LONGEST}");
            return Err(StartError::Revive(what));
        }
        experiment
            .model
            .load(&snapshot.model)
            .map_err(|error| StartError::Revive(error.to_string()))?;
        experiment.preset = snapshot.preset.clone();
        Ok(experiment)
    }
}

impl Run {
    /// The state as it is now.
    pub(super) fn snapshot(&self) -> Snapshot {
        self.snapshot_in(Vec::new())
    }

    /// The same, with the model's state in memory that was used before.
    pub(super) fn snapshot_in(&self, mut state: Vec<u8>) -> Snapshot {
        let Experiment {
            model, description, ..
        } = &self.experiment;
        model.save_into(&mut state);
        let mut given = Values::new();
        for (param, spec) in description.params.iter().enumerate() {
            let value = model.given(param);
            let named = self.experiment.preset.values.given(&spec.id).is_some();
            if value != spec.default || named {
                given.set(spec.id.as_ref(), value);
            }
        }
        Snapshot {
            preset: self.experiment.preset.clone(),
            place: Place {
                seed: self.experiment.seed,
                data: self.experiment.data_named(),
                step: self.step,
                quantum: self.quantum,
                quanta: self.quanta,
                state: self.state.clone(),
                length: self.length,
                given,
                scheduled: self.scheduled,
                edits: self.edits.clone(),
                sample: self.sample.clone(),
                breakpoints: self.breakpoints.conditions(),
            },
            model: state,
        }
    }

    /// Goes on from the place of a snapshot whose experiment this run has.
    pub(super) fn go_on_from(&mut self, place: Place, past: Past) {
        let others = place.data != self.experiment.data_named();
        let why = past.machine.and_then(|machine| machine.differs());
        let images = others.then(|| "the images are others".to_owned());
        for why in why.into_iter().chain(images) {
            self.say(LogKind::Info, format!("not bit-exact: {why}"));
        }
        let breakpoints = place.breakpoints.clone();
        self.go_back_to(place);
        self.remember(past.samples);
        self.journal = past.journal;
        self.rearm(breakpoints);
        if let Some(length) = past.length {
            self.experiment.preset.length = length;
            self.length = Some(length).filter(|&length| length > self.step);
            if self.length.is_some() && self.state == RunState::Done {
                self.state = RunState::Running;
            }
        }
        // Without an end ahead, and nobody there, the run is done where it stands.
        if self.length.is_none() && !self.options.attended && self.state == RunState::Running {
            self.state = RunState::Done;
        }
        self.journal(Event::Resume {
            machine: Machine::here(),
        });
    }

    /// Takes over the place of a snapshot whose experiment this run has.
    pub(super) fn go_back_to(&mut self, place: Place) {
        self.step = place.step;
        self.quantum = place.quantum;
        self.quanta = place.quanta;
        self.length = place.length;
        self.scheduled = place.scheduled;
        self.edits = place.edits;
        self.sample = place.sample;
        if matches!(place.state, RunState::Done | RunState::Faulted(_)) {
            self.state = place.state;
        }
    }

    /// Fills the history with what is known of the samples before this step, gaps elsewhere.
    pub(super) fn remember(&mut self, past: impl Iterator<Item = (u64, Vec<f64>)>) {
        let gap = vec![f64::NAN; self.sample.len()];
        let here = self.step;
        let known = past.take_while(|(step, _)| *step <= here);
        for (step, sample) in known.chain(std::iter::once((here + 1, gap.clone()))) {
            if step.saturating_sub(self.history.samples()) > FILLED {
                self.history = History::unknown(gap.len(), step - 1);
            }
            while self.history.samples() + 1 < step {
                self.history.push(&gap);
            }
            let next = self.history.samples() + 1;
            if step == next && step <= here && sample.len() == gap.len() {
                self.history.push(&sample);
            }
        }
    }
}

#[cfg(test)]
impl Snapshot {
    /// The beginning of an experiment whose model has no state.
    pub(super) fn empty(preset: Preset) -> Self {
        Self {
            place: Place {
                seed: preset.seed,
                data: None,
                step: 0,
                quantum: 0,
                quanta: 0,
                state: RunState::Running,
                length: None,
                given: Values::new(),
                scheduled: 0,
                edits: Edits::default(),
                sample: Vec::new(),
                breakpoints: Vec::new(),
            },
            preset,
            model: Vec::new(),
        }
    }
}
