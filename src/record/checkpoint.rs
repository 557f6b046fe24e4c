//! The state of a run as a file: versioned, checksummed, replaced in one step.
//!
//! Layout, numbers little-endian: 8 bytes [`MAGIC`]; format, 4 bytes; length of the head, 8 bytes,
//! and the head; length of the model's state, 8 bytes, and the state; SHA-256 of all that, 32 bytes.

use std::fs::{self, File, Permissions};
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::error::RecordError;
use crate::engine::{Machine, Place, Snapshot};
use crate::preset::Kept;

pub const MAGIC: [u8; 8] = *b"HEBBTOP\x1a";

/// Raised when the layout of the head or of a model's state changes.
pub const FORMAT: u32 = 4;

const SUM: usize = 32;

/// How the files that are written while a checkpoint is made begin.
pub const UNFINISHED: &str = ".checkpoint-";

/// How much of the files beside the checkpoint belongs to the run up to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// Number of the file of metrics, from 1.
    pub segment: u32,
    pub metrics_bytes: u64,
    pub journal_bytes: u64,
    /// 0 where no spikes are kept.
    pub spikes_bytes: u64,
}

/// What `checkpoint.hbt` holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    /// Where it was written.
    pub machine: Machine,
    pub written: Written,
    pub snapshot: Snapshot,
}

#[derive(Serialize)]
struct HeadRef<'a> {
    machine: &'a Machine,
    written: &'a Written,
    preset: &'a Kept,
    place: &'a Place,
}

#[derive(Deserialize)]
struct Head {
    machine: Machine,
    written: Written,
    preset: Kept,
    place: Place,
}

/// Everything before the model's state.
fn before_model(snapshot: &Snapshot, machine: &Machine, written: &Written) -> Vec<u8> {
    let head = postcard::to_stdvec(&HeadRef {
        machine,
        written,
        preset: &Kept::of(&snapshot.preset),
        place: &snapshot.place,
    })
    .expect("plain data can be serialised");
    let mut out = Vec::with_capacity(head.len() + 28);
    out.extend(MAGIC);
    out.extend(FORMAT.to_le_bytes());
    out.extend((head.len() as u64).to_le_bytes());
    out.extend(head);
    out.extend((snapshot.model.len() as u64).to_le_bytes());
    out
}

/// The bytes of the file.
pub fn encode(snapshot: &Snapshot, machine: &Machine, written: &Written) -> Vec<u8> {
    let mut out = before_model(snapshot, machine, written);
    out.extend(&snapshot.model);
    let sum = Sha256::digest(&out);
    out.extend(sum);
    out
}

/// Replaces `path` by a new checkpoint: after a crash there is the one or the other, whole; after one
/// of the machine only where `careful` has waited for the disk.
/// # Errors
/// When the system cannot write it; then the old one is still there.
pub fn write(
    path: &Path,
    snapshot: &Snapshot,
    written: &Written,
    careful: bool,
) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let head = before_model(snapshot, &Machine::here(), written);
    let mut sum = Sha256::new();
    sum.update(&head);
    sum.update(&snapshot.model);
    let mut file = tempfile::Builder::new()
        .prefix(UNFINISHED)
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(folder)?;
    file.write_all(&head)?;
    file.write_all(&snapshot.model)?;
    file.write_all(&sum.finalize())?;
    if careful {
        file.as_file().sync_all()?;
    }
    file.persist(path).map_err(|refused| refused.error)?;
    if careful {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Reads the file at `path`.
/// # Errors
/// Names the file and says whether it is foreign, newer, truncated or damaged.
pub fn read(path: &Path) -> Result<Checkpoint, RecordError> {
    let system = |error: std::io::Error| RecordError::io(path, &error);
    // Asked before opening: opening a pipe would wait for its writer.
    let metadata = fs::metadata(path).map_err(system)?;
    if !metadata.is_file() {
        return Err(RecordError::new(path, "is not a regular file"));
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(system)?;
    // Of this file: a run may have put a longer one there since.
    let length = file.metadata().map_err(system)?.len();
    file.take(length).read_to_end(&mut bytes).map_err(system)?;
    decode(bytes).map_err(|what| RecordError::new(path, what))
}

/// Reads the bytes of a file; holds them and the head, and no more.
/// # Errors
/// Says what is wrong with them.
pub fn decode(mut bytes: Vec<u8>) -> Result<Checkpoint, String> {
    let cut = || "is truncated: it ends before it should".to_owned();
    let number = |at: usize| -> Option<u64> {
        let eight = bytes.get(at..at.checked_add(8)?)?;
        Some(u64::from_le_bytes(eight.try_into().ok()?))
    };
    if !bytes.starts_with(&MAGIC) {
        return Err("is no checkpoint of hebbtop".into());
    }
    let format = bytes.get(8..12).ok_or_else(cut)?;
    let format = u32::from_le_bytes([format[0], format[1], format[2], format[3]]);
    if format > FORMAT {
        let what = "was written by a newer hebbtop";
        return Err(format!(
            "{what}: its format is {format}, this program reads {FORMAT}"
        ));
    }
    if format < FORMAT {
        let what = "was written by an older hebbtop";
        return Err(format!(
            "{what}: its format is {format}, this program reads {FORMAT}"
        ));
    }
    let size = |at: usize| -> Result<(usize, usize), String> {
        let length = number(at).ok_or_else(cut)?;
        let start = at + 8;
        let end = usize::try_from(length)
            .ok()
            .and_then(|length| start.checked_add(length))
            .filter(|&end| end <= bytes.len());
        Ok((start, end.ok_or_else(cut)?))
    };
    let (head_start, head_end) = size(12)?;
    let (model_start, model_end) = size(head_end)?;
    match bytes.len() - model_end {
        SUM => {}
        ..SUM => return Err(cut()),
        _ => return Err("is damaged: something stands behind its end".into()),
    }
    let sum = Sha256::digest(&bytes[..model_end]);
    if sum[..] != bytes[model_end..] {
        return Err("is damaged: its checksum does not hold".into());
    }
    let head: Head = postcard::from_bytes(&bytes[head_start..head_end])
        .map_err(|error| format!("cannot be read: {error}"))?;
    let preset = head
        .preset
        .preset("the preset in it")
        .map_err(|error| error.to_string())?;
    bytes.truncate(model_end);
    bytes.drain(..model_start);
    Ok(Checkpoint {
        machine: head.machine,
        written: head.written,
        snapshot: Snapshot {
            preset,
            place: head.place,
            model: bytes,
        },
    })
}
