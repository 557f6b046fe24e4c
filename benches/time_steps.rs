//! Times training steps of predictive coding on synthetic images, one by one, and prints JSON:
//! `time_steps STEPS [id=value]...`. The first fifth of the steps warms up and is left out.

use std::time::Instant;

use anyhow::{Context, Result, bail};
use hebbtop::models::values::find;
use hebbtop::models::{Progress, Setup, Values, family};
use nix::time::{ClockId, clock_gettime};

fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let steps: usize = args.next().context("how many steps?")?.parse()?;
    let family = family("predictive-coding").context("no such family")?;
    let mut values = Values::new();
    for pair in args {
        let (id, typed) = pair.split_once('=').context("expected id=value")?;
        let (spec, _) = find(family.params, id).with_context(|| format!("no parameter `{id}`"))?;
        values.set(id, spec.parse(typed)?);
    }
    let setup = Setup {
        values,
        seed: 1,
        data: None,
    };
    let mut model = (family.build)(&setup)?;
    let (mut cpu, mut wall) = (Vec::new(), Vec::new());
    for _ in 0..steps {
        let (cpu_start, start) = (cpu_ms()?, Instant::now());
        loop {
            match model.advance() {
                Progress::Continue => {}
                Progress::UnitDone => break,
                Progress::Fault(fault) => bail!("{fault:?}"),
            }
        }
        cpu.push(cpu_ms()? - cpu_start);
        wall.push(1e3 * start.elapsed().as_secs_f64());
    }
    let keep = steps / 5;
    let result = serde_json::json!({
        "steps": steps - keep,
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
