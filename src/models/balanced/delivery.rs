//! Delivery of spikes: the weights of a column are added to the currents of its targets.

use multiversion::multiversion;

use super::wires::Index;
use crate::models::nn::real::Real;

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma"
))]
pub(super) fn add_uniform<T: Real, I: Index>(
    targets: &[I],
    starts: &[usize],
    fired: &[u32],
    offset: usize,
    weight: T,
    current: &mut [T],
) {
    for &cell in fired {
        let k = cell as usize - offset;
        fetch::<T, I>(&targets[starts[k]..starts[k + 1]], &[]);
    }
    for &cell in fired {
        let k = cell as usize - offset;
        for target in &targets[starts[k]..starts[k + 1]] {
            current[target.at()] += weight;
        }
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma"
))]
pub(super) fn add_each<T: Real, I: Index>(
    targets: &[I],
    starts: &[usize],
    fired: &[u32],
    offset: usize,
    weights: &[T],
    current: &mut [T],
) {
    for &cell in fired {
        let k = cell as usize - offset;
        let column = starts[k]..starts[k + 1];
        for (target, weight) in targets[column.clone()].iter().zip(&weights[column]) {
            current[target.at()] += *weight;
        }
    }
}

/// Reads an element of each cache line of a column, so that all lines are on their way from memory
/// at once before the column is worked on.
#[inline(always)]
pub(super) fn fetch<T: Real, I: Index>(targets: &[I], weights: &[T]) {
    let lines = |bytes: usize| 64 / bytes;
    let targets = targets.iter().step_by(lines(size_of::<I>()));
    let weights = weights.iter().step_by(lines(size_of::<T>()));
    std::hint::black_box(targets.fold(0, |sum, target| sum + target.at()));
    std::hint::black_box(weights.fold(T::zero(), |sum, weight| sum + *weight));
}
