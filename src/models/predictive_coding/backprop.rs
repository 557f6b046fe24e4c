//! Plain backpropagation, the measure of all the others.

use std::ops::Range;

use super::workspace::Workspace;
use crate::models::nn::layer::Sink;
use crate::models::nn::network::Network;
use crate::models::nn::real::Real;

/// Backpropagated errors of the samples `rows`.
///
/// ```text
/// delta_L = d loss / d vhat_L          (already in place)
/// delta_l = J_{l+1}(vhat_l)^T delta_{l+1}
/// ```
pub fn errors<T: Real>(
    network: &Network,
    params: &[T],
    work: &mut Workspace<T>,
    rows: &Range<usize>,
) {
    for l in (1..network.depth()).rev() {
        let (below, here) = work.deltas.split_at_mut(l);
        let (trace, scratch) = (&work.traces[l], &mut work.scratch[l]);
        let below = Some(&mut below[l - 1][..]);
        network.layers[l].backward(params, trace, &here[0], rows, scratch, None, below);
    }
}

/// The gradient of all layers that `wanted` names, from the backpropagated errors.
///
/// ```text
/// G_l = (d f_l(vhat_{l-1}) / d theta)^T delta_l
/// ```
pub fn gradient<T: Real>(
    network: &Network,
    params: &[T],
    work: &mut Workspace<T>,
    rows: &Range<usize>,
    gradient: &mut [T],
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
            gradient,
            add: rows.start > 0,
        };
        let (trace, scratch) = (&work.traces[l], &mut work.scratch[l]);
        layer.backward(
            params,
            trace,
            &work.deltas[l],
            rows,
            scratch,
            Some(sink),
            None,
        );
    }
}

/// Errors and gradients in one pass from the top, which gates every error by the slopes once.
pub fn errors_and_gradient<T: Real>(
    network: &Network,
    params: &[T],
    work: &mut Workspace<T>,
    rows: &Range<usize>,
    gradient: &mut [T],
    wanted: impl Fn(usize) -> bool,
) {
    for (l, layer) in network.layers.iter().enumerate().rev() {
        let (below, here) = work.deltas.split_at_mut(l);
        let input = match l {
            0 => &work.input[..],
            l => work.traces[l - 1].output(),
        };
        let sink = (layer.has_params() && wanted(l)).then_some(Sink {
            input,
            gradient: &mut *gradient,
            add: rows.start > 0,
        });
        let below = below.last_mut().map(Vec::as_mut_slice);
        let (trace, scratch) = (&work.traces[l], &mut work.scratch[l]);
        layer.backward(params, trace, &here[0], rows, scratch, sink, below);
    }
}
