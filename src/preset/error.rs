//! What is wrong with a preset, and in which line.

use thiserror::Error;

#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{file}{}: {what}", .line.map_or_else(String::new, |line| format!(":{line}")))]
pub struct PresetError {
    /// A path, or the name of a preset that is compiled in.
    pub file: String,
    /// From 1; absent where the whole file is meant.
    pub line: Option<usize>,
    /// What is wrong, what would be accepted, and the nearest name.
    pub what: String,
    /// Whether the system failed to read the file, rather than the file being wrong.
    pub unreadable: bool,
}

impl PresetError {
    pub fn whole(file: impl Into<String>, what: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            line: None,
            what: what.into(),
            unreadable: false,
        }
    }

    pub fn at(file: impl Into<String>, line: usize, what: impl Into<String>) -> Self {
        Self {
            line: Some(line),
            ..Self::whole(file, what)
        }
    }
}
