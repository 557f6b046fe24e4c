//! The result of replaying a reference case: how far each quantity is off, and how far it may be.

use thiserror::Error;

/// One quantity of one case, computed along one path of the program.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// The path through the program: `f64`, `f32`, `closed form f64`, ...
    pub path: String,
    /// What is compared, e.g. `epsilon[2]`.
    pub quantity: String,
    /// Largest deviation, in the measure of `bound`.
    pub deviation: f64,
    pub bound: f64,
}

impl Check {
    /// A deviation that is NaN has not passed.
    pub fn passed(&self) -> bool {
        self.deviation <= self.bound
    }
}

/// Why a case could not be run at all.
#[derive(Debug, Error)]
pub enum CaseError {
    #[error("{field}: {why}")]
    Field { field: String, why: String },
}
