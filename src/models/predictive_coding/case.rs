//! Reading a reference case of the format `predictive-coding-case-1`.

use serde_json::Value;

use super::method::Method;
use crate::models::CaseError;
use crate::models::fields::At;
use crate::models::nn::activation::{Activation, SOFTPLUS};
use crate::models::nn::grammar::OpSpec;
use crate::models::nn::layer::Layer;
use crate::models::nn::loss::{Loss, LossKind, Reduction};
use crate::models::nn::network::Network;
use crate::models::nn::shape::Shape;

pub const FORMAT: &str = "predictive-coding-case-1";

/// A case, checked: every array has the size that the network gives it.
#[derive(Debug)]
pub struct Case {
    pub method: Method,
    pub eta: f64,
    pub n: usize,
    pub batch: usize,
    pub loss: Loss,
    pub network: Network,
    pub params: Vec<f64>,
    pub input: Vec<f64>,
    pub labels: Vec<u8>,
    /// Targets of the mean squared error; empty for cross-entropy.
    pub targets: Vec<f64>,
    pub expected: Expected,
    pub tolerance: f64,
    pub angle_tolerance: f64,
}

/// Index 0 is the input layer; `None` where the file has null.
#[derive(Debug)]
pub struct Expected {
    pub loss: f64,
    pub output_gradient: Vec<f64>,
    pub vhat: Vec<Option<Vec<f64>>>,
    pub v: Vec<Option<Vec<f64>>>,
    pub epsilon: Vec<Option<Vec<f64>>>,
    pub grads: Vec<f64>,
    pub bp_grads: Vec<f64>,
    /// For each layer; `None` for a layer without weights.
    pub against: Vec<Option<Against>>,
}

/// NaN where the file has null.
#[derive(Debug)]
pub struct Against {
    pub relative_error: f64,
    pub angle: f64,
    pub norm: f64,
    pub bp_norm: f64,
}

const MOST: usize = 1 << 20;

/// # Errors
/// Names the field that is missing, of the wrong type or size, and what it should be.
pub fn read(value: &Value) -> Result<Case, CaseError> {
    let file = At::root(value);
    let format = file.get("format");
    if format.word()? != FORMAT {
        return format.wrong(format!("is not `{FORMAT}`"));
    }
    let method = method(&file.get("method"))?;
    let n = file.get("n").whole(1_000_000)?;
    if n == 0 && !matches!(method, Method::Exact | Method::Backprop) {
        return file.get("n").wrong("must be at least 1");
    }
    let loss = loss(&file)?;
    let batch = file.get("batch").whole(MOST)?;
    let x = file.get("X");
    let dims = x.dims();
    let shape = match dims[..] {
        [b, n] if b == batch && n > 0 => Shape::Flat(n),
        [b, channels, rows, cols] if b == batch && channels * rows * cols > 0 => Shape::Maps {
            channels,
            rows,
            cols,
        },
        _ => {
            return x.wrong(format!(
                "must be [{batch}][n] or [{batch}][maps][rows][cols]"
            ));
        }
    };
    let network = network(&file, shape)?;
    let classes = network.width(network.depth());
    let (labels, targets) = targets(&file, &loss, batch, classes)?;
    let tolerance = file.get("tolerance");
    Ok(Case {
        method,
        eta: file.get("eta").real()?,
        n,
        batch,
        loss,
        params: params(&file.get("params"), &network)?,
        input: x.numbers(&dims)?,
        labels,
        targets,
        expected: expected(&file.get("expected"), &network, batch, shape)?,
        tolerance: tolerance.get("relative").real()?,
        angle_tolerance: tolerance.get("angle_degrees").real()?,
        network,
    })
}

fn method(at: &At<'_>) -> Result<Method, CaseError> {
    match at.word()? {
        "Exact" => Ok(Method::Exact),
        "FixedPred" => Ok(Method::FixedPred),
        "Strict" => Ok(Method::Strict),
        _ => at.wrong("must be Exact, FixedPred or Strict"),
    }
}

fn loss(file: &At<'_>) -> Result<Loss, CaseError> {
    let (function, reduction) = (file.get("loss_function"), file.get("loss_reduction"));
    let kind = match function.word()? {
        "cross_entropy" => LossKind::CrossEntropy,
        "mse" => LossKind::Mse,
        _ => return function.wrong("must be cross_entropy or mse"),
    };
    let reduction = match reduction.word()? {
        "mean" => Reduction::Mean,
        "sum" => Reduction::Sum,
        _ => return reduction.wrong("must be mean or sum"),
    };
    Ok(Loss { kind, reduction })
}

fn network(file: &At<'_>, input: Shape) -> Result<Network, CaseError> {
    let layers = file.get("layers");
    let items = layers.items()?;
    let depth = file.get("depth");
    if items.is_empty() || depth.whole(MOST)? != items.len() {
        return depth.wrong(format!(
            "must be the number of layers, {}, and not 0",
            items.len()
        ));
    }
    let mut specs = Vec::new();
    for layer in &items {
        let ops = layer.items()?;
        specs.push(ops.iter().map(op).collect::<Result<Vec<_>, _>>()?);
    }
    let network = match Network::new(input, &specs) {
        Ok(network) => network,
        Err(error) => return layers.wrong(error.to_string()),
    };
    for (layer, ops) in network.layers.iter().zip(&items) {
        check_inputs(layer, ops)?;
    }
    Ok(network)
}

/// The inputs that the file states must be those that the network has.
fn check_inputs(layer: &Layer, ops: &At<'_>) -> Result<(), CaseError> {
    use crate::models::nn::layer::Map;
    if layer.nodes.iter().filter(|node| node.has_params()).count() > 1 {
        return ops.wrong("has more than one operation with parameters");
    }
    for op in ops.items()? {
        for node in &layer.nodes {
            let (key, inputs) = match (op.get("op").word()?, &node.map) {
                ("linear", Map::Dense) => ("in", node.input),
                ("conv2d", Map::Conv(conv)) => ("in_channels", conv.in_channels),
                _ => continue,
            };
            if op.get(key).whole(MOST)? != inputs {
                return op
                    .get(key)
                    .wrong(format!("must be {inputs}, which the layer gets"));
            }
        }
    }
    Ok(())
}

fn op(at: &At<'_>) -> Result<OpSpec, CaseError> {
    let positive = |key: &str| -> Result<usize, CaseError> {
        match at.get(key).whole(MOST)? {
            0 => at.get(key).wrong("must be at least 1"),
            n => Ok(n),
        }
    };
    let name = at.get("op");
    Ok(match name.word()? {
        "linear" => OpSpec::Dense(positive("out")?),
        "conv2d" => OpSpec::Conv {
            channels: positive("out_channels")?,
            kernel: positive("kernel")?,
            stride: positive("stride")?,
            padding: at.get("padding").whole(MOST)?,
        },
        "maxpool2d" => OpSpec::Pool {
            kernel: positive("kernel")?,
            stride: positive("stride")?,
        },
        "flatten" => OpSpec::Flatten,
        "tanh" => OpSpec::Activation(Activation::Tanh),
        "relu" => OpSpec::Activation(Activation::Relu),
        "softplus" => OpSpec::Activation(SOFTPLUS),
        "identity" => OpSpec::Activation(Activation::Identity),
        _ => {
            return name.wrong(
                "must be linear, conv2d, maxpool2d, flatten, tanh, relu, softplus or identity",
            );
        }
    })
}

fn targets(
    file: &At<'_>,
    loss: &Loss,
    batch: usize,
    classes: usize,
) -> Result<(Vec<u8>, Vec<f64>), CaseError> {
    let y = file.get("Y");
    if loss.kind == LossKind::Mse {
        return Ok((Vec::new(), y.numbers(&[batch, classes])?));
    }
    if classes > 256 {
        return y.wrong("has over 256 classes");
    }
    let items = y.items()?;
    if items.len() != batch {
        return y.wrong(format!("has {} entries instead of {batch}", items.len()));
    }
    let labels: Result<Vec<u8>, CaseError> = items
        .iter()
        .map(|item| Ok(item.whole(classes - 1)? as u8))
        .collect();
    Ok((labels?, Vec::new()))
}

/// A list with `weight` and `bias` for each layer, as one array in the order of the network.
fn params(at: &At<'_>, network: &Network) -> Result<Vec<f64>, CaseError> {
    let items = at.items()?;
    if items.len() != network.depth() {
        return at.wrong(format!(
            "has {} entries instead of {}",
            items.len(),
            network.depth()
        ));
    }
    let mut params = Vec::new();
    for (layer, item) in network.layers.iter().zip(&items) {
        for node in layer.nodes.iter().filter(|node| node.has_params()) {
            let dims = node.weight_shape();
            params.extend(item.get("weight").numbers(&dims)?);
            params.extend(item.get("bias").numbers(&dims[..1])?);
        }
    }
    Ok(params)
}

fn expected(
    at: &At<'_>,
    network: &Network,
    batch: usize,
    input: Shape,
) -> Result<Expected, CaseError> {
    let sample = |l: usize| -> Vec<usize> {
        let shape = if l == 0 {
            input
        } else {
            network.layers[l - 1].output
        };
        match shape {
            Shape::Flat(n) => vec![batch, n],
            Shape::Maps {
                channels,
                rows,
                cols,
            } => vec![batch, channels, rows, cols],
        }
    };
    let depth = network.depth();
    let beliefs = |key: &str| -> Result<Vec<Option<Vec<f64>>>, CaseError> {
        let list = at.get(key);
        let items = list.items()?;
        if items.len() != depth + 1 {
            return list.wrong(format!(
                "has {} entries instead of {}",
                items.len(),
                depth + 1
            ));
        }
        let one = |(l, item): (usize, &At<'_>)| match item.value {
            Value::Null => Ok(None),
            _ => item.numbers(&sample(l)).map(Some),
        };
        items.iter().enumerate().map(one).collect()
    };
    Ok(Expected {
        loss: at.get("loss").real()?,
        output_gradient: at.get("dLdy").numbers(&sample(depth))?,
        vhat: beliefs("vhat")?,
        v: beliefs("v")?,
        epsilon: beliefs("epsilon")?,
        grads: params(&at.get("grads"), network)?,
        bp_grads: params(&at.get("bp_grads"), network)?,
        against: against(&at.get("weight_grad_vs_bp"), network)?,
    })
}

fn against(at: &At<'_>, network: &Network) -> Result<Vec<Option<Against>>, CaseError> {
    let items = at.items()?;
    if items.len() != network.depth() {
        return at.wrong(format!(
            "has {} entries instead of {}",
            items.len(),
            network.depth()
        ));
    }
    let one = |(item, layer): (&At<'_>, &Layer)| -> Result<Option<Against>, CaseError> {
        if !layer.has_params() {
            return match item.value {
                Value::Null => Ok(None),
                _ => item.wrong("must be null, as the layer has no weights"),
            };
        }
        Ok(Some(Against {
            relative_error: item.get("relative_error").real_or_nan()?,
            angle: item.get("angle_degrees").real_or_nan()?,
            norm: item.get("norm").real()?,
            bp_norm: item.get("bp_norm").real()?,
        }))
    };
    items.iter().zip(&network.layers).map(one).collect()
}
