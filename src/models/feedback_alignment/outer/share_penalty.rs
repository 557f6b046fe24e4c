//! A penalty that every term feels according to what it does, not to the unit of its coefficient.

use serde::{Deserialize, Serialize};

use crate::models::feedback_alignment::coefficients::{Coefficients, Rule};
use crate::models::feedback_alignment::tally::Tally;
use crate::models::feedback_alignment::terms::TERMS;

/// Episodes between two renewals of the weights.
const EVERY: u64 = 10;

/// Episodes over which sizes, shares and zeros are looked at.
const WINDOW: usize = 25;

/// Weighted soft-thresholding of the coefficients.
///
/// ```text
/// n_r = mean over l of N_{r,l} / N_{0,l}          w_r = n_r / (share_r + epsilon)     every 10 episodes,
///                                                 n and share: means over the last 25
/// theta_r <- sign(theta_r) max(0, |theta_r| - rate factor_r lambda_k w_r / (sqrt(v_hat_r) + 1e-8))
/// lambda_k = lambda min(1, (k - start + 1) / ramp)          from episode `start` on
/// ```
/// after Adam's step, whose gradient does not contain the penalty. `N_{r,l}` is the norm of term `r`
/// averaged over an episode. Majorising and minimising in turn, this is the penalty
/// `lambda sum_r ln(share_r + epsilon)`: it does not depend on the units of the coefficients. In
/// the last `settle` episodes, terms that were 0 in most of the last 25 are switched off and the rest
/// go on without a penalty.
///
/// It is not the paper's penalty, which is the plain sum with an unpublished `lambda`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SharePenalty {
    pub lambda: f64,
    /// Share below which the penalty no longer grows; 0.02.
    pub epsilon: f64,
    /// The first episode, counted from 0, that it acts in.
    pub start: u64,
    /// Episodes until it has its full strength.
    pub ramp: u64,
    /// Episodes in all; 0 if there is no end and nothing is ever switched off.
    pub episodes: u64,
    /// How many of them, at the end, are without penalty.
    pub settle: u64,
}

impl Default for SharePenalty {
    fn default() -> Self {
        Self {
            lambda: 2.0,
            epsilon: 0.02,
            start: 5,
            ramp: 80,
            episodes: 350,
            settle: 40,
        }
    }
}

impl SharePenalty {
    /// The first episode without penalty.
    fn end(&self) -> Option<u64> {
        (self.episodes > 0).then(|| self.episodes.saturating_sub(self.settle))
    }

    /// `lambda_k` in the episode `k`, counted from 0.
    pub fn lambda_at(&self, k: u64) -> f64 {
        if k < self.start || self.end().is_some_and(|end| k >= end) {
            return 0.0;
        }
        self.lambda * (((k - self.start + 1) as f64) / self.ramp.max(1) as f64).min(1.0)
    }

    /// Whether the episode `k`, counted from 0, is one of those at the end.
    pub(super) fn is_settling(&self, k: u64) -> bool {
        self.settle > 0 && self.end().is_some_and(|end| k >= end)
    }
}

/// `theta` moved towards 0 by `by`, and not beyond.
pub(super) fn shrink(theta: f64, by: f64) -> f64 {
    if theta.abs() <= by {
        0.0
    } else {
        theta - by.copysign(theta)
    }
}

/// `w_r`, and the episodes from which it is made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Weights {
    values: Vec<[f64; TERMS]>,
    /// The last episodes, newest last.
    sizes: Vec<Vec<[f64; TERMS]>>,
    shares: Vec<Vec<[f64; TERMS]>>,
    zero: Vec<Vec<[bool; TERMS]>>,
    /// Whether idle terms have been switched off.
    settled: bool,
}

impl Weights {
    pub(super) fn new(rows: usize) -> Self {
        Self {
            values: vec![[0.0; TERMS]; rows],
            sizes: Vec::new(),
            shares: Vec::new(),
            zero: Vec::new(),
            settled: false,
        }
    }

    pub(super) fn values(&self) -> &[[f64; TERMS]] {
        &self.values
    }

    pub(super) fn of(&self, row: usize, r: usize) -> f64 {
        self.values[row][r]
    }

    /// Takes in sizes and shares of an episode.
    pub(super) fn observe(&mut self, coefficients: &Coefficients, tally: &Tally) {
        let rows = self.values.len();
        keep_last(&mut self.sizes, by_row(coefficients, rows, &tally.sizes()));
        let shares = tally.layer_shares(coefficients);
        keep_last(&mut self.shares, by_row(coefficients, rows, &shares));
    }

    /// New weights, where it is time and they are finite; else the last ones stay.
    pub(super) fn renew(&mut self, penalty: &SharePenalty, episode: u64) {
        if episode < penalty.start || !(episode - penalty.start).is_multiple_of(EVERY) {
            return;
        }
        for (i, values) in self.values.iter_mut().enumerate() {
            for (r, value) in values.iter_mut().enumerate() {
                let mean = |seen: &[Vec<[f64; TERMS]>]| {
                    seen.iter().map(|rows| rows[i][r]).sum::<f64>() / seen.len() as f64
                };
                let weight = mean(&self.sizes) / (mean(&self.shares) + penalty.epsilon);
                if weight.is_finite() {
                    *value = weight;
                }
            }
        }
    }

    /// Takes in which coefficients are 0 after an episode.
    pub(super) fn remember(&mut self, coefficients: &Coefficients) {
        let zero = |rule: &Rule| rule.theta.map(|theta| theta == 0.0);
        keep_last(
            &mut self.zero,
            coefficients.rows().iter().map(zero).collect(),
        );
    }

    /// Switches off, once, the terms that were 0 in more than half of the last episodes with a
    /// penalty; returns them.
    pub(super) fn drop_idle(&mut self, coefficients: &mut Coefficients) -> Vec<(usize, usize)> {
        let mut dropped = Vec::new();
        if std::mem::replace(&mut self.settled, true) {
            return dropped;
        }
        for (i, rule) in coefficients.rows_mut().iter_mut().enumerate() {
            for r in 0..TERMS {
                let idle = self.zero.iter().filter(|rows| rows[i][r]).count();
                if rule.on[r] && 2 * idle > self.zero.len() {
                    rule.on[r] = false;
                    rule.theta[r] = 0.0;
                    dropped.push((i, r));
                }
            }
        }
        dropped
    }
}

fn keep_last<X>(window: &mut Vec<X>, new: X) {
    if window.len() == WINDOW {
        window.remove(0);
    }
    window.push(new);
}

/// Means over the layers that each row of the coefficients serves.
fn by_row(coefficients: &Coefficients, rows: usize, layers: &[[f64; TERMS]]) -> Vec<[f64; TERMS]> {
    let mut means = vec![[0.0; TERMS]; rows];
    let served = layers.len() as f64 / rows as f64;
    for (i, layer) in layers.iter().enumerate() {
        let row = &mut means[coefficients.row(i + 1)];
        for (mean, x) in row.iter_mut().zip(layer) {
            *mean += x / served;
        }
    }
    means
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shrinking_ends_at_zero() {
        assert_eq!(shrink(0.5, 0.2), 0.3);
        assert_eq!(shrink(-0.5, 0.2), -0.3);
        assert_eq!(shrink(-0.1, 0.2), 0.0);
    }

    #[test]
    fn the_penalty_sets_in_grows_and_ends() {
        let penalty = SharePenalty::default();
        assert_eq!(penalty.lambda_at(4), 0.0);
        assert_eq!(penalty.lambda_at(5), 2.0 / 80.0);
        assert_eq!(penalty.lambda_at(44), 1.0);
        assert_eq!(penalty.lambda_at(309), 2.0);
        assert_eq!(penalty.lambda_at(310), 0.0);
        assert!(penalty.is_settling(310) && !penalty.is_settling(309));
        let endless = SharePenalty {
            episodes: 0,
            ..penalty
        };
        assert_eq!(endless.lambda_at(100_000), 2.0);
        assert!(!(0..1000).any(|k| endless.is_settling(k)));
    }

    #[test]
    fn terms_that_were_mostly_zero_are_dropped() {
        let mut theta = Coefficients::initial(&[0, 2, 9]);
        let mut weights = Weights::new(1);
        for k in 0..40 {
            theta.rows_mut()[0].theta[2] = if k % 3 == 0 { 0.1 } else { 0.0 };
            theta.rows_mut()[0].theta[9] = if k % 3 == 0 { 0.0 } else { 0.1 };
            weights.remember(&theta);
        }
        assert_eq!(weights.drop_idle(&mut theta), [(0, 2)]);
        assert_eq!(theta.rule(1).terms().collect::<Vec<_>>(), [0, 9]);
        assert_eq!(weights.zero.len(), WINDOW);
    }
}
