//! What is seen of the weights and of judged images, beyond what the learner itself measures.

use super::learner::Learner;
use super::matrix::Matrix;
use super::query::Outcome;
use crate::models::nn::elementwise::{dot, same_signs, sum_squares};

/// The weights of one layer beside its feedback.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Beside {
    /// Share of weights with the sign of their feedback weight, 0 to 1.
    pub agreement: f64,
    /// Angle of `W_l` and `B_l` as vectors, in degrees.
    pub angle: f64,
    /// Mean length of the rows of `W_l`.
    pub row_norm: f64,
}

/// Compares `W_l` with `B_l`, `l` from 1.
pub fn beside(learner: &Learner<f32>, l: usize) -> Beside {
    let (w, b) = (&learner.weights[l - 1], learner.feedback_matrix(l));
    let count = w.post() * w.pre();
    // The zeros that fill up the columns agree.
    let filled = w.values().len() - count;
    let same = same_signs(w.values(), b.values()) - filled as f64;
    let lengths = (sum_squares(w.values()) * sum_squares(b.values())).sqrt();
    let cosine = (dot(w.values(), b.values()) / lengths).clamp(-1.0, 1.0);
    Beside {
        agreement: same / count as f64,
        angle: cosine.acos().to_degrees(),
        row_norm: mean_row_norm(w),
    }
}

/// The mean length of the rows of a weight matrix.
fn mean_row_norm(w: &Matrix<f32>) -> f64 {
    let mut squares = vec![0.0; w.post()];
    for j in 0..w.pre() {
        for (square, w) in squares.iter_mut().zip(w.column_values(j)) {
            *square += f64::from(*w) * f64::from(*w);
        }
    }
    squares.iter().map(|square| square.sqrt()).sum::<f64>() / w.post() as f64
}

/// The spread behind a mean loss and accuracy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Quartiles of the cross-entropy.
    pub low: f64,
    pub high: f64,
    /// Accuracy on the class that is known least, and best.
    pub worst: f64,
    pub best: f64,
}

/// The spread over judged images, whose classes are `labels` in the same order.
pub fn spread(outcome: &Outcome, labels: impl Iterator<Item = u8>) -> Spread {
    let mut losses = outcome.losses.clone();
    losses.sort_by(f64::total_cmp);
    let at = |share: f64| match losses.len() {
        0 => f64::NAN,
        n => losses[((n - 1) as f64 * share).round() as usize],
    };
    let mut classes = [(0u32, 0u32); 256];
    for (label, right) in labels.zip(&outcome.correct) {
        let class = &mut classes[usize::from(label)];
        class.0 += u32::from(*right);
        class.1 += 1;
    }
    let shares = || {
        let seen = classes.iter().filter(|(_, all)| *all > 0);
        seen.map(|(right, all)| f64::from(*right) / f64::from(*all))
    };
    Spread {
        low: at(0.25),
        high: at(0.75),
        worst: shares().fold(f64::NAN, f64::min),
        best: shares().fold(f64::NAN, f64::max),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::feedback_alignment::network::{BETA, Feedback, Network};
    use crate::models::random::stream;

    #[test]
    fn quartiles_and_classes() {
        let outcome = Outcome {
            losses: vec![5.0, 1.0, 2.0, 4.0, 3.0],
            correct: vec![true, false, false, true, true],
        };
        let found = spread(&outcome, [7, 7, 7, 9, 9].into_iter());
        assert_eq!((found.low, found.high), (2.0, 4.0));
        assert_eq!((found.worst, found.best), (1.0 / 3.0, 1.0));
    }

    /// Independent matrices agree in half of the signs and stand at right angles, to four standard
    /// deviations; a matrix agrees with itself.
    #[test]
    fn random_feedback_agrees_by_chance() {
        let network = Network::new(&[70, 50, 10], BETA).unwrap();
        let mut learner = Learner::new(&network, Feedback::Fixed);
        learner.draw(&mut stream(1, "a"), &mut stream(1, "b"));
        let first = beside(&learner, 1);
        assert!((first.agreement - 0.5).abs() < 0.034, "{}", first.agreement);
        assert!((first.angle - 90.0).abs() < 3.9, "{}", first.angle);
        learner.fixed = learner.weights.clone();
        let itself = beside(&learner, 2);
        assert_eq!((itself.agreement, itself.angle.round()), (1.0, 0.0));
    }
}
