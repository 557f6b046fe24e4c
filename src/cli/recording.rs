//! What commands have in common about runs that are kept in folders.

use std::num::NonZeroU64;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::exit::{Failure, Outcome};
use crate::data::text;
use crate::engine::{Archive, CHECKPOINT_EVERY, Options, REWIND_MEMORY, Recorded};
use crate::models::family;
use crate::preset::{Preset, seconds};
use crate::record::{New, Reading, Scope};

#[derive(Args, Debug, Clone, Default)]
pub struct Recording {
    /// Keep the run in a new folder: preset, journal, metrics as CSV, checkpoints
    #[arg(long, value_name = "DIR", conflicts_with = "seeds")]
    pub record: Option<PathBuf>,
    /// Replace the recording that is in that folder
    #[arg(long, requires = "record")]
    pub force: bool,
    /// While recording, keep these too, for numpy and PyTorch: every spike in spikes.npy, what is learnt
    /// in weights.npz and weights.safetensors with every checkpoint
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    pub keep: Vec<Keep>,
    /// While recording, a row of metrics for every so many units
    #[arg(long, value_name = "N")]
    pub metrics_every: Option<NonZeroU64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Keep {
    Spikes,
    Weights,
}

impl Recording {
    /// # Errors
    /// When a run of `preset` has nothing of what is to be kept.
    pub fn fits(&self, preset: &Preset) -> Outcome {
        let spikes = family(&preset.model).is_some_and(|family| family.spikes);
        if self.keep.contains(&Keep::Spikes) && !spikes {
            let name = text::line(&preset.name);
            return Err(Failure::Usage(format!(
                "--keep spikes: {name} has no cells that fire"
            )));
        }
        Ok(())
    }

    fn scope(&self) -> Scope {
        Scope {
            spikes: self.keep.contains(&Keep::Spikes),
            weights: self.keep.contains(&Keep::Weights),
            metrics_every: self.metrics_every.unwrap_or(NonZeroU64::MIN),
        }
    }
}

#[derive(Args, Debug, Clone, Copy)]
pub struct Every {
    /// While recording, time between two checkpoints, e.g. "10min" or "30s"
    #[arg(long, value_name = "TIME", value_parser = every)]
    pub checkpoint_every: Option<Duration>,
    /// Megabytes of recent states that a run on the screen keeps to go back to
    #[arg(long, value_name = "MB", default_value_t = (REWIND_MEMORY >> 20) as u32,
          value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    pub rewind_memory: u32,
}

impl Default for Every {
    fn default() -> Self {
        Self {
            checkpoint_every: None,
            rewind_memory: (REWIND_MEMORY >> 20) as u32,
        }
    }
}

fn every(typed: &str) -> Result<Duration, String> {
    // A person's minutes have no second meaning here.
    let minutes = typed.strip_suffix('m').map(|number| format!("{number}min"));
    seconds(minutes.as_deref().unwrap_or(typed))
        .filter(|seconds| *seconds > 0.0)
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .ok_or_else(|| "it takes a time such as 30s or 10min".to_owned())
}

impl Every {
    pub fn duration(self) -> Duration {
        self.checkpoint_every.unwrap_or(CHECKPOINT_EVERY)
    }
}

/// How a run can be kept in a folder, `new` but for its `force`; `replaced` is the one folder whose
/// recording may go.
pub fn archive(new: New, mut replaced: Option<PathBuf>) -> Archive {
    Arc::new(Mutex::new(move |folder: &Path| {
        let new = New {
            force: replaced.take_if(|replaced| replaced == folder).is_some(),
            ..new.clone()
        };
        new.create(folder).map_err(|error| error.to_string())
    }))
}

/// `options` with all that recording needs.
pub fn recorded(
    options: Options,
    recording: &Recording,
    every: Every,
    images: Option<&Path>,
) -> Options {
    let images = images.map(|images| std::path::absolute(images).unwrap_or_else(|_| images.into()));
    Options {
        archive: Some(archive(
            New {
                images,
                scope: recording.scope(),
                ..New::default()
            },
            recording.record.clone().filter(|_| recording.force),
        )),
        record_in: recording.record.clone(),
        checkpoint_every: every.duration(),
        rewind_memory: (every.rewind_memory as usize) << 20,
        ..options
    }
}

/// The place in a recording of run number `run`, from 1, or of the last.
/// # Errors
/// When there is no such run.
pub fn course_of(reading: &Reading, run: Option<u32>) -> Result<usize, Failure> {
    let count = reading.courses.len();
    let number = run.map_or(count, |run| run as usize);
    if number > count {
        let shown = text::line(&reading.folder().display().to_string());
        let what = format!("--run {number}: {shown} has only {count}");
        return Err(Failure::Usage(what));
    }
    Ok(number - 1)
}

/// # Errors
/// When not everything could be written.
pub fn all_written(recorded: Option<&Recorded>) -> Outcome {
    match recorded.and_then(|recorded| recorded.failure.as_ref()) {
        Some(why) => Err(Failure::Io(format!(
            "not all was recorded: {}",
            text::line(why)
        ))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_a_person_writes_them() {
        for (typed, seconds) in [
            ("10m", 600.0),
            ("2min", 120.0),
            ("90s", 90.0),
            ("50ms", 0.05),
        ] {
            assert_eq!(
                every(typed),
                Ok(Duration::from_secs_f64(seconds)),
                "{typed}"
            );
        }
        for typed in ["", "0s", "10", "-1s", "1e99min", "m"] {
            assert!(every(typed).is_err(), "{typed}");
        }
    }
}
