//! Spike-count covariances and correlations, window by window, in memory that does not grow.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// Cells of the matrix: all that it takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Groups {
    /// Where each group begins; the last entry is the number of cells.
    edges: Vec<usize>,
}

impl Groups {
    /// Groups of consecutive cells with these sizes.
    pub fn new(sizes: &[usize]) -> Self {
        let mut edges = vec![0];
        for size in sizes {
            edges.push(edges[edges.len() - 1] + size);
        }
        Self { edges }
    }

    pub fn count(&self) -> usize {
        self.edges.len() - 1
    }

    pub fn range(&self, group: usize) -> Range<usize> {
        self.edges[group]..self.edges[group + 1]
    }

    pub fn cells(&self) -> usize {
        self.edges[self.edges.len() - 1]
    }
}

/// Covariances of the counts of all cells, as means over pairs of two groups.
///
/// ```text
/// mean over i != j of C_ij = (Var(sum n_i) - sum Var(n_i)) / (M (M - 1))
/// ```
///
/// so that the mean over all pairs needs the sums of the groups and no matrix. A second part keeps
/// the matrix of a sample of cells, for the correlations. Covariances divide by windows - 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CountCovariance {
    groups: Groups,
    windows: u64,
    /// For each cell: sum and sum of squares of its counts.
    sums: Vec<(f64, f64)>,
    /// For each group its sum; for each pair of groups the sum of the products, row by row.
    totals: Vec<f64>,
    products: Vec<f64>,
    sample: Sample,
}

/// Some cells with the products of all their pairs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Sample {
    /// Ascending.
    ids: Vec<usize>,
    /// Counts of the present window.
    counts: Vec<f64>,
    /// Sums of products, lower triangle row by row.
    products: Vec<f64>,
}

/// Means over the pairs of two groups.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairMeans {
    /// Pairs of different cells.
    pub off_diagonal: f64,
    /// With the variances in it, as the paper's scripts count pairs inside a population.
    pub with_diagonal: f64,
}

impl CountCovariance {
    /// For the cells of `groups`; the matrix is kept for about `sample` cells of each, evenly spread.
    pub fn new(groups: Groups, sample: usize) -> Self {
        let ids: Vec<usize> = (0..groups.count())
            .flat_map(|group| spread(groups.range(group), sample))
            .collect();
        let pairs = ids.len() * (ids.len() + 1) / 2;
        let count = groups.count();
        Self {
            windows: 0,
            sums: vec![(0.0, 0.0); groups.cells()],
            totals: vec![0.0; count],
            products: vec![0.0; count * count],
            sample: Sample {
                counts: vec![0.0; ids.len()],
                products: vec![0.0; pairs],
                ids,
            },
            groups,
        }
    }

    /// Whether a loaded state is of these groups and such a sample.
    pub fn fits(&self, groups: &Groups, sample: usize) -> bool {
        let fresh = Self::new(groups.clone(), sample);
        self.groups == fresh.groups
            && self.sample.ids == fresh.sample.ids
            && self.sums.len() == fresh.sums.len()
            && self.totals.len() == fresh.totals.len()
            && self.products.len() == fresh.products.len()
            && self.sample.counts.len() == fresh.sample.counts.len()
            && self.sample.products.len() == fresh.sample.products.len()
    }

    /// Takes one window; `counts` calls back once for each cell, in order.
    pub fn take(&mut self, counts: impl FnOnce(&mut dyn FnMut(usize, u32))) {
        self.windows += 1;
        let count = self.groups.count();
        let mut totals = vec![0.0; count];
        let (mut group, mut next) = (0, 0);
        let (sums, edges, sample) = (&mut self.sums, &self.groups.edges, &mut self.sample);
        counts(&mut |id, count| {
            let count = f64::from(count);
            while id >= edges[group + 1] {
                group += 1;
            }
            totals[group] += count;
            sums[id].0 += count;
            sums[id].1 += count * count;
            if sample.ids.get(next) == Some(&id) {
                sample.counts[next] = count;
                next += 1;
            }
        });
        for a in 0..count {
            self.totals[a] += totals[a];
            for b in 0..count {
                self.products[a * count + b] += totals[a] * totals[b];
            }
        }
        sample.add();
    }

    /// Windows taken.
    pub fn windows(&self) -> u64 {
        self.windows
    }

    fn covariance(&self, sum_a: f64, sum_b: f64, products: f64) -> f64 {
        let windows = self.windows as f64;
        (products - sum_a * sum_b / windows) / (windows - 1.0)
    }

    /// Variance of the counts of one cell.
    pub fn variance(&self, id: usize) -> f64 {
        let (sum, squares) = self.sums[id];
        self.covariance(sum, sum, squares)
    }

    /// Covariance of the summed counts of two unions of neighbouring groups.
    fn of_totals(&self, a: &Range<usize>, b: &Range<usize>) -> f64 {
        let mut sum = 0.0;
        for i in a.clone() {
            for j in b.clone() {
                let products = self.products[i * self.groups.count() + j];
                sum += self.covariance(self.totals[i], self.totals[j], products);
            }
        }
        sum
    }

    fn cells_of(&self, groups: &Range<usize>) -> Range<usize> {
        self.groups.edges[groups.start]..self.groups.edges[groups.end]
    }

    fn sum_of_variances(&self, groups: &Range<usize>) -> f64 {
        self.cells_of(groups).map(|id| self.variance(id)).sum()
    }

    /// Mean covariance over the pairs of one cell in the groups `a` and one in the groups `b`, which
    /// are the same or have no cell in common. NaN before the second window.
    pub fn mean(&self, a: Range<usize>, b: Range<usize>) -> PairMeans {
        let total = self.of_totals(&a, &b);
        let (m, k) = (
            self.cells_of(&a).len() as f64,
            self.cells_of(&b).len() as f64,
        );
        if a != b {
            let mean = total / (m * k);
            return PairMeans {
                off_diagonal: mean,
                with_diagonal: mean,
            };
        }
        let variances = self.sum_of_variances(&a);
        let off_diagonal = (total - variances) / (m * (m - 1.0));
        PairMeans {
            off_diagonal,
            // Pairs i <= j.
            with_diagonal: ((m - 1.0) * off_diagonal + 2.0 * variances / m) / (m + 1.0),
        }
    }

    /// Mean variance of the counts of a cell.
    pub fn mean_variance(&self, groups: Range<usize>) -> f64 {
        self.sum_of_variances(&groups) / self.cells_of(&groups).len() as f64
    }

    /// Variance of the population's count over what it would be if the cells were independent: 1 for
    /// independent cells, the number of cells for identical ones.
    pub fn synchrony(&self, groups: Range<usize>) -> f64 {
        self.of_totals(&groups, &groups) / self.sum_of_variances(&groups)
    }

    /// The cells of the matrix.
    pub fn sample(&self) -> &[usize] {
        &self.sample.ids
    }

    /// Covariance of two cells of the sample, by their places in it.
    pub fn of_sample(&self, i: usize, j: usize) -> f64 {
        let sum = |k: usize| self.sums[self.sample.ids[k]].0;
        self.covariance(sum(i), sum(j), self.sample.products[place(i, j)])
    }

    /// Correlation of two cells of the sample; NaN where one never changes.
    pub fn correlation(&self, i: usize, j: usize) -> f64 {
        let variance = |k: usize| self.variance(self.sample.ids[k]);
        self.of_sample(i, j) / (variance(i) * variance(j)).sqrt()
    }

    /// Mean correlation over the sampled pairs of different cells of groups `a` and `b`, silent cells
    /// left out; the same or without a cell in common.
    pub fn mean_correlation(&self, a: Range<usize>, b: Range<usize>) -> PairMeans {
        let places = |groups: &Range<usize>| {
            let cells = self.cells_of(groups);
            let first = self.sample.ids.partition_point(|id| *id < cells.start);
            first..self.sample.ids.partition_point(|id| *id < cells.end)
        };
        let (rows, cols) = (places(&a), places(&b));
        let inverse: Vec<f64> = self
            .sample
            .ids
            .iter()
            .map(|id| self.variance(*id).sqrt().recip())
            .map(|inverse| {
                if inverse.is_finite() {
                    inverse
                } else {
                    f64::NAN
                }
            })
            .collect();
        let (mut sum, mut pairs, mut diagonal) = (0.0, 0.0, 0.0);
        for i in rows {
            if inverse[i].is_nan() {
                continue;
            }
            diagonal += f64::from(u8::from(a == b));
            let cols = if a == b { cols.start..i } else { cols.clone() };
            for j in cols {
                if !inverse[j].is_nan() {
                    sum += self.of_sample(i, j) * inverse[i] * inverse[j];
                    pairs += 1.0;
                }
            }
        }
        PairMeans {
            off_diagonal: sum / pairs,
            with_diagonal: (sum + diagonal) / (pairs + diagonal),
        }
    }
}

/// About `count` of the cells of `range`, evenly spread: the wiring is random, so any cells do.
pub fn spread(range: Range<usize>, count: usize) -> impl Iterator<Item = usize> {
    let size = range.len();
    let count = count.min(size);
    (0..count).map(move |k| range.start + k * size / count)
}

/// Place of the pair in the lower triangle.
fn place(i: usize, j: usize) -> usize {
    let (row, col) = (i.max(j), i.min(j));
    row * (row + 1) / 2 + col
}

impl Sample {
    fn add(&mut self) {
        let mut rest = &mut self.products[..];
        for (i, &count) in self.counts.iter().enumerate() {
            let (row, later) = rest.split_at_mut(i + 1);
            rest = later;
            if count != 0.0 {
                for (sum, other) in row.iter_mut().zip(&self.counts) {
                    *sum += count * other;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COUNTS: [[u32; 5]; 4] = [
        [1, 0, 3, 2, 0],
        [2, 2, 1, 0, 0],
        [0, 5, 1, 4, 0],
        [3, 1, 0, 2, 0],
    ];

    fn covariance(i: usize, j: usize) -> f64 {
        let mean = |k: usize| COUNTS.iter().map(|w| f64::from(w[k])).sum::<f64>() / 4.0;
        let product = |w: &[u32; 5]| (f64::from(w[i]) - mean(i)) * (f64::from(w[j]) - mean(j));
        COUNTS.iter().map(product).sum::<f64>() / 3.0
    }

    /// Against every pair by its definition: two groups inside E, one of I with a silent cell.
    #[test]
    fn means_over_pairs_are_those_of_the_matrix() {
        let mut all = CountCovariance::new(Groups::new(&[1, 2, 2]), 10);
        for window in COUNTS {
            all.take(|each| window.iter().enumerate().for_each(|(id, n)| each(id, *n)));
        }
        let mean = |pairs: &[(usize, usize)]| {
            let sum: f64 = pairs.iter().map(|&(i, j)| covariance(i, j)).sum();
            sum / pairs.len() as f64
        };
        let close = |ours: f64, theirs: f64| assert!((ours - theirs).abs() < 1e-12);
        let ee = all.mean(0..2, 0..2);
        close(ee.off_diagonal, mean(&[(0, 1), (0, 2), (1, 2)]));
        close(
            ee.with_diagonal,
            mean(&[(0, 1), (0, 2), (1, 2), (0, 0), (1, 1), (2, 2)]),
        );
        let ei = [(0, 3), (0, 4), (1, 3), (1, 4), (2, 3), (2, 4)];
        close(all.mean(0..2, 2..3).off_diagonal, mean(&ei));
        close(all.mean(0..1, 1..2).off_diagonal, mean(&[(0, 1), (0, 2)]));
        close(all.of_sample(1, 3), covariance(1, 3));
        let r = |i, j| covariance(i, j) / (covariance(i, i) * covariance(j, j)).sqrt();
        // Cell 4 is silent and left out.
        let correlation = all.mean_correlation(0..2, 2..3).off_diagonal;
        close(correlation, (r(0, 3) + r(1, 3) + r(2, 3)) / 3.0);
        let total: f64 = (0..9).map(|k| covariance(k / 3, k % 3)).sum();
        close(
            all.synchrony(0..2),
            total / (0..3).map(|k| covariance(k, k)).sum::<f64>(),
        );
    }
}
