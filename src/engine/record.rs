//! What the lossless channel carries.

use std::sync::Arc;

use super::frame::{About, LogLine};
use super::journal::Entry;
use super::snapshot::Snapshot;

#[derive(Clone, Debug)]
pub enum Record {
    /// The metrics after unit `step`, in table order.
    Sample {
        step: u64,
        metrics: Arc<[f64]>,
    },
    Log(LogLine),
    /// Recording begins; the journal so far.
    Start {
        about: Box<About>,
        journal: Vec<Entry>,
    },
    /// The model was built anew: steps count from 0 again, and the tables may be others.
    Anew(Box<About>),
    Journal(Entry),
    Checkpoint(Arc<Snapshot>),
}
