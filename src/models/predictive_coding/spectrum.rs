//! The largest singular values of the layers' Jacobians, by power iteration.

use super::workspace::Workspace;
use crate::models::nn::elementwise as each;
use crate::models::nn::network::Network;
use crate::models::nn::real::Real;

/// Samples of the batch at whose forward pass the Jacobians are taken.
const SAMPLES: usize = 32;
/// Rounds of `u <- J^T J u`; each error shrinks by the ratio of the two largest values, squared.
const ROUNDS: usize = 20;

/// Buffers of the iteration.
#[derive(Clone, Debug)]
pub struct Spectrum<T: Real> {
    samples: usize,
    tangent: Vec<T>,
    image: Vec<T>,
    sigma: Vec<f64>,
}

impl<T: Real> Spectrum<T> {
    pub fn new(network: &Network, batch: usize) -> Self {
        let widest = (0..=network.depth()).map(|l| network.width(l)).max();
        let samples = batch.min(SAMPLES);
        let size = samples * widest.unwrap_or(0);
        Self {
            samples,
            tangent: vec![T::zero(); size],
            image: vec![T::zero(); size],
            sigma: vec![0.0; network.depth() - 1],
        }
    }

    /// `sigma_max(J_l)` for `l = 2 .. L` (the last entry is the output layer's), each the largest
    /// over the first samples of the batch. Power iteration comes from below.
    pub fn measure(&mut self, network: &Network, params: &[T], work: &mut Workspace<T>) -> &[f64] {
        for l in 2..=network.depth() {
            self.sigma[l - 2] = self.of_layer(network, params, work, l);
        }
        &self.sigma
    }

    fn of_layer(
        &mut self,
        network: &Network,
        params: &[T],
        work: &mut Workspace<T>,
        l: usize,
    ) -> f64 {
        let (rows, width) = (0..self.samples, network.width(l - 1));
        let layer = &network.layers[l - 1];
        let (trace, scratch) = (&work.traces[l - 1], &mut work.scratch[l - 1]);
        let tangent = &mut self.tangent[..self.samples * width];
        for (i, t) in tangent.iter_mut().enumerate() {
            // No direction of interest is orthogonal to all of these.
            *t = T::of(1.0 + ((i % width) as f64 * 0.7).sin());
        }
        let mut largest = 0.0;
        for _ in 0..ROUNDS {
            largest = 0.0;
            for u in tangent.chunks_exact_mut(width) {
                let norm = each::sum_squares(u).sqrt();
                if norm > 0.0 {
                    each::scale(u, T::of(1.0 / norm));
                }
            }
            layer.push(params, trace, tangent, &rows, scratch, &mut self.image);
            for image in self.image.chunks_exact(network.width(l)).take(self.samples) {
                largest = f64::max(largest, each::sum_squares(image).sqrt());
            }
            let below = Some(&mut *tangent);
            layer.backward(params, trace, &self.image, &rows, scratch, None, below);
        }
        largest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::nn::grammar::parse;
    use crate::models::nn::shape::Shape;

    /// Linear layers with known singular values: a diagonal one, and one that a relu half closes.
    #[test]
    fn singular_values_of_known_jacobians() {
        let text = "2 / 2 / 2 + relu";
        let network = Network::new(Shape::Flat(2), &parse(text).unwrap()).unwrap();
        let mut params = vec![0.0f64; network.params];
        params[0..4].copy_from_slice(&[1.0, 0.0, 0.0, 1.0]);
        params[6..10].copy_from_slice(&[3.0, 0.0, 0.0, -5.0]);
        // Pre-activations (15, -25) for the input (1, 1): only the first unit is open.
        params[12..16].copy_from_slice(&[5.0, 0.0, 4.0, 5.0]);
        params[17] = -40.0;
        let mut work = Workspace::new(&network, 1);
        work.input.fill(1.0);
        work.forward(&network, &params, &(0..1));
        let mut spectrum = Spectrum::new(&network, 1);
        let sigma = spectrum.measure(&network, &params, &mut work);
        assert!((sigma[0] - 5.0).abs() < 1e-6, "{sigma:?}");
        assert!((sigma[1] - 5.0).abs() < 1e-6, "{sigma:?}");
    }
}
