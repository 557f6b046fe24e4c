//! The samples of one episode.

use serde::{Deserialize, Serialize};

use super::network::Network;
use crate::models::nn::real::Real;

/// An online stream and a query batch. Images lie one after the other; labels are output units.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Task<T: Real> {
    pub stream: Samples<T>,
    pub query: Samples<T>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Samples<T: Real> {
    images: Vec<T>,
    labels: Vec<u16>,
}

impl<T: Real> Samples<T> {
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    pub fn clear(&mut self) {
        self.images.clear();
        self.labels.clear();
    }

    /// Adds a sample. All images of a task have the same number of pixels.
    pub fn push(&mut self, image: impl Iterator<Item = T>, label: u16) {
        self.images.extend(image);
        self.labels.push(label);
    }

    /// Image and label number `i`.
    pub fn get(&self, i: usize) -> (&[T], usize) {
        let pixels = self.images.len() / self.labels.len();
        let image = &self.images[i * pixels..(i + 1) * pixels];
        (image, usize::from(self.labels[i]))
    }

    /// Whether images and labels are those of this network.
    pub fn fits(&self, network: &Network) -> bool {
        self.images.len() == self.labels.len() * network.inputs()
            && (self.labels.iter()).all(|&label| usize::from(label) < network.outputs())
    }
}
