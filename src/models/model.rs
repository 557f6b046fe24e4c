//! The trait through which every model is run, and what passes through it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::array::Array;
use super::panel::{PanelData, PanelRequest};
use super::rule::Rule;
use super::table::{Description, Kind, ParamSpec, Value};
use super::values::Values;
use crate::data::Dataset;

/// What a model is built from.
#[derive(Clone)]
pub struct Setup {
    pub values: Values,
    pub seed: u64,
    /// Absent only for models that need no images.
    pub data: Option<Arc<Dataset>>,
}

/// How far [`Model::advance`] came.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    /// A quantum is done, the unit goes on.
    Continue,
    /// The quantum was the last of its unit; the metrics are those of that unit.
    UnitDone,
    /// Something is wrong. The state is kept as it is, for inspection and saving; the next
    /// `advance` begins the unit anew, so that a person can mend a parameter and go on.
    Fault(Fault),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    pub kind: FaultKind,
    /// What happened, where, and what would help, in a sentence.
    pub what: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// A number is NaN or infinite.
    NonFinite,
    /// An energy that must fall has risen beyond its bound.
    Divergence,
    /// Rates or weights have left the plausible range.
    Runaway,
}

#[derive(Debug, Error)]
pub enum BuildError {
    #[error("parameter `{id}`: {why}")]
    Param { id: String, why: String },
    #[error("{0}")]
    Data(String),
}

#[derive(Debug, Error)]
pub enum LoadError {
    #[error("the saved state cannot be read: {0}")]
    Unreadable(String),
    #[error("the saved state belongs to another model: {0}")]
    Foreign(String),
}

/// The words of a row that says which table an instance has, before that table is there.
/// # Errors
/// Names the row when its value is of another kind, or not allowed.
pub fn words_of(given: &Values, table: &[ParamSpec], id: &str) -> Result<String, BuildError> {
    let spec = table.iter().find(|spec| spec.id == id);
    if let (Some(spec), Some(value)) = (spec, given.given(id)) {
        spec.check(value).map_err(|refusal| BuildError::Param {
            id: id.to_owned(),
            why: refusal.to_string(),
        })?;
    }
    Ok(given.words(table, id))
}

/// The values of all rows of an instance's table, in its order, each allowed by its row.
/// # Errors
/// Names the value that belongs to no row, or that its row does not allow.
pub fn values_in_order(given: &Values, table: &[ParamSpec]) -> Result<Vec<Value>, BuildError> {
    let wrong = |id: &str, why: String| BuildError::Param {
        id: id.to_owned(),
        why,
    };
    for (id, _) in given.iter() {
        if !table.iter().any(|spec| spec.id == id) {
            let near = table
                .iter()
                .min_by_key(|spec| strsim::damerau_levenshtein(&spec.id, id));
            let near = near.map_or(String::new(), |spec| {
                format!(" (did you mean `{}`?)", spec.id)
            });
            return Err(wrong(id, format!("there is no such parameter{near}")));
        }
    }
    let value = |spec: &ParamSpec| {
        let given = given.given(&spec.id).unwrap_or(&spec.default);
        let value = match (&spec.kind, given) {
            (Kind::Real { .. }, Value::Integer(n)) => Value::Real(*n as f64),
            _ => given.clone(),
        };
        spec.check(&value)
            .map(|()| value)
            .map_err(|refusal| wrong(&spec.id, refusal.to_string()))
    };
    table.iter().map(value).collect()
}

/// A learning model that can be advanced, watched, changed, saved and loaded.
///
/// The same state, parameters and calls give the same bits: no implementation reads a clock, a
/// global or an unseeded random number, and nothing that takes `&self` can change the run.
pub trait Model: Send {
    /// The tables of this instance. They stay the same for the life of the instance.
    fn description(&self) -> Description;

    /// Does one quantum, a few milliseconds at most.
    fn advance(&mut self) -> Progress;

    /// Whether the model stands between two units, so that [`Applies::Unit`] changes may be made.
    ///
    /// [`Applies::Unit`]: super::table::Applies::Unit
    fn at_unit_boundary(&self) -> bool;

    /// Writes the metrics of the last finished unit, in table order; NaN where there is no value.
    fn metrics(&self, out: &mut [f64]);

    /// The value of parameter number `param` of the table.
    fn get(&self, param: usize) -> Value;

    /// The value that a person or preset gave it last, with which a new start begins: another one than
    /// the present where the model itself changes the parameter, because it learns it.
    fn given(&self, param: usize) -> Value {
        self.get(param)
    }

    /// Changes a parameter. The engine calls it at the boundary that the table names, with a value
    /// that the table allows; never for [`Applies::Restart`](super::table::Applies::Restart).
    /// # Errors
    /// Says why this model cannot take the value now, and leaves everything as it was.
    fn set(&mut self, param: usize, value: &Value) -> Result<(), String>;

    /// The plasticity rule that the run uses or has found, where the model has such a thing.
    fn rule(&self) -> Option<Rule> {
        None
    }

    /// What it has learnt and what it learns with, whole and up to date: weights, feedback,
    /// coefficients.
    fn arrays(&self) -> Vec<Array> {
        Vec::new()
    }

    /// Appends the spikes of the last quantum: the number of the quantum since the beginning, and the
    /// cell. Only in a family that [has spikes](super::Family::spikes).
    fn spikes(&self, _into: &mut Vec<[u32; 2]>) {}

    /// Draws a panel, reduced to the size that was asked for.
    fn panel(&self, request: &PanelRequest) -> PanelData;

    /// Replaces what is in `state` by the whole state (parameters and random streams included), from
    /// which the run continues bit for bit; valid between any two quanta.
    fn save_into(&self, state: &mut Vec<u8>);

    /// [`save_into`](Self::save_into) in memory of its own.
    fn save(&self) -> Vec<u8> {
        let mut state = Vec::new();
        self.save_into(&mut state);
        state
    }

    /// Takes over a state saved by a model built with the same restart parameters and data.
    /// # Errors
    /// Refuses bytes that are damaged or belong to another model, and leaves this one as it was.
    fn load(&mut self, state: &[u8]) -> Result<(), LoadError>;
}
