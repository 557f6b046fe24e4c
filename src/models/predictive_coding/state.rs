//! Everything that a checkpoint holds.

use serde::{Deserialize, Serialize};

use super::batches::Batches;
use super::workspace::Flight;
use crate::models::nn::optimiser::Optimiser;
use crate::models::table::Value;

/// What the next quantum does. The order is that of a training step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// Between two steps: the next batch is to be drawn.
    Draw,
    /// Forward pass and loss.
    Forward,
    /// Backpropagated errors, to compare with (in steps that are compared).
    Reference,
    /// The eta limit (Strict, in steps that are compared or where eta follows it).
    Limit,
    /// One sweep of inference.
    Sweep,
    /// The gradient of the weights.
    Gradient,
    /// The backpropagated gradient and the comparison (in steps that are compared).
    Compare,
    /// The optimiser's step.
    Update,
    /// Loss and accuracy on the test images.
    Test,
}

/// Where in a training step the run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    pub stage: Stage,
    /// The present sweep, from 1.
    pub sweep: usize,
    /// Samples of the stage that are done: a stage of much work is cut into several quanta.
    pub row: usize,
}

impl Cursor {
    pub fn at(stage: Stage) -> Self {
        Self {
            stage,
            sweep: 1,
            row: 0,
        }
    }
}

/// Sums over the samples of the present stage, and numbers that later stages of the step need.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Sum of the samples' losses and number of right answers at the forward pass.
    pub loss: f64,
    pub correct: u64,
    /// Of the present sweep: `||e_l||^2`, `||s_l e_l - delta_l||^2` and the sum of losses.
    pub squares: Vec<f64>,
    pub apart: Vec<f64>,
    pub sweep_loss: f64,
    /// `||delta_l||^2`, in steps that are compared.
    pub delta_squares: Vec<f64>,
    /// The step size of the present sweep, for all of its samples.
    pub eta: f64,
    /// Energy before the first sweep, at the last one, and how often it rose.
    pub first_energy: f64,
    pub energy: f64,
    pub rises: u32,
    /// Of the test images.
    pub test_loss: f64,
    pub test_correct: u64,
}

impl Tally {
    /// All sums at zero, for a network of this depth.
    pub fn clear(&mut self, depth: usize) {
        let Self {
            squares,
            apart,
            delta_squares,
            ..
        } = std::mem::take(self);
        let zeros = |mut list: Vec<f64>| {
            list.clear();
            list.resize(depth, 0.0);
            list
        };
        self.squares = zeros(squares);
        self.apart = zeros(apart);
        self.delta_squares = zeros(delta_squares);
    }
}

/// What the sweeps of the last step looked like, one entry for each sweep and layer. A step in
/// progress writes over the entries of the one before.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct SweepRecord {
    /// `E_l`; NaN where there is none.
    pub energy: Vec<f64>,
    /// `||s_l e_l - delta_l|| / ||delta_l||`, of steps that are compared.
    pub relative: Vec<f64>,
    /// What the closed form says about it.
    pub predicted: Vec<f64>,
}

impl SweepRecord {
    /// Makes room for `n` sweeps of `depth` layers, keeping what is there.
    pub fn fit(&mut self, n: usize, depth: usize) {
        for list in [&mut self.energy, &mut self.relative, &mut self.predicted] {
            list.resize(n * depth, f64::NAN);
        }
    }
}

/// The whole state of a run. What it does not hold can be computed from it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    pub seed: u64,
    /// In the order of the parameter table.
    pub values: Vec<Value>,
    /// Steps done.
    pub step: u64,
    pub cursor: Cursor,
    pub batches: Batches,
    #[serde(with = "crate::models::bulk::array")]
    pub params: Vec<f32>,
    pub optimiser: Optimiser<f32>,
    pub flight: Flight<f32>,
    pub tally: Tally,
    /// FixedPred's coefficients `c_l` after the updates done so far.
    pub coefficients: Vec<f64>,
    /// The backpropagated gradient while it is being summed, else empty.
    #[serde(with = "crate::models::bulk::array")]
    pub reference: Vec<f32>,
    /// The last measured limit of eta; NaN before.
    pub eta_limit: f64,
    pub record: SweepRecord,
    /// The present step's metrics as they are found, and those of the last finished step.
    pub draft: Vec<f64>,
    pub metrics: Vec<f64>,
}
