//! Buckets and samples of a recording from their file, a few chunks at a time.

use std::collections::{HashMap, VecDeque};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::layout::{
    BUCKET, Chunk, END, FIRST, FORMAT, Head, MAGIC, ROWS, SAMPLE, START, bucket, sample, stored,
    sum,
};
use super::source::Source;
use crate::engine::history::CAPACITY;
use crate::engine::{Bucket, Delta};

/// Bytes of chunks that are kept: what a step of scrubbing needs again.
const KEPT: usize = 32 << 20;

/// A part of the file is not what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Damaged;

pub struct Pyramid {
    file: File,
    head: Head,
    kept: HashMap<(usize, usize), Arc<[u8]>>,
    order: VecDeque<(usize, usize)>,
    bytes: usize,
}

impl Pyramid {
    pub(super) fn new(file: File, head: Head) -> Self {
        Self {
            file,
            head,
            kept: HashMap::new(),
            order: VecDeque::new(),
            bytes: 0,
        }
    }

    /// Opens a file that was made from `source`, or says why it must be made anew.
    pub(super) fn open(path: &Path, source: &Source) -> Result<Self, String> {
        if !path.exists() {
            return Err("was not there".into());
        }
        let file = File::open(path).map_err(|error| error.to_string())?;
        let head = head(&file)?;
        if head.source != *source {
            return Err("was made from other metrics".into());
        }
        Ok(Self::new(file, head))
    }

    pub fn samples(&self) -> u64 {
        self.head.samples
    }

    /// Ids of the metrics, in the order of the file.
    pub fn columns(&self) -> &[String] {
        &self.head.columns
    }

    /// The sample of step `step`, in the order of the file; none at step 0 and beyond the end.
    /// # Errors
    /// When the file is damaged there.
    pub fn row(&mut self, step: u64) -> Result<Option<Vec<f64>>, Damaged> {
        let columns = self.head.columns.len();
        let mut found = None;
        if (1..=self.samples()).contains(&step) {
            self.visit(0, step - 1, step, |row| {
                found = Some(match row {
                    Some(row) => (0..columns).map(|column| sample(row, column)).collect(),
                    None => vec![f64::NAN; columns],
                });
            })?;
        }
        Ok(found)
    }

    /// What a history that has come to step `from` lacks at step `to`; `metrics` are the places of its
    /// metrics in the file.
    /// # Errors
    /// When the file is damaged there.
    pub fn delta(
        &mut self,
        from: u64,
        to: u64,
        metrics: &[Option<usize>],
    ) -> Result<Delta, Damaged> {
        let to = to.min(self.samples());
        let mut levels = Vec::new();
        for level in 0.. {
            let next = to >> level;
            if next == 0 && level > 0 {
                break;
            }
            let first = next
                .saturating_sub(CAPACITY as u64)
                .max((from >> level).min(next));
            levels.push((first, self.buckets(level, first, next, metrics)?));
        }
        Ok(Delta {
            samples: to,
            levels,
            ..Delta::default()
        })
    }

    fn buckets(
        &mut self,
        level: usize,
        first: u64,
        next: u64,
        metrics: &[Option<usize>],
    ) -> Result<Vec<Bucket>, Damaged> {
        let mut out = Vec::with_capacity((next - first) as usize * metrics.len());
        if level >= FIRST {
            self.visit(level, first, next, |row| {
                out.extend(metrics.iter().map(|place| match (row, place) {
                    (Some(row), Some(place)) => bucket(row, *place),
                    _ => Bucket::GAP,
                }));
            })?;
            return Ok(out);
        }
        self.visit(0, first << level, next << level, |row| {
            out.extend(metrics.iter().map(|place| match (row, place) {
                (Some(row), Some(place)) => Bucket::of(sample(row, *place)),
                _ => Bucket::GAP,
            }));
        })?;
        let width = metrics.len();
        for _ in 0..level {
            let pairs = out.chunks_exact(2 * width.max(1));
            let halved = pairs.flat_map(|pair| {
                let (early, late) = pair.split_at(width);
                early.iter().zip(late).map(|(a, b)| a.then(*b))
            });
            out = halved.collect();
        }
        Ok(out)
    }

    /// Shows rows `from..to` of a level that is stored; nothing for a row of a chunk of gaps.
    fn visit(
        &mut self,
        level: usize,
        from: u64,
        to: u64,
        mut each: impl FnMut(Option<&[u8]>),
    ) -> Result<(), Damaged> {
        let place = stored(level).ok_or(Damaged)?;
        let size = if level == 0 { SAMPLE } else { BUCKET };
        let width = self.head.columns.len() * size;
        let mut at = from;
        while at < to {
            let number = (at / ROWS) as usize;
            let end = to.min((at / ROWS + 1) * ROWS);
            let bytes = self.chunk(place, number)?;
            for row in at % ROWS..at % ROWS + (end - at) {
                let start = row as usize * width;
                each(match &bytes {
                    Some(bytes) => Some(bytes.get(start..start + width).ok_or(Damaged)?),
                    None => None,
                });
            }
            at = end;
        }
        Ok(())
    }

    fn chunk(&mut self, place: usize, number: usize) -> Result<Option<Arc<[u8]>>, Damaged> {
        if let Some(bytes) = self.kept.get(&(place, number)) {
            return Ok(Some(Arc::clone(bytes)));
        }
        let chunks = self.head.levels.get(place).ok_or(Damaged)?;
        let chunk: Chunk = *chunks.get(number).ok_or(Damaged)?;
        if chunk.at == 0 {
            return Ok(None);
        }
        let mut bytes = vec![0; chunk.bytes as usize];
        let read = self.file.read_exact_at(&mut bytes, chunk.at);
        if read.is_err() || sum(&bytes) != chunk.sum {
            return Err(Damaged);
        }
        let bytes: Arc<[u8]> = bytes.into();
        self.bytes += bytes.len();
        self.kept.insert((place, number), Arc::clone(&bytes));
        self.order.push_back((place, number));
        while self.bytes > KEPT {
            let Some(oldest) = self.order.pop_front() else {
                break;
            };
            self.bytes -= self.kept.remove(&oldest).map_or(0, |bytes| bytes.len());
        }
        Ok(Some(bytes))
    }
}

fn head(file: &File) -> Result<Head, String> {
    let system = |error: io::Error| error.to_string();
    let damaged = || "was damaged".to_owned();
    let size = file.metadata().map_err(system)?.len();
    if size < START + END {
        return Err(damaged());
    }
    let mut start = [0; START as usize];
    file.read_exact_at(&mut start, 0).map_err(system)?;
    if start[..8] != MAGIC {
        return Err(damaged());
    }
    if start[8..] != FORMAT.to_le_bytes() {
        return Err("was made by another version of hebbtop".into());
    }
    let mut end = [0; END as usize];
    file.read_exact_at(&mut end, size - END).map_err(system)?;
    let mut length = [0; 8];
    length.copy_from_slice(&end[..8]);
    let length = u64::from_le_bytes(length);
    if length > size - START - END {
        return Err(damaged());
    }
    let mut bytes = vec![0; length as usize];
    file.read_exact_at(&mut bytes, size - END - length)
        .map_err(system)?;
    if Sha256::digest(&bytes)[..] != end[8..] {
        return Err(damaged());
    }
    postcard::from_bytes(&bytes).map_err(|_| damaged())
}
