//! Replays reference cases through the program's own network, along every path.

use super::case::{Case, Expected, Input, read};
use super::network::{Current, Network};
use super::projection::{Projection, Weights};
use super::sizes::{Block, Population};
use super::wires::Wires;
use crate::models::nn::real::Real;
use crate::models::{CaseError, Check};

/// Replays every case directly and deferred in double precision, held to the file's tolerances,
/// and deferred in single precision, whose spikes must be the same.
/// # Errors
/// Names the field of a malformed case.
pub fn verify(file: &serde_json::Value) -> Result<Vec<Check>, CaseError> {
    let file = read(file)?;
    let mut checks = Vec::new();
    for case in &file.cases {
        let single = single_bounds(&file.input, &case.expected);
        let file_bounds = [
            file.tolerance.voltage,
            file.tolerance.weight,
            file.tolerance.other,
        ];
        compare(
            &replay::<f64>(&file.input, case, false),
            case,
            "direct f64",
            file_bounds,
            &mut checks,
        );
        compare(
            &replay::<f64>(&file.input, case, true),
            case,
            "deferred f64",
            file_bounds,
            &mut checks,
        );
        compare(
            &replay::<f32>(&file.input, case, true),
            case,
            "f32",
            single,
            &mut checks,
        );
    }
    Ok(checks)
}

/// The network of a case, before its first step.
fn network<T: Real>(input: &Input, case: &Case, deferred: bool) -> Network<T> {
    let sizes = input.sizes;
    let n = sizes.n();
    let block =
        |posts: std::ops::Range<usize>, pres: std::ops::Range<usize>, j: &[f64], width: usize| {
            let exists = |post: usize, pre: usize| j[post * width + pre] != 0.0;
            let mut weights = Vec::new();
            let columns: Vec<Vec<usize>> = pres
                .map(|pre| {
                    let posts = posts.clone().filter(|&post| exists(post, pre));
                    posts
                        .map(|post| {
                            weights.push(T::of(j[post * width + pre]));
                            post
                        })
                        .collect()
                })
                .collect();
            let local: Vec<Vec<usize>> = columns
                .into_iter()
                .map(|column| column.into_iter().map(|post| post - posts.start).collect())
                .collect();
            Projection::new(
                Wires::from_columns(posts.len(), &local),
                Weights::Each(weights),
            )
        };
    let blocks =
        Block::ALL.map(|b| block(sizes.range(b.post()), sizes.range(b.pre()), &input.j, n));
    let external = Population::ALL.map(|p| block(sizes.range(p), 0..sizes.x, &input.j_x, sizes.x));
    let voltages = input.v_0.iter().map(|&v| T::of(v)).collect();
    let mut network = Network::assemble(
        sizes,
        input.dt,
        (&input.neuron, &input.taus),
        voltages,
        blocks,
        external,
    );
    network.injected = input
        .injected
        .iter()
        .map(|&current| T::of(current))
        .collect();
    for block in Block::ALL {
        let on = case.rules.iter().filter(|(on, _)| *on == block);
        network.set_rules(block, on.map(|(_, rule)| *rule).collect(), None, deferred);
    }
    network
}

/// What a replay came to, in the order of the file.
struct Outcome {
    spikes: Vec<(u64, u32)>,
    j: Vec<f64>,
    voltages: Vec<f64>,
    traces: Vec<f64>,
    currents: [Vec<f64>; 3],
}

fn replay<T: Real>(input: &Input, case: &Case, deferred: bool) -> Outcome {
    let mut network = network::<T>(input, case, deferred);
    let mut spikes = Vec::new();
    let mut external = input.spikes.iter().peekable();
    let mut arriving = Vec::new();
    for step in 1..=input.steps {
        let time = step as f64 * input.dt;
        arriving.clear();
        while let Some((_, neuron)) = external.next_if(|(at, _)| *at <= time) {
            arriving.push(*neuron);
        }
        network.step_with(&arriving);
        spikes.extend(network.fired().iter().map(|&cell| (step, cell)));
    }
    let n = input.sizes.n();
    let mut j = vec![0.0; n * n];
    let mut column = Vec::new();
    for block in Block::ALL {
        let (posts, pres) = (
            input.sizes.range(block.post()),
            input.sizes.range(block.pre()),
        );
        for k in 0..pres.len() {
            network.column(block, k, &mut column);
            let wires = network.wires(block);
            for (s, weight) in wires.column(k).zip(&column) {
                j[(posts.start + wires.target(s)) * n + pres.start + k] = weight.f64();
            }
        }
    }
    Outcome {
        spikes,
        j,
        voltages: network.voltages().iter().map(|v| v.f64()).collect(),
        traces: (0..n).map(|cell| network.trace(cell)).collect(),
        currents: Current::ALL.map(|kind| (0..n).map(|cell| network.current(kind, cell)).collect()),
    }
}

/// Bounds for voltages, weights and the rest.
type Bounds = [f64; 3];

fn compare(ours: &Outcome, case: &Case, path: &str, bounds: Bounds, checks: &mut Vec<Check>) {
    let theirs = &case.expected;
    let [voltage, weight, other] = bounds;
    let mut push = |quantity: &str, deviation: f64, bound: f64| {
        checks.push(Check {
            path: path.to_owned(),
            quantity: format!("{}.{quantity}", case.name),
            deviation,
            bound,
        });
    };
    push("spikes", differing(&ours.spikes, &theirs.spikes), 0.0);
    push("V", apart(&ours.voltages, &theirs.voltages), voltage);
    push("J", apart(&ours.j, &theirs.j), weight);
    push("x", apart(&ours.traces, &theirs.traces), other);
    for (name, (ours, theirs)) in ["Ie", "Ii", "Ix"]
        .into_iter()
        .zip(ours.currents.iter().zip(&theirs.currents))
    {
        push(name, apart(ours, theirs), other);
    }
}

/// How many spikes only one of the two has.
fn differing(ours: &[(u64, u32)], theirs: &[(u64, u32)]) -> f64 {
    let lacks =
        |a: &[(u64, u32)], b: &[(u64, u32)]| a.iter().filter(|spike| !b.contains(spike)).count();
    (lacks(ours, theirs) + lacks(theirs, ours)) as f64
}

/// `max |ours - theirs| / max(1, max |theirs|)`; NaN where a number is NaN.
fn apart(ours: &[f64], theirs: &[f64]) -> f64 {
    let scale = theirs.iter().fold(1.0, |scale: f64, x| scale.max(x.abs()));
    let off = ours.iter().zip(theirs).map(|(a, b)| (a - b).abs());
    off.fold(0.0, |most: f64, off| {
        if off > most || off.is_nan() {
            off
        } else {
            most
        }
    }) / scale
}

fn single_bounds(_: &Input, _: &Expected) -> Bounds {
    [1e-3, 1e-5, 1e-5]
}
