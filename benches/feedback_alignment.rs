//! `cargo bench --bench feedback_alignment`: online step, reverse step and whole episode of the network
//! of the paper (784-170-130-100-70-47) on images with 80 % zeros, in single precision.
//!
//! Before criterion's numbers a table is printed: what each kernel and the episode reach of the
//! bandwidth of plain sweeps over as much memory, measured in the same run, and how the times grow
//! with the weights and the steps.

mod synthetic;

use std::hint::black_box;
use std::time::Instant;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use hebbtop::models::feedback_alignment::coefficients::Coefficients;
use hebbtop::models::feedback_alignment::episode::{Episode, Phase, Plan, Scratch};
use hebbtop::models::feedback_alignment::learner::{Learner, Workspace};
use hebbtop::models::feedback_alignment::network::{BETA, Feedback, Network};
use hebbtop::models::feedback_alignment::reverse::{SymmetricGradient, Way};
use hebbtop::models::feedback_alignment::tally::Tally;
use hebbtop::models::feedback_alignment::task::Task;
use hebbtop::models::feedback_alignment::terms::TERMS;
use hebbtop::models::feedback_alignment::trace::Trace;
use hebbtop::models::random::stream;
use multiversion::multiversion;

const RULES: [(&str, &[usize]); 3] = [
    ("F0", &[0]),
    ("F0 F2 F9", &[0, 2, 9]),
    ("all ten", &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
];

/// A network that steps forward and back over the same sample.
struct Bench {
    coefficients: Coefficients,
    learner: Learner<f32>,
    trace: Trace<f32>,
    tally: Tally,
    work: Workspace<f32>,
    gradient: Vec<hebbtop::models::feedback_alignment::matrix::Matrix<f32>>,
    image: Vec<f32>,
}

impl Bench {
    fn new(network: &Network, terms: &[usize]) -> Self {
        let mut learner = Learner::new(network, Feedback::Fixed);
        learner.draw(&mut stream(1, "weights"), &mut stream(1, "feedback"));
        let mut gradient = network.matrices();
        network.draw(&mut stream(1, "gradient"), &mut gradient);
        let mut coefficients = Coefficients::initial(terms);
        // Too small to move anything while the same sample is shown a million times.
        coefficients.rows_mut()[0].theta = [1e-9; TERMS];
        Self {
            coefficients,
            learner,
            trace: Trace::new(network),
            tally: Tally::new(network),
            work: Workspace::new(network),
            gradient,
            image: synthetic::image(network.inputs(), &mut stream(1, "image")),
        }
    }

    fn step(&mut self) {
        let (trace, tally, work) = (&mut self.trace, &mut self.tally, &mut self.work);
        let image = black_box(&self.image);
        black_box(
            self.learner
                .step(&self.coefficients, image, 3, trace, tally, work),
        );
    }

    fn reverse(&mut self) {
        let way = Way {
            gradient: SymmetricGradient::Exact,
            last: &[],
            rolls_back: true,
        };
        let mut sums = [[0.0; TERMS]; 8];
        let (gradient, work) = (&mut self.gradient, &mut self.work);
        self.learner.reverse_step(
            &self.coefficients,
            &self.trace,
            &way,
            gradient,
            &mut sums,
            work,
        );
        black_box(sums);
    }

    /// The shortest of many steps, online or reverse, in seconds, and the products of one.
    fn time(&mut self, reverse: bool) -> (f64, f64) {
        self.step();
        let mut run = || {
            self.work.products = 0;
            if reverse { self.reverse() } else { self.step() }
        };
        let seconds = shortest(2000, &mut run);
        (seconds, self.work.products as f64)
    }
}

fn steps(c: &mut Criterion) {
    let network = synthetic::network();
    table(&network);
    let mut group = c.benchmark_group("online step");
    for (name, terms) in RULES {
        let mut bench = Bench::new(&network, terms);
        group.bench_function(name, |b| b.iter(|| bench.step()));
    }
    group.finish();
    let mut group = c.benchmark_group("reverse step");
    for (name, terms) in RULES {
        let mut bench = Bench::new(&network, terms);
        bench.step();
        group.bench_function(name, |b| b.iter(|| bench.reverse()));
    }
    group.finish();
}

/// One step of three sizes: time should grow like the weights.
fn sizes(c: &mut Criterion) {
    let mut group = c.benchmark_group("online step by width");
    for width in [64, 128, 256, 512] {
        let sizes = [width; 4];
        let network = Network::new(&sizes, 10.0).expect("a network");
        let mut bench = Bench::new(&network, &[0, 2, 9]);
        group.throughput(Throughput::Elements(network.weights() as u64));
        group.bench_function(format!("{width}"), |b| b.iter(|| bench.step()));
    }
    group.finish();
}

fn episodes(c: &mut Criterion) {
    let network = synthetic::network();
    let mut group = c.benchmark_group("episode");
    group.sample_size(10);
    for (name, terms) in RULES {
        let coefficients = Coefficients::initial(terms);
        let mut scratch = Scratch::new(&network);
        let mut episode = Episode::<f32>::new(&network, Feedback::Fixed);
        let task = synthetic::task(&network, 250, &mut stream(1, "images"));
        group.bench_function(name, |b| {
            b.iter(|| whole(&mut episode, &coefficients, &task, &mut scratch));
        });
    }
    group.finish();
}

/// The shortest of so many runs, in seconds.
fn shortest(runs: usize, mut f: impl FnMut()) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..runs {
        let start = Instant::now();
        f();
        best = best.min(start.elapsed().as_secs_f64());
    }
    best
}

/// Reads and writes everything once.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma"
))]
fn sweep(x: &mut [f32], factor: f32) {
    for x in x {
        *x *= factor;
    }
}

/// Bytes a second of a plain sweep over so many numbers, each read and written.
fn bandwidth(numbers: usize) -> f64 {
    let mut memory = vec![1.0f32; numbers];
    let seconds = shortest(2000, || sweep(black_box(&mut memory), black_box(1.0)));
    8.0 * numbers as f64 / seconds
}

/// Numbers that an online step and a reverse step have to read or write.
fn traffic(network: &Network, terms: &[usize], image: &[f32]) -> [usize; 2] {
    let weights = network.weights();
    let lit = image.iter().filter(|x| **x != 0.0).count() * network.size(1);
    let upper = weights - network.inputs() * network.size(1);
    // Where no term moves the weights of dark pixels, those are not touched.
    let moved = if terms.contains(&9) || terms.contains(&3) {
        weights
    } else {
        lit + upper
    };
    // Forward: the product, the feedback (of the pixels only where a term needs it), and each
    // weight read and written.
    let fed_back = if terms.len() > 1 { lit + upper } else { upper };
    let forward = (lit + upper) + fed_back + 2 * moved;
    // Backward: W and G read and written, the feedback, and both again for the activities.
    [forward, 4 * moved + fed_back + 2 * lit + 3 * upper]
}

fn table(network: &Network) {
    let weights = network.weights();
    let sweeps = [bandwidth(weights), bandwidth(2 * weights)];
    for (name, terms) in RULES {
        let mut bench = Bench::new(network, terms);
        let numbers = traffic(network, terms, &bench.image);
        for (i, what) in ["online step", "reverse step"].into_iter().enumerate() {
            let (seconds, products) = bench.time(i == 1);
            let name = format!("{what}, {name}");
            row(&name, numbers[i], products, seconds, sweeps[i]);
        }
        // The query batch, a hundredth of the products, is left out of the bytes.
        let numbers = 250 * (numbers[0] + numbers[1]);
        let (seconds, products) = episode(network, terms, 250);
        let name = format!("episode, {name}");
        row(&name, numbers, products, seconds, sweeps[1]);
    }
    println!("\nF0 F2 F9, time per weight (and step): constant where the cost is linear");
    for sizes in [
        [392, 85, 65, 50, 35, 24],
        [784, 170, 130, 100, 70, 47],
        [1568, 340, 260, 200, 140, 94],
    ] {
        let network = Network::new(&sizes, BETA).expect("a network");
        let mut bench = Bench::new(&network, &[0, 2, 9]);
        let (forward, backward) = (bench.time(false).0, bench.time(true).0);
        let whole = episode(&network, &[0, 2, 9], 250).0 / 250.0;
        let each = [forward, backward, whole].map(|s| 1e12 * s / network.weights() as f64);
        println!(
            "{:7} weights: online step {:4.0} ps, reverse step {:4.0} ps, episode {:4.0} ps a step",
            network.weights(),
            each[0],
            each[1],
            each[2],
        );
    }
    for steps in [125, 250, 500] {
        let seconds = episode(network, &[0, 2, 9], steps).0;
        println!(
            "{steps:7} steps: episode {:6.1} ms, {:5.1} us a step",
            1e3 * seconds,
            1e6 * seconds / steps as f64
        );
    }
}

/// The shortest of some episodes with so many online steps, in seconds, and its products.
fn episode(network: &Network, terms: &[usize], steps: usize) -> (f64, f64) {
    let coefficients = Coefficients::initial(terms);
    let mut scratch = Scratch::new(network);
    let mut episode = Episode::<f32>::new(network, Feedback::Fixed);
    let task = synthetic::task(network, steps, &mut stream(1, "images"));
    let mut run = || {
        scratch.work.products = 0;
        whole(&mut episode, &coefficients, &task, &mut scratch);
    };
    let seconds = shortest(12, &mut run);
    (seconds, scratch.work.products as f64)
}

/// Draws a network and takes it through a whole episode.
fn whole(
    episode: &mut Episode<f32>,
    coefficients: &Coefficients,
    task: &Task<f32>,
    scratch: &mut Scratch<f32>,
) {
    let plan = Plan {
        observe: false,
        ..Plan::default()
    };
    let learner = &mut episode.learner;
    learner.draw(&mut stream(1, "weights"), &mut stream(1, "feedback"));
    episode
        .begin(coefficients, task.clone(), plan)
        .expect("the task is of this network");
    while episode.advance(scratch) != Phase::Done {}
    black_box(episode.outcomes());
}

fn row(name: &str, numbers: usize, products: f64, seconds: f64, bandwidth: f64) {
    let bytes = 4.0 * numbers as f64;
    println!(
        "{name:24} {:8.1} us  {:5.1} G multiply-adds/s  {:5.1} GB/s, {:3.0} % of a plain sweep's {:.1}",
        1e6 * seconds,
        products / seconds / 1e9,
        bytes / seconds / 1e9,
        100.0 * bytes / seconds / bandwidth,
        bandwidth / 1e9,
    );
}

criterion_group!(benches, steps, sizes, episodes);
criterion_main!(benches);
