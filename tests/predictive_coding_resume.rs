//! Law: the state between any two quanta is complete. A run that is saved there, loaded into a
//! fresh model and continued gives the same bits as one that was not; so does one that is looked at
//! in between. A forgotten array shows at once: beliefs or errors would start from 0.

use std::sync::Arc;

use hebbtop::data::embedded::digits;
use hebbtop::models::panel::{PanelRequest, Reduce};
use hebbtop::models::table::{Value, text};
use hebbtop::models::{LoadError, Model, Progress, Setup, Values, family};

fn choice(words: &'static str) -> Value {
    Value::Choice(text(words))
}

fn values(pairs: &[(&str, Value)]) -> Values {
    let mut values = Values::new();
    for (id, value) in pairs {
        values.set(*id, value.clone());
    }
    values
}

fn build(values: &Values, seed: u64) -> Box<dyn Model> {
    let setup = Setup {
        values: values.clone(),
        seed,
        data: Some(Arc::clone(&digits())),
    };
    (family("predictive-coding").unwrap().build)(&setup).unwrap()
}

fn network() -> Value {
    Value::Words(text(
        "conv 3 k3 p1 + relu + pool 2 + flatten / 20 + tanh / 15 + softplus + 12 / 10",
    ))
}

/// All that a run can differ in.
fn methods() -> Vec<(&'static str, Values)> {
    let common = [
        ("network", network()),
        ("batch", Value::Integer(40)),
        ("n", Value::Integer(6)),
        ("eta", Value::Real(0.2)),
        ("compare_every", Value::Integer(2)),
        ("test_every", Value::Integer(2)),
        ("precision_2", Value::Real(0.8)),
        ("freeze_3", Value::Switch(true)),
    ];
    let with = |extra: &[(&str, Value)]| {
        let mut all = common.to_vec();
        all.extend_from_slice(extra);
        values(&all)
    };
    vec![
        ("backprop", with(&[("method", choice("backprop"))])),
        (
            "exact",
            with(&[
                ("method", choice("exact")),
                ("optimiser", choice("momentum")),
            ]),
        ),
        ("fixedpred", with(&[("method", choice("fixedpred"))])),
        (
            "closed form",
            with(&[
                ("method", choice("fixedpred")),
                ("closed_form", Value::Switch(true)),
            ]),
        ),
        ("strict", with(&[("method", choice("strict"))])),
        (
            "strict fresh, auto eta",
            with(&[
                ("method", choice("strict")),
                ("stale_errors", Value::Switch(false)),
                ("auto_eta", Value::Switch(true)),
            ]),
        ),
        (
            "zil",
            with(&[("method", choice("zil")), ("optimiser", choice("sgd"))]),
        ),
    ]
}

fn quanta(model: &mut dyn Model, count: usize) -> u64 {
    let mut units = 0;
    for _ in 0..count {
        match model.advance() {
            Progress::Continue => {}
            Progress::UnitDone => units += 1,
            Progress::Fault(fault) => panic!("{fault:?}"),
        }
    }
    units
}

#[test]
fn saved_after_any_quantum_and_loaded_into_a_fresh_model_a_run_goes_on_unchanged() {
    for (name, values) in methods() {
        let mut whole = build(&values, 5);
        let total = 60;
        let mut states = vec![whole.save()];
        for _ in 0..total {
            quanta(&mut *whole, 1);
            states.push(whole.save());
        }
        for start in 0..35 {
            // Another seed: everything must come from the saved state.
            let mut fresh = build(&values, 6);
            fresh.load(&states[start]).unwrap();
            assert!(
                fresh.save() == states[start],
                "{name}: load changes the state of quantum {start}"
            );
            quanta(&mut *fresh, 25);
            assert!(
                fresh.save() == states[start + 25],
                "{name}: differs after loading quantum {start}"
            );
        }
        let metrics = whole.description().metrics.len();
        let mut measured = vec![0.0; metrics];
        whole.metrics(&mut measured);
        assert!(measured[0].is_finite(), "{name}");
    }
}

#[test]
fn panels_metrics_and_descriptions_change_nothing() {
    for (name, values) in methods() {
        let (mut watched, mut alone) = (build(&values, 3), build(&values, 3));
        let description = watched.description();
        for quantum in 0..30 {
            quanta(&mut *watched, 1);
            quanta(&mut *alone, 1);
            for panel in 0..description.panels.len() {
                let items = description.panels[panel].items.len().max(1);
                watched.panel(&PanelRequest {
                    panel,
                    item: quantum % items,
                    rows: 7,
                    cols: 9,
                    reduce: Reduce::MaxAbs,
                    window: None,
                    cursor: Some((1, 2)),
                });
            }
            assert!(
                watched.save() == alone.save(),
                "{name}: changed at quantum {quantum}"
            );
        }
    }
}

#[test]
fn damaged_and_foreign_states_are_refused_and_change_nothing() {
    let (_, values) = methods().remove(2);
    let mut model = build(&values, 1);
    quanta(&mut *model, 8);
    let before = model.save();
    assert!(matches!(
        model.load(&before[..before.len() / 2]),
        Err(LoadError::Unreadable(_))
    ));
    assert!(matches!(model.load(b""), Err(LoadError::Unreadable(_))));
    let mut other = values.clone();
    other.set("batch", Value::Integer(41));
    let refusal = model.load(&build(&other, 1).save()).unwrap_err();
    assert!(matches!(refusal, LoadError::Foreign(_)), "{refusal}");
    assert!(model.save() == before);
}
