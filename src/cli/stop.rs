//! `hebbtop stop`: ends a run that has no screen, and keeps its state.

use std::io::{self, Write};

use clap::Args;

use super::exit::{Failure, Outcome};
use super::farewell::quoted;
use super::find;
use crate::data::text;
use crate::remote::Client;

#[derive(Args, Debug)]
pub struct Stop {
    /// The run, as `hebbtop ps` names it [default: the only one]
    run: Option<String>,
}

/// # Errors
/// See [`Failure`].
pub fn run(args: &Stop) -> Outcome {
    let card = find::run(args.run.as_deref())?;
    let name = &card.name;
    let gone = |why: String| Failure::Usage(format!("{name}: {why}"));
    let mut client = Client::look(&card.socket).map_err(|error| gone(error.to_string()))?;
    client.stop().map_err(|error| gone(error.to_string()))?;
    // Rings for frames that nobody asked for, and is silent for ever when the run has gone.
    while client.wake().recv().is_ok() {}
    let Some(ending) = client.ending() else {
        return Err(Failure::Io(format!("{name} has gone without a word")));
    };
    let place = match ending.quantum {
        0 => format!("{} {}", ending.unit, ending.step),
        quantum => format!("{} {} + {quantum}", ending.unit, ending.step),
    };
    let mut out = io::stdout().lock();
    writeln!(out, "{name} ended at {place}, digest {}", ending.digest)?;
    if let Some(folder) = &ending.folder {
        writeln!(
            out,
            "`hebbtop resume {}` goes on from there",
            quoted(folder)
        )?;
    }
    match ending.failure {
        Some(why) => Err(Failure::Io(text::line(&why))),
        None => Ok(()),
    }
}
