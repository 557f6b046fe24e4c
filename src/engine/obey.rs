//! What each message makes a run do.

use std::ops::RangeInclusive;
use std::time::Instant;

use super::command::{Command, Pace, StepOf};
use super::edits::Edit;
use super::experiment::{Experiment, StartError};
use super::frame::{LogKind, Reply, RunState};
use super::history::{History, MarkKind};
use super::journal::Event;
use super::mailbox::Message;
use super::record::Record;
use super::run::Run;
use crate::models::Value;
use crate::models::param::{display, short};
use crate::models::table::Applies;
use crate::preset::{self, Kept, Preset};

/// Who changes a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Author {
    Person,
    Schedule,
}

/// What a person may ask for, in units or quanta a second.
const PACES: RangeInclusive<f64> = 1e-3..=1e6;

impl Run {
    pub(super) fn handle(&mut self, message: Message) {
        match message {
            Message::Subscribe(mailbox) => {
                self.subscribers.retain(|other| !other.abandoned());
                self.subscribers.push(mailbox);
            }
            Message::Ask { from, request } => self.publish(from, &request),
            Message::Fork { name, give } => self.fork(name, give),
            Message::Say(words) => self.say(LogKind::Info, words),
            Message::HandOver(take) => self.give_away(take),
            Message::Do { from, id, command } => {
                let outcome = self.obey(command);
                if let Err(why) = &outcome {
                    self.say(LogKind::Refused, why.clone());
                }
                if let Some(mailbox) = self.subscribers.iter_mut().find(|other| other.id == from) {
                    mailbox.replies.push(Reply {
                        command: id,
                        outcome,
                    });
                }
            }
        }
    }

    fn obey(&mut self, command: Command) -> Result<String, String> {
        match command {
            Command::Pause => {
                if self.halt_together() {
                    return Ok("pausing".into());
                }
                self.stepping = None;
                if self.state == RunState::Running {
                    self.state = RunState::Paused;
                }
                Ok(format!("paused at {}", self.place()))
            }
            Command::Resume => {
                self.no_halt();
                self.set_running(None);
                Ok(format!("running from {}", self.place()))
            }
            Command::Step { of, count } => {
                self.set_running(Some((of, count.max(1))));
                Ok(format!("stepping from {}", self.place()))
            }
            Command::SetPace(pace) => {
                if let Pace::Units(rate) | Pace::Quanta(rate) = pace
                    && !PACES.contains(&rate)
                {
                    return Err("a pace is a number from 0.001 to 1000000 a second".into());
                }
                self.pace = pace;
                self.due = Instant::now();
                Ok(match pace {
                    Pace::FlatOut => "flat out".into(),
                    Pace::Units(rate) => {
                        format!(
                            "{} {}s a second",
                            short(rate),
                            self.experiment.description.unit
                        )
                    }
                    Pace::Quanta(rate) => {
                        format!(
                            "{} {}s a second",
                            short(rate),
                            self.experiment.description.quantum
                        )
                    }
                })
            }
            Command::Set { id, value } => self.change(&id, value, Author::Person),
            Command::Undo => self.undo(),
            Command::Redo => self.redo(),
            Command::Reset { seed } => self.reset(seed.unwrap_or(self.experiment.seed)),
            Command::Preset(name) => self.switch(&name),
            Command::SavePreset(path) => {
                let preset = self.experiment.as_preset(self.edits.pending());
                preset::write::save(&preset, &path).map_err(|error| error.to_string())?;
                let left = if self.experiment.preset.is_bare() {
                    ""
                } else {
                    "; schedule, expectations and variants stay behind"
                };
                Ok(format!("saved as {}{left}", path.display()))
            }
            Command::SaveRule(path) => {
                let rule = self
                    .experiment
                    .rule(self.step)
                    .ok_or("this model learns no plasticity rule")?;
                rule.save(&path).map_err(|error| error.to_string())?;
                Ok(format!("saved the rule as {}", path.display()))
            }
            Command::Record(folder) => self.keep_in(&folder),
            Command::Checkpoint => self.checkpoint_now(),
            Command::KeepState(folder) => self.keep_state_in(&folder),
            Command::Break(condition) => self.break_on(&condition),
            Command::Unbreak(number) => self.unbreak(number),
            Command::SwitchBreakpoint(number) => self.switch_breakpoint(number),
            Command::Rewind(target) => self.rewind(target),
            Command::Until(condition) => self.run_until(&condition),
            Command::Mark(words) => Ok(self.mark(words)),
            Command::InStep(in_step) => self.set_free(!in_step),
            Command::Quit => {
                self.quit = true;
                Ok("ending".into())
            }
        }
    }

    pub(super) fn set_running(&mut self, stepping: Option<(StepOf, u64)>) {
        self.stepping = stepping;
        self.state = RunState::Running;
        self.due = Instant::now();
        self.rate.restart();
    }

    pub(super) fn undo(&mut self) -> Result<String, String> {
        let (param, value) = self.edits.undo().ok_or("there is nothing to undo")?;
        let (id, to) = (self.id_of(param), value.clone());
        self.journal(Event::Undo { id, value: to });
        self.apply_or_postpone(param, value)
    }

    pub(super) fn redo(&mut self) -> Result<String, String> {
        let (param, value) = self.edits.redo().ok_or("there is nothing to redo")?;
        let (id, to) = (self.id_of(param), value.clone());
        self.journal(Event::Redo { id, value: to });
        self.apply_or_postpone(param, value)
    }

    pub(super) fn mark(&mut self, words: String) -> String {
        self.note(MarkKind::Note, LogKind::Info, words.clone());
        self.journal(Event::Mark { words });
        format!("marked at {}", self.place())
    }

    fn id_of(&self, param: usize) -> String {
        self.experiment.description.params[param].id.to_string()
    }

    pub(super) fn place(&self) -> String {
        let Self { step, quantum, .. } = self;
        let description = &self.experiment.description;
        if *quantum == 0 {
            format!("{} {step}", description.unit)
        } else {
            format!(
                "{} {step} + {quantum} {}",
                description.unit, description.quantum
            )
        }
    }

    /// Accepts or refuses a change by the model's table.
    pub(super) fn change(
        &mut self,
        id: &str,
        value: Value,
        author: Author,
    ) -> Result<String, String> {
        let description = &self.experiment.description;
        let param = description
            .param(id)
            .ok_or_else(|| format!("there is no parameter `{id}`"))?;
        description.params[param]
            .check(&value)
            .map_err(|refusal| refusal.to_string())?;
        let waiting = self
            .edits
            .pending()
            .iter()
            .find(|(other, _)| *other == param);
        let from = waiting.map_or_else(|| self.experiment.model.get(param), |(_, v)| v.clone());
        if from == value {
            return Ok(format!("{id} is {} already", display(&value)));
        }
        let applies = self.applies(param);
        let said = self.apply_or_postpone(param, value.clone())?;
        match author {
            Author::Person => {
                self.edits.remember(Edit {
                    param,
                    from,
                    to: value.clone(),
                });
                let id = id.to_owned();
                self.journal(Event::Set { id, value, applies });
            }
            Author::Schedule => self.edits.cover(param, from),
        }
        Ok(said)
    }

    fn apply_or_postpone(&mut self, param: usize, value: Value) -> Result<String, String> {
        let spec = &self.experiment.description.params[param];
        let now = match spec.applies {
            Applies::Quantum => true,
            Applies::Unit => self.experiment.model.at_unit_boundary(),
            Applies::Restart => false,
        };
        if now {
            return self.try_apply(param, value);
        }
        let (id, shown) = (spec.id.clone(), display(&value));
        let when = match spec.applies {
            Applies::Restart => "at the next reset",
            _ => "at the end of this unit",
        };
        if value == self.experiment.model.get(param) {
            self.edits.forget_pending(param);
            return Ok(format!("{id} stays {shown}"));
        }
        self.edits.postpone(param, value);
        Ok(format!("{id} = {shown} {when}"))
    }

    fn try_apply(&mut self, param: usize, value: Value) -> Result<String, String> {
        self.edits.forget_pending(param);
        let id = self.experiment.description.params[param].id.clone();
        let old = self.experiment.model.get(param);
        self.experiment
            .model
            .set(param, &value)
            .map_err(|why| format!("{id}: {why}"))?;
        let change = format!("{id} {} -> {}", display(&old), display(&value));
        self.note(MarkKind::Edit, LogKind::Edit, change.clone());
        Ok(format!("{change} at {}", self.place()))
    }

    /// Applies a change that was accepted earlier.
    pub(super) fn apply(&mut self, param: usize, value: Value) {
        if let Err(why) = self.try_apply(param, value) {
            self.say(LogKind::Refused, why);
        }
    }

    pub(super) fn reset(&mut self, seed: u64) -> Result<String, String> {
        let anew = self.experiment.anew(seed, &self.edits.for_restart());
        let experiment = anew.map_err(|error| error.to_string())?;
        self.journal(Event::Reset { seed });
        self.edits.restarted();
        self.replace(experiment);
        self.rearm(self.breakpoints.conditions());
        self.keep_state();
        self.say(LogKind::Info, format!("reset with seed {seed}"));
        Ok(format!("reset with seed {seed}"))
    }

    fn switch(&mut self, name: &str) -> Result<String, String> {
        let mut preset = preset::catalogue::resolve(name).map_err(|error| error.to_string())?;
        // Variants are there to be compared, which one seed makes possible.
        let present = &self.experiment;
        let kept = preset.name == present.preset.name && present.seed != preset.seed;
        if kept {
            preset.seed = present.seed;
        }
        self.switch_to(preset).map_err(|error| error.to_string())?;
        let seed = self.experiment.seed;
        Ok(match kept {
            true => format!("switched to {name}, still with seed {seed}"),
            false => format!("switched to {name}"),
        })
    }

    pub(super) fn switch_to(&mut self, preset: Preset) -> Result<(), StartError> {
        let experiment = Experiment::open(preset, self.options.data.clone())?;
        self.journal(Event::Preset {
            preset: Kept::of(&experiment.preset),
        });
        self.edits.clear();
        if self.pace != Pace::FlatOut {
            self.pace = experiment.preset.pace.map_or(Pace::FlatOut, Pace::Units);
        }
        self.replace(experiment);
        self.rearm(self.experiment.preset.breakpoints.clone());
        self.keep_state();
        self.announce();
        Ok(())
    }

    fn replace(&mut self, experiment: Experiment) {
        let metrics = experiment.description.metrics.len();
        self.experiment = experiment;
        self.epoch += 1;
        self.back_to = None;
        self.spikes.clear();
        self.kept.forget();
        (self.step, self.quantum, self.scheduled) = (0, 0, 0);
        self.length = Some(self.experiment.preset.length);
        self.history = History::new(metrics);
        self.sample = vec![f64::NAN; metrics];
        self.stepping = None;
        if self.state != RunState::Paused {
            self.set_running(None);
        }
        self.record(Record::Anew(Box::new(self.about())));
        self.at_boundary();
    }

    pub(super) fn announce(&mut self) {
        let preset = &self.experiment.preset;
        let name = match &preset.variant {
            Some(variant) => format!("{}:{variant}", preset.name),
            None => preset.name.clone(),
        };
        let words = format!("{name}: {} (seed {})", preset.title, self.experiment.seed);
        self.say(LogKind::Info, words);
    }
}
