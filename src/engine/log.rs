//! The last lines of what happened, numbered for ever.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::frame::{LogKind, LogLine};

/// Lines kept for subscribers; a recorder gets them all.
const KEPT: usize = 2000;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Log {
    lines: VecDeque<LogLine>,
    next: u64,
}

impl Log {
    pub fn add(&mut self, step: u64, kind: LogKind, words: String) -> LogLine {
        let line = LogLine {
            number: self.next,
            step,
            kind,
            words,
        };
        self.next += 1;
        if self.lines.len() == KEPT {
            self.lines.pop_front();
        }
        self.lines.push_back(line.clone());
        line
    }

    /// Lines from number `from` on that are still kept.
    pub fn since(&self, from: u64) -> Vec<LogLine> {
        let first = self.next - self.lines.len() as u64;
        self.lines
            .iter()
            .skip(from.saturating_sub(first) as usize)
            .cloned()
            .collect()
    }
}
