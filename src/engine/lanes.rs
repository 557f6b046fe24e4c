//! Several runs side by side: who is where, who waits for whom, and how a run is forked.
//!
//! A run that is alone has no seat, and its loop no more to do than without all this.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crossbeam_channel::{Receiver, Sender, bounded, select};

use super::command::StepOf;
use super::experiment::Experiment;
use super::frame::{LogKind, RunState};
use super::history::History;
use super::journal::{Entry, Event};
use super::log::Log;
use super::run::{Beginning, Run};
use super::snapshot::Place;
use super::{Engine, Options};

/// Units and quanta inside the unit: with other parameters a unit may have more quanta.
type Position = (u64, u64);

/// Takes the run that was forked, or why there is none.
pub type Give = Box<dyn FnOnce(Result<Engine, String>) + Send>;

#[derive(Default)]
struct Round {
    seats: Vec<Seat>,
    next: u64,
    free: bool,
    /// All stop at the first position at which they can stand together.
    halting: bool,
}

struct Seat {
    id: u64,
    /// None while it stands still: nobody waits for it then.
    at: Option<Position>,
    /// Doing a quantum, so that it is about to be further.
    busy: bool,
    bell: Sender<()>,
}

/// The seat of a run among those beside it.
pub(super) struct Lane {
    round: Arc<Mutex<Round>>,
    id: u64,
    bell: Receiver<()>,
}

/// What a lane is to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    Go,
    Wait,
    Pause,
}

impl Round {
    fn furthest(&self) -> Option<Position> {
        self.seats.iter().filter_map(|seat| seat.at).max()
    }

    fn turn(&self, at: Position) -> Turn {
        let going = || self.seats.iter().filter(|seat| seat.at.is_some());
        if self.free {
            return Turn::Go;
        }
        if self.halting {
            if Some(at) < self.furthest() {
                return Turn::Go;
            }
            let together = going().all(|seat| seat.at == Some(at) && !seat.busy);
            return if together { Turn::Pause } else { Turn::Wait };
        }
        match going().all(|seat| Some(at) <= seat.at) {
            true => Turn::Go,
            false => Turn::Wait,
        }
    }

    fn ring(&self, but: u64) {
        for seat in self.seats.iter().filter(|seat| seat.id != but) {
            // A full bell is already ringing.
            let _ = seat.bell.try_send(());
        }
    }
}

impl Lane {
    fn first() -> Self {
        Self::sit(Arc::default(), None)
    }

    fn beside(&self, at: Option<Position>) -> Self {
        Self::sit(Arc::clone(&self.round), at)
    }

    fn sit(round: Arc<Mutex<Round>>, at: Option<Position>) -> Self {
        let (ring, bell) = bounded(1);
        let mut all = round.lock().unwrap_or_else(PoisonError::into_inner);
        let id = all.next;
        all.next += 1;
        all.seats.push(Seat {
            id,
            at,
            busy: false,
            bell: ring,
        });
        drop(all);
        Self { round, id, bell }
    }

    fn lock(&self) -> MutexGuard<'_, Round> {
        self.round.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn count(&self) -> usize {
        self.lock().seats.len()
    }

    /// Tells the others where this run is, and finds what it is to do.
    fn report(&self, at: Option<Position>) -> Turn {
        let mut round = self.lock();
        let Some(place) = round.seats.iter().position(|seat| seat.id == self.id) else {
            return Turn::Go;
        };
        let before = (round.seats[place].at, round.seats[place].busy);
        round.seats[place].at = at;
        round.seats[place].busy = false;
        let turn = at.map_or(Turn::Wait, |at| round.turn(at));
        match turn {
            Turn::Go => round.seats[place].busy = true,
            Turn::Pause => round.seats[place].at = None,
            Turn::Wait => {}
        }
        round.halting &= round.furthest().is_some();
        // One that goes on from where it was is no news to those who wait for it.
        let after = (round.seats[place].at, round.seats[place].busy);
        if before != after && !(turn == Turn::Go && before.0 == at) {
            round.ring(self.id);
        }
        turn
    }

    fn set_free(&self, free: bool) {
        let mut round = self.lock();
        round.free = free;
        round.ring(self.id);
    }

    fn halt(&self, halting: bool) {
        let mut round = self.lock();
        if round.halting != halting {
            round.halting = halting;
            round.ring(self.id);
        }
    }

    fn in_step(&self) -> bool {
        let round = self.lock();
        let mut others = round.seats.iter().filter(|seat| seat.id != self.id);
        !round.free && others.any(|seat| seat.at.is_some())
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        let mut round = self.lock();
        round.seats.retain(|seat| seat.id != self.id);
        round.ring(self.id);
    }
}

/// From where a forked run goes on.
pub(super) struct Fork {
    pub place: Place,
    pub stepping: Option<(StepOf, u64)>,
    pub history: History,
    pub log: Log,
    pub journal: Vec<Entry>,
    pub lane: Option<Lane>,
}

impl Run {
    /// Builds a run in the state of this one, away from this thread, and gives it to `give`.
    pub(super) fn fork(&mut self, name: String, give: Give) {
        let at = (self.state == RunState::Running).then_some((self.step, self.quantum));
        let lane = self.lane.get_or_insert_with(Lane::first);
        let seat = lane.beside(at);
        let snapshot = self.snapshot();
        let mut log = self.log.clone();
        let place = self.place();
        log.add(
            self.step,
            LogKind::Info,
            format!("forked as {name} at {place}"),
        );
        let fork = Fork {
            place: snapshot.place.clone(),
            stepping: self.stepping,
            history: self.history.clone(),
            log,
            journal: self.journal.clone(),
            lane: Some(seat),
        };
        let Experiment { family, data, .. } = &self.experiment;
        let (family, data) = (*family, data.clone());
        let options = Options {
            pace: self.pace,
            data: self.options.data.clone(),
            paused: self.state == RunState::Paused,
            rewind_memory: self.options.rewind_memory,
            archive: self.options.archive.clone(),
            checkpoint_every: self.options.checkpoint_every,
            ..Options::default()
        };
        std::thread::spawn(move || {
            let begun = Instant::now();
            let engine = Experiment::revive_as(family, &snapshot, data).map(|experiment| {
                let beginning = Beginning::Forked(Box::new(fork));
                Engine::launch_from(experiment, beginning, options, begun.elapsed())
            });
            give(engine.map_err(|error| error.to_string()));
        });
        self.say(LogKind::Info, format!("{name} forked at {place}"));
        self.journal(Event::Fork { lane: name });
    }

    pub(super) fn go_on_as_fork(&mut self, fork: Fork) {
        let breakpoints = fork.place.breakpoints.clone();
        self.go_back_to(fork.place);
        self.stepping = fork.stepping;
        self.history = fork.history;
        self.log = fork.log;
        // What the journal says of breakpoints it has said already.
        self.rearm(breakpoints);
        self.journal = fork.journal;
        self.lane = fork.lane;
    }

    /// One quantum when it is this lane's turn, or the wait for the others or a message.
    #[cold]
    pub(super) fn go_on_in_step(&mut self) {
        let Some(lane) = &self.lane else { return };
        if lane.count() == 1 {
            self.lane = None;
            return;
        }
        match lane.report(Some((self.step, self.quantum))) {
            Turn::Go => self.go_on(),
            Turn::Pause => {
                self.state = RunState::Paused;
                self.stepping = None;
            }
            Turn::Wait => {
                let bell = lane.bell.clone();
                select! {
                    recv(self.inbox) -> message => match message {
                        Ok(message) => self.handle(message),
                        Err(_) => self.quit = true,
                    },
                    recv(bell) -> _ => {}
                }
            }
        }
    }

    /// Nobody waits for a run that stands still.
    pub(super) fn stand_still(&self) {
        if let Some(lane) = &self.lane {
            lane.report(None);
        }
    }

    /// Whether a pause is left to all lanes together, so that they stand at the same place.
    pub(super) fn halt_together(&self) -> bool {
        let running = self.state == RunState::Running;
        let lane = self.lane.as_ref().filter(|lane| running && lane.in_step());
        lane.inspect(|lane| lane.halt(true)).is_some()
    }

    pub(super) fn no_halt(&self) {
        if let Some(lane) = &self.lane {
            lane.halt(false);
        }
    }

    pub(super) fn set_free(&mut self, free: bool) -> Result<String, String> {
        let lane = self
            .lane
            .as_ref()
            .ok_or("there is one lane only: F forks")?;
        lane.set_free(free);
        Ok(match free {
            true => "the lanes run freely".into(),
            false => "the lanes run in step".into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_gets_ahead_and_nobody_waits_for_one_that_stands() {
        let a = Lane::first();
        let b = a.beside(Some((0, 0)));
        assert_eq!(a.report(Some((0, 0))), Turn::Go);
        assert_eq!(a.report(Some((0, 1))), Turn::Wait);
        assert_eq!(b.report(Some((0, 0))), Turn::Go);
        // B's unit has one quantum only.
        assert_eq!(b.report(Some((1, 0))), Turn::Wait);
        assert!(a.bell.try_recv().is_ok(), "a lane that has moved is news");
        assert_eq!(a.report(Some((0, 1))), Turn::Go);
        b.report(None);
        assert_eq!(a.report(Some((7, 0))), Turn::Go);
        assert_eq!(b.report(Some((1, 0))), Turn::Go);
        assert_eq!(a.report(Some((8, 0))), Turn::Wait);
        drop(b);
        assert_eq!(a.report(Some((8, 0))), Turn::Go);
    }

    #[test]
    fn a_pause_finds_the_place_that_all_reach() {
        let a = Lane::first();
        let b = a.beside(Some((3, 1)));
        assert_eq!(a.report(Some((3, 1))), Turn::Go);
        assert_eq!(b.report(Some((3, 1))), Turn::Go);
        a.halt(true);
        // A unit of B ends here, one of A a quantum later.
        assert_eq!(b.report(Some((4, 0))), Turn::Wait);
        assert_eq!(a.report(Some((3, 2))), Turn::Go);
        assert_eq!(b.report(Some((4, 0))), Turn::Wait);
        assert_eq!(a.report(Some((4, 0))), Turn::Pause);
        assert_eq!(b.report(Some((4, 0))), Turn::Pause);
        assert!(!a.lock().halting);
    }

    #[test]
    fn free_lanes_do_not_wait() {
        let a = Lane::first();
        let b = a.beside(Some((0, 0)));
        a.set_free(true);
        assert_eq!(a.report(Some((9, 0))), Turn::Go);
        b.set_free(false);
        assert_eq!(a.report(Some((9, 0))), Turn::Wait);
    }
}
