//! `hebbtop presets`: what there is to run, and a file to start from.

use std::io::{self, Write};

use clap::Args;

use super::exit::{Failure, Outcome, complain};
use crate::models::FAMILIES;
use crate::preset::{Document, catalogue, write};

#[derive(Args, Debug)]
pub struct Presets {
    /// Print this preset; with :VARIANT, as the variant changes it
    #[arg(value_name = "NAME[:VARIANT]")]
    name: Option<String>,
}

/// # Errors
/// When there is no such preset.
pub fn run(args: &Presets) -> Outcome {
    let mut out = io::stdout().lock();
    match &args.name {
        None => list(&mut out)?,
        Some(name) => {
            let (document, variant) = catalogue::open(name)?;
            let words = match (catalogue::source(document.name()), &variant) {
                (Some(source), None) => source.to_owned(),
                _ => write::to_toml(&document.resolve(variant.as_deref())?),
            };
            out.write_all(words.as_bytes())?;
        }
    }
    out.flush()?;
    Ok(())
}

/// `hebbtop` alone, where no screen can be shown.
/// # Errors
/// Always: the request could not be met.
pub fn list_for_want_of_a_screen() -> Outcome {
    let mut out = io::stdout().lock();
    list(&mut out)?;
    out.flush()?;
    complain("there is no terminal to show a screen on; `hebbtop run PRESET` runs without one");
    Err(Failure::NoScreen)
}

fn list(out: &mut impl Write) -> io::Result<()> {
    let all = catalogue::list();
    let width = all
        .iter()
        .map(|document| document.name().chars().count())
        .max()
        .unwrap_or(0);
    let groups = FAMILIES
        .iter()
        .map(|family| (family.title, Some(family.id)));
    for (title, id) in groups {
        writeln!(out, "{title}")?;
        for document in all.iter().filter(|document| Some(document.model()) == id) {
            line(out, document, width)?;
        }
    }
    Ok(())
}

fn line(out: &mut impl Write, document: &Document, width: usize) -> io::Result<()> {
    writeln!(out, "  {:width$}  {}", document.name(), document.title())?;
    let variants: Vec<_> = document.variants().map(|name| format!(":{name}")).collect();
    if !variants.is_empty() {
        writeln!(out, "  {:width$}    {}", "", variants.join(" "))?;
    }
    Ok(())
}
