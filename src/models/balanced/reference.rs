//! Replays reference cases through the program's own network, along every path.

use super::case::{Case, Input, read};
use super::network::{Current, Network};
use super::projection::{Projection, Weights};
use super::sizes::{Block, Population};
use super::wires::Wires;
use crate::models::nn::real::Real;
use crate::models::{CaseError, Check};

/// Replays every case directly and deferred in double precision, held to the file's tolerances,
/// and deferred in single precision, see [`single`].
/// # Errors
/// Names the field of a malformed case.
pub fn verify(file: &serde_json::Value) -> Result<Vec<Check>, CaseError> {
    let file = read(file)?;
    let mut checks = Vec::new();
    let exact = Bounds {
        voltage: file.tolerance.voltage,
        weight: file.tolerance.weight,
        other: file.tolerance.other,
    };
    for case in &file.cases {
        for (path, deferred) in [("direct f64", false), ("deferred f64", true)] {
            let ours = replay::<f64>(&file.input, case, deferred);
            let spikes = differing(&ours.spikes, &case.expected.spikes);
            checks.push(check(case, path, "spikes", spikes, 0.0));
            compare(&ours, case, path, &exact, &mut checks);
        }
        single(&file.input, case, &mut checks);
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
                        .inspect(|&post| weights.push(T::of(j[post * width + pre])))
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
    let mut network = Network::assemble(
        sizes,
        input.dt,
        (&input.neuron, &input.taus),
        &input.v_0,
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
    spikes: Vec<Spike>,
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
        voltages: (0..n).map(|cell| network.voltage(cell)).collect(),
        traces: (0..n).map(|cell| network.trace(cell)).collect(),
        currents: Current::ALL.map(|kind| (0..n).map(|cell| network.current(kind, cell)).collect()),
    }
}

/// A spike: step and cell.
type Spike = (u64, u32);

/// How far a path may be off.
struct Bounds {
    voltage: f64,
    weight: f64,
    other: f64,
}

impl Bounds {
    /// What single precision may be off: half a unit in the last place (6e-8) for each rounding in
    /// the memory of a current and for each spike that changes a weight, and a hundred times as much
    /// for voltages, because a voltage on its way to threshold leaves its neighbours exponentially.
    fn single(input: &Input, spikes: usize) -> Self {
        const HALF_UNIT: f64 = 6e-8;
        let longest = input.taus.e.max(input.taus.i).max(input.taus.x);
        let other = HALF_UNIT * (8.0 + 2.0 * longest / input.dt);
        Self {
            voltage: 100.0 * other,
            weight: other + HALF_UNIT * spikes as f64,
            other,
        }
    }
}

/// The deferred path in single precision. A voltage that comes within a rounding of the threshold
/// may cross it a step earlier or later, and from then on the network, which is chaotic, goes another
/// way: so the first spike that differs must be one step off at most, and the final state is
/// compared where none differs.
fn single(input: &Input, case: &Case, checks: &mut Vec<Check>) {
    let ours = replay::<f32>(input, case, true);
    let late = first_apart(&ours.spikes, &case.expected.spikes);
    checks.push(check(case, "f32", "first differing spike", late, 1.0));
    if late == 0.0 {
        let bounds = Bounds::single(input, ours.spikes.len());
        compare(&ours, case, "f32", &bounds, checks);
    }
}

fn check(case: &Case, path: &str, quantity: &str, deviation: f64, bound: f64) -> Check {
    Check {
        path: path.to_owned(),
        quantity: format!("{}.{quantity}", case.name),
        deviation,
        bound,
    }
}

fn compare(ours: &Outcome, case: &Case, path: &str, bounds: &Bounds, checks: &mut Vec<Check>) {
    let theirs = &case.expected;
    let mut push = |quantity: &str, ours: &[f64], theirs: &[f64], bound: f64| {
        checks.push(check(case, path, quantity, apart(ours, theirs), bound));
    };
    push("V", &ours.voltages, &theirs.voltages, bounds.voltage);
    push("J", &ours.j, &theirs.j, bounds.weight);
    push("x", &ours.traces, &theirs.traces, bounds.other);
    let currents = ours.currents.iter().zip(&theirs.currents);
    for (name, (ours, theirs)) in ["Ie", "Ii", "Ix"].into_iter().zip(currents) {
        push(name, ours, theirs, bounds.other);
    }
}

/// How many spikes only one of the two has.
fn differing(ours: &[Spike], theirs: &[Spike]) -> f64 {
    let lacks = |a: &[Spike], b: &[Spike]| {
        a.iter()
            .filter(|spike| b.binary_search(spike).is_err())
            .count()
    };
    (lacks(ours, theirs) + lacks(theirs, ours)) as f64
}

/// By how many steps the first spike that differs is early or late; infinite where the other does
/// not have it at all, 0 where none differs.
fn first_apart(ours: &[Spike], theirs: &[Spike]) -> f64 {
    let same = ours.iter().zip(theirs).take_while(|(a, b)| a == b).count();
    let (ours, theirs) = (&ours[same..], &theirs[same..]);
    let (first, other) = match (ours.first(), theirs.first()) {
        (None, None) => return 0.0,
        (Some(a), Some(b)) if a < b => (a, theirs),
        (_, Some(b)) => (b, ours),
        (Some(a), None) => (a, theirs),
    };
    let counterpart = other.iter().find(|spike| spike.1 == first.1);
    counterpart.map_or(f64::INFINITY, |spike| spike.0.abs_diff(first.0) as f64)
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
