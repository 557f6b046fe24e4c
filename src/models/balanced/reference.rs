//! Replays reference cases through the program's own network, along every path.

use super::case::{Case, Input, read};
use super::network::{Current, Network};
use super::projection::{Projection, Weights};
use super::sizes::{Block, Population};
use super::wires::Wires;
use crate::models::nn::real::Real;
use crate::models::{CaseError, Check};

/// Replays every case directly and deferred in double precision, held to the file's tolerances,
/// and deferred in single precision, held to [`Bounds::single`].
/// # Errors
/// Names the field of a malformed case.
pub fn verify(file: &serde_json::Value) -> Result<Vec<Check>, CaseError> {
    let file = read(file)?;
    let mut checks = Vec::new();
    let exact = Bounds {
        late: 0,
        voltage: file.tolerance.voltage,
        weight: file.tolerance.weight,
        other: file.tolerance.other,
    };
    for case in &file.cases {
        let direct = replay::<f64>(&file.input, case, false);
        compare(&direct, case, "direct f64", &exact, &mut checks);
        let deferred = replay::<f64>(&file.input, case, true);
        compare(&deferred, case, "deferred f64", &exact, &mut checks);
        let single = replay::<f32>(&file.input, case, true);
        let bounds = Bounds::single(&file.input, &single.spikes, &case.expected.spikes);
        compare(&single, case, "f32", &bounds, &mut checks);
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
        voltages: network.voltages().iter().map(|v| v.f64()).collect(),
        traces: (0..n).map(|cell| network.trace(cell)).collect(),
        currents: Current::ALL.map(|kind| (0..n).map(|cell| network.current(kind, cell)).collect()),
    }
}

/// A spike: step and cell.
type Spike = (u64, u32);

/// How far a path may be off.
struct Bounds {
    /// Steps by which a spike may be early or late.
    late: u64,
    voltage: f64,
    weight: f64,
    other: f64,
}

impl Bounds {
    /// What single precision may be off: half a unit in the last place (6e-8) for each rounding in
    /// the memory of a current, for each spike that changes a weight, and a hundred times as much
    /// for voltages, because a voltage on its way to threshold leaves its neighbours exponentially.
    /// A voltage that comes close enough to the threshold may cross it one step earlier or later;
    /// then everything is held to what a step makes of it.
    fn single(input: &Input, ours: &[Spike], theirs: &[Spike]) -> Self {
        const HALF_UNIT: f64 = 6e-8;
        let longest = input.taus.e.max(input.taus.i).max(input.taus.x);
        let shortest = input.taus.e.min(input.taus.i).min(input.taus.x);
        let moved = if differing(ours, theirs, 0) > 0.0 {
            input.dt / shortest
        } else {
            0.0
        };
        let other = HALF_UNIT * (8.0 + 2.0 * longest / input.dt);
        Self {
            late: 1,
            voltage: 100.0 * other + moved,
            weight: other + HALF_UNIT * theirs.len() as f64 + moved,
            other: other + moved,
        }
    }
}

fn compare(ours: &Outcome, case: &Case, path: &str, bounds: &Bounds, checks: &mut Vec<Check>) {
    let theirs = &case.expected;
    let Bounds {
        late,
        voltage,
        weight,
        other,
    } = *bounds;
    let mut push = |quantity: &str, deviation: f64, bound: f64| {
        checks.push(Check {
            path: path.to_owned(),
            quantity: format!("{}.{quantity}", case.name),
            deviation,
            bound,
        });
    };
    push("spikes", differing(&ours.spikes, &theirs.spikes, late), 0.0);
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

/// How many spikes of the one have no counterpart among the other's, at most `late` steps away.
fn differing(ours: &[Spike], theirs: &[Spike], late: u64) -> f64 {
    let same = |a: &Spike, b: &Spike| a.1 == b.1 && a.0.abs_diff(b.0) <= late;
    let lacks = |a: &[Spike], b: &[Spike]| {
        let has = |spike: &Spike| {
            let from = b.partition_point(|other| other.0 + late < spike.0);
            b[from..]
                .iter()
                .take_while(|other| other.0 <= spike.0 + late)
                .any(|other| same(spike, other))
        };
        a.iter().filter(|spike| !has(spike)).count()
    };
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
