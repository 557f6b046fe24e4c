//! Counting the buckets of a recording: one pass over its metrics, in memory that does not grow with
//! them.

use std::fs::{File, Permissions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use super::Progress;
use super::layout::{self, Chunk, FORMAT, Head, MAGIC, ROWS, START, put, stored};
use super::read::Pyramid;
use super::source::Source;
use crate::data::text;
use crate::engine::Bucket;
use crate::record::RecordError;
use crate::record::checkpoint::UNFINISHED;
use crate::record::reading::Course;

/// Rows between two words about the progress.
const TELL: u64 = 4096;

/// Steps without a row that one would not believe.
const ABSURD: u64 = 1 << 32;

/// Writes the file whole, or not at all, and opens it. Where the folder cannot be written to, the
/// buckets live as long as the program, and why is said.
/// # Errors
/// When the metrics cannot be read, or there is no room for the buckets anywhere.
pub fn write(
    path: &Path,
    course: &Course,
    source: Source,
    progress: &mut Progress,
) -> Result<(Pyramid, Option<String>), RecordError> {
    let system = |error: io::Error| RecordError::io(path, &error);
    let folder = path.parent().unwrap_or(Path::new("."));
    let there = tempfile::Builder::new()
        .prefix(UNFINISHED)
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(folder);
    let (mut named, unnamed, mut unwritten) = match there {
        Ok(named) => (Some(named), None, None),
        Err(error) => {
            let why = format!("cannot be kept: {error}");
            (None, Some(tempfile::tempfile().map_err(system)?), Some(why))
        }
    };
    let file = match (&named, unnamed) {
        (Some(named), _) => named.as_file().try_clone().map_err(system)?,
        (None, Some(file)) => file,
        (None, None) => tempfile::tempfile().map_err(system)?,
    };
    let head = fill(path, &file, course, source, progress)?;
    if let Some(Err(refused)) = named.take().map(|named: NamedTempFile| named.persist(path)) {
        unwritten = Some(format!("cannot be kept: {}", refused.error));
    }
    Ok((Pyramid::new(file, head), unwritten))
}

fn fill(
    path: &Path,
    file: &File,
    course: &Course,
    source: Source,
    progress: &mut Progress,
) -> Result<Head, RecordError> {
    let system = |error: io::Error| RecordError::io(path, &error);
    let ids: Vec<String> = course.columns[1..].iter().map(|c| c.id.clone()).collect();
    let total = source.bytes();
    let mut filling = Filling::new(ids.len(), BufWriter::with_capacity(1 << 20, file));
    filling.out.write_all(&MAGIC).map_err(system)?;
    filling
        .out
        .write_all(&FORMAT.to_le_bytes())
        .map_err(system)?;
    let gap = vec![f64::NAN; ids.len()];
    let mut row = gap.clone();
    let (mut rows, mut bytes) = (0u64, 0u64);
    course.rows(|step, cells| {
        let wrong = |what: String| {
            let metrics = course.files().last().map_or(path, |(file, _)| file);
            RecordError::new(metrics, format!("step {step}: {what}"))
        };
        // What was written twice counts once.
        if step <= filling.samples {
            return Ok(());
        }
        if step - filling.samples > ABSURD {
            let what = format!("the row before is of step {}", filling.samples);
            return Err(wrong(what));
        }
        for (value, cell) in row.iter_mut().zip(cells) {
            *value = match *cell {
                "" => f64::NAN,
                cell => cell.parse().map_err(|_| {
                    let cell = text::line(cell);
                    wrong(format!("`{cell}` is no number; empty stands for none"))
                })?,
            };
            bytes += cell.len() as u64 + 1;
        }
        while filling.samples + 1 < step {
            filling.push(&gap).map_err(system)?;
        }
        filling.push(&row).map_err(system)?;
        rows += 1;
        if rows.is_multiple_of(TELL) {
            // The first cells were not counted.
            progress((bytes + rows * 7).min(total), total);
        }
        Ok(())
    })?;
    progress(total, total);
    filling.finish(source, ids).map_err(system)
}

/// Levels that grow, and what waits for its partner at each.
struct Filling<W: Write> {
    out: W,
    /// Where the next chunk goes.
    at: u64,
    columns: usize,
    samples: u64,
    growing: Vec<Growing>,
    early: Vec<Option<Vec<Bucket>>>,
}

#[derive(Default)]
struct Growing {
    chunks: Vec<Chunk>,
    bytes: Vec<u8>,
    rows: u64,
    /// Whether there is anything but gaps.
    any: bool,
}

impl<W: Write> Filling<W> {
    fn new(columns: usize, out: W) -> Self {
        Self {
            out,
            at: START,
            columns,
            samples: 0,
            growing: vec![Growing::default()],
            early: Vec::new(),
        }
    }

    fn push(&mut self, sample: &[f64]) -> io::Result<()> {
        let level = &mut self.growing[0];
        level.any |= sample.iter().any(|x| !x.is_nan());
        for x in sample {
            level.bytes.extend(x.to_le_bytes());
        }
        self.row_done(0)?;
        self.samples += 1;
        let mut late: Vec<Bucket> = sample.iter().map(|&x| Bucket::of(x)).collect();
        let mut level = 0;
        // A level gets a bucket when the level below has completed two, as in the engine's history.
        loop {
            if level == self.early.len() {
                self.early.push(None);
            }
            let Some(early) = self.early[level].take() else {
                self.early[level] = Some(late);
                return Ok(());
            };
            late = early.iter().zip(&late).map(|(a, b)| a.then(*b)).collect();
            level += 1;
            if let Some(place) = stored(level) {
                self.bucket(place, &late)?;
            }
        }
    }

    fn bucket(&mut self, place: usize, row: &[Bucket]) -> io::Result<()> {
        if place == self.growing.len() {
            self.growing.push(Growing::default());
        }
        let level = &mut self.growing[place];
        level.any |= row.iter().any(|bucket| bucket.count > 0);
        row.iter().for_each(|bucket| put(bucket, &mut level.bytes));
        self.row_done(place)
    }

    fn row_done(&mut self, place: usize) -> io::Result<()> {
        self.growing[place].rows += 1;
        match self.growing[place].rows {
            ROWS => self.flush(place),
            _ => Ok(()),
        }
    }

    fn flush(&mut self, place: usize) -> io::Result<()> {
        let level = &mut self.growing[place];
        let length = level.bytes.len();
        let mut chunk = Chunk {
            at: 0,
            bytes: length as u32,
            sum: 0,
        };
        if level.any {
            chunk.at = self.at;
            chunk.sum = layout::sum(&level.bytes);
            self.out.write_all(&level.bytes)?;
            self.at += length as u64;
        }
        level.chunks.push(chunk);
        level.bytes.clear();
        level.rows = 0;
        level.any = false;
        Ok(())
    }

    fn finish(mut self, source: Source, columns: Vec<String>) -> io::Result<Head> {
        debug_assert_eq!(columns.len(), self.columns);
        for place in 0..self.growing.len() {
            if self.growing[place].rows > 0 {
                self.flush(place)?;
            }
        }
        let levels = self.growing.into_iter().map(|level| level.chunks);
        let head = Head {
            source,
            columns,
            samples: self.samples,
            levels: levels.collect(),
        };
        let bytes = postcard::to_stdvec(&head).map_err(io::Error::other)?;
        self.out.write_all(&bytes)?;
        self.out.write_all(&(bytes.len() as u64).to_le_bytes())?;
        self.out.write_all(&Sha256::digest(&bytes))?;
        self.out.flush()?;
        Ok(head)
    }
}
