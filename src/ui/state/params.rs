//! The parameters as the panel shows them: what the model has, and what is on its way there.

use std::collections::BTreeMap;

use crate::engine::Frame;
use crate::models::table::Value;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Params {
    pub selected: usize,
    /// Sent and not yet answered.
    drafts: BTreeMap<usize, Value>,
}

/// How far a value has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The model has it.
    There,
    /// Sent, not yet answered.
    Sent,
    /// Accepted; waits for its boundary.
    Accepted,
}

impl Params {
    pub fn draft(&mut self, param: usize, value: Value) {
        self.drafts.insert(param, value);
    }

    pub fn answered(&mut self, param: usize) {
        self.drafts.remove(&param);
    }

    pub fn forget(&mut self) {
        self.drafts.clear();
    }

    /// The value to show for `param`, and how far it has come.
    pub fn shown<'a>(&'a self, frame: &'a Frame, param: usize) -> Option<(&'a Value, Way)> {
        let pending = || frame.pending.iter().find(|(other, _)| *other == param);
        if let Some(value) = self.drafts.get(&param) {
            Some((value, Way::Sent))
        } else if let Some((_, value)) = pending() {
            Some((value, Way::Accepted))
        } else {
            frame.values.get(param).map(|value| (value, Way::There))
        }
    }
}
