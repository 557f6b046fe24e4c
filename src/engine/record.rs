//! What the lossless channel carries.

use std::sync::Arc;

use super::frame::{About, LogLine};
use super::journal::Entry;
use super::snapshot::Snapshot;
#[cfg(doc)]
use crate::models::Model;
use crate::models::array::Array;

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
    /// The spikes since the last ones, see [`Model::spikes`].
    Spikes(Arc<[[u32; 2]]>),
    /// The whole state, with the model's [arrays](Model::arrays) where the recorder wants them.
    Checkpoint(Arc<Snapshot>, Arc<[Array]>),
}
