//! The values of a model's parameters: those that were given, and the table's defaults for the rest.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::table::{ParamSpec, Scope, Value};

/// Given values by id; everything else has its default. Ids are those of a table row, or of a row
/// for each layer with the number of the layer behind it (`freeze_2`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Values(BTreeMap<String, Value>);

impl Values {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn set(&mut self, id: impl Into<String>, value: Value) {
        self.0.insert(id.into(), value);
    }

    pub fn given(&self, id: &str) -> Option<&Value> {
        self.0.get(id)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(id, value)| (id.as_str(), value))
    }

    /// The value of `id`: given, or the default of its row in `table`.
    /// # Panics
    /// When `table` has no row for `id`: a model asked for a parameter that it does not declare.
    pub fn get(&self, table: &[ParamSpec], id: &str) -> Value {
        self.given(id).cloned().unwrap_or_else(|| {
            let (spec, _) = find(table, id)
                .unwrap_or_else(|| panic!("`{id}` is not in the parameter table of this model"));
            spec.default.clone()
        })
    }

    pub fn real(&self, table: &[ParamSpec], id: &str) -> f64 {
        match self.get(table, id) {
            Value::Real(x) => x,
            Value::Integer(n) => n as f64,
            other => panic!("`{id}` is {other:?}, not a number"),
        }
    }

    pub fn integer(&self, table: &[ParamSpec], id: &str) -> i64 {
        match self.get(table, id) {
            Value::Integer(n) => n,
            other => panic!("`{id}` is {other:?}, not an integer"),
        }
    }

    pub fn switch(&self, table: &[ParamSpec], id: &str) -> bool {
        match self.get(table, id) {
            Value::Switch(on) => on,
            other => panic!("`{id}` is {other:?}, not a switch"),
        }
    }

    pub fn words(&self, table: &[ParamSpec], id: &str) -> String {
        match self.get(table, id) {
            Value::Choice(words) | Value::Words(words) => words.into_owned(),
            other => panic!("`{id}` is {other:?}, not words"),
        }
    }
}

/// The row of `table` that `id` names, and the layer where the row is one for each layer.
pub fn find<'a>(table: &'a [ParamSpec], id: &str) -> Option<(&'a ParamSpec, Option<usize>)> {
    if let Some(spec) = table
        .iter()
        .find(|spec| spec.id == id && spec.scope == Scope::Model)
    {
        return Some((spec, None));
    }
    let (stem, number) = id.rsplit_once('_')?;
    let layer: usize = number.parse().ok().filter(|&layer| layer > 0)?;
    table
        .iter()
        .find(|spec| spec.id == stem && spec.scope == Scope::Layer)
        .map(|spec| (spec, Some(layer)))
}
