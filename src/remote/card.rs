//! What is known of a run to whoever looks for it, also on another machine that shares the folder.

use std::fs;
use std::io::{self, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::place;
use crate::data::text;

/// Nobody's card is longer.
const LONGEST: u64 = 64 << 10;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// What the run is called.
    pub name: String,
    /// Of the family.
    pub model: String,
    pub title: String,
    pub host: String,
    pub pid: u32,
    pub socket: PathBuf,
    /// Seconds since 1970.
    pub started: u64,
    pub version: String,
    /// The number of the Slurm job that it runs in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slurm_job: Option<String>,
}

impl Card {
    pub fn new(name: &str, model: &str, title: &str, socket: &Path) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        Self {
            name: name.to_owned(),
            model: text::line(model),
            title: text::line(title),
            host: host(),
            pid: std::process::id(),
            socket: socket.to_owned(),
            started: now.map_or(0, |now| now.as_secs()),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            slurm_job: std::env::var("SLURM_JOB_ID").ok(),
        }
    }

    pub fn age(&self) -> Duration {
        let started = UNIX_EPOCH + Duration::from_secs(self.started);
        SystemTime::now()
            .duration_since(started)
            .unwrap_or_default()
    }

    /// Whether the run is on this machine.
    pub fn is_here(&self) -> bool {
        self.host == host()
    }

    /// The command that attaches from here to a run of another machine.
    pub fn from_here(&self) -> String {
        let attach = format!("hebbtop attach {}", self.name);
        match &self.slurm_job {
            Some(job) => format!("srun --jobid={job} --overlap --pty {attach}"),
            None => format!("ssh -t {} {attach}", self.host),
        }
    }

    /// Leaves the card; gives its file.
    /// # Errors
    /// When the folder of the cards cannot be used.
    pub fn leave(&self) -> Result<PathBuf, String> {
        let folder = place::cards()?;
        let file = self.file_in(&folder);
        let fault = |error: io::Error| format!("{}: {error}", file.display());
        let content = toml::to_string(self).map_err(|error| error.to_string())?;
        let mut unfinished = tempfile::Builder::new()
            .prefix(".card-")
            .tempfile_in(&folder)
            .map_err(fault)?;
        unfinished.write_all(content.as_bytes()).map_err(fault)?;
        unfinished
            .persist(&file)
            .map_err(|error| fault(error.error))?;
        Ok(file)
    }

    fn file_in(&self, folder: &Path) -> PathBuf {
        folder.join(format!("{}@{}.toml", self.name, self.host))
    }
}

/// This machine's name.
pub fn host() -> String {
    let name = nix::unistd::gethostname().unwrap_or_default();
    // It becomes part of a file's name.
    let plain = |c: char| {
        if c.is_alphanumeric() || "-._".contains(c) {
            c
        } else {
            '-'
        }
    };
    name.to_string_lossy().chars().map(plain).collect()
}

/// The cards of all runs, by name; those of runs of this machine that are no more are taken away, and
/// their sockets with them.
pub fn all() -> Vec<Card> {
    let Ok(folder) = place::cards() else {
        return Vec::new();
    };
    let files = fs::read_dir(&folder).into_iter().flatten().flatten();
    let mut cards: Vec<Card> = files
        .filter_map(|entry| {
            let card = read(&entry.path())?;
            if card.is_here() && is_stale(&card) {
                // Somebody else may have been faster.
                let _ = fs::remove_file(&card.socket);
                let _ = fs::remove_file(entry.path());
                return None;
            }
            Some(card)
        })
        .collect();
    cards.sort_by(|a, b| (!a.is_here(), &a.host, &a.name).cmp(&(!b.is_here(), &b.host, &b.name)));
    cards
}

fn read(file: &Path) -> Option<Card> {
    let metadata = fs::symlink_metadata(file).ok()?;
    if !metadata.is_file() || metadata.len() > LONGEST || file.extension()? != "toml" {
        return None;
    }
    let card: Card = toml::from_str(&fs::read_to_string(file).ok()?).ok()?;
    Some(Card {
        name: text::line(&card.name),
        model: text::line(&card.model),
        title: text::line(&card.title),
        host: text::line(&card.host),
        slurm_job: card.slurm_job.as_deref().map(text::line),
        ..card
    })
}

/// Nobody listens at a socket whose process has ended.
fn is_stale(card: &Card) -> bool {
    match UnixStream::connect(&card.socket) {
        Ok(_) => false,
        Err(error) => matches!(
            error.kind(),
            io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused
        ),
    }
}
