//! Runs presets without a screen and reports whether they show what they are expected to.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use super::exit::{Failure, Outcome};
use super::headless::named;
use super::run::open;
use super::watched::{Seen, see};
use crate::data::{Dataset, text};
use crate::models::param::short;
use crate::preset::{DataChoice, Document, Expect, Preset, catalogue, did_you_mean};

/// Runs and checks the presets called `names`, or all; each with `seeds` seeds.
/// # Errors
/// When an expectation is not met, or a preset cannot be run.
pub fn run(names: &[String], seeds: u32, data: Option<&Path>) -> Outcome {
    let data = data.map(open).transpose()?;
    let mut report = Report {
        out: io::stdout().lock(),
        met: 0,
        failed: 0,
    };
    for name in names {
        let (document, variant) = catalogue::open(name)?;
        let variants = vec![variant.clone()];
        let variants = if variant.is_some() {
            variants
        } else {
            short_variants(&document)
        };
        check(&mut report, &document, &variants, seeds, data.as_ref())?;
    }
    if names.is_empty() {
        for document in catalogue::list() {
            match document.data() {
                Some(DataChoice::External(what)) if data.is_none() => {
                    let name = document.name();
                    writeln!(report.out, "skip {name}  needs {what} images: --data DIR")?;
                }
                _ => check(
                    &mut report,
                    document,
                    &short_variants(document),
                    seeds,
                    data.as_ref(),
                )?,
            }
        }
    }
    writeln!(
        report.out,
        "{} expectations met, {} not",
        report.met, report.failed
    )?;
    report.out.flush()?;
    if report.failed > 0 {
        Err(Failure::Checks)
    } else {
        Ok(())
    }
}

/// Variants that take hours have a name that begins so, and run only when they are asked for.
const FULL: &str = "full";

/// [`with_variants`] but for those that take hours.
fn short_variants(document: &Document) -> Vec<Option<String>> {
    let long = |name: &str| name.starts_with(FULL);
    let mut variants = with_variants(document);
    variants.retain(|variant| !variant.as_deref().is_some_and(long));
    variants
}

/// The experiment as the file begins, then each of its variants.
fn with_variants(document: &Document) -> Vec<Option<String>> {
    std::iter::once(None)
        .chain(document.variants().map(|name| Some(name.to_owned())))
        .collect()
}

fn check(
    report: &mut Report,
    document: &Document,
    variants: &[Option<String>],
    seeds: u32,
    data: Option<&Arc<Dataset>>,
) -> Outcome {
    let mut presets = BTreeMap::new();
    for variant in with_variants(document) {
        let preset = document.resolve(variant.as_deref())?;
        presets.insert(variant, preset);
    }
    let mut runs = Runs {
        presets: &presets,
        data,
        seen: BTreeMap::new(),
    };
    for variant in variants {
        let preset = runs.preset(variant.as_deref())?;
        let mut values = vec![Vec::new(); preset.expect.len()];
        let mut faults = Vec::new();
        for seed in 0..seeds {
            let seed = preset.seed.wrapping_add(seed.into());
            let own = runs.see(variant.as_deref(), seed)?;
            faults.push((seed, own.fault.clone()));
            let own = own.values.clone();
            for (i, expect) in preset.expect.iter().enumerate() {
                values[i].push(match &expect.relative_to {
                    None => own[i],
                    Some(other) => {
                        let other = runs.value(other, seed, expect)?;
                        own[i].zip(other).map(|(own, other)| own / other)
                    }
                });
            }
        }
        for (expect, values) in preset.expect.iter().zip(&values) {
            report.expectation(preset, expect, values)?;
        }
        for (seed, fault) in &faults {
            let fault = fault
                .as_ref()
                .map(|(fault, step)| (fault.kind, *step, fault.what.as_str()));
            report.fault(preset, *seed, fault)?;
        }
    }
    Ok(())
}

/// The runs of one document's variants, each made once.
struct Runs<'a> {
    presets: &'a BTreeMap<Option<String>, Preset>,
    data: Option<&'a Arc<Dataset>>,
    seen: BTreeMap<(Option<String>, u64), Seen>,
}

impl<'a> Runs<'a> {
    fn preset(&self, variant: Option<&str>) -> Result<&'a Preset, Failure> {
        self.presets
            .get(&variant.map(str::to_owned))
            .ok_or_else(|| {
                let known = self.presets.keys().flatten().map(String::as_str);
                let shown = text::line(variant.unwrap_or_default());
                let hint = did_you_mean(&shown, known);
                Failure::Usage(format!("there is no variant `{shown}`{hint}"))
            })
    }

    fn see(&mut self, variant: Option<&str>, seed: u64) -> Result<&Seen, Failure> {
        let key = (variant.map(str::to_owned), seed);
        if !self.seen.contains_key(&key) {
            let preset = Preset {
                seed,
                ..self.preset(variant)?.clone()
            };
            let seen = see(preset, &self.watched(variant)?, self.data.cloned())?;
            self.seen.insert(key.clone(), seen);
        }
        Ok(&self.seen[&key])
    }

    /// What is asked of a variant: its own expectations, then those that compare with it.
    fn watched(&self, variant: Option<&str>) -> Result<Vec<Expect>, Failure> {
        let mut watched = self.preset(variant)?.expect.clone();
        let of_all = self.presets.values().flat_map(|preset| &preset.expect);
        let compares = |expect: &&Expect| {
            expect.relative_to.is_some() && expect.relative_to.as_deref() == variant
        };
        watched.extend(of_all.filter(compares).cloned());
        Ok(watched)
    }

    /// What `variant` shows of the metric at the moment that `expect` names.
    fn value(&mut self, variant: &str, seed: u64, expect: &Expect) -> Result<Option<f64>, Failure> {
        let watched = self.watched(Some(variant))?;
        let same = |other: &Expect| other.metric == expect.metric && other.when == expect.when;
        let index = watched.iter().position(same);
        let seen = self.see(Some(variant), seed)?;
        Ok(index.and_then(|index| seen.values[index]))
    }
}

struct Report<'a> {
    out: io::StdoutLock<'a>,
    met: usize,
    failed: usize,
}

impl Report<'_> {
    fn expectation(&mut self, preset: &Preset, expect: &Expect, values: &[Option<f64>]) -> Outcome {
        let held = values
            .iter()
            .all(|value| value.is_some_and(|value| expect.bound.holds(value)));
        let shown = values
            .iter()
            .map(|value| value.map_or_else(|| "not measured".into(), short));
        let relative = expect.relative_to.as_ref();
        let words = format!(
            "{} {}{}: {}; expected {} ({})",
            expect.metric,
            expect.when.words(),
            relative.map_or_else(String::new, |other| format!(" over that of {other}")),
            shown.collect::<Vec<_>>().join(", "),
            expect.bound.words(),
            text::line(&expect.source)
        );
        self.line(held, preset, &words)
    }

    fn fault(
        &mut self,
        preset: &Preset,
        seed: u64,
        fault: Option<(crate::models::FaultKind, u64, &str)>,
    ) -> Outcome {
        match (fault, preset.fault) {
            (None, None) => Ok(()),
            (None, Some(wanted)) => {
                let words = format!("seed {seed} ends well; expected a fault, {wanted:?}");
                self.line(false, preset, &words)
            }
            (Some((kind, step, what)), wanted) => {
                let words = format!("seed {seed}: {kind:?} at {step}: {}", text::line(what));
                self.line(wanted == Some(kind), preset, &words)
            }
        }
    }

    fn line(&mut self, held: bool, preset: &Preset, words: &str) -> Outcome {
        let (mark, count) = if held {
            ("ok  ", &mut self.met)
        } else {
            ("FAIL", &mut self.failed)
        };
        *count += 1;
        writeln!(self.out, "{mark} {}  {words}", named(preset))?;
        self.out.flush()?;
        Ok(())
    }
}
