//! Sums over cells in double precision, in a fixed order.

use multiversion::multiversion;

use crate::models::nn::real::Real;

const LANES: usize = 16;

/// `sum x_i`, in sixteen lanes: the same bits on every instruction set.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma"
))]
pub fn sum<T: Real>(x: &[T]) -> f64 {
    let mut lanes = [0.0; LANES];
    let (whole, rest) = x.as_chunks::<LANES>();
    for x in whole {
        for i in 0..LANES {
            lanes[i] += x[i].f64();
        }
    }
    for (lane, x) in lanes.iter_mut().zip(rest) {
        *lane += x.f64();
    }
    lanes.iter().sum()
}

/// Whether every number lies in `-bound..=bound`; NaN does not.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma"
))]
pub fn all_within<T: Real>(x: &[T], bound: T) -> bool {
    let low = -bound;
    let mut all = true;
    for x in x {
        all &= *x >= low && *x <= bound;
    }
    all
}
