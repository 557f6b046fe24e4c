//! A recording as it lies in its folder, to be looked at and not to go on with.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::Path;

use super::error::RecordError;
use super::folder::{JOURNAL, PRESET, metrics_name};
use super::{journal, metrics};
use crate::engine::{Event, as_it_went};
use crate::preset::{Preset, catalogue};

pub struct Recorded {
    pub name: String,
    /// With the parameters as they were at the end.
    pub preset: Preset,
    /// Of the metrics, in the order of the rows.
    pub ids: Vec<String>,
    pub rows: Box<dyn Iterator<Item = (u64, Vec<f64>)> + Send>,
}

/// Reads the recording in `folder`, the metrics since its last reset.
/// # Errors
/// When there is none or its preset cannot be read.
pub fn look(folder: &Path) -> Result<Recorded, RecordError> {
    let part = |number: u32| folder.join(metrics_name(number));
    let later = (2..).map(part).take_while(|path| path.is_file()).last();
    let path = later.unwrap_or_else(|| part(1));
    let system = |error: std::io::Error| RecordError::io(&path, &error);
    if !fs::metadata(&path).map_err(system)?.is_file() {
        return Err(RecordError::new(&path, "is not a regular file"));
    }
    let mut header = String::new();
    BufReader::new(File::open(&path).map_err(system)?)
        .read_line(&mut header)
        .map_err(system)?;
    let id = |cell: &str| cell.split(" [").next().unwrap_or(cell).to_owned();
    let ids = header.trim_end().split(',').skip(1).map(id).collect();
    let file = folder.join(PRESET);
    let preset = catalogue::resolve(&file.display().to_string());
    let mut preset = preset.map_err(|error| RecordError::new(&file, error.to_string()))?;
    let lines = folder.join(JOURNAL);
    let bytes = fs::metadata(&lines).map_or(0, |metadata| metadata.len());
    for entry in as_it_went(journal::read_first(&lines, bytes).unwrap_or_default()) {
        match entry.event {
            Event::Set { id, value, .. }
            | Event::Undo { id, value }
            | Event::Redo { id, value } => {
                preset.values.set(&*id, value);
            }
            Event::Reset { seed } => preset.seed = seed,
            _ => {}
        }
    }
    Ok(Recorded {
        name: folder.display().to_string(),
        preset,
        ids,
        rows: metrics::rows(&path, u64::MAX),
    })
}
