//! The outer loop: from the gradient of an episode to new coefficients.

mod clip;
mod share_penalty;

pub use clip::Clip;
pub use share_penalty::{SharePenalty, Weights};

use serde::{Deserialize, Serialize};

use super::coefficients::Coefficients;
use super::episode::Outcomes;
use super::tally::Tally;
use super::terms::TERMS;
use clip::Sizes;
use share_penalty::shrink;

/// Adam's step factors under which the whole pool is stable: `F3` and `F5`, whose coefficients move
/// the weights most, go slowly (shared/science/pool_selection.md, vector S1).
pub const STEADY: [f64; TERMS] = [1.0, 1.0, 1.0, 0.03, 1.0, 0.03, 1.0, 1.0, 1.0, 1.0];

/// What holds coefficients small.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Penalty {
    /// `lambda sum_r |theta_r|` as part of the loss; its gradient, `lambda sign(theta_r)` and 0 at 0,
    /// goes through Adam. 0 switches it off.
    L1 { lambda: f64 },
    /// Weighted by each term's share of the update, with a soft-threshold step.
    Share(SharePenalty),
}

/// The constants of Adam; in the paper 1e-3, 0.9, 0.999 and 1e-8.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Adam {
    pub rate: f64,
    pub beta_1: f64,
    pub beta_2: f64,
    pub epsilon: f64,
}

impl Default for Adam {
    fn default() -> Self {
        Self {
            rate: 1e-3,
            beta_1: 0.9,
            beta_2: 0.999,
            epsilon: 1e-8,
        }
    }
}

/// The settings of the outer loop.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    pub adam: Adam,
    /// The step of term `r` is multiplied by `factors[r]`.
    pub factors: [f64; TERMS],
    pub penalty: Penalty,
    pub clip: Clip,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            adam: Adam::default(),
            factors: [1.0; TERMS],
            penalty: Penalty::L1 { lambda: 0.0 },
            clip: Clip::Off,
        }
    }
}

/// Adam over the coefficients, with what the penalty and the clipping remember.
///
/// ```text
/// m = .9 m + .1 g          v = .999 v + .001 g^2
/// theta_r -= rate factor_r (m / (1 - .9^k)) / (sqrt(v / (1 - .999^k)) + 1e-8)
/// ```
/// One step an episode, no projection: a coefficient may change its sign.
///
/// Source: Shervani-Tabar & Rosenbaum (2023), Methods; Kingma & Ba (2015).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outer {
    first: Vec<[f64; TERMS]>,
    second: Vec<[f64; TERMS]>,
    steps: u64,
    /// Episodes seen, the skipped ones included.
    episodes: u64,
    skipped: u64,
    sizes: Sizes,
    weights: Weights,
}

/// What an outer step did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// Whether the episode was left out, being not finite.
    pub skipped: bool,
    /// Whether the gradient was clipped.
    pub clipped: bool,
    /// Row and term of coefficients that the penalty has switched off for good.
    pub dropped: Vec<(usize, usize)>,
}

impl Outer {
    /// For so many rows of coefficients.
    pub fn new(rows: usize) -> Self {
        Self {
            first: vec![[0.0; TERMS]; rows],
            second: vec![[0.0; TERMS]; rows],
            steps: 0,
            episodes: 0,
            skipped: 0,
            sizes: Sizes::default(),
            weights: Weights::new(rows),
        }
    }

    /// Rows of coefficients that it serves.
    pub fn rows(&self) -> usize {
        self.first.len()
    }

    pub fn episodes(&self) -> u64 {
        self.episodes
    }

    /// Episodes left out because something in them was not finite.
    pub fn skipped(&self) -> u64 {
        self.skipped
    }

    /// `w_r` of the share penalty; 0 before it begins.
    pub fn weights(&self) -> &[[f64; TERMS]] {
        self.weights.values()
    }

    /// `lambda` of the share penalty for the next episode, the ramp included.
    pub fn lambda(&self, settings: &Settings) -> f64 {
        match &settings.penalty {
            Penalty::L1 { lambda } => *lambda,
            Penalty::Share(penalty) => penalty.lambda_at(self.episodes),
        }
    }

    /// Moves the coefficients by the outcome of an episode; `tally` is that episode's. An episode
    /// that is not finite changes nothing but the count: neither the coefficients nor Adam's
    /// averages, which would keep it for a thousand episodes.
    pub fn step(
        &mut self,
        settings: &Settings,
        coefficients: &mut Coefficients,
        outcomes: &Outcomes,
        tally: &Tally,
    ) -> Report {
        let episode = self.episodes;
        self.episodes += 1;
        let mut report = Report::default();
        if let Penalty::Share(penalty) = &settings.penalty
            && penalty.is_settling(episode)
        {
            report.dropped = self.weights.drop_idle(coefficients);
        }
        if !outcomes.finite {
            self.skipped += 1;
            report.skipped = true;
            return report;
        }
        let mut gradient = outcomes.gradient.clone();
        if let Penalty::L1 { lambda } = settings.penalty {
            penalise(lambda, coefficients, &mut gradient);
        }
        report.clipped = settings.clip.apply(&mut gradient, &mut self.sizes);
        let penalty = match &settings.penalty {
            Penalty::Share(penalty) => {
                self.weights.observe(coefficients, tally);
                self.weights.renew(penalty, episode);
                Some(penalty.lambda_at(episode))
            }
            Penalty::L1 { .. } => None,
        };
        self.steps += 1;
        let t = i32::try_from(self.steps).unwrap_or(i32::MAX);
        let Adam {
            rate,
            beta_1,
            beta_2,
            epsilon,
        } = settings.adam;
        let (c1, c2) = (1.0 - beta_1.powi(t), 1.0 - beta_2.powi(t));
        for (i, rule) in coefficients.rows_mut().iter_mut().enumerate() {
            for (r, &g) in gradient[i].iter().enumerate() {
                if !rule.on[r] {
                    continue;
                }
                let (m, v) = (&mut self.first[i][r], &mut self.second[i][r]);
                *m = beta_1 * *m + (1.0 - beta_1) * g;
                *v = beta_2 * *v + (1.0 - beta_2) * g * g;
                let scale = rate * settings.factors[r] / ((*v / c2).sqrt() + epsilon);
                rule.theta[r] -= scale * (*m / c1);
                if let Some(lambda) = penalty {
                    rule.theta[r] = shrink(rule.theta[r], scale * lambda * self.weights.of(i, r));
                }
            }
        }
        if penalty.is_some_and(|lambda| lambda > 0.0) {
            self.weights.remember(coefficients);
        }
        report
    }
}

/// Adds the gradient of `lambda sum |theta_r|`.
fn penalise(lambda: f64, coefficients: &Coefficients, gradient: &mut [[f64; TERMS]]) {
    for (rule, g) in coefficients.rows().iter().zip(gradient) {
        for r in rule.terms() {
            let theta = rule.theta[r];
            if theta != 0.0 {
                g[r] += lambda * theta.signum();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcomes(gradient: [f64; TERMS]) -> Outcomes {
        Outcomes {
            loss: 1.0,
            accuracy: 0.5,
            gradient: vec![gradient],
            finite: true,
            from: 0,
        }
    }

    /// The first step of Adam has the size of the rate, times the factor, against the sign of the
    /// gradient, whatever its size; terms that are off stay.
    #[test]
    fn the_first_step_has_the_size_of_the_rate() {
        let mut theta = Coefficients::initial(&[0, 2, 9]);
        let mut outer = Outer::new(1);
        let mut settings = Settings::default();
        settings.factors[9] = 0.25;
        let mut g = [0.0; TERMS];
        (g[0], g[2], g[5], g[9]) = (-70.0, 0.3, 9.0, 500.0);
        outer.step(&settings, &mut theta, &outcomes(g), &Tally::default());
        let theta = theta.rule(1).theta;
        assert!((theta[0] - 2e-3).abs() < 1e-12);
        assert!((theta[2] + 1e-3).abs() < 1e-10);
        assert!((theta[9] + 2.5e-4).abs() < 1e-12);
        assert_eq!(theta[5], 0.0);
    }

    #[test]
    fn an_episode_that_is_not_finite_leaves_no_mark_but_in_the_count() {
        let mut theta = Coefficients::initial(&[0, 2]);
        let mut outer = Outer::new(1);
        let settings = Settings::default();
        let good = outcomes([0.5; TERMS]);
        outer.step(&settings, &mut theta, &good, &Tally::default());
        let (before, state) = (theta.clone(), outer.clone());
        let mut bad = outcomes([f64::NAN; TERMS]);
        bad.finite = false;
        let report = outer.step(&settings, &mut theta, &bad, &Tally::default());
        assert!(report.skipped);
        assert_eq!((outer.skipped(), outer.episodes()), (1, 2));
        assert_eq!(theta, before);
        assert_eq!(outer.first, state.first);
        assert_eq!(outer.second, state.second);
        assert_eq!(outer.steps, state.steps);
    }

    /// d|x|/dx is 0 at 0: a coefficient that has not moved yet is not pushed by the penalty.
    #[test]
    fn the_plain_penalty_pushes_towards_zero_and_not_at_zero() {
        let mut theta = Coefficients::initial(&[0, 2, 4]);
        theta.rows_mut()[0].theta[4] = -0.5;
        let mut gradient = [[0.0; TERMS]];
        penalise(3.0, &theta, &mut gradient);
        let [g] = gradient;
        assert_eq!((g[0], g[2], g[4]), (3.0, 0.0, -3.0));
    }
}
