//! Deferred postsynaptic updates against direct ones: the same spikes and the same weights, for
//! every rule that is deferred, over ten simulated seconds. The network is chaotic, so a weight that
//! is off by one rounding would change spikes within a second; a replay in the wrong order, or one
//! that loses a spike, is off at once.

use hebbtop::models::balanced::network::Network;
use hebbtop::models::balanced::params::PARAMS;
use hebbtop::models::balanced::rules::RULES;
use hebbtop::models::balanced::settings::Settings;
use hebbtop::models::balanced::sizes::Block;
use hebbtop::models::nn::real::Real;
use hebbtop::models::table::Value;

fn settings(changes: &[(&str, Value)]) -> Settings {
    let values: Vec<Value> = PARAMS
        .iter()
        .map(|spec| {
            let change = changes.iter().find(|(id, _)| *id == spec.id);
            let value = change.map_or_else(|| spec.default.clone(), |(_, value)| value.clone());
            assert!(spec.check(&value).is_ok(), "{} {value:?}", spec.id);
            value
        })
        .collect();
    assert!(
        changes
            .iter()
            .all(|(id, _)| PARAMS.iter().any(|spec| spec.id == *id))
    );
    Settings::resolve(&values)
}

fn with(
    updates: &'static str,
    switches: &[&'static str],
    more: &[(&'static str, Value)],
) -> Settings {
    let mut changes = vec![
        ("n", Value::Integer(250)),
        ("updates", Value::Choice(updates.into())),
    ];
    changes.extend(switches.iter().map(|&id| (id, Value::Switch(true))));
    changes.extend(more.iter().cloned());
    settings(&changes)
}

/// All spikes of so many steps.
fn run<T: Real>(network: &mut Network<T>, steps: u64) -> Vec<(u64, u32)> {
    let mut spikes = Vec::new();
    for _ in 0..steps {
        network.step();
        spikes.extend(
            network
                .fired()
                .iter()
                .map(|&cell| (network.step_count(), cell)),
        );
    }
    spikes
}

fn weights<T: Real>(network: &Network<T>, block: Block) -> Vec<f64> {
    let mut all = Vec::new();
    let mut column = Vec::new();
    for k in 0..network.wires(block).pres() {
        network.column(block, k, &mut column);
        all.extend(column.iter().map(|w| w.f64()));
        // One by one they are the same.
        let synapses = network.wires(block).column(k);
        assert!(
            synapses
                .zip(&column)
                .all(|(s, w)| network.weight(block, s) == w.f64())
        );
    }
    all
}

fn same<T: Real>(
    name: &str,
    switches: &[&'static str],
    more: &[(&'static str, Value)],
    steps: u64,
) {
    let mut direct = Network::<T>::random(&with("direct", switches, more), 5);
    let mut deferred = Network::<T>::random(&with("deferred", switches, more), 5);
    let (ours, theirs) = (run(&mut deferred, steps), run(&mut direct, steps));
    let first = ours.iter().zip(&theirs).position(|(a, b)| a != b);
    assert!(
        ours == theirs,
        "{name}: spikes differ from number {first:?} on"
    );
    assert!(ours.len() > 100, "{name}: only {} spikes", ours.len());
    for block in Block::ALL {
        let (ours, theirs) = (weights(&deferred, block), weights(&direct, block));
        assert!(ours == theirs, "{name}: weights of {} differ", block.name());
        let learns = RULES
            .iter()
            .any(|rule| rule.block == block && switches.contains(&rule.id));
        let moved = ours.iter().any(|w| *w != ours[0]);
        assert_eq!(learns, moved, "{name}: {}", block.name());
    }
}

/// Ten seconds of each rule alone.
#[test]
fn every_rule_alone_is_the_same_bit_for_bit() {
    for rule in RULES {
        same::<f64>(rule.id, &[rule.id], &[], 100_000);
    }
}

/// Kohonen's rule by factors of rows against the rows themselves, on which a sign clamp insists that
/// never has anything to clamp. The two round differently. The fastest learning has factors folded
/// into the weights on the way.
#[test]
fn factors_of_rows_are_the_rows() {
    for eta in [1e-2, 0.5] {
        let network = |clamp: bool| {
            let more = [
                ("sign_clamp", Value::Switch(clamp)),
                ("ee_kohonen_eta", Value::Real(eta)),
                ("r_x", Value::Real(20.0)),
            ];
            Network::<f64>::random(&with("direct", &["ee_kohonen"], &more), 5)
        };
        let (mut factored, mut by_rows) = (network(false), network(true));
        let (ours, theirs) = (run(&mut factored, 100_000), run(&mut by_rows, 100_000));
        let first = ours.iter().zip(&theirs).position(|(a, b)| a != b);
        assert!(
            ours == theirs,
            "eta {eta}: spikes differ from number {first:?} on"
        );
        let all = [factored, by_rows].map(|network| weights(&network, Block::Ee));
        for (ours, theirs) in all[0].iter().zip(&all[1]) {
            assert!((ours / theirs - 1.0).abs() < 1e-12, "{ours} {theirs}");
        }
        let mut counts = [0; 200];
        let e_cells = ours.iter().filter(|(_, cell)| *cell < 200);
        e_cells.for_each(|(_, cell)| counts[*cell as usize] += 1);
        assert!(
            counts.iter().any(|&spikes| spikes > 64),
            "nothing is folded"
        );
    }
}

/// One rule on each block, in single precision as the program runs, with short traces (whose scale
/// is renormalised often) and high rates (which fill the rings).
#[test]
fn all_blocks_at_once_are_the_same_in_single_precision() {
    let switches = ["ee_kohonen", "ei_homeo", "ie_hebb", "ii_homeo"];
    same::<f32>("all", &switches, &[], 30_000);
    let short = [("tau_stdp", Value::Real(20.0)), ("r_x", Value::Real(60.0))];
    same::<f32>("short traces", &switches, &short, 30_000);
    same::<f32>(
        "sign clamp",
        &switches,
        &[
            ("sign_clamp", Value::Switch(true)),
            ("ei_homeo_eta", Value::Real(0.3)),
        ],
        10_000,
    );
}

/// Rules switched on, changed and switched off while updates are pending.
#[test]
fn changes_in_between_are_the_same() {
    let course: [(&[&str], f64); 4] = [
        (&["ei_homeo"], 1e-3),
        (&["ei_homeo", "ee_soft"], 5e-3),
        (&["ee_soft"], 5e-3),
        (&["ei_homeo", "ee_oja"], 2e-3),
    ];
    let mut runs = ["direct", "deferred"].map(|updates| {
        let settings = |switches: &[&'static str], eta: f64| {
            with(updates, switches, &[("ei_homeo_eta", Value::Real(eta))])
        };
        let mut network = Network::<f64>::random(&settings(&[], 1e-3), 3);
        let mut spikes = Vec::new();
        for (switches, eta) in course {
            network.apply(&settings(switches, eta));
            spikes.extend(run(&mut network, 7_003));
        }
        (spikes, Block::ALL.map(|block| weights(&network, block)))
    });
    let [direct, deferred] = &mut runs;
    assert!(direct == deferred);
}
