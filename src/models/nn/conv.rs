//! Two-dimensional convolution (cross-correlation, as in PyTorch) with stride and zero padding.
//!
//! ```text
//! y[o,r,c] = b[o] + sum_{i,p,q} w[o,i,p,q] x[i, r stride + p - padding, c stride + q - padding]
//! ```
//!
//! Each sample is laid out as a matrix of `in k k` rows, one column for each output position
//! ("patches"); then the convolution and its two adjoints are matrix products.

use super::matmul::{Packed, product, transposed_product};
use super::real::Real;
use super::shape::Shape;

/// The geometry of a convolution. Weights are `out_channels` x `in_channels` x `kernel` x `kernel`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conv {
    pub in_channels: usize,
    pub in_rows: usize,
    pub in_cols: usize,
    pub out_channels: usize,
    pub out_rows: usize,
    pub out_cols: usize,
    pub kernel: usize,
    pub stride: usize,
    pub padding: usize,
}

/// Room for the patches of one sample, and for a matrix packed for a product.
#[derive(Clone, Debug, Default)]
pub struct Buffers<T> {
    patches: Vec<T>,
    pub packed: Packed<T>,
}

impl<T: Real> Buffers<T> {
    /// Makes room for the work of a convolution.
    pub fn reserve(&mut self, conv: &Conv) {
        let more = conv.patches_size().saturating_sub(self.patches.len());
        self.patches.reserve(more);
        let (fan_in, positions) = (conv.fan_in(), conv.positions());
        self.packed.reserve(fan_in, positions);
        self.packed.reserve(conv.out_channels, positions);
        self.packed.reserve(positions, fan_in);
    }
}

impl Conv {
    /// `None` when the kernel is larger than the padded input.
    pub fn new(
        (in_channels, in_rows, in_cols): (usize, usize, usize),
        out_channels: usize,
        kernel: usize,
        stride: usize,
        padding: usize,
    ) -> Option<Self> {
        let along = |n: usize| Some((n + 2 * padding).checked_sub(kernel)? / stride + 1);
        Some(Self {
            in_channels,
            in_rows,
            in_cols,
            out_channels,
            out_rows: along(in_rows)?,
            out_cols: along(in_cols)?,
            kernel,
            stride,
            padding,
        })
    }

    pub fn output(&self) -> Shape {
        Shape::Maps {
            channels: self.out_channels,
            rows: self.out_rows,
            cols: self.out_cols,
        }
    }

    /// Inputs of one output unit.
    pub fn fan_in(&self) -> usize {
        self.in_channels * self.kernel * self.kernel
    }

    /// Output positions of one map.
    pub fn positions(&self) -> usize {
        self.out_rows * self.out_cols
    }

    fn in_size(&self) -> usize {
        self.in_channels * self.in_rows * self.in_cols
    }

    fn out_size(&self) -> usize {
        self.out_channels * self.positions()
    }

    fn patches_size(&self) -> usize {
        self.fan_in() * self.positions()
    }

    /// Calls `f(row of the patch matrix, its column, index into the sample)` for every pair that
    /// does not lie in the padding.
    #[inline(always)]
    fn for_each_patch(&self, mut f: impl FnMut(usize, usize)) {
        let positions = self.positions();
        let mut row = 0;
        for channel in 0..self.in_channels {
            for p in 0..self.kernel {
                for q in 0..self.kernel {
                    for r in 0..self.out_rows {
                        let y = r * self.stride + p;
                        if y < self.padding || y >= self.in_rows + self.padding {
                            continue;
                        }
                        let base = (channel * self.in_rows + y - self.padding) * self.in_cols;
                        for c in 0..self.out_cols {
                            let x = c * self.stride + q;
                            if x >= self.padding && x < self.in_cols + self.padding {
                                let at = row * positions + r * self.out_cols + c;
                                f(at, base + x - self.padding);
                            }
                        }
                    }
                    row += 1;
                }
            }
        }
    }

    fn gather<T: Real>(&self, x: &[T], patches: &mut [T]) {
        if self.padding > 0 {
            patches.fill(T::zero());
        }
        self.for_each_patch(|at, from| patches[at] = x[from]);
    }

    /// `y = w * x` without the bias, for every sample in `x`.
    pub fn forward<T: Real>(&self, w: &[T], x: &[T], y: &mut [T], buffers: &mut Buffers<T>) {
        let Buffers { patches, packed } = buffers;
        patches.resize(self.patches_size(), T::zero());
        let samples = x.chunks_exact(self.in_size());
        for (x, y) in samples.zip(y.chunks_exact_mut(self.out_size())) {
            self.gather(x, patches);
            packed.set(self.fan_in(), self.positions(), patches);
            product(w, packed, y, false);
        }
    }

    /// The adjoint in `x`: `below = J^T s` for every sample.
    pub fn pull<T: Real>(&self, w: &[T], s: &[T], below: &mut [T], buffers: &mut Buffers<T>) {
        let Buffers { patches, packed } = buffers;
        patches.resize(self.patches_size(), T::zero());
        let samples = s.chunks_exact(self.out_size());
        for (s, below) in samples.zip(below.chunks_exact_mut(self.in_size())) {
            packed.set(self.out_channels, self.positions(), s);
            transposed_product(w, packed, patches, false);
            below.fill(T::zero());
            self.for_each_patch(|at, to| below[to] += patches[at]);
        }
    }

    /// The adjoint in `w` and in the bias, summed over the samples; added to what is there where
    /// `add`.
    pub fn gradient<T: Real>(
        &self,
        s: &[T],
        x: &[T],
        weight: &mut [T],
        bias: &mut [T],
        add: bool,
        buffers: &mut Buffers<T>,
    ) {
        if !add {
            weight.fill(T::zero());
            bias.fill(T::zero());
        }
        let Buffers { patches, packed } = buffers;
        patches.resize(self.patches_size(), T::zero());
        let positions = self.positions();
        let samples = s.chunks_exact(self.out_size());
        for (s, x) in samples.zip(x.chunks_exact(self.in_size())) {
            self.gather(x, patches);
            packed.set_transposed(positions, self.fan_in(), patches);
            product(s, packed, weight, true);
            for (b, s) in bias.iter_mut().zip(s.chunks_exact(positions)) {
                *b += s.iter().fold(T::zero(), |sum, &s| sum + s);
            }
        }
    }
}
