//! Changes of parameters: those that wait for their boundary, those that can be taken back, and
//! what the preset's schedule has covered up.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::models::Value;

/// A change that a person made, when it was accepted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Edit {
    pub param: usize,
    pub from: Value,
    pub to: Value,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Edits {
    done: Vec<Edit>,
    undone: Vec<Edit>,
    /// In the order in which they were accepted, one for each parameter.
    pending: Vec<(usize, Value)>,
    /// What parameters were before the schedule changed them; a person's change ends that.
    covered: BTreeMap<usize, Value>,
}

impl Edits {
    pub fn remember(&mut self, edit: Edit) {
        self.undone.clear();
        self.covered.remove(&edit.param);
        self.done.push(edit);
    }

    /// The schedule changes this parameter, which was `from`.
    pub fn cover(&mut self, param: usize, from: Value) {
        self.covered.entry(param).or_insert(from);
    }

    /// What a new start begins with in place of the present values: what the schedule covered up,
    /// and what waits.
    pub fn for_restart(&self) -> Vec<(usize, Value)> {
        let mut values = self.covered.clone();
        values.extend(self.pending.iter().cloned());
        values.into_iter().collect()
    }

    /// The change to take back, and the value to go back to.
    pub fn undo(&mut self) -> Option<(usize, Value)> {
        let edit = self.done.pop()?;
        let change = (edit.param, edit.from.clone());
        self.undone.push(edit);
        Some(change)
    }

    pub fn redo(&mut self) -> Option<(usize, Value)> {
        let edit = self.undone.pop()?;
        let change = (edit.param, edit.to.clone());
        self.done.push(edit);
        Some(change)
    }

    pub fn depths(&self) -> (u32, u32) {
        (self.done.len() as u32, self.undone.len() as u32)
    }

    pub fn postpone(&mut self, param: usize, value: Value) {
        self.pending.retain(|(other, _)| *other != param);
        self.pending.push((param, value));
    }

    pub fn forget_pending(&mut self, param: usize) {
        self.pending.retain(|(other, _)| *other != param);
    }

    pub fn pending(&self) -> &[(usize, Value)] {
        &self.pending
    }

    /// Removes and returns the pending changes for which `due` holds.
    pub fn take_due(&mut self, due: impl Fn(usize) -> bool) -> Vec<(usize, Value)> {
        let (now, later) = self.pending.drain(..).partition(|(param, _)| due(*param));
        self.pending = later;
        now
    }

    /// What waited and what was covered is part of the new start.
    pub fn restarted(&mut self) {
        self.pending.clear();
        self.covered.clear();
    }

    /// Whether all are of the first `params` parameters, which those in a file need not be.
    pub fn are_below(&self, params: usize) -> bool {
        let edits = self.done.iter().chain(&self.undone);
        let pending = self.pending.iter().map(|(param, _)| *param);
        edits
            .map(|edit| edit.param)
            .chain(pending)
            .chain(self.covered.keys().copied())
            .all(|param| param < params)
    }

    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(param: usize, from: i64, to: i64) -> Edit {
        Edit {
            param,
            from: Value::Integer(from),
            to: Value::Integer(to),
        }
    }

    #[test]
    fn changes_are_taken_back_one_by_one() {
        let mut edits = Edits::default();
        edits.remember(edit(0, 1, 3));
        edits.remember(edit(0, 3, 4));
        assert_eq!(edits.undo(), Some((0, Value::Integer(3))));
        assert_eq!(edits.undo(), Some((0, Value::Integer(1))));
        assert_eq!(edits.undo(), None);
        assert_eq!(edits.redo(), Some((0, Value::Integer(3))));
        edits.remember(edit(1, 0, 9));
        assert_eq!(edits.redo(), None, "a new change ends the undone future");
    }

    #[test]
    fn a_new_start_knows_what_was_before_the_schedule() {
        let mut edits = Edits::default();
        edits.cover(0, Value::Integer(1));
        edits.cover(0, Value::Integer(2));
        edits.cover(1, Value::Integer(5));
        edits.remember(edit(1, 6, 7));
        edits.postpone(2, Value::Integer(9));
        assert_eq!(
            edits.for_restart(),
            [(0, Value::Integer(1)), (2, Value::Integer(9))]
        );
    }

    #[test]
    fn a_later_change_replaces_one_that_still_waits() {
        let mut edits = Edits::default();
        edits.postpone(2, Value::Integer(1));
        edits.postpone(3, Value::Integer(5));
        edits.postpone(2, Value::Integer(7));
        assert_eq!(
            edits.take_due(|param| param == 2),
            vec![(2, Value::Integer(7))]
        );
        assert_eq!(edits.pending(), [(3, Value::Integer(5))]);
    }
}
