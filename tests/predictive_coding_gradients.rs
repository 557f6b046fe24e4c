//! Laws of the network kernels, on random networks with convolutions, strides, padding and pooling:
//! gradients are the derivative of the loss, the transposed Jacobian is the adjoint of the Jacobian,
//! and computing a batch in parts changes nothing.

use hebbtop::models::nn::grammar::parse;
use hebbtop::models::nn::init::{initial, unit};
use hebbtop::models::nn::layer::Sink;
use hebbtop::models::nn::loss::{Loss, LossKind, Reduction, Target};
use hebbtop::models::nn::network::Network;
use hebbtop::models::nn::shape::Shape;
use hebbtop::models::predictive_coding::backprop;
use hebbtop::models::predictive_coding::workspace::Workspace;
use hebbtop::models::random::{Stream, stream};

const BATCH: usize = 3;
const CLASSES: usize = 4;
const LABELS: [u8; BATCH] = [2, 0, 3];

/// Networks that together use every operation; inputs are 2 maps of 7 x 6.
const NETWORKS: [&str; 7] = [
    "9 + tanh / 7 + softplus / 4",
    "conv 3 k3 + tanh + flatten / 4",
    "conv 3 k3 s2 p1 + softplus + flatten / 5 + tanh / 4",
    "conv 2 k2 s1 p2 + tanh + pool 2 / conv 3 k3 s2 p1 + relu + flatten / 4",
    "pool 3 s2 + flatten / tanh / 6 / softplus + 4",
    "conv 4 k1 p1 + conv 2 k4 s3 + pool 2 s1 + tanh + flatten + 5 / 4",
    "conv 2 k3 p1 + relu + pool 2 s3 + flatten / identity / 6 + relu + 5 + tanh / 4",
];

fn build(text: &str) -> Network {
    let input = Shape::Maps {
        channels: 2,
        rows: 7,
        cols: 6,
    };
    Network::new(input, &parse(text).unwrap()).unwrap()
}

fn numbers(stream: &mut Stream, count: usize) -> Vec<f64> {
    (0..count).map(|_| 2.0 * unit(stream) - 1.0).collect()
}

fn loss_of(network: &Network, params: &[f64], input: &[f64], loss: Loss) -> f64 {
    let mut work = Workspace::new(network, BATCH);
    work.input.copy_from_slice(input);
    work.forward(network, params, &(0..BATCH));
    let outputs = work.vhat(network.depth());
    let judged = loss.judge(CLASSES, BATCH, outputs, Target::Labels(&LABELS), &mut []);
    judged.loss * loss.weight(BATCH, CLASSES)
}

fn backward(
    network: &Network,
    params: &[f64],
    input: &[f64],
    loss: Loss,
) -> (Workspace<f64>, Vec<f64>) {
    let mut work = Workspace::new(network, BATCH);
    work.input.copy_from_slice(input);
    work.forward(network, params, &(0..BATCH));
    let outputs = work.vhat(network.depth()).to_vec();
    let top = work.deltas.last_mut().unwrap();
    loss.judge(CLASSES, BATCH, &outputs, Target::Labels(&LABELS), top);
    let mut gradient = vec![f64::NAN; network.params];
    backprop::errors_and_gradient(
        network,
        params,
        &mut work,
        &(0..BATCH),
        &mut gradient,
        |_| true,
    );
    (work, gradient)
}

#[test]
fn gradients_are_central_differences_of_the_loss() {
    for (seed, text) in NETWORKS.iter().enumerate() {
        let network = build(text);
        let mut stream = stream(seed as u64, "gradient test");
        let params = initial::<f64>(&network, seed as u64);
        let input = numbers(&mut stream, BATCH * network.width(0));
        for (kind, reduction) in [
            (LossKind::CrossEntropy, Reduction::Mean),
            (LossKind::Mse, Reduction::Sum),
        ] {
            let loss = Loss { kind, reduction };
            let (_, gradient) = backward(&network, &params, &input, loss);
            let h = 1e-5;
            for at in 0..network.params {
                let shifted = |by: f64| {
                    let mut params = params.clone();
                    params[at] += by;
                    loss_of(&network, &params, &input, loss)
                };
                let numeric = (shifted(h) - shifted(-h)) / (2.0 * h);
                let off = (gradient[at] - numeric).abs();
                assert!(
                    off < 1e-8,
                    "{text}: parameter {at}: {} and {numeric}",
                    gradient[at]
                );
            }
        }
    }
}

/// The parameter gradient of a layer for an arbitrary error, not only for backpropagated ones:
/// `d (eps . f(u)) / d theta`.
#[test]
fn a_layer_s_gradient_serves_any_error() {
    let network = build(NETWORKS[5]);
    let layer = &network.layers[0];
    let params = initial::<f64>(&network, 9);
    let mut stream = stream(4, "gradient test");
    let input = numbers(&mut stream, BATCH * network.width(0));
    let eps = numbers(&mut stream, BATCH * layer.output.size());
    let value = |params: &[f64]| -> f64 {
        let mut work = Workspace::new(&network, BATCH);
        work.input.copy_from_slice(&input);
        work.forward(&network, params, &(0..BATCH));
        work.vhat(1).iter().zip(&eps).map(|(y, e)| y * e).sum()
    };
    let mut work = Workspace::new(&network, BATCH);
    work.input.copy_from_slice(&input);
    work.forward(&network, &params, &(0..BATCH));
    let mut gradient = vec![0.0; network.params];
    let sink = Sink {
        input: &input,
        gradient: &mut gradient,
        add: false,
    };
    let scratch = &mut work.scratch[0];
    layer.backward(
        &params,
        &work.traces[0],
        &eps,
        &(0..BATCH),
        scratch,
        Some(sink),
        None,
    );
    for at in layer.params.clone() {
        let shifted = |by: f64| {
            let mut params = params.clone();
            params[at] += by;
            value(&params)
        };
        let numeric = (shifted(1e-5) - shifted(-1e-5)) / 2e-5;
        assert!((gradient[at] - numeric).abs() < 1e-8, "parameter {at}");
    }
}

#[test]
fn the_transposed_jacobian_is_the_adjoint_of_the_jacobian() {
    for (seed, text) in NETWORKS.iter().enumerate() {
        let network = build(text);
        let params = initial::<f64>(&network, 50 + seed as u64);
        let mut stream = stream(seed as u64, "adjoint test");
        let mut work = Workspace::new(&network, BATCH);
        work.input = numbers(&mut stream, BATCH * network.width(0));
        work.forward(&network, &params, &(0..BATCH));
        for (l, layer) in network.layers.iter().enumerate() {
            let (inputs, outputs) = (network.width(l), network.width(l + 1));
            let tangent = numbers(&mut stream, BATCH * inputs);
            let eps = numbers(&mut stream, BATCH * outputs);
            let mut pushed = vec![f64::NAN; BATCH * outputs];
            let mut pulled = vec![f64::NAN; BATCH * inputs];
            let (trace, scratch) = (&work.traces[l], &mut work.scratch[l]);
            let rows = 0..BATCH;
            layer.push(&params, trace, &tangent, &rows, scratch, &mut pushed);
            layer.backward(
                &params,
                trace,
                &eps,
                &rows,
                scratch,
                None,
                Some(&mut pulled),
            );
            let dot = |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
            let (left, right) = (dot(&pushed, &eps), dot(&tangent, &pulled));
            assert!(
                (left - right).abs() < 1e-12,
                "{text}, layer {l}: {left} {right}"
            );
        }
    }
}

/// A batch in two parts: beliefs and errors bit for bit, summed gradients to rounding.
#[test]
fn parts_of_a_batch_make_the_whole() {
    let loss = Loss {
        kind: LossKind::CrossEntropy,
        reduction: Reduction::Mean,
    };
    for text in NETWORKS {
        let network = build(text);
        let params = initial::<f64>(&network, 2);
        let input = numbers(&mut stream(8, "parts"), BATCH * network.width(0));
        let (whole, gradient) = backward(&network, &params, &input, loss);
        let mut work = Workspace::new(&network, BATCH);
        work.input.copy_from_slice(&input);
        let mut parts = vec![f64::NAN; network.params];
        for rows in [0..2, 2..3] {
            work.forward(&network, &params, &rows);
            let span = rows.start * CLASSES..rows.end * CLASSES;
            let outputs = work.vhat(network.depth())[span.clone()].to_vec();
            let target = Target::Labels(&LABELS[rows.clone()]);
            let top = &mut work.deltas.last_mut().unwrap()[span];
            loss.judge(CLASSES, BATCH, &outputs, target, top);
            backprop::errors_and_gradient(&network, &params, &mut work, &rows, &mut parts, |_| {
                true
            });
        }
        for l in 1..=network.depth() {
            assert_eq!(work.vhat(l), whole.vhat(l), "{text}");
            assert_eq!(work.deltas[l - 1], whole.deltas[l - 1], "{text}");
        }
        for (a, b) in gradient.iter().zip(&parts) {
            assert!((a - b).abs() < 1e-14, "{text}: {a} {b}");
        }
    }
}
