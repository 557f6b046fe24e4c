//! The folder of a sweep.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use nix::fcntl::{Flock, FlockArg};

use super::error::SweepError;
use super::outcome::Outcome;
use super::plan::{Plan, beside};
use super::shard::Shard;
use crate::preset::{Kept, catalogue};
use crate::record::{self, RecordError};

pub const PLAN: &str = "plan.toml";
const PRESET: &str = "preset.json";
pub const RESULTS: &str = "results.csv";

#[derive(Debug)]
pub struct Sweep {
    path: PathBuf,
    pub plan: Plan,
}

/// Held by whoever does the points of a sweep, or of one shard, until it is dropped.
pub struct Held {
    _all: Flock<File>,
    _shard: Flock<File>,
}

impl Sweep {
    /// The sweep of the plan at `plan` in a new folder, or in the one that has it already.
    /// # Errors
    /// When the plan is faulty, or the folder holds something else.
    pub fn begin(path: &Path, plan: &Path) -> Result<Self, SweepError> {
        let (file, content) = catalogue::content(plan)?;
        let open = |wanted: &str| catalogue::resolve(&beside(plan, wanted));
        let read = Plan::parse(&file, &content, &open)?;
        let kept = serde_json::to_string(&Kept::of(&read.preset)).map_err(io::Error::from);
        let kept = kept.map_err(|error| RecordError::io(path, &error))?;
        match fs::create_dir(path) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(RecordError::io(path, &error).into()),
        }
        // Shards may all begin at once: each finds an empty folder, or a whole sweep.
        let folder = File::open(path).map_err(|error| RecordError::io(path, &error))?;
        let _alone = Flock::lock(folder, FlockArg::LockExclusive)
            .map_err(|(_, error)| RecordError::new(path, error.desc()))?;
        for (name, content) in [(PRESET, &kept), (PLAN, &content)] {
            let file = path.join(name);
            match fs::read_to_string(&file) {
                Ok(there) if there == *content => {}
                Ok(_) => {
                    let what = format!(
                        "belongs to another sweep than {}: give another folder, or go on with that \
                         sweep by --out alone",
                        plan.display()
                    );
                    return Err(RecordError::new(&file, what).into());
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    let others = || fs::read_dir(path).is_ok_and(|mut all| all.next().is_some());
                    if name == PRESET && others() {
                        let what = "holds something, and no sweep";
                        return Err(RecordError::new(path, what).into());
                    }
                    record::put(&file, content, true)?;
                }
                Err(error) => return Err(RecordError::io(&file, &error).into()),
            }
        }
        Self::open(path)
    }

    /// The sweep in a folder.
    /// # Errors
    /// When there is none, or its files are damaged.
    pub fn open(path: &Path) -> Result<Self, SweepError> {
        let file = path.join(PRESET);
        let kept = fs::read(&file).map_err(|error| RecordError::io(&file, &error))?;
        let kept: Kept = serde_json::from_slice(&kept)
            .map_err(|error| RecordError::new(&file, error.to_string()))?;
        let preset = kept.preset(&file.display().to_string())?;
        let (file, content) = catalogue::content(&path.join(PLAN))?;
        let plan = Plan::parse(&file, &content, &|_| Ok(preset.clone()))?;
        let points = path.join("points");
        if !points.is_dir() {
            match fs::create_dir(&points) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                    return Err(RecordError::io(&points, &error).into());
                }
                _ => {}
            }
        }
        Ok(Self {
            path: path.to_owned(),
            plan,
        })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder of a point, made if it is not there.
    /// # Errors
    /// When the system cannot.
    pub fn folder_of(&self, index: u64) -> Result<PathBuf, RecordError> {
        let folder = self.place_of(index);
        match fs::create_dir(&folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                Err(RecordError::io(&folder, &error))
            }
            _ => Ok(folder),
        }
    }

    /// Where the folder of a point is, or will be.
    pub fn place_of(&self, index: u64) -> PathBuf {
        self.path.join(format!("points/{index:05}"))
    }

    pub fn outcome(&self, index: u64) -> Option<Outcome> {
        Outcome::read(&self.place_of(index))
    }

    /// Makes a failed point one that has not begun.
    /// # Errors
    /// When the system cannot.
    pub fn forget(&self, index: u64) -> Result<(), RecordError> {
        let folder = self.place_of(index);
        // In this order: a point with neither begins anew.
        for file in [folder.join(record::CHECKPOINT), Outcome::file(&folder)] {
            match fs::remove_file(&file) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(RecordError::io(&file, &error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Shards may be done at the same time; whoever does all points is alone.
    /// # Errors
    /// When another process does the same ones.
    pub fn hold(&self, shard: Option<Shard>) -> Result<Held, RecordError> {
        let (all, name) = match shard {
            Some(shard) => {
                let name = shard.to_string().replace('/', "-of-");
                (FlockArg::LockSharedNonblock, format!("shard-{name}.lock"))
            }
            None => (FlockArg::LockExclusiveNonblock, "all.lock".to_owned()),
        };
        Ok(Held {
            _all: lock_soon(&self.path.join("sweep.lock"), all)?,
            _shard: lock_soon(&self.path.join(name), FlockArg::LockExclusiveNonblock)?,
        })
    }

    /// Everything that has been written survives a crash of the machine from now on.
    pub fn settle(&self) {
        if let Ok(folder) = File::open(&self.path) {
            #[cfg(target_os = "linux")]
            let _ = nix::unistd::syncfs(&folder);
            #[cfg(not(target_os = "linux"))]
            let _ = folder.sync_all();
        }
    }
}

/// A process that was killed while it started another leaves the lock to that one, which gives it up
/// as soon as it has begun.
fn lock_soon(path: &Path, how: FlockArg) -> Result<Flock<File>, RecordError> {
    let deadline = Instant::now() + Duration::from_secs(1);
    loop {
        match lock(path, how) {
            Err(error) if !error.system && Instant::now() < deadline => {
                std::thread::sleep(Duration::from_millis(5));
            }
            outcome => return outcome,
        }
    }
}

/// # Errors
/// When another process holds it.
pub fn lock(path: &Path, how: FlockArg) -> Result<Flock<File>, RecordError> {
    let file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .map_err(|error| RecordError::io(path, &error))?;
    Flock::lock(file, how).map_err(|(_, error)| {
        let what = match error {
            nix::errno::Errno::EWOULDBLOCK => "another hebbtop is doing these points".to_owned(),
            other => other.desc().to_owned(),
        };
        RecordError::new(path, what)
    })
}
