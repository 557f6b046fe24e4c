//! The shape of the network and what is drawn at the start of an episode.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::lines::WIDTH;
use super::matrix::Matrix;
use crate::models::nn::init::unit;
use crate::models::nn::real::Real;
use crate::models::random::Stream;

/// The sharpness of softplus in the paper.
pub const BETA: f64 = 10.0;

/// The most weights that a network may have.
pub const MOST_WEIGHTS: usize = 1 << 26;

/// A fully connected network without biases.
///
/// ```text
/// y_0 = x,  z_l = W_l y_{l-1},  y_l = softplus_beta(z_l) for l < L,  y_L = softmax(z_L)
/// ```
/// Sizes `n_0, ..., n_L`; `W_l` is `n_l` x `n_{l-1}`. In the paper 784-170-130-100-70-47.
///
/// Source: Shervani-Tabar & Rosenbaum (2023), Nat. Commun. 14:1805, Methods.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Network {
    sizes: Vec<usize>,
    /// Sharpness of softplus, `softplus(z) = ln(1 + e^(beta z)) / beta`.
    pub beta: f64,
}

#[derive(Clone, Debug, Error, PartialEq)]
pub enum NetworkError {
    #[error("a network needs an input and at least one layer, not {0} sizes")]
    TooShallow(usize),
    #[error("layer {0} has no units")]
    Empty(usize),
    #[error("{0} weights are more than {MOST_WEIGHTS}")]
    TooLarge(usize),
    #[error("beta {0} is not a positive number")]
    Beta(f64),
}

/// Where the feedback matrices come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Feedback {
    /// Random, drawn with the weights, never learnt.
    Fixed,
    /// `B_l = W_l` at all times: backpropagation.
    Symmetric,
}

impl Network {
    /// # Errors
    /// Says which size is 0 or that there are too few or too many.
    pub fn new(sizes: &[usize], beta: f64) -> Result<Self, NetworkError> {
        if sizes.len() < 2 {
            return Err(NetworkError::TooShallow(sizes.len()));
        }
        if let Some(empty) = sizes.iter().position(|&n| n == 0) {
            return Err(NetworkError::Empty(empty));
        }
        let products = sizes.windows(2).map(|n| n[0].saturating_mul(n[1]));
        let weights = products.fold(0usize, usize::saturating_add);
        if weights > MOST_WEIGHTS {
            return Err(NetworkError::TooLarge(weights));
        }
        if !(beta > 0.0 && beta.is_finite()) {
            return Err(NetworkError::Beta(beta));
        }
        Ok(Self {
            sizes: sizes.to_vec(),
            beta,
        })
    }

    /// `n_0, ..., n_L`.
    pub fn sizes(&self) -> &[usize] {
        &self.sizes
    }

    /// `L`, the number of weight matrices.
    pub fn depth(&self) -> usize {
        self.sizes.len() - 1
    }

    /// `n_l`.
    pub fn size(&self, l: usize) -> usize {
        self.sizes[l]
    }

    /// Pixels of an image, `n_0`.
    pub fn inputs(&self) -> usize {
        self.sizes[0]
    }

    /// Classes, `n_L`.
    pub fn outputs(&self) -> usize {
        self.sizes[self.depth()]
    }

    /// The number of weights, `sum_l n_l n_{l-1}`.
    pub fn weights(&self) -> usize {
        self.sizes.windows(2).map(|n| n[0] * n[1]).sum()
    }

    /// A matrix of zeros for each layer.
    pub fn matrices<T: Real>(&self) -> Vec<Matrix<T>> {
        self.sizes
            .windows(2)
            .map(|n| Matrix::zeros(n[1], n[0]))
            .collect()
    }

    /// Whether these are the matrices of this network.
    pub fn fits<T: Real>(&self, matrices: &[Matrix<T>]) -> bool {
        let sizes = self.sizes.windows(2);
        matrices.len() == self.depth() && sizes.zip(matrices).all(|(n, m)| m.fits(n[1], n[0]))
    }

    /// Draws all matrices anew, row by row, uniform within `+-sqrt(6 / (n_{l-1} + n_l))`
    /// (Glorot & Bengio 2010).
    pub fn draw<T: Real>(&self, stream: &mut Stream, matrices: &mut [Matrix<T>]) {
        for matrix in matrices {
            // What fills the columns up is not drawn, and is no longer 0 after weights that were not
            // finite.
            matrix.clear();
            let (post, pre) = (matrix.post(), matrix.pre());
            let bound = (6.0 / (post + pre) as f64).sqrt();
            let stride = matrix.stride() * WIDTH;
            let numbers = matrix.lines_mut().as_flattened_mut();
            for i in 0..post {
                for column in numbers.chunks_exact_mut(stride) {
                    column[i] = T::of(bound * (2.0 * unit(stream) - 1.0));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::random::stream;

    #[test]
    fn impossible_shapes_are_refused() {
        assert_eq!(Network::new(&[3], 1.0), Err(NetworkError::TooShallow(1)));
        assert_eq!(Network::new(&[3, 0, 2], 1.0), Err(NetworkError::Empty(1)));
        assert!(matches!(
            Network::new(&[usize::MAX, 2, usize::MAX], 1.0),
            Err(NetworkError::TooLarge(_))
        ));
        assert_eq!(Network::new(&[3, 2], 0.0), Err(NetworkError::Beta(0.0)));
        let paper = Network::new(&[784, 170, 130, 100, 70, 47], BETA).unwrap();
        assert_eq!(paper.weights(), 178_670);
    }

    /// The variance of a uniform number in +-a is a^2/3 = 2/(n_{l-1} + n_l).
    #[test]
    fn draws_have_the_variance_of_glorot_and_differ_between_matrices() {
        let network = Network::new(&[300, 100, 40], BETA).unwrap();
        let mut source = stream(3, "weights");
        let mut weights = network.matrices::<f64>();
        network.draw(&mut source, &mut weights);
        for w in &weights {
            let rows = w.to_rows();
            let variance = rows.iter().map(|w| w * w).sum::<f64>() / rows.len() as f64;
            let expected = 2.0 / (w.post() + w.pre()) as f64;
            assert!((variance / expected - 1.0).abs() < 0.05, "{variance}");
        }
        let first = weights.clone();
        network.draw(&mut source, &mut weights);
        assert_ne!(weights, first);
    }
}
