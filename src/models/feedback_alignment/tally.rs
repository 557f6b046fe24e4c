//! How much each term moves each layer: the norms behind the shares.

use serde::{Deserialize, Serialize};

use super::coefficients::{Coefficients, Rule};
use super::lines::Lines;
use super::network::Network;
use super::terms::{Local, POOL, TERMS};
use super::trace::Trace;
use crate::models::nn::elementwise::{dot, sum_squares};
use crate::models::nn::real::Real;

/// Sums over steps of `|F^r|` for every layer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    /// Index `l - 1`.
    sums: Vec<[f64; TERMS]>,
    /// The same of the pseudo-gradient, whether it is on or not.
    pseudo_gradient: Vec<f64>,
    steps: u64,
}

impl Tally {
    pub fn new(network: &Network) -> Self {
        Self {
            sums: vec![[0.0; TERMS]; network.depth()],
            pseudo_gradient: vec![0.0; network.depth()],
            steps: 0,
        }
    }

    /// Whether it has a row for each layer.
    pub fn fits(&self, network: &Network) -> bool {
        self.sums.len() == network.depth() && self.pseudo_gradient.len() == network.depth()
    }

    /// Begins anew.
    pub fn clear(&mut self) {
        self.sums.fill([0.0; TERMS]);
        self.pseudo_gradient.fill(0.0);
        self.steps = 0;
    }

    /// Adds the norms of layer `l` at one step; `weights` is `|W_l|`, used by the decay only.
    pub(super) fn add<T: Real>(&mut self, l: usize, rule: &Rule, trace: &Trace<T>, weights: f64) {
        let at = norms(l, rule, trace, weights);
        for r in rule.terms() {
            self.sums[l - 1][r] += POOL[r].norm(&at);
        }
        self.pseudo_gradient[l - 1] += POOL[0].norm(&at);
    }

    pub(super) fn finish_step(&mut self) {
        self.steps += 1;
    }

    /// `N_{r,l}`: the mean norm of each term over the steps, index `l - 1`; 0 for terms that are off.
    pub fn means(&self) -> Vec<[f64; TERMS]> {
        let steps = self.steps.max(1) as f64;
        let mean = |sums: &[f64; TERMS]| sums.map(|sum| sum / steps);
        self.sums.iter().map(mean).collect()
    }

    /// `n_{r,l} = N_{r,l} / N_{0,l}`, how far one unit of each coefficient moves a layer compared
    /// with the pseudo-gradient; index `l - 1`. Terms that are off: 0.
    pub fn sizes(&self) -> Vec<[f64; TERMS]> {
        let layers = self.sums.iter().zip(&self.pseudo_gradient);
        layers
            .map(|(sums, &unit)| sums.map(|sum| sum / unit))
            .collect()
    }

    /// `share_r = mean over l of |theta_r| N_{r,l} / sum_q |theta_q| N_{q,l}` over the terms that
    /// are on; a layer that no term moves counts as 0.
    pub fn shares(&self, coefficients: &Coefficients) -> [f64; TERMS] {
        let layers = self.layer_shares(coefficients);
        std::array::from_fn(|r| {
            layers.iter().map(|layer| layer[r]).sum::<f64>() / layers.len().max(1) as f64
        })
    }

    /// The same for each layer, index `l - 1`.
    pub fn layer_shares(&self, coefficients: &Coefficients) -> Vec<[f64; TERMS]> {
        let means = self.means();
        let layer = |(i, norms): (usize, &[f64; TERMS])| {
            let rule = coefficients.rule(i + 1);
            let moved: [f64; TERMS] = std::array::from_fn(|r| {
                if rule.on[r] {
                    rule.theta[r].abs() * norms[r]
                } else {
                    0.0
                }
            });
            let all: f64 = moved.iter().sum();
            moved.map(|m| if all > 0.0 { m / all } else { 0.0 })
        };
        means.iter().enumerate().map(layer).collect()
    }
}

/// The norms of layer `l` that the terms that are on may ask for.
fn norms<T: Real>(l: usize, rule: &Rule, trace: &Trace<T>, weights: f64) -> Local {
    let (y, below) = (&trace.y[l], &trace.y[l - 1]);
    let mut at = trace.gates[l - 1].local();
    at.units = y.len() as f64;
    at.weights = weights;
    at.error = sum_squares(trace.e[l].values()).sqrt();
    at.activity = sum_squares(y.values()).sqrt();
    at.activity_below = sum_squares(below.values()).sqrt();
    if rule.needs().error_below {
        at.error_below = sum_squares(trace.e[l - 1].values()).sqrt();
    }
    if rule.on[9] {
        let r = trace.r[l].values();
        at.rest =
            crate::models::nn::elementwise::sum_squared_difference(below.values(), 1.0, r, 1.0)
                .sqrt();
    }
    at
}

/// The cosine of every term's update of `W_l` with that of backpropagation, `-e_l^BP y_{l-1}^T`,
/// for one step; NaN for terms that are off or do nothing. `errors` are the errors carried down by
/// the true weights; `weights` is `|W_l|`.
///
/// Every term enters as `F^r`, without its coefficient: where `theta_r < 0` the term moves the
/// weights the other way.
pub fn cosines<T: Real>(
    l: usize,
    rule: &Rule,
    trace: &Trace<T>,
    errors: &[Lines<T>],
    weights: f64,
) -> [f64; TERMS] {
    let mut at = norms(l, rule, trace, weights);
    let (e, y, bp) = (trace.e[l].values(), trace.y[l].values(), errors[l].values());
    let below = trace.y[l - 1].values();
    at.error_bp = dot(e, bp);
    at.activity_bp = dot(y, bp);
    at.sum_bp = bp.iter().map(|e| e.f64()).sum();
    at.error_bp_input = dot(trace.z[l].values(), bp);
    at.bp = sum_squares(bp).sqrt();
    if rule.needs().error_below {
        at.below = dot(trace.e[l - 1].values(), below);
    }
    if rule.on[9] {
        at.rest_below = sum_squares(below) - dot(trace.r[l].values(), below);
    }
    std::array::from_fn(|r| {
        if rule.on[r] {
            POOL[r].along(&at) / (POOL[r].norm(&at) * at.bp * at.activity_below)
        } else {
            f64::NAN
        }
    })
}
