//! The images of a set under one number each: those for training first, then those for testing.

use std::sync::Arc;

use rand_chacha::rand_core::RngCore;

use crate::data::{Dataset, Split};
use crate::models::nn::init::unit;
use crate::models::random::stream;

/// A set whose images are numbered through.
#[derive(Clone)]
pub struct Images {
    pub set: Arc<Dataset>,
}

impl Images {
    pub fn new(set: Arc<Dataset>) -> Self {
        Self { set }
    }

    /// Pixels of an image.
    pub fn size(&self) -> usize {
        self.set.rows * self.set.cols
    }

    /// Images for training: the numbers below.
    pub fn training(&self) -> usize {
        self.set.train.len()
    }

    /// All images.
    pub fn count(&self) -> usize {
        self.set.train.len() + self.set.test.len()
    }

    fn split(&self, image: u32) -> (&Split, usize) {
        let image = image as usize;
        match image.checked_sub(self.training()) {
            None => (&self.set.train, image),
            Some(test) => (&self.set.test, test),
        }
    }

    pub fn label(&self, image: u32) -> u8 {
        let (split, at) = self.split(image);
        split.labels[at]
    }

    /// Grey levels, 0 to 255.
    pub fn bytes(&self, image: u32) -> &[u8] {
        let (split, at) = self.split(image);
        &split.images[at * self.size()..(at + 1) * self.size()]
    }

    /// Grey levels as numbers from 0 to 1.
    pub fn grey(&self, image: u32, x: &mut Vec<f32>) {
        x.clear();
        x.extend(
            self.bytes(image)
                .iter()
                .map(|&byte| f32::from(byte) / 255.0),
        );
    }
}

const SIDE: usize = 28;
const CLASSES: usize = 47;
const OF_CLASS: usize = 70;
/// Share of pixels that are not 0, as in images of digits and letters.
const INK: f64 = 0.2;

/// A set for runs without data, in the shape of EMNIST-balanced: 47 random patterns of 28 x 28 pixels,
/// a fifth of which are not 0, with levels that vary from image to image; 70 images of a class to train
/// with, one to test with.
pub fn synthetic(seed: u64) -> Dataset {
    let mut stream = stream(seed, "synthetic sparse images");
    let size = SIDE * SIDE;
    let inked: Vec<bool> = (0..CLASSES * size)
        .map(|_| unit(&mut stream) < INK)
        .collect();
    let mut split = |of_class: usize| {
        let mut images = Vec::with_capacity(CLASSES * of_class * size);
        let labels: Vec<u8> = (0..CLASSES * of_class)
            .map(|i| (i % CLASSES) as u8)
            .collect();
        for &label in &labels {
            let start = usize::from(label) * size;
            for &ink in &inked[start..start + size] {
                let level = 55 + stream.next_u64() % 200;
                images.push(if ink { level as u8 } else { 0 });
            }
        }
        Split { images, labels }
    };
    Dataset {
        name: "synthetic sparse patterns".into(),
        sha256: format!("none (drawn from seed {seed})"),
        rows: SIDE,
        cols: SIDE,
        classes: CLASSES,
        train: split(OF_CLASS),
        test: split(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::embedded;

    #[test]
    fn test_images_follow_those_for_training() {
        let images = Images::new(embedded::digits());
        let set = &images.set;
        assert_eq!(images.bytes(1441), &set.train.images[1441 * 64..]);
        assert_eq!(images.bytes(1442), &set.test.images[..64]);
        assert_eq!(images.label(1442), set.test.labels[0]);
    }

    #[test]
    fn four_fifths_of_the_synthetic_pixels_are_zero() {
        let set = synthetic(4);
        let zeros = set.train.images.iter().filter(|&&x| x == 0).count();
        let share = zeros as f64 / set.train.images.len() as f64;
        // 36848 pixels decide: four standard deviations.
        assert!((share - 0.8).abs() < 0.009, "{share}");
        assert_ne!(
            set.train.images[..784],
            set.train.images[47 * 784..48 * 784]
        );
    }
}
