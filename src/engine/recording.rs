//! What a run does for the recorder that keeps it in files.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvError, Sender, never, select};

use super::frame::{LogKind, RunState};
use super::journal::Entry;
use super::mailbox::Message;
use super::record::Record;
use super::run::Run;
use super::snapshot::Snapshot;
use crate::models::param::short;

/// A thread that keeps a run in files.
pub struct Recorder {
    /// Where, for messages.
    pub name: String,
    pub records: Sender<Record>,
    /// What went wrong: the run pauses, the recorder keeps what it has and tries again.
    pub trouble: Receiver<String>,
    /// Gives what was still wrong at the end.
    pub thread: JoinHandle<Option<String>>,
    pub wants: Wants,
}

/// What a recorder takes beside samples, journal and states.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wants {
    pub spikes: bool,
    /// The model's arrays with every checkpoint.
    pub arrays: bool,
}

/// Starts a recorder for a folder.
pub type Archive = Arc<Mutex<dyn FnMut(&Path) -> Result<Recorder, String> + Send>>;

/// What became of the recording of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    pub name: String,
    pub failure: Option<String>,
}

/// The recorder of a run, and the checkpoint that it may still be writing.
pub(super) struct Keeping {
    recorder: Recorder,
    every: Duration,
    due: Instant,
    last: Weak<Snapshot>,
}

impl Keeping {
    pub fn new(recorder: Recorder, every: Duration) -> Self {
        Self {
            recorder,
            every,
            due: Instant::now() + every,
            last: Weak::new(),
        }
    }

    pub fn name(&self) -> &str {
        &self.recorder.name
    }

    pub fn records(&self) -> &Sender<Record> {
        &self.recorder.records
    }
}

impl Run {
    /// Records everything from now on, and the journal from the beginning.
    pub(super) fn keep_in(&mut self, folder: &Path) -> Result<String, String> {
        if let Some(keeping) = &self.keeping {
            return Err(format!("already recording in {}", keeping.name()));
        }
        let archive = self.options.archive.as_ref();
        let archive = archive.ok_or("this run cannot be recorded")?;
        let recorder = archive.lock().unwrap_or_else(PoisonError::into_inner)(folder)?;
        let name = recorder.name.clone();
        self.keeping = Some(Keeping::new(recorder, self.options.checkpoint_every));
        self.record(Record::Start {
            about: Box::new(self.about()),
            journal: self.journal.clone(),
        });
        self.checkpoint();
        Ok(format!("recording in {name}"))
    }

    /// A checkpoint in the recording, or in a folder of its own that is not written to any further.
    pub(super) fn keep_state_in(&mut self, folder: &Path) -> Result<String, String> {
        if self.keeping.is_some() {
            return self.checkpoint_now();
        }
        self.keep_in(folder)?;
        let kept = self.keeping.take().map(Keeping::end);
        let kept = kept.ok_or("the state could not be kept")?;
        match kept.failure {
            Some(why) => Err(format!("{}: {why}", kept.name)),
            None => {
                let words = format!("the state is kept in {}", kept.name);
                self.say(LogKind::Info, words.clone());
                self.kept_in = Some(kept.name);
                Ok(words)
            }
        }
    }

    fn wants(&self) -> Wants {
        let keeping = self.keeping.as_ref();
        keeping.map_or(Wants::default(), |keeping| keeping.recorder.wants)
    }

    /// Collects the spikes of the quantum just done, for a recorder that wants them.
    pub(super) fn take_spikes(&mut self) {
        if self.wants().spikes {
            self.experiment.model.spikes(&mut self.spikes);
        }
    }

    pub(super) fn hand_spikes(&mut self) {
        if !self.spikes.is_empty() {
            let spikes = self.spikes.as_slice().into();
            self.spikes.clear();
            self.record(Record::Spikes(spikes));
        }
    }

    /// Hands the whole state to the recorder; gives how long that held the run up.
    pub(super) fn checkpoint(&mut self) -> Duration {
        let begun = Instant::now();
        self.hand_spikes();
        let snapshot = Arc::new(self.snapshot());
        if let Some(keeping) = &mut self.keeping {
            keeping.due = Instant::now() + keeping.every;
            keeping.last = Arc::downgrade(&snapshot);
        }
        let arrays = match self.wants().arrays {
            true => self.experiment.model.arrays().into(),
            false => Arc::default(),
        };
        self.record(Record::Checkpoint(snapshot, arrays));
        begun.elapsed()
    }

    pub(super) fn checkpoint_now(&mut self) -> Result<String, String> {
        if self.keeping.is_none() {
            return Err("nothing is recorded yet: `record DIR` begins".into());
        }
        let held_up = self.checkpoint().as_secs_f64() * 1e3;
        let (place, ms) = (self.place(), short(held_up));
        Ok(format!("a checkpoint at {place}, held up for {ms} ms"))
    }

    /// A checkpoint, when its time has come and the one before is written.
    pub(super) fn checkpoint_if_due(&mut self) {
        if let Some(keeping) = &self.keeping
            && Instant::now() >= keeping.due
            && keeping.last.strong_count() == 0
        {
            self.checkpoint();
        }
    }

    /// Waits for a message, or for the recorder's trouble.
    pub(super) fn listen(&mut self) -> Result<Option<Message>, RecvError> {
        let trouble = match &self.keeping {
            Some(keeping) => keeping.recorder.trouble.clone(),
            None => never(),
        };
        select! {
            recv(self.inbox) -> message => message.map(Some),
            recv(trouble) -> words => {
                match words {
                    Ok(words) => self.troubled(words),
                    // It has ended, which the next record shows.
                    Err(_) => self.recorder_gone(),
                }
                Ok(None)
            }
        }
    }

    pub(super) fn hear_recorder(&mut self) {
        let trouble = self.keeping.as_ref();
        if let Some(words) = trouble.and_then(|keeping| keeping.recorder.trouble.try_recv().ok()) {
            self.troubled(words);
        }
    }

    /// Pauses, so that no more has to be kept than what has been done already.
    fn troubled(&mut self, words: String) {
        if self.state == RunState::Running {
            self.state = RunState::Paused;
        }
        self.stepping = None;
        self.quit |= !self.options.attended;
        let words = format!("paused, nothing is lost: {words}; space tries again");
        self.say(LogKind::Fault, words);
    }

    /// The recorder's thread has ended before the run.
    pub(super) fn recorder_gone(&mut self) {
        if let Some(keeping) = self.keeping.take() {
            let recorded = keeping.end();
            let words = format!("{} is no longer recorded", recorded.name);
            self.recorded = Some(recorded);
            self.troubled(words);
        }
    }

    /// The last checkpoint and the end of the journal; waits until all is written.
    pub(super) fn stop_keeping(&mut self, end: Entry) {
        if self.keeping.is_some() {
            self.checkpoint();
            self.record(Record::Journal(end));
        }
        if let Some(keeping) = self.keeping.take() {
            self.recorded = Some(keeping.end());
        }
    }
}

impl Keeping {
    fn end(self) -> Recorded {
        let Recorder {
            name,
            records,
            thread,
            ..
        } = self.recorder;
        drop(records);
        let failure = thread
            .join()
            .unwrap_or_else(|_| Some("the recorder has panicked".into()));
        Recorded { name, failure }
    }
}
