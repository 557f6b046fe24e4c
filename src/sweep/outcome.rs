//! What came of a point, as the file in its folder that says that it is done.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::record::{self, RecordError};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Why it is no success.
    pub failed: Option<String>,
    pub steps: u64,
    pub wall_s: f64,
    pub digest: String,
    /// In the order of the model's table; null where there is no finite value.
    pub metrics: Vec<(String, Option<f64>)>,
}

impl Outcome {
    /// Of a point of which nothing else is known.
    pub fn failed(why: String) -> Self {
        Self {
            failed: Some(why),
            steps: 0,
            wall_s: 0.0,
            digest: String::new(),
            metrics: Vec::new(),
        }
    }

    pub fn file(folder: &Path) -> PathBuf {
        folder.join("result.json")
    }

    /// Nothing where the point is not done. After a crash of the machine the file may be there and
    /// empty: then the point is not done either.
    pub fn read(folder: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(Self::file(folder)).ok()?).ok()
    }

    /// # Errors
    /// When the system cannot.
    pub fn write(&self, folder: &Path) -> Result<(), RecordError> {
        let words = serde_json::to_string(self).expect("plain data can be serialised");
        record::put(&Self::file(folder), &(words + "\n"), false)
    }

    pub fn metric(&self, id: &str) -> Option<f64> {
        let found = self.metrics.iter().find(|(other, _)| other == id);
        found.and_then(|(_, value)| *value)
    }
}
