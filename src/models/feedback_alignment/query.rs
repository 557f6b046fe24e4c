//! The query batch: what the network has learnt, and where its gradient starts.

use serde::{Deserialize, Serialize};

use super::activation::cross_entropy;
use super::kernels::{add_outer, multiply, project};
use super::learner::{Learner, Workspace, on};
use super::lines::Lines;
use super::matrix::Matrix;
use super::network::Network;
use super::trace::Trace;
use crate::models::nn::elementwise::{dot, sum_squares};
use crate::models::nn::loss::largest;
use crate::models::nn::real::Real;

/// The outcome of the samples judged so far.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Cross-entropy of each sample.
    pub losses: Vec<f64>,
    /// Whether the largest of all outputs is that of the label.
    pub correct: Vec<bool>,
}

impl Outcome {
    /// Mean cross-entropy; NaN before the first sample.
    pub fn loss(&self) -> f64 {
        self.losses.iter().sum::<f64>() / self.losses.len() as f64
    }

    /// Share of samples that are right; NaN before the first.
    pub fn accuracy(&self) -> f64 {
        self.correct.iter().filter(|&&c| c).count() as f64 / self.correct.len() as f64
    }

    pub fn clear(&mut self) {
        self.losses.clear();
        self.correct.clear();
    }
}

/// Sums over the query batch of what is shown beside the meta-loss, with the adapted weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    /// Errors summed over the samples, index `l` from 0: fed back, and backpropagated.
    fed_back: Vec<Vec<f64>>,
    backpropagated: Vec<Vec<f64>>,
    /// `sum |W_l y_{l-1} - W_l W_l^T y_l|^2`, index `l - 1`.
    orthonormality: Vec<f64>,
    samples: u64,
}

impl Observed {
    pub fn new(network: &Network) -> Self {
        let errors = || network.sizes().iter().map(|&n| vec![0.0; n]).collect();
        Self {
            fed_back: errors(),
            backpropagated: errors(),
            orthonormality: vec![0.0; network.depth()],
            samples: 0,
        }
    }

    pub fn clear(&mut self) {
        for errors in self.fed_back.iter_mut().chain(&mut self.backpropagated) {
            errors.fill(0.0);
        }
        self.orthonormality.fill(0.0);
        self.samples = 0;
    }

    /// Whether it has the sizes of the network.
    pub fn fits(&self, network: &Network) -> bool {
        let sized = |errors: &[Vec<f64>]| {
            errors.len() == network.sizes().len()
                && errors
                    .iter()
                    .zip(network.sizes())
                    .all(|(e, &n)| e.len() == n)
        };
        sized(&self.fed_back)
            && sized(&self.backpropagated)
            && self.orthonormality.len() == network.depth()
    }

    /// Samples taken in so far.
    pub fn samples(&self) -> u64 {
        self.samples
    }

    /// `cos alpha_l`, index `l` from 0: between the means over the batch of the fed back and of the
    /// backpropagated error. NaN where one of them is 0.
    pub fn cosines(&self) -> Vec<f64> {
        let pairs = self.fed_back.iter().zip(&self.backpropagated);
        let cosine = |(f, b): (&Vec<f64>, &Vec<f64>)| {
            let cosine = dot(f, b) / (sum_squares(f).sqrt() * sum_squares(b).sqrt());
            cosine.clamp(-1.0, 1.0)
        };
        pairs.map(cosine).collect()
    }

    /// `alpha_l` in degrees, index `l` from 0. 0 by construction for the output layer.
    pub fn angles(&self) -> Vec<f64> {
        let degrees = |cosine: &f64| cosine.acos().to_degrees();
        self.cosines().iter().map(degrees).collect()
    }

    /// The orthonormality error `E1_l`, index `l - 1`: a sum over the batch, 0 if and only if
    /// `z_l = W_l W_l^T y_l` on every sample (eq. 11-12 of the paper).
    pub fn orthonormality(&self) -> &[f64] {
        &self.orthonormality
    }
}

/// The Frobenius norm of a weight matrix.
pub fn norm<T: Real>(w: &Matrix<T>) -> f64 {
    sum_squares(w.values()).sqrt()
}

/// Scratch for query samples.
#[derive(Clone, Debug)]
pub struct QueryWork<T: Real> {
    pub trace: Trace<T>,
    /// Errors by the true weights and by the feedback, index `l` from 0.
    pub backpropagated: Vec<Lines<T>>,
    pub fed_back: Vec<Lines<T>>,
    /// `y_{l-1} - W_l^T y_l` and its image under `W_l`.
    rest: Vec<Lines<T>>,
    image: Vec<Lines<T>>,
    /// Room for the weights of one step; made when it is first needed.
    pub(super) weights: Vec<Matrix<T>>,
}

impl<T: Real> QueryWork<T> {
    pub fn new(network: &Network) -> Self {
        let layers = || -> Vec<Lines<T>> {
            let sizes = network.sizes().iter();
            sizes.map(|&n| Lines::zeros(n)).collect()
        };
        Self {
            trace: Trace::new(network),
            backpropagated: layers(),
            fed_back: layers(),
            rest: layers(),
            image: layers(),
            weights: Vec::new(),
        }
    }
}

impl<T: Real> Learner<T> {
    /// Judges one query sample; with `gradient`, adds that of the mean over `batch` samples,
    ///
    /// ```text
    /// D_L = (p - onehot) / N        G_l += D_l^T y_{l-1}^T        D_{l-1} = (W_l^T D_l) d_{l-1}
    /// ```
    pub fn query(
        &self,
        (x, label): (&[T], usize),
        batch: usize,
        gradient: Option<&mut [Matrix<T>]>,
        outcome: &mut Outcome,
        query: &mut QueryWork<T>,
        work: &mut Workspace<T>,
    ) {
        let depth = self.network.depth();
        self.forward(x, &mut query.trace, work);
        self.judge(label, &mut query.trace);
        let logits = query.trace.logits();
        outcome.losses.push(cross_entropy(logits, label));
        outcome.correct.push(largest(logits) == label);
        let Some(gradient) = gradient else {
            return;
        };
        let share = T::of(1.0 / batch as f64);
        let errors = &mut query.backpropagated;
        let output = query.trace.e[depth].values();
        for (d, e) in errors[depth].values_mut().iter_mut().zip(output) {
            *d = *e * share;
        }
        for l in (1..=depth).rev() {
            let on = on(l, &self.network, work);
            let (below, here) = errors.split_at_mut(l);
            add_outer(
                on,
                &mut gradient[l - 1],
                &here[0],
                query.trace.y[l - 1].values(),
            );
            let mut products = on.len() * self.network.size(l);
            if l > 1 {
                let d = query.trace.d[l - 1].values();
                let below = below[l - 1].values_mut();
                project(on, &self.weights[l - 1], &here[0], below);
                for (e, d) in below.iter_mut().zip(d) {
                    *e *= *d;
                }
                products *= 2;
            }
            work.products += products as u64;
        }
    }

    /// Takes one query sample into the angles and orthonormality errors.
    pub fn observe(
        &self,
        (x, label): (&[T], usize),
        observed: &mut Observed,
        query: &mut QueryWork<T>,
        work: &mut Workspace<T>,
    ) {
        self.forward(x, &mut query.trace, work);
        self.judge(label, &mut query.trace);
        self.fed_back(&query.trace, &mut query.fed_back, work);
        self.backpropagated(&query.trace, &mut query.backpropagated, work);
        let add = |sums: &mut [Vec<f64>], errors: &[Lines<T>]| {
            for (sums, errors) in sums.iter_mut().zip(errors) {
                for (sum, e) in sums.iter_mut().zip(errors.values()) {
                    *sum += e.f64();
                }
            }
        };
        add(&mut observed.fed_back, &query.fed_back);
        add(&mut observed.backpropagated, &query.backpropagated);
        for l in 1..=self.network.depth() {
            let (w, all) = (&self.weights[l - 1], &work.all[..self.network.size(l - 1)]);
            let rest = query.rest[l - 1].values_mut();
            project(all, w, &query.trace.y[l], rest);
            for (r, y) in rest.iter_mut().zip(query.trace.y[l - 1].values()) {
                *r = *y - *r;
            }
            multiply(all, w, rest, &mut query.image[l]);
            observed.orthonormality[l - 1] += sum_squares(query.image[l].values());
            work.products += 2 * (all.len() * self.network.size(l)) as u64;
        }
        observed.samples += 1;
    }
}
