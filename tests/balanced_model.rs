//! A balanced network as the engine sees it: saved and loaded between any two steps, changed while
//! it runs, refused where it cannot be.

use hebbtop::models::panel::{PanelData, PanelRequest, Reduce};
use hebbtop::models::table::{Applies, Value};
use hebbtop::models::{BuildError, Model, Progress, Setup, Values, family};

fn build(changes: &[(&str, Value)]) -> Result<Box<dyn Model>, BuildError> {
    let mut values = Values::new();
    values.set("n", Value::Integer(400));
    for (id, value) in changes {
        values.set(*id, value.clone());
    }
    let setup = Setup {
        values,
        seed: 7,
        data: None,
    };
    (family("balanced").unwrap().build)(&setup)
}

fn advance(model: &mut dyn Model, quanta: usize) {
    for _ in 0..quanta {
        assert!(!matches!(model.advance(), Progress::Fault(_)));
    }
}

fn set(model: &mut dyn Model, id: &str, value: Value) {
    let param = model.description().param(id).unwrap();
    model.set(param, &value).unwrap();
}

const ON: Value = Value::Switch(true);

/// Correlated input, one rule on each block, stimulation with pulses by current and by a second
/// layer: everything that has a state.
fn busy() -> Vec<(&'static str, Value)> {
    vec![
        ("c", Value::Real(0.1)),
        ("ee_kohonen", ON),
        ("ei_homeo", ON),
        ("ie_hebb", ON),
        ("ii_homeo", ON),
        ("share_x2", Value::Real(0.2)),
        ("stim_share_e", Value::Real(0.5)),
        ("j_stim_e", Value::Real(0.01)),
        ("stim_start", Value::Real(0.05)),
        ("stim_end", Value::Real(0.15)),
        ("stim_period", Value::Real(0.2)),
        ("stim_on", Value::Real(10.0)),
        ("stim_off", Value::Real(19.0)),
    ]
}

/// Updates are pending at nearly every step, so a checkpoint that lacked them would differ.
#[test]
fn a_loaded_run_goes_on_bit_for_bit_from_between_any_two_steps() {
    for updates in ["deferred", "direct"] {
        let mut changes = busy();
        changes.push(("updates", Value::Choice(updates.into())));
        let mut model = build(&changes).unwrap();
        for quanta in [0, 1, 1234, 3003] {
            advance(model.as_mut(), quanta);
            let saved = model.save();
            let mut other = build(&changes).unwrap();
            advance(other.as_mut(), 17);
            other.load(&saved).unwrap();
            assert_eq!(other.save(), saved);
            advance(other.as_mut(), 2000);
            let mut same = build(&changes).unwrap();
            same.load(&saved).unwrap();
            advance(same.as_mut(), 2000);
            assert!(same.save() == other.save());
            model.load(&saved).unwrap();
            let mut on = build(&changes).unwrap();
            on.load(&saved).unwrap();
        }
        let saved = model.save();
        advance(model.as_mut(), 2000);
        let mut loaded = build(&changes).unwrap();
        loaded.load(&saved).unwrap();
        advance(loaded.as_mut(), 2000);
        assert!(loaded.save() == model.save(), "{updates}");
    }
}

#[test]
fn a_checkpoint_carries_changes_made_on_the_way() {
    let mut model = build(&[]).unwrap();
    advance(model.as_mut(), 500);
    set(model.as_mut(), "ei_homeo", ON);
    set(model.as_mut(), "tau_stdp", Value::Real(50.0));
    set(model.as_mut(), "tau_i", Value::Real(5.0));
    advance(model.as_mut(), 777);
    let mut other = build(&[]).unwrap();
    other.load(&model.save()).unwrap();
    for model in [&mut model, &mut other] {
        advance(model.as_mut(), 800);
        set(model.as_mut(), "ei_homeo", Value::Switch(false));
        advance(model.as_mut(), 800);
    }
    assert!(model.save() == other.save());
}

#[test]
fn damaged_and_foreign_checkpoints_are_refused_and_change_nothing() {
    let mut model = build(&busy()).unwrap();
    advance(model.as_mut(), 300);
    let saved = model.save();
    let other = build(&[]).unwrap().save();
    assert!(
        model
            .load(&other)
            .unwrap_err()
            .to_string()
            .contains("another model")
    );
    for cut in [0, 1, 10, saved.len() / 2, saved.len() - 1] {
        assert!(model.load(&saved[..cut]).is_err(), "{cut}");
    }
    assert!(model.save() == saved);
}

#[test]
fn what_does_not_fit_is_refused_by_name() {
    for (id, value, part) in [
        ("dt", Value::Real(0.3), "divide"),
        ("tau_i", Value::Real(1.0), "longer than dt"),
        ("share_e", Value::Real(1.0), "both populations"),
        ("max_memory", Value::Real(1e-6), "GB are allowed"),
    ] {
        let mut changes = vec![(id, value)];
        if id == "tau_i" {
            changes.push(("dt", Value::Real(1.0)));
        }
        let Err(error) = build(&changes) else {
            panic!("{id} was taken");
        };
        assert!(error.to_string().contains(part), "{error}");
    }
    let mut model = build(&[]).unwrap();
    let v_re = model.description().param("v_re").unwrap();
    assert!(model.set(v_re, &Value::Real(-40.0)).is_err());
    assert_eq!(model.get(v_re), Value::Real(-75.0));
}

/// Without inhibition rates run away, and the fault says so and what would help.
#[test]
fn runaway_rates_and_weights_are_faults_that_keep_the_state() {
    let fault = |changes: &[(&str, Value)]| {
        let mut model = build(changes).unwrap();
        for _ in 0..20_000 {
            if let Progress::Fault(fault) = model.advance() {
                let saved = model.save();
                model.load(&saved).unwrap();
                return fault.what;
            }
        }
        panic!("no fault");
    };
    let rates = fault(&[("j_ei", Value::Real(0.0)), ("max_rate", Value::Real(150.0))]);
    assert!(rates.contains("max rate"), "{rates}");
    let weights = fault(&[
        ("ie_hebb", ON),
        ("ie_hebb_jmax", Value::Real(1000.0)),
        ("max_weight", Value::Real(120.0)),
        ("ie_hebb_eta", Value::Real(0.1)),
    ]);
    assert!(
        weights.contains("max weight") && weights.contains("IE"),
        "{weights}"
    );
}

/// With less drive the network goes on, whatever its rates were.
#[test]
fn a_mended_network_is_not_judged_by_the_rates_before() {
    let fast = [
        ("r_x", Value::Real(200.0)),
        ("max_rate", Value::Real(150.0)),
    ];
    let mut model = build(&fast).unwrap();
    let mut progress = (0..20_000).map(|_| model.advance());
    assert!(progress.any(|progress| matches!(progress, Progress::Fault(_))));
    drop(progress);
    let r_x = model.description().param("r_x").unwrap();
    model.set(r_x, &Value::Real(10.0)).unwrap();
    let mut progress = (0..10_000).map(|_| model.advance());
    assert!(!progress.any(|progress| matches!(progress, Progress::Fault(_))));
}

/// Every spike of a small network is in the picture of their density, but for the bins that the
/// sweep has cleared.
#[test]
fn the_density_counts_every_spike() {
    let mut model = build(&[("n", Value::Integer(250))]).unwrap();
    let mut spikes = Vec::new();
    for _ in 0..15_000 {
        model.advance();
        model.spikes(&mut spikes);
    }
    let description = model.description();
    let panels = &description.panels;
    let panel = panels
        .iter()
        .position(|panel| panel.id == "density")
        .unwrap();
    let seconds = 1.0;
    let item = panels[panel]
        .items
        .iter()
        .position(|item| item == "1 s")
        .unwrap();
    let request = PanelRequest {
        panel,
        item,
        rows: u16::MAX,
        cols: u16::MAX,
        reduce: Reduce::Mean,
        window: None,
        cursor: None,
    };
    let PanelData::HeatMap(grid) = model.panel(&request) else {
        panic!("no heat map")
    };
    let bins = f64::from(grid.shape.1);
    let counted: f64 = grid
        .values
        .iter()
        .map(|rate| f64::from(*rate) * seconds / bins)
        .sum();
    let of_a_bin = (10_000.0 * seconds / bins) as u32;
    let from = 15_000 - 10_000 + 2 * of_a_bin;
    let expected = spikes.iter().filter(|[step, _]| *step > from).count();
    assert!(
        (counted - expected as f64).abs() < 1e-3,
        "{counted} {expected}"
    );
}

/// Rates of the halves: the stimulated one rises, the other falls.
#[test]
fn stimulation_reaches_its_half_only() {
    let mut changes = busy();
    changes.retain(|(id, _)| !id.starts_with("stim_") && !id.starts_with("ee_") && *id != "c");
    changes.push(("stim_share_e", Value::Real(0.5)));
    changes.push(("j_stim_e", Value::Real(0.0)));
    changes.push(("j_x2", Value::Real(500.0)));
    use hebbtop::models::balanced::network::Network;
    use hebbtop::models::balanced::params::PARAMS;
    use hebbtop::models::balanced::settings::Settings;
    let resolve = |by_hand: bool| {
        let value = |id: &str| {
            changes
                .iter()
                .find(|(i, _)| *i == id)
                .map(|(_, value)| value.clone())
        };
        let values: Vec<Value> = PARAMS
            .iter()
            .map(|spec| match spec.id.as_ref() {
                "n" => Value::Integer(400),
                "stimulate" => Value::Switch(by_hand),
                id => value(id).unwrap_or_else(|| spec.default.clone()),
            })
            .collect();
        Settings::resolve(&values)
    };
    let mut network = Network::<f32>::random(&resolve(false), 1);
    let halves = |network: &mut Network<f32>| {
        let mut counts = [0; 2];
        for _ in 0..10_000 {
            network.step();
            for &cell in &network.fired()[..network.fired_e()] {
                counts[usize::from(cell as usize >= network.sizes().stimulated_e)] += 1;
            }
        }
        counts
    };
    let before = halves(&mut network);
    network.apply(&resolve(true));
    let during = halves(&mut network);
    assert!(network.stimulated());
    assert!(
        during[0] > 2 * before[0] && during[1] < before[1],
        "{before:?} {during:?}"
    );
}

#[test]
fn rules_switch_and_learning_rates_change_while_it_runs() {
    let model = build(&[]).unwrap();
    for spec in model.description().params {
        let rule = ["ee_", "ei_", "ie_", "ii_"]
            .iter()
            .any(|block| spec.id.starts_with(block));
        assert!(!rule || spec.applies == Applies::Quantum, "{}", spec.id);
    }
}
