//! What the reverse pass needs of the online steps, and the weights where they cannot be rolled back.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::coefficients::Coefficients;
use super::matrix::Matrix;
use super::network::Network;
use super::trace::Trace;
use crate::models::nn::real::Real;

/// Steps between two kept copies of the weights.
const SPACING: usize = 16;

/// By what factor rolling back may enlarge a rounding error of the last weights.
const MOST_GROWTH: f64 = 8.0;

/// The traces of the steps since the last change of a coefficient.
#[derive(Clone, Debug)]
pub struct Tape<T: Real> {
    traces: Vec<Trace<T>>,
    /// How many of them are of this episode; the others are room for what comes.
    used: usize,
}

impl<T: Real> Tape<T> {
    /// An empty tape with room for so many steps.
    pub fn new(network: &Network, steps: usize) -> Self {
        Self {
            traces: (0..steps).map(|_| Trace::new(network)).collect(),
            used: 0,
        }
    }

    /// Makes room for so many steps.
    pub fn reserve(&mut self, network: &Network, steps: usize) {
        while self.traces.len() < steps {
            self.traces.push(Trace::new(network));
        }
    }

    pub fn len(&self) -> usize {
        self.used
    }

    pub fn is_empty(&self) -> bool {
        self.used == 0
    }

    pub fn clear(&mut self) {
        self.used = 0;
    }

    /// The trace of the next step, to be written to; it counts once [`keep`](Self::keep) is called.
    pub(super) fn next(&mut self) -> &mut Trace<T> {
        &mut self.traces[self.used]
    }

    pub(super) fn keep(&mut self) {
        self.used += 1;
    }

    /// The trace of the last step that counts.
    pub fn last(&self) -> Option<&Trace<T>> {
        self.used.checked_sub(1).map(|i| &self.traces[i])
    }

    pub(super) fn traces_mut(&mut self) -> &mut [Trace<T>] {
        &mut self.traces[..self.used]
    }

    /// Forgets the last step.
    pub(super) fn pop(&mut self) {
        self.used -= 1;
    }

    /// Whether all traces have the sizes of the network.
    pub fn fits(&self, network: &Network) -> bool {
        self.traces.iter().all(|trace| trace.fits(network))
    }
}

impl<T: Real> Serialize for Tape<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.traces[..self.used].serialize(serializer)
    }
}

impl<'de, T: Real> Deserialize<'de> for Tape<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let traces = Vec::deserialize(deserializer)?;
        let used = traces.len();
        Ok(Self { traces, used })
    }
}

/// How the reverse pass gets at `W(t)`.
///
/// Rolling back, `W(t) = (W(t+1) - e A^T - y C^T - 1 D^T) / (1 - theta_3)`, takes no memory. Each step
/// takes away exactly what was added, so errors do not grow unless the weights decay: dividing by
/// `1 - theta_3` enlarges them `(1 - theta_3)^-T` times. Where that is more than 8, copies of the
/// weights are kept every 16 steps and the steps between them are repeated.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Copies<T: Real> {
    keeps: bool,
    /// `W` before steps 0, 16, 32, ... of the tape.
    anchors: Vec<Vec<Matrix<T>>>,
    /// `W` before the steps `start, start + 1, ...` between two anchors, while they are undone.
    between: Vec<Vec<Matrix<T>>>,
    start: usize,
}

impl<T: Real> Copies<T> {
    /// For an episode of `steps` more steps with these coefficients.
    pub fn new(coefficients: &Coefficients, steps: usize) -> Self {
        let grows = |keep: f64| {
            let growth = -keep.abs().ln() * steps as f64;
            growth.is_nan() || growth > MOST_GROWTH.ln()
        };
        let mut rules = coefficients.rows().iter();
        Self {
            keeps: rules.any(|rule| rule.on[3] && grows(1.0 - rule.theta[3])),
            anchors: Vec::new(),
            between: Vec::new(),
            start: 0,
        }
    }

    /// Whether weights are kept rather than rolled back.
    pub fn keeps(&self) -> bool {
        self.keeps
    }

    /// To be told the weights before step `t` of the tape.
    pub(super) fn before(&mut self, t: usize, weights: &[Matrix<T>]) {
        if self.keeps && t.is_multiple_of(SPACING) {
            self.anchors.push(weights.to_vec());
        }
    }

    /// Puts the weights before step `t` of the tape into `weights`. `redo` applies a step to them.
    pub(super) fn restore(
        &mut self,
        t: usize,
        weights: &mut [Matrix<T>],
        mut redo: impl FnMut(usize, &mut [Matrix<T>]),
    ) {
        if self.between.is_empty() {
            self.start = t - t % SPACING;
            let mut at = self.anchors.pop().expect("an anchor for every 16 steps");
            for s in self.start..t {
                self.between.push(at.clone());
                redo(s, &mut at);
            }
            self.between.push(at);
        }
        let found = self.between.pop().expect("the weights of this step");
        for (to, from) in weights.iter_mut().zip(&found) {
            to.copy_from(from);
        }
    }

    /// Whether all copies have the sizes of the network and are those of a tape of `steps` steps.
    pub fn fits(&self, network: &Network, steps: usize) -> bool {
        let mut all = self.anchors.iter().chain(&self.between);
        let complete = if !self.keeps {
            self.anchors.is_empty() && self.between.is_empty()
        } else if self.between.is_empty() {
            self.anchors.len() == steps.div_ceil(SPACING)
        } else {
            self.anchors.len() * SPACING == self.start && self.start + self.between.len() == steps
        };
        complete && all.all(|matrices| network.fits(matrices))
    }
}
