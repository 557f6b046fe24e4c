//! Times episodes of meta-learning on synthetic images, one by one, and prints JSON:
//! `time_episodes EPISODES [TERMS]`, e.g. `time_episodes 20 0,2,9`.
//!
//! Images have 80 % zeros, M = 5, K = 50, Q = 10. The first fifth of the episodes warms up and is
//! left out. Beside the whole episode (initial weights, 250 online steps, query batch, reverse
//! pass, outer step) the parts are given, and the multiplications with additions of an episode.

mod synthetic;

use anyhow::{Context, Result, ensure};
use hebbtop::models::feedback_alignment::coefficients::Coefficients;
use hebbtop::models::feedback_alignment::episode::{Episode, Phase, Plan, Scratch};
use hebbtop::models::feedback_alignment::network::Feedback;
use hebbtop::models::feedback_alignment::outer::{Outer, Settings};
use hebbtop::models::random::stream;
use nix::time::{ClockId, clock_gettime};

fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let episodes: usize = args.next().context("how many episodes?")?.parse()?;
    let terms = args.next().unwrap_or_else(|| "0,2,9".to_owned());
    let terms: Vec<usize> = terms.split(',').map(str::parse).collect::<Result<_, _>>()?;
    let network = synthetic::network();
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
        let task = synthetic::task(&network, 250, &mut images);
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
