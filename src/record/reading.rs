//! A recording as somebody reads it who does not hold it: also while the run goes on.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use super::checkpoint::{self, Checkpoint};
use super::error::RecordError;
use super::folder::{CHECKPOINT, JOURNAL, RUN};
use super::journal;
use super::recorder::described_in;
use crate::data::text;
use crate::engine::journal::When;
use crate::engine::{Entry, Event, MarkKind};
use crate::models::param::display;
use crate::models::table::Value;
use crate::preset::{Action, Preset};

pub struct Reading {
    folder: PathBuf,
    /// One for each model that was built while it was recorded, in the order of time.
    pub courses: Vec<Course>,
    /// Where the images came from.
    pub images: Option<PathBuf>,
}

/// What one model did: from its beginning, or from when it was recorded, to the next reset.
pub struct Course {
    /// As it began, with its seed and its parameters.
    pub preset: Preset,
    /// What was done to it; nothing that was abandoned by going back.
    entries: Vec<Entry>,
    /// The unit of its steps, then its metrics.
    pub columns: Vec<Column>,
    pieces: Vec<Piece>,
}

/// A column of a file of metrics.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub id: String,
    pub unit: String,
}

/// A file of metrics.
struct Piece {
    file: PathBuf,
    /// Rows after this step were abandoned.
    kept: u64,
}

/// Something that was done to a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub step: u64,
    pub kind: MarkKind,
    pub words: String,
}

/// A value that a parameter was given.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    pub step: u64,
    pub id: String,
    pub value: Value,
}

impl Reading {
    /// # Errors
    /// When there is no recording, or it is damaged.
    pub fn open(folder: &Path) -> Result<Self, RecordError> {
        let lines = folder.join(JOURNAL);
        if !lines.is_file() {
            let what = "is no recording: it has no journal.jsonl (`hebbtop run PRESET --record DIR` makes one)";
            return Err(RecordError::new(folder, what));
        }
        let entries = journal::read_lines(&lines, u64::MAX)?;
        let mut reading = Self {
            folder: folder.to_owned(),
            courses: Vec::new(),
            images: described_in(&folder.join(RUN))?.images,
        };
        let builds = builds(&lines, &entries)?;
        let begins: Vec<&Event> = entries
            .iter()
            .map(|entry| &entry.event)
            .filter(begins)
            .collect();
        let files = files(folder)?;
        let count = files.len();
        let mut first_build = Vec::new();
        for (i, file) in files.into_iter().enumerate() {
            let columns = header(&file)?;
            // The first file belongs to no event; a recording may begin late, so they are counted from
            // the end.
            let event = begins
                .len()
                .checked_sub(count - i)
                .and_then(|at| begins.get(at));
            let back = match event {
                Some(Event::Rewind { to }) if i > 0 => Some(*to),
                _ => None,
            };
            let piece = Piece {
                file,
                kept: u64::MAX,
            };
            match (back, first_build.last_mut()) {
                (Some(to), Some((_, pieces))) => {
                    let pieces: &mut Vec<Piece> = pieces;
                    pieces
                        .iter_mut()
                        .for_each(|piece| piece.kept = piece.kept.min(to));
                    pieces.push(piece);
                }
                _ => first_build.push((columns, vec![piece])),
            }
        }
        let late = builds.len().saturating_sub(first_build.len());
        for ((preset, entries), (columns, pieces)) in builds.into_iter().skip(late).zip(first_build)
        {
            reading.courses.push(Course {
                preset,
                entries,
                columns,
                pieces,
            });
        }
        if reading.courses.is_empty() {
            let what = "has no metrics yet: metrics.csv is written within a second of the start";
            return Err(RecordError::new(folder, what));
        }
        Ok(reading)
    }

    /// The state of the last checkpoint.
    /// # Errors
    /// See [`checkpoint::read`].
    pub fn checkpoint(&self) -> Result<Checkpoint, RecordError> {
        checkpoint::read(&self.folder.join(CHECKPOINT))
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folder's own name.
    pub fn name(&self) -> String {
        let whole = self.folder.canonicalize().unwrap_or(self.folder.clone());
        let name = whole.file_name().unwrap_or(whole.as_os_str());
        text::line(&name.to_string_lossy())
    }
}

fn begins(event: &&Event) -> bool {
    matches!(
        event,
        Event::Reset { .. } | Event::Preset { .. } | Event::Rewind { .. }
    )
}

/// The experiments that a journal begins, one for each model built, with what was done to each.
fn builds(file: &Path, entries: &[Entry]) -> Result<Vec<(Preset, Vec<Entry>)>, RecordError> {
    let mut builds: Vec<(Preset, Vec<Entry>)> = Vec::new();
    let unreadable = |error: crate::preset::PresetError| RecordError::new(file, error.to_string());
    for entry in crate::engine::as_it_went(entries.to_vec()) {
        match (&entry.event, builds.last()) {
            (Event::Start { preset, .. } | Event::Preset { preset }, _) => {
                builds.push((
                    preset.preset("the journal").map_err(unreadable)?,
                    Vec::new(),
                ));
            }
            (Event::Reset { seed }, Some((last, changes))) => {
                let mut preset = last.clone();
                preset.seed = *seed;
                for change in changes {
                    if let Event::Set { id, value, .. }
                    | Event::Undo { id, value }
                    | Event::Redo { id, value } = &change.event
                    {
                        preset.values.set(id.clone(), value.clone());
                    }
                }
                builds.push((preset, Vec::new()));
            }
            _ => {
                if let Some((_, changes)) = builds.last_mut() {
                    changes.push(entry);
                }
            }
        }
    }
    Ok(builds)
}

/// The files of metrics in their order.
fn files(folder: &Path) -> Result<Vec<PathBuf>, RecordError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| RecordError::io(folder, &error))? {
        let path = entry
            .map_err(|error| RecordError::io(folder, &error))?
            .path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or("");
        let number = match name
            .strip_prefix("metrics-")
            .and_then(|n| n.strip_suffix(".csv"))
        {
            Some(number) => number.parse::<u32>().ok(),
            None => (name == "metrics.csv").then_some(1),
        };
        if let Some(number) = number.filter(|_| path.is_file()) {
            found.push((number, path));
        }
    }
    found.sort();
    Ok(found.into_iter().map(|(_, path)| path).collect())
}

fn header(file: &Path) -> Result<Vec<Column>, RecordError> {
    let mut line = String::new();
    let opened = File::open(file).map_err(|error| RecordError::io(file, &error))?;
    BufReader::new(opened)
        .read_line(&mut line)
        .map_err(|error| RecordError::io(file, &error))?;
    let column = |cell: String| match cell.rsplit_once(" [") {
        Some((id, unit)) => Column {
            id: text::line(id),
            unit: text::line(unit.trim_end_matches(']')),
        },
        None => Column {
            id: text::line(&cell),
            unit: String::new(),
        },
    };
    let columns: Vec<Column> = cells(line.trim_end()).into_iter().map(column).collect();
    if columns.len() < 2 {
        let what = "is no file of metrics: its first line names no columns";
        return Err(RecordError::new(file, what));
    }
    Ok(columns)
}

/// The cells of a line, of which some may stand in quotation marks.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(std::mem::take(&mut cell)),
            _ => cell.push(c),
        }
    }
    cells.push(cell);
    cells
}

impl Piece {
    fn rows<E: From<RecordError>>(
        &self,
        count: usize,
        visit: &mut impl FnMut(u64, &[&str]) -> Result<(), E>,
    ) -> Result<(), E> {
        let system = |error: std::io::Error| RecordError::io(&self.file, &error);
        let mut reader = BufReader::new(File::open(&self.file).map_err(system)?);
        let mut line = String::new();
        for number in 1.. {
            line.clear();
            reader.read_line(&mut line).map_err(system)?;
            let Some(row) = line.strip_suffix('\n') else {
                break;
            };
            if number == 1 {
                continue;
            }
            let mut cells = row.split(',');
            let step = cells.next().and_then(|step| step.parse::<u64>().ok());
            let cells: Vec<&str> = cells.collect();
            let Some(step) = step.filter(|_| cells.len() == count) else {
                let what = format!("is no row of a step and {count} metrics");
                return Err(E::from(RecordError {
                    line: Some(number),
                    ..RecordError::new(&self.file, what)
                }));
            };
            if step <= self.kept {
                visit(step, &cells)?;
            }
        }
        Ok(())
    }
}

impl Course {
    /// Shows every row that was kept to `visit`: the step, and a cell for each metric. A last line
    /// without its end is still being written.
    /// # Errors
    /// Names the file and the line, or is what `visit` says.
    pub fn rows<E: From<RecordError>>(
        &self,
        mut visit: impl FnMut(u64, &[&str]) -> Result<(), E>,
    ) -> Result<(), E> {
        let count = self.columns.len() - 1;
        let mut pieces = self.pieces.iter();
        pieces.try_for_each(|piece| piece.rows(count, &mut visit))
    }

    /// Steps, and for each of these metrics (counted from the first) its numbers; NaN where there is
    /// none.
    /// # Errors
    /// Names the file and the line.
    pub fn numbers(&self, metrics: &[usize]) -> Result<(Vec<u64>, Vec<Vec<f64>>), RecordError> {
        let (mut steps, mut columns) = (Vec::new(), vec![Vec::new(); metrics.len()]);
        let count = self.columns.len() - 1;
        for piece in &self.pieces {
            piece.rows(count, &mut |step, cells: &[&str]| {
                steps.push(step);
                for (column, &metric) in columns.iter_mut().zip(metrics) {
                    let number = match cells[metric] {
                        "" => f64::NAN,
                        cell => cell.parse().map_err(|_| {
                            let what = format!("step {step}: `{}` is no number", text::line(cell));
                            RecordError::new(&piece.file, what)
                        })?,
                    };
                    column.push(number);
                }
                Ok::<(), RecordError>(())
            })?;
        }
        Ok((steps, columns))
    }

    /// The place of metric `id`, counted from the first.
    pub fn metric(&self, id: &str) -> Option<usize> {
        self.columns[1..].iter().position(|column| column.id == id)
    }

    /// Changes of parameters, by a person or by the preset, marks and faults up to step `last`.
    pub fn changes(&self, last: u64) -> Vec<Change> {
        let mut changes = Vec::new();
        for entry in &self.preset.schedule {
            for action in &entry.actions {
                if let Action::Set { id, value } = action {
                    let words = format!("{id} = {}", display(value));
                    changes.push((entry.step, MarkKind::Edit, words));
                }
            }
        }
        for entry in &self.entries {
            let mut kind = MarkKind::Edit;
            let words = match &entry.event {
                Event::Set {
                    applies: When::Reset,
                    ..
                } => continue,
                Event::Set { id, value, .. } => format!("{id} = {}", display(value)),
                Event::Undo { id, value } => format!("{id} back to {}", display(value)),
                Event::Redo { id, value } => format!("{id} = {} again", display(value)),
                Event::Mark { words } => {
                    kind = MarkKind::Note;
                    match words.is_empty() {
                        true => "mark".to_owned(),
                        false => words.clone(),
                    }
                }
                Event::Hit { what } => {
                    kind = MarkKind::Break;
                    what.clone()
                }
                Event::Fault { what } => {
                    kind = MarkKind::Fault;
                    what.clone()
                }
                _ => continue,
            };
            changes.push((entry.step, kind, words));
        }
        changes.sort_by_key(|(step, ..)| *step);
        let change = |(step, kind, words): (u64, MarkKind, String)| Change {
            step,
            kind,
            words: text::line(&words),
        };
        changes
            .into_iter()
            .filter(|(step, ..)| *step <= last)
            .map(change)
            .collect()
    }

    /// The values that parameters were given, in the order of time, each with the step from which it
    /// holds. What waited for a reset is not among them.
    pub fn settings(&self) -> Vec<Setting> {
        let mut settings = Vec::new();
        let mut add = |step: u64, id: &str, value: &Value| {
            settings.push(Setting {
                step,
                id: id.to_owned(),
                value: value.clone(),
            });
        };
        for entry in &self.preset.schedule {
            for action in &entry.actions {
                if let Action::Set { id, value } = action {
                    add(entry.step, id, value);
                }
            }
        }
        for entry in &self.entries {
            // Inside a unit a change is seen when the unit is done.
            let step = entry.step + u64::from(entry.quantum > 0);
            match &entry.event {
                Event::Set {
                    applies: When::Reset,
                    ..
                } => {}
                Event::Set { id, value, .. }
                | Event::Undo { id, value }
                | Event::Redo { id, value } => add(step, id, value),
                _ => {}
            }
        }
        settings.sort_by_key(|setting| setting.step);
        settings
    }

    /// The files of metrics, and the last step of each that counts.
    pub fn files(&self) -> impl Iterator<Item = (&Path, u64)> {
        let pieces = self.pieces.iter();
        pieces.map(|piece| (piece.file.as_path(), piece.kept))
    }
}
