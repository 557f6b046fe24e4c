//! The statistics of a run against what they mean, counted from its spikes.

use hebbtop::models::balanced::metrics::Metric;
use hebbtop::models::balanced::network::{Current, Network};
use hebbtop::models::balanced::observe::Observation;
use hebbtop::models::balanced::params::PARAMS;
use hebbtop::models::balanced::settings::Settings;
use hebbtop::models::balanced::sizes::Block;
use hebbtop::models::balanced::statistics::Statistics;
use hebbtop::models::table::Value;

const N: usize = 300;
const E: usize = 240;
/// Steps in a millisecond.
const PER_MS: u64 = 10;

fn settings(changes: &[(&str, Value)]) -> Settings {
    let mut values: Vec<Value> = PARAMS.iter().map(|spec| spec.default.clone()).collect();
    let all = [&[("n", Value::Integer(N as i64))], changes].concat();
    for (id, value) in all {
        let at = PARAMS.iter().position(|spec| spec.id == id).unwrap();
        values[at] = value;
    }
    Settings::resolve(&values)
}

/// A run of so many milliseconds with the steps at which each cell fired.
struct Seen {
    network: Network<f32>,
    statistics: Statistics,
    spikes: Vec<Vec<u64>>,
    /// Mean total current into E at the end of every millisecond.
    totals: Vec<f64>,
}

fn run(settings: &Settings, ms: u64) -> Seen {
    let mut network = Network::random(settings, 5);
    let mut statistics = Statistics::new(settings, &network);
    let mut spikes = vec![Vec::new(); N];
    let mut totals = Vec::new();
    for step in 1..=ms * PER_MS {
        network.step();
        for &id in network.fired() {
            spikes[id as usize].push(step);
        }
        let unit_done = step % PER_MS == 0;
        if unit_done {
            let mean = |kind| network.mean_current(kind, 0..E);
            totals.push(mean(Current::E) + mean(Current::I) + mean(Current::X));
        }
        statistics.observe(&Observation {
            network: &network,
            step,
            spikes: network.fired(),
            spikes_e: network.fired_e(),
            unit_done,
        });
    }
    Seen {
        network,
        statistics,
        spikes,
        totals,
    }
}

fn close(ours: f64, theirs: f64) {
    assert!(
        (ours - theirs).abs() < 1e-9 * theirs.abs().max(1.0),
        "{ours} {theirs}"
    );
}

/// Counts of a cell in the windows of `width` ms from `from` to `to` ms.
fn counts(spikes: &[u64], from: u64, to: u64, width: u64) -> Vec<f64> {
    let window = |w: u64| {
        let (begin, end) = (
            (from + w * width) * PER_MS,
            (from + (w + 1) * width) * PER_MS,
        );
        // A step ends the time that it stands for.
        spikes
            .iter()
            .filter(|step| (begin + 1..=end).contains(step))
            .count() as f64
    };
    (0..(to - from) / width).map(window).collect()
}

fn covariance(a: &[f64], b: &[f64]) -> f64 {
    let mean = |x: &[f64]| x.iter().sum::<f64>() / x.len() as f64;
    let (ma, mb) = (mean(a), mean(b));
    let sum: f64 = a.iter().zip(b).map(|(a, b)| (a - ma) * (b - mb)).sum();
    sum / (a.len() - 1) as f64
}

#[test]
fn a_measurement_is_what_its_spikes_say() {
    let (from, to) = (300, 1500);
    let seen = run(
        &settings(&[
            ("measure_from", Value::Real(0.3)),
            ("window", Value::Real(200.0)),
        ]),
        to,
    );
    let get = |metric| seen.statistics.get(metric);
    let windows: Vec<Vec<f64>> = seen
        .spikes
        .iter()
        .map(|spikes| counts(spikes, from, to, 200))
        .collect();
    let seconds = (to - from) as f64 * 1e-3;
    let total: f64 = windows[..E].iter().flatten().sum();
    close(get(Metric::MeanRateE), total / seconds / E as f64);
    let pairs = |a: std::ops::Range<usize>, b: std::ops::Range<usize>| {
        let (mut sum, mut count) = (0.0, 0.0);
        for i in a {
            for j in b.clone().filter(|j| *j != i) {
                sum += covariance(&windows[i], &windows[j]);
                count += 1.0;
            }
        }
        sum / count
    };
    close(get(Metric::CovEe), pairs(0..E, 0..E));
    close(get(Metric::CovEi), pairs(0..E, E..N));
    close(get(Metric::CovIi), pairs(E..N, E..N));
    let residual: f64 = seen.totals[from as usize..].iter().sum();
    close(get(Metric::ResidualE), residual / (to - from) as f64);
    let last: f64 = seen.spikes[..E]
        .iter()
        .flatten()
        .filter(|step| **step > (to - 50) * PER_MS)
        .count() as f64;
    close(get(Metric::RateE), last / 0.05 / E as f64);
}

/// 60 inhibitory cells have fewer synapses onto E than the sample takes, so the sample is all.
#[test]
fn weights_are_those_of_the_block() {
    let on = Value::Switch(true);
    let seen = run(
        &settings(&[("ei_homeo", on), ("ei_homeo_eta", Value::Real(0.01))]),
        1000,
    );
    let network = &seen.network;
    let count = network.synapses(Block::Ei);
    assert!(count < 2000);
    let root = (N as f64).sqrt();
    let weights: Vec<f64> = (0..count)
        .map(|synapse| root * network.weight(Block::Ei, synapse))
        .collect();
    let mean = weights.iter().sum::<f64>() / count as f64;
    // The sample keeps single precision.
    assert!((seen.statistics.get(Metric::JEi) - mean).abs() < 1e-4);
    let rate = |synapse: usize| {
        let pre = E + network.wires(Block::Ei).pre_of(synapse);
        seen.spikes[pre].len() as f64
    };
    let weighted: f64 = (0..count).map(|s| weights[s] * rate(s)).sum();
    let rates: f64 = (0..count).map(rate).sum();
    assert!((seen.statistics.get(Metric::JEiWeighted) - weighted / rates).abs() < 1e-4);
    assert!(seen.statistics.get(Metric::JEiSd) > 0.1);
}

/// Measurements that follow each other: the last complete one is shown, whatever the window.
#[test]
fn measurements_follow_each_other() {
    let seen = run(&settings(&[("measure_for", Value::Real(0.45))]), 1000);
    let count: usize = seen.spikes[..E]
        .iter()
        .flatten()
        .filter(|step| (450 * PER_MS + 1..=900 * PER_MS).contains(step))
        .count();
    close(
        seen.statistics.get(Metric::MeanRateE),
        count as f64 / 0.45 / E as f64,
    );
}
