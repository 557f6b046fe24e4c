//! Elementwise nonlinearities, with their slope at the same point.

use multiversion::multiversion;

use super::real::Real;

/// A nonlinearity applied to each unit.
///
/// ```text
/// identity   a
/// tanh       tanh a                         slope 1 - y^2
/// relu       max(a, 0)                      slope 1 where a > 0, else 0 (0 at 0)
/// softplus   ln(1 + e^(beta a)) / beta      slope 1 / (1 + e^(-beta a))
///            a where beta a > 20            slope 1   (PyTorch's threshold)
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Activation {
    Identity,
    Tanh,
    Relu,
    /// The larger `beta`, the sharper the bend.
    Softplus {
        beta: f64,
    },
}

/// The softplus of Torch2PC's experiments.
pub const SOFTPLUS: Activation = Activation::Softplus { beta: 10.0 };

/// Where PyTorch's softplus becomes straight, in `beta a`.
const THRESHOLD: f64 = 20.0;

impl Activation {
    pub fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Tanh => "tanh",
            Self::Relu => "relu",
            Self::Softplus { .. } => "softplus",
        }
    }

    /// Replaces every `a` by `phi(a)` and writes `phi'(a)`; the identity leaves both alone.
    pub fn apply<T: Real>(self, a: &mut [T], slope: &mut [T]) {
        match self {
            Self::Identity => {}
            Self::Tanh => tanh(a, slope),
            Self::Relu => relu(a, slope),
            Self::Softplus { beta } => softplus(T::of(beta), a, slope),
        }
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma"
))]
fn tanh<T: Real>(a: &mut [T], slope: &mut [T]) {
    for (a, slope) in a.iter_mut().zip(slope) {
        let y = a.tanh();
        *a = y;
        *slope = T::one() - y * y;
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma"
))]
fn relu<T: Real>(a: &mut [T], slope: &mut [T]) {
    for (a, slope) in a.iter_mut().zip(slope) {
        let on = *a > T::zero();
        *slope = if on { T::one() } else { T::zero() };
        // A NaN must stay one: it would otherwise end here unseen.
        *a = if *a < T::zero() { T::zero() } else { *a };
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma"
))]
fn softplus<T: Real>(beta: T, a: &mut [T], slope: &mut [T]) {
    let threshold = T::of(THRESHOLD);
    for (a, slope) in a.iter_mut().zip(slope) {
        let z = beta * *a;
        let positive = z > T::zero();
        // With u = e^-|z| nothing overflows: ln(1 + e^z) = max(z, 0) + ln(1 + u).
        let u = (if positive { -z } else { z }).exp();
        let rest = u.ln_1p_unit();
        let y = (if positive { z + rest } else { rest }) / beta;
        let share = T::one() / (T::one() + u);
        let bent = if positive { share } else { u * share };
        let linear = z > threshold;
        *slope = if linear { T::one() } else { bent };
        *a = if linear { *a } else { y };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(activation: Activation, x: f64) -> (f64, f64) {
        let (mut a, mut slope) = ([x], [1.0]);
        activation.apply(&mut a, &mut slope);
        (a[0], slope[0])
    }

    #[test]
    fn softplus_is_bent_up_to_the_threshold_and_straight_beyond() {
        for beta in [10.0, 4.0] {
            let softplus = Activation::Softplus { beta };
            let edge = 20.0 / beta;
            let (below, above) = (edge - 1e-9, edge + 1e-9);
            let exact = (beta * below).exp().ln_1p() / beta;
            assert!((both(softplus, below).0 - exact).abs() < 1e-15 * exact);
            assert!(both(softplus, below).0 > below);
            assert_eq!(both(softplus, above), (above, 1.0));
            let (y, slope) = both(softplus, -0.3);
            assert!((y - (-0.3 * beta).exp().ln_1p() / beta).abs() < 1e-16);
            assert!((slope - 1.0 / (1.0 + (0.3 * beta).exp())).abs() < 1e-15);
        }
    }

    #[test]
    fn relu_has_no_slope_at_zero() {
        assert_eq!(both(Activation::Relu, 0.0), (0.0, 0.0));
        assert_eq!(both(Activation::Relu, 1e-300), (1e-300, 1.0));
        assert_eq!(both(Activation::Relu, -1.0), (0.0, 0.0));
        assert!(both(Activation::Relu, f64::NAN).0.is_nan());
    }

    #[test]
    fn slopes_are_the_derivative() {
        for activation in [Activation::Tanh, Activation::Relu, SOFTPLUS] {
            for x in [-0.9, -0.11, 0.07, 0.6, 1.9, 2.3] {
                let h = 1e-6;
                let numeric = (both(activation, x + h).0 - both(activation, x - h).0) / (2.0 * h);
                let slope = both(activation, x).1;
                assert!((slope - numeric).abs() < 1e-8, "{activation:?} at {x}");
            }
        }
    }

    #[test]
    fn single_precision_agrees_with_double() {
        for activation in [Activation::Tanh, Activation::Relu, SOFTPLUS] {
            for i in -300..300 {
                let x = i as f32 / 100.0;
                let (mut a, mut slope) = ([x], [1.0f32]);
                activation.apply(&mut a, &mut slope);
                let (y, s) = both(activation, f64::from(x));
                assert!((f64::from(a[0]) - y).abs() < 3e-7, "{activation:?} at {x}");
                assert!(
                    (f64::from(slope[0]) - s).abs() < 1e-6,
                    "{activation:?} at {x}"
                );
            }
        }
    }
}
