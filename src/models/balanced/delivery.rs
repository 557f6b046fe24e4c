//! Delivery of spikes: the weights of a column are added to the charges of its targets.

use prefetch_index::prefetch_index;

use super::wires::Index;
use crate::models::nn::real::Real;

/// Targets that are worked on between two looks at the end of a column.
pub(super) const UNROLLED: usize = 4;

/// Adds the same weight to the charge of each target.
#[inline(never)]
pub(super) fn add_uniform<T: Real, I: Index>(targets: &[I], weight: T, charges: &mut [T]) {
    let (several, rest) = targets.as_chunks::<UNROLLED>();
    for targets in several {
        for target in targets {
            charges[target.at()] += weight;
        }
    }
    for target in rest {
        charges[target.at()] += weight;
    }
}

/// Adds the weight of each synapse, in units of which `unit` make a mV, to the charge of its target.
#[inline(never)]
pub(super) fn add_each<T: Real, I: Index>(
    targets: &[I],
    weights: &[T],
    unit: T,
    charges: &mut [T],
) {
    for (target, weight) in targets.iter().zip(weights) {
        charges[target.at()] += *weight * unit;
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
