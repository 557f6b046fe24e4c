//! Loops over whole arrays, compiled for several instruction sets, with the same bits on each:
//! sums run in sixteen fixed lanes of `f64`, and nothing is contracted to fused multiply-add.

use multiversion::multiversion;

use super::real::Real;

const LANES: usize = 16;

/// `sum f(x_i, y_i)` in double precision.
#[inline(always)]
fn sum_over<T: Real>(x: &[T], y: &[T], f: impl Fn(f64, f64) -> f64) -> f64 {
    let mut lanes = [0.0; LANES];
    let (x_rows, x_rest) = x.as_chunks::<LANES>();
    let (y_rows, y_rest) = y.as_chunks::<LANES>();
    for (x, y) in x_rows.iter().zip(y_rows) {
        for i in 0..LANES {
            lanes[i] += f(x[i].f64(), y[i].f64());
        }
    }
    for (i, (x, y)) in x_rest.iter().zip(y_rest).enumerate() {
        lanes[i] += f(x.f64(), y.f64());
    }
    lanes.iter().sum()
}

/// `sum x_i^2`.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma"
))]
pub fn sum_squares<T: Real>(x: &[T]) -> f64 {
    sum_over(x, x, |x, _| x * x)
}

/// `sum x_i y_i`.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma"
))]
pub fn dot<T: Real>(x: &[T], y: &[T]) -> f64 {
    sum_over(x, y, |x, y| x * y)
}

/// `sum (p x_i - q y_i)^2`.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma"
))]
pub fn sum_squared_difference<T: Real>(x: &[T], p: f64, y: &[T], q: f64) -> f64 {
    sum_over(x, y, |x, y| {
        let d = p * x - q * y;
        d * d
    })
}

/// How many of the pairs have the same sign (0 equals 0 only).
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma"
))]
pub fn same_signs<T: Real>(x: &[T], y: &[T]) -> f64 {
    let sign = |v: f64| f64::from(i8::from(v > 0.0) - i8::from(v < 0.0));
    sum_over(x, y, |x, y| if sign(x) == sign(y) { 1.0 } else { 0.0 })
}

/// `z = x * y`, elementwise.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma"
))]
pub fn multiply<T: Real>(x: &[T], y: &[T], z: &mut [T]) {
    for ((x, y), z) in x.iter().zip(y).zip(z) {
        *z = *x * *y;
    }
}

/// `x *= y`, elementwise.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma"
))]
pub fn multiply_assign<T: Real>(x: &mut [T], y: &[T]) {
    for (x, y) in x.iter_mut().zip(y) {
        *x *= *y;
    }
}

/// `x *= factor`.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma"
))]
pub fn scale<T: Real>(x: &mut [T], factor: T) {
    for x in x {
        *x *= factor;
    }
}

/// `x = keep x + gain y`.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma"
))]
pub fn blend<T: Real>(x: &mut [T], keep: T, y: &[T], gain: T) {
    for (x, y) in x.iter_mut().zip(y) {
        *x = keep * *x + gain * *y;
    }
}

/// `v += p x - q y`.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma"
))]
pub fn relax<T: Real>(v: &mut [T], x: &[T], p: T, y: &[T], q: T) {
    for ((v, x), y) in v.iter_mut().zip(x).zip(y) {
        *v += p * *x - q * *y;
    }
}

/// `z = x - y`.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma"
))]
pub fn subtract<T: Real>(x: &[T], y: &[T], z: &mut [T]) {
    for ((x, y), z) in x.iter().zip(y).zip(z) {
        *z = *x - *y;
    }
}

/// Adds `row` to every row of `x`.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma"
))]
pub fn add_to_rows<T: Real>(x: &mut [T], row: &[T]) {
    for x in x.chunks_exact_mut(row.len()) {
        for (x, b) in x.iter_mut().zip(row) {
            *x += *b;
        }
    }
}

/// Adds `bias[o]` to every one of the `positions` numbers of map `o`, sample by sample.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma"
))]
pub fn add_to_maps<T: Real>(x: &mut [T], bias: &[T], positions: usize) {
    for (map, b) in x.chunks_exact_mut(positions).zip(bias.iter().cycle()) {
        for x in map {
            *x += *b;
        }
    }
}

/// The sum of the rows of `x`, put into `total` or, where `add`, added to it.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma"
))]
pub fn sum_rows<T: Real>(x: &[T], total: &mut [T], add: bool) {
    if !add {
        total.fill(T::zero());
    }
    for x in x.chunks_exact(total.len()) {
        for (t, x) in total.iter_mut().zip(x) {
            *t += *x;
        }
    }
}

/// The index of the first number that is NaN or infinite.
pub fn first_non_finite<T: Real>(x: &[T]) -> Option<usize> {
    x.iter().position(|x| !x.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_take_in_every_element_and_no_other() {
        for n in [0usize, 1, 15, 16, 17, 40] {
            let x: Vec<f32> = (0..n).map(|i| i as f32 - 3.0).collect();
            let y: Vec<f32> = (0..n).map(|i| 2.0 - 0.5 * i as f32).collect();
            let direct: f64 = x.iter().zip(&y).map(|(x, y)| f64::from(x * y)).sum();
            assert_eq!(dot(&x, &y), direct, "n {n}");
            assert_eq!(sum_squares(&x), dot(&x, &x));
            let apart = sum_squared_difference(&x, 1.0, &y, 1.0);
            let by_parts = sum_squares(&x) - 2.0 * dot(&x, &y) + sum_squares(&y);
            assert!((apart - by_parts).abs() < 1e-9, "n {n}");
        }
        assert_eq!(
            same_signs(&[1.0, -1.0, 0.0, 2.0], &[3.0, 1.0, 0.0, 0.0]),
            2.0
        );
    }
}
