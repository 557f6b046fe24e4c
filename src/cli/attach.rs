//! `hebbtop attach`: the screen on a run that has none, or one more screen.

use std::io::{self, Write};

use clap::Args;

use super::attached::Attached;
use super::exit::{Failure, Outcome};
use super::find;
use super::look::Look;
use super::screen;

#[derive(Args, Debug)]
pub struct Attach {
    /// The run, as `hebbtop ps` names it [default: the only one]
    run: Option<String>,
    #[command(flatten)]
    look: Look,
}

/// # Errors
/// See [`Failure`].
pub fn run(args: &Attach) -> Outcome {
    let card = find::run(args.run.as_deref())?;
    if !screen::is_possible() {
        let what = "attaching needs a terminal; `hebbtop ps` lists runs without one".to_owned();
        return Err(Failure::Usage(what));
    }
    let link = Attached::connect(&card.socket)
        .map_err(|error| Failure::Usage(format!("{}: {error}", card.name)))?;
    screen::attach(card.name.clone(), link, &args.look)?;
    writeln!(
        io::stdout(),
        "{} goes on: `hebbtop attach {}` comes back, `hebbtop stop {}` ends it",
        card.name,
        card.name,
        card.name
    )?;
    Ok(())
}
