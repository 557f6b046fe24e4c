//! Delivery of spikes: the weights of a column are added to the charges of its targets.

use multiversion::multiversion;
use prefetch_index::prefetch_index;

use super::wires::Index;
use crate::models::nn::real::Real;

/// Targets that are worked on between two looks at the end of a column.
pub(super) const UNROLLED: usize = 4;

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
    charges: &mut [T],
) {
    for (i, &cell) in fired.iter().enumerate() {
        if let Some(&next) = fired.get(i + 1) {
            let k = next as usize - offset;
            fetch(&targets[starts[k]..starts[k + 1]]);
        }
        let k = cell as usize - offset;
        let (several, rest) = targets[starts[k]..starts[k + 1]].as_chunks::<UNROLLED>();
        for targets in several {
            for target in targets {
                charges[target.at()] += weight;
            }
        }
        for target in rest {
            charges[target.at()] += weight;
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
    (weights, unit): (&[T], T),
    charges: &mut [T],
) {
    for &cell in fired {
        let k = cell as usize - offset;
        let column = starts[k]..starts[k + 1];
        for (target, weight) in targets[column.clone()].iter().zip(&weights[column]) {
            charges[target.at()] += *weight * unit;
        }
    }
}

/// Adds what arrives at each target to its charge.
#[inline(never)]
pub(super) fn scatter<T: Real, I: Index>(targets: &[I], arriving: &[T], charges: &mut [T]) {
    let (several, rest) = targets.as_chunks::<UNROLLED>();
    let (of_several, of_rest) = arriving.as_chunks::<UNROLLED>();
    for (targets, arriving) in several.iter().zip(of_several) {
        for i in 0..UNROLLED {
            charges[targets[i].at()] += arriving[i];
        }
    }
    for (target, arriving) in rest.iter().zip(of_rest) {
        charges[target.at()] += *arriving;
    }
}

/// Asks for each cache line of a column, so that it is on its way from memory while other columns
/// are worked on.
#[inline(always)]
pub(super) fn fetch<A>(column: &[A]) {
    for first in (0..column.len()).step_by(64 / size_of::<A>()) {
        prefetch_index(column, first);
    }
}
