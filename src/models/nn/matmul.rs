//! The three products of a dense layer, over a batch of rows.
//!
//! All matrices are row by row; nothing is allocated here.

use ndarray::linalg::general_mat_mul;
use ndarray::{ArrayView2, ArrayViewMut2};

use super::real::Real;

fn view<T>(rows: usize, cols: usize, data: &[T]) -> ArrayView2<'_, T> {
    ArrayView2::from_shape((rows, cols), data).expect("the slice has rows * cols numbers")
}

fn view_mut<T>(rows: usize, cols: usize, data: &mut [T]) -> ArrayViewMut2<'_, T> {
    ArrayViewMut2::from_shape((rows, cols), data).expect("the slice has rows * cols numbers")
}

/// `c = a b^T`: `a` is `m x k`, `b` is `n x k`, `c` is `m x n`.
pub fn by_transposed<T: Real>(m: usize, k: usize, n: usize, a: &[T], b: &[T], c: &mut [T]) {
    let (a, b) = (view(m, k, a), view(n, k, b));
    general_mat_mul(T::one(), &a, &b.t(), T::zero(), &mut view_mut(m, n, c));
}

/// `c = a b`: `a` is `m x k`, `b` is `k x n`, `c` is `m x n`.
pub fn product<T: Real>(m: usize, k: usize, n: usize, a: &[T], b: &[T], c: &mut [T]) {
    let (a, b) = (view(m, k, a), view(k, n, b));
    general_mat_mul(T::one(), &a, &b, T::zero(), &mut view_mut(m, n, c));
}

/// `c = a^T b` or, where `add`, `c += a^T b`: `a` is `k x m`, `b` is `k x n`, `c` is `m x n`.
pub fn transposed_by<T: Real>(
    (m, k, n): (usize, usize, usize),
    a: &[T],
    b: &[T],
    c: &mut [T],
    add: bool,
) {
    let (a, b) = (view(k, m, a), view(k, n, b));
    let keep = if add { T::one() } else { T::zero() };
    general_mat_mul(T::one(), &a.t(), &b, keep, &mut view_mut(m, n, c));
}

/// `c += a b^T`: `a` is `m x k`, `b` is `n x k`, `c` is `m x n`.
pub fn add_by_transposed<T: Real>(m: usize, k: usize, n: usize, a: &[T], b: &[T], c: &mut [T]) {
    let (a, b) = (view(m, k, a), view(n, k, b));
    general_mat_mul(T::one(), &a, &b.t(), T::one(), &mut view_mut(m, n, c));
}
