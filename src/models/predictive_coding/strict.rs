//! Strict: inference as gradient descent on the free energy, without frozen predictions.

use std::ops::Range;

use super::workspace::{Flight, Workspace};
use crate::models::nn::elementwise as each;
use crate::models::nn::layer::{Sink, Trace, part, part_mut};
use crate::models::nn::loss::{Judged, Loss, Target};
use crate::models::nn::network::Network;
use crate::models::nn::real::Real;

/// Samples that one pass through the layers takes together, so that they stay in the cache.
const BLOCK: usize = 60;

/// What all sweeps of a step share.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a, T> {
    pub loss: Loss,
    /// Samples in the whole batch.
    pub batch: usize,
    /// Of the whole batch.
    pub target: Target<'a, T>,
    pub precision: &'a [f64],
}

impl<'a, T: Real> Terms<'a, T> {
    fn target(&self, rows: &Range<usize>, classes: usize) -> Target<'a, T> {
        match self.target {
            Target::Labels(labels) => Target::Labels(&labels[rows.clone()]),
            Target::Values(values) => Target::Values(part(values, classes, rows)),
        }
    }
}

/// What a sweep measures, summed over samples: `||eps_l||^2` and the loss at the moved beliefs.
#[derive(Debug)]
pub struct Measured<'a> {
    pub squares: &'a mut [f64],
    pub judged: &'a mut Judged,
}

/// Beliefs start at the forward pass, `v_l = vhat_l`, hidden errors at 0.
pub fn begin<T: Real>(
    network: &Network,
    work: &Workspace<T>,
    flight: &mut Flight<T>,
    rows: &Range<usize>,
) {
    for l in 1..network.depth() {
        let width = network.width(l);
        part_mut(&mut flight.beliefs[l - 1], width, rows).copy_from_slice(part(
            work.vhat(l),
            width,
            rows,
        ));
        part_mut(&mut flight.errors[l - 1], width, rows).fill(T::zero());
    }
}

/// Whether belief `l` has moved before sweep `sweep` (from 1): news comes down one layer a sweep.
fn moved(depth: usize, l: usize, sweep: usize) -> bool {
    l > 0 && l < depth && sweep > depth - l
}

/// The layer `l` (from 1) as it stands before sweep `sweep`.
fn trace<T: Real>(work: &Workspace<T>, depth: usize, l: usize, sweep: usize) -> &Trace<T> {
    if moved(depth, l - 1, sweep) {
        &work.relaxed[l - 1]
    } else {
        &work.traces[l - 1]
    }
}

/// Predictions `f_l(v_{l-1})` of the samples `rows` from the beliefs before sweep `sweep`; the
/// forward pass still holds for a layer whose input has not moved.
pub fn predict<T: Real>(
    network: &Network,
    params: &[T],
    work: &mut Workspace<T>,
    flight: &Flight<T>,
    sweep: usize,
    rows: &Range<usize>,
) {
    let depth = network.depth();
    for l in 2..=depth {
        if moved(depth, l - 1, sweep) {
            let (trace, scratch) = (&mut work.relaxed[l - 1], &mut work.scratch[l - 1]);
            network.layers[l - 1].forward(params, &flight.beliefs[l - 2], rows, trace, scratch);
        }
    }
}

/// Errors of the samples `rows` from the predictions before sweep `sweep`.
///
/// ```text
/// eps_L = d loss(f_L(v_{L-1}), y) / d f_L
/// eps_l = f_l(v_{l-1}) - v_l                l = 1 .. L-1
/// ```
#[allow(clippy::too_many_arguments)]
pub fn errors<T: Real>(
    network: &Network,
    work: &Workspace<T>,
    flight: &mut Flight<T>,
    terms: &Terms<'_, T>,
    sweep: usize,
    rows: &Range<usize>,
    measured: &mut Measured<'_>,
) {
    let depth = network.depth();
    let classes = network.width(depth);
    let outputs = part(trace(work, depth, depth, sweep).output(), classes, rows);
    let gradient = part_mut(&mut flight.errors[depth - 1], classes, rows);
    let target = terms.target(rows, classes);
    let judged = terms
        .loss
        .judge(classes, terms.batch, outputs, target, gradient);
    measured.judged.loss += judged.loss;
    measured.judged.correct += judged.correct;
    measured.squares[depth - 1] += each::sum_squares(gradient);
    for l in 1..depth {
        if moved(depth, l, sweep) {
            let width = network.width(l);
            let prediction = part(trace(work, depth, l, sweep).output(), width, rows);
            let error = part_mut(&mut flight.errors[l - 1], width, rows);
            each::subtract(prediction, part(&flight.beliefs[l - 1], width, rows), error);
            measured.squares[l - 1] += each::sum_squares(error);
        }
    }
}

/// Sweep number `sweep` (from 1) over the samples `rows`: predictions, errors, then all beliefs.
///
/// ```text
/// v_l <- v_l + eta (s_l eps_l - s_{l+1} J_{l+1}(v_l)^T eps_{l+1})     l = 1 .. L-1
/// ```
///
/// All right-hand sides are those from before the sweep; `measured` samples there too. It descends
/// `F = s_L loss + 1/2 sum_l s_l ||eps_l||^2` (sums over units and samples). Shapes: `v_l`, `eps_l`
/// batch x units. Cost: one forward product and one with the transposed Jacobian for each of the
/// layers `2 .. L` that has been reached. `f_1(X)` never changes.
/// Fixed point: `s_l eps_l = s_{l+1} J_{l+1}(v_l)^T eps_{l+1}`. Diverges if `eta` exceeds
/// [`eta_limit`](super::theory::eta_limit) by enough.
/// Source: Rosenbaum (2022), PLoS ONE 17:e0266102, with the signs of arXiv 2106.13082v6.
#[allow(clippy::too_many_arguments)]
pub fn sweep<T: Real>(
    network: &Network,
    params: &[T],
    work: &mut Workspace<T>,
    flight: &mut Flight<T>,
    terms: &Terms<'_, T>,
    sweep: usize,
    eta: f64,
    rows: &Range<usize>,
    measured: &mut Measured<'_>,
) {
    let depth = network.depth();
    let mut start = rows.start;
    while start < rows.end {
        let block = start..rows.end.min(start + BLOCK);
        predict(network, params, work, flight, sweep, &block);
        errors(network, work, flight, terms, sweep, &block, measured);
        for l in depth.saturating_sub(sweep).max(1)..depth {
            let from = if moved(depth, l, sweep) {
                &work.relaxed[l]
            } else {
                &work.traces[l]
            };
            let eps = &flight.errors[l];
            let below = Some(&mut work.pulled[l - 1][..]);
            let scratch = &mut work.scratch[l];
            network.layers[l].backward(params, from, eps, &block, scratch, None, below);
            let width = network.width(l);
            each::relax(
                part_mut(&mut flight.beliefs[l - 1], width, &block),
                part(&flight.errors[l - 1], width, &block),
                T::of(eta * terms.precision[l - 1]),
                part(&work.pulled[l - 1], width, &block),
                T::of(eta * terms.precision[l]),
            );
        }
        start = block.end;
    }
}

/// The gradient at the moved beliefs after `sweeps` sweeps: `G_l(v_{l-1}, eps_l)`.
///
/// With `stale` the errors are those that the last sweep used (as Torch2PC has them); otherwise
/// they are taken anew at the beliefs that it left, and `measured` with them.
#[allow(clippy::too_many_arguments)]
pub fn gradient<T: Real>(
    network: &Network,
    params: &[T],
    work: &mut Workspace<T>,
    flight: &mut Flight<T>,
    terms: &Terms<'_, T>,
    sweeps: usize,
    stale: bool,
    rows: &Range<usize>,
    measured: &mut Measured<'_>,
    wanted: impl Fn(usize) -> bool,
) {
    let depth = network.depth();
    predict(network, params, work, flight, sweeps + 1, rows);
    if !stale {
        errors(network, work, flight, terms, sweeps + 1, rows, measured);
    }
    for (l, layer) in network.layers.iter().enumerate() {
        if !layer.has_params() || !wanted(l) {
            continue;
        }
        let from = if moved(depth, l, sweeps + 1) {
            &work.relaxed[l]
        } else {
            &work.traces[l]
        };
        let sink = Sink {
            input: match l {
                0 => &work.input,
                l => &flight.beliefs[l - 1],
            },
            gradient: &mut flight.gradient,
            add: rows.start > 0,
        };
        let eps = &flight.errors[l];
        let scratch = &mut work.scratch[l];
        layer.backward(params, from, eps, rows, scratch, Some(sink), None);
    }
}
