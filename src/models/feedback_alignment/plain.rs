//! The equations once more, as they stand in the paper: row by row, nothing fused, nothing skipped.
//!
//! With [`Dual`] numbers this is forward-mode differentiation; with `f64` it is what
//! central differences are taken of. It shares no line with the kernels and checks them.

use super::coefficients::Coefficients;
use super::dual::{Dual, Number};
use super::network::{Feedback, Network};
use super::reverse::SymmetricGradient;
use super::task::{Samples, Task};
use super::terms::TERMS;

/// Matrices row by row: `weights[l - 1][i][j]` from unit `j` of layer `l - 1` to unit `i` of `l`.
type Matrices<X> = Vec<Vec<Vec<X>>>;

/// An episode in plain form.
#[derive(Clone, Debug)]
pub struct Plain<'a> {
    pub network: &'a Network,
    pub feedback: Feedback,
    /// `W(0)` and `B`, row by row, one list of numbers a layer. `B` is not read where feedback is
    /// symmetric.
    pub weights: &'a [Vec<f64>],
    pub fixed: &'a [Vec<f64>],
    pub task: &'a Task<f64>,
}

impl Plain<'_> {
    /// Mean cross-entropy of the query batch after adaptation with these coefficients.
    pub fn loss(&self, coefficients: &Coefficients) -> f64 {
        let theta = |l: usize, r: usize| coefficients.rule(l).theta[r];
        self.run(coefficients, theta, false)
    }

    /// The derivative of [`loss`](Self::loss) by all ten coefficients of one row, in forward mode;
    /// 0 for terms that are off. `None` for the authors' variant with symmetric feedback, which is
    /// no derivative of anything.
    pub fn gradient(
        &self,
        coefficients: &Coefficients,
        row: usize,
        symmetric: SymmetricGradient,
    ) -> Option<[f64; TERMS]> {
        let detached = match (self.feedback, symmetric) {
            (Feedback::Fixed, _) | (_, SymmetricGradient::Exact) => false,
            (_, SymmetricGradient::StopGradient) => true,
            (_, SymmetricGradient::Authors) => return None,
        };
        let theta = |l: usize, r: usize| {
            let value = coefficients.rule(l).theta[r];
            if coefficients.row(l) == row {
                Dual::<TERMS>::variable(value, r)
            } else {
                Dual::of(value)
            }
        };
        let slopes = self.run(coefficients, theta, detached).slopes;
        let on = &coefficients.rows()[row].on;
        Some(std::array::from_fn(|r| if on[r] { slopes[r] } else { 0.0 }))
    }

    fn run<X: Number>(
        &self,
        coefficients: &Coefficients,
        theta: impl Fn(usize, usize) -> X,
        detached: bool,
    ) -> X {
        let matrices = |lists: &[Vec<f64>]| -> Matrices<X> {
            let sized = lists.iter().zip(self.network.sizes());
            let rows = |(list, &n): (&Vec<f64>, &usize)| -> Vec<Vec<X>> {
                let rows = list.chunks_exact(n);
                rows.map(|row| row.iter().map(|&x| X::of(x)).collect())
                    .collect()
            };
            sized.map(rows).collect()
        };
        let mut weights = matrices(self.weights);
        let fixed = matrices(self.fixed);
        for t in 0..self.task.stream.len() {
            let feedback = match self.feedback {
                Feedback::Fixed => fixed.clone(),
                Feedback::Symmetric if detached => {
                    let value = |x: &X| X::of(x.value());
                    let row = |row: &Vec<X>| row.iter().map(value).collect();
                    let matrix = |matrix: &Vec<Vec<X>>| matrix.iter().map(row).collect();
                    weights.iter().map(matrix).collect()
                }
                Feedback::Symmetric => weights.clone(),
            };
            self.step(coefficients, &theta, &mut weights, &feedback, t);
        }
        let query = &self.task.query;
        let mut sum = X::of(0.0);
        for i in 0..query.len() {
            let (p, label) = (self.forward(&weights, query, i), query.get(i).1);
            sum = sum - p[self.network.depth()][label].ln();
        }
        sum / X::of(query.len() as f64)
    }

    /// Activities of all layers.
    fn forward<X: Number>(
        &self,
        weights: &Matrices<X>,
        samples: &Samples<f64>,
        i: usize,
    ) -> Vec<Vec<X>> {
        let beta = X::of(self.network.beta);
        let mut y: Vec<Vec<X>> = vec![samples.get(i).0.iter().map(|&x| X::of(x)).collect()];
        for (l, w) in weights.iter().enumerate() {
            let z = product(w, &y[l]);
            y.push(if l + 1 < weights.len() {
                z.iter().map(|&z| softplus(beta, z)).collect()
            } else {
                softmax(&z)
            });
        }
        y
    }

    fn step<X: Number>(
        &self,
        coefficients: &Coefficients,
        theta: &impl Fn(usize, usize) -> X,
        weights: &mut Matrices<X>,
        feedback: &Matrices<X>,
        t: usize,
    ) {
        let depth = self.network.depth();
        let beta = X::of(self.network.beta);
        let y = self.forward(weights, &self.task.stream, t);
        let mut e: Vec<Vec<X>> = vec![Vec::new(); depth + 1];
        e[depth] = y[depth].clone();
        let label = self.task.stream.get(t).1;
        e[depth][label] = e[depth][label] - X::of(1.0);
        for l in (0..depth).rev() {
            let u = transposed_product(&feedback[l], &e[l + 1]);
            let slope = |y: X| X::of(1.0) - (-(beta * y)).exp();
            e[l] = u.iter().zip(&y[l]).map(|(&u, &y)| u * slope(y)).collect();
        }
        for l in 1..=depth {
            let on = &coefficients.rule(l).on;
            let w = &weights[l - 1];
            let (e, e_below, y, y_below) = (&e[l], &e[l - 1], &y[l], &y[l - 1]);
            let r = transposed_product(w, y);
            let s = sum(y.iter().copied());
            let q = inner(y, &product(w, e_below));
            let v = inner(e, &product(w, y_below));
            let change = |i: usize, j: usize| {
                let terms = [
                    -(e[i] * y_below[j]),
                    -(y[i] * e_below[j]),
                    -(e[i] * e_below[j]),
                    -w[i][j],
                    -e_below[j],
                    -(s * e[i] * y_below[j]),
                    -(q * y[i] * e_below[j]),
                    -(q * e[i] * y_below[j]),
                    -(v * y[i] * e_below[j]),
                    y[i] * y_below[j] - y[i] * r[j],
                ];
                sum((0..TERMS)
                    .filter(|&r| on[r])
                    .map(|r| theta(l, r) * terms[r]))
            };
            let new: Vec<Vec<X>> = (0..w.len())
                .map(|i| (0..w[i].len()).map(|j| w[i][j] + change(i, j)).collect())
                .collect();
            weights[l - 1] = new;
        }
    }
}

fn sum<X: Number>(items: impl Iterator<Item = X>) -> X {
    items.fold(X::of(0.0), |sum, x| sum + x)
}

fn inner<X: Number>(a: &[X], b: &[X]) -> X {
    sum(a.iter().zip(b).map(|(&a, &b)| a * b))
}

fn product<X: Number>(w: &[Vec<X>], y: &[X]) -> Vec<X> {
    w.iter().map(|row| inner(row, y)).collect()
}

fn transposed_product<X: Number>(w: &[Vec<X>], e: &[X]) -> Vec<X> {
    let column = |j: usize| sum(w.iter().zip(e).map(|(row, &e)| row[j] * e));
    (0..w[0].len()).map(column).collect()
}

fn softplus<X: Number>(beta: X, z: X) -> X {
    let one = X::of(1.0);
    if z.value() > 0.0 {
        z + (one + (-(beta * z)).exp()).ln() / beta
    } else {
        (one + (beta * z).exp()).ln() / beta
    }
}

fn softmax<X: Number>(z: &[X]) -> Vec<X> {
    let top = z
        .iter()
        .map(|z| z.value())
        .fold(f64::NEG_INFINITY, f64::max);
    let powers: Vec<X> = z.iter().map(|&z| (z - X::of(top)).exp()).collect();
    let total = sum(powers.iter().copied());
    powers.iter().map(|&power| power / total).collect()
}
