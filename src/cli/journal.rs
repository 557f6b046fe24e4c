//! `hebbtop run --journal`: a session is repeated, and where it ends is compared.

use super::exit::{Failure, Outcome, complain};
use super::headless::Report;
use crate::data::text;
use crate::engine::{Entry, Event};
use crate::preset::Preset;
use crate::record::journal::not_exact;

/// The preset with which the journal begins.
/// # Errors
/// When this program has no such model, or not these parameters.
pub fn preset(file: &str, entries: &[Entry]) -> Result<Preset, Failure> {
    match entries.first().map(|first| &first.event) {
        Some(Event::Start { preset, .. }) => Ok(preset.preset(file)?),
        _ => Err(Failure::Usage(format!("{file}: does not say what started"))),
    }
}

/// Says whether the run ended where the journal did.
/// # Errors
/// When it should have given the same digest and did not.
pub fn compare(report: &Report, entries: &[Entry]) -> Outcome {
    let finished = &report.finished;
    let why = not_exact(entries, finished.data.as_ref());
    for why in &why {
        complain(&format!("not bit-exact: {why}"));
    }
    let Some(Event::End { digest }) = entries.last().map(|last| &last.event) else {
        complain("the journal has no end: its session was killed");
        return Ok(());
    };
    if *digest == finished.digest || report.signal.is_some() {
        return Ok(());
    }
    complain(&format!(
        "the journal ends with digest {}, this run with {}",
        text::line(digest),
        finished.digest
    ));
    match why.is_empty() {
        true => Err(Failure::Checks),
        false => Ok(()),
    }
}
