//! `hebbtop resume`: a recorded run goes on.

use std::path::PathBuf;
use std::time::Instant;

use clap::Args;

use super::exit::{Failure, Outcome, complain};
use super::headless::{self, How, Output};
use super::look::Look;
use super::recording::Every;
use super::run::{open, units};
use super::screen::{self, First, Hangup};
use crate::engine::{Engine, Options};
use crate::record::{self, RecordError};

#[derive(Args, Debug)]
pub struct Resume {
    /// Folder of the recording
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Folder with the images, where it is no longer the one that the recording names
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Another length of the whole run in the model's unit (training step, episode, ms)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    steps: Option<u64>,
    /// Another length of the whole run in simulated time, e.g. "5s", "250ms" or "2min"
    #[arg(long, value_name = "TIME", conflicts_with = "steps")]
    sim_time: Option<String>,
    /// Go on without a screen, flat out, and print a table at the end
    #[arg(long)]
    headless: bool,
    /// Go on without a screen and print one JSON object
    #[arg(long)]
    json: bool,
    /// Write the learnt rule to a new file at the end
    #[arg(long, value_name = "FILE.toml")]
    save_rule: Option<PathBuf>,
    #[command(flatten)]
    every: Every,
    #[command(flatten)]
    look: Look,
    /// What becomes of the run when its terminal has gone [default: keep]
    #[arg(long, value_name = "WHAT", value_enum)]
    hangup: Option<Hangup>,
}

/// # Errors
/// See [`Failure`].
pub fn run(args: Resume) -> Outcome {
    let begun = Instant::now();
    let mut kept = record::reopen(&args.folder)?;
    let preset = kept.checkpoint.snapshot.preset.clone();
    kept.past.length = match &args.sim_time {
        Some(time) => Some(units(&preset, time).map_err(Failure::Usage)?),
        None => args.steps,
    };
    if args.data.is_some() {
        kept.images.clone_from(&args.data);
    }
    if !args.json && !args.headless && screen::is_possible() {
        let images = kept.images.clone();
        let first = First::of_recording(kept, args.every, args.hangup, args.save_rule);
        return screen::show(Some(first), images, &args.look);
    }
    let images = kept.images.as_deref().map(open).transpose()?;
    let here = images.as_ref().map(|images| images.sha256.clone());
    let then = kept.checkpoint.snapshot.place.data.as_ref();
    let others = here.is_some() && here.as_ref() != then.map(|(_, sum)| sum);
    let why = kept.checkpoint.machine.differs();
    for why in why
        .into_iter()
        .chain(others.then(|| "the images are others".into()))
    {
        complain(&format!("not bit-exact: {why}"));
    }
    let length = kept.past.length.or(kept.checkpoint.snapshot.place.length);
    let options = Options {
        data: images,
        recorder: Some(kept.recorder),
        checkpoint_every: args.every.duration(),
        attended: false,
        ..Options::default()
    };
    let engine = Engine::resume(kept.checkpoint.snapshot, kept.past, options)?;
    let how = How {
        output: Output::of(args.json),
        seeds: None,
        save_rule: args.save_rule,
        journal: Vec::new(),
    };
    headless::resume(engine, length.unwrap_or(0), begun, &how)
}

impl From<RecordError> for Failure {
    fn from(error: RecordError) -> Self {
        if error.system {
            Self::Io(error.to_string())
        } else {
            Self::Usage(error.to_string())
        }
    }
}
