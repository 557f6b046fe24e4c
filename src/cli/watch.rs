//! `hebbtop watch`: a sweep, or a folder of recordings, while others write it.

use std::path::PathBuf;

use clap::Args;

use super::exit::{Failure, Outcome};
use super::look::Look;
use super::screen;
use crate::data::text;
use crate::sweep::Watched;
use crate::ui::{Ended, watch};

#[derive(Args, Debug)]
pub struct Watch {
    /// Folder of a sweep, or one whose folders are recordings
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    #[command(flatten)]
    look: Look,
}

/// # Errors
/// When there is nothing to watch, no terminal, or a signal ends it.
pub fn run(args: &Watch) -> Outcome {
    let watched = Watched::open(&args.folder)?;
    if !screen::is_possible() {
        let folder = text::line(&args.folder.display().to_string());
        return Err(Failure::Usage(format!(
            "watching needs a terminal; `hebbtop sweep --out {folder} --merge` prints a summary"
        )));
    }
    let look = args.look.screen()?;
    let title = text::line(&args.folder.display().to_string());
    match watch::run(title, watched, look.theme, look.ask_background)? {
        Ended::Asked | Ended::Detached => Ok(()),
        Ended::Signal(signal) => Err(Failure::Signal(signal.exit_status().unwrap_or(1))),
        Ended::Hangup => Err(Failure::Signal(129)),
        Ended::Refused(why) => Err(Failure::Usage(why)),
        Ended::Panic(_) => Err(Failure::Panic),
    }
}
