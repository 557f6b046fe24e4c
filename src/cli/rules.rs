//! `hebbtop rules`: learnt rules, in a list or side by side.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::exit::{Failure, Outcome, complain};
use crate::data::text;
use crate::models::param::short;
use crate::preset::RuleFile;

#[derive(Args, Debug)]
pub struct Rules {
    /// Rule files, or folders of them; without any, the present folder
    #[arg(value_name = "FILE.toml|DIR")]
    paths: Vec<PathBuf>,
    /// A line for each term, a column for each rule, and their mean and standard deviation
    #[arg(long)]
    compare: bool,
}

/// # Errors
/// When a file cannot be read or is no rule file.
pub fn run(args: &Rules) -> Outcome {
    let here = [PathBuf::from(".")];
    let paths = if args.paths.is_empty() {
        &here[..]
    } else {
        &args.paths
    };
    let mut rules = Vec::new();
    for path in paths {
        if path.is_dir() {
            rules.extend(folder(path)?);
        } else {
            rules.push((path.clone(), RuleFile::read(path)?));
        }
    }
    let mut out = io::stdout().lock();
    match (args.compare, rules.is_empty()) {
        (_, true) => complain("there are no rule files here"),
        (true, _) => compare(&mut out, &rules)?,
        (false, _) => list(&mut out, &rules)?,
    }
    out.flush()?;
    Ok(())
}

/// The rule files of a folder, by name. Other files, presets among them, are passed over.
fn folder(path: &Path) -> Result<Vec<(PathBuf, RuleFile)>, Failure> {
    let entries = std::fs::read_dir(path)?.collect::<Result<Vec<_>, _>>()?;
    let mut files: Vec<PathBuf> = entries.iter().map(std::fs::DirEntry::path).collect();
    files.retain(|file| {
        file.extension()
            .is_some_and(|extension| extension == "toml")
    });
    files.sort();
    let read = |file: PathBuf| RuleFile::read(&file).ok().map(|rule| (file, rule));
    Ok(files.into_iter().filter_map(read).collect())
}

fn name(path: &Path) -> String {
    text::line(&path.file_stem().unwrap_or_default().to_string_lossy())
}

fn list(out: &mut impl Write, rules: &[(PathBuf, RuleFile)]) -> io::Result<()> {
    for (path, file) in rules {
        let rule = &file.rule;
        let layers: Vec<String> = rule.layers.iter().map(ToString::to_string).collect();
        let data = file.data.as_ref().map_or("no data", |(name, _)| name);
        writeln!(out, "{}", text::line(&path.display().to_string()))?;
        writeln!(
            out,
            "  {} of {}: {} {} episodes, seed {}, {}, feedback {}",
            file.preset,
            rule.model,
            layers.join("-"),
            rule.episodes,
            file.seed,
            data,
            rule.feedback
        )?;
        for (l, row) in rule.terms.iter().enumerate() {
            let terms: Vec<String> = row
                .iter()
                .map(|(term, theta)| format!("{term} {}", short(*theta)))
                .collect();
            let layer = match rule.terms.len() {
                1 => String::new(),
                _ => format!("layer {}: ", l + 1),
            };
            writeln!(out, "  {layer}{}", terms.join("  "))?;
        }
    }
    Ok(())
}

fn compare(out: &mut impl Write, rules: &[(PathBuf, RuleFile)]) -> io::Result<()> {
    let names: Vec<String> = rules.iter().map(|(path, _)| name(path)).collect();
    let widths: Vec<usize> = names.iter().map(|n| n.chars().count().max(9)).collect();
    let mut terms: Vec<&str> = rules
        .iter()
        .flat_map(|(_, file)| file.rule.names())
        .collect();
    terms.sort_unstable();
    terms.dedup();
    let rows = rules.iter().map(|(_, file)| file.rule.terms.len()).max();
    let mut line = |first: &str, cells: Vec<String>| {
        write!(out, "{first:8}")?;
        for (cell, width) in cells.iter().zip(widths.iter().chain([&9, &9])) {
            write!(out, "  {cell:>width$}")?;
        }
        writeln!(out)
    };
    let heads = names.iter().cloned().chain(["mean".into(), "sd".into()]);
    line("", heads.collect())?;
    for l in 0..rows.unwrap_or(0) {
        for term in &terms {
            let of = |file: &RuleFile| {
                // One map serves all layers.
                let row = file.rule.terms.get(l).or(file.rule.terms.first());
                row.and_then(|row| row.get(*term)).copied()
            };
            let values: Vec<Option<f64>> = rules.iter().map(|(_, file)| of(file)).collect();
            // A term that is not there is off, which is 0.
            let numbers: Vec<f64> = values.iter().map(|x| x.unwrap_or(0.0)).collect();
            let (mean, sd) = mean_and_sd(&numbers);
            let shown = values.iter().map(|x| x.map_or("off".into(), short));
            let cells = shown.chain([short(mean), short(sd)]).collect();
            let first = match rows {
                Some(1) => (*term).to_owned(),
                _ => format!("{term} {}", l + 1),
            };
            line(&first, cells)?;
        }
    }
    Ok(())
}

/// The standard deviation is that of a sample; 0 for a single number.
fn mean_and_sd(numbers: &[f64]) -> (f64, f64) {
    let count = numbers.len() as f64;
    let mean = numbers.iter().sum::<f64>() / count;
    let squares: f64 = numbers.iter().map(|x| (x - mean).powi(2)).sum();
    let sd = match numbers.len() {
        1 => 0.0,
        _ => (squares / (count - 1.0)).sqrt(),
    };
    (mean, sd)
}
