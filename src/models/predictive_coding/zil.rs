//! Z-IL: Strict's dynamics with `eta` 1, in which every layer learns at the one sweep at which its
//! error equals the backpropagated one.

use std::ops::Range;

use super::workspace::{Flight, Workspace};
use crate::models::nn::layer::Sink;
use crate::models::nn::network::Network;
use crate::models::nn::real::Real;

/// The step size that it needs.
pub const ETA: f64 = 1.0;

/// The layer (from 1) that learns at sweep `sweep` (from 1), the output layer first.
pub fn layer_of(depth: usize, sweep: usize) -> usize {
    depth + 1 - sweep
}

/// The gradient of the layer whose turn it is, from the errors of sweep `sweep` and the belief
/// below, which has not moved yet.
///
/// ```text
/// sweep L - l + 1:   eps_l = delta_l ,  v_{l-1} = vhat_{l-1} ,  G_l(vhat_{l-1}, eps_l)
/// ```
///
/// Equals backpropagation exactly (precisions 1). Cost of all sweeps: those of Strict with `n = L`.
/// Source: Song, Lukasiewicz, Xu, Bogacz (2020), Can the brain do backpropagation? - exact
/// implementation of backpropagation in predictive coding networks, NeurIPS 33. Deviation: the
/// optimiser steps once, after the last sweep; a layer that has learnt no longer matters to those
/// below it, so that the result is the same.
pub fn gradient<T: Real>(
    network: &Network,
    params: &[T],
    work: &mut Workspace<T>,
    flight: &mut Flight<T>,
    sweep: usize,
    rows: &Range<usize>,
    wanted: impl Fn(usize) -> bool,
) {
    let l = layer_of(network.depth(), sweep) - 1;
    let layer = &network.layers[l];
    if !layer.has_params() || !wanted(l) {
        return;
    }
    let sink = Sink {
        input: match l {
            0 => &work.input,
            l => work.traces[l - 1].output(),
        },
        gradient: &mut flight.gradient,
        add: rows.start > 0,
    };
    let (trace, scratch) = (&work.traces[l], &mut work.scratch[l]);
    let eps = &flight.errors[l];
    layer.backward(params, trace, eps, rows, scratch, Some(sink), None);
}
