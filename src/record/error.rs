//! Why a recording cannot be made or read.

use std::io;
use std::path::Path;

use thiserror::Error;

use crate::data::text;

#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{file}{}: {what}", .line.map_or_else(String::new, |line| format!(":{line}")))]
pub struct RecordError {
    pub file: String,
    /// From 1, where a line is meant.
    pub line: Option<usize>,
    pub what: String,
    /// Whether the system failed, rather than the file being wrong.
    pub system: bool,
}

impl RecordError {
    pub fn new(file: &Path, what: impl Into<String>) -> Self {
        Self {
            file: text::line(&file.display().to_string()),
            line: None,
            what: what.into(),
            system: false,
        }
    }

    pub fn io(file: &Path, error: &io::Error) -> Self {
        Self {
            system: error.kind() != io::ErrorKind::NotFound,
            ..Self::new(file, error.to_string())
        }
    }
}
