//! Max-pooling without padding; of equal values the first (row by row) wins, as in PyTorch.

use super::real::Real;
use super::shape::Shape;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pool {
    pub channels: usize,
    pub in_rows: usize,
    pub in_cols: usize,
    pub out_rows: usize,
    pub out_cols: usize,
    pub kernel: usize,
    pub stride: usize,
}

impl Pool {
    /// `None` when the window is larger than the input.
    pub fn new(
        (channels, in_rows, in_cols): (usize, usize, usize),
        kernel: usize,
        stride: usize,
    ) -> Option<Self> {
        let along = |n: usize| Some(n.checked_sub(kernel)? / stride + 1);
        Some(Self {
            channels,
            in_rows,
            in_cols,
            out_rows: along(in_rows)?,
            out_cols: along(in_cols)?,
            kernel,
            stride,
        })
    }

    pub fn output(&self) -> Shape {
        Shape::Maps {
            channels: self.channels,
            rows: self.out_rows,
            cols: self.out_cols,
        }
    }

    fn in_size(&self) -> usize {
        self.channels * self.in_rows * self.in_cols
    }

    fn out_size(&self) -> usize {
        self.channels * self.out_rows * self.out_cols
    }

    /// The maxima, and in `picks` where in its sample each was found.
    pub fn forward<T: Real>(&self, x: &[T], y: &mut [T], picks: &mut [u32]) {
        let samples = x.chunks_exact(self.in_size());
        let outputs = y.chunks_exact_mut(self.out_size());
        for ((x, y), picks) in samples
            .zip(outputs)
            .zip(picks.chunks_exact_mut(self.out_size()))
        {
            let mut at = 0;
            for channel in 0..self.channels {
                for r in 0..self.out_rows {
                    for c in 0..self.out_cols {
                        let best = self.largest(x, channel, r * self.stride, c * self.stride);
                        y[at] = x[best];
                        picks[at] = best as u32;
                        at += 1;
                    }
                }
            }
        }
    }

    fn largest<T: Real>(&self, x: &[T], channel: usize, row: usize, col: usize) -> usize {
        let start = (channel * self.in_rows + row) * self.in_cols + col;
        let nan = |v: T| v.partial_cmp(&v).is_none();
        let mut best = start;
        for p in 0..self.kernel {
            for q in 0..self.kernel {
                let here = start + p * self.in_cols + q;
                // A NaN is taken too, so that it is not lost here.
                if x[here] > x[best] || nan(x[here]) && !nan(x[best]) {
                    best = here;
                }
            }
        }
        best
    }

    /// The linear map at the picked positions, for a tangent `x`.
    pub fn push<T: Real>(&self, picks: &[u32], x: &[T], y: &mut [T]) {
        let samples = x.chunks_exact(self.in_size());
        let outputs = y.chunks_exact_mut(self.out_size());
        for ((x, y), picks) in samples
            .zip(outputs)
            .zip(picks.chunks_exact(self.out_size()))
        {
            for (y, &from) in y.iter_mut().zip(picks) {
                *y = x[from as usize];
            }
        }
    }

    /// Its adjoint: every error goes to where the maximum came from.
    pub fn pull<T: Real>(&self, picks: &[u32], s: &[T], below: &mut [T]) {
        below.fill(T::zero());
        let samples = below.chunks_exact_mut(self.in_size());
        let errors = s.chunks_exact(self.out_size());
        for ((below, s), picks) in samples.zip(errors).zip(picks.chunks_exact(self.out_size())) {
            for (&s, &to) in s.iter().zip(picks) {
                below[to as usize] += s;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_equal_values_the_first_is_picked_and_windows_may_overlap() {
        let pool = Pool::new((1, 3, 3), 2, 1).unwrap();
        let x = [5.0, 1.0, 0.0, 5.0, 2.0, 7.0, 0.0, 7.0, 7.0f64];
        let (mut y, mut picks) = ([0.0; 4], [0; 4]);
        pool.forward(&x, &mut y, &mut picks);
        assert_eq!((y, picks), ([5.0, 7.0, 7.0, 7.0], [0, 5, 7, 5]));
        let mut below = [1.0; 9];
        pool.pull(&picks, &[1.0, 10.0, 100.0, 1000.0], &mut below);
        assert_eq!(below, [1.0, 0.0, 0.0, 0.0, 0.0, 1010.0, 0.0, 100.0, 0.0]);
    }
}
