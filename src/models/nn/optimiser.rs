//! From a gradient to a step of the parameters, as PyTorch defines them.

use multiversion::multiversion;
use serde::{Deserialize, Serialize};

use super::real::Real;

/// ```text
/// sgd       theta -= lr g
/// momentum  b = mu b + g ;  theta -= lr b
/// adam      m = .9 m + .1 g ;  v = .999 v + .001 g^2
///           theta -= lr (m / (1 - .9^t)) / (sqrt(v / (1 - .999^t)) + 1e-8)
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rule {
    Sgd,
    Momentum,
    Adam,
}

const BETA_1: f64 = 0.9;
const BETA_2: f64 = 0.999;
const EPSILON: f64 = 1e-8;

/// The running averages of an optimiser, one of each for every parameter.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Optimiser<T: Real> {
    rule: Rule,
    /// `m` of Adam, `b` of momentum.
    #[serde(with = "crate::models::bulk::array")]
    first: Vec<T>,
    /// `v` of Adam.
    #[serde(with = "crate::models::bulk::array")]
    second: Vec<T>,
    /// Steps taken, `t`.
    steps: u64,
}

/// The settings of one step.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    pub learning_rate: f64,
    pub momentum: f64,
}

impl<T: Real> Optimiser<T> {
    pub fn new(rule: Rule, params: usize) -> Self {
        Self {
            rule,
            first: vec![T::zero(); params],
            second: vec![T::zero(); params],
            steps: 0,
        }
    }

    pub fn rule(&self) -> Rule {
        self.rule
    }

    /// How many parameters it serves.
    pub fn len(&self) -> usize {
        self.first.len()
    }

    pub fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    /// Changes the rule; the averages start anew, as they mean different things.
    pub fn switch(&mut self, rule: Rule) {
        if rule != self.rule {
            *self = Self::new(rule, self.first.len());
        }
    }

    /// To be called once before the ranges of one step.
    pub fn begin(&mut self) {
        self.steps += 1;
    }

    /// Moves the parameters `range` along `factor` times their gradient. Returns whether all of
    /// them are finite afterwards.
    pub fn apply(
        &mut self,
        range: std::ops::Range<usize>,
        params: &mut [T],
        gradient: &[T],
        factor: f64,
        rate: Rate,
    ) -> bool {
        let params = &mut params[range.clone()];
        let gradient = &gradient[range.clone()];
        let first = &mut self.first[range.clone()];
        let lr = T::of(rate.learning_rate);
        let factor = T::of(factor);
        match self.rule {
            Rule::Sgd => sgd(params, gradient, factor, lr),
            Rule::Momentum => momentum(params, gradient, first, factor, lr, T::of(rate.momentum)),
            Rule::Adam => {
                let t = i32::try_from(self.steps).unwrap_or(i32::MAX);
                // theta -= (lr / c1) m / (sqrt(v) / sqrt(c2) + eps), c = 1 - beta^t.
                let step = T::of(rate.learning_rate / (1.0 - BETA_1.powi(t)));
                let root = T::of(1.0 / (1.0 - BETA_2.powi(t)).sqrt());
                adam(
                    params,
                    gradient,
                    first,
                    &mut self.second[range],
                    [factor, step, root],
                )
            }
        }
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma"
))]
fn sgd<T: Real>(params: &mut [T], gradient: &[T], factor: T, lr: T) -> bool {
    let mut finite = true;
    for (p, g) in params.iter_mut().zip(gradient) {
        *p -= lr * (*g * factor);
        finite &= p.is_finite();
    }
    finite
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma"
))]
fn momentum<T: Real>(
    params: &mut [T],
    gradient: &[T],
    average: &mut [T],
    factor: T,
    lr: T,
    mu: T,
) -> bool {
    let mut finite = true;
    for ((p, g), b) in params.iter_mut().zip(gradient).zip(average) {
        *b = mu * *b + *g * factor;
        *p -= lr * *b;
        finite &= p.is_finite();
    }
    finite
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma"
))]
fn adam<T: Real>(
    params: &mut [T],
    gradient: &[T],
    first: &mut [T],
    second: &mut [T],
    [factor, step, root]: [T; 3],
) -> bool {
    let (b1, b2, eps) = (T::of(BETA_1), T::of(BETA_2), T::of(EPSILON));
    let (a1, a2) = (T::of(1.0 - BETA_1), T::of(1.0 - BETA_2));
    let averages = first.iter_mut().zip(second);
    let mut finite = true;
    for ((p, g), (m, v)) in params.iter_mut().zip(gradient).zip(averages) {
        let g = *g * factor;
        *m = b1 * *m + a1 * g;
        *v = b2 * *v + a2 * (g * g);
        *p -= step * *m / (v.sqrt() * root + eps);
        finite &= p.is_finite();
    }
    finite
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two steps by hand, with a gradient that changes sign, unequal constants and a scaled
    /// gradient.
    #[test]
    fn two_steps_by_hand() {
        let rate = Rate {
            learning_rate: 0.3,
            momentum: 0.7,
        };
        let run = |rule| {
            let mut optimiser = Optimiser::new(rule, 1);
            let mut theta = [1.0f64];
            for g in [0.2, -0.5] {
                optimiser.begin();
                assert!(optimiser.apply(0..1, &mut theta, &[g], 2.0, rate));
            }
            theta[0]
        };
        assert!((run(Rule::Sgd) - (1.0 - 0.3 * 0.4 + 0.3)).abs() < 1e-15);
        let b = 0.7 * 0.4 - 1.0;
        assert!((run(Rule::Momentum) - (1.0 - 0.3 * 0.4 - 0.3 * b)).abs() < 1e-15);
        let m = 0.9 * 0.04 - 0.1;
        let v = 0.999 * 0.001 * 0.16 + 0.001;
        let one = 1.0 - 0.3 * 0.4 / (0.4 + 1e-8);
        let two = one - 0.3 * (m / 0.19) / ((v / (1.0 - 0.998_001f64)).sqrt() + 1e-8);
        assert!((run(Rule::Adam) - two).abs() < 1e-14);
    }

    #[test]
    fn a_parameter_that_is_lost_is_reported() {
        let rate = Rate {
            learning_rate: 1.0,
            momentum: 0.5,
        };
        for rule in [Rule::Sgd, Rule::Momentum, Rule::Adam] {
            let mut optimiser = Optimiser::new(rule, 3);
            let mut theta = [0.0f32; 3];
            optimiser.begin();
            assert!(!optimiser.apply(0..3, &mut theta, &[1.0, f32::NAN, 1.0], 1.0, rate));
            assert!(theta[0].is_finite() && theta[2].is_finite(), "{rule:?}");
        }
    }
}
