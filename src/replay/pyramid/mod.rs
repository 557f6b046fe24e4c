//! The history of a recording in buckets by powers of two, as a file beside the metrics: `history.hbh`
//! for the first course, `history-2.hbh` and so on for those after a reset.
//!
//! The metrics stay the truth. The file is written anew when it is missing, damaged, or made from
//! other metrics than those that are here.

mod layout;
mod read;
mod source;
mod write;

use std::path::{Path, PathBuf};

pub use read::{Damaged, Pyramid};

use crate::record::RecordError;
use crate::record::reading::Course;
use source::Source;

/// Hears how many bytes of how many have been read.
pub type Progress<'a> = dyn FnMut(u64, u64) + 'a;

/// The file of course number `course`, counted from 0.
pub fn file(folder: &Path, course: usize) -> PathBuf {
    match course {
        0 => folder.join("history.hbh"),
        _ => folder.join(format!("history-{}.hbh", course + 1)),
    }
}

/// The buckets of a course, and why they had to be counted anew, where that was so.
/// # Errors
/// When the metrics cannot be read.
pub fn of(
    file: &Path,
    course: &Course,
    progress: &mut Progress,
) -> Result<(Pyramid, Option<String>), RecordError> {
    let source = Source::of(course)?;
    match Pyramid::open(file, &source) {
        Ok(pyramid) => Ok((pyramid, None)),
        Err(why) => {
            let (pyramid, unwritten) = write::write(file, course, source, progress)?;
            Ok((pyramid, Some(unwritten.unwrap_or(why))))
        }
    }
}
