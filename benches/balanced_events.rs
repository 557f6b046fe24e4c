//! Nanoseconds per synaptic event over the size of a balanced network:
//! `balanced_events [SECONDS [N ...]]`.
//!
//! A synaptic event is one presynaptic spike at one synapse, external ones included. Neuron updates
//! are timed in the same network without a spike, and subtracted. Processor time of this thread.

use anyhow::{Context, Result};
use hebbtop::models::balanced::network::Network;
use hebbtop::models::balanced::params::PARAMS;
use hebbtop::models::balanced::settings::Settings;
use hebbtop::models::balanced::sizes::{Block, Population};
use hebbtop::models::table::Value;
use nix::time::{ClockId, clock_gettime};

const SIZES: [i64; 5] = [1000, 2000, 5000, 10_000, 20_000];
const NETWORKS: [(&str, &[(&str, f64)]); 3] = [
    ("static", &[]),
    ("EI", &[("ei_homeo", 1e-3)]),
    (
        "Kohonen + EI + II",
        &[("ee_kohonen", 1e-3), ("ei_homeo", 1e-3), ("ii_homeo", 1e-4)],
    ),
];

fn main() -> Result<()> {
    let seconds: f64 = match std::env::args().nth(1) {
        Some(typed) => typed.parse().context("how many simulated seconds?")?,
        None => 2.0,
    };
    let typed: Vec<i64> = std::env::args()
        .skip(2)
        .map(|n| n.parse().context("how many cells?"))
        .collect::<Result<_>>()?;
    let sizes = if typed.is_empty() { &SIZES[..] } else { &typed };
    println!(
        "{:18} {:>6} {:>12} {:>12} {:>12} {:>9}",
        "network", "N", "neurons ms/s", "rest ms/s", "events/s", "ns/event"
    );
    for (name, rules) in NETWORKS {
        for &n in sizes {
            let (neurons, _) = run(&settings(n, rules, 0.0), seconds)?;
            let (all, events) = run(&settings(n, rules, 10.0), seconds)?;
            let rest = all - neurons;
            println!(
                "{name:18} {n:6} {:12.1} {:12.1} {:12.3e} {:9.2}",
                1e3 * neurons / seconds,
                1e3 * rest / seconds,
                events / seconds,
                1e9 * rest / events
            );
        }
    }
    Ok(())
}

fn settings(n: i64, rules: &[(&str, f64)], r_x: f64) -> Settings {
    let values: Vec<Value> = PARAMS
        .iter()
        .map(|spec| {
            let id = spec.id.as_ref();
            let eta = rules
                .iter()
                .find(|(rule, _)| id.strip_suffix("_eta") == Some(*rule));
            match id {
                "n" => Value::Integer(n),
                "r_x" => Value::Real(r_x),
                _ if rules.iter().any(|(rule, _)| *rule == id) => Value::Switch(true),
                _ => eta.map_or_else(|| spec.default.clone(), |(_, eta)| Value::Real(*eta)),
            }
        })
        .collect();
    Settings::resolve(&values)
}

/// Processor seconds of so many simulated seconds, after one to warm up, and their events.
fn run(settings: &Settings, seconds: f64) -> Result<(f64, f64)> {
    let mut network = Network::<f32>::random(settings, 1);
    let second = 1000 * settings.steps_per_unit();
    for _ in 0..second {
        network.step();
    }
    let steps = (seconds * second as f64) as u64;
    let sizes = settings.sizes;
    let mut events = 0.0;
    // Targets of an external neuron, on average.
    let external = settings.p_x[0] * sizes.e as f64 + settings.p_x[1] * sizes.i as f64;
    let begin = cpu()?;
    for _ in 0..steps {
        network.step();
        for &cell in network.fired() {
            let cell = cell as usize;
            let (pre, k) = match cell.checked_sub(sizes.e) {
                None => (Population::E, cell),
                Some(k) => (Population::I, k),
            };
            for post in Population::ALL {
                events += network.wires(Block::between(post, pre)).column(k).len() as f64;
            }
        }
        events += external * network.fired_x().len() as f64;
    }
    Ok((cpu()? - begin, events))
}

/// Processor time of this thread in seconds.
fn cpu() -> Result<f64> {
    let time = clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID)?;
    Ok(time.tv_sec() as f64 + 1e-9 * time.tv_nsec() as f64)
}
