//! A network with its weights, feedback and the order of one online step.

use serde::{Deserialize, Serialize};

use super::activation::{exact_softplus, input_slope, softmax};
use super::coefficients::{Coefficients, Rule};
use super::kernels::{Adapt, Idle, Scaled, adapt, idle, multiply, project};
use super::lines::Lines;
use super::matrix::Matrix;
use super::network::{Feedback, Network};
use super::query::norm;
use super::tally::Tally;
use super::trace::{Gates, Pixels, Trace};
use crate::models::nn::elementwise::dot;
use crate::models::nn::real::Real;
use crate::models::random::Stream;

/// The weights and feedback matrices of a network, changed by one sample at a time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Learner<T: Real> {
    pub network: Network,
    pub feedback: Feedback,
    /// `W_1, ..., W_L`.
    pub weights: Vec<Matrix<T>>,
    /// `B_1, ..., B_L`; empty for symmetric feedback, which is the weights.
    pub fixed: Vec<Matrix<T>>,
}

/// Scratch for steps of one network: nothing in it outlives a call.
#[derive(Clone, Debug)]
pub struct Workspace<T: Real> {
    pub(super) pixels: Pixels,
    /// `0, 1, 2, ...` for layers of which all units count.
    pub(super) all: Vec<u32>,
    /// Ones of the size of each layer; index 0 is the input layer.
    pub(super) ones: Vec<Lines<T>>,
    pub(super) bars: Bars<T>,
    /// Multiplications with additions done so far, for the accounting of speed.
    pub products: u64,
}

/// Adjoints of one reverse step. Index 0 is the input layer.
#[derive(Clone, Debug)]
pub(super) struct Bars<T: Real> {
    pub e: Vec<Lines<T>>,
    pub y: Vec<Lines<T>>,
    pub z: Vec<Lines<T>>,
    /// `G^T e`, `G^T y`, `G^T 1`, of the size of the layer below; index 0 is that of `W_1`.
    pub b: Vec<Lines<T>>,
    pub f: Vec<Lines<T>>,
    pub c: Vec<Lines<T>>,
}

impl<T: Real> Workspace<T> {
    pub fn new(network: &Network) -> Self {
        let sizes = network.sizes();
        let largest = sizes.iter().copied().max().unwrap_or(0);
        let layers = || -> Vec<Lines<T>> { sizes.iter().map(|&n| Lines::zeros(n)).collect() };
        let below = || -> Vec<Lines<T>> {
            let sizes = &sizes[..network.depth()];
            sizes.iter().map(|&n| Lines::zeros(n)).collect()
        };
        Self {
            pixels: Pixels::new(network.inputs()),
            all: (0..largest as u32).collect(),
            ones: sizes
                .iter()
                .map(|&n| Lines::from_values(&vec![T::one(); n]))
                .collect(),
            bars: Bars {
                e: layers(),
                y: layers(),
                z: layers(),
                b: below(),
                f: below(),
                c: below(),
            },
            products: 0,
        }
    }
}

impl<T: Real> Learner<T> {
    /// All weights 0; [`draw`](Self::draw) gives them their initial values.
    pub fn new(network: &Network, feedback: Feedback) -> Self {
        Self {
            network: network.clone(),
            feedback,
            weights: network.matrices(),
            fixed: match feedback {
                Feedback::Fixed => network.matrices(),
                Feedback::Symmetric => Vec::new(),
            },
        }
    }

    /// Draws weights and fixed feedback anew, each from its own stream.
    pub fn draw(&mut self, weights: &mut Stream, feedback: &mut Stream) {
        self.network.draw(weights, &mut self.weights);
        self.network.draw(feedback, &mut self.fixed);
    }

    /// `B_l`, `l` from 1.
    pub fn feedback_matrix(&self, l: usize) -> &Matrix<T> {
        match self.feedback {
            Feedback::Fixed => &self.fixed[l - 1],
            Feedback::Symmetric => &self.weights[l - 1],
        }
    }

    /// Whether all matrices have the sizes of the network.
    pub fn is_consistent(&self) -> bool {
        let fixed = match self.feedback {
            Feedback::Fixed => self.network.fits(&self.fixed),
            Feedback::Symmetric => self.fixed.is_empty(),
        };
        fixed && self.network.fits(&self.weights)
    }

    /// Activities `y`, inputs `z` and slopes `d` for the image `x`.
    pub fn forward(&self, x: &[T], trace: &mut Trace<T>, work: &mut Workspace<T>) {
        let (network, depth) = (&self.network, self.network.depth());
        let beta = T::of(network.beta);
        trace.y[0].values_mut().copy_from_slice(x);
        input_slope(beta, x, trace.d[0].values_mut());
        work.pixels.sort(x);
        for l in 1..=depth {
            let (below, here) = trace.y.split_at_mut(l);
            let (w, y) = (&self.weights[l - 1], below[l - 1].values());
            let on = on(l, network, work);
            multiply(on, w, y, &mut trace.z[l]);
            work.products += (on.len() * network.size(l)) as u64;
            let z = trace.z[l].values();
            if l < depth {
                exact_softplus(beta, z, here[0].values_mut(), trace.d[l].values_mut());
            } else {
                softmax(z, here[0].values_mut());
            }
        }
    }

    /// The error of the output layer, `e_L = p - onehot(label)`.
    pub fn judge(&self, label: usize, trace: &mut Trace<T>) {
        let depth = self.network.depth();
        let e = trace.e[depth].values_mut();
        e.copy_from_slice(trace.y[depth].values());
        e[label] -= T::one();
    }

    /// Errors carried down by the true weights, `e_l = (W_{l+1}^T e_{l+1}) d_l`, from `e_L` down to
    /// the pixels: what backpropagation would use. Call it between a forward pass and the update.
    pub fn backpropagated(
        &self,
        trace: &Trace<T>,
        errors: &mut [Lines<T>],
        work: &mut Workspace<T>,
    ) {
        self.carried(&self.weights, trace, errors, work);
    }

    /// The same by the feedback matrices, `e_l = (B_{l+1}^T e_{l+1}) d_l`.
    pub fn fed_back(&self, trace: &Trace<T>, errors: &mut [Lines<T>], work: &mut Workspace<T>) {
        let matrices = match self.feedback {
            Feedback::Fixed => &self.fixed,
            Feedback::Symmetric => &self.weights,
        };
        self.carried(matrices, trace, errors, work);
    }

    fn carried(
        &self,
        matrices: &[Matrix<T>],
        trace: &Trace<T>,
        errors: &mut [Lines<T>],
        work: &mut Workspace<T>,
    ) {
        let (network, depth) = (&self.network, self.network.depth());
        errors[depth]
            .values_mut()
            .copy_from_slice(trace.e[depth].values());
        errors[0].clear();
        work.pixels.sort(trace.y[0].values());
        for l in (1..=depth).rev() {
            let (below, here) = errors.split_at_mut(l);
            let on = on(l, network, work);
            project(on, &matrices[l - 1], &here[0], below[l - 1].values_mut());
            let d = trace.d[l - 1].values();
            for (e, d) in below[l - 1].values_mut().iter_mut().zip(d) {
                *e *= *d;
            }
            work.products += (on.len() * network.size(l)) as u64;
        }
    }

    /// One online step on the sample (`x`, `label`), in this order:
    ///
    /// 1. forward pass; 2. `e_L = p - onehot`; 3. errors fed back, `e_l = (B_{l+1}^T e_{l+1}) d_l`,
    ///    down to the pixels where a term needs theirs; 4. every `W_l` is changed, from the old
    ///    weights and the `y` and `e` of steps 1 to 3; 5. symmetric feedback is the new weights.
    ///
    /// The trace is that of steps 1 to 3; the norms of the terms are added to `tally`. Returns
    /// whether the output was finite; if not, the weights are left as they were.
    pub fn step(
        &mut self,
        coefficients: &Coefficients,
        x: &[T],
        label: usize,
        trace: &mut Trace<T>,
        tally: &mut Tally,
        work: &mut Workspace<T>,
    ) -> bool {
        self.forward(x, trace, work);
        self.judge(label, trace);
        if !trace.logits().iter().all(|z| z.is_finite()) {
            return false;
        }
        for l in (1..=self.network.depth()).rev() {
            let rule = coefficients.rule(l);
            let size = rule.on[3].then(|| norm(&self.weights[l - 1]));
            self.step_layer(l, rule, trace, work);
            tally.add(l, rule, trace, size.unwrap_or(0.0));
        }
        tally.finish_step();
        true
    }

    fn step_layer(&mut self, l: usize, rule: &Rule, trace: &mut Trace<T>, work: &mut Workspace<T>) {
        let needs = rule.needs();
        let mut gates = Gates {
            total: 0.0,
            overlap: 0.0,
            input_error: 0.0,
        };
        if rule.on[5] {
            gates.total = trace.y[l].values().iter().map(|y| y.f64()).sum();
        }
        if rule.on[8] {
            gates.input_error = dot(trace.e[l].values(), trace.z[l].values());
        }
        let feeds_back = l > 1 || needs.error_below;
        let on = on(l, &self.network, work);
        let off: &[u32] = if l == 1 { work.pixels.off() } else { &[] };
        let (e_below, e) = trace.e.split_at_mut(l);
        if l == 1 {
            // Pixels that are 0 are passed over: nothing of an earlier image may remain there.
            e_below[0].clear();
            trace.u[0].clear();
            trace.r[1].clear();
        }
        let mut job = Adapt {
            on,
            w: &mut self.weights[l - 1],
            feedback: match self.feedback {
                Feedback::Fixed => Some(&self.fixed[l - 1]),
                Feedback::Symmetric => None,
            },
            e: &e[0],
            y: &trace.y[l],
            ones: &work.ones[l],
            y_below: trace.y[l - 1].values(),
            d_below: trace.d[l - 1].values(),
            u_below: trace.u[l - 1].values_mut(),
            e_below: e_below[l - 1].values_mut(),
            r: trace.r[l].values_mut(),
            feeds_back,
            projects: needs.projection,
            factors: None,
        };
        let mut sweeps = usize::from(feeds_back) + usize::from(needs.projection);
        if needs.overlap {
            // q_l is a sum over the whole layer and must be known before the first weight changes.
            adapt(&mut job);
            gates.overlap = on
                .iter()
                .map(|&j| job.r[j as usize].f64() * job.e_below[j as usize].f64())
                .sum();
            (job.feeds_back, job.projects) = (false, false);
        }
        let factors = Scaled::new(&rule.factors(&gates.local()));
        job.factors = Some(factors);
        adapt(&mut job);
        sweeps += if rule.on[9] || rule.on[1] { 2 } else { 1 };
        work.products += (sweeps * on.len() * self.network.size(l)) as u64;
        if !off.is_empty() && (rule.on[9] || rule.on[3]) {
            let projects = rule.on[9];
            idle(&mut Idle {
                off,
                w: &mut self.weights[l - 1],
                y: &trace.y[l],
                r: trace.r[l].values_mut(),
                projects,
                factors: Some(factors),
            });
            work.products += (2 * off.len() * self.network.size(l)) as u64;
        }
        trace.gates[l - 1] = gates;
    }
}

impl<T: Real> Learner<T> {
    /// Applies the update of a step once more, to `weights` as they were before it.
    pub(super) fn redo(
        &self,
        coefficients: &Coefficients,
        trace: &mut Trace<T>,
        weights: &mut [Matrix<T>],
        work: &mut Workspace<T>,
    ) {
        work.pixels.sort(trace.y[0].values());
        for l in 1..=self.network.depth() {
            let rule = coefficients.rule(l);
            let factors = Scaled::new(&rule.factors(&trace.gates[l - 1].local()));
            let (e_below, e) = trace.e.split_at_mut(l);
            adapt(&mut Adapt {
                on: on(l, &self.network, work),
                w: &mut weights[l - 1],
                feedback: None,
                e: &e[0],
                y: &trace.y[l],
                ones: &work.ones[l],
                y_below: trace.y[l - 1].values(),
                d_below: trace.d[l - 1].values(),
                u_below: trace.u[l - 1].values_mut(),
                e_below: e_below[l - 1].values_mut(),
                r: trace.r[l].values_mut(),
                feeds_back: false,
                projects: false,
                factors: Some(factors),
            });
            if l == 1 && (rule.on[9] || rule.on[3]) {
                idle(&mut Idle {
                    off: work.pixels.off(),
                    w: &mut weights[0],
                    y: &trace.y[1],
                    r: trace.r[1].values_mut(),
                    projects: false,
                    factors: Some(factors),
                });
            }
        }
    }
}

/// The units of layer `l - 1` that are not 0.
pub(super) fn on<'a, T: Real>(l: usize, network: &Network, work: &'a Workspace<T>) -> &'a [u32] {
    if l == 1 {
        work.pixels.on()
    } else {
        &work.all[..network.size(l - 1)]
    }
}
