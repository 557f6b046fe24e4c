//! Synthetic images for the benches of feedback alignment: 80 % of the pixels are 0.

use hebbtop::models::feedback_alignment::network::{BETA, Network};
use hebbtop::models::feedback_alignment::task::{Samples, Task};
use hebbtop::models::nn::init::unit;
use hebbtop::models::random::Stream;

/// The network of the paper.
pub fn network() -> Network {
    Network::new(&[784, 170, 130, 100, 70, 47], BETA).expect("sizes of the paper")
}

pub fn image(pixels: usize, stream: &mut Stream) -> Vec<f32> {
    let mut pixel = || {
        let dark = unit(stream) < 0.8;
        let x = unit(stream) as f32;
        if dark { 0.0 } else { x }
    };
    (0..pixels).map(|_| pixel()).collect()
}

fn samples(network: &Network, count: usize, stream: &mut Stream) -> Samples<f32> {
    let mut samples = Samples::default();
    for i in 0..count {
        let label = (i % 5 * 9).min(network.outputs() - 1);
        let image = image(network.inputs(), stream);
        samples.push(image.into_iter(), label as u16);
    }
    samples
}

/// M = 5, Q = 10, and so many online steps.
pub fn task(network: &Network, steps: usize, stream: &mut Stream) -> Task<f32> {
    Task {
        stream: samples(network, steps, stream),
        query: samples(network, 50, stream),
    }
}
