//! The nonlinearities of this family.

use multiversion::multiversion;

use crate::models::nn::real::Real;

/// Softplus in its exact form, everywhere bent, with its slope.
///
/// ```text
/// y = ln(1 + e^(beta z)) / beta          slope = 1 / (1 + e^(-beta z)) = 1 - e^(-beta y)
/// ```
/// Predictive coding has PyTorch's form instead
/// ([`Activation::Softplus`](crate::models::nn::activation::Activation::Softplus)), which is
/// straight where `beta z > 20`; the two differ by up to `2.1e-9 / beta`.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma"
))]
pub fn exact_softplus<T: Real>(beta: T, z: &[T], y: &mut [T], slope: &mut [T]) {
    let inverse = T::one() / beta;
    for ((z, y), slope) in z.iter().zip(y).zip(slope) {
        let x = beta * *z;
        let positive = x > T::zero();
        // With u = e^-|x| nothing overflows: ln(1 + e^x) = max(x, 0) + ln(1 + u).
        let u = (if positive { -x } else { x }).exp();
        let rest = u.ln_1p_unit();
        *y = (if positive { x + rest } else { rest }) * inverse;
        let share = T::one() / (T::one() + u);
        *slope = if positive { share } else { u * share };
    }
}

/// The factor by which the errors of the input layer are multiplied: `1 - e^(-beta x)`, the slope
/// that a softplus unit with this output would have; exactly 0 where a pixel is 0.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma"
))]
pub fn input_slope<T: Real>(beta: T, x: &[T], slope: &mut [T]) {
    for (x, slope) in x.iter().zip(slope) {
        *slope = T::one() - (-(beta * *x)).exp();
    }
}

/// `p = e^z / sum e^z`, shifted so that nothing overflows.
pub fn softmax<T: Real>(z: &[T], p: &mut [T]) {
    let top = z
        .iter()
        .copied()
        .fold(z[0], |a, b| if b > a { b } else { a });
    let mut total = 0.0;
    for (z, p) in z.iter().zip(p.iter_mut()) {
        *p = (*z - top).exp();
        total += p.f64();
    }
    let share = T::of(1.0 / total);
    for p in p {
        *p *= share;
    }
}

/// `-ln softmax(z)[label]` in double precision.
pub fn cross_entropy<T: Real>(z: &[T], label: usize) -> f64 {
    let top = z.iter().map(|z| z.f64()).fold(f64::NEG_INFINITY, f64::max);
    let total: f64 = z.iter().map(|z| (z.f64() - top).exp()).sum();
    total.ln() - (z[label].f64() - top)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::nn::activation::SOFTPLUS;

    fn exact(z: f64) -> (f64, f64) {
        let (mut y, mut slope) = ([0.0], [0.0]);
        exact_softplus(10.0, &[z], &mut y, &mut slope);
        (y[0], slope[0])
    }

    fn pytorch(z: f64) -> (f64, f64) {
        let (mut y, mut slope) = ([z], [0.0]);
        SOFTPLUS.apply(&mut y, &mut slope);
        (y[0], slope[0])
    }

    /// Values of ln(1 + e^(10 z)) / 10 from 50-digit arithmetic, and PyTorch's beyond its
    /// threshold: each function meets its own to the reference cases' 1e-11 and misses the other's.
    #[test]
    fn each_softplus_fails_the_cases_of_the_other() {
        for (z, excess) in [
            (2.01, 1.865_008_920_2e-10),
            (2.05, 1.250_152_865_6e-10),
            (2.1, 7.582_560_425_0e-11),
        ] {
            let (bent, straight) = (z + excess, z);
            assert!((exact(z).0 - bent).abs() < 1e-14, "{z}");
            assert!((pytorch(z).0 - straight).abs() < 1e-14, "{z}");
            assert!((exact(z).0 - straight).abs() > 5e-11, "{z}");
            assert!((pytorch(z).0 - bent).abs() > 5e-11, "{z}");
            assert!(exact(z).1 < 1.0 && pytorch(z).1 == 1.0);
        }
    }

    #[test]
    fn slope_is_the_derivative_and_a_function_of_the_output() {
        for z in [-1.3, -0.2, 0.0, 0.07, 0.9, 2.4] {
            let h = 1e-6;
            let numeric = (exact(z + h).0 - exact(z - h).0) / (2.0 * h);
            let (y, slope) = exact(z);
            assert!((slope - numeric).abs() < 1e-8, "{z}");
            let mut by_output = [0.0];
            input_slope(10.0, &[y], &mut by_output);
            assert!((slope - by_output[0]).abs() < 1e-15, "{z}");
        }
        let mut none = [1.0f32];
        input_slope(10.0, &[0.0], &mut none);
        assert_eq!(none, [0.0]);
    }

    #[test]
    fn probabilities_survive_large_logits() {
        let mut p = [0.0f32; 3];
        softmax(&[1e4, 1e4, -1e4], &mut p);
        assert_eq!(p, [0.5, 0.5, 0.0]);
        assert_eq!(cross_entropy(&[1e4f32, 1e4, -1e4], 2), 2e4 + 2f64.ln());
    }
}
