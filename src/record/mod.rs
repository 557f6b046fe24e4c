//! Runs kept in folders: what was done, what was measured, and the state to go on from.
//!
//! A folder holds `preset.toml` and `run.toml` (what ran, and where), `journal.jsonl` (what was done
//! to it), `metrics.csv` (one row a sample; `metrics-2.csv` and so on after each reset) and
//! `checkpoint.hbt`, and on demand `spikes.npy` (`spikes-2.npy` and so on), `weights.npz` and
//! `weights.safetensors`. One process at a time may hold it.

mod appending;
pub mod checkpoint;
mod clock;
mod error;
pub mod export;
mod folder;
pub mod journal;
pub mod metrics;
pub mod reading;
mod recorded;
mod recorder;
mod scope;
pub mod spikes;

pub use checkpoint::{Checkpoint, Written};
pub use clock::now;
pub use error::RecordError;
pub use folder::{CHECKPOINT, Folder, metrics_name};
pub use reading::Reading;
pub use recorded::{Recorded, look};
pub use recorder::{Care, Kept, New, put, reopen, reopen_with};
pub use scope::Scope;
