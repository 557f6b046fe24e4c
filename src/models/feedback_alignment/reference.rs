//! Replays reference cases through the program's own kernels, along every path.

use super::case::{Case, EPISODE, OUTER, OuterCase, Start, read, read_outer};
use super::coefficients::{Coefficients, Rule};
use super::episode::{Episode, Outcomes, Phase, Plan, Scratch};
use super::matrix::Matrix;
use super::outer::{Outer, Penalty, Settings};
use super::plain::Plain;
use super::query::norm;
use super::reverse::SymmetricGradient;
use super::task::{Samples, Task};
use super::terms::TERMS;
use crate::models::fields::At;
use crate::models::nn::real::Real;
use crate::models::{CaseError, Check};

/// The `format` values of the files that [`verify`] reads.
pub const FORMATS: &[&str] = &[EPISODE, OUTER];

/// Up to how many weights times samples a case is also run in forward mode, which is slow.
const MOST_FORWARD: usize = 2_000_000;

/// Replays a case in double precision (held to the file's tolerance), in single precision (held to
/// `single_bound`), and its gradients in forward mode in double precision.
/// # Errors
/// Names the field of a malformed case.
pub fn verify(file: &serde_json::Value) -> Result<Vec<Check>, CaseError> {
    let file = At::root(file);
    let format = file.get("format");
    let mut checks = Vec::new();
    match format.word()? {
        EPISODE => {
            let case = read(&file)?;
            let (forward, gradient) = (case.tolerance.forward, case.tolerance.gradient);
            let degrees = case.tolerance.degrees;
            replay::<f64>(&case, "f64", [forward, gradient, degrees], &mut checks);
            let bound = single_bound(&case.start);
            // An error that is off by the relative bound turns by as many radians.
            let degrees = degrees + bound.to_degrees();
            replay::<f32>(&case, "f32", [bound, 2.0 * bound, degrees], &mut checks);
            forward_mode(&case, &mut checks);
        }
        OUTER => {
            let case = read_outer(&file)?;
            replay_outer(&case, &mut checks);
        }
        _ => return format.wrong(format!("is not one of {}", FORMATS.join(", "))),
    }
    Ok(checks)
}

/// What single precision may be off: half a unit in the last place (6e-8) for every term of the
/// longest sum in a layer (8 more for the nonlinearity), for each layer above or below, once for the
/// query batch and once for every step that the weights have come through.
fn single_bound(start: &Start) -> f64 {
    let longest = start.network.sizes().iter().max().copied().unwrap_or(0) as f64 + 8.0;
    6e-8 * longest * start.network.depth() as f64 * (1.0 + start.task.stream.len() as f64)
}

struct Checks<'a> {
    path: &'a str,
    all: &'a mut Vec<Check>,
}

impl Checks<'_> {
    fn add(&mut self, quantity: impl Into<String>, deviation: f64, bound: f64) {
        self.all.push(Check {
            path: self.path.to_owned(),
            quantity: quantity.into(),
            deviation,
            bound,
        });
    }

    /// Largest deviation relative to `max(1, |x|)`; NaN equals NaN only.
    fn relative(&mut self, quantity: impl Into<String>, got: &[f64], wanted: &[f64], bound: f64) {
        let off = |(got, wanted): (&f64, &f64)| match (got.is_nan(), wanted.is_nan()) {
            (true, true) => 0.0,
            (false, false) => (got - wanted).abs() / wanted.abs().max(1.0),
            _ => f64::INFINITY,
        };
        let worst = if got.len() == wanted.len() {
            got.iter().zip(wanted).map(off).fold(0.0, f64::max)
        } else {
            f64::INFINITY
        };
        self.add(quantity, worst, bound);
    }

    /// Largest deviation relative to `scale`, each term on its own line.
    fn gradient(
        &mut self,
        name: &str,
        got: &[f64; TERMS],
        wanted: &[f64; TERMS],
        active: &[bool; TERMS],
        bound: f64,
    ) {
        let scale = wanted.iter().fold(0.0, |a: f64, b| a.max(b.abs()));
        for r in (0..TERMS).filter(|&r| active[r]) {
            let off = (got[r] - wanted[r]).abs();
            let off = if off == 0.0 { 0.0 } else { off / scale };
            self.add(format!("{name}[{r}]"), off, bound);
        }
    }
}

fn numbers<T: Real>(values: &[T]) -> Vec<f64> {
    values.iter().map(|x| x.f64()).collect()
}

fn single<T: Real>(values: &[f64]) -> Vec<T> {
    values.iter().map(|&x| T::of(x)).collect()
}

fn matrices<T: Real>(start: &Start, rows: &[Vec<f64>]) -> Vec<Matrix<T>> {
    let sizes = start.network.sizes().windows(2).zip(rows);
    sizes
        .map(|(n, rows)| Matrix::from_rows(n[1], n[0], &single(rows)))
        .collect()
}

fn converted<T: Real>(samples: &Samples<f64>) -> Samples<T> {
    let mut out = Samples::default();
    for i in 0..samples.len() {
        let (x, label) = samples.get(i);
        out.push(x.iter().map(|&x| T::of(x)), label as u16);
    }
    out
}

/// The episode of a case, at its beginning.
fn begin<T: Real>(
    start: &Start,
    coefficients: &Coefficients,
    symmetric: SymmetricGradient,
) -> Episode<T> {
    let mut episode = Episode::new(&start.network, start.feedback);
    episode.learner.weights = matrices(start, &start.weights);
    episode.learner.fixed = matrices(start, &start.fixed);
    let task = Task {
        stream: converted(&start.task.stream),
        query: converted(&start.task.query),
    };
    let plan = Plan {
        gradient: true,
        observe: true,
        symmetric,
    };
    episode
        .begin(coefficients, task, plan)
        .expect("sizes were checked on reading");
    episode
}

fn finish<T: Real>(episode: &mut Episode<T>, scratch: &mut Scratch<T>) -> Outcomes {
    while episode.advance(scratch) != Phase::Done {}
    episode.outcomes()
}

/// `gradient + lambda sign(theta)`, 0 at 0.
fn with_penalty(gradient: &[f64; TERMS], rule: &Rule, lambda: f64) -> [f64; TERMS] {
    std::array::from_fn(|r| {
        let theta = rule.theta[r];
        let sign = if theta == 0.0 { 0.0 } else { theta.signum() };
        gradient[r] + lambda * sign
    })
}

fn replay<T: Real>(case: &Case, path: &str, bounds: [f64; 3], checks: &mut Vec<Check>) {
    let [forward, relative, degrees] = bounds;
    let mut checks = Checks { path, all: checks };
    let (start, expected) = (&case.start, &case.expected);
    let depth = start.network.depth();
    let mut scratch = Scratch::<T>::new(&start.network);
    let mut episode = begin::<T>(start, &case.coefficients, SymmetricGradient::Exact);
    if !episode.task().stream.is_empty() {
        let Scratch { work, query } = &mut scratch;
        let (x, label) = episode.task().stream.get(0);
        episode.learner.forward(x, &mut query.trace, work);
        episode.learner.judge(label, &mut query.trace);
        episode
            .learner
            .fed_back(&query.trace, &mut query.fed_back, work);
        for l in 0..=depth {
            let (y, e) = (query.trace.y[l].values(), query.fed_back[l].values());
            let (y, e) = (numbers(y), numbers(e));
            checks.relative(format!("first_step.y[{l}]"), &y, &expected.y[l], forward);
            checks.relative(format!("first_step.e[{l}]"), &e, &expected.e[l], forward);
        }
    }
    while let Phase::Adapt { t } = episode.phase() {
        episode.advance(&mut scratch);
        let trace = episode.trace().expect("a step was done");
        let probabilities = numbers(trace.probabilities());
        let name = format!("probs[{t}]");
        checks.relative(name, &probabilities, &expected.probabilities[t], forward);
        for (l, w) in episode.learner.weights.iter().enumerate() {
            let name = format!("weights[{t}][{l}]");
            checks.relative(
                name,
                &numbers(&w.to_rows()),
                &expected.weights[t][l],
                forward,
            );
        }
    }
    for (i, logits) in expected.logits.iter().enumerate() {
        let Scratch { work, query } = &mut scratch;
        let (x, _) = episode.task().query.get(i);
        episode.learner.forward(x, &mut query.trace, work);
        let got = numbers(query.trace.logits());
        checks.relative(format!("query_logits[{i}]"), &got, logits, forward);
    }
    let norms: Vec<f64> = episode.learner.weights.iter().map(norm).collect();
    checks.relative("weight_norm", &norms, &expected.norms, forward);
    let outcomes = finish(&mut episode, &mut scratch);
    checks.relative("ce", &[outcomes.loss], &[expected.loss], forward);
    let rule = case.coefficients.rule(1);
    let active = (0..TERMS).filter(|&r| case.active[r]);
    let l1: f64 = active.map(|r| rule.theta[r].abs()).sum();
    let meta_loss = outcomes.loss + case.lambda * l1;
    checks.relative("meta_loss", &[meta_loss], &[expected.meta_loss], forward);
    checks.relative(
        "accuracy",
        &[outcomes.accuracy],
        &[expected.accuracy],
        forward,
    );
    let observed = episode.observed();
    let angles = observed.angles();
    for (l, (got, wanted)) in angles.iter().zip(&expected.angles).enumerate() {
        let off = if got.is_nan() && wanted.is_nan() {
            0.0
        } else {
            (got - wanted).abs()
        };
        checks.add(format!("angle_deg[{l}]"), off, degrees);
    }
    // A cosine cannot be more exact than the direction of the errors.
    checks.relative("angle_cos", &observed.cosines(), &expected.cosines, forward);
    let errors = observed.orthonormality();
    checks.relative("E1", errors, &expected.orthonormality, forward);
    if !episode.keeps_copies() {
        for (l, w) in episode.learner.weights.iter().enumerate() {
            let name = format!("W0[{l}] rolled back");
            checks.relative(name, &numbers(&w.to_rows()), &start.weights[l], forward);
        }
    }
    for (name, symmetric, wanted) in variants(case) {
        let outcomes = if symmetric == SymmetricGradient::Exact {
            outcomes.clone()
        } else {
            let mut episode = begin::<T>(start, &case.coefficients, symmetric);
            finish(&mut episode, &mut scratch)
        };
        let got = with_penalty(&outcomes.gradient[0], rule, case.lambda);
        checks.gradient(name, &got, &wanted, &case.active, relative);
    }
}

/// The gradients that the file has.
fn variants(case: &Case) -> Vec<(&'static str, SymmetricGradient, [f64; TERMS])> {
    let expected = &case.expected;
    let mut all = vec![("dmeta_dtheta", SymmetricGradient::Exact, expected.exact)];
    if let Some(wanted) = expected.stop_gradient {
        let way = SymmetricGradient::StopGradient;
        all.push(("dmeta_dtheta_stopgrad", way, wanted));
    }
    if let Some(wanted) = expected.authors {
        all.push(("dmeta_dtheta_authors", SymmetricGradient::Authors, wanted));
    }
    all
}

fn forward_mode(case: &Case, checks: &mut Vec<Check>) {
    let start = &case.start;
    let samples = start.task.stream.len() + start.task.query.len();
    if start.network.weights() * samples > MOST_FORWARD {
        return;
    }
    let mut checks = Checks {
        path: "forward mode f64",
        all: checks,
    };
    let plain = Plain {
        network: &start.network,
        feedback: start.feedback,
        weights: &start.weights,
        fixed: &start.fixed,
        task: &start.task,
    };
    let rule = case.coefficients.rule(1);
    let loss = plain.loss(&case.coefficients);
    checks.relative("ce", &[loss], &[case.expected.loss], case.tolerance.forward);
    for (name, symmetric, wanted) in variants(case) {
        if let Some(gradient) = plain.gradient(&case.coefficients, 0, symmetric) {
            let got = with_penalty(&gradient, rule, case.lambda);
            checks.gradient(name, &got, &wanted, &case.active, case.tolerance.gradient);
        }
    }
}

/// The whole loop in double precision; in single precision each episode from the coefficients of the
/// file, as the outer loop runs in double precision in either case.
fn replay_outer(case: &OuterCase, all: &mut Vec<Check>) {
    let tolerance = &case.tolerance;
    let mut theta = case.initial.clone();
    let mut outer = Outer::new(1);
    let settings = Settings {
        adam: case.adam,
        penalty: Penalty::L1 {
            lambda: case.lambda,
        },
        ..Settings::default()
    };
    for (k, wanted) in case.episodes.iter().enumerate() {
        let start = &wanted.start;
        let mut checks = Checks { path: "f64", all };
        let before = theta.rule(1).theta;
        let name = format!("theta_before[{k}]");
        checks.relative(name, &before, &wanted.before, tolerance.forward);
        let mut scratch = Scratch::<f64>::new(&start.network);
        let mut episode = begin::<f64>(start, &theta, SymmetricGradient::Exact);
        let outcomes = finish(&mut episode, &mut scratch);
        let rule = *theta.rule(1);
        let got = with_penalty(&outcomes.gradient[0], &rule, case.lambda);
        checks.gradient(
            &format!("grad[{k}]"),
            &got,
            &wanted.gradient,
            &rule.on,
            tolerance.gradient,
        );
        let forward = [
            outcomes.loss,
            outcomes.loss + case.lambda * theta.l1(),
            outcomes.accuracy,
        ];
        let names = ["ce", "meta_loss", "accuracy"];
        let expected = [wanted.loss, wanted.meta_loss, wanted.accuracy];
        for ((name, got), wanted) in names.iter().zip(forward).zip(expected) {
            checks.relative(format!("{name}[{k}]"), &[got], &[wanted], tolerance.forward);
        }
        outer.step(&settings, &mut theta, &outcomes, episode.tally());
        let after = theta.rule(1).theta;
        let name = format!("theta_after[{k}]");
        checks.relative(name, &after, &wanted.after, tolerance.forward);

        let mut checks = Checks { path: "f32", all };
        let bound = single_bound(start);
        let theta = Coefficients::shared(Rule {
            theta: wanted.before,
            ..rule
        });
        let mut scratch = Scratch::<f32>::new(&start.network);
        let mut episode = begin::<f32>(start, &theta, SymmetricGradient::Exact);
        let outcomes = finish(&mut episode, &mut scratch);
        let got = with_penalty(&outcomes.gradient[0], theta.rule(1), case.lambda);
        checks.gradient(
            &format!("grad[{k}]"),
            &got,
            &wanted.gradient,
            &rule.on,
            2.0 * bound,
        );
        checks.relative(format!("ce[{k}]"), &[outcomes.loss], &[wanted.loss], bound);
    }
}
