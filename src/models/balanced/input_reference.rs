//! Reference statistics of the external layer, of the format `balanced-input-1`.

use serde_json::Value;

use super::input::{Input, Law};
use crate::models::fields::At;
use crate::models::{CaseError, Check};

pub const FORMAT: &str = "balanced-input-1";

/// Of the sets, and of what is drawn.
const SEED: u64 = 1;
const MOST_NEURONS: usize = 100_000;
/// The most spikes that are drawn for a set.
const MOST_SPIKES: f64 = 1e9;

/// The file gives no tolerance for the variance of counts. Were all trains the same, that of 800
/// windows would have a standard error of 5 %; this is twice as much.
const VARIANCE: f64 = 0.1;

/// Draws each set of trains and compares rate, count variance and count covariance.
/// # Errors
/// Names the field of a malformed file.
pub fn verify(file: &Value) -> Result<Vec<Check>, CaseError> {
    let mut checks = Vec::new();
    for set in At::root(file).get("sets").items()? {
        check(&set, &mut checks)?;
    }
    Ok(checks)
}

fn check(set: &At<'_>, checks: &mut Vec<Check>) -> Result<(), CaseError> {
    let positive = |key: &str| {
        let at = set.get(key);
        let x = at.real()?;
        if x > 0.0 && x.is_finite() {
            Ok(x)
        } else {
            at.wrong("must be above 0")
        }
    };
    let law = Law {
        neurons: set.get("Nx").whole(MOST_NEURONS)?,
        rate: positive("rx_kHz")?,
        c: set.get("c").real()?,
        tau_jitter: set.get("tau_jitter").real()?,
    };
    if !(0.0..=1.0).contains(&law.c) {
        return set.get("c").wrong("must be from 0 to 1");
    }
    if law.tau_jitter < 0.0 {
        return set.get("tau_jitter").wrong("must not be negative");
    }
    if law.neurons < 2 {
        return set.get("Nx").wrong("must be at least 2, for a covariance");
    }
    let (duration, window) = (positive("T")?, positive("win")?);
    if law.rate * law.neurons as f64 * duration > MOST_SPIKES {
        return set.get("T").wrong("is too long for so many spikes");
    }
    if duration < 2.0 * window {
        return set.get("T").wrong("must be at least two windows");
    }
    let ours = measure(law, duration, window);
    let tolerance = set.get("tol");
    let mut push = |quantity: &str, deviation: f64, bound: f64| {
        checks.push(Check {
            path: "f64".into(),
            quantity: format!("c={}.{quantity}", law.c),
            deviation,
            bound,
        });
    };
    let relative = |ours: f64, theirs: f64| (ours - theirs).abs() / theirs.abs();
    let rate = set.get("mean_rate_kHz").real()?;
    push(
        "mean_rate",
        relative(ours.rate, rate),
        tolerance.get("mean_rate_rel").real()?,
    );
    push(
        "count_var",
        relative(ours.variance, set.get("count_var").real()?),
        VARIANCE,
    );
    let covariance = set.get("count_cov_exact").real()?;
    if covariance == 0.0 {
        push(
            "count_cov",
            ours.covariance.abs(),
            tolerance.get("count_cov_abs_c0").real()?,
        );
    } else {
        let bound = tolerance.get("count_cov_rel").real()?;
        push("count_cov", relative(ours.covariance, covariance), bound);
        let correlation = set.get("count_corr_exact").real()?;
        push(
            "count_corr",
            relative(ours.covariance / ours.variance, correlation),
            bound,
        );
    }
    Ok(())
}

struct Measured {
    rate: f64,
    /// Mean over trains of the variance of counts, and over pairs of their covariance.
    variance: f64,
    covariance: f64,
}

fn measure(law: Law, duration: f64, window: f64) -> Measured {
    let windows = (duration / window) as usize;
    let mut input = Input::new(law, SEED, "external");
    let (mut sum, mut squares) = (vec![0.0; law.neurons], vec![0.0; law.neurons]);
    let (mut total, mut total_squares) = (0.0, 0.0);
    let mut counts = vec![0u32; law.neurons];
    for w in 1..=windows {
        counts.fill(0);
        input.until(w as f64 * window, |neuron| counts[neuron] += 1);
        for (i, &count) in counts.iter().enumerate() {
            sum[i] += f64::from(count);
            squares[i] += f64::from(count).powi(2);
        }
        let all: f64 = counts.iter().map(|&count| f64::from(count)).sum();
        total += all;
        total_squares += all * all;
    }
    let (m, n) = (windows as f64, law.neurons as f64);
    let variance = |sum: f64, squares: f64| (squares - sum * sum / m) / (m - 1.0);
    let variances: f64 = sum
        .iter()
        .zip(&squares)
        .map(|(s, q)| variance(*s, *q))
        .sum();
    // The variance of the sum is that of the trains and all their covariances.
    let pairs = variance(total, total_squares) - variances;
    Measured {
        rate: total / (n * m * window),
        variance: variances / n,
        covariance: pairs / (n * (n - 1.0)),
    }
}
