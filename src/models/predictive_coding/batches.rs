//! Where training batches come from: shuffled epochs over the images.

use multiversion::multiversion;
use serde::{Deserialize, Serialize};

use crate::data::{Dataset, Split};
use crate::models::nn::init::unit;
use crate::models::random::{Stream, shuffle, stream};

/// The order in which images are shown. An epoch is a permutation; what does not fill a batch at
/// its end is left out.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Batches {
    stream: Stream,
    order: Vec<u32>,
    position: usize,
    /// The images of the present batch, or of the last one.
    pub drawn: Vec<u32>,
}

impl Batches {
    pub fn new(seed: u64, images: usize) -> Self {
        Self {
            stream: stream(seed, "batches"),
            order: (0..images as u32).collect(),
            position: images,
            drawn: Vec::new(),
        }
    }

    /// Whether it shuffles so many images and has drawn batches of this size from them.
    pub fn fits(&self, images: usize, batch: usize) -> bool {
        let known = |list: &[u32]| list.iter().all(|&i| (i as usize) < images);
        self.order.len() == images
            && self.position <= images
            && known(&self.order)
            && known(&self.drawn)
            && (self.drawn.is_empty() || self.drawn.len() == batch)
    }

    /// Draws the next batch, at most as large as there are images.
    pub fn draw(&mut self, batch: usize) {
        if self.position + batch > self.order.len() {
            shuffle(&mut self.stream, &mut self.order);
            self.position = 0;
        }
        self.drawn.clear();
        let chosen = &self.order[self.position..self.position + batch];
        self.drawn.extend_from_slice(chosen);
        self.position += batch;
    }
}

/// Grey levels of the images `chosen`, as numbers from 0 to 1, and their labels.
pub fn gather(split: &Split, chosen: &[u32], input: &mut [f32], labels: &mut [u8]) {
    let size = input.len() / chosen.len();
    for ((x, label), &i) in input.chunks_exact_mut(size).zip(labels).zip(chosen) {
        let i = i as usize;
        grey(&split.images[i * size..(i + 1) * size], x);
        *label = split.labels[i];
    }
}

/// Bytes divided by 255.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma"
))]
pub fn grey(bytes: &[u8], x: &mut [f32]) {
    for (x, &byte) in x.iter_mut().zip(bytes) {
        *x = f32::from(byte) / 255.0;
    }
}

const SIDE: usize = 28;
const CLASSES: usize = 10;
const TRAIN: usize = 2500;
const TEST: usize = 500;

/// A set for runs without data: ten random patterns of 28 x 28 with noise over them, 2500 images
/// to train with and 500 to test with.
pub fn synthetic(seed: u64) -> Dataset {
    let mut stream = stream(seed, "synthetic images");
    let size = SIDE * SIDE;
    let patterns: Vec<f64> = (0..CLASSES * size).map(|_| unit(&mut stream)).collect();
    let mut split = |count: usize| {
        let mut images = Vec::with_capacity(count * size);
        let labels: Vec<u8> = (0..count).map(|i| (i % CLASSES) as u8).collect();
        for &label in &labels {
            let start = usize::from(label) * size;
            for pattern in &patterns[start..start + size] {
                let level = 0.4 * pattern + 0.6 * unit(&mut stream);
                images.push((255.0 * level) as u8);
            }
        }
        Split { images, labels }
    };
    Dataset {
        name: "synthetic patterns".into(),
        sha256: format!("none (drawn from seed {seed})"),
        rows: SIDE,
        cols: SIDE,
        classes: CLASSES,
        train: split(TRAIN),
        test: split(TEST),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_shows_no_image_twice_and_drops_the_rest() {
        let mut batches = Batches::new(3, 11);
        let mut orders = Vec::new();
        for _ in 0..2 {
            let mut seen = Vec::new();
            for _ in 0..3 {
                batches.draw(3);
                seen.extend_from_slice(&batches.drawn);
            }
            let mut sorted = seen.clone();
            sorted.sort_unstable();
            sorted.dedup();
            assert_eq!(sorted.len(), 9, "{seen:?}");
            orders.push(seen);
        }
        assert_ne!(orders[0], orders[1]);
    }

    #[test]
    fn grey_levels_go_from_zero_to_one() {
        let split = Split {
            images: vec![0, 51, 255, 102],
            labels: vec![7, 3],
        };
        let (mut input, mut labels) = ([9.0; 4], [0; 2]);
        gather(&split, &[1, 0], &mut input, &mut labels);
        assert_eq!(input, [1.0, 0.4, 0.0, 0.2]);
        assert_eq!(labels, [3, 7]);
    }
}
