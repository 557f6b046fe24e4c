//! Recent states of a run, to go back to.
//!
//! Any unit can be reached: from the last kept state before it the run is done again, with every
//! change of the journal at its place, which gives the same bits.

use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded};

use super::frame::{LogKind, RunState};
use super::journal::{Entry, Event};
use super::lanes::Lane;
use super::record::Record;
use super::run::Run;
use super::snapshot::Snapshot;
use crate::models::Progress;

/// Keeping states takes at most one part in so many of the time.
const SHARE: u32 = 50;

/// States that follow each other faster would only be thinned out again.
const SHORTEST: Duration = Duration::from_millis(50);

/// Nobody is there who could go back; whoever comes finds some.
const UNWATCHED: Duration = Duration::from_secs(2);

/// States that far apart are kept of what is done again.
const DENSE: Duration = Duration::from_millis(30);

/// Where to go back to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Target {
    /// When so many units were done.
    Unit(u64),
    /// So many units ago; 1 from inside a unit is its beginning.
    Back(u64),
    /// The last change, mark or fault before now.
    MarkBefore,
    /// The first one after now, which only a recording has.
    MarkBehind,
    /// The end of a recording.
    Last,
}

/// The kept states since the model was built, oldest first.
pub(super) struct Kept {
    states: Vec<State>,
    budget: usize,
    due: Instant,
    /// Memory of a state that is no longer kept.
    spare: Vec<u8>,
    fresh: Option<Fresh>,
}

/// A thread that touches new memory, which takes ten times as long as writing a state into it.
struct Fresh {
    wanted: Sender<usize>,
    touched: Receiver<Vec<u8>>,
}

impl Fresh {
    fn new() -> Self {
        let (wanted, wishes) = bounded::<usize>(1);
        let (sender, touched) = bounded(1);
        let touch = move || {
            for bytes in wishes {
                // Zeros would be promised, and touched by whoever writes first.
                if sender.send(vec![1; bytes]).is_err() {
                    return;
                }
            }
        };
        std::thread::Builder::new()
            .name("memory".into())
            .spawn(touch)
            .expect("a thread can be started");
        Self { wanted, touched }
    }
}

struct State {
    snapshot: Snapshot,
    /// Entries of the journal that it has seen.
    entries: usize,
}

impl State {
    fn bytes(&self) -> usize {
        self.snapshot.model.len() + 8 * self.snapshot.place.sample.len() + 4096
    }

    fn step(&self) -> u64 {
        self.snapshot.place.step
    }
}

impl Kept {
    /// At most `budget` bytes.
    pub fn new(budget: usize) -> Self {
        Self {
            states: Vec::new(),
            budget,
            due: Instant::now(),
            spare: Vec::new(),
            fresh: (budget > 0).then(Fresh::new),
        }
    }

    /// Memory for one more state.
    fn memory(&mut self) -> Vec<u8> {
        let spare = std::mem::take(&mut self.spare);
        if spare.capacity() > 0 {
            return spare;
        }
        let touched = self
            .fresh
            .as_ref()
            .and_then(|fresh| fresh.touched.try_recv().ok());
        touched.unwrap_or_default()
    }

    /// Has memory touched for the state after this one, while there is room for more.
    fn prepare(&self, used: usize, budget: usize) {
        let bytes = self.states.last().map_or(0, State::bytes);
        if let Some(fresh) = &self.fresh
            && self.spare.capacity() == 0
            && used + bytes <= budget
        {
            // One that is still being touched will do.
            let _ = fresh.wanted.try_send(bytes);
        }
    }

    pub fn forget(&mut self) {
        self.states.clear();
        self.due = Instant::now();
    }

    /// `lanes` runs share the memory.
    fn add(&mut self, state: State, lanes: usize) {
        self.states.push(state);
        let mut used: usize = self.states.iter().map(State::bytes).sum();
        let budget = self.budget / lanes;
        while used > budget {
            let gone = self.states.remove(self.least_missed());
            used -= gone.bytes();
            self.spare = gone.snapshot.model;
        }
        self.prepare(used, budget);
    }

    /// The state whose absence leaves the smallest gap for its age, so that old ones lie sparser.
    /// The first stays as long as there is another: it is the beginning.
    fn least_missed(&self) -> usize {
        let newest = self.states.last().map_or(0, State::step);
        let gap = |i: usize| {
            let gap = self.states[i + 1].step() - self.states[i - 1].step();
            gap as f64 / (newest - self.states[i].step() + 1) as f64
        };
        (1..self.states.len().saturating_sub(1))
            .min_by(|&a, &b| gap(a).total_cmp(&gap(b)))
            .unwrap_or(0)
    }

    fn before(&self, step: u64) -> Option<&State> {
        let after = self.states.partition_point(|state| state.step() <= step);
        self.states[..after].last()
    }
}

/// A journal without the futures that were abandoned.
pub fn as_it_went(entries: Vec<Entry>) -> Vec<Entry> {
    let mut went: Vec<Entry> = Vec::new();
    for entry in entries {
        if let Event::Rewind { to } = entry.event {
            cut(&mut went, to);
        } else {
            went.push(entry);
        }
    }
    went
}

/// Removes what was done at `step` or later since the model was built.
fn cut(entries: &mut Vec<Entry>, step: u64) {
    let built = entries.iter().rposition(builds).map_or(0, |at| at + 1);
    let kept = entries[built..].partition_point(|entry| entry.step < step);
    entries.truncate(built + kept);
}

fn builds(entry: &Entry) -> bool {
    let event = &entry.event;
    matches!(
        event,
        Event::Start { .. } | Event::Reset { .. } | Event::Preset { .. }
    )
}

impl Run {
    /// Keeps the present state where it is time for one.
    pub(super) fn keep_state(&mut self) {
        let begin = Instant::now();
        if self.kept.budget == 0 || begin < self.kept.due {
            return;
        }
        self.keep(self.journal.len());
        let cost = begin.elapsed();
        let watched = self.subscribers.iter().any(|other| !other.abandoned());
        let shortest = if watched { SHORTEST } else { UNWATCHED };
        self.kept.due = Instant::now() + (SHARE * cost).max(shortest);
    }

    fn keep(&mut self, entries: usize) {
        let memory = self.kept.memory();
        let state = State {
            snapshot: self.snapshot_in(memory),
            entries,
        };
        let lanes = self.lane.as_ref().map_or(1, Lane::count);
        self.kept.add(state, lanes.max(1));
    }

    /// Goes back, and pauses there. What came after is gone once the run goes on.
    pub(super) fn rewind(&mut self, target: Target) -> Result<String, String> {
        let unit = self.experiment.description.unit.clone();
        let to = match target {
            Target::Unit(step) => step,
            Target::Back(units) => (self.step + u64::from(self.quantum > 0)).saturating_sub(units),
            Target::MarkBefore => {
                let marks = self.history.marks().iter().rev();
                let before = marks.map(|mark| mark.step).find(|&step| step < self.step);
                before.ok_or("there is no mark before this")?
            }
            Target::MarkBehind | Target::Last => {
                return Err("nothing is known of what comes after now".to_owned());
            }
        };
        if (to, 0) >= (self.step, self.quantum) {
            return Err(format!(
                "{unit} {to} is not behind: the run is at {}",
                self.place()
            ));
        }
        let Some(state) = self.kept.before(to) else {
            let first = self.kept.states.first();
            return Err(match first {
                Some(first) => format!("{unit} {} is the first that is kept", first.step()),
                None => "no states are kept here".to_owned(),
            });
        };
        let seen = state.entries.min(self.journal.len());
        let (model, place) = (&state.snapshot.model, state.snapshot.place.clone());
        // The kept states are of this very model, which need not be built again.
        let loaded = self.experiment.model.load(model);
        loaded.map_err(|error| error.to_string())?;
        self.experiment.preset = state.snapshot.preset.clone();
        self.silent = true;
        self.go_back_to(place);
        self.kept.states.retain(|state| state.step() <= to);
        self.do_again(seen, to);
        self.silent = false;
        cut(&mut self.journal, to);
        self.history = self.history.cut(self.step);
        self.epoch += 1;
        self.back_to = Some(self.step);
        self.spikes.clear();
        self.stepping = None;
        self.state = RunState::Paused;
        self.breakpoints.forget();
        self.record(Record::Journal(Entry {
            step: self.step,
            quantum: self.quantum,
            event: Event::Rewind { to },
        }));
        self.record(Record::Anew(Box::new(self.about())));
        if self.keeping.is_some() {
            self.checkpoint();
        }
        let words = format!("back at {}", self.place());
        self.say(LogKind::Info, words.clone());
        Ok(words)
    }

    /// Up to the unit `to`, with the changes of the journal at their places, of which `seen` are done.
    fn do_again(&mut self, mut seen: usize, to: u64) {
        let entries = self.journal[seen..].to_vec();
        let mut entries = entries.into_iter().peekable();
        let mut kept = Instant::now();
        while self.step < to {
            while let Some(entry) =
                entries.next_if(|entry| (entry.step, entry.quantum) <= (self.step, self.quantum))
            {
                // What was accepted then is accepted again.
                let _ = self.repeat_one(entry.event);
                seen += 1;
            }
            let progress = self.experiment.model.advance();
            self.quanta += 1;
            self.quantum += 1;
            match progress {
                Progress::Continue => {}
                Progress::UnitDone => {
                    self.step += 1;
                    self.quantum = 0;
                    self.experiment.model.metrics(&mut self.sample);
                    self.at_boundary();
                    // Whoever goes back often goes back again.
                    if kept.elapsed() >= DENSE && self.step < to {
                        self.keep(seen);
                        kept = Instant::now();
                    }
                }
                // Only where the run itself ended in it.
                Progress::Fault(_) => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preset::catalogue;

    #[test]
    fn old_states_lie_sparser_and_the_budget_holds() {
        let snapshot = Snapshot::empty(catalogue::resolve("pc-digits").unwrap());
        let bytes = |step: u64| {
            let mut snapshot = snapshot.clone();
            snapshot.place.step = step;
            State {
                snapshot,
                entries: 0,
            }
        };
        let budget = 40 * bytes(0).bytes();
        let mut kept = Kept::new(budget);
        for step in 0..2000 {
            kept.add(bytes(step), 1);
        }
        let steps: Vec<u64> = kept.states.iter().map(State::step).collect();
        assert!(steps.len() <= 40 && steps.len() > 20, "{}", steps.len());
        assert_eq!((steps[0], *steps.last().unwrap()), (0, 1999));
        let gaps: Vec<u64> = steps.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let (old, new) = gaps.split_at(gaps.len() / 2);
        assert!(
            old.iter().sum::<u64>() > 2 * new.iter().sum::<u64>(),
            "{gaps:?}"
        );
    }
}
