//! The folder of a recording: made or opened, held by one process, and nothing outside it touched.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use nix::fcntl::{Flock, FlockArg};

use super::checkpoint::UNFINISHED;
use super::error::RecordError;

pub const PRESET: &str = "preset.toml";
pub const RUN: &str = "run.toml";
pub const JOURNAL: &str = "journal.jsonl";
pub const CHECKPOINT: &str = "checkpoint.hbt";
pub const WEIGHTS_NPZ: &str = "weights.npz";
pub const WEIGHTS_SAFETENSORS: &str = "weights.safetensors";

/// The name of the file of metrics number `segment`, from 1.
pub fn metrics_name(segment: u32) -> String {
    match segment {
        1 => "metrics.csv".to_owned(),
        _ => format!("metrics-{segment}.csv"),
    }
}

/// Held until it is dropped, or the process ends.
pub struct Folder {
    path: PathBuf,
    _lock: Flock<File>,
}

impl Folder {
    /// A new or empty folder; with `force`, the recording that is in it goes.
    /// # Errors
    /// When something is there, or another process holds it.
    pub fn create(path: &Path, force: bool) -> Result<Self, RecordError> {
        let system = |error: io::Error| RecordError::io(path, &error);
        match fs::create_dir(path) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(system(error)),
        }
        let folder = Self::hold(path)?;
        if fs::read_dir(path).map_err(system)?.next().is_some() {
            if !force {
                let what = "is there already; --force replaces the recording in it";
                return Err(RecordError::new(path, what));
            }
            folder.remove(|_| true)?;
        }
        Ok(folder)
    }

    /// The folder of a recording that is to go on.
    /// # Errors
    /// When there is none, or another process holds it.
    pub fn open(path: &Path) -> Result<Self, RecordError> {
        Self::hold(path)
    }

    fn hold(path: &Path) -> Result<Self, RecordError> {
        let metadata = fs::metadata(path).map_err(|error| RecordError::io(path, &error))?;
        if !metadata.is_dir() {
            return Err(RecordError::new(path, "is not a folder"));
        }
        let file = File::open(path).map_err(|error| RecordError::io(path, &error))?;
        let lock = Flock::lock(file, FlockArg::LockExclusiveNonblock).map_err(|(_, error)| {
            let what = match error {
                nix::errno::Errno::EWOULDBLOCK => "another hebbtop is recording in it".to_owned(),
                other => other.desc().to_owned(),
            };
            RecordError::new(path, what)
        })?;
        Ok(Self {
            path: path.to_owned(),
            _lock: lock,
        })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The file of metrics number `segment`, from 1.
    pub fn metrics(&self, segment: u32) -> PathBuf {
        self.file(&metrics_name(segment))
    }

    /// The spikes beside that file of metrics.
    pub fn spikes(&self, segment: u32) -> PathBuf {
        match segment {
            1 => self.file("spikes.npy"),
            _ => self.file(&format!("spikes-{segment}.npy")),
        }
    }

    /// What the checkpoint knows nothing of: unfinished checkpoints, later metrics and spikes.
    /// # Errors
    /// When the system cannot remove it.
    pub fn forget_after(&self, segment: u32) -> Result<(), RecordError> {
        self.remove(|kind| match kind {
            Part::Unfinished => true,
            Part::Segment(number) => number > segment,
            Part::Fixed => false,
        })
    }

    /// Removes those of a recording's own files that are `meant`.
    fn remove(&self, meant: impl Fn(Part) -> bool) -> Result<(), RecordError> {
        let system = |error: io::Error| RecordError::io(&self.path, &error);
        for entry in fs::read_dir(&self.path).map_err(system)? {
            let name = entry.map_err(system)?.file_name();
            let kind = name.to_str().and_then(Part::named);
            if kind.is_some_and(&meant) {
                let path = self.path.join(&name);
                fs::remove_file(&path).map_err(|error| RecordError::io(&path, &error))?;
            }
        }
        Ok(())
    }
}

/// A file of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Fixed,
    /// Metrics or spikes.
    Segment(u32),
    Unfinished,
}

impl Part {
    fn named(name: &str) -> Option<Self> {
        let fixed = [
            PRESET,
            RUN,
            JOURNAL,
            CHECKPOINT,
            WEIGHTS_NPZ,
            WEIGHTS_SAFETENSORS,
        ];
        if fixed.contains(&name) {
            return Some(Self::Fixed);
        }
        let course = name.strip_prefix("history-");
        let course = course.and_then(|name| name.strip_suffix(".hbh"));
        let counted = course.is_some_and(|number| number.parse::<u32>().is_ok());
        if counted || name == "history.hbh" {
            return Some(Self::Fixed);
        }
        if name == "metrics.csv" || name == "spikes.npy" {
            return Some(Self::Segment(1));
        }
        if name.starts_with(UNFINISHED) {
            return Some(Self::Unfinished);
        }
        let between = |start, end| name.strip_prefix(start)?.strip_suffix(end);
        let number = between("metrics-", ".csv").or_else(|| between("spikes-", ".npy"));
        number?.parse().ok().map(Self::Segment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn only_force_replaces_and_only_what_a_recording_made() {
        let outside = tempfile::tempdir().unwrap();
        let path = outside.path().join("run");
        drop(Folder::create(&path, false).unwrap());
        for name in [
            CHECKPOINT,
            "metrics.csv",
            "metrics-12.csv",
            "notes.txt",
            "metrics-a.csv",
        ] {
            fs::write(path.join(name), "x").unwrap();
        }
        let refused = Folder::create(&path, false).err().unwrap().to_string();
        assert!(refused.contains("run: is there already"), "{refused}");
        assert_eq!(names(&path).len(), 5);
        drop(Folder::create(&path, true).unwrap());
        assert_eq!(names(&path), ["metrics-a.csv", "notes.txt"]);
        assert_eq!(names(outside.path()), ["run"]);
    }

    #[test]
    fn two_cannot_hold_one_folder() {
        let outside = tempfile::tempdir().unwrap();
        let path = outside.path().join("run");
        let first = Folder::create(&path, false).unwrap();
        let refused = Folder::open(&path).err().unwrap().to_string();
        assert!(refused.contains("another hebbtop"), "{refused}");
        drop(first);
        Folder::open(&path).unwrap();
    }

    #[test]
    fn a_file_is_no_folder() {
        let outside = tempfile::tempdir().unwrap();
        let path = outside.path().join("file");
        fs::write(&path, "mine").unwrap();
        assert!(Folder::create(&path, true).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
    }
}
