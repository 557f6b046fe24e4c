//! Exponential smoothing without the bias of its start.

/// ```text
/// s = beta^c s + (1 - beta^c) x        w = beta^c w + (1 - beta^c)        smoothed = s / w
/// ```
/// where `c` is the number of samples that `x` is the mean of. With c = 1, w is 1 - beta^t: the
/// average starts at the first sample and not at zero, and a constant stays what it is.
#[derive(Clone, Debug)]
pub(super) struct Smoother {
    beta: f64,
    sum: f64,
    weight: f64,
}

impl Smoother {
    pub(super) fn new(beta: f64) -> Self {
        let beta = if beta.is_nan() { 0.0 } else { beta };
        Self {
            beta: beta.clamp(0.0, 0.999_999_9),
            sum: 0.0,
            weight: 0.0,
        }
    }

    /// Takes the mean of `count` samples; one that is not finite changes nothing.
    pub(super) fn push(&mut self, mean: f64, count: u32) -> f64 {
        if mean.is_finite() && count > 0 {
            let kept = self.beta.powf(f64::from(count));
            self.sum = kept * self.sum + (1.0 - kept) * mean;
            self.weight = kept * self.weight + (1.0 - kept);
        }
        self.sum / self.weight
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constant_stays_itself_from_the_first_sample() {
        let mut smoother = Smoother::new(0.98);
        for _ in 0..5 {
            assert!((smoother.push(7.0, 1) - 7.0).abs() < 1e-12);
        }
    }

    /// The definition: weights (1 - beta) beta^(t-k), divided by their sum 1 - beta^t.
    #[test]
    fn weights_are_those_of_the_definition() {
        let (beta, numbers) = (0.7f64, [3.0, -1.0, 4.0, 1.5]);
        let mut smoother = Smoother::new(beta);
        for t in 1..=numbers.len() {
            let shown = smoother.push(numbers[t - 1], 1);
            let weighted: f64 = (0..t)
                .map(|k| (1.0 - beta) * beta.powi((t - 1 - k) as i32) * numbers[k])
                .sum();
            let expected = weighted / (1.0 - beta.powi(t as i32));
            assert!((shown - expected).abs() < 1e-12, "{shown} for {expected}");
        }
    }

    #[test]
    fn a_bucket_weighs_as_much_as_its_samples() {
        let (mut single, mut bundled) = (Smoother::new(0.9), Smoother::new(0.9));
        for x in [2.0, 2.0, 2.0, 5.0, 5.0] {
            single.push(x, 1);
        }
        bundled.push(2.0, 3);
        bundled.push(5.0, 2);
        assert!((single.push(f64::NAN, 1) - bundled.push(f64::NAN, 1)).abs() < 1e-12);
    }
}
