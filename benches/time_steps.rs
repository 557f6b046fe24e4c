//! Times units of a model on synthetic data, one by one, and prints JSON:
//! `time_steps FAMILY UNITS [id=value]...`. The first fifth of them warms up and is left out.

mod timed;

use std::time::Instant;

use anyhow::{Context, Result};
use nix::time::{ClockId, clock_gettime};

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [family, units, settings @ ..] = args.as_slice() else {
        anyhow::bail!("usage: time_steps FAMILY UNITS [id=value]...");
    };
    let units: usize = units.parse().context("how many units?")?;
    let mut model = timed::build(family, settings.iter().map(String::as_str))?;
    let (mut cpu, mut wall) = (Vec::new(), Vec::new());
    for _ in 0..units {
        let (cpu_start, start) = (cpu_ms()?, Instant::now());
        timed::unit(model.as_mut())?;
        cpu.push(cpu_ms()? - cpu_start);
        wall.push(1e3 * start.elapsed().as_secs_f64());
    }
    let keep = units / 5;
    let result = serde_json::json!({
        "steps": units - keep,
        "cpu_ms": cpu[keep..],
        "wall_ms": wall[keep..],
    });
    println!("{result}");
    Ok(())
}

/// Processor time of this thread in milliseconds.
fn cpu_ms() -> Result<f64> {
    let time = clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID)?;
    Ok(1e3 * time.tv_sec() as f64 + time.tv_nsec() as f64 / 1e6)
}
