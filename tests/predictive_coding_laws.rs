//! What the paper proves and what follows from it, on a trained network.
//!
//! A wrong sign, a stale error where a fresh one belongs, or an update that sees a value of its own
//! sweep misses these by tens of per cent.

use std::sync::Arc;

use hebbtop::data::embedded::digits;
use hebbtop::models::nn::grammar::parse;
use hebbtop::models::nn::init::{initial, unit};
use hebbtop::models::nn::loss::{Judged, Loss, LossKind, Reduction, Target};
use hebbtop::models::nn::network::Network;
use hebbtop::models::nn::real::Real;
use hebbtop::models::nn::shape::Shape;
use hebbtop::models::predictive_coding::compare::{Comparison, compare};
use hebbtop::models::predictive_coding::workspace::{Flight, Workspace};
use hebbtop::models::predictive_coding::{backprop, fixed_pred, strict, theory, zil};
use hebbtop::models::random::stream;
use hebbtop::models::table::{Value, text};
use hebbtop::models::{FaultKind, Model, Progress, Setup, Values, family};

const BATCH: usize = 30;
const CLASSES: usize = 10;

/// A batch at its forward pass, with what inference needs.
struct Scene<T: Real> {
    network: Network,
    params: Vec<T>,
    work: Workspace<T>,
    flight: Flight<T>,
    labels: Vec<u8>,
    /// The backpropagated gradient.
    reference: Vec<T>,
    loss: Loss,
}

fn scene<T: Real>(text: &str, seed: u64) -> Scene<T> {
    let network = Network::new(Shape::Flat(24), &parse(text).unwrap()).unwrap();
    let mut stream = stream(seed, "laws");
    let params: Vec<T> = initial::<T>(&network, seed);
    let mut work = Workspace::new(&network, BATCH);
    for x in &mut work.input {
        *x = T::of(unit(&mut stream));
    }
    let labels: Vec<u8> = (0..BATCH).map(|i| ((7 * i + 3) % CLASSES) as u8).collect();
    let loss = Loss {
        kind: LossKind::CrossEntropy,
        reduction: Reduction::Mean,
    };
    work.forward(&network, &params, &(0..BATCH));
    let outputs = work.vhat(network.depth()).to_vec();
    let top = work.deltas.last_mut().unwrap();
    loss.judge(CLASSES, BATCH, &outputs, Target::Labels(&labels), top);
    let mut reference = vec![T::zero(); network.params];
    let rows = 0..BATCH;
    backprop::errors_and_gradient(&network, &params, &mut work, &rows, &mut reference, |_| {
        true
    });
    Scene {
        flight: Flight::new(&network, BATCH),
        network,
        params,
        work,
        labels,
        reference,
        loss,
    }
}

impl<T: Real> Scene<T> {
    /// Sweeps of FixedPred, and how each layer's gradient compares with backpropagation.
    fn fixed_pred(&mut self, eta: f64, n: usize, precision: &[f64]) -> Vec<Comparison> {
        let (network, params, rows) = (&self.network, &self.params, 0..BATCH);
        let mut squares = vec![0.0; network.depth()];
        fixed_pred::begin(network, params, &mut self.work, &mut self.flight, &rows);
        for update in 1..n {
            fixed_pred::update(
                network,
                params,
                &mut self.work,
                &mut self.flight,
                update,
                eta,
                precision,
                &rows,
                &mut squares,
            );
        }
        fixed_pred::gradient(
            network,
            params,
            &mut self.work,
            &mut self.flight,
            &rows,
            |_| true,
        );
        self.compare(precision)
    }

    fn compare(&self, factors: &[f64]) -> Vec<Comparison> {
        let layers = self.network.layers.iter().zip(factors);
        layers
            .map(|(layer, s)| compare(layer, &self.flight.gradient, *s, &self.reference).unwrap())
            .collect()
    }

    /// Sweeps of Strict; the energy before each.
    fn strict(&mut self, eta: f64, n: usize, learn_in_turn: bool) -> Vec<f64> {
        let (network, params, rows) = (&self.network, &self.params, 0..BATCH);
        let (work, flight) = (&mut self.work, &mut self.flight);
        let precision = vec![1.0; network.depth()];
        let terms = strict::Terms {
            loss: self.loss,
            batch: BATCH,
            target: Target::Labels(&self.labels),
            precision: &precision,
        };
        strict::begin(network, work, flight, &rows);
        let mut energies = Vec::new();
        for sweep in 1..=n {
            let (mut squares, mut judged) = (vec![0.0; network.depth()], Judged::default());
            let mut measured = strict::Measured {
                squares: &mut squares,
                judged: &mut judged,
            };
            strict::sweep(
                network,
                params,
                work,
                flight,
                &terms,
                sweep,
                eta,
                &rows,
                &mut measured,
            );
            if learn_in_turn {
                zil::gradient(network, params, work, flight, sweep, &rows, |_| true);
            }
            squares.pop();
            let penalty = 0.5 * squares.iter().sum::<f64>();
            energies.push(judged.loss * self.loss.weight(BATCH, CLASSES) + penalty);
        }
        energies
    }
}

const NET: &str = "14 + tanh / 12 + tanh / 11 + softplus / 13 + tanh / 10";

/// With eta 1 the error of layer l arrives whole at sweep L - l + 1, and is 0 before.
#[test]
fn the_theorem_s_staircase() {
    for (text, depth) in [(NET, 5), ("9 + relu / 12 + relu / 10", 3)] {
        let mut scene = scene::<f64>(text, 1);
        for n in 1..=depth + 2 {
            let compared = scene.fixed_pred(1.0, n, &vec![1.0; depth]);
            for (l, c) in (1..).zip(compared) {
                let expected = if n > depth - l { 0.0 } else { 1.0 };
                let off = (c.relative_error - expected).abs();
                assert!(off < 1e-12, "{text}: n {n} layer {l}: {}", c.relative_error);
            }
        }
    }
}

#[test]
fn fixed_pred_follows_its_closed_form_and_never_turns_the_gradient() {
    let mut scene = scene::<f64>(NET, 2);
    for eta in [0.1, 0.2, 0.5, 1.0, 1.3] {
        for n in [1, 2, 5, 20, 80, 200] {
            let c = theory::coefficients(eta, &[1.0; 5], n - 1);
            for (compared, c) in scene.fixed_pred(eta, n, &[1.0; 5]).iter().zip(&c) {
                let predicted = theory::relative_error(*c, 1.0);
                assert!(
                    (compared.relative_error - predicted).abs() < 1e-10,
                    "eta {eta} n {n}"
                );
                // Above eta 1 the transient overshoots: a coefficient may be negative.
                if *c > 0.0 {
                    assert!(compared.angle < 1e-9, "eta {eta} n {n}: {}", compared.angle);
                }
            }
        }
    }
}

/// In single precision too: the errors are the state, so that no plateau of rounding remains.
#[test]
fn in_single_precision_the_ratio_keeps_to_the_closed_form() {
    let text = "50 + tanh / 40 + tanh / 30 + tanh / 20 + tanh / 10";
    let mut scene = scene::<f32>(text, 3);
    for eta in [0.1, 0.2, 0.5, 1.0] {
        let compared = scene.fixed_pred(eta, 300, &[1.0; 5]);
        let c = theory::coefficients(eta, &[1.0; 5], 299);
        for (l, (compared, c)) in compared.iter().zip(c).enumerate() {
            let ratio = compared.norm_ratio() / c;
            assert!(
                (ratio - 1.0).abs() < 1e-5,
                "eta {eta} layer {}: {ratio}",
                l + 1
            );
            assert!(compared.angle < 1e-3, "eta {eta}: {}", compared.angle);
        }
    }
}

#[test]
fn precisions_scale_the_transient_and_leave_the_fixed_point() {
    let s = [0.6, 1.7, 0.9, 1.4, 1.0];
    let mut scene = scene::<f64>(NET, 4);
    let c = theory::coefficients(0.3, &s, 24);
    for ((compared, c), s) in scene.fixed_pred(0.3, 25, &s).iter().zip(c).zip(s) {
        assert!((compared.norm_ratio() - s * c).abs() < 1e-10);
        assert!(compared.angle < 1e-9);
    }
    for compared in scene.fixed_pred(0.3, 400, &s) {
        assert!(compared.relative_error < 1e-10);
    }
}

#[test]
fn z_il_is_backpropagation() {
    for text in [
        NET,
        "8 + relu / 10",
        "conv 3 k2 + tanh + flatten / 9 + relu / 10",
    ] {
        let mut scene = match text.starts_with("conv") {
            true => image_scene(text),
            false => scene::<f64>(text, 5),
        };
        scene.strict(zil::ETA, scene.network.depth(), true);
        let ones = vec![1.0; scene.network.depth()];
        for (l, compared) in scene.compare(&ones).iter().enumerate() {
            let off = compared.relative_error;
            assert!(off < 1e-12, "{text}, layer {}: {off}", l + 1);
        }
    }
}

fn image_scene(text: &str) -> Scene<f64> {
    let input = Shape::Maps {
        channels: 1,
        rows: 6,
        cols: 4,
    };
    let flat = scene::<f64>("10", 6);
    let network = Network::new(input, &parse(text).unwrap()).unwrap();
    let params = initial(&network, 6);
    let mut work = Workspace::new(&network, BATCH);
    work.input.copy_from_slice(&flat.work.input);
    work.forward(&network, &params, &(0..BATCH));
    let outputs = work.vhat(network.depth()).to_vec();
    let top = work.deltas.last_mut().unwrap();
    let target = Target::Labels(&flat.labels);
    flat.loss.judge(CLASSES, BATCH, &outputs, target, top);
    let mut reference = vec![0.0; network.params];
    backprop::errors_and_gradient(
        &network,
        &params,
        &mut work,
        &(0..BATCH),
        &mut reference,
        |_| true,
    );
    Scene {
        flight: Flight::new(&network, BATCH),
        network,
        params,
        work,
        reference,
        ..flat
    }
}

/// Strict descends its energy, and its fixed point is that of the energy.
#[test]
fn strict_descends_the_free_energy() {
    let mut scene = scene::<f64>(NET, 7);
    let energies = scene.strict(0.1, 400, false);
    for (k, pair) in energies.windows(2).enumerate() {
        assert!(pair[1] <= pair[0], "sweep {}: {pair:?}", k + 2);
    }
    assert!(energies[399] < energies[0]);
    // At the fixed point every error is what the layer above sends down.
    for l in 1..scene.network.depth() {
        let width = scene.network.width(l);
        let mut pulled = vec![0.0; BATCH * width];
        let layer = &scene.network.layers[l];
        let eps = &scene.flight.errors[l];
        let (trace, scratch) = (&scene.work.relaxed[l], &mut scene.work.scratch[l]);
        layer.backward(
            &scene.params,
            trace,
            eps,
            &(0..BATCH),
            scratch,
            None,
            Some(&mut pulled),
        );
        let norm = |x: &[f64]| x.iter().map(|x| x * x).sum::<f64>().sqrt();
        let apart: Vec<f64> = scene.flight.errors[l - 1]
            .iter()
            .zip(&pulled)
            .map(|(a, b)| a - b)
            .collect();
        assert!(norm(&apart) < 1e-4 * norm(&pulled), "layer {l}");
    }
}

/// The weight gradient at the moved beliefs is that of the free energy at fixed beliefs.
#[test]
fn strict_s_gradient_is_that_of_the_free_energy() {
    let mut scene = scene::<f64>("7 + tanh / 6 + softplus / 10", 8);
    let n = 15;
    scene.strict(0.2, n, false);
    let beliefs = scene.flight.beliefs.clone();
    let precision = [1.0; 3];
    let (loss, labels, input) = (scene.loss, scene.labels.clone(), scene.work.input.clone());
    let terms = strict::Terms {
        loss,
        batch: BATCH,
        target: Target::Labels(&labels),
        precision: &precision,
    };
    let (mut squares, mut judged) = (vec![0.0; 3], Judged::default());
    let mut measured = strict::Measured {
        squares: &mut squares,
        judged: &mut judged,
    };
    let Scene {
        network,
        params,
        work,
        flight,
        ..
    } = &mut scene;
    strict::gradient(
        network,
        params,
        work,
        flight,
        &terms,
        n,
        false,
        &(0..BATCH),
        &mut measured,
        |_| true,
    );
    let energy = |params: &[f64]| -> f64 {
        let mut work = Workspace::new(network, BATCH);
        let mut total = 0.0;
        let mut below = input.clone();
        for (l, layer) in network.layers.iter().enumerate() {
            let scratch = &mut work.scratch[l];
            layer.forward(params, &below, &(0..BATCH), &mut work.traces[l], scratch);
            let prediction = work.traces[l].output();
            if let Some(belief) = beliefs.get(l) {
                let apart = prediction
                    .iter()
                    .zip(belief)
                    .map(|(f, v)| (f - v) * (f - v));
                total += 0.5 * apart.sum::<f64>();
                below.clone_from(belief);
            } else {
                let target = Target::Labels(&labels);
                let judged = loss.judge(CLASSES, BATCH, prediction, target, &mut []);
                total += judged.loss * loss.weight(BATCH, CLASSES);
            }
        }
        total
    };
    for at in (0..network.params).step_by(3) {
        let shifted = |by: f64| {
            let mut params = params.clone();
            params[at] += by;
            energy(&params)
        };
        let numeric = (shifted(1e-5) - shifted(-1e-5)) / 2e-5;
        let off = (flight.gradient[at] - numeric).abs();
        assert!(
            off < 1e-8,
            "parameter {at}: {} {numeric}",
            flight.gradient[at]
        );
    }
}

/// The model's own run of a method on the digits.
fn run(values: &[(&str, Value)], steps: usize) -> (Box<dyn Model>, Progress) {
    let mut all = Values::new();
    for (id, value) in values {
        all.set(*id, value.clone());
    }
    let setup = Setup {
        values: all,
        seed: 11,
        data: Some(Arc::clone(&digits())),
    };
    let mut model = (family("predictive-coding").unwrap().build)(&setup).unwrap();
    let mut done = 0;
    while done < steps {
        match model.advance() {
            Progress::Continue => {}
            Progress::UnitDone => done += 1,
            fault => return (model, fault),
        }
    }
    (model, Progress::UnitDone)
}

fn metric(model: &dyn Model, id: &str) -> f64 {
    let table = model.description();
    let mut values = vec![0.0; table.metrics.len()];
    model.metrics(&mut values);
    values[table.metric(id).unwrap()]
}

fn choice(words: &'static str) -> Value {
    Value::Choice(text(words))
}

/// Exact and backprop are one method by two names: the same weights after any number of steps.
#[test]
fn exact_trains_as_backpropagation_does() {
    let loss = |method| {
        let (model, _) = run(
            &[
                ("method", choice(method)),
                ("test_every", Value::Integer(5)),
            ],
            20,
        );
        assert_eq!(metric(&*model, "relative_error_1"), 0.0);
        assert_eq!(metric(&*model, "angle_3"), 0.0);
        metric(&*model, "test_loss")
    };
    assert_eq!(loss("exact"), loss("backprop"));
}

/// The fast path and the sweeps give the same training to rounding.
#[test]
fn the_closed_form_trains_as_the_sweeps_do() {
    let loss = |closed| {
        let values = [
            ("method", choice("fixedpred")),
            ("closed_form", Value::Switch(closed)),
            ("optimiser", choice("sgd")),
            ("learning_rate", Value::Real(0.5)),
            ("precision_2", Value::Real(1.5)),
        ];
        let (model, _) = run(&values, 30);
        (metric(&*model, "loss"), metric(&*model, "norm_ratio_1"))
    };
    let (swept, closed) = (loss(false), loss(true));
    assert!(
        (swept.0 - closed.0).abs() < 1e-4 * swept.0,
        "{swept:?} {closed:?}"
    );
    assert!(
        (swept.1 - closed.1).abs() < 1e-5 * swept.1,
        "{swept:?} {closed:?}"
    );
}

/// The metric `relative_error_theory` meets the measured one, and the gap is rounding.
#[test]
fn measured_and_predicted_errors_meet_in_the_model() {
    let (model, _) = run(&[("method", choice("fixedpred"))], 3);
    for l in 1..=5 {
        let measured = metric(&*model, &format!("relative_error_{l}"));
        let theory = metric(&*model, &format!("relative_error_theory_{l}"));
        assert!(
            (measured - theory).abs() < 1e-5,
            "layer {l}: {measured} {theory}"
        );
    }
    assert!((metric(&*model, "relative_error_theory_1") - 0.88500).abs() < 1e-5);
    assert!(metric(&*model, "closed_form_gap") < 1e-5);
}

#[test]
fn strict_with_a_large_eta_is_stopped_and_says_why() {
    let values = [
        ("method", choice("strict")),
        ("eta", Value::Real(1.0)),
        ("n", Value::Integer(60)),
        ("learning_rate", Value::Real(0.01)),
    ];
    let (mut model, progress) = run(&values, 100);
    let Progress::Fault(fault) = progress else {
        panic!("it must diverge");
    };
    assert_eq!(fault.kind, FaultKind::Divergence);
    for part in ["sweep", "F_0", "eta 1", "limit"] {
        assert!(fault.what.contains(part), "{} lacks {part}", fault.what);
    }
    // A smaller step size mends it, from the same batch on.
    assert!(model.at_unit_boundary());
    let eta = model.description().param("eta").unwrap();
    model.set(eta, &Value::Real(0.02)).unwrap();
    loop {
        match model.advance() {
            Progress::Continue => {}
            Progress::UnitDone => break,
            Progress::Fault(fault) => panic!("{fault:?}"),
        }
    }
    assert!(metric(&*model, "energy_ratio") <= 1.0);
}

/// With nothing left to learn the energy is what rounding makes of it, which may be 0 at first.
#[test]
fn what_is_learnt_to_the_last_bit_does_not_diverge() {
    let values = [
        ("network", Value::Words(text("8 + tanh / 10"))),
        ("method", choice("strict")),
        ("n", Value::Integer(3)),
        ("batch", Value::Integer(4)),
        ("learning_rate", Value::Real(0.02)),
        ("test_every", Value::Integer(0)),
    ];
    let (_, progress) = run(&values, 40_000);
    assert_eq!(progress, Progress::UnitDone);
}

#[test]
fn auto_eta_keeps_the_energy_falling_where_a_fixed_one_would_not() {
    let values = [
        ("method", choice("strict")),
        ("eta", Value::Real(1.0)),
        ("auto_eta", Value::Switch(true)),
        ("learning_rate", Value::Real(0.01)),
    ];
    let (model, progress) = run(&values, 60);
    assert_eq!(progress, Progress::UnitDone);
    assert_eq!(metric(&*model, "energy_rises"), 0.0);
    let (used, limit) = (metric(&*model, "eta_used"), metric(&*model, "eta_limit"));
    assert!((used - limit / 2.0).abs() < 1e-12);
}

#[test]
fn a_frozen_layer_stays_and_the_others_learn() {
    for method in ["backprop", "fixedpred", "strict", "zil"] {
        let values = [
            ("method", choice(method)),
            ("freeze_1", Value::Switch(true)),
            ("freeze_3", Value::Switch(true)),
        ];
        let (model, _) = run(&values, 4);
        for l in 1..=5 {
            let drift = metric(&*model, &format!("weight_drift_{l}"));
            assert_eq!(
                drift == 0.0,
                l == 1 || l == 3,
                "{method}, layer {l}: {drift}"
            );
        }
    }
}

#[test]
fn weights_that_blow_up_are_a_fault_that_names_them() {
    let values = [
        ("method", choice("backprop")),
        ("optimiser", choice("sgd")),
        ("learning_rate", Value::Real(10.0)),
        ("loss", choice("mse")),
        ("reduction", choice("sum")),
    ];
    let (_, progress) = run(&values, 200);
    let Progress::Fault(fault) = progress else {
        panic!("it must blow up");
    };
    assert_eq!(fault.kind, FaultKind::NonFinite);
    assert!(fault.what.contains("layer"), "{}", fault.what);
}
