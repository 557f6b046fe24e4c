//! Replays reference cases along every path of the program, a line for each path.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::exit::{Failure, Outcome};
use crate::data::text;
use crate::models::param::short;
use crate::models::{Check, FAMILIES, Family};
use crate::preset::did_you_mean;

/// The most bytes that a reference file may have.
const MAX_BYTES: u64 = 1 << 28;

macro_rules! cases {
    ($($file:literal),* $(,)?) => {
        &[$(($file, include_str!(concat!("../../tests/reference/", $file)))),*]
    };
}

/// The cases under tests/reference/.
pub const CASES: &[(&str, &str)] = cases![
    "pc/public_01_A_tanh_ce_exact.json",
    "pc/public_02_A_relu_mse_exact.json",
    "pc/public_03_A_tanh_ce_fixedpred_eta1_ndepth.json",
    "pc/public_04_B_relu_ce_fixedpred_eta0.1_n20.json",
    "pc/public_05_B_softplus_mse_fixedpred_eta0.5_n5.json",
    "pc/public_06_A_softplus_ce_fixedpred_eta0.1_n1.json",
    "pc/public_07_A_tanh_mse_strict_eta0.1_n20.json",
    "pc/public_08_B_relu_ce_strict_eta0.5_n5.json",
    "pc/public_09_B_softplus_ce_strict_eta0.1_n1.json",
    "pc/public_10_A_relu_ce_strict_eta1_ndepth.json",
    "pc/public_11_conv_relu_ce_exact.json",
    "pc/public_12_conv_relu_ce_fixedpred_eta0.5_n20.json",
    "pc/public_13_conv_relu_ce_strict_eta0.1_n5.json",
    "balanced/tiny_public.json",
    "balanced/xspike_properties.json",
    "balanced/theory_rates.json",
    "balanced/predicted_weights.json",
    "balanced/analysis_case.json",
];

/// Replays the cases that are compiled in.
/// # Errors
/// When a quantity is further off than its bound.
pub fn compiled_in() -> Outcome {
    replay(CASES.iter().map(|(name, text)| {
        let case = serde_json::from_str(text).map_err(|error| bad(name, &error.to_string()))?;
        Ok(((*name).to_owned(), case))
    }))
}

/// Replays the cases in `files`.
/// # Errors
/// When a quantity is further off than its bound, or a file is no reference case.
pub fn files(files: &[PathBuf]) -> Outcome {
    replay(files.iter().map(|file| read(file)))
}

fn read(file: &Path) -> Result<(String, Value), Failure> {
    let name = text::line(&file.display().to_string());
    let io = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => bad(&name, &error.to_string()),
        _ => Failure::Io(format!("{name}: {error}")),
    };
    if !std::fs::metadata(file).map_err(io)?.is_file() {
        return Err(bad(&name, "is not a regular file"));
    }
    let mut content = Vec::new();
    let mut source = File::open(file).map_err(io)?.take(MAX_BYTES + 1);
    source.read_to_end(&mut content).map_err(io)?;
    if content.len() as u64 > MAX_BYTES {
        return Err(bad(
            &name,
            &format!("is too large: the most is {MAX_BYTES} bytes"),
        ));
    }
    let case = serde_json::from_slice(&content).map_err(|error| bad(&name, &error.to_string()))?;
    Ok((name, case))
}

fn bad(file: &str, what: &str) -> Failure {
    Failure::Usage(format!("{file}: {what}"))
}

fn replay(cases: impl Iterator<Item = Result<(String, Value), Failure>>) -> Outcome {
    let mut out = io::stdout().lock();
    let (mut checked, mut failed) = (0, 0);
    for case in cases {
        let (name, case) = case?;
        let checks = checks(&name, &case)?;
        for path in paths(&checks) {
            let of_path: Vec<&Check> = checks.iter().filter(|check| check.path == path).collect();
            checked += of_path.len();
            failed += report(&mut out, &name, &path, &of_path)?;
        }
    }
    writeln!(out, "{checked} quantities, {failed} out of bounds")?;
    out.flush()?;
    if failed > 0 {
        Err(Failure::Checks)
    } else {
        Ok(())
    }
}

fn checks(name: &str, case: &Value) -> Result<Vec<Check>, Failure> {
    let known = || {
        FAMILIES
            .iter()
            .flat_map(|family| family.reference_formats)
            .copied()
    };
    let format = case.get("format").and_then(Value::as_str).ok_or_else(|| {
        let known = known().collect::<Vec<_>>().join(", ");
        bad(name, &format!("has no `format`; known formats: {known}"))
    })?;
    let reads = |family: &&Family| family.reference_formats.contains(&format);
    let family = FAMILIES.iter().find(reads).ok_or_else(|| {
        let shown = text::line(format);
        let hint = did_you_mean(&shown, known());
        let known = known().collect::<Vec<_>>().join(", ");
        bad(
            name,
            &format!("its format `{shown}` is not known{hint}; known formats: {known}"),
        )
    })?;
    (family.verify)(case).map_err(|error| bad(name, &text::line(&error.to_string())))
}

/// In the order of their first check.
fn paths(checks: &[Check]) -> Vec<String> {
    let mut paths: Vec<String> = Vec::new();
    for check in checks {
        if !paths.contains(&check.path) {
            paths.push(check.path.clone());
        }
    }
    paths
}

/// One line for a path, and one for each quantity that is out of bounds; gives their number.
fn report(out: &mut impl Write, name: &str, path: &str, checks: &[&Check]) -> io::Result<usize> {
    let share = |check: &Check| {
        let share = check.deviation / check.bound;
        if check.passed() {
            share.max(0.0)
        } else {
            f64::INFINITY
        }
    };
    let worst = checks.iter().max_by(|a, b| share(a).total_cmp(&share(b)));
    let failed: Vec<_> = checks.iter().filter(|check| !check.passed()).collect();
    let mark = if failed.is_empty() { "ok  " } else { "FAIL" };
    if let Some(worst) = worst {
        writeln!(
            out,
            "{mark} {name}  {path}: {} quantities, worst {} of {} allowed ({})",
            checks.len(),
            short(worst.deviation),
            short(worst.bound),
            text::line(&worst.quantity)
        )?;
    }
    for check in &failed {
        let quantity = text::line(&check.quantity);
        writeln!(
            out,
            "     {quantity}: off by {}, allowed {}",
            short(check.deviation),
            short(check.bound)
        )?;
    }
    Ok(failed.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_file_is_compiled_in() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference");
        let mut found = Vec::new();
        for folder in std::fs::read_dir(&root).unwrap() {
            let folder = folder.unwrap();
            for file in std::fs::read_dir(folder.path()).unwrap() {
                let names = [folder.file_name(), file.unwrap().file_name()];
                found.push(names.map(|name| name.into_string().unwrap()).join("/"));
            }
        }
        found.retain(|name| name.ends_with(".json"));
        found.sort();
        let mut known: Vec<_> = CASES.iter().map(|(name, _)| (*name).to_owned()).collect();
        known.sort();
        assert_eq!(known, found);
    }

    #[test]
    fn a_deviation_beyond_its_bound_or_not_a_number_is_reported() {
        let check = |deviation| Check {
            path: "f64".into(),
            quantity: format!("off_by_{deviation}"),
            deviation,
            bound: 1e-3,
        };
        let checks = [check(9e-4), check(2e-3), check(f64::NAN)];
        let mut out = Vec::new();
        let failed = report(&mut out, "case", "f64", &checks.iter().collect::<Vec<_>>()).unwrap();
        let words = String::from_utf8(out).unwrap();
        assert_eq!(failed, 2);
        assert!(
            words.starts_with("FAIL case  f64: 3 quantities, worst"),
            "{words}"
        );
        assert!(
            words.contains("     off_by_0.002: off by 0.002, allowed 0.001"),
            "{words}"
        );
        assert!(
            words.contains("off_by_NaN") && !words.contains("     off_by_0.0009"),
            "{words}"
        );
    }
}
