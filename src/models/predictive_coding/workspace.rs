//! The arrays of one batch: what is in flight during a training step, and what is only scratch.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::models::nn::layer::{Scratch, Trace};
use crate::models::nn::network::Network;
use crate::models::nn::real::Real;

/// What a training step carries from one quantum to the next. Index `l - 1` belongs to layer `l`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Flight<T: Real> {
    /// Prediction errors `e_l`, batch x units. Kept as they are, never as a difference of beliefs:
    /// that would lose the digits in which small errors live.
    #[serde(with = "crate::models::bulk::arrays")]
    pub errors: Vec<Vec<T>>,
    /// Beliefs `v_l` of the hidden layers, where a method moves them (Strict, Z-IL).
    #[serde(with = "crate::models::bulk::arrays")]
    pub beliefs: Vec<Vec<T>>,
    /// The gradient of all parameters, before precision.
    #[serde(with = "crate::models::bulk::array")]
    pub gradient: Vec<T>,
}

impl<T: Real> Flight<T> {
    pub fn new(network: &Network, batch: usize) -> Self {
        let arrays = |layers: Range<usize>| {
            layers
                .map(|l| vec![T::zero(); batch * network.width(l)])
                .collect()
        };
        let depth = network.depth();
        Self {
            errors: arrays(1..depth + 1),
            beliefs: arrays(1..depth),
            gradient: vec![T::zero(); network.params],
        }
    }

    /// Whether it has the shape that `new` gives it.
    pub fn fits(&self, network: &Network, batch: usize) -> bool {
        let depth = network.depth();
        let sized = |arrays: &[Vec<T>], layers: usize| {
            arrays.len() == layers
                && arrays
                    .iter()
                    .enumerate()
                    .all(|(i, a)| a.len() == batch * network.width(i + 1))
        };
        sized(&self.errors, depth)
            && sized(&self.beliefs, depth - 1)
            && self.gradient.len() == network.params
    }
}

/// What can be computed again from the state at any time. Index `l - 1` belongs to layer `l`.
#[derive(Clone, Debug)]
pub struct Workspace<T: Real> {
    /// The input `vhat_0`, batch x units.
    pub input: Vec<T>,
    /// The layers at the forward pass: `vhat_l = f_l(vhat_{l-1})` and the Jacobians there.
    pub traces: Vec<Trace<T>>,
    /// The layers at the moved beliefs: `f_l(v_{l-1})`, for Strict and Z-IL.
    pub relaxed: Vec<Trace<T>>,
    pub scratch: Vec<Scratch<T>>,
    /// Backpropagated errors `delta_l`; the last is the gradient of the loss at the output.
    pub deltas: Vec<Vec<T>>,
    /// `J_{l+1}^T e_{l+1}`, of the hidden layers.
    pub pulled: Vec<Vec<T>>,
}

impl<T: Real> Workspace<T> {
    pub fn new(network: &Network, batch: usize) -> Self {
        let arrays = |layers: Range<usize>| -> Vec<Vec<T>> {
            layers
                .map(|l| vec![T::zero(); batch * network.width(l)])
                .collect()
        };
        let traces = || network.layers.iter().map(|layer| Trace::new(layer, batch));
        let depth = network.depth();
        Self {
            input: vec![T::zero(); batch * network.width(0)],
            traces: traces().collect(),
            relaxed: traces().collect(),
            scratch: network
                .layers
                .iter()
                .map(|layer| Scratch::new(layer, batch))
                .collect(),
            deltas: arrays(1..depth + 1),
            pulled: arrays(1..depth),
        }
    }

    /// Only what [`forward`](Self::forward) needs; all else is empty.
    pub fn for_forward(network: &Network, batch: usize) -> Self {
        let layers = || network.layers.iter();
        Self {
            input: vec![T::zero(); batch * network.width(0)],
            traces: layers().map(|layer| Trace::new(layer, batch)).collect(),
            relaxed: Vec::new(),
            scratch: layers().map(|layer| Scratch::new(layer, batch)).collect(),
            deltas: Vec::new(),
            pulled: Vec::new(),
        }
    }

    /// The plain forward pass of the samples `rows`. Those of a batch must come in order: the first
    /// takes in the parameters, which then hold until the next first.
    pub fn forward(&mut self, network: &Network, params: &[T], rows: &Range<usize>) {
        if rows.start == 0 {
            self.scratch.iter_mut().for_each(Scratch::renew);
        }
        for (l, layer) in network.layers.iter().enumerate() {
            let (below, here) = self.traces.split_at_mut(l);
            let input = below.last().map_or(&self.input[..], Trace::output);
            layer.forward(params, input, rows, &mut here[0], &mut self.scratch[l]);
        }
    }

    /// `vhat_l`: the input for 0, the network's output for its depth.
    pub fn vhat(&self, l: usize) -> &[T] {
        match l {
            0 => &self.input,
            l => self.traces[l - 1].output(),
        }
    }
}
