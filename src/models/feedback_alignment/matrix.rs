//! A matrix between two layers.

use serde::{Deserialize, Serialize};

use super::lines::{Line, Lines, WIDTH};
use crate::models::nn::real::Real;

/// An `n_l` x `n_{l-1}` matrix (row: postsynaptic unit), kept column by column: the weights out of
/// one presynaptic unit lie side by side, filled up with zeros to whole lines.
///
/// So a pixel that is 0 is a stretch of memory that need not be read, `W y` is a sum of scaled
/// columns, and what `W^T e` gives for one unit is at once enough to update its column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Matrix<T: Real> {
    post: usize,
    pre: usize,
    data: Lines<T>,
}

impl<T: Real> Matrix<T> {
    pub fn zeros(post: usize, pre: usize) -> Self {
        Self {
            post,
            pre,
            data: Lines::zeros(pre * post.next_multiple_of(WIDTH)),
        }
    }

    /// Takes the numbers row by row.
    pub fn from_rows(post: usize, pre: usize, rows: &[T]) -> Self {
        let mut matrix = Self::zeros(post, pre);
        for (i, row) in rows.chunks_exact(pre).enumerate() {
            for (j, x) in row.iter().enumerate() {
                matrix.set(i, j, *x);
            }
        }
        matrix
    }

    /// Units above, `n_l`.
    pub fn post(&self) -> usize {
        self.post
    }

    /// Units below, `n_{l-1}`.
    pub fn pre(&self) -> usize {
        self.pre
    }

    /// Lines of a column.
    pub fn stride(&self) -> usize {
        self.post.div_ceil(WIDTH)
    }

    pub fn get(&self, post: usize, pre: usize) -> T {
        self.column_values(pre)[post]
    }

    pub fn set(&mut self, post: usize, pre: usize, x: T) {
        let stride = self.stride() * WIDTH;
        self.data.values_mut()[pre * stride + post] = x;
    }

    /// The weights out of unit `pre`, in lines.
    #[inline(always)]
    pub fn column(&self, pre: usize) -> &[Line<T>] {
        let stride = self.stride();
        &self.data.lines()[pre * stride..(pre + 1) * stride]
    }

    /// The weights out of unit `pre`.
    pub fn column_values(&self, pre: usize) -> &[T] {
        let stride = self.stride() * WIDTH;
        &self.data.values()[pre * stride..pre * stride + self.post]
    }

    /// All columns, one after the other; the zeros that fill them up included.
    pub fn lines(&self) -> &[Line<T>] {
        self.data.lines()
    }

    pub fn lines_mut(&mut self) -> &mut [Line<T>] {
        self.data.lines_mut()
    }

    /// All numbers, column by column; the zeros that fill the columns up included.
    pub fn values(&self) -> &[T] {
        self.data.values()
    }

    /// The numbers row by row.
    pub fn to_rows(&self) -> Vec<T> {
        (0..self.post)
            .flat_map(|i| (0..self.pre).map(move |j| (i, j)))
            .map(|(i, j)| self.get(i, j))
            .collect()
    }

    pub fn copy_from(&mut self, other: &Self) {
        self.data.values_mut().copy_from_slice(other.data.values());
    }

    pub fn clear(&mut self) {
        self.data.clear();
    }

    /// Whether it has this size and all the numbers that belong to it.
    pub fn fits(&self, post: usize, pre: usize) -> bool {
        let numbers = pre * post.next_multiple_of(WIDTH);
        (self.post, self.pre, self.data.len()) == (post, pre, numbers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_as_they_went_in() {
        let rows: Vec<f64> = (0..18 * 3).map(f64::from).collect();
        let matrix = Matrix::from_rows(18, 3, &rows);
        assert_eq!(matrix.to_rows(), rows);
        assert_eq!(matrix.get(17, 1), 52.0);
        assert_eq!(matrix.column_values(2)[1], 5.0);
        assert_eq!(matrix.column(1).len(), 2);
        assert!(matrix.fits(18, 3) && !matrix.fits(3, 18));
        assert_eq!(
            matrix.values().iter().sum::<f64>(),
            rows.iter().sum::<f64>()
        );
    }
}
