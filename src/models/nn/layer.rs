//! A predictive layer: one or several operations, between two beliefs.
//!
//! Each operation is a map (dense, convolution, pooling, or none) followed by a nonlinearity. A
//! layer computes `f(u)`, pulls an error back through its Jacobian (`J^T e`), pushes a tangent
//! forward (`J t`), and forms the gradient of its parameters.

use std::ops::Range;

use super::activation::Activation;
use super::conv::{Buffers, Conv};
use super::elementwise as each;
use super::matmul::{Packed, product, transposed_product};
use super::pool::Pool;
use super::real::Real;
use super::shape::Shape;

/// The linear part of an operation.
#[derive(Clone, Debug, PartialEq)]
pub enum Map {
    /// `a = W u + b`, `W` of `output` x `input`.
    Dense,
    Conv(Conv),
    /// Linear at the picked maxima.
    Pool(Pool),
    /// Nothing: an activation on its own.
    Copy,
}

/// One operation: a map and a nonlinearity.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub map: Map,
    pub activation: Activation,
    /// Numbers in one sample of the input and of the output.
    pub input: usize,
    pub output: usize,
    /// Where its weights and its bias lie among all parameters of the network; empty without.
    pub weight: Range<usize>,
    pub bias: Range<usize>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    pub nodes: Vec<Node>,
    pub input: Shape,
    pub output: Shape,
    /// Its parameters among those of the network.
    pub params: Range<usize>,
    /// What it does, e.g. `conv 5 k3 + relu`.
    pub label: String,
}

/// What a layer remembers of its last forward pass; its Jacobian is taken there.
#[derive(Clone, Debug)]
pub struct Trace<T> {
    outputs: Vec<Vec<T>>,
    slopes: Vec<Vec<T>>,
    picks: Vec<Vec<u32>>,
}

impl<T: Real> Trace<T> {
    pub fn new(layer: &Layer, batch: usize) -> Self {
        let numbers = |n: usize| vec![T::zero(); batch * n];
        let sloped = |node: &Node| match node.activation {
            Activation::Identity => Vec::new(),
            _ => numbers(node.output),
        };
        let picked = |node: &Node| match node.map {
            Map::Pool(_) => vec![0; batch * node.output],
            _ => Vec::new(),
        };
        Self {
            outputs: layer.nodes.iter().map(|n| numbers(n.output)).collect(),
            slopes: layer.nodes.iter().map(sloped).collect(),
            picks: layer.nodes.iter().map(picked).collect(),
        }
    }

    /// `f(u)`, sample by sample.
    pub fn output(&self) -> &[T] {
        self.outputs.last().expect("a layer has operations")
    }
}

/// Buffers for work inside a layer.
#[derive(Clone, Debug)]
pub struct Scratch<T> {
    between: Vec<Vec<T>>,
    weights: Vec<PackedWeights<T>>,
    buffers: Buffers<T>,
}

/// The weights of a dense operation, packed when they are first used.
#[derive(Clone, Debug, Default)]
struct PackedWeights<T> {
    forward: Packed<T>,
    backward: Packed<T>,
    forward_known: bool,
    backward_known: bool,
}

impl<T: Real> PackedWeights<T> {
    /// `W^T`, for `u W^T`.
    fn forward(&mut self, node: &Node, params: &[T]) -> &Packed<T> {
        if !self.forward_known {
            let w = &params[node.weight.clone()];
            self.forward.set_transposed(node.input, node.output, w);
            self.forward_known = true;
        }
        &self.forward
    }

    /// `W`, for `s W`.
    fn backward(&mut self, node: &Node, params: &[T]) -> &Packed<T> {
        if !self.backward_known {
            let w = &params[node.weight.clone()];
            self.backward.set(node.output, node.input, w);
            self.backward_known = true;
        }
        &self.backward
    }
}

impl<T: Real> Scratch<T> {
    pub fn new(layer: &Layer, batch: usize) -> Self {
        let mut buffers = Buffers::default();
        for node in &layer.nodes {
            match &node.map {
                Map::Conv(conv) => buffers.reserve(conv),
                Map::Dense => buffers.packed.reserve(batch, node.input),
                Map::Pool(_) | Map::Copy => {}
            }
        }
        let between = |node: &Node| vec![T::zero(); batch * node.output];
        Self {
            between: layer.nodes.iter().map(between).collect(),
            weights: vec![PackedWeights::default(); layer.nodes.len()],
            buffers,
        }
    }

    /// To be called whenever the parameters have changed: what is packed of them is forgotten.
    pub fn renew(&mut self) {
        for packed in &mut self.weights {
            packed.forward_known = false;
            packed.backward_known = false;
        }
    }
}

/// The numbers of the samples `rows` in an array with `size` numbers a sample.
pub fn part<'a, T>(x: &'a [T], size: usize, rows: &Range<usize>) -> &'a [T] {
    &x[rows.start * size..rows.end * size]
}

pub fn part_mut<'a, T>(x: &'a mut [T], size: usize, rows: &Range<usize>) -> &'a mut [T] {
    &mut x[rows.start * size..rows.end * size]
}

/// Where the gradient of the parameters goes, and the input at which it is taken.
pub struct Sink<'a, T> {
    pub input: &'a [T],
    /// As long as the parameters of the network.
    pub gradient: &'a mut [T],
    /// Add to what is there (later samples of the same batch) instead of replacing it.
    pub add: bool,
}

/// What an operation needs besides its numbers.
struct Tools<'a, T> {
    weights: &'a mut PackedWeights<T>,
    buffers: &'a mut Buffers<T>,
}

impl Node {
    pub fn has_params(&self) -> bool {
        !self.weight.is_empty()
    }

    /// Units by inputs; of a convolution output and input channels by the rows and columns of a kernel.
    pub fn weight_shape(&self) -> Vec<usize> {
        match &self.map {
            Map::Conv(conv) => vec![
                conv.out_channels,
                conv.in_channels,
                conv.kernel,
                conv.kernel,
            ],
            _ => vec![self.output, self.input],
        }
    }

    /// The map without bias and nonlinearity.
    fn linear<T: Real>(&self, params: &[T], x: &[T], y: &mut [T], tools: Tools<'_, T>) {
        match &self.map {
            Map::Dense => product(x, tools.weights.forward(self, params), y, false),
            Map::Conv(conv) => conv.forward(&params[self.weight.clone()], x, y, tools.buffers),
            Map::Pool(_) => unreachable!("pooling needs its picks"),
            Map::Copy => y.copy_from_slice(x),
        }
    }

    fn forward<T: Real>(
        &self,
        params: &[T],
        x: &[T],
        y: &mut [T],
        slope: &mut [T],
        picks: &mut [u32],
        tools: Tools<'_, T>,
    ) {
        if let Map::Pool(pool) = &self.map {
            pool.forward(x, y, picks);
        } else {
            self.linear(params, x, y, tools);
        }
        let bias = &params[self.bias.clone()];
        match &self.map {
            Map::Dense => each::add_to_rows(y, bias),
            Map::Conv(conv) => each::add_to_maps(y, bias, conv.positions()),
            Map::Pool(_) | Map::Copy => {}
        }
        self.activation.apply(y, slope);
    }

    fn pull<T: Real>(
        &self,
        params: &[T],
        picks: &[u32],
        s: &[T],
        below: &mut [T],
        tools: Tools<'_, T>,
    ) {
        match &self.map {
            Map::Dense => product(s, tools.weights.backward(self, params), below, false),
            Map::Conv(conv) => conv.pull(&params[self.weight.clone()], s, below, tools.buffers),
            Map::Pool(pool) => pool.pull(picks, s, below),
            Map::Copy => below.copy_from_slice(s),
        }
    }

    fn gradient<T: Real>(
        &self,
        s: &[T],
        x: &[T],
        gradient: &mut [T],
        add: bool,
        buffers: &mut Buffers<T>,
    ) {
        // Weights and bias lie side by side.
        let both = &mut gradient[self.weight.start..self.bias.end];
        let (weight, bias) = both.split_at_mut(self.weight.len());
        match &self.map {
            Map::Dense => {
                buffers.packed.set(x.len() / self.input, self.input, x);
                transposed_product(s, &buffers.packed, weight, add);
                each::sum_rows(s, bias, add);
            }
            Map::Conv(conv) => conv.gradient(s, x, weight, bias, add, buffers),
            Map::Pool(_) | Map::Copy => {}
        }
    }
}

impl Layer {
    pub fn has_params(&self) -> bool {
        !self.params.is_empty()
    }

    /// The ranges of its weights, biases left out.
    pub fn weights(&self) -> impl Iterator<Item = Range<usize>> + Clone {
        self.nodes
            .iter()
            .filter(|node| node.has_params())
            .map(|node| node.weight.clone())
    }

    /// Multiplications and additions of one forward pass of one sample.
    pub fn flops(&self) -> usize {
        let of = |node: &Node| match &node.map {
            Map::Dense => 2 * node.input * node.output,
            Map::Conv(conv) => 2 * conv.fan_in() * node.output,
            Map::Pool(pool) => pool.kernel * pool.kernel * node.output,
            Map::Copy => node.output,
        };
        self.nodes.iter().map(of).sum()
    }

    /// Computes `f(u)` for the samples `rows` of `input` into the trace.
    pub fn forward<T: Real>(
        &self,
        params: &[T],
        input: &[T],
        rows: &Range<usize>,
        trace: &mut Trace<T>,
        scratch: &mut Scratch<T>,
    ) {
        for (i, node) in self.nodes.iter().enumerate() {
            let (below, here) = trace.outputs.split_at_mut(i);
            let x = below.last().map_or(input, Vec::as_slice);
            let slope = &mut trace.slopes[i];
            let slope = match node.activation {
                Activation::Identity => &mut slope[..],
                _ => part_mut(slope, node.output, rows),
            };
            let picks = &mut trace.picks[i];
            let picks = match node.map {
                Map::Pool(_) => part_mut(picks, node.output, rows),
                _ => &mut picks[..],
            };
            let x = part(x, node.input, rows);
            let y = part_mut(&mut here[0], node.output, rows);
            let tools = Tools {
                weights: &mut scratch.weights[i],
                buffers: &mut scratch.buffers,
            };
            node.forward(params, x, y, slope, picks, tools);
        }
    }

    /// Pulls the error `eps` at the output of the samples `rows` back through the Jacobian at the
    /// trace: the gradient of the parameters into `sink`, `J^T eps` into `below`, each if wanted.
    #[allow(clippy::too_many_arguments)]
    pub fn backward<T: Real>(
        &self,
        params: &[T],
        trace: &Trace<T>,
        eps: &[T],
        rows: &Range<usize>,
        scratch: &mut Scratch<T>,
        mut sink: Option<Sink<'_, T>>,
        mut below: Option<&mut [T]>,
    ) {
        let last = self.nodes.len() - 1;
        for (i, node) in self.nodes.iter().enumerate().rev() {
            let (lower, here) = scratch.between.split_at_mut(i);
            let buffer = part_mut(&mut here[0], node.output, rows);
            let bent = node.activation != Activation::Identity;
            let s: &[T] = if i < last {
                if bent {
                    each::multiply_assign(buffer, part(&trace.slopes[i], node.output, rows));
                }
                buffer
            } else if bent {
                let eps = part(eps, node.output, rows);
                each::multiply(eps, part(&trace.slopes[i], node.output, rows), buffer);
                buffer
            } else {
                part(eps, node.output, rows)
            };
            if let Some(sink) = &mut sink {
                let x = if i == 0 {
                    sink.input
                } else {
                    &trace.outputs[i - 1]
                };
                let x = part(x, node.input, rows);
                node.gradient(s, x, sink.gradient, sink.add, &mut scratch.buffers);
            }
            let target = match lower.last_mut() {
                Some(buffer) => Some(part_mut(buffer, node.input, rows)),
                None => below.as_deref_mut().map(|x| part_mut(x, node.input, rows)),
            };
            if let Some(target) = target {
                let picks = match node.map {
                    Map::Pool(_) => part(&trace.picks[i], node.output, rows),
                    _ => &[],
                };
                let tools = Tools {
                    weights: &mut scratch.weights[i],
                    buffers: &mut scratch.buffers,
                };
                node.pull(params, picks, s, target, tools);
            }
        }
    }

    /// Pushes a tangent at the input forward through the Jacobian at the trace: `out = J t`.
    pub fn push<T: Real>(
        &self,
        params: &[T],
        trace: &Trace<T>,
        tangent: &[T],
        rows: &Range<usize>,
        scratch: &mut Scratch<T>,
        out: &mut [T],
    ) {
        for (i, node) in self.nodes.iter().enumerate() {
            let (below, here) = scratch.between.split_at_mut(i);
            let x = part(
                below.last().map_or(tangent, Vec::as_slice),
                node.input,
                rows,
            );
            let y = part_mut(&mut here[0], node.output, rows);
            if let Map::Pool(pool) = &node.map {
                pool.push(part(&trace.picks[i], node.output, rows), x, y);
            } else {
                let tools = Tools {
                    weights: &mut scratch.weights[i],
                    buffers: &mut scratch.buffers,
                };
                node.linear(params, x, y, tools);
            }
            if node.activation != Activation::Identity {
                each::multiply_assign(y, part(&trace.slopes[i], node.output, rows));
            }
        }
        let size = self.output.size();
        let done = scratch.between.last().expect("a layer has operations");
        part_mut(out, size, rows).copy_from_slice(part(done, size, rows));
    }
}
