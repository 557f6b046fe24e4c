//! What the output layer is judged by, and the gradient at the output.

use super::real::Real;

/// ```text
/// cross-entropy  -ln softmax(yhat)[label]         per sample; gradient softmax - onehot
/// mse            sum_k (yhat_k - y_k)^2           per sample; gradient 2 (yhat - y)
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LossKind {
    CrossEntropy,
    Mse,
}

/// Mean divides by the batch size (MSE: by batch size times classes), sum by nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reduction {
    Mean,
    Sum,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loss {
    pub kind: LossKind,
    pub reduction: Reduction,
}

/// What the outputs are compared with.
#[derive(Clone, Copy, Debug)]
pub enum Target<'a, T> {
    /// A class for each sample.
    Labels(&'a [u8]),
    /// All values of each sample (for [`LossKind::Mse`]).
    Values(&'a [T]),
}

/// Sums over samples, before the reduction.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Judged {
    pub loss: f64,
    /// Samples whose largest output (the first of equals) is that of the label.
    pub correct: u64,
}

impl Loss {
    /// The factor between the sum over samples and the loss of a batch.
    pub fn weight(&self, batch: usize, classes: usize) -> f64 {
        match (self.reduction, self.kind) {
            (Reduction::Sum, _) => 1.0,
            (Reduction::Mean, LossKind::CrossEntropy) => 1.0 / batch as f64,
            (Reduction::Mean, LossKind::Mse) => 1.0 / (batch * classes) as f64,
        }
    }

    /// An upper bound of the loss's second derivative along any direction of one sample's output:
    /// for cross-entropy the norm of `diag(p) - p p^T` is at most 1/2.
    pub fn curvature(&self, batch: usize, classes: usize) -> f64 {
        let per_sample = match self.kind {
            LossKind::CrossEntropy => 0.5,
            LossKind::Mse => 2.0,
        };
        per_sample * self.weight(batch, classes)
    }

    /// Judges the samples in `outputs` (`classes` numbers each) and writes the gradient of the
    /// loss of a batch of `batch` samples into `gradient`, where that is not empty.
    pub fn judge<T: Real>(
        &self,
        classes: usize,
        batch: usize,
        outputs: &[T],
        target: Target<'_, T>,
        gradient: &mut [T],
    ) -> Judged {
        let mut sum = Judged::default();
        let weight = self.weight(batch, classes);
        for (i, y) in outputs.chunks_exact(classes).enumerate() {
            let label = match target {
                Target::Labels(labels) => Some(usize::from(labels[i])),
                Target::Values(_) => None,
            };
            let wanted = |k: usize| match target {
                Target::Labels(_) => {
                    if label == Some(k) {
                        T::one()
                    } else {
                        T::zero()
                    }
                }
                Target::Values(values) => values[i * classes + k],
            };
            let best = largest(y);
            sum.correct += u64::from(label == Some(best));
            let gradient = gradient
                .get_mut(i * classes..(i + 1) * classes)
                .unwrap_or_default();
            match self.kind {
                LossKind::CrossEntropy => {
                    let top = y[best];
                    let mut total = T::zero();
                    for &y in y {
                        total += (y - top).exp();
                    }
                    let label = label.expect("cross-entropy judges by labels");
                    sum.loss += total.f64().ln() - (y[label] - top).f64();
                    for (k, g) in gradient.iter_mut().enumerate() {
                        *g = ((y[k] - top).exp() / total - wanted(k)) * T::of(weight);
                    }
                }
                LossKind::Mse => {
                    for (k, &y) in y.iter().enumerate() {
                        let off = y - wanted(k);
                        sum.loss += off.f64() * off.f64();
                        if let Some(g) = gradient.get_mut(k) {
                            *g = off * T::of(2.0 * weight);
                        }
                    }
                }
            }
        }
        sum
    }
}

/// The index of the largest number, the first of equals.
pub fn largest<T: Real>(y: &[T]) -> usize {
    let mut best = 0;
    for (k, &value) in y.iter().enumerate() {
        if value > y[best] {
            best = k;
        }
    }
    best
}

/// Class probabilities of one sample.
pub fn softmax<T: Real>(y: &[T]) -> Vec<f64> {
    let top = y[largest(y)].f64();
    let powers: Vec<f64> = y.iter().map(|y| (y.f64() - top).exp()).collect();
    let total: f64 = powers.iter().sum();
    powers.iter().map(|power| power / total).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gradients_are_the_derivative_of_the_reduced_loss() {
        let outputs = [0.3, -1.2, 0.8, 2.0, 0.1, -0.4f64];
        let labels = [2u8, 1];
        for kind in [LossKind::CrossEntropy, LossKind::Mse] {
            for reduction in [Reduction::Mean, Reduction::Sum] {
                let loss = Loss { kind, reduction };
                let of = |y: &[f64]| {
                    loss.judge(3, 2, y, Target::Labels(&labels), &mut []).loss * loss.weight(2, 3)
                };
                let mut gradient = [0.0; 6];
                loss.judge(3, 2, &outputs, Target::Labels(&labels), &mut gradient);
                for k in 0..6 {
                    let (mut up, mut down) = (outputs, outputs);
                    up[k] += 1e-6;
                    down[k] -= 1e-6;
                    let numeric = (of(&up) - of(&down)) / 2e-6;
                    assert!((gradient[k] - numeric).abs() < 1e-8, "{loss:?} {k}");
                }
            }
        }
    }

    #[test]
    fn huge_logits_stay_finite_and_ties_go_to_the_first() {
        let loss = Loss {
            kind: LossKind::CrossEntropy,
            reduction: Reduction::Mean,
        };
        let judged = loss.judge(2, 1, &[1e30f32, -1e30], Target::Labels(&[0]), &mut []);
        assert_eq!(
            judged,
            Judged {
                loss: 0.0,
                correct: 1
            }
        );
        assert_eq!(largest(&[1.0, 3.0, 3.0]), 1);
    }
}
