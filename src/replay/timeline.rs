//! What was done to a recorded run, by steps: marks, values of parameters, lines of the log.

use crate::engine::{LogKind, LogLine, Mark, MarkKind};
use crate::models::model::values_in_order;
use crate::models::table::{ParamSpec, Value};
use crate::record::reading::{Course, Setting};

pub struct Timeline {
    marks: Vec<Mark>,
    /// Values at the beginning, in table order.
    begun: Vec<Value>,
    /// Each with the number of its parameter.
    settings: Vec<(usize, Setting)>,
    log: Vec<LogLine>,
}

impl Timeline {
    pub fn of(course: &Course, last: u64, params: &[ParamSpec]) -> Self {
        let changes = course.changes(last).into_iter();
        let marks: Vec<Mark> = changes
            .map(|change| Mark {
                step: change.step,
                kind: change.kind,
                words: change.words,
            })
            .collect();
        let number = |setting: Setting| {
            let number = params.iter().position(|spec| spec.id == setting.id)?;
            Some((number, setting))
        };
        let mut timeline = Self {
            begun: values_in_order(&course.preset.values, params)
                .unwrap_or_else(|_| params.iter().map(|spec| spec.default.clone()).collect()),
            settings: course.settings().into_iter().filter_map(number).collect(),
            log: Vec::new(),
            marks: Vec::new(),
        };
        for mark in &marks {
            let kind = match mark.kind {
                MarkKind::Edit => LogKind::Edit,
                MarkKind::Fault => LogKind::Fault,
                MarkKind::Break => LogKind::Hit,
                MarkKind::Note => LogKind::Info,
            };
            timeline.say(mark.step, kind, mark.words.clone());
        }
        timeline.marks = marks;
        timeline
    }

    pub fn say(&mut self, step: u64, kind: LogKind, words: String) {
        let number = self.log.len() as u64;
        self.log.push(LogLine {
            number,
            step,
            kind,
            words,
        });
    }

    /// Marks up to a step.
    pub fn marks(&self, step: u64) -> &[Mark] {
        let count = self.marks.partition_point(|mark| mark.step <= step);
        &self.marks[..count]
    }

    pub fn mark_before(&self, step: u64) -> Option<&Mark> {
        self.marks.iter().rev().find(|mark| mark.step < step)
    }

    pub fn mark_behind(&self, step: u64) -> Option<&Mark> {
        self.marks.iter().find(|mark| mark.step > step)
    }

    /// Every parameter as it was at a step.
    pub fn values(&self, step: u64) -> Vec<Value> {
        let mut values = self.begun.clone();
        let until = self
            .settings
            .iter()
            .take_while(|(_, setting)| setting.step <= step);
        for (number, setting) in until {
            values[*number] = setting.value.clone();
        }
        values
    }

    /// All lines from number `from` on: the log is that of the whole recording, wherever one stands.
    pub fn log(&self, from: u64) -> Vec<LogLine> {
        self.log.iter().skip(from as usize).cloned().collect()
    }
}
