//! What stands where in the file.
//!
//! Numbers little-endian: 8 bytes [`MAGIC`]; format, 4 bytes; chunks, one after the other; the head;
//! its length, 8 bytes; SHA-256 of the head, 32 bytes. A chunk holds [`ROWS`] rows of one level, the
//! last of a level fewer: samples as 64 bit numbers at level 0, else [`Bucket`]s of [`BUCKET`] bytes.
//! Each chunk has its own sum in the head, so that a first frame does not wait for a sum over all.

use serde::{Deserialize, Serialize};

use super::source::Source;
use crate::engine::Bucket;

pub const MAGIC: [u8; 8] = *b"HEBBHST\x1a";

/// Raised when the layout changes.
pub const FORMAT: u32 = 1;

/// Before the first chunk.
pub const START: u64 = 12;

/// Behind the head.
pub const END: u64 = 40;

pub const ROWS: u64 = 256;

pub const SAMPLE: usize = 8;
pub const BUCKET: usize = 20;

/// Levels between 0 and this one would be most of the file, and are soon counted from the samples.
pub const FIRST: usize = 4;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Head {
    pub source: Source,
    /// Ids of the metrics.
    pub columns: Vec<String>,
    pub samples: u64,
    /// Level 0, then [`FIRST`] and all above.
    pub levels: Vec<Vec<Chunk>>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Chunk {
    /// 0 where there is nothing but gaps, which are not written.
    pub at: u64,
    pub bytes: u32,
    pub sum: u64,
}

/// The place of a level in the head; none for one that is counted from the samples.
pub fn stored(level: usize) -> Option<usize> {
    match level {
        0 => Some(0),
        FIRST.. => Some(level - FIRST + 1),
        _ => None,
    }
}

/// A sum that no change of a single byte leaves as it is: each round can be undone, so two
/// different states never become one. A step of scrubbing reads megabytes, for which SHA-256 would
/// take most of its time.
pub fn sum(bytes: &[u8]) -> u64 {
    let round =
        |sum: u64, word: u64| (sum.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let (words, rest) = bytes.split_at(bytes.len() / 8 * 8);
    let sum = words.chunks_exact(8).fold(bytes.len() as u64, |sum, word| {
        let mut eight = [0; 8];
        eight.copy_from_slice(word);
        round(sum, u64::from_le_bytes(eight))
    });
    rest.iter().fold(sum, |sum, &byte| round(sum, byte.into()))
}

pub fn put(bucket: &Bucket, out: &mut Vec<u8>) {
    for number in [bucket.min, bucket.max, bucket.mean, bucket.last] {
        out.extend(number.to_le_bytes());
    }
    out.extend(bucket.count.to_le_bytes());
}

/// The bucket at place `column` of a row.
pub fn bucket(row: &[u8], column: usize) -> Bucket {
    let four = |at: usize| {
        let at = column * BUCKET + 4 * at;
        [row[at], row[at + 1], row[at + 2], row[at + 3]]
    };
    Bucket {
        min: f32::from_le_bytes(four(0)),
        max: f32::from_le_bytes(four(1)),
        mean: f32::from_le_bytes(four(2)),
        last: f32::from_le_bytes(four(3)),
        count: u32::from_le_bytes(four(4)),
    }
}

/// The sample at place `column` of a row.
pub fn sample(row: &[u8], column: usize) -> f64 {
    let mut eight = [0; SAMPLE];
    eight.copy_from_slice(&row[column * SAMPLE..(column + 1) * SAMPLE]);
    f64::from_le_bytes(eight)
}
