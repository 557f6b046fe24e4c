//! Initial parameters: PyTorch's default for dense and convolutional layers.

use rand_chacha::rand_core::RngCore;

use super::layer::Map;
use super::network::Network;
use super::real::Real;
use crate::models::random::{Stream, stream};

/// A number from 0 up to but not including 1, in steps of `2^-24`.
pub fn unit(stream: &mut Stream) -> f64 {
    (stream.next_u64() >> 40) as f64 / f64::from(1 << 24)
}

/// Weights and biases uniform in `+-1/sqrt(fan_in)`, each layer from a stream of its own.
pub fn initial<T: Real>(network: &Network, seed: u64) -> Vec<T> {
    let mut params = vec![T::zero(); network.params];
    for (l, layer) in network.layers.iter().enumerate() {
        let mut stream = stream(seed, &format!("weights {}", l + 1));
        for node in layer.nodes.iter().filter(|node| node.has_params()) {
            let fan_in = match &node.map {
                Map::Conv(conv) => conv.fan_in(),
                _ => node.input,
            };
            let bound = 1.0 / (fan_in as f64).sqrt();
            for p in &mut params[node.weight.start..node.bias.end] {
                *p = T::of(bound * (2.0 * unit(&mut stream) - 1.0));
            }
        }
    }
    params
}
