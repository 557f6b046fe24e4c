//! What leaves a run: frames for subscribers, records for the recorder.

use std::time::Duration;

use crossbeam_channel::{Sender, TrySendError, select};

use super::experiment::Experiment;
use super::frame::{About, Frame, LogKind, Reply, Request};
use super::history::{Cursor, Mark, MarkKind};
use super::mailbox::Message;
use super::record::Record;
use super::run::Run;

impl Run {
    /// A line in the log and a mark on the charts.
    pub(super) fn note(&mut self, mark: MarkKind, kind: LogKind, words: String) {
        if self.silent {
            return;
        }
        self.history.mark(Mark {
            step: self.step,
            kind: mark,
            words: words.clone(),
        });
        self.say(kind, words);
    }

    pub(super) fn say(&mut self, kind: LogKind, words: String) {
        if self.silent {
            return;
        }
        let line = self.log.add(self.step, kind, words);
        self.record(Record::Log(line));
    }

    /// Hands a record over; while the channel is full, messages are still answered.
    pub(super) fn record(&mut self, record: Record) {
        if let Some(keeping) = &self.keeping {
            let records = keeping.records().clone();
            if !self.hand_over(&records, record.clone()) {
                self.recorder_gone();
            }
            self.hear_recorder();
        }
        if let Some(records) = self.options.record.clone()
            && !self.hand_over(&records, record)
        {
            self.options.record = None;
        }
    }

    /// False when nobody takes it any more.
    fn hand_over(&mut self, recorder: &Sender<Record>, record: Record) -> bool {
        let mut waiting = Some(record);
        while let Some(record) = waiting.take() {
            match recorder.try_send(record) {
                Ok(()) => {}
                Err(TrySendError::Disconnected(_)) => return false,
                Err(TrySendError::Full(record)) => {
                    self.waiting_for_recorder = true;
                    self.answer_until_room(recorder);
                    waiting = Some(record);
                }
            }
        }
        self.waiting_for_recorder = false;
        true
    }

    /// Answers requests for frames until the recorder has taken something. Commands wait: they
    /// belong between two units, not inside the hand-over of one.
    fn answer_until_room(&mut self, recorder: &Sender<Record>) {
        while recorder.is_full() {
            let pause = crossbeam_channel::after(Duration::from_millis(1));
            select! {
                recv(self.inbox) -> message => match message {
                    Ok(Message::Ask { from, request }) => self.publish(from, &request),
                    Ok(other) => self.deferred.push_back(other),
                    Err(_) => { self.quit = true; return; }
                },
                recv(pause) -> _ => {}
            }
        }
    }

    pub(super) fn publish(&mut self, to: u64, request: &Request) {
        let Some(index) = self.subscribers.iter().position(|mailbox| mailbox.id == to) else {
            return;
        };
        let replies = std::mem::take(&mut self.subscribers[index].replies);
        let frame = self.frame(request, replies);
        self.subscribers[index].put(frame);
    }

    pub(super) fn about(&self) -> About {
        About {
            description: self.experiment.description.clone(),
            preset: self.experiment.preset.clone(),
            seed: self.experiment.seed,
            data: self.experiment.data_named(),
            replayed: None,
            back_to: self.back_to,
        }
    }

    fn frame(&self, request: &Request, replies: Vec<Reply>) -> Frame {
        let known = request.epoch == self.epoch;
        let Experiment {
            model, description, ..
        } = &self.experiment;
        let cursor = if known || request.history == Cursor::LATEST {
            request.history
        } else {
            Default::default()
        };
        let (undo_depth, redo_depth) = self.edits.depths();
        Frame {
            epoch: self.epoch,
            about: (!known).then(|| Box::new(self.about())),
            state: self.state.clone(),
            pace: self.pace,
            step: self.step,
            quantum: self.quantum,
            rate: self.rate.per_second(),
            waiting_for_recorder: self.waiting_for_recorder,
            recording: self.keeping.as_ref().map(|keeping| keeping.name().into()),
            breakpoints: self.breakpoints.lines(),
            values: (0..description.params.len())
                .map(|param| model.get(param))
                .collect(),
            pending: self.edits.pending().to_vec(),
            metrics: self.sample.clone(),
            history: self.history.since(cursor),
            log: self.log.since(request.log),
            replies,
            undo_depth,
            redo_depth,
            panels: if known {
                request
                    .panels
                    .iter()
                    .map(|panel| model.panel(panel))
                    .collect()
            } else {
                Vec::new()
            },
        }
    }
}
