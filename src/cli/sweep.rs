//! `hebbtop sweep`: every point of a plan, each in a process and a folder of its own.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::exit::{Failure, Outcome, complain};
use super::signals::Signals;
use crate::data::text;
use crate::models::param::short;
use crate::sweep::slurm::{self, Job};
use crate::sweep::{self, Ended, Pick, Pool, Results, Shard, State, SweepError};

/// Failures that are named; all of them are in the table.
const NAMED: usize = 5;

/// Tasks of an array job, where nobody says how many.
const TASKS: u64 = 16;

#[derive(Args, Debug)]
pub struct Sweep {
    /// The plan; without one, the sweep in DIR goes on
    #[arg(value_name = "PLAN.toml")]
    plan: Option<PathBuf>,
    /// Folder of the sweep: a new one, or that of the same plan, of which only what is missing is done
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// So many points at a time [default: one for each core; 1 with --slurm]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=4096))]
    jobs: Option<u32>,
    /// Folder with an MNIST-shaped set of images, plain or .gz
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Do failed points again, from their beginning
    #[arg(long)]
    retry: bool,
    /// Do one of N parts of the sweep, for a scheduler that runs several; --merge collects
    #[arg(long, value_name = "I/N", conflicts_with_all = ["slurm", "merge", "pick"])]
    shard: Option<Shard>,
    /// Submit an array job to Slurm, with these options for sbatch, quoted as in a shell, e.g. --slurm="--time=2:00:00"
    #[arg(long, value_name = "OPTIONS", num_args = 0..=1, require_equals = true,
          default_missing_value = "", conflicts_with_all = ["merge", "pick"])]
    slurm: Option<slurm::Options>,
    /// With --slurm, tasks of the array job [default: 16, or one for each point]
    #[arg(long, value_name = "N", requires = "slurm",
          value_parser = clap::value_parser!(u64).range(1..=100_000))]
    tasks: Option<u64>,
    /// Run nothing: write results.csv of what is done, and print the summary
    #[arg(long, conflicts_with = "retry")]
    merge: bool,
    /// Run nothing: print the best point as a preset, e.g. max:accuracy
    #[arg(long, value_name = "max:METRIC|min:METRIC", conflicts_with_all = ["retry", "merge"])]
    pick: Option<Pick>,
}

/// # Errors
/// See [`Failure`].
pub fn run(args: &Sweep) -> Outcome {
    let sweep = match &args.plan {
        Some(plan) => sweep::Sweep::begin(&args.out, plan)?,
        None => sweep::Sweep::open(&args.out)?,
    };
    if let Some(pick) = &args.pick {
        let results = Results::collect(&sweep);
        let best = pick.best(&sweep, &results).map_err(Failure::Usage)?;
        io::stdout().lock().write_all(best.as_bytes())?;
        return Ok(());
    }
    if args.merge {
        return conclude(&sweep);
    }
    if args.retry {
        let _held = sweep.hold(args.shard)?;
        for index in args.shard.unwrap_or(Shard::ALL).points(sweep.plan.points()) {
            if sweep
                .outcome(index)
                .is_some_and(|outcome| outcome.failed.is_some())
            {
                sweep.forget(index)?;
            }
        }
    }
    match &args.slurm {
        Some(options) => submit(args, &sweep, options),
        None => work(args, &sweep),
    }
}

/// Does what is missing.
fn work(args: &Sweep, sweep: &sweep::Sweep) -> Outcome {
    let _held = sweep.hold(args.shard)?;
    let begun = Instant::now();
    let signals = Signals::catch()?;
    let program = std::env::current_exe()?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mine: Vec<u64> = args
        .shard
        .unwrap_or(Shard::ALL)
        .points(sweep.plan.points())
        .collect();
    let missing: Vec<u64> = mine
        .iter()
        .copied()
        .filter(|&index| sweep.outcome(index).is_none())
        .collect();
    let bar =
        ProgressBar::new(mine.len() as u64).with_position((mine.len() - missing.len()) as u64);
    bar.reset_eta();
    bar.set_style(
        ProgressStyle::with_template("{bar:30} {pos}/{len} points  {eta} left  {msg}")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    let command = |index: u64| {
        let mut command = Command::new(&program);
        command
            .arg("sweep-point")
            .arg(sweep.path())
            .arg(index.to_string());
        if let Some(images) = &args.data {
            command.arg("--data").arg(images);
        }
        command
    };
    let pool = Pool {
        sweep,
        jobs: args.jobs.map_or(cores, |jobs| jobs as usize),
        command: &command,
        stop: &|| signals.came().is_some(),
    };
    let (mut done, mut failed) = (0u64, 0u64);
    pool.run(&missing, &mut |_, ended| {
        match ended {
            Ended::Done => done += 1,
            Ended::Failed(_) => failed += 1,
            Ended::Interrupted => return,
        }
        if failed > 0 {
            bar.set_message(format!("{failed} failed"));
        }
        bar.inc(1);
    });
    bar.finish_and_clear();
    sweep.settle();
    if let Some(signal) = signals.came() {
        complain(&format!(
            "interrupted: {} of {} points were missing, {} are done now; the same command goes on",
            missing.len(),
            mine.len(),
            done + failed
        ));
        return Err(Failure::Signal(
            u8::try_from(128 + signal).unwrap_or(u8::MAX),
        ));
    }
    let seconds = short(begun.elapsed().as_secs_f64());
    let skipped = mine.len() - missing.len();
    let words = format!("{done} points done, {failed} failed, {skipped} were there; {seconds} s");
    match args.shard {
        None => {
            complain(&words);
            conclude(sweep)
        }
        Some(shard) => {
            writeln!(io::stdout(), "shard {shard}: {words}")?;
            let fails = |&index: &u64| {
                sweep
                    .outcome(index)
                    .is_none_or(|outcome| outcome.failed.is_some())
            };
            match mine.iter().any(fails) {
                true => Err(Failure::Fault),
                false => Ok(()),
            }
        }
    }
}

/// Writes the table and prints the short one.
fn conclude(sweep: &sweep::Sweep) -> Outcome {
    let results = Results::collect(sweep);
    results.write(sweep)?;
    let [done, failed, missing] = results.counts();
    let mut out = io::stdout().lock();
    write!(out, "{}", results.table())?;
    let failures = results.rows.iter().filter_map(|row| match &row.state {
        State::Failed(why) => Some((row.point.index, why)),
        _ => None,
    });
    for (index, why) in failures.take(NAMED) {
        writeln!(out, "point {index} failed: {}", text::line(why))?;
    }
    let path = text::line(&sweep.path().join(sweep::RESULTS).display().to_string());
    writeln!(
        out,
        "{done} done, {failed} failed, {missing} missing; {path}"
    )?;
    out.flush()?;
    match failed {
        0 => Ok(()),
        _ => Err(Failure::Fault),
    }
}

fn submit(args: &Sweep, sweep: &sweep::Sweep, options: &slurm::Options) -> Outcome {
    let absolute = |path: &Path| std::path::absolute(path);
    let points = sweep.plan.points();
    let images = args.data.as_deref().map(absolute).transpose()?;
    let job = Job {
        program: &std::env::current_exe()?,
        folder: &absolute(sweep.path())?,
        images: images.as_deref(),
        tasks: args.tasks.unwrap_or(TASKS).min(points),
        jobs: args.jobs.unwrap_or(1) as usize,
    };
    let number = job.submit(sweep, options)?.map_err(Failure::Io)?;
    let folder = text::line(&sweep.path().display().to_string());
    writeln!(
        io::stdout(),
        "job {number}: {points} points in {} tasks; `hebbtop sweep --out {folder} --merge` collects",
        job.tasks
    )?;
    Ok(())
}

impl From<SweepError> for Failure {
    fn from(error: SweepError) -> Self {
        match error {
            SweepError::Plan(error) => error.into(),
            SweepError::Folder(error) => error.into(),
        }
    }
}
