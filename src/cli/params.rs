//! `hebbtop params`: a model's parameter table.

use std::io::{self, Write};

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::exit::Outcome;
use crate::models::param::display;
use crate::models::table::{Applies, Kind, ParamSpec, Scale, Scope};
use crate::models::{FAMILIES, Family};

#[derive(Args, Debug)]
pub struct Params {
    /// The model
    #[arg(value_parser = model_names())]
    model: String,
    /// As a table in Markdown, as in docs/
    #[arg(long)]
    markdown: bool,
}

/// Accepts a family by its id or by a beginning of its presets' names.
pub fn model_names() -> PossibleValuesParser {
    PossibleValuesParser::new(
        FAMILIES
            .iter()
            .flat_map(|family| std::iter::once(family.id).chain(family.prefixes.iter().copied())),
    )
}

/// The family that `name` names, which [`model_names`] has accepted.
pub fn model(name: &str) -> Option<&'static Family> {
    FAMILIES
        .iter()
        .find(|family| family.id == name || family.prefixes.contains(&name))
}

/// # Errors
/// When standard output cannot be written.
pub fn run(args: &Params) -> Outcome {
    let mut out = io::stdout().lock();
    if let Some(family) = model(&args.model) {
        match args.markdown {
            true => write!(out, "{}", markdown(family))?,
            false => write(&mut out, family)?,
        }
    }
    out.flush()?;
    Ok(())
}

fn write(out: &mut impl Write, family: &Family) -> io::Result<()> {
    writeln!(out, "{}: {}", family.id, family.summary)?;
    for spec in family.params {
        writeln!(out)?;
        entry(out, spec)?;
    }
    Ok(())
}

/// The table of the parameters of a family.
pub fn markdown(family: &Family) -> String {
    let mut table = String::from("| parameter | values | default | meaning |\n|---|---|---|---|\n");
    for spec in family.params {
        let cell = |words: &str| words.replace('|', "\\|");
        let layer = if spec.scope == Scope::Layer { "_l" } else { "" };
        let when = match spec.applies {
            Applies::Restart => " (at a restart)",
            Applies::Quantum | Applies::Unit => "",
        };
        table.push_str(&format!(
            "| `{}{layer}` | {} {} | {} | {}{when} |\n",
            spec.id,
            cell(&spec.allowed()),
            spec.unit,
            cell(&display(&spec.default)),
            cell(&spec.meaning),
        ));
    }
    table
}

fn entry(out: &mut impl Write, spec: &ParamSpec) -> io::Result<()> {
    let layer = if spec.scope == Scope::Layer {
        "_1, _2, ..."
    } else {
        ""
    };
    let unit = if spec.unit.is_empty() {
        String::new()
    } else {
        format!(" {}", spec.unit)
    };
    let log = match spec.kind {
        Kind::Real {
            scale: Scale::Log,
            min,
            ..
        } if min < 0.0 => ", logarithmic on both sides of 0",
        Kind::Real {
            scale: Scale::Log, ..
        } => ", logarithmic",
        _ => "",
    };
    let applies = match spec.applies {
        Applies::Quantum | Applies::Unit if spec.scope == Scope::Layer => "while running, by layer",
        Applies::Quantum | Applies::Unit => "while running",
        Applies::Restart => "at a restart",
    };
    writeln!(out, "{}{layer}", spec.id)?;
    writeln!(
        out,
        "    {}{unit}{log}; default {}; changes {applies}",
        spec.allowed(),
        display(&spec.default)
    )?;
    for line in wrapped(&spec.meaning, 76) {
        writeln!(out, "    {line}")?;
    }
    Ok(())
}

/// Lines of whole words, at most `width` characters each where words allow.
fn wrapped(words: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in words.split_whitespace() {
        let line = lines.last_mut().expect("there is always a line");
        if line.is_empty() {
            line.push_str(word);
        } else if line.chars().count() + 1 + word.chars().count() <= width {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_as_long_as_they_may_be_and_lose_no_word() {
        assert_eq!(wrapped("one two  three", 7), ["one two", "three"]);
        assert_eq!(
            wrapped("incomprehensible no", 5),
            ["incomprehensible", "no"]
        );
        assert_eq!(wrapped("", 5), [""]);
    }

    /// `UPDATE_DOCS=1 cargo test docs_` writes the tables anew.
    #[test]
    fn docs_have_the_parameters_of_today() {
        for family in FAMILIES {
            let file = format!("{}/docs/{}.md", env!("CARGO_MANIFEST_DIR"), family.id);
            let page = std::fs::read_to_string(&file).unwrap();
            let (before, rest) = page.split_once(BEGIN).unwrap();
            let (sign, rest) = rest.split_once("-->\n").unwrap();
            let (_, after) = rest.split_once("## References").unwrap();
            let table = markdown(family);
            let whole = format!("{before}{BEGIN}{sign}-->\n\n{table}\n## References{after}");
            if std::env::var_os("UPDATE_DOCS").is_some() {
                std::fs::write(&file, whole).unwrap();
            } else {
                assert!(page == whole, "{file} has other parameters than the model");
            }
        }
    }

    const BEGIN: &str = "<!-- parameters:";

    #[test]
    fn every_model_is_known_by_id_and_by_prefix() {
        for family in FAMILIES {
            for name in std::iter::once(&family.id).chain(family.prefixes) {
                assert_eq!(model(name).map(|found| found.id), Some(family.id));
            }
        }
    }
}
