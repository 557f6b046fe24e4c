//! What the lossless channel carries.

use std::sync::Arc;

use super::frame::LogLine;

#[derive(Clone, Debug)]
pub enum Record {
    /// The metrics after unit `step`, in table order.
    Sample {
        step: u64,
        metrics: Arc<[f64]>,
    },
    Log(LogLine),
}
