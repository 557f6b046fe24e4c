//! Conditions on metrics that pause a run at the unit in which they come true.

use super::frame::{BreakpointLine, LogKind, RunState};
use super::history::MarkKind;
use super::journal::Event;
use super::run::Run;
use crate::preset::{Breakpoint, Condition, Moment};

/// More make no sense to a person.
const MOST: usize = 32;

/// The breakpoints of a run, and the condition until which it goes on.
#[derive(Debug, Default)]
pub(super) struct Breakpoints {
    list: Vec<Armed>,
    until: Option<Condition>,
    /// The metrics before the present unit.
    before: Vec<f64>,
}

#[derive(Debug)]
struct Armed {
    breakpoint: Breakpoint,
    on: bool,
    hits: u64,
    /// Whether the condition held after the last unit: it must come true to be hit.
    held: bool,
}

impl Breakpoints {
    pub fn lines(&self) -> Vec<BreakpointLine> {
        let line = |armed: &Armed| BreakpointLine {
            words: armed.breakpoint.to_string(),
            on: armed.on,
            hits: armed.hits,
        };
        self.list.iter().map(line).collect()
    }

    pub fn conditions(&self) -> Vec<String> {
        let words = |armed: &Armed| armed.breakpoint.to_string();
        self.list.iter().map(words).collect()
    }

    fn is_idle(&self) -> bool {
        self.list.is_empty() && self.until.is_none()
    }

    /// What was counted is of a course that is no longer.
    pub fn forget(&mut self) {
        self.until = None;
        self.before.clear();
        for armed in &mut self.list {
            armed.breakpoint.condition.forget();
            armed.held = false;
        }
    }

    /// What the metrics were before the unit that has just been done.
    pub fn before(&mut self, sample: &[f64]) {
        if !self.is_idle() {
            self.before.clear();
            self.before.extend_from_slice(sample);
        }
    }
}

impl Run {
    /// Takes other breakpoints, for a model that is new. A repeated session needs none.
    pub(super) fn rearm(&mut self, conditions: Vec<String>) {
        self.breakpoints = Breakpoints::default();
        if !self.options.repeat.is_empty() {
            return;
        }
        for typed in conditions {
            if let Err(why) = self.break_on(&typed) {
                self.say(LogKind::Refused, why);
            }
        }
    }

    pub(super) fn break_on(&mut self, typed: &str) -> Result<String, String> {
        let description = &self.experiment.description;
        let breakpoint = Breakpoint::parse(typed, description)
            .map_err(|error| format!("break {typed}: {error}"))?;
        let words = breakpoint.to_string();
        let list = &mut self.breakpoints.list;
        if list.len() == MOST {
            return Err(format!(
                "there are {MOST} breakpoints; unbreak N removes one"
            ));
        }
        if list
            .iter()
            .any(|armed| armed.breakpoint.to_string() == words)
        {
            return Err(format!("there is a breakpoint {words} already"));
        }
        list.push(Armed {
            breakpoint,
            on: true,
            hits: 0,
            held: false,
        });
        let number = list.len();
        self.journal(Event::Break {
            condition: words.clone(),
        });
        Ok(format!("breakpoint {number}: {words}"))
    }

    /// Removes a breakpoint by its number from 1, or all.
    pub(super) fn unbreak(&mut self, number: Option<usize>) -> Result<String, String> {
        let count = self.breakpoints.list.len();
        let gone = match number {
            None => 0..count,
            Some(n) if (1..=count).contains(&n) => n - 1..n,
            Some(_) if count == 0 => return Err("there is no breakpoint".into()),
            Some(_) => return Err(format!("the breakpoints have the numbers 1 to {count}")),
        };
        let gone: Vec<Armed> = self.breakpoints.list.drain(gone).collect();
        for armed in &gone {
            let condition = armed.breakpoint.to_string();
            self.journal(Event::Unbreak { condition });
        }
        Ok(match &gone[..] {
            [one] => format!("no longer: {}", one.breakpoint),
            _ => format!("{} breakpoints removed", gone.len()),
        })
    }

    /// Switches a breakpoint off or on, by its number from 1.
    pub(super) fn switch_breakpoint(&mut self, number: usize) -> Result<String, String> {
        let count = self.breakpoints.list.len();
        let armed = number
            .checked_sub(1)
            .and_then(|n| self.breakpoints.list.get_mut(n));
        let armed = armed.ok_or_else(|| match count {
            0 => "there is no breakpoint".to_owned(),
            _ => format!("the breakpoints have the numbers 1 to {count}"),
        })?;
        armed.on = !armed.on;
        let state = if armed.on { "on" } else { "off" };
        Ok(format!(
            "breakpoint {number} is {state}: {}",
            armed.breakpoint
        ))
    }

    /// Goes on until a condition holds; a number alone is that many units done.
    pub(super) fn run_until(&mut self, typed: &str) -> Result<String, String> {
        let description = &self.experiment.description;
        let condition = match typed.trim().parse::<u64>() {
            Ok(step) if step <= self.step => {
                return Err(format!("{} {step} is past", description.unit));
            }
            Ok(step) => Condition::parse(&format!("{} >= {step}", description.unit), description),
            Err(_) => Condition::parse(typed, description),
        };
        let condition = condition.map_err(|error| format!("until {typed}: {error}"))?;
        let words = condition.to_string();
        self.breakpoints.until = Some(condition);
        self.breakpoints.before(&self.sample);
        self.journal(Event::Until {
            condition: words.clone(),
        });
        self.set_running(None);
        Ok(format!("running until {words}"))
    }

    /// Asks every condition after a unit, and pauses where one has come true.
    pub(super) fn ask_breakpoints(&mut self) {
        if self.breakpoints.is_idle() {
            return;
        }
        let mut points = std::mem::take(&mut self.breakpoints);
        let moment = Moment {
            step: self.step,
            before: &points.before,
            now: &self.sample,
        };
        let mut said = Vec::new();
        for (number, armed) in points.list.iter_mut().enumerate() {
            let condition = &mut armed.breakpoint.condition;
            let holds = condition.holds(moment);
            let hit = holds && !armed.held && armed.on;
            armed.held = holds;
            if hit {
                armed.hits += 1;
                let seen = condition.seen(moment);
                let words = format!("breakpoint {}: {condition}", number + 1);
                said.push(with_values(words, &seen));
            }
        }
        points
            .list
            .retain(|armed| !(armed.breakpoint.once && armed.hits > 0));
        let reached = points
            .until
            .as_mut()
            .is_some_and(|until| until.holds(moment));
        if reached && let Some(until) = points.until.take() {
            let words = format!("reached: {until}");
            said.push(with_values(words, &until.seen(moment)));
        }
        self.breakpoints = points;
        for words in said {
            self.hit(words);
        }
    }

    fn hit(&mut self, words: String) {
        self.note(MarkKind::Break, LogKind::Hit, words.clone());
        self.journal(Event::Hit {
            what: words.clone(),
        });
        self.stepping = None;
        if self.state == RunState::Running {
            self.state = RunState::Paused;
        }
        if !self.options.attended {
            self.stopped_by.get_or_insert(words);
            self.quit = true;
        }
    }
}

fn with_values(words: String, seen: &str) -> String {
    if seen.is_empty() {
        words
    } else {
        format!("{words} ({seen})")
    }
}
