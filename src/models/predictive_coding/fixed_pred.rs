//! FixedPred: inference with predictions and Jacobians frozen at the forward pass.

use std::ops::Range;

use super::workspace::{Flight, Workspace};
use crate::models::nn::elementwise as each;
use crate::models::nn::layer::{Sink, part, part_mut};
use crate::models::nn::network::Network;
use crate::models::nn::real::Real;

/// Samples that one pass through the layers takes together, so that they stay in the cache.
const BLOCK: usize = 60;

/// Puts the errors of the samples `rows` before the first update: 0 in the hidden layers, the
/// gradient of the loss at the output, where it stays. What the output layer sends down never
/// changes either, and is computed here once.
pub fn begin<T: Real>(
    network: &Network,
    params: &[T],
    work: &mut Workspace<T>,
    flight: &mut Flight<T>,
    rows: &Range<usize>,
) {
    let top = network.depth() - 1;
    for l in 1..network.depth() {
        part_mut(&mut flight.errors[l - 1], network.width(l), rows).fill(T::zero());
    }
    let size = network.width(top + 1);
    part_mut(&mut flight.errors[top], size, rows).copy_from_slice(part(
        &work.deltas[top],
        size,
        rows,
    ));
    pull_from_top(network, params, work, rows);
}

/// `J_L^T e_L`, which all updates share.
pub fn pull_from_top<T: Real>(
    network: &Network,
    params: &[T],
    work: &mut Workspace<T>,
    rows: &Range<usize>,
) {
    let top = network.depth() - 1;
    if let Some(below) = work.pulled.last_mut() {
        let (trace, scratch) = (&work.traces[top], &mut work.scratch[top]);
        let eps = &work.deltas[top];
        network.layers[top].backward(params, trace, eps, rows, scratch, None, Some(below));
    }
}

/// Update number `update` (from 1) of the errors of the samples `rows`.
///
/// ```text
/// e_l <- (1 - eta s_l) e_l + eta s_{l+1} J_{l+1}(vhat_l)^T e_{l+1}      l = 1 .. L-1
/// ```
///
/// This is `v_l <- v_l + eta (e_l - J^T e_{l+1})` written in the errors `e_l = vhat_l - v_l`
/// themselves. All right-hand sides are those before the update. Layers below `L - update` are
/// still 0 and are left out. Shapes: `e_l` batch x units. Cost: one product with `J_{l+1}^T` for
/// each layer that has been reached. Adds the squared norms `||e_l||^2` after the update to
/// `squares`, of all layers. Returned errors of Torch2PC after `n` sweeps are those after
/// `n - 1` updates. Fixed point: `s_l e_l = delta_l` ([`theory`](super::theory)).
/// Source: Millidge, Tschantz, Buckley (2020), arXiv 2006.04182; Rosenbaum (2022), PLoS ONE
/// 17:e0266102, with the signs of arXiv 2106.13082v6. Deviation: the errors are the state, and the
/// unused input layer is not relaxed.
#[allow(clippy::too_many_arguments)]
pub fn update<T: Real>(
    network: &Network,
    params: &[T],
    work: &mut Workspace<T>,
    flight: &mut Flight<T>,
    update: usize,
    eta: f64,
    precision: &[f64],
    rows: &Range<usize>,
    squares: &mut [f64],
) {
    let depth = network.depth();
    let lowest = depth.saturating_sub(update).max(1);
    let mut start = rows.start;
    while start < rows.end {
        let block = start..rows.end.min(start + BLOCK);
        // Upwards, so that every layer is pulled by the error that the one above had before.
        for l in lowest..depth {
            let width = network.width(l);
            let (here, above) = flight.errors.split_at_mut(l);
            let error = part_mut(&mut here[l - 1], width, &block);
            if l + 1 < depth {
                let (trace, scratch) = (&work.traces[l], &mut work.scratch[l]);
                let below = Some(&mut work.pulled[l - 1][..]);
                network.layers[l].backward(params, trace, &above[0], &block, scratch, None, below);
            }
            let keep = T::of(1.0 - eta * precision[l - 1]);
            let gain = T::of(eta * precision[l]);
            each::blend(error, keep, part(&work.pulled[l - 1], width, &block), gain);
            squares[l - 1] += each::sum_squares(error);
        }
        start = block.end;
    }
    let top = depth - 1;
    squares[top] += each::sum_squares(part(&flight.errors[top], network.width(depth), rows));
}

/// The gradient at the frozen beliefs: `G_l(vhat_{l-1}, e_l)`.
pub fn gradient<T: Real>(
    network: &Network,
    params: &[T],
    work: &mut Workspace<T>,
    flight: &mut Flight<T>,
    rows: &Range<usize>,
    wanted: impl Fn(usize) -> bool,
) {
    for (l, layer) in network.layers.iter().enumerate() {
        if !layer.has_params() || !wanted(l) {
            continue;
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
}
