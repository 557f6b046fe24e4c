//! Many runs of one plan, each in a process and a folder of its own.
//!
//! A sweep is a folder: `plan.toml` and `preset.json` say what is to be done, `points/00000` and so
//! on are recordings, and a point is done when its folder has a `result.json`. There is no other
//! record of what has been done: whoever is killed leaves folders from which the next one goes on.

mod axis;
mod error;
mod folder;
mod outcome;
mod pick;
mod plan;
mod pool;
mod results;
mod shard;
pub mod slurm;
mod watched;

pub use error::SweepError;
pub use folder::{Held, PLAN, RESULTS, Sweep, lock};
pub use outcome::Outcome;
pub use pick::Pick;
pub use plan::{MOST_POINTS, Plan, Point};
pub use pool::{Ended, Pool};
pub use results::{Results, State};
pub use shard::Shard;
pub use watched::{Stage, Watched, WatchedRun};
