//! Replays reference cases through the program's own kernels, along every path.

use super::backprop;
use super::case::{Against, Case, read};
use super::compare::compare;
use super::fixed_pred;
use super::method::Method;
use super::strict::{self, Measured, Terms};
use super::theory;
use super::workspace::{Flight, Workspace};
use crate::models::nn::layer::Map;
use crate::models::nn::loss::{Judged, Target};
use crate::models::nn::real::Real;
use crate::models::{CaseError, Check};

/// Replays a case in double precision (held to the file's tolerance), in single precision (held to
/// `single_bound`) and, for FixedPred, by the closed form in double precision.
/// # Errors
/// Names the field of a malformed case.
pub fn verify(file: &serde_json::Value) -> Result<Vec<Check>, CaseError> {
    let case = read(file)?;
    let mut checks = Vec::new();
    replay::<f64>(&case, "f64", false, case.tolerance, &mut checks);
    let bound = single_bound(&case);
    replay::<f32>(&case, "f32", false, bound, &mut checks);
    if case.method == Method::FixedPred {
        replay::<f64>(&case, "closed form f64", true, case.tolerance, &mut checks);
    }
    Ok(checks)
}

/// What single precision may be off: half a unit in the last place (6e-8) for every term of the
/// longest sum that a number passes through in a layer (8 more for the nonlinearity), for each
/// layer above or below, once for the passes and once more for every unit of `n eta` that the
/// beliefs travel.
fn single_bound(case: &Case) -> f64 {
    let terms = |map: &Map, input: usize| match map {
        Map::Conv(conv) => conv.fan_in().max(conv.positions() * case.batch),
        _ => input.max(case.batch),
    };
    let nodes = case.network.layers.iter().flat_map(|layer| &layer.nodes);
    let longest = nodes.map(|node| terms(&node.map, node.input)).max();
    let longest = longest.unwrap_or(0) as f64 + 8.0;
    let travelled = match case.method {
        Method::FixedPred | Method::Strict => case.n as f64 * case.eta.abs(),
        _ => 0.0,
    };
    6e-8 * longest * case.network.depth() as f64 * (1.0 + travelled)
}

/// The outcome of a replay, in double precision. Index 0 is the input layer.
struct Outcome {
    v: Vec<Option<Vec<f64>>>,
    epsilon: Vec<Option<Vec<f64>>>,
    /// What the gradient of each layer is to be multiplied by.
    factors: Vec<f64>,
}

struct Replay<'a, T: Real> {
    case: &'a Case,
    params: Vec<T>,
    work: Workspace<T>,
    flight: Flight<T>,
    targets: Vec<T>,
    precision: Vec<f64>,
}

impl<'a, T: Real> Replay<'a, T> {
    fn new(case: &'a Case) -> Self {
        let cast = |x: &[f64]| -> Vec<T> { x.iter().map(|&x| T::of(x)).collect() };
        let mut work = Workspace::new(&case.network, case.batch);
        work.input = cast(&case.input);
        Self {
            case,
            params: cast(&case.params),
            work,
            flight: Flight::new(&case.network, case.batch),
            targets: cast(&case.targets),
            precision: vec![1.0; case.network.depth()],
        }
    }

    fn target(&self) -> Target<'_, T> {
        if self.targets.is_empty() {
            Target::Labels(&self.case.labels)
        } else {
            Target::Values(&self.targets)
        }
    }

    /// Forward pass and loss.
    fn forward(&mut self) -> f64 {
        let Case {
            network,
            batch,
            loss,
            ..
        } = self.case;
        let classes = network.width(network.depth());
        self.work.forward(network, &self.params, &(0..*batch));
        let mut gradient = vec![T::zero(); batch * classes];
        let outputs = self.work.vhat(network.depth());
        let judged = loss.judge(classes, *batch, outputs, self.target(), &mut gradient);
        if let Some(top) = self.work.deltas.last_mut() {
            top.copy_from_slice(&gradient);
        }
        judged.loss * loss.weight(*batch, classes)
    }

    /// `J_1^T e` for an error `e` at the first layer, which the program itself never needs.
    fn pull_to_input(&mut self, error: &[T]) -> Vec<T> {
        let network = &self.case.network;
        let mut below = vec![T::zero(); self.work.input.len()];
        network.layers[0].backward(
            &self.params,
            &self.work.traces[0],
            error,
            &(0..self.case.batch),
            &mut self.work.scratch[0],
            None,
            Some(&mut below),
        );
        below
    }

    /// Errors and beliefs as the file has them, from those of all layers but the input's.
    fn outcome(&self, input: Option<(Vec<T>, Vec<T>)>, errors: &[Vec<T>]) -> Outcome {
        let wide = |x: &[T]| -> Vec<f64> { x.iter().map(|x| x.f64()).collect() };
        let minus = |a: &[T], b: &[T]| -> Vec<f64> {
            a.iter().zip(b).map(|(a, b)| (*a - *b).f64()).collect()
        };
        let depth = self.case.network.depth();
        let (mut v, mut epsilon) = (vec![None], vec![None]);
        if let Some((e_before, e_after)) = input {
            epsilon[0] = Some(wide(&e_before));
            v[0] = Some(minus(&self.work.input, &e_after));
        }
        for (l, error) in (1..=depth).zip(errors) {
            epsilon.push(Some(wide(error)));
            v.push(Some(minus(self.work.vhat(l), error)));
        }
        Outcome {
            v,
            epsilon,
            factors: self.precision.clone(),
        }
    }

    fn exact(&mut self) -> Outcome {
        let rows = 0..self.case.batch;
        let network = &self.case.network;
        let (params, work) = (&self.params, &mut self.work);
        let gradient = &mut self.flight.gradient;
        backprop::errors_and_gradient(network, params, work, &rows, gradient, |_| true);
        let errors = self.work.deltas.clone();
        self.outcome(None, &errors)
    }

    fn fixed_pred(&mut self) -> Outcome {
        let Case {
            network,
            n,
            eta,
            batch,
            ..
        } = self.case;
        let (rows, depth) = (0..*batch, network.depth());
        let (params, work, flight) = (&self.params, &mut self.work, &mut self.flight);
        fixed_pred::begin(network, params, work, flight, &rows);
        // Torch2PC also relaxes the input layer, and returns errors from before the last update.
        let mut e_0 = vec![T::zero(); self.work.input.len()];
        let mut before = (e_0.clone(), self.flight.errors.clone());
        for update in 1..=*n {
            before = (e_0.clone(), self.flight.errors.clone());
            let first = self.flight.errors[0].clone();
            let pulled = self.pull_to_input(&first);
            for (e, p) in e_0.iter_mut().zip(pulled) {
                *e = T::of(1.0 - eta) * *e + T::of(*eta) * p;
            }
            fixed_pred::update(
                network,
                &self.params,
                &mut self.work,
                &mut self.flight,
                update,
                *eta,
                &self.precision,
                &rows,
                &mut vec![0.0; depth],
            );
        }
        let mut outcome = self.outcome(Some((before.0, e_0)), &self.flight.errors);
        // The output belief never moves: v_L = vhat_L.
        outcome.v[depth] = Some(self.work.vhat(depth).iter().map(|x| x.f64()).collect());
        for (l, error) in before.1.iter().enumerate() {
            outcome.epsilon[l + 1] = Some(error.iter().map(|x| x.f64()).collect());
        }
        self.flight.errors = before.1;
        let (params, work, flight) = (&self.params, &mut self.work, &mut self.flight);
        fixed_pred::gradient(network, params, work, flight, &rows, |_| true);
        outcome
    }

    fn closed_form(&mut self) -> Outcome {
        let Case {
            network,
            n,
            eta,
            batch,
            ..
        } = self.case;
        let (rows, depth) = (0..*batch, network.depth());
        let (params, work) = (&self.params, &mut self.work);
        let gradient = &mut self.flight.gradient;
        backprop::errors_and_gradient(network, params, work, &rows, gradient, |_| true);
        let first = self.work.deltas[0].clone();
        let delta_0 = self.pull_to_input(&first);
        // One layer more, for the input.
        let precision = vec![1.0; depth + 1];
        let now = theory::coefficients(*eta, &precision, n - 1);
        let after = theory::coefficients(*eta, &precision, *n);
        let times = |c: f64, x: &[T]| -> Vec<f64> { x.iter().map(|x| c * x.f64()).collect() };
        let minus = |l: usize, e: Vec<f64>| -> Vec<f64> {
            let vhat = self.work.vhat(l).iter();
            vhat.zip(e).map(|(v, e)| v.f64() - e).collect()
        };
        let delta = |l: usize| {
            if l == 0 {
                &delta_0
            } else {
                &self.work.deltas[l - 1]
            }
        };
        let belief = |l| match l == depth {
            true => minus(l, vec![0.0; delta(l).len()]),
            false => minus(l, times(after[l], delta(l))),
        };
        Outcome {
            v: (0..=depth).map(|l| Some(belief(l))).collect(),
            epsilon: (0..=depth).map(|l| Some(times(now[l], delta(l)))).collect(),
            factors: now[1..].to_vec(),
        }
    }

    fn strict(&mut self) -> Outcome {
        let Case {
            network,
            n,
            eta,
            batch,
            loss,
            labels,
            ..
        } = self.case;
        let (rows, depth) = (0..*batch, network.depth());
        let terms = Terms {
            loss: *loss,
            batch: *batch,
            target: if self.targets.is_empty() {
                Target::Labels(labels)
            } else {
                Target::Values(&self.targets)
            },
            precision: &self.precision,
        };
        let (params, work, flight) = (&self.params, &mut self.work, &mut self.flight);
        let (mut squares, mut judged) = (vec![0.0; depth], Judged::default());
        let mut measured = Measured {
            squares: &mut squares,
            judged: &mut judged,
        };
        strict::begin(network, work, flight, &rows);
        for sweep in 1..=*n {
            let measured = &mut measured;
            strict::sweep(
                network, params, work, flight, &terms, sweep, *eta, &rows, measured,
            );
        }
        strict::gradient(
            network,
            params,
            work,
            flight,
            &terms,
            *n,
            true,
            &rows,
            &mut measured,
            |_| true,
        );
        let wide = |x: &[T]| -> Option<Vec<f64>> { Some(x.iter().map(|x| x.f64()).collect()) };
        let mut v = vec![wide(&self.work.input)];
        v.extend(self.flight.beliefs.iter().map(|v| wide(v)));
        v.push(wide(self.work.vhat(depth)));
        let mut epsilon = vec![None];
        epsilon.extend(self.flight.errors.iter().map(|e| wide(e)));
        Outcome {
            v,
            epsilon,
            factors: self.precision.clone(),
        }
    }
}

fn replay<T: Real>(case: &Case, path: &str, closed: bool, bound: f64, checks: &mut Vec<Check>) {
    let mut replay = Replay::<T>::new(case);
    let loss = replay.forward();
    let outcome = match case.method {
        Method::Exact | Method::Backprop => replay.exact(),
        Method::FixedPred if closed => replay.closed_form(),
        Method::FixedPred => replay.fixed_pred(),
        Method::Strict | Method::Zil => replay.strict(),
    };
    let mut reference = vec![T::zero(); case.network.params];
    let (rows, network) = (0..case.batch, &case.network);
    let (params, work) = (&replay.params, &mut replay.work);
    backprop::errors_and_gradient(network, params, work, &rows, &mut reference, |_| true);

    let mut push = |quantity: String, deviation: f64, bound: f64| {
        checks.push(Check {
            path: path.to_owned(),
            quantity,
            deviation,
            bound,
        });
    };
    let wide = |x: &[T]| -> Vec<f64> { x.iter().map(|x| x.f64()).collect() };
    let expected = &case.expected;
    push("loss".into(), apart(&[loss], &[expected.loss]), bound);
    let top = wide(&replay.work.deltas[network.depth() - 1]);
    push("dLdy".into(), apart(&top, &expected.output_gradient), bound);
    for l in 0..=network.depth() {
        let vhat = Some(wide(replay.work.vhat(l)));
        for (name, ours, theirs) in [
            ("vhat", &vhat, &expected.vhat[l]),
            ("v", &outcome.v[l], &expected.v[l]),
            ("epsilon", &outcome.epsilon[l], &expected.epsilon[l]),
        ] {
            if let Some(theirs) = theirs {
                let off = ours.as_ref().map_or(f64::NAN, |ours| apart(ours, theirs));
                push(format!("{name}[{l}]"), off, bound);
            }
        }
    }
    for (l, layer) in network.layers.iter().enumerate() {
        let Some(against) = &expected.against[l] else {
            continue;
        };
        let factor = outcome.factors[l];
        for node in layer.nodes.iter().filter(|node| node.has_params()) {
            for (name, range) in [("weight", &node.weight), ("bias", &node.bias)] {
                let ours = wide(&replay.flight.gradient[range.clone()]);
                let ours: Vec<f64> = ours.iter().map(|g| factor * g).collect();
                let off = apart(&ours, &expected.grads[range.clone()]);
                push(format!("grads[{l}].{name}"), off, bound);
                let off = apart(
                    &wide(&reference[range.clone()]),
                    &expected.bp_grads[range.clone()],
                );
                push(format!("bp_grads[{l}].{name}"), off, bound);
            }
        }
        let Some(ours) = compare(layer, &replay.flight.gradient, factor, &reference) else {
            continue;
        };
        let count: usize = layer.weights().map(|range| range.len()).sum();
        let (off, allowed) = (
            Derived {
                against,
                bound,
                count,
            },
            case,
        );
        let name = |what: &str| format!("weight_grad_vs_bp[{l}].{what}");
        push(
            name("norm"),
            apart(&[ours.norm], &[against.norm]),
            off.of_norm(),
        );
        let reference_norm = apart(&[ours.reference_norm], &[against.bp_norm]);
        push(name("bp_norm"), reference_norm, off.of_norm());
        let relative = apart_or_both_undefined(ours.relative_error, against.relative_error);
        push(
            name("relative_error"),
            relative,
            off.of_ratio(path, allowed.tolerance),
        );
        let angle = apart_or_both_undefined(ours.angle, against.angle);
        push(
            name("angle_degrees"),
            angle,
            off.of_angle(path, allowed.angle_tolerance),
        );
    }
}

/// Bounds of what is derived from gradients whose elements may each be off by `bound`: norms by
/// its root-mean-square share, ratios and angles by that over the norm. The file's own tolerances
/// hold in double precision.
struct Derived<'a> {
    against: &'a Against,
    bound: f64,
    count: usize,
}

impl Derived<'_> {
    fn of_norm(&self) -> f64 {
        self.bound * (self.count as f64).sqrt()
    }

    fn of_ratio(&self, path: &str, tolerance: f64) -> f64 {
        if path.ends_with("f64") {
            tolerance
        } else {
            2.0 * self.of_norm() / self.against.bp_norm
        }
    }

    fn of_angle(&self, path: &str, tolerance: f64) -> f64 {
        if path.ends_with("f64") {
            tolerance
        } else {
            let smaller = self.against.norm.min(self.against.bp_norm);
            tolerance + (2.0 * self.of_norm() / smaller).to_degrees()
        }
    }
}

/// `max |ours - theirs| / max(1, max |theirs|)`; NaN where a number is NaN.
fn apart(ours: &[f64], theirs: &[f64]) -> f64 {
    let mut most = 0.0f64;
    for (a, b) in ours.iter().zip(theirs) {
        let off = (a - b).abs();
        if off.is_nan() {
            return f64::NAN;
        }
        most = most.max(off);
    }
    let scale = theirs.iter().fold(1.0, |scale: f64, x| scale.max(x.abs()));
    most / scale
}

fn apart_or_both_undefined(ours: f64, theirs: f64) -> f64 {
    if ours.is_nan() && theirs.is_nan() {
        0.0
    } else {
        apart(&[ours], &[theirs])
    }
}
