//! Spike-count covariances of the balanced network, from the covariance of its external input.

use std::f64::consts::PI;

use rustfft::num_complex::Complex64;

use super::circuit::{Circuit, Matrix, Pair, determinant, solve};
use super::no_solution::NoSolution;
use super::rates::is_singular;

/// Points of the midpoint rule over half the frequency axis.
const POINTS: usize = 1500;

/// `M = W^{-1} Wx Wx^T W^{-T}`, by which the external covariance is passed on.
/// # Errors
/// When `W` is singular.
pub fn transfer(circuit: &Circuit) -> Result<Matrix, NoSolution> {
    let w = circuit.w();
    if is_singular(&w) {
        return Err(NoSolution::Singular {
            det: determinant(&w),
        });
    }
    let u = solve(&w, &circuit.wx());
    Ok(outer(u))
}

fn outer(u: Pair) -> Matrix {
    [[u[0] * u[0], u[0] * u[1]], [u[1] * u[0], u[1] * u[1]]]
}

/// Mean pairwise count covariance in windows of `window` ms, asynchronous and correlated input in
/// one.
///
/// ```text
/// C = window r_x (c + (1 - c) / N_x) M
/// ```
///
/// `c = 0` leaves the asynchronous `C = window r_x / (N q_x) M`, and the first term alone is the
/// correlated state. Holds for windows that are long against the synapses; neither the diagonal nor
/// intrinsic terms of order `1 / N` are in it. `n` may be infinite.
///
/// Source: Baker, Ebsch, Lampl and Rosenbaum, "Correlated states in balanced neuronal networks".
/// # Errors
/// When `W` is singular.
pub fn of_counts(circuit: &Circuit, n: f64, window: f64) -> Result<Matrix, NoSolution> {
    let share = circuit.c + (1.0 - circuit.c) / (n * circuit.qx);
    let m = transfer(circuit)?;
    Ok(m.map(|row| row.map(|m| window * circuit.rx * share * m)))
}

/// `A(f) = W(f)^{-1} Wx(f)`, the response of each population at frequency `f` (1/ms), with
/// `W_ab(f) = w_ab / (1 + 2 pi i f tau_b)`.
fn response(w: &Matrix, wx: &Pair, circuit: &Circuit, f: f64) -> [Complex64; 2] {
    let filter = |tau: f64| 1.0 / Complex64::new(1.0, 2.0 * PI * f * tau);
    let (e, i, x) = (
        filter(circuit.tau[0]),
        filter(circuit.tau[1]),
        filter(circuit.tau_x),
    );
    let (a, b, c, d) = (w[0][0] * e, w[0][1] * i, w[1][0] * e, w[1][1] * i);
    let (x0, x1) = (wx[0] * x, wx[1] * x);
    let det = a * d - b * c;
    [(d * x0 - b * x1) / det, (a * x1 - c * x0) / det]
}

/// Mean pairwise cross-spectrum at frequency `f` (1/ms), in 1/ms.
///
/// ```text
/// S_ab(f) = Re(A_a A_b*) r_x (c exp(-4 pi^2 f^2 tau_jitter^2) + (1 - c) / N_x)
/// ```
///
/// `n` may be infinite.
/// # Errors
/// When `W` is singular.
pub fn cross_spectrum(circuit: &Circuit, n: f64, f: f64) -> Result<Matrix, NoSolution> {
    transfer(circuit)?;
    let a = response(&circuit.w(), &circuit.wx(), circuit, f);
    let jitter = (-(2.0 * PI * f * circuit.tau_jitter).powi(2)).exp();
    let input = circuit.rx * (circuit.c * jitter + (1.0 - circuit.c) / (n * circuit.qx));
    let s = |i: usize, j: usize| (a[i] * a[j].conj()).re * input;
    Ok([[s(0, 0), s(0, 1)], [s(1, 0), s(1, 1)]])
}

/// The pair-based rules' share of the covariance, both sides of lag zero (1/ms).
///
/// ```text
/// K_ab = int exp(-|s| / tau) C_ab(s) ds
///      = int df 2 tau / (1 + (2 pi f tau)^2) Re(A_a A_b*) c r_x exp(-4 pi^2 f^2 tau_jitter^2)
/// ```
///
/// With `2 pi f tau = tan(theta)` the weight is constant in `theta` and the rest smooth.
/// # Errors
/// When `W` is singular.
pub fn stdp_overlap(circuit: &Circuit, tau_stdp: f64) -> Result<Matrix, NoSolution> {
    transfer(circuit)?;
    if circuit.c == 0.0 {
        return Ok([[0.0; 2]; 2]);
    }
    let (w, wx) = (circuit.w(), circuit.wx());
    let mut sum = [[0.0; 2]; 2];
    for point in 0..POINTS {
        let theta = (point as f64 + 0.5) / POINTS as f64 * PI / 2.0;
        let u = theta.tan();
        let jitter = (-(u * circuit.tau_jitter / tau_stdp).powi(2)).exp();
        if jitter < 1e-18 {
            break;
        }
        let a = response(&w, &wx, circuit, u / (2.0 * PI * tau_stdp));
        for (i, row) in sum.iter_mut().enumerate() {
            for (j, sum) in row.iter_mut().enumerate() {
                *sum += (a[i] * a[j].conj()).re * jitter;
            }
        }
    }
    let scale = circuit.c * circuit.rx / POINTS as f64;
    Ok(sum.map(|row| row.map(|sum| sum * scale)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_covariances_of_the_paper() {
        let mut circuit = Circuit::default();
        let c = of_counts(&circuit, 5000.0, 250.0).unwrap();
        assert!((c[1][1] - 0.006306228373702425).abs() < 1e-15);
        circuit.c = 0.1;
        let c = of_counts(&circuit, f64::INFINITY, 250.0).unwrap();
        assert!((c[0][0] - 0.0847837).abs() < 1e-7);
        assert!((c[0][1] - 0.2312284).abs() < 1e-7);
    }

    /// At frequency 0 the cross-spectrum is the count covariance of a window over its length.
    #[test]
    fn the_spectrum_begins_at_the_covariance() {
        let circuit = Circuit {
            c: 0.3,
            ..Circuit::default()
        };
        let (c, s) = (
            of_counts(&circuit, 3000.0, 1.0).unwrap(),
            cross_spectrum(&circuit, 3000.0, 0.0).unwrap(),
        );
        for a in 0..2 {
            for b in 0..2 {
                assert!((c[a][b] - s[a][b]).abs() < 1e-14);
            }
        }
    }

    /// Against a plain sum over frequency, far finer than any feature.
    #[test]
    fn the_overlap_is_the_integral_over_frequency() {
        let circuit = Circuit {
            c: 0.2,
            tau_jitter: 7.0,
            ..Circuit::default()
        };
        let tau = 60.0;
        let df = 2e-6;
        let mut sum = 0.0;
        for k in 0..100_000 {
            let f = (f64::from(k) + 0.5) * df;
            let s = cross_spectrum(&circuit, f64::INFINITY, f).unwrap();
            sum += 2.0 * df * 2.0 * tau / (1.0 + (2.0 * PI * f * tau).powi(2)) * s[0][1];
        }
        let k = stdp_overlap(&circuit, tau).unwrap()[0][1];
        assert!((k / sum - 1.0).abs() < 1e-6, "{k} {sum}");
    }
}
