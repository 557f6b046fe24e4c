//! One episode of meta-learning, cut into quanta: online steps, query batch, reverse steps.

use serde::{Deserialize, Serialize};

use super::coefficients::Coefficients;
use super::learner::{Learner, Workspace};
use super::matrix::Matrix;
use super::network::{Feedback, Network};
use super::query::{Observed, Outcome, QueryWork};
use super::reverse::{SymmetricGradient, Way};
use super::tally::Tally;
use super::tape::{Copies, Tape};
use super::task::Task;
use super::terms::TERMS;
use super::trace::Trace;
use crate::models::nn::real::Real;

/// Query samples of one quantum.
const QUERY_BLOCK: usize = 5;

/// What is done in an episode beside the adaptation and the query loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Compute the gradient of the meta-loss; without it the episode ends after the query batch.
    pub gradient: bool,
    /// Measure angles and orthonormality errors on the query batch.
    pub observe: bool,
    pub symmetric: SymmetricGradient,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            gradient: true,
            observe: true,
            symmetric: SymmetricGradient::Exact,
        }
    }
}

/// Where an episode stands: what the next quantum does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    /// The online step on sample `t` of the stream.
    Adapt { t: usize },
    /// Query samples from `i` on.
    Query { i: usize },
    /// Angles and orthonormality errors of the query samples from `i` on.
    Observe { i: usize },
    /// The reverse step that ends at `W(t)`.
    Reverse { t: usize },
    /// Nothing: the result is there.
    Done,
}

/// The state of an episode. [`Scratch`] is what it needs beside.
///
/// ```text
/// M(theta) = mean over the query batch of CE(W_T(theta))
/// ```
/// Adaptation goes through the stream once, one sample a step; the reverse pass carries `dM/dW`
/// from `W_T` back to the beginning, or to the last change of a coefficient.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Episode<T: Real> {
    pub learner: Learner<T>,
    task: Task<T>,
    coefficients: Coefficients,
    plan: Plan,
    phase: Phase,
    /// The first step that the gradient takes in.
    from: usize,
    tape: Tape<T>,
    copies: Copies<T>,
    /// `W(T)`, for the authors' variant of the gradient only.
    last: Vec<Matrix<T>>,
    gradient: Vec<Matrix<T>>,
    sums: Vec<[f64; TERMS]>,
    tally: Tally,
    outcome: Outcome,
    observed: Observed,
    /// The first step at which the output was not finite.
    lost: Option<usize>,
}

/// What an episode needs to go on and can be made anew at any time.
#[derive(Clone, Debug)]
pub struct Scratch<T: Real> {
    pub work: Workspace<T>,
    pub query: QueryWork<T>,
}

impl<T: Real> Scratch<T> {
    pub fn new(network: &Network) -> Self {
        Self {
            work: Workspace::new(network),
            query: QueryWork::new(network),
        }
    }
}

/// What an episode ends with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcomes {
    /// Mean cross-entropy over the query batch, without the penalty.
    pub loss: f64,
    pub accuracy: f64,
    /// `dM/dtheta_r`, a row for each row of the coefficients; 0 for terms that are off.
    pub gradient: Vec<[f64; TERMS]>,
    /// Whether loss and gradient are all finite.
    pub finite: bool,
    /// The gradient takes in only the steps from here on: a coefficient was changed. 0: all.
    pub from: usize,
}

impl<T: Real> Episode<T> {
    /// An episode that is done and has no result; [`begin`](Self::begin) starts one.
    pub fn new(network: &Network, feedback: Feedback) -> Self {
        Self {
            learner: Learner::new(network, feedback),
            task: Task::default(),
            coefficients: Coefficients::initial(&[]),
            plan: Plan::default(),
            phase: Phase::Done,
            from: 0,
            tape: Tape::new(network, 0),
            copies: Copies::default(),
            last: Vec::new(),
            gradient: Vec::new(),
            sums: vec![[0.0; TERMS]; network.depth()],
            tally: Tally::new(network),
            outcome: Outcome::default(),
            observed: Observed::new(network),
            lost: None,
        }
    }

    /// Starts an episode from the learner's present weights (draw them anew before).
    /// # Errors
    /// When the samples or the number of coefficients do not belong to the network, or the query
    /// batch is empty.
    pub fn begin(
        &mut self,
        coefficients: &Coefficients,
        task: Task<T>,
        plan: Plan,
    ) -> Result<(), &'static str> {
        let network = &self.learner.network;
        if !task.stream.fits(network) || !task.query.fits(network) {
            return Err("images or labels are not of the network's size");
        }
        if task.query.is_empty() {
            return Err("the query batch is empty");
        }
        if !coefficients.fits(network.depth()) {
            return Err("neither one row of coefficients nor one for each layer");
        }
        self.task = task;
        self.plan = plan;
        self.lost = None;
        self.last.clear();
        self.sums.fill([0.0; TERMS]);
        self.tally.clear();
        self.outcome.clear();
        self.observed.clear();
        if plan.gradient {
            self.tape.reserve(network, self.task.stream.len());
            if self.gradient.is_empty() {
                self.gradient = network.matrices();
            }
            self.gradient.iter_mut().for_each(Matrix::clear);
        } else {
            self.tape.reserve(network, 1);
        }
        self.phase = if self.task.stream.is_empty() {
            Phase::Query { i: 0 }
        } else {
            Phase::Adapt { t: 0 }
        };
        self.restart_tape(coefficients.clone(), 0);
        Ok(())
    }

    fn restart_tape(&mut self, coefficients: Coefficients, t: usize) {
        self.tape.clear();
        self.copies = Copies::new(&coefficients, self.task.stream.len() - t);
        self.coefficients = coefficients;
        self.from = t;
    }

    /// Changes the coefficients in mid-adaptation. The steps so far are then given: the gradient is
    /// over those that follow, and [`Outcomes::from`] tells. After the adaptation this episode is
    /// no longer concerned, and nothing is changed; returns whether it was.
    pub fn change(&mut self, coefficients: &Coefficients) -> bool {
        let Phase::Adapt { t } = self.phase else {
            return false;
        };
        if *coefficients == self.coefficients || !coefficients.fits(self.learner.network.depth()) {
            return false;
        }
        self.restart_tape(coefficients.clone(), t);
        true
    }

    pub fn phase(&self) -> Phase {
        self.phase
    }

    pub fn plan(&self) -> Plan {
        self.plan
    }

    pub fn task(&self) -> &Task<T> {
        &self.task
    }

    /// The coefficients of the steps from [`Outcomes::from`] on.
    pub fn coefficients(&self) -> &Coefficients {
        &self.coefficients
    }

    /// The last online step that has not been undone; `None` before the first and after a change.
    pub fn trace(&self) -> Option<&Trace<T>> {
        self.tape.last()
    }

    /// Whether copies of the weights are kept for the reverse pass, as they cannot be rolled back.
    pub fn keeps_copies(&self) -> bool {
        self.copies.keeps()
    }

    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// The query samples judged so far.
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    pub fn observed(&self) -> &Observed {
        &self.observed
    }

    /// The online step at which the output ceased to be finite.
    pub fn lost(&self) -> Option<usize> {
        self.lost
    }

    /// Quanta done and quanta in all, for a progress bar.
    pub fn progress(&self) -> (usize, usize) {
        let (steps, blocks) = (
            self.task.stream.len(),
            self.task.query.len().div_ceil(QUERY_BLOCK),
        );
        let observe = if self.plan.observe { blocks } else { 0 };
        let back = if self.plan.gradient {
            steps - self.from
        } else {
            0
        };
        let all = steps + blocks + observe + back;
        let done = match self.phase {
            Phase::Adapt { t } => t,
            Phase::Query { i } => steps + i / QUERY_BLOCK,
            Phase::Observe { i } => steps + blocks + i / QUERY_BLOCK,
            Phase::Reverse { t } => all - (t + 1 - self.from),
            Phase::Done => all,
        };
        (done, all)
    }

    /// Does one quantum: an online step, five query samples or a reverse step.
    pub fn advance(&mut self, scratch: &mut Scratch<T>) -> Phase {
        self.phase = match self.phase {
            Phase::Adapt { t } => self.adapt(t, scratch),
            Phase::Query { i } => self.query(i, scratch),
            Phase::Observe { i } => self.observe(i, scratch),
            Phase::Reverse { t } => self.reverse(t, scratch),
            Phase::Done => Phase::Done,
        };
        self.phase
    }

    fn adapt(&mut self, t: usize, scratch: &mut Scratch<T>) -> Phase {
        if !self.plan.gradient {
            self.tape.clear();
        }
        let (x, label) = self.task.stream.get(t);
        if self.plan.gradient {
            self.copies.before(self.tape.len(), &self.learner.weights);
        }
        let finite = self.learner.step(
            &self.coefficients,
            x,
            label,
            self.tape.next(),
            &mut self.tally,
            &mut scratch.work,
        );
        self.tape.keep();
        if !finite {
            self.lost = Some(t);
            return Phase::Done;
        }
        if t + 1 < self.task.stream.len() {
            Phase::Adapt { t: t + 1 }
        } else {
            Phase::Query { i: 0 }
        }
    }

    fn query(&mut self, i: usize, scratch: &mut Scratch<T>) -> Phase {
        let all = self.task.query.len();
        let end = (i + QUERY_BLOCK).min(all);
        for i in i..end {
            self.learner.query(
                self.task.query.get(i),
                all,
                self.plan.gradient.then_some(&mut self.gradient[..]),
                &mut self.outcome,
                &mut scratch.query,
                &mut scratch.work,
            );
        }
        if end < all {
            Phase::Query { i: end }
        } else if self.plan.observe {
            Phase::Observe { i: 0 }
        } else {
            self.after_query()
        }
    }

    fn observe(&mut self, i: usize, scratch: &mut Scratch<T>) -> Phase {
        let all = self.task.query.len();
        let end = (i + QUERY_BLOCK).min(all);
        for i in i..end {
            self.learner.observe(
                self.task.query.get(i),
                &mut self.observed,
                &mut scratch.query,
                &mut scratch.work,
            );
        }
        if end < all {
            Phase::Observe { i: end }
        } else {
            self.after_query()
        }
    }

    fn after_query(&mut self) -> Phase {
        if !self.plan.gradient || self.tape.is_empty() || !self.outcome.loss().is_finite() {
            return Phase::Done;
        }
        let authors = self.plan.symmetric == SymmetricGradient::Authors;
        if authors && self.learner.feedback == Feedback::Symmetric {
            self.last = self.learner.weights.clone();
        }
        Phase::Reverse {
            t: self.task.stream.len() - 1,
        }
    }

    fn reverse(&mut self, t: usize, scratch: &mut Scratch<T>) -> Phase {
        let at = t - self.from;
        let rolls_back = !self.copies.keeps();
        if !rolls_back {
            let (learner, coefficients) = (&self.learner, &self.coefficients);
            let traces = self.tape.traces_mut();
            let mut weights = std::mem::take(&mut scratch.query.weights);
            if weights.is_empty() {
                weights = learner.network.matrices();
            }
            self.copies.restore(at, &mut weights, |s, w| {
                learner.redo(coefficients, &mut traces[s], w, &mut scratch.work);
            });
            std::mem::swap(&mut self.learner.weights, &mut weights);
            scratch.query.weights = weights;
        }
        let way = Way {
            gradient: self.plan.symmetric,
            last: &self.last,
            rolls_back,
        };
        let trace = self.tape.last().expect("a trace for every step");
        self.learner.reverse_step(
            &self.coefficients,
            trace,
            &way,
            &mut self.gradient,
            &mut self.sums,
            &mut scratch.work,
        );
        self.tape.pop();
        if at == 0 {
            Phase::Done
        } else {
            Phase::Reverse { t: t - 1 }
        }
    }

    /// What came out, once the phase is [`Phase::Done`].
    pub fn outcomes(&self) -> Outcomes {
        let mut gradient = vec![[0.0; TERMS]; self.coefficients.rows().len()];
        for (i, sums) in self.sums.iter().enumerate() {
            let row = &mut gradient[self.coefficients.row(i + 1)];
            for (g, sum) in row.iter_mut().zip(sums) {
                *g += sum;
            }
        }
        let (loss, accuracy) = match self.lost {
            Some(_) => (f64::NAN, f64::NAN),
            None => (self.outcome.loss(), self.outcome.accuracy()),
        };
        let finite = loss.is_finite() && gradient.as_flattened().iter().all(|g| g.is_finite());
        Outcomes {
            loss,
            accuracy,
            gradient,
            finite,
            from: self.from,
        }
    }

    /// Whether everything in it has the sizes that this network gives it; to be asked of a state
    /// that comes from outside.
    pub fn fits(&self, network: &Network) -> bool {
        let (stream, query) = (self.task.stream.len(), self.task.query.len());
        let taped = match self.phase {
            Phase::Adapt { t } if t < stream => Some(t),
            Phase::Query { i } | Phase::Observe { i } if i < query => Some(stream),
            Phase::Reverse { t } if t < stream && self.plan.gradient => Some(t + 1),
            Phase::Done => None,
            _ => return false,
        };
        let under_way = taped.is_none_or(|taped| {
            let authors = self.plan.symmetric == SymmetricGradient::Authors
                && self.learner.feedback == Feedback::Symmetric
                && matches!(self.phase, Phase::Reverse { .. });
            !self.plan.gradient
                || taped == self.from + self.tape.len()
                    && self.copies.fits(network, self.tape.len())
                    && network.fits(&self.gradient)
                    && (!authors || network.fits(&self.last))
        });
        under_way
            && self.from <= stream
            && self.learner.network == *network
            && self.learner.is_consistent()
            && (self.task.stream.fits(network) && self.task.query.fits(network))
            && self.coefficients.fits(network.depth())
            && self.tape.fits(network)
            && (self.gradient.is_empty() || network.fits(&self.gradient))
            && self.sums.len() == network.depth()
            && self.observed.fits(network)
            && self.tally.fits(network)
    }

    /// Makes room again for the steps that are still to come, after a state has been read.
    pub fn reserve(&mut self) {
        let steps = if self.plan.gradient {
            self.task.stream.len() - self.from
        } else {
            1
        };
        self.tape.reserve(&self.learner.network, steps);
    }
}
