//! The network as the mean-field theory sees it: weights, sizes and drive without `sqrt(N)`.

use serde::{Deserialize, Serialize};

/// One number for each population, E first.
pub type Pair = [f64; 2];

/// One number for each block, `[post][pre]`, E first.
pub type Matrix = [[f64; 2]; 2];

/// Everything that the rates, the covariances and the fixed points depend on.
///
/// ```text
/// w_ab = p_ab q_b j_ab      w_ax = p_ax q_x j_ax      J = j / sqrt(N)
/// ```
///
/// Rates in kHz (spikes per ms), weights `j` in mV, times in ms.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Circuit {
    /// Unscaled weights `j = sqrt(N) J` (mV).
    pub j: Matrix,
    /// Connection probabilities.
    pub p: Matrix,
    /// Shares of the population sizes, `N_a / N`.
    pub q: Pair,
    /// Unscaled external weights (mV).
    pub jx: Pair,
    pub px: Pair,
    /// `N_x / N`.
    pub qx: f64,
    /// Rate of each external neuron (kHz).
    pub rx: f64,
    /// Correlation of the external spike trains.
    pub c: f64,
    /// Standard deviation of the external spikes' jitter (ms).
    pub tau_jitter: f64,
    /// Injected current over `sqrt(N)` (mV/ms).
    pub stim: Pair,
    /// Synaptic time constants of E, I (ms).
    pub tau: Pair,
    /// That of the external synapses (ms).
    pub tau_x: f64,
}

impl Circuit {
    /// The mean-field matrix `W`.
    pub fn w(&self) -> Matrix {
        let w = |a: usize, b: usize| self.p[a][b] * self.q[b] * self.j[a][b];
        [[w(0, 0), w(0, 1)], [w(1, 0), w(1, 1)]]
    }

    /// The external mean-field weights `Wx`.
    pub fn wx(&self) -> Pair {
        [0, 1].map(|a| self.px[a] * self.qx * self.jx[a])
    }

    /// External drive `Wx r_x` with the injected current, the `X~, Y~` of the theory.
    pub fn drive(&self) -> Pair {
        let wx = self.wx();
        [0, 1].map(|a| wx[a] * self.rx + self.stim[a])
    }

    /// The circuit with other recurrent weights.
    pub fn with_weights(&self, j: Matrix) -> Self {
        Self { j, ..self.clone() }
    }

    /// The weights as forward Euler lets them act: a recurrent spike reaches the voltage one step
    /// after it was sent, decayed once, so `J` acts as `J (1 - dt / tau)`. External spikes are
    /// delivered before the voltage step and lose nothing.
    pub fn under_euler(&self, dt: f64) -> Self {
        let scaled = |a: usize, b: usize| self.j[a][b] * (1.0 - dt / self.tau[b]);
        self.with_weights([[scaled(0, 0), scaled(0, 1)], [scaled(1, 0), scaled(1, 1)]])
    }
}

impl Default for Circuit {
    /// The network of Akil, Rosenbaum and Josic (2021).
    fn default() -> Self {
        Self {
            j: [[25.0, -150.0], [112.5, -250.0]],
            p: [[0.1; 2]; 2],
            q: [0.8, 0.2],
            jx: [180.0, 135.0],
            px: [0.1; 2],
            qx: 0.2,
            rx: 0.01,
            c: 0.0,
            tau_jitter: 5.0,
            stim: [0.0; 2],
            tau: [8.0, 4.0],
            tau_x: 10.0,
        }
    }
}

pub fn determinant(w: &Matrix) -> f64 {
    w[0][0] * w[1][1] - w[0][1] * w[1][0]
}

/// `-W^{-1} drive`; infinite or NaN where `W` is singular.
pub fn solve(w: &Matrix, drive: &Pair) -> Pair {
    let det = determinant(w);
    [
        (w[0][1] * drive[1] - w[1][1] * drive[0]) / det,
        (w[1][0] * drive[0] - w[0][0] * drive[1]) / det,
    ]
}
