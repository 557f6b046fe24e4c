//! `hebbtop cite`: BibTeX of the program and of the papers that its models come from.

use std::io::{self, Write};

use clap::Args;

use super::exit::Outcome;
use super::params::{model, model_names};
use crate::models::FAMILIES;

#[derive(Args, Debug)]
pub struct Cite {
    /// Only the papers behind this model
    #[arg(value_parser = model_names())]
    model: Option<String>,
}

/// # Errors
/// When standard output cannot be written.
pub fn run(args: &Cite) -> Outcome {
    let mut out = io::stdout().lock();
    writeln!(out, "{}", program())?;
    let chosen = args.model.as_deref().and_then(model);
    for family in FAMILIES
        .iter()
        .filter(|family| chosen.is_none_or(|one| one.id == family.id))
    {
        writeln!(out, "\n{}", family.bibtex.trim())?;
    }
    out.flush()?;
    Ok(())
}

fn program() -> String {
    format!(
        "@software{{hebbtop,\n  \
           title = {{hebbtop: {}}},\n  \
           author = {{{{The hebbtop contributors}}}},\n  \
           version = {{{}}},\n  \
           year = {{2026}}\n}}",
        env!("CARGO_PKG_DESCRIPTION"),
        env!("CARGO_PKG_VERSION")
    )
}
