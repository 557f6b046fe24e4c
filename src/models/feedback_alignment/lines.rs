//! Vectors and matrices laid out for the fused sweeps.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::models::bulk::array;
use crate::models::nn::real::Real;

/// Numbers that the kernels take at a time.
pub const WIDTH: usize = 16;

/// One step of a kernel: 64 bytes in single precision, which is a line of the cache.
pub type Line<T> = [T; WIDTH];

/// The bytes at whose multiples the first number lies: a line then never straddles two of the
/// cache, which would cost a second access each time.
const ALIGNMENT: usize = 64;

/// A vector whose memory is filled up with zeros to whole lines.
#[derive(Debug)]
pub struct Lines<T> {
    data: Vec<T>,
    /// Where in `data` the aligned part begins.
    start: usize,
    len: usize,
}

impl<T: Real> Lines<T> {
    /// `len` zeros.
    pub fn zeros(len: usize) -> Self {
        let padded = len.next_multiple_of(WIDTH);
        let data = vec![T::zero(); padded + WIDTH];
        let start = match data.as_ptr().align_offset(ALIGNMENT) {
            start if start <= WIDTH => start,
            _ => 0,
        };
        Self { data, start, len }
    }

    pub fn from_values(values: &[T]) -> Self {
        let mut lines = Self::zeros(values.len());
        lines.values_mut().copy_from_slice(values);
        lines
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub fn values(&self) -> &[T] {
        &self.data[self.start..self.start + self.len]
    }

    pub fn values_mut(&mut self) -> &mut [T] {
        &mut self.data[self.start..self.start + self.len]
    }

    /// All numbers, the zeros at the end included.
    pub fn lines(&self) -> &[Line<T>] {
        let padded = self.len.next_multiple_of(WIDTH);
        self.data[self.start..self.start + padded].as_chunks().0
    }

    /// Whoever writes here leaves the zeros at the end zero.
    pub fn lines_mut(&mut self) -> &mut [Line<T>] {
        let padded = self.len.next_multiple_of(WIDTH);
        self.data[self.start..self.start + padded].as_chunks_mut().0
    }

    /// All zeros, those at the end included.
    pub fn clear(&mut self) {
        self.lines_mut().as_flattened_mut().fill(T::zero());
    }
}

impl<T: Real> Clone for Lines<T> {
    fn clone(&self) -> Self {
        Self::from_values(self.values())
    }
}

impl<T: Real> PartialEq for Lines<T> {
    fn eq(&self, other: &Self) -> bool {
        self.values() == other.values()
    }
}

impl<T: Real> Serialize for Lines<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        array::serialize(self.values(), serializer)
    }
}

impl<'de, T: Real> Deserialize<'de> for Lines<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        array::deserialize(deserializer).map(|values| Self::from_values(&values))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_aligned_and_filled_up_with_zeros() {
        for len in [1, 15, 16, 17, 784] {
            let lines = Lines::from_values(&vec![1.0f32; len]).clone();
            assert_eq!(lines.lines().as_ptr() as usize % ALIGNMENT, 0);
            let all: Vec<f32> = lines.lines().as_flattened().to_vec();
            assert_eq!(all.iter().sum::<f32>(), len as f32);
            assert_eq!(all.len() % WIDTH, 0);
        }
    }
}
