//! `hebbtop replay`: a recorded run on the screen.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::exit::{Failure, Outcome};
use super::look::Look;
use super::recording::course_of;
use super::run::open;
use super::screen;
use crate::data::text;
use crate::record::Reading;
use crate::replay::{Recording, ReplayError};

#[derive(Args, Debug)]
pub struct Replay {
    /// Folder of the recording; what is written to it later is not seen
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Which run of a recording that was reset or got other presets; without it, the last
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    run: Option<u32>,
    /// Folder with the images, where it is no longer the one that the recording names
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    #[command(flatten)]
    look: Look,
}

/// A shorter wait needs no bar.
const PATIENCE: Duration = Duration::from_millis(200);

/// # Errors
/// When there is no recording, it is damaged, there is no terminal, or a signal ends it.
pub fn run(args: Replay) -> Outcome {
    let reading = Reading::open(&args.folder)?;
    let shown = text::line(&args.folder.display().to_string());
    let course = course_of(&reading, args.run)?;
    if !screen::is_possible() {
        return Err(Failure::Usage(
            "replaying needs a terminal; `hebbtop plot` and `hebbtop export` need none".into(),
        ));
    }
    let named = args.data.as_ref().or(reading.images.as_ref());
    // A model without images does not miss them; for another, the tables say what is wanted.
    let images = match &args.data {
        Some(folder) => Some(open(folder)?),
        None => named.and_then(|folder| open(folder).ok()),
    };
    let begun = Instant::now();
    let mut bar: Option<ProgressBar> = None;
    let mut progress = |done: u64, all: u64| {
        if bar.is_none() && begun.elapsed() > PATIENCE {
            bar = Some(bar_of(all, &shown));
        }
        if let Some(bar) = &bar {
            bar.set_position(done);
        }
    };
    let recording = Recording::open(reading, course, images, &mut progress)?;
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    screen::replay(shown, recording, &args.look)
}

fn bar_of(bytes: u64, folder: &str) -> ProgressBar {
    let bar = ProgressBar::new(bytes);
    let style =
        ProgressStyle::with_template("{msg} [{bar:30}] {bytes} of {total_bytes}, {eta} left");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar.set_message(format!("reading the metrics of {folder} once"));
    bar
}

impl From<ReplayError> for Failure {
    fn from(error: ReplayError) -> Self {
        match error {
            ReplayError::Record(error) => error.into(),
            ReplayError::Tables(error) => error.into(),
        }
    }
}
