//! What the buckets were counted from. Times of files are no part of it: copying a recording
//! changes them, and a row that is written within the same second does not.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::layout::sum;
use crate::record::RecordError;
use crate::record::reading::Course;

/// Bytes at both ends of a file that are looked at.
const LOOK: u64 = 64 << 10;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    files: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Part {
    name: String,
    size: u64,
    /// The last step that counts.
    kept: u64,
    head: u64,
    tail: u64,
}

impl Source {
    /// # Errors
    /// When a file cannot be read.
    pub fn of(course: &Course) -> Result<Self, RecordError> {
        let part = |(file, kept): (&Path, u64)| {
            look(file, kept).map_err(|error| RecordError::io(file, &error))
        };
        let files = course.files().map(part).collect::<Result<_, _>>()?;
        Ok(Self { files })
    }

    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|part| part.size).sum()
    }
}

fn look(path: &Path, kept: u64) -> io::Result<Part> {
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    let mut bytes = vec![0; LOOK.min(size) as usize];
    file.read_exact_at(&mut bytes, 0)?;
    let head = sum(&bytes);
    file.read_exact_at(&mut bytes, size - LOOK.min(size))?;
    let name = path.file_name().unwrap_or(path.as_os_str());
    Ok(Part {
        name: name.to_string_lossy().into_owned(),
        size,
        kept,
        head,
        tail: sum(&bytes),
    })
}
