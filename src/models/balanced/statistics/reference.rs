//! The reference case of the statistics: counts and covariances of given spikes.

use serde_json::Value;

use super::cells::Cells;
use super::covariance::{CountCovariance, Groups, PairMeans};
use crate::models::balanced::theory::reference::{Comparison, flat, number, wrong};
use crate::models::{CaseError, Check};

pub const ANALYSIS_FORMAT: &str = "balanced-analysis-1";

/// Spike times of the file become whole numbers of so many to a millisecond.
const PER_MS: f64 = 1e6;

/// Replays a file of the format [`ANALYSIS_FORMAT`].
/// # Errors
/// When the file is not of the format.
pub fn verify_analysis(file: &Value) -> Result<Vec<Check>, CaseError> {
    let at = "file";
    let size = |key: &str| -> Result<usize, CaseError> {
        let x = number(file, at, key)?;
        if (1.0..1e6).contains(&x) && x.fract() == 0.0 {
            Ok(x as usize)
        } else {
            Err(wrong(key, "must be a whole number of cells"))
        }
    };
    let (n, e) = (size("N")?, size("Ne")?);
    if e >= n {
        return Err(wrong("Ne", "must be less than N"));
    }
    let (t, t1, t2, window) = (
        number(file, at, "T")?,
        number(file, at, "T1")?,
        number(file, at, "T2")?,
        number(file, at, "win")?,
    );
    if !(window > 0.0 && t1 >= 0.0 && t2 >= t1 && t >= t2) {
        return Err(wrong(
            "win",
            "needs 0 <= T1 <= T2 <= T and a window above 0",
        ));
    }
    let spikes = flat(&file["spikes"], "spikes")?;
    let mut spikes: Vec<(f64, u32)> = spikes
        .chunks(2)
        .map(|spike| match spike {
            [time, id] if *id >= 0.0 && *id < n as f64 => Ok((*time, *id as u32)),
            _ => Err(wrong(
                "spikes",
                "must be pairs of a time and a cell below N",
            )),
        })
        .collect::<Result<_, _>>()?;
    spikes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let windows = ((t2 - t1) / window).round() as usize;
    let mut covariance = CountCovariance::new(Groups::new(&[e, n - e]), n);
    let mut counts = Vec::new();
    for w in 0..windows {
        let edges = t1 + w as f64 * window..t1 + (w + 1) as f64 * window;
        let mut cells = Cells::new(n);
        for (time, id) in spikes.iter().filter(|(time, _)| edges.contains(time)) {
            cells.take((time * PER_MS) as u64, &[*id]);
        }
        covariance.take(|each| {
            cells.end_window(|id, count| {
                counts.push(f64::from(count));
                each(id, count);
            });
        });
    }
    let mut half = Cells::new(n);
    let middle = (t / 2.0 * PER_MS) as u64;
    half.restart(middle);
    for (time, id) in spikes.iter().filter(|(time, _)| *time > t / 2.0) {
        half.take((time * PER_MS) as u64, &[*id]);
    }
    let end = (t * PER_MS) as u64;
    let hz = |ids| half.rates(ids, end).0 * PER_MS * 1e3;

    let bound = match file.get("tol") {
        Some(_) => number(file, at, "tol")?,
        None => 1e-12,
    };
    let mut compare = Comparison {
        path: "statistics f64",
        checks: Vec::new(),
    };
    let matrix = |of: &dyn Fn(usize, usize) -> f64| -> Vec<f64> {
        (0..n * n).map(|k| of(k / n, k % n)).collect()
    };
    let mut check = |key: &str, theirs: &Value, ours: Vec<f64>| -> Result<(), CaseError> {
        if !theirs.is_null() {
            compare.scaled(key.to_owned(), &ours, &flat(theirs, key)?, bound);
        }
        Ok(())
    };
    check("counts", &file["counts"], counts)?;
    check(
        "cov",
        &file["cov"],
        matrix(&|i, j| covariance.of_sample(i, j)),
    )?;
    check(
        "corr",
        &file["corr"],
        matrix(&|i, j| covariance.correlation(i, j)),
    )?;
    let pairs = [("ee", 0..1, 0..1), ("ei", 0..1, 1..2), ("ii", 1..2, 1..2)];
    for (what, means) in [
        (
            "mean_cov",
            pairs.clone().map(|(k, a, b)| (k, covariance.mean(a, b))),
        ),
        (
            "mean_corr",
            pairs.map(|(k, a, b)| (k, covariance.mean_correlation(a, b))),
        ),
    ] {
        for (
            key,
            PairMeans {
                off_diagonal,
                with_diagonal,
            },
        ) in means
        {
            let theirs = |key: &str| file[what].get(key).cloned().unwrap_or(Value::Null);
            check(&format!("{what}.{key}"), &theirs(key), vec![off_diagonal])?;
            let key = format!("{key}_with_diagonal");
            check(&format!("{what}.{key}"), &theirs(&key), vec![with_diagonal])?;
        }
    }
    check(
        "rate_E_Hz_second_half",
        &file["rate_E_Hz_second_half"],
        vec![hz(0..e)],
    )?;
    check(
        "rate_I_Hz_second_half",
        &file["rate_I_Hz_second_half"],
        vec![hz(e..n)],
    )?;
    Ok(compare.checks)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(text: &str, verify: fn(&Value) -> Result<Vec<Check>, CaseError>) -> Vec<Check> {
        let checks = verify(&serde_json::from_str(text).unwrap()).unwrap();
        assert!(!checks.is_empty());
        checks.into_iter().filter(|check| !check.passed()).collect()
    }

    #[test]
    fn analysis_of_the_reference() {
        let text = include_str!("../../../../tests/reference/balanced/analysis_case.json");
        assert_eq!(failed(text, verify_analysis), []);
    }
}
