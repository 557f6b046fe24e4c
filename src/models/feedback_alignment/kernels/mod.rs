//! The sweeps over the weights. Everything that needs a matrix is done while its column is at hand.
//!
//! A column holds the weights out of one presynaptic unit, in lines of sixteen numbers. Four columns
//! are taken at a time, so that a line of the vectors of the upper layer is read once for four.
//! Sums run in sixteen fixed lanes and are then halved. Where the processor has fused multiply-add
//! it is used: results are the same on all processors that have it, and differ in the last bits
//! from those that have not.

mod adapt;
mod product;
mod undo;

pub use adapt::{Adapt, Idle, adapt, idle};
pub use product::{add_outer, multiply, project, pull};
pub use undo::{Error, IdleUndo, Undo, idle_undo, measure, undo};

use super::lines::{Line, WIDTH};
use super::terms::Factors;
use crate::models::nn::real::Real;

/// Columns that are taken at a time.
const BLOCK: usize = 4;

/// [`Factors`] in the numbers of the kernels.
#[derive(Clone, Copy, Debug)]
pub struct Scaled<T> {
    /// `1 - decay`.
    pub keep: T,
    pub error_activity: T,
    pub error_error: T,
    pub activity_error: T,
    pub activity_rest: T,
    pub ones_error: T,
}

impl<T: Real> Scaled<T> {
    pub fn new(factors: &Factors) -> Self {
        Self {
            keep: T::of(1.0 - factors.decay),
            error_activity: T::of(factors.error_activity),
            error_error: T::of(factors.error_error),
            activity_error: T::of(factors.activity_error),
            activity_rest: T::of(factors.activity_rest),
            ones_error: T::of(factors.ones_error),
        }
    }

    /// Whether columns are only added to: no decay, no column of ones.
    fn is_plain(&self) -> bool {
        self.keep == T::one() && self.ones_error == T::zero()
    }

    /// Whether anything is added along `y_l`.
    fn has_activity(&self) -> bool {
        self.activity_error != T::zero() || self.activity_rest != T::zero()
    }

    /// `A_l`, `C_l` and `D_l` for one presynaptic unit.
    #[inline(always)]
    fn row(&self, y: T, e: T, r: T) -> [T; 3] {
        [
            self.error_activity * y + self.error_error * e,
            self.activity_error * e + self.activity_rest * (y - r),
            self.ones_error * e,
        ]
    }
}

/// `sum += x s`.
#[inline(always)]
fn add_scaled<T: Real, const FUSED: bool>(sum: &mut Line<T>, x: &Line<T>, s: T) {
    for i in 0..WIDTH {
        sum[i] = x[i].multiply_add::<FUSED>(s, sum[i]);
    }
}

/// `sum += x y`, elementwise.
#[inline(always)]
fn add_product<T: Real, const FUSED: bool>(sum: &mut Line<T>, x: &Line<T>, y: &Line<T>) {
    for i in 0..WIDTH {
        sum[i] = x[i].multiply_add::<FUSED>(y[i], sum[i]);
    }
}

/// The sum of a line, halved until one number is left.
#[inline(always)]
fn total<T: Real>(mut line: Line<T>) -> T {
    let mut half = WIDTH / 2;
    while half > 0 {
        for i in 0..half {
            let other = line[i + half];
            line[i] += other;
        }
        half /= 2;
    }
    line[0]
}

/// `column . v` for each of the columns.
#[inline(always)]
fn dots<T: Real, const FUSED: bool, const N: usize>(
    columns: [&[Line<T>]; N],
    v: &[Line<T>],
) -> [T; N] {
    let mut sums = [[T::zero(); WIDTH]; N];
    let columns = columns.map(|column| &column[..v.len()]);
    for k in 0..v.len() {
        for i in 0..N {
            add_product::<T, FUSED>(&mut sums[i], &columns[i][k], &v[k]);
        }
    }
    sums.map(total)
}

/// Where the columns `at` lie in a matrix with columns of `stride` lines.
#[inline(always)]
fn ranges<const N: usize>(stride: usize, at: [u32; N]) -> [std::ops::Range<usize>; N] {
    at.map(|j| {
        let start = j as usize * stride;
        start..start + stride
    })
}

#[inline(always)]
fn columns<T, const N: usize>(matrix: &[Line<T>], stride: usize, at: [u32; N]) -> [&[Line<T>]; N] {
    ranges(stride, at).map(|range| &matrix[range])
}

#[inline(always)]
fn columns_mut<T, const N: usize>(
    matrix: &mut [Line<T>],
    stride: usize,
    at: [u32; N],
) -> [&mut [Line<T>]; N] {
    matrix
        .get_disjoint_mut(ranges(stride, at))
        .expect("columns of the matrix, each once")
}

/// Calls a block function with four columns at a time, then one by one.
macro_rules! in_blocks {
    ($columns:expr, $block:ident, $($argument:expr),*) => {{
        let (blocks, rest) = $columns.as_chunks::<BLOCK>();
        for at in blocks {
            $block::<T, FUSED, BLOCK>(*at, $($argument),*);
        }
        for at in rest {
            $block::<T, FUSED, 1>([*at], $($argument),*);
        }
    }};
}
use in_blocks;
