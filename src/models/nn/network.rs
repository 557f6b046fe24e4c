//! A stack of predictive layers over one array of parameters.

use thiserror::Error;

use super::activation::Activation;
use super::conv::Conv;
use super::grammar::OpSpec;
use super::layer::{Layer, Map, Node};
use super::pool::Pool;
use super::shape::Shape;

/// The structure of a network. Its numbers (parameters, traces) live outside.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    pub input: Shape,
    pub layers: Vec<Layer>,
    /// Number of parameters: layer by layer, of each operation the weights and then the bias.
    pub params: usize,
}

#[derive(Debug, PartialEq, Eq, Error)]
#[error("layer {layer}, `{op}`: {why}")]
pub struct ShapeError {
    /// From 1.
    pub layer: usize,
    pub op: String,
    pub why: String,
}

/// Networks beyond this would not fit into memory several times over.
const MOST_PARAMS: usize = 200_000_000;
/// Numbers of one sample at one place, patches of a convolution included.
const MOST_UNITS: usize = 50_000_000;

impl Network {
    /// Fits the operations to an input of this shape. An input image counts as flat where the
    /// first operation is dense.
    /// # Errors
    /// Names the layer and operation whose input does not fit.
    pub fn new(input: Shape, specs: &[Vec<OpSpec>]) -> Result<Self, ShapeError> {
        let mut shape = match specs.first().and_then(|layer| layer.first()) {
            Some(OpSpec::Dense(_)) => Shape::Flat(input.size()),
            _ => input,
        };
        let mut params = 0;
        let mut layers = Vec::with_capacity(specs.len());
        for (l, ops) in specs.iter().enumerate() {
            let (from, start) = (shape, params);
            let mut nodes = Vec::new();
            for op in ops {
                add(op, &mut nodes, &mut shape, &mut params).map_err(|why| ShapeError {
                    layer: l + 1,
                    op: op.to_string(),
                    why,
                })?;
            }
            if nodes.is_empty() {
                nodes.push(plain(Map::Copy, shape.size(), params));
            }
            layers.push(Layer {
                nodes,
                input: from,
                output: shape,
                params: start..params,
                label: super::grammar::display(std::slice::from_ref(ops)),
            });
        }
        Ok(Self {
            input,
            layers,
            params,
        })
    }

    /// Number of predictive layers.
    pub fn depth(&self) -> usize {
        self.layers.len()
    }

    /// Numbers in one sample of belief `l`: 0 is the input, `depth` the output.
    pub fn width(&self, l: usize) -> usize {
        if l == 0 {
            self.input.size()
        } else {
            self.layers[l - 1].output.size()
        }
    }
}

fn plain(map: Map, size: usize, params: usize) -> Node {
    Node {
        map,
        activation: Activation::Identity,
        input: size,
        output: size,
        weight: params..params,
        bias: params..params,
    }
}

/// Appends one operation; an activation joins the operation before it.
fn add(
    op: &OpSpec,
    nodes: &mut Vec<Node>,
    shape: &mut Shape,
    params: &mut usize,
) -> Result<(), String> {
    let size = shape.size();
    let (map, output) = match *op {
        OpSpec::Dense(n) => match *shape {
            Shape::Flat(_) => (Map::Dense, Shape::Flat(n)),
            maps => return Err(format!("it gets {maps}; put `flatten` before it")),
        },
        OpSpec::Conv {
            channels,
            kernel,
            stride,
            padding,
        } => {
            let conv = Conv::new(maps(*shape)?, channels, kernel, stride, padding)
                .ok_or_else(|| format!("the kernel is larger than its input, {shape}"))?;
            (Map::Conv(conv), conv.output())
        }
        OpSpec::Pool { kernel, stride } => {
            let pool = Pool::new(maps(*shape)?, kernel, stride)
                .ok_or_else(|| format!("the window is larger than its input, {shape}"))?;
            (Map::Pool(pool), pool.output())
        }
        OpSpec::Flatten => {
            *shape = Shape::Flat(size);
            return Ok(());
        }
        OpSpec::Activation(activation) => {
            match nodes.last_mut() {
                Some(node) if node.activation == Activation::Identity => {
                    node.activation = activation;
                }
                _ => nodes.push(Node {
                    activation,
                    ..plain(Map::Copy, size, *params)
                }),
            }
            return Ok(());
        }
    };
    let held = match &map {
        Map::Conv(conv) => conv.fan_in().checked_mul(conv.positions()),
        _ => Some(output.size()),
    };
    if held.is_none_or(|held| held.max(output.size()) > MOST_UNITS) {
        return Err(format!("it would hold over {MOST_UNITS} numbers a sample"));
    }
    let (weights, biases) = match &map {
        Map::Dense => (size.checked_mul(output.size()), output.size()),
        Map::Conv(conv) => (
            conv.fan_in().checked_mul(conv.out_channels),
            conv.out_channels,
        ),
        Map::Pool(_) | Map::Copy => (Some(0), 0),
    };
    let split = weights
        .map(|weights| *params + weights)
        .filter(|split| split + biases <= MOST_PARAMS)
        .ok_or_else(|| format!("the network would have over {MOST_PARAMS} parameters"))?;
    nodes.push(Node {
        map,
        activation: Activation::Identity,
        input: size,
        output: output.size(),
        weight: *params..split,
        bias: split..split + biases,
    });
    *params = split + biases;
    *shape = output;
    Ok(())
}

fn maps(shape: Shape) -> Result<(usize, usize, usize), String> {
    match shape {
        Shape::Maps {
            channels,
            rows,
            cols,
        } => Ok((channels, rows, cols)),
        Shape::Flat(n) => Err(format!("it gets {n} units in a row, and needs maps")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::grammar::parse;
    use super::*;

    fn image(rows: usize, cols: usize) -> Shape {
        Shape::Maps {
            channels: 1,
            rows,
            cols,
        }
    }

    #[test]
    fn the_paper_s_networks_have_its_numbers_of_parameters() {
        let mnist =
            "conv 10 k3 + relu + pool 2 / conv 5 k3 + relu + flatten / 50 + relu / 30 + relu / 10";
        let network = Network::new(image(28, 28), &parse(mnist).unwrap()).unwrap();
        assert_eq!(network.params, 32_695);
        assert_eq!(network.layers[2].input, Shape::Flat(605));
        let cifar = "conv 64 k3 p1 + relu / conv 128 k3 p1 + relu + pool 2 / conv 256 k3 p1 + relu + pool 2 + flatten \
                     / 256 + relu / 256 + relu / 10";
        let colour = Shape::Maps {
            channels: 3,
            rows: 32,
            cols: 32,
        };
        let network = Network::new(colour, &parse(cifar).unwrap()).unwrap();
        assert_eq!(network.params, 4_633_738);
    }

    #[test]
    fn what_does_not_fit_is_named() {
        for (text, parts) in [
            ("conv 2 k3 / 10", ["layer 2", "flatten"]),
            ("10 / conv 2 k3", ["layer 2", "needs maps"]),
            (
                "conv 2 k9 p1 / flatten",
                ["layer 1", "larger than its input"],
            ),
            ("conv 2 k3 + pool 5", ["layer 1", "`pool 5`"]),
            ("1000000 / 1000000", ["layer 2", "parameters"]),
            ("conv 9 k2 p9999 / 1", ["layer 1", "a sample"]),
        ] {
            let error = Network::new(image(6, 5), &parse(text).unwrap()).unwrap_err();
            for part in parts {
                assert!(error.to_string().contains(part), "{error} lacks {part}");
            }
        }
    }
}
