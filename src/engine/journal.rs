//! What was done to a run from outside, with the place at which it was accepted: the same preset,
//! seed and data with the same journal give the same bits.

use serde::{Deserialize, Serialize};

use super::frame::{LogKind, RunState};
use super::isa;
use super::obey::Author;
use super::record::Record;
use super::run::Run;
use crate::data::text;
use crate::models::table::{Applies, Value};
use crate::preset::Kept;

/// One line of a journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Units done since the start or the last reset, and quanta done inside the unit.
    pub step: u64,
    pub quantum: u64,
    pub event: Event,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The first line: what ran, and where.
    Start {
        machine: Machine,
        /// Name and SHA-256 of the images.
        data: Option<(String, String)>,
        preset: Kept,
    },
    /// A run that had ended goes on from its checkpoint.
    Resume {
        machine: Machine,
    },
    Set {
        id: String,
        value: Value,
        applies: When,
    },
    /// The change that was taken back: its parameter, and the value it went back to.
    Undo {
        id: String,
        value: Value,
    },
    Redo {
        id: String,
        value: Value,
    },
    Reset {
        seed: u64,
    },
    /// Another experiment in place of the present one.
    Preset {
        preset: Kept,
    },
    Mark {
        words: String,
    },
    /// Breakpoints only say when a run pauses: a repetition does not need them.
    Break {
        condition: String,
    },
    Unbreak {
        condition: String,
    },
    Until {
        condition: String,
    },
    /// Back to when so many units were done: what is written before and happened there or later
    /// has not been.
    Rewind {
        to: u64,
    },
    /// Another run went on from here, beside this one.
    Fork {
        lane: String,
    },
    /// A breakpoint, or the end of an `Until`, paused the run here.
    Hit {
        what: String,
    },
    Fault {
        what: String,
    },
    End {
        digest: String,
    },
}

/// When an accepted change applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    Now,
    /// At the end of the unit.
    Unit,
    /// At the next reset.
    Reset,
}

/// What the last bits depend on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// Of the program.
    pub version: String,
    pub isa: String,
}

impl Machine {
    pub fn here() -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            isa: isa(),
        }
    }

    /// How it differs from this one, where it does.
    pub fn differs(&self) -> Option<String> {
        let here = Self::here();
        if self.version != here.version {
            let (then, here) = (text::line(&self.version), here.version);
            return Some(format!("it was made by hebbtop {then}, this is {here}"));
        }
        if self.isa != here.isa {
            let (then, here) = (text::line(&self.isa), here.isa);
            return Some(format!("it was made on {then}, this is {here}"));
        }
        None
    }
}

impl Run {
    /// Adds what is done here and now.
    pub(super) fn journal(&mut self, event: Event) {
        if self.silent {
            return;
        }
        let entry = Entry {
            step: self.step,
            quantum: self.quantum,
            event,
        };
        self.journal.push(entry.clone());
        self.record(Record::Journal(entry));
    }

    pub(super) fn start_entry(&self) -> Event {
        Event::Start {
            machine: Machine::here(),
            data: self.experiment.data_named(),
            preset: Kept::of(&self.experiment.preset),
        }
    }

    /// When a change of this parameter applies that is accepted now.
    pub(super) fn applies(&self, param: usize) -> When {
        match self.experiment.description.params[param].applies {
            Applies::Quantum => When::Now,
            Applies::Unit if self.experiment.model.at_unit_boundary() => When::Now,
            Applies::Unit => When::Unit,
            Applies::Restart => When::Reset,
        }
    }

    /// Does what the journal says for this place, and goes on as long as it says anything.
    pub(super) fn repeat(&mut self) {
        if self.options.repeat.is_empty() {
            return;
        }
        while let Some(next) = self.options.repeat.front()
            && (next.step, next.quantum) <= (self.step, self.quantum)
        {
            let event = next.event.clone();
            self.options.repeat.pop_front();
            if let Err(why) = self.repeat_one(event) {
                self.say(LogKind::Refused, why);
            }
            if self.quit {
                return;
            }
        }
        // Whoever made the journal was there to go on from a fault or from the planned length.
        if !self.options.repeat.is_empty() {
            self.state = RunState::Running;
        } else if self.length.is_none() {
            self.quit = true;
        }
    }

    pub(super) fn repeat_one(&mut self, event: Event) -> Result<(), String> {
        match event {
            Event::Set { id, value, .. } => self.change(&id, value, Author::Person)?,
            Event::Undo { .. } => self.undo()?,
            Event::Redo { .. } => self.redo()?,
            Event::Reset { seed } => self.reset(seed)?,
            Event::Preset { preset } => {
                let preset = preset.preset("the journal").map_err(|e| e.to_string())?;
                self.switch_to(preset).map_err(|error| error.to_string())?;
                String::new()
            }
            Event::Mark { words } => self.mark(words),
            Event::End { .. } => {
                self.quit = true;
                String::new()
            }
            Event::Start { .. }
            | Event::Resume { .. }
            | Event::Hit { .. }
            | Event::Fault { .. }
            | Event::Fork { .. }
            | Event::Break { .. }
            | Event::Unbreak { .. }
            | Event::Until { .. }
            | Event::Rewind { .. } => String::new(),
        };
        Ok(())
    }
}
