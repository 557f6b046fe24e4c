//! A learnt rule: what one run has found and another can start from.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Coefficients of a plasticity rule, as a model hands them out and takes them over.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// [`Family::id`](super::Family) of the model that found it.
    pub model: String,
    /// Units of each layer, the input first.
    pub layers: Vec<usize>,
    /// How errors were fed back while it was found.
    pub feedback: String,
    /// Units (episodes) of learning behind it.
    pub episodes: u64,
    /// Coefficient by the name of its term: one map for all layers, or one for each weight matrix.
    /// A term that is not there is off.
    pub terms: Vec<BTreeMap<String, f64>>,
}

impl Rule {
    /// Every term that occurs, in the order of names.
    pub fn names(&self) -> Vec<&str> {
        let all = self.terms.iter().flat_map(BTreeMap::keys);
        let mut names: Vec<&str> = all.map(String::as_str).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}
