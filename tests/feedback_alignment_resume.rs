//! Law: the state between any two quanta is complete. A run that is saved there, loaded into a fresh
//! model and continued gives the same bits as one that was not; so does one that is looked at in
//! between, and one whose coefficients are changed in the middle of an episode.

use std::sync::Arc;

use hebbtop::data::embedded::digits;
use hebbtop::models::panel::{PanelRequest, Reduce};
use hebbtop::models::table::{Value, text};
use hebbtop::models::{FaultKind, LoadError, Model, Progress, Setup, Values, family};

fn choice(words: &'static str) -> Value {
    Value::Choice(text(words))
}

fn values(extra: &[(&str, Value)]) -> Values {
    let mut values = Values::new();
    let common = [
        ("network", Value::Words(text("14 12 10"))),
        ("ways", Value::Integer(3)),
        ("shots", Value::Integer(5)),
        ("queries", Value::Integer(4)),
        ("f2", Value::Switch(true)),
        ("f9", Value::Switch(true)),
        ("theta_2", Value::Real(-0.01)),
        ("theta_9", Value::Real(0.003)),
    ];
    for (id, value) in common.iter().chain(extra) {
        values.set(*id, value.clone());
    }
    values
}

fn try_build(values: &Values, seed: u64) -> Result<Box<dyn Model>, String> {
    let setup = Setup {
        values: values.clone(),
        seed,
        data: Some(Arc::clone(&digits())),
    };
    let family = family("feedback-alignment").unwrap();
    (family.build)(&setup).map_err(|error| error.to_string())
}

fn build(values: &Values, seed: u64) -> Box<dyn Model> {
    try_build(values, seed).unwrap()
}

/// All that a run can differ in.
fn kinds() -> Vec<(&'static str, Values)> {
    let on = Value::Switch(true);
    let pool: Vec<(String, Value)> = (1..10)
        .map(|r| (format!("f{r}"), Value::Switch(true)))
        .collect();
    let mut selection = values(&[
        ("penalty", choice("share")),
        ("lambda", Value::Real(0.5)),
        ("penalty_from", Value::Integer(1)),
        ("debias_from", Value::Integer(3)),
        ("clip", choice("median")),
        ("step_factors", Value::Words(text("0.1"))),
    ]);
    for (id, value) in pool {
        selection.set(id, value);
    }
    vec![
        (
            "meta-test",
            values(&[
                ("test_every", Value::Integer(2)),
                ("test_tasks", Value::Integer(2)),
                ("held_out", Value::Integer(3)),
            ]),
        ),
        ("selection", selection),
        (
            "symmetric, authors",
            values(&[
                ("feedback", choice("symmetric")),
                ("gradient", choice("authors")),
                ("lambda", Value::Real(0.1)),
            ]),
        ),
        (
            "online",
            values(&[
                ("mode", choice("online")),
                ("classes", Value::Integer(4)),
                ("test_every", Value::Integer(3)),
            ]),
        ),
        (
            "only adapting",
            values(&[("learn", Value::Switch(false)), ("measure", on)]),
        ),
    ]
}

fn index(model: &dyn Model, id: &str) -> usize {
    model.description().param(id).unwrap()
}

fn look(model: &dyn Model) {
    let panels = model.description().panels;
    for (panel, spec) in panels.iter().enumerate() {
        for item in 0..spec.items.len().max(1) {
            model.panel(&PanelRequest {
                panel,
                item,
                rows: 7,
                cols: 30,
                reduce: Reduce::Mean,
                window: None,
                cursor: Some((1, 2)),
            });
        }
    }
}

/// So many units, with a look at every quantum if wanted, and how many quanta they took.
fn units(model: &mut dyn Model, count: usize, looking: bool) -> usize {
    let (mut done, mut quanta) = (0, 0);
    while done < count {
        match model.advance() {
            Progress::Continue => {}
            Progress::UnitDone => done += 1,
            Progress::Fault(fault) => panic!("{fault:?}"),
        }
        quanta += 1;
        if looking {
            look(model);
        }
    }
    quanta
}

fn metrics(model: &dyn Model) -> Vec<u64> {
    let mut metrics = vec![0.0; model.description().metrics.len()];
    model.metrics(&mut metrics);
    metrics.iter().map(|x| x.to_bits()).collect()
}

#[test]
fn a_run_saved_between_any_two_quanta_goes_on_the_same() {
    for (name, values) in kinds() {
        let mut whole = build(&values, 7);
        let quanta = units(whole.as_mut(), 4, false);
        let mut straight = build(&values, 7);
        for at in 0..quanta {
            let mut resumed = build(&values, 8);
            resumed.load(&straight.save()).unwrap();
            assert!(resumed.save() == straight.save(), "{name}, quantum {at}");
            for _ in at..quanta {
                resumed.advance();
            }
            assert_eq!(metrics(&*resumed), metrics(&*whole), "{name}, quantum {at}");
            assert!(resumed.save() == whole.save(), "{name}, quantum {at}");
            straight.advance();
        }
    }
}

#[test]
fn looking_changes_nothing() {
    for (name, values) in kinds() {
        let (mut seen, mut unseen) = (build(&values, 3), build(&values, 3));
        units(seen.as_mut(), 3, true);
        units(unseen.as_mut(), 3, false);
        assert!(seen.save() == unseen.save(), "{name}");
    }
}

#[test]
fn other_seeds_and_other_coefficients_give_other_runs() {
    let values = values(&[]);
    let run = |seed| {
        let mut model = build(&values, seed);
        units(model.as_mut(), 2, false);
        metrics(&*model)
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
}

/// An edit in the adaptation marks the episode and survives saving; the episode's gradient is then over
/// the steps that follow, so the outer step is another one.
#[test]
fn a_coefficient_changed_inside_an_episode_marks_it() {
    let values = values(&[]);
    let edited = |at: usize, load: bool| {
        let mut model = build(&values, 5);
        for _ in 0..at {
            model.advance();
        }
        let theta = index(&*model, "theta_9");
        model.set(theta, &Value::Real(0.05)).unwrap();
        assert_eq!(model.get(theta), Value::Real(0.05));
        if load {
            let mut fresh = build(&values, 5);
            fresh.load(&model.save()).unwrap();
            model = fresh;
        }
        while model.advance() != Progress::UnitDone {}
        let table = model.description();
        let mut metrics = vec![0.0; table.metrics.len()];
        model.metrics(&mut metrics);
        (
            metrics[table.metric("marked").unwrap()],
            metrics[table.metric("accuracy").unwrap()],
            model.get(theta),
            model.save(),
        )
    };
    // Before the episode is drawn, in its adaptation, and in its reverse pass.
    let (before, within, after) = (edited(0, false), edited(8, false), edited(30, false));
    assert_eq!((before.0, within.0, after.0), (0.0, 1.0, 1.0));
    assert_ne!(before.2, within.2, "another gradient");
    assert_eq!(
        after.2,
        Value::Real(0.05),
        "an edit after the adaptation stays as it is"
    );
    assert!(edited(8, true).3 == within.3);
}

#[test]
fn states_of_other_runs_and_damaged_ones_are_refused() {
    let mut model = build(&values(&[]), 1);
    units(model.as_mut(), 1, false);
    let before = model.save();
    let other = build(&values(&[("network", Value::Words(text("13 12 10")))]), 1);
    assert!(matches!(
        model.load(&other.save()),
        Err(LoadError::Foreign(_))
    ));
    for cut in [0, 10, before.len() / 2, before.len() - 1] {
        assert!(model.load(&before[..cut]).is_err(), "{cut}");
    }
    assert!(model.save() == before);
}

#[test]
fn what_cannot_be_is_refused_with_the_parameter() {
    let refused = |extra: &[(&str, Value)], words: &[&str]| {
        let Err(error) = try_build(&values(extra), 1) else {
            panic!("{extra:?} is taken")
        };
        for word in words {
            assert!(error.contains(word), "`{error}` lacks `{word}`");
        }
    };
    refused(
        &[("network", Value::Words(text("14 9")))],
        &["network", "9 units", "10 classes"],
    );
    refused(
        &[("network", Value::Words(text("14 x")))],
        &["network", "170 130"],
    );
    refused(&[("ways", Value::Integer(11))], &["shots", "11 classes"]);
    refused(&[("held_out", Value::Integer(10))], &["held_out"]);
    refused(
        &[("step_factors", Value::Words(text("1 2")))],
        &["step_factors", "10"],
    );
    refused(
        &[
            ("test_every", Value::Integer(1)),
            ("shots", Value::Integer(40)),
        ],
        &["test_every", "hold out"],
    );
    let mut model = build(&values(&[]), 1);
    let shots = index(&*model, "shots");
    let why = model.set(shots, &Value::Integer(900)).unwrap_err();
    assert!(why.contains("904"), "{why}");
    assert_eq!(model.get(shots), Value::Integer(5));
}

/// A rate beyond all bounds: the online run stops with a fault, the meta run skips its episodes, counts
/// them, keeps the coefficients as they were, and says in the end that it has diverged.
#[test]
fn what_blows_up_is_a_fault() {
    let huge = ("theta_0", Value::Real(10.0));
    let decay = ("theta_3", Value::Real(-10.0));
    let f3 = ("f3", Value::Switch(true));
    let mut online = build(
        &values(&[
            ("mode", choice("online")),
            huge.clone(),
            decay.clone(),
            f3.clone(),
        ]),
        1,
    );
    let fault = (0..500).find_map(|_| match online.advance() {
        Progress::Fault(fault) => Some(fault),
        _ => None,
    });
    assert_eq!(fault.unwrap().kind, FaultKind::NonFinite);
    let mut meta = build(
        &values(&[huge, decay, f3, ("shots", Value::Integer(40))]),
        1,
    );
    let theta = index(&*meta, "theta_9");
    let mut units = 0;
    let fault = loop {
        match meta.advance() {
            Progress::Fault(fault) => break fault,
            Progress::UnitDone => units += 1,
            Progress::Continue => {}
        }
    };
    assert_eq!((fault.kind, units), (FaultKind::Divergence, 9));
    assert_eq!(meta.get(theta), Value::Real(0.003));
}

/// A coefficient that is learnt is another one than was given, and a new start begins with what was
/// given, by the preset or by hand.
#[test]
fn what_was_given_is_kept_beside_what_was_learnt() {
    let mut model = build(&values(&[]), 2);
    let (oja, hebb) = (index(&*model, "theta_9"), index(&*model, "theta_2"));
    units(model.as_mut(), 2, false);
    model.set(hebb, &Value::Real(-0.02)).unwrap();
    units(model.as_mut(), 2, false);
    assert_eq!(model.given(oja), Value::Real(0.003));
    assert_eq!(model.given(hebb), Value::Real(-0.02));
    for param in [oja, hebb] {
        assert_ne!(model.get(param), model.given(param));
    }
}

/// An episode that has blown up leaves nothing behind: the next one is that of a run whose first episode
/// was an ordinary one. A number that is not finite and stays in some buffer would show at once.
#[test]
fn a_blown_up_episode_leaves_nothing_behind() {
    let run = |blown: bool, learn: bool| {
        let values = values(&[
            ("learn", Value::Switch(learn)),
            ("rate", Value::Real(1e-6)),
            ("shots", Value::Integer(40)),
            ("f3", Value::Switch(true)),
        ]);
        let mut model = build(&values, 9);
        let decay = index(&*model, "theta_3");
        if blown {
            model.set(decay, &Value::Real(-10.0)).unwrap();
        }
        units(model.as_mut(), 1, false);
        let table = model.description();
        let seen = |model: &dyn Model, id: &str| {
            let mut metrics = vec![0.0; table.metrics.len()];
            model.metrics(&mut metrics);
            metrics[table.metric(id).unwrap()]
        };
        assert_eq!(seen(&*model, "skipped"), f64::from(u8::from(blown)));
        // As after no outer step, so that both runs go on from the same coefficients.
        for (id, theta) in [("0", 1e-3), ("2", -0.01), ("3", 0.0), ("9", 0.003)] {
            let param = index(&*model, &format!("theta_{id}"));
            model.set(param, &Value::Real(theta)).unwrap();
        }
        units(model.as_mut(), 1, false);
        let ids = [
            "loss",
            "train_loss",
            "gradient_norm",
            "angle_1",
            "orthonormality_2",
        ];
        ids.map(|id| seen(&*model, id).to_bits())
    };
    for learn in [false, true] {
        assert_eq!(run(true, learn), run(false, learn), "learn {learn}");
    }
}
