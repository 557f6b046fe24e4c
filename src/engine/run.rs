//! The loop on the simulation thread.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, TryRecvError};

use super::breakpoints::Breakpoints;
use super::command::{Pace, StepOf};
use super::edits::Edits;
use super::experiment::Experiment;
use super::frame::{LogKind, RunState};
use super::history::{History, MarkKind};
use super::journal::{Entry, Event};
use super::lanes::{Fork, Lane};
use super::log::Log;
use super::mailbox::{Mailbox, Message};
use super::obey::Author;
use super::rate::Rate;
use super::record::Record;
use super::recording::{Keeping, Recorded};
use super::rewind::Kept;
use super::snapshot::Place;
use super::{Finished, Options, Past};
use crate::models::table::Applies;
use crate::models::{Progress, Value};
use crate::preset::Action;

/// A paced run that has fallen further behind than this does not try to catch up.
const BEHIND: Duration = Duration::from_millis(250);

/// Where a run begins.
pub(super) enum Beginning {
    New,
    Resumed(Box<(Place, Past)>),
    Forked(Box<Fork>),
}

pub(super) struct Run {
    pub(super) experiment: Experiment,
    pub(super) options: Options,
    pub(super) inbox: Receiver<Message>,
    pub(super) subscribers: Vec<Mailbox>,
    pub(super) epoch: u64,
    pub(super) state: RunState,
    pub(super) pace: Pace,
    /// Units done, quanta done inside the present unit, and quanta done in all.
    pub(super) step: u64,
    pub(super) quantum: u64,
    pub(super) quanta: u64,
    /// What is left of a step command.
    pub(super) stepping: Option<(StepOf, u64)>,
    /// Where the run pauses as done; going on from there has no end.
    pub(super) length: Option<u64>,
    /// Entries of the preset's schedule that have been applied.
    pub(super) scheduled: usize,
    pub(super) edits: Edits,
    pub(super) history: History,
    pub(super) log: Log,
    pub(super) rate: Rate,
    /// When the next unit or quantum of a paced run is due.
    pub(super) due: Instant,
    pub(super) sample: Vec<f64>,
    /// Those that no recorder has yet.
    pub(super) spikes: Vec<[u32; 2]>,
    pub(super) waiting_for_recorder: bool,
    /// Commands that came while the model waited for the recorder.
    pub(super) deferred: VecDeque<Message>,
    pub(super) breakpoints: Breakpoints,
    pub(super) kept: Kept,
    pub(super) back_to: Option<u64>,
    /// Its seat, while other runs are beside it.
    pub(super) lane: Option<Lane>,
    /// While what was done is done again: no words, marks or records.
    pub(super) silent: bool,
    /// The breakpoint that ended a run with nobody there.
    pub(super) stopped_by: Option<String>,
    pub(super) journal: Vec<Entry>,
    pub(super) keeping: Option<Keeping>,
    pub(super) recorded: Option<Recorded>,
    /// The folder that got the state when it was asked for last, of a run that is not recorded.
    pub(super) kept_in: Option<String>,
    pub(super) quit: bool,
    pub(super) setup: Duration,
    pub(super) begun: Instant,
}

impl Run {
    pub fn new(
        experiment: Experiment,
        from: Beginning,
        options: Options,
        inbox: Receiver<Message>,
        setup: Duration,
    ) -> Self {
        let metrics = experiment.description.metrics.len();
        let length = experiment.preset.length;
        // With nobody there, nobody goes back.
        let kept = Kept::new(if options.attended {
            options.rewind_memory
        } else {
            0
        });
        let mut run = Self {
            state: if options.paused {
                RunState::Paused
            } else {
                RunState::Running
            },
            pace: options.pace,
            experiment,
            options,
            inbox,
            subscribers: Vec::new(),
            epoch: 1,
            step: 0,
            quantum: 0,
            quanta: 0,
            stepping: None,
            length: Some(length),
            scheduled: 0,
            edits: Edits::default(),
            history: History::new(metrics),
            log: Log::default(),
            rate: Rate::new(),
            due: Instant::now(),
            back_to: None,
            spikes: Vec::new(),
            sample: vec![f64::NAN; metrics],
            waiting_for_recorder: false,
            deferred: VecDeque::new(),
            breakpoints: Breakpoints::default(),
            kept,
            lane: None,
            silent: false,
            stopped_by: None,
            journal: Vec::new(),
            keeping: None,
            recorded: None,
            kept_in: None,
            quit: false,
            setup,
            begun: Instant::now(),
        };
        run.begin(from);
        run.keep_state();
        run
    }

    fn begin(&mut self, from: Beginning) {
        if !matches!(from, Beginning::Forked(_)) {
            self.announce();
        }
        let every = self.options.checkpoint_every;
        let recorder = self.options.recorder.take();
        self.keeping = recorder.map(|recorder| Keeping::new(recorder, every));
        match from {
            Beginning::Resumed(from) => self.go_on_from(from.0, from.1),
            Beginning::Forked(fork) => self.go_on_as_fork(*fork),
            Beginning::New => {
                self.journal.push(Entry {
                    step: 0,
                    quantum: 0,
                    event: self.start_entry(),
                });
                self.record(Record::Start {
                    about: Box::new(self.about()),
                    journal: self.journal.clone(),
                });
                self.rearm(self.experiment.preset.breakpoints.clone());
                self.at_boundary();
                if self.keeping.is_some() {
                    self.checkpoint();
                }
            }
        }
    }

    pub fn until_quit(mut self) -> Finished {
        loop {
            self.repeat();
            if self.quit || self.is_over() {
                break;
            }
            if let Some(message) = self.deferred.pop_front() {
                self.handle(message);
                continue;
            }
            match self.inbox.try_recv() {
                Ok(message) => self.handle(message),
                Err(TryRecvError::Disconnected) => break,
                Err(TryRecvError::Empty) if self.state != RunState::Running => {
                    self.stand_still();
                    match self.listen() {
                        Ok(Some(message)) => self.handle(message),
                        Ok(None) => {}
                        Err(_) => break,
                    }
                }
                Err(TryRecvError::Empty) if self.lane.is_some() => self.go_on_in_step(),
                Err(TryRecvError::Empty) => self.go_on(),
            }
        }
        self.finish()
    }

    /// Whether nothing can happen any more because nobody is there to go on.
    fn is_over(&self) -> bool {
        let ended = matches!(self.state, RunState::Done | RunState::Faulted(_));
        ended && !self.options.attended
    }

    /// One quantum, or the wait until it is due.
    pub(super) fn go_on(&mut self) {
        if self.stepping.is_none() && self.pace != Pace::FlatOut {
            let wait = self.due.saturating_duration_since(Instant::now());
            if !wait.is_zero() {
                match self.inbox.recv_timeout(wait) {
                    Ok(message) => self.handle(message),
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => self.quit = true,
                }
                return;
            }
        }
        let progress = self.experiment.model.advance();
        self.quanta += 1;
        self.quantum += 1;
        self.take_spikes();
        let unit_done = progress == Progress::UnitDone;
        match progress {
            Progress::Continue => {}
            Progress::UnitDone => self.unit_done(),
            Progress::Fault(fault) => {
                self.note(MarkKind::Fault, LogKind::Fault, fault.what.clone());
                self.journal(Event::Fault {
                    what: fault.what.clone(),
                });
                self.state = RunState::Faulted(fault);
                self.stepping = None;
                return;
            }
        }
        self.set_due(unit_done);
        self.count_step(unit_done);
        self.checkpoint_if_due();
    }

    fn unit_done(&mut self) {
        self.step += 1;
        self.quantum = 0;
        self.breakpoints.before(&self.sample);
        self.experiment.model.metrics(&mut self.sample);
        self.history.push(&self.sample);
        self.rate.count(Instant::now());
        self.hand_spikes();
        if self.options.record.is_some() || self.keeping.is_some() {
            let metrics = self.sample.as_slice().into();
            self.record(Record::Sample {
                step: self.step,
                metrics,
            });
        }
        self.ask_breakpoints();
        self.keep_state();
        self.at_boundary();
        if self.length == Some(self.step) && self.state == RunState::Running {
            self.length = None;
            self.stepping = None;
            self.state = RunState::Done;
            self.say(
                LogKind::Info,
                "done: the planned length is reached; space goes on".into(),
            );
        }
    }

    /// What is due between two units: the schedule, and changes that waited.
    pub(super) fn at_boundary(&mut self) {
        for (param, value) in self.take_due() {
            self.apply(param, value);
        }
        while let Some(entry) = self.experiment.preset.schedule.get(self.scheduled)
            && entry.step <= self.step
        {
            let actions = entry.actions.clone();
            self.scheduled += 1;
            for action in actions {
                self.perform(action);
            }
        }
    }

    fn perform(&mut self, action: Action) {
        match action {
            Action::Set { id, value } => {
                if let Err(why) = self.change(&id, value, Author::Schedule) {
                    self.say(LogKind::Refused, why);
                }
            }
            Action::Pause if self.options.attended => {
                self.state = RunState::Paused;
                self.say(LogKind::Info, "paused by the preset; space goes on".into());
            }
            Action::Pause => {}
        }
    }

    fn take_due(&mut self) -> Vec<(usize, Value)> {
        let params = &self.experiment.description.params;
        self.edits
            .take_due(|param| params[param].applies != Applies::Restart)
    }

    fn set_due(&mut self, unit_done: bool) {
        let (each, counts) = match self.pace {
            Pace::FlatOut => return,
            Pace::Units(rate) => (rate, unit_done),
            Pace::Quanta(rate) => (rate, true),
        };
        if counts {
            self.due += Duration::from_secs_f64(1.0 / each.max(1e-3));
            let now = Instant::now();
            if now.saturating_duration_since(self.due) > BEHIND {
                self.due = now;
            }
        }
    }

    fn count_step(&mut self, unit_done: bool) {
        let Some((of, left)) = self.stepping else {
            return;
        };
        let left = if of == StepOf::Quantum || unit_done {
            left.saturating_sub(1)
        } else {
            left
        };
        self.stepping = (left > 0).then_some((of, left));
        if self.stepping.is_none() && self.state == RunState::Running {
            self.state = RunState::Paused;
        }
    }

    fn finish(mut self) -> Finished {
        let digest = super::digest(self.experiment.model.as_ref(), self.step, self.quantum);
        self.stop_keeping(Entry {
            step: self.step,
            quantum: self.quantum,
            event: Event::End {
                digest: digest.clone(),
            },
        });
        let Experiment {
            model,
            description,
            preset,
            seed,
            ..
        } = &self.experiment;
        Finished {
            step: self.step,
            quantum: self.quantum,
            state: self.state.clone(),
            digest,
            recorded: self.recorded.clone(),
            kept_in: self.kept_in.clone(),
            stopped_by: self.stopped_by.clone(),
            metrics: self.sample.clone(),
            description: description.clone(),
            preset: preset.clone(),
            seed: *seed,
            data: self.experiment.data_named(),
            given: (0..description.params.len())
                .map(|param| model.given(param))
                .collect(),
            rule: self.experiment.rule(self.step),
            setup: self.setup,
            wall: self.begun.elapsed(),
        }
    }
}
