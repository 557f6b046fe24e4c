//! The journal as a file: one JSON object a line.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use super::error::RecordError;
use crate::data::text;
use crate::engine::{Entry, Event, as_it_went};

/// Adds a line.
pub fn write(entry: &Entry, out: &mut Vec<u8>) {
    serde_json::to_writer(&mut *out, entry).expect("plain data can be serialised");
    out.push(b'\n');
}

/// Reads the file at `path`.
/// # Errors
/// Names the file and the line.
pub fn read(path: &Path) -> Result<Vec<Entry>, RecordError> {
    read_first(path, u64::MAX)
}

/// Reads the first `bytes` bytes of the file at `path`, without what was abandoned.
/// # Errors
/// Names the file and the line.
pub fn read_first(path: &Path, bytes: u64) -> Result<Vec<Entry>, RecordError> {
    read_lines(path, bytes).map(as_it_went)
}

/// Reads the first `bytes` bytes of the file at `path`, with ways back and what they abandoned.
/// # Errors
/// Names the file and the line.
pub fn read_lines(path: &Path, bytes: u64) -> Result<Vec<Entry>, RecordError> {
    let system = |error: std::io::Error| RecordError::io(path, &error);
    let metadata = fs::metadata(path).map_err(system)?;
    if !metadata.is_file() {
        return Err(RecordError::new(path, "is not a regular file"));
    }
    let mut content = Vec::new();
    let file = File::open(path).map_err(system)?;
    file.take(bytes.min(metadata.len()))
        .read_to_end(&mut content)
        .map_err(system)?;
    let entries = lines(&content).map_err(|(line, what)| RecordError {
        line: Some(line),
        ..RecordError::new(path, what)
    })?;
    Ok(entries)
}

/// The entries of a journal. A last line without its end, which a killed program leaves, is no part
/// of it.
/// # Errors
/// The number of the line, and what is wrong with it.
pub fn parse(content: &[u8]) -> Result<Vec<Entry>, (usize, String)> {
    lines(content).map(as_it_went)
}

fn lines(content: &[u8]) -> Result<Vec<Entry>, (usize, String)> {
    let whole = content.iter().rposition(|&byte| byte == b'\n');
    let content = &content[..whole.map_or(0, |end| end + 1)];
    let mut entries: Vec<Entry> = Vec::new();
    for (i, line) in content.split_inclusive(|&byte| byte == b'\n').enumerate() {
        let entry: Entry = serde_json::from_slice(line).map_err(|error| {
            (
                i + 1,
                format!("is no entry: {}", text::line(&error.to_string())),
            )
        })?;
        let starts = matches!(entry.event, Event::Start { .. });
        if starts != (i == 0) {
            return Err((
                i + 1,
                "the first line, and no other, says what started".into(),
            ));
        }
        entries.push(entry);
    }
    if entries.is_empty() {
        return Err((1, "a journal begins with what started".into()));
    }
    Ok(entries)
}

/// Why repeating the journal here, with these images, need not give the same bits.
pub fn not_exact(entries: &[Entry], data: Option<&(String, String)>) -> Vec<String> {
    let mut why = Vec::new();
    for entry in entries {
        if let Event::Start { machine, .. } | Event::Resume { machine } = &entry.event {
            why.extend(machine.differs());
        }
        if let Event::Start { data: then, .. } = &entry.event
            && then.as_ref().map(|(_, sum)| sum) != data.map(|(_, sum)| sum)
        {
            why.push("the images are others".into());
        }
    }
    why.dedup();
    why
}
