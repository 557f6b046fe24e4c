//! `hebbtop tour`: five things to do on a network that learns digits.

use clap::Args;

use super::exit::{Failure, Outcome};
use super::look::Look;
use super::recording::{Every, Recording};
use super::screen::{self, Begins, First, Hangup};
use crate::preset::catalogue;

/// On which all of it can be seen within a minute.
const PRESET: &str = "pc-digits";

#[derive(Args, Debug)]
pub struct Tour {
    #[command(flatten)]
    look: Look,
}

/// # Errors
/// See [`Failure`].
pub fn run(args: &Tour) -> Outcome {
    if !screen::is_possible() {
        return Err(Failure::Usage("the tour needs a terminal".to_owned()));
    }
    let preset = catalogue::resolve(PRESET)?;
    let first = First {
        source: PRESET.to_owned(),
        begins: Begins::New(Box::new(preset), Recording::default()),
        every: Every::default(),
        hangup: Some(Hangup::End),
        tour: true,
        save_rule: None,
    };
    screen::show(Some(first), None, &args.look)
}
