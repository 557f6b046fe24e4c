//! What can be predicted without running: the closed form of FixedPred, and when Strict is stable.

/// The coefficients `c_1 .. c_L` by which FixedPred's errors are multiples of the
/// backpropagated ones.
///
/// ```text
/// e_l(k) = c_l(k) delta_l
/// c_L = 1,  c_l(0) = 0,  c_l(k+1) = (1 - eta s_l) c_l(k) + eta s_{l+1} c_{l+1}(k)
/// ```
///
/// `s` are the precisions. With all of them 1 and `0 <= eta <= 1`, `c_l(k)` is the probability
/// that a binomial number of `k` trials with success `eta` reaches `L - l`. It depends neither on
/// data nor on weights. Source: Rosenbaum (2022), PLoS ONE 17:e0266102, whose theorem (`eta` 1,
/// `n >= L` gives backpropagation) is the corner of it; the recursion is derived from the
/// algorithm itself, `e = vhat - v`.
pub fn coefficients(eta: f64, precision: &[f64], updates: usize) -> Vec<f64> {
    let mut c = start(precision.len());
    for _ in 0..updates {
        update(&mut c, eta, precision);
    }
    c
}

/// The coefficients before the first update.
pub fn start(depth: usize) -> Vec<f64> {
    let mut c = vec![0.0; depth];
    if let Some(top) = c.last_mut() {
        *top = 1.0;
    }
    c
}

/// One update with this `eta`, which may differ from that of the update before.
pub fn update(c: &mut [f64], eta: f64, precision: &[f64]) {
    // Upwards, so that every layer takes in the value that the one above had before.
    for l in 0..c.len().saturating_sub(1) {
        c[l] = (1.0 - eta * precision[l]) * c[l] + eta * precision[l + 1] * c[l + 1];
    }
}

/// The relative error of the gradient of a layer with coefficient `c` and precision `s`.
pub fn relative_error(c: f64, s: f64) -> f64 {
    (1.0 - s * c).abs()
}

/// The largest `eta` for which Strict's sweeps are sure not to grow.
///
/// ```text
/// eta < 2 / (s_max (1 + sigma_max)^2)
/// ```
///
/// The energy's Hessian in the beliefs is `D^T D` up to second derivatives of the layers, with `D`
/// bidiagonal: 1 on the diagonal and `-J_l`, `l = 2 .. L-1`, below it; its largest eigenvalue is at
/// most `(1 + sigma_max)^2`. The output layer enters through the loss instead of a square: as
/// `sqrt(h) J_L`, with `h` the largest curvature of the loss. `sigma` are the largest singular
/// values of `J_2 .. J_L`.
pub fn eta_limit(sigma: &[f64], curvature: f64, precision: &[f64]) -> f64 {
    let Some((top, hidden)) = sigma.split_last() else {
        return f64::INFINITY;
    };
    let largest = hidden.iter().fold(top * curvature.sqrt(), |a, &b| a.max(b));
    let stiffest = precision.iter().fold(0.0, |a: f64, &b| a.max(b));
    2.0 / (stiffest * (1.0 + largest).powi(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// P[Binomial(n, p) >= j], summed from its definition.
    fn tail(n: usize, p: f64, j: usize) -> f64 {
        let choose = |k: usize| (0..k).fold(1.0, |c, i| c * (n - i) as f64 / (i + 1) as f64);
        (j..=n)
            .map(|k| choose(k) * p.powi(k as i32) * (1.0 - p).powi((n - k) as i32))
            .sum()
    }

    #[test]
    fn coefficients_are_binomial_tails() {
        for (depth, eta, k) in [(5, 0.1, 19), (4, 0.35, 12), (6, 0.2, 40), (3, 1.0, 2)] {
            let c = coefficients(eta, &vec![1.0; depth], k);
            for l in 1..=depth {
                let exact = tail(k, eta, depth - l);
                assert!((c[l - 1] - exact).abs() < 1e-12, "L {depth} l {l}");
            }
        }
    }

    /// The table of the science page, which rounds to five digits.
    #[test]
    fn the_published_relative_errors() {
        let c = coefficients(0.1, &[1.0; 5], 19);
        for (c, published) in c.iter().zip([0.88500, 0.70544, 0.42026, 0.13509, 0.0]) {
            assert!((relative_error(*c, 1.0) - published).abs() < 6e-6);
        }
    }

    /// With precisions the fixed point is `s_l c_l = s_L c_L`; unequal ones, so that a shifted
    /// index shows.
    #[test]
    fn precisions_move_the_fixed_point() {
        let s = [0.7, 2.5, 1.3, 1.0];
        let c = coefficients(0.3, &s, 2000);
        for (c, s) in c.iter().zip(s) {
            assert!((c * s - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn the_limit_of_a_linear_chain_is_not_above_its_true_limit() {
        // One unit a layer, weights w: D^T D is tridiagonal; its largest eigenvalue by iteration.
        let (w, h) = ([1.7, 0.4, 2.2], 0.3f64);
        let hessian = |u: [f64; 3]| {
            // Residuals -u1, w0 u1 - u2, w1 u2 - u3, sqrt(h) w2 u3.
            let (r2, r3, r4) = (w[0] * u[0] - u[1], w[1] * u[1] - u[2], h * w[2] * u[2]);
            [u[0] + w[0] * r2, w[1] * r3 - r2, w[2] * r4 - r3]
        };
        let mut u = [1.0, -1.0, 1.0];
        let mut norm = 0.0;
        for _ in 0..1000 {
            let v = hessian(u);
            norm = v.iter().map(|x| x * x).sum::<f64>().sqrt();
            u = v.map(|x| x / norm);
        }
        let limit = eta_limit(&w, h, &[1.0; 4]);
        assert!(limit <= 2.0 / norm, "{limit} {}", 2.0 / norm);
        assert!(limit > 0.5 * 2.0 / norm);
    }
}
