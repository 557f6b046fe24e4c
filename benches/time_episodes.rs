//! Times episodes of meta-learning on synthetic images, one by one, and prints JSON:
//! `time_episodes EPISODES [TERMS [SIZES]]`, e.g. `time_episodes 20 0,2,9 784-170-130-100-70-47`.
//!
//! Images have 80 % zeros, M = 5, K = 50, Q = 10. The first fifth of the episodes warms up and is
//! left out. Beside the whole episode (initial weights, 250 online steps, query batch, reverse
//! pass, outer step) the parts are given, and the multiplications with additions of an episode.

use anyhow::{Context, Result, ensure};
use hebbtop::models::feedback_alignment::coefficients::Coefficients;
use hebbtop::models::feedback_alignment::episode::{Episode, Phase, Plan, Scratch};
use hebbtop::models::feedback_alignment::network::{BETA, Feedback, Network};
use hebbtop::models::feedback_alignment::outer::{Outer, Settings};
use hebbtop::models::feedback_alignment::task::{Samples, Task};
use hebbtop::models::nn::init::unit;
use hebbtop::models::random::{Stream, stream};
use nix::time::{ClockId, clock_gettime};

fn samples(network: &Network, count: usize, stream: &mut Stream) -> Samples<f32> {
    let mut samples = Samples::default();
    for i in 0..count {
        let image: Vec<f32> = (0..network.inputs())
            .map(|_| {
                let dark = unit(stream) < 0.8;
                let x = unit(stream) as f32;
                if dark { 0.0 } else { x }
            })
            .collect();
        let label = (i % 5 * 9).min(network.outputs() - 1);
        samples.push(image.into_iter(), label as u16);
    }
    samples
}

fn main() -> Result<()> {
    let mut args = std::env::args().skip(1).filter(|arg| arg != "--bench");
    let episodes: usize = args.next().context("how many episodes?")?.parse()?;
    let terms = args.next().unwrap_or_else(|| "0,2,9".to_owned());
    let terms: Vec<usize> = terms.split(',').map(str::parse).collect::<Result<_, _>>()?;
    let sizes = args
        .next()
        .unwrap_or_else(|| "784-170-130-100-70-47".to_owned());
    let sizes: Vec<usize> = sizes.split('-').map(str::parse).collect::<Result<_, _>>()?;
    let network = Network::new(&sizes, BETA)?;
    let mut coefficients = Coefficients::initial(&terms);
    let mut outer = Outer::new(1);
    let mut scratch = Scratch::new(&network);
    let mut episode = Episode::<f32>::new(&network, Feedback::Fixed);
    let mut images = stream(1, "images");
    let mut weights = stream(1, "weights");
    let mut feedback = stream(1, "feedback");
    let plan = Plan {
        observe: false,
        ..Plan::default()
    };
    let parts = ["draw", "adapt", "query", "reverse", "outer"];
    let mut times = vec![Vec::new(); parts.len()];
    let (mut cpu, mut products) = (Vec::new(), 0);
    for _ in 0..episodes {
        let task = Task {
            stream: samples(&network, 250, &mut images),
            query: samples(&network, 50, &mut images),
        };
        let mut clock = vec![cpu_ms()?];
        episode.learner.draw(&mut weights, &mut feedback);
        episode
            .begin(&coefficients, task, plan)
            .map_err(anyhow::Error::msg)?;
        clock.push(cpu_ms()?);
        scratch.work.products = 0;
        while let Phase::Adapt { .. } = episode.phase() {
            episode.advance(&mut scratch);
        }
        clock.push(cpu_ms()?);
        while let Phase::Query { .. } = episode.phase() {
            episode.advance(&mut scratch);
        }
        clock.push(cpu_ms()?);
        while episode.phase() != Phase::Done {
            episode.advance(&mut scratch);
        }
        clock.push(cpu_ms()?);
        let outcomes = episode.outcomes();
        ensure!(outcomes.finite, "an episode is not finite");
        outer.step(
            &Settings::default(),
            &mut coefficients,
            &outcomes,
            episode.tally(),
        );
        clock.push(cpu_ms()?);
        products = scratch.work.products;
        cpu.push(clock[parts.len()] - clock[0]);
        for (i, times) in times.iter_mut().enumerate() {
            times.push(clock[i + 1] - clock[i]);
        }
    }
    let keep = episodes / 5;
    let mut result = serde_json::json!({
        "episodes": episodes - keep,
        "products": products,
        "cpu_ms": cpu[keep..],
    });
    for (part, times) in parts.iter().zip(&times) {
        result[format!("{part}_ms")] = serde_json::json!(times[keep..]);
    }
    println!("{result}");
    Ok(())
}

/// Processor time of this thread in milliseconds.
fn cpu_ms() -> Result<f64> {
    let time = clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID)?;
    Ok(1e3 * time.tv_sec() as f64 + time.tv_nsec() as f64 / 1e6)
}
