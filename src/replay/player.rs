//! The thread that stands in for the simulation: a place in the recording, moved by commands and by
//! the clock.

use std::time::Instant;

use crossbeam_channel::{Receiver, bounded};

use super::panels::Panels;
use super::pyramid::{self, Damaged, Pyramid};
use super::timeline::Timeline;
use super::{Recording, ReplayError};
use crate::data::text;
use crate::engine::{
    Command, Delta, Frame, LogKind, Mailbox, Message, Pace, Reply, Request, RunState, Subscription,
    Target,
};
use crate::models::param::short;

/// Messages that may wait.
const WAITING: usize = 64;

/// Flat out, a whole recording is over in so many seconds.
const FLAT_OUT: f64 = 10.0;

/// Units a second of a preset that names no pace.
const WATCHING: f64 = 20.0;

/// A history that is further behind than this is made anew, which costs less than catching up.
const BEHIND: u64 = 100_000;

pub fn start(mut recording: Recording) -> std::io::Result<Subscription> {
    let (messages, inbox) = bounded(WAITING);
    let (mailbox, subscription) = Mailbox::new(0, messages);
    std::thread::Builder::new()
        .name("replay".into())
        .spawn(move || {
            let table = &recording.about.description;
            let ids = recording.pyramid.columns();
            let place = |id: &str| ids.iter().position(|column| column == id);
            let metrics = table.metrics.iter().map(|spec| place(&spec.id)).collect();
            let last = recording.pyramid.samples();
            let mut timeline = Timeline::of(recording.course(), last, &table.params);
            if let Some(why) = recording.renewed.take() {
                let words =
                    format!("the file of buckets {why}: they were counted from the metrics");
                timeline.say(0, LogKind::Info, words);
            }
            let pace = recording.about.preset.pace.unwrap_or(WATCHING);
            Player {
                panels: Panels::of(&recording),
                recording,
                metrics,
                timeline,
                mailbox,
                inbox,
                epoch: 1,
                last,
                step: last,
                pace: Pace::Units(pace),
                playing: None,
                until: last,
            }
            .until_quit();
        })?;
    Ok(subscription)
}

struct Player {
    recording: Recording,
    /// The places of the table's metrics in the file.
    metrics: Vec<Option<usize>>,
    timeline: Timeline,
    panels: Panels,
    mailbox: Mailbox,
    inbox: Receiver<Message>,
    epoch: u64,
    last: u64,
    step: u64,
    pace: Pace,
    /// From which step, and since when.
    playing: Option<(u64, Instant)>,
    /// Where playing ends.
    until: u64,
}

impl Player {
    fn until_quit(mut self) {
        while let Ok(message) = self.inbox.recv() {
            self.follow_the_clock();
            match message {
                Message::Subscribe(mailbox) => self.mailbox = mailbox,
                Message::Fork { give, .. } => {
                    let why = "a recording cannot be forked: `hebbtop resume` goes on with its run";
                    give(Err(why.into()));
                }
                Message::Say(_) | Message::HandOver(_) => {}
                Message::Ask { request, .. } => self.answer(&request),
                Message::Do { id, command, .. } => {
                    if command == Command::Quit {
                        return;
                    }
                    let outcome = self.obey(command);
                    self.mailbox.replies.push(Reply {
                        command: id,
                        outcome,
                    });
                }
            }
            if self.mailbox.abandoned() {
                return;
            }
        }
    }

    /// Steps a second at the present pace; a quantum is not recorded, so it counts as a step.
    fn rate(&self) -> f64 {
        match self.pace {
            Pace::Units(rate) | Pace::Quanta(rate) => rate,
            Pace::FlatOut => (self.last as f64 / FLAT_OUT).max(WATCHING),
        }
    }

    /// Where playing has come to. Nothing has to happen in between: frames are made when asked for.
    fn follow_the_clock(&mut self) {
        let Some((from, since)) = self.playing else {
            return;
        };
        let come = (since.elapsed().as_secs_f64() * self.rate()) as u64;
        self.step = from.saturating_add(come).min(self.until);
        if self.step == self.until {
            self.playing = None;
        }
    }

    fn seek(&mut self, step: u64) -> String {
        self.step = step;
        self.playing = None;
        self.until = self.last;
        format!("{} {step}", self.recording.about.description.unit)
    }

    fn obey(&mut self, command: Command) -> Result<String, String> {
        let unit = self.recording.about.description.unit.clone();
        match command {
            Command::Pause => Ok(self.seek(self.step)),
            Command::Resume => {
                // From its end a recording is played again.
                if self.step == self.last {
                    self.step = 0;
                }
                self.until = self.last;
                self.playing = Some((self.step, Instant::now()));
                Ok(format!("playing from {unit} {}", self.step))
            }
            Command::Step { .. } if self.step == self.last => {
                Err(format!("the recording ends at {unit} {}", self.last))
            }
            Command::Step { count, .. } => {
                Ok(self.seek(self.step.saturating_add(count).min(self.last)))
            }
            Command::SetPace(pace) => {
                if let Pace::Units(rate) | Pace::Quanta(rate) = pace
                    && !(1e-3..=1e6).contains(&rate)
                {
                    return Err("a pace is a number from 0.001 to 1000000 a second".into());
                }
                self.pace = pace;
                if self.playing.is_some() {
                    self.playing = Some((self.step, Instant::now()));
                }
                Ok(match pace {
                    Pace::FlatOut => format!("the whole recording in {FLAT_OUT} s"),
                    _ => format!("{} {unit}s a second", short(self.rate())),
                })
            }
            Command::Rewind(target) => self.go_to(target),
            Command::Quit => Ok("ending".into()),
            _ => Err(format!(
                "this is a recording, nothing in it can be changed: `hebbtop resume {}` goes on with \
                 its run",
                text::line(&self.recording.reading.folder().display().to_string())
            )),
        }
    }

    fn go_to(&mut self, target: Target) -> Result<String, String> {
        let unit = self.recording.about.description.unit.clone();
        let mark = match target {
            Target::Unit(step) if step > self.last => {
                return Err(format!(
                    "{unit} {step} is not in the recording, which goes from 0 to {}",
                    self.last
                ));
            }
            Target::Unit(step) => return Ok(self.seek(step)),
            Target::Back(units) => return Ok(self.seek(self.step.saturating_sub(units))),
            Target::Last => return Ok(self.seek(self.last)),
            Target::MarkBefore => self.timeline.mark_before(self.step),
            Target::MarkBehind => self.timeline.mark_behind(self.step),
        };
        match mark.cloned() {
            Some(mark) => {
                let place = self.seek(mark.step);
                Ok(format!("{place}: {}", mark.words))
            }
            None => Err(match target {
                Target::MarkBefore => {
                    format!("no change, mark or fault before {unit} {}", self.step)
                }
                _ => format!("no change, mark or fault after {unit} {}", self.step),
            }),
        }
    }

    fn answer(&mut self, request: &Request) {
        if let Some(step) = self.panels.arrived() {
            // The titles of the panels say it, and titles belong to what stays the same.
            if let Some(replayed) = &mut self.recording.about.replayed {
                replayed.panels = Some(step);
            }
            self.epoch += 1;
        }
        let known = request.epoch == self.epoch;
        let measured = match self.measured(request, known) {
            Ok(measured) => measured,
            Err(Damaged) => {
                self.mend();
                let gap = vec![f64::NAN; self.metrics.len()];
                let again = self.measured(request, known);
                again.unwrap_or_else(|Damaged| (Delta::default(), gap))
            }
        };
        let (history, metrics) = measured;
        let playing = self.playing.is_some();
        let frame = Frame {
            epoch: self.epoch,
            about: (!known).then(|| self.recording.about.clone()),
            state: match playing {
                true => RunState::Running,
                false => RunState::Paused,
            },
            pace: self.pace,
            step: self.step,
            quantum: 0,
            rate: self.rate(),
            waiting_for_recorder: false,
            recording: None,
            breakpoints: Vec::new(),
            values: self.timeline.values(self.step),
            pending: Vec::new(),
            metrics,
            history,
            log: self.timeline.log(request.log),
            replies: std::mem::take(&mut self.mailbox.replies),
            undo_depth: 0,
            redo_depth: 0,
            panels: match known {
                true => self.panels.draw(&request.panels, self.step),
                false => Vec::new(),
            },
        };
        self.mailbox.put(frame);
    }

    /// The history up to here as far as the copy of the screen lacks it, and the sample of this step.
    fn measured(&mut self, request: &Request, known: bool) -> Result<(Delta, Vec<f64>), Damaged> {
        let Recording { pyramid, .. } = &mut self.recording;
        let row = pyramid.row(self.step)?;
        let value = |place: &Option<usize>| place.zip(row.as_ref()).map(|(at, row)| row[at]);
        let metrics = self.metrics.iter().map(|at| value(at).unwrap_or(f64::NAN));
        let metrics: Vec<f64> = metrics.collect();
        let copy = if known {
            request.history
        } else {
            Default::default()
        };
        if copy.samples == u64::MAX {
            // It is held still, and wants nothing.
            return Ok((Delta::default(), metrics));
        }
        let marks = self.timeline.marks(self.step);
        let anew = copy.samples > self.step
            || copy.marks > marks.len() as u64
            || self.step - copy.samples > BEHIND;
        let (from, seen) = if anew {
            (0, 0)
        } else {
            (copy.samples, copy.marks)
        };
        let delta = Delta {
            anew,
            marks: marks[seen as usize..].to_vec(),
            ..pyramid.delta(from, self.step, &self.metrics)?
        };
        Ok((delta, metrics))
    }

    /// The metrics are still there when the file of buckets has been damaged under the screen.
    fn mend(&mut self) {
        match self.counted_anew() {
            Ok(pyramid) => {
                self.recording.pyramid = pyramid;
                let words = "the file of buckets was damaged: they were counted from the metrics";
                self.timeline.say(self.step, LogKind::Info, words.into());
            }
            Err(error) => {
                let words = error.to_string();
                self.timeline.say(self.step, LogKind::Refused, words);
            }
        }
        self.last = self.recording.pyramid.samples();
        self.step = self.step.min(self.last);
    }

    fn counted_anew(&self) -> Result<Pyramid, ReplayError> {
        let file = pyramid::file(self.recording.reading.folder(), self.recording.course);
        // What cannot be removed is replaced.
        let _ = std::fs::remove_file(&file);
        Ok(pyramid::of(&file, self.recording.course(), &mut |_, _| {})?.0)
    }
}
