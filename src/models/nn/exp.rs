//! Exponential, hyperbolic tangent and logarithm in single precision, as plain arithmetic.
//!
//! The C library's functions are calls that no compiler vectorises, and they differ between
//! libraries. These are branch-free polynomials: they vectorise inside the kernels, and every
//! instruction set gives the same bits.

/// Adding and subtracting `1.5 * 2^23` rounds to the nearest integer.
const ROUND: f32 = 12_582_912.0;
/// `ln 2` in two parts, the first exact in twelve bits, so that `n * HIGH` is exact.
const LN_2_HIGH: f32 = 0.693_359_4;
const LN_2_LOW: f32 = -2.121_944_4e-4;
const LN_2_INVERSE: f32 = std::f32::consts::LOG2_E;

/// `2^n` and `e^r - 1`, where `x = n ln 2 + r` and `|r| <= ln 2 / 2`; `x` in -87.3 to 88.3.
#[inline(always)]
fn split(x: f32) -> (f32, f32) {
    let shifted = x * LN_2_INVERSE + ROUND;
    let n = shifted - ROUND;
    let r = (x - n * LN_2_HIGH) - n * LN_2_LOW;
    // Taylor to the 7th order: the rest is below r^8/8! = 5e-9.
    let mut p = 1.0 / 5040.0;
    p = p * r + 1.0 / 720.0;
    p = p * r + 1.0 / 120.0;
    p = p * r + 1.0 / 24.0;
    p = p * r + 1.0 / 6.0;
    p = p * r + 0.5;
    let tail = p * r * r + r;
    let exponent = shifted
        .to_bits()
        .wrapping_sub(ROUND.to_bits())
        .wrapping_add(127);
    (f32::from_bits(exponent << 23), tail)
}

/// `e^x` within 1.2e-7 of relative error; 0 below -87.3, infinite above 88.3.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    let inside = if x > -87.3 { x } else { -87.3 };
    let inside = if inside < 88.3 { inside } else { 88.3 };
    let (scale, tail) = split(inside);
    let mut y = scale * tail + scale;
    if x > 88.3 {
        y = f32::INFINITY;
    }
    if x < -87.3 {
        y = 0.0;
    }
    if x.is_nan() { x } else { y }
}

/// `2^x` within 2.5e-7 of relative error, for `x` held between -125 and 127; some number for NaN.
#[inline(always)]
pub fn exp2_held(x: f32) -> f32 {
    let inside = if x > -125.0 { x } else { -125.0 };
    let inside = if inside < 127.0 { inside } else { 127.0 };
    let shifted = inside + ROUND;
    let f = inside - (shifted - ROUND);
    // The polynomial of degree 5 that begins as 2^f does and is nearest to it in relative terms,
    // |f| <= 1/2: within 1.1e-7. Pairs of terms, so that few operations wait for each other.
    let square = f * f;
    let low = f * std::f32::consts::LN_2 + 1.0;
    let middle = f * 5.550_558_5e-2 + 2.402_228_3e-1;
    let high = f * 1.330_060_9e-3 + 9.669_691e-3;
    let p = (high * square + middle) * square + low;
    f32::from_bits(p.to_bits().wrapping_add(shifted.to_bits() << 23))
}

/// `tanh x` within 2.5e-7 of relative error, small `x` included.
#[inline(always)]
pub fn tanh(x: f32) -> f32 {
    // tanh x = m / (m + 2) with m = e^2x - 1 = 2^n (e^r - 1) + (2^n - 1), which keeps small x.
    let inside = if x < 9.5 { x } else { 9.5 };
    let inside = if inside > -9.5 { inside } else { -9.5 };
    let (scale, tail) = split(inside + inside);
    let m = scale * tail + (scale - 1.0);
    let y = m / (m + 2.0);
    if x.is_nan() { x } else { y }
}

/// `ln(1 + u)` for `0 <= u <= 1` within 2e-7 of relative error.
#[inline(always)]
pub fn ln_1p_unit(u: f32) -> f32 {
    // ln(1 + u) = 2 artanh s with s = u / (2 + u) <= 1/3; the rest is below s^16/17 = 2e-9.
    let s = u / (2.0 + u);
    let q = s * s;
    let mut p = 1.0 / 15.0;
    p = p * q + 1.0 / 13.0;
    p = p * q + 1.0 / 11.0;
    p = p * q + 1.0 / 9.0;
    p = p * q + 1.0 / 7.0;
    p = p * q + 1.0 / 5.0;
    p = p * q + 1.0 / 3.0;
    2.0 * (s + s * q * p)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The largest relative error over `0..count` points of `at`.
    fn worst(count: u32, at: impl Fn(u32) -> f32, f: fn(f32) -> f32, g: fn(f64) -> f64) -> f64 {
        (0..count)
            .map(at)
            .map(|x| {
                let (ours, exact) = (f64::from(f(x)), g(f64::from(x)));
                ((ours - exact) / exact).abs()
            })
            .fold(0.0, f64::max)
    }

    #[test]
    fn exp_is_within_two_units_of_the_last_place() {
        let error = worst(200_000, |i| -87.0 + 175.0 * i as f32 / 2e5, exp, f64::exp);
        assert!(error < 1.5e-7, "{error}");
        assert_eq!(exp(0.0), 1.0);
        assert_eq!(exp(-1e9), 0.0);
        assert_eq!(exp(f32::NEG_INFINITY), 0.0);
        assert_eq!(exp(1e9), f32::INFINITY);
        assert!(exp(f32::NAN).is_nan());
    }

    #[test]
    fn exp2_is_within_four_units_of_the_last_place_and_held_at_the_ends() {
        let error = worst(
            200_000,
            |i| -125.0 + 252.0 * i as f32 / 2e5,
            exp2_held,
            f64::exp2,
        );
        assert!(error < 2.5e-7, "{error}");
        assert_eq!(exp2_held(0.0), 1.0);
        assert_eq!(exp2_held(1e9), exp2_held(127.0));
        assert_eq!(exp2_held(-1e9), exp2_held(-125.0));
    }

    #[test]
    fn tanh_keeps_its_relative_precision_near_zero_and_saturates() {
        let error = worst(200_000, |i| 1e-6 + 10.0 * i as f32 / 2e5, tanh, f64::tanh);
        assert!(error < 3e-7, "{error}");
        let tiny = worst(1000, |i| 1e-30 * (i + 1) as f32, tanh, f64::tanh);
        assert!(tiny < 1.3e-7, "{tiny}");
        for x in [0.3f32, 2.0, 50.0] {
            assert!((tanh(-x) + tanh(x)).abs() <= 1.3e-7, "not odd at {x}");
        }
        assert_eq!(tanh(1e30), 1.0);
        assert_eq!(tanh(0.0), 0.0);
        assert!(tanh(f32::NAN).is_nan());
    }

    #[test]
    fn ln_1p_is_exact_to_single_precision_on_the_unit_interval() {
        let at = |i| (i + 1) as f32 / 2e5;
        let error = worst(200_000, at, ln_1p_unit, f64::ln_1p);
        assert!(error < 3e-7, "{error}");
        assert_eq!(ln_1p_unit(0.0), 0.0);
    }
}
