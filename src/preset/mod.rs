//! Experiments: a model, its data and parameters, what happens when, and what is to be expected.

pub mod catalogue;
mod condition;
mod entries;
mod error;
pub mod expect;
pub(crate) mod fields;
mod kept;
mod parse;
mod resolve;
pub mod rule_file;
pub mod write;

use serde::{Deserialize, Serialize};

pub use crate::models::nearest::{did_you_mean, nearest};
pub use condition::{Breakpoint, Condition, ConditionError, Moment};
pub use entries::seconds;
pub use error::PresetError;
pub use kept::Kept;
pub use parse::Document;
pub use rule_file::RuleFile;

use crate::models::table::Value;
use crate::models::{FaultKind, Values};

/// An experiment, resolved: one variant chosen, every value checked against the model's table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Preset {
    /// The file's name without `.toml`.
    pub name: String,
    /// The variant that was chosen, if any.
    pub variant: Option<String>,
    /// One line for lists.
    pub title: String,
    /// What to watch, which keys to try, what paper or theory leads one to expect.
    pub about: String,
    /// [`Family::id`](crate::models::Family).
    pub model: String,
    pub data: DataChoice,
    pub seed: u64,
    /// Planned length in the model's unit; the run pauses there as done.
    pub length: u64,
    /// Units a second at which a person can follow; `None` runs flat out.
    pub pace: Option<f64>,
    pub values: Values,
    pub schedule: Vec<Scheduled>,
    /// Conditions that pause the run, as [`Breakpoint`] reads them.
    pub breakpoints: Vec<String>,
    pub expect: Vec<Expect>,
    /// The fault in which the run is meant to end, for a preset that shows one.
    pub fault: Option<FaultKind>,
    /// Names of all variants of the file.
    pub variants: Vec<String>,
}

impl Preset {
    /// Whether there is nothing but parameters: no schedule, no expectation, no variant.
    pub fn is_bare(&self) -> bool {
        self.schedule.is_empty() && self.expect.is_empty() && self.variants.is_empty()
    }
}

/// Sets of images that a preset may ask for with `--data`.
const EXTERNAL: [&str; 3] = ["mnist", "fashion-mnist", "emnist"];

/// Where the images come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DataChoice {
    /// The model needs none, or makes its own inputs.
    None,
    /// The 8x8 digits that are compiled in.
    Digits,
    /// The 28x28 letters and digits that are compiled in.
    Glyphs,
    /// Must be given with `--data`; the word says what is meant: "mnist", "fashion-mnist" or
    /// "emnist".
    External(String),
}

/// Changes that a preset makes at a step, exactly as a person would.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scheduled {
    /// Applies when this many units are done.
    pub step: u64,
    pub actions: Vec<Action>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Action {
    Set { id: String, value: Value },
    Pause,
}

/// What a preset is expected to show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Expect {
    /// Id of a metric.
    pub metric: String,
    pub when: When,
    pub bound: Bound,
    /// The variant by whose value of the same metric this one is divided before it is compared.
    pub relative_to: Option<String>,
    /// Where the number comes from.
    pub source: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum When {
    /// The last value that was measured up to the planned length.
    End,
    /// The last value that was measured when this many units are done.
    Step(u64),
    /// The mean over the last so many units before the planned length.
    MeanOfLast(u64),
    /// The largest value over the whole run.
    Max,
    /// The smallest value over the whole run.
    Min,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Bound {
    /// `value` give or take `tolerance`.
    Near {
        value: f64,
        tolerance: f64,
    },
    /// Between `value / factor` and `value * factor`.
    Factor {
        value: f64,
        factor: f64,
    },
    AtLeast(f64),
    AtMost(f64),
}
