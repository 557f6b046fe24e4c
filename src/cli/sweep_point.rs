//! `hebbtop sweep-point`: the process of one point of a sweep.

use std::fs;
use std::io::{self, Read};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Args;
use indicatif::ProgressBar;
use nix::fcntl::FlockArg;

use super::exit::{Failure, Outcome as Ending};
use super::headless::one;
use super::run::open;
use super::signals::Signals;
use crate::data::text;
use crate::engine::{Engine, Options, StartError};
use crate::record::{self, Care, New, Scope};
use crate::sweep::{Outcome, Sweep, lock};

/// A point that was killed loses no more than this.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(60);

/// Between two looks whether the process that does the point now has ended.
const LOOK: Duration = Duration::from_millis(20);

#[derive(Args, Debug)]
pub struct SweepPoint {
    folder: PathBuf,
    index: u64,
    #[arg(long)]
    data: Option<PathBuf>,
}

/// # Errors
/// When the point is not done, and not failed for good either.
pub fn run(args: &SweepPoint) -> Ending {
    let begun = Instant::now();
    let signals = Signals::catch_gently()?;
    let ask = signals.ask();
    std::thread::spawn(move || {
        // It ends with the sweep that has started this process.
        let _ = io::stdin().read_to_end(&mut Vec::new());
        ask();
    });
    let sweep = Sweep::open(&args.folder)?;
    if args.index >= sweep.plan.points() {
        return Err(Failure::Usage("there is no such point".to_owned()));
    }
    let folder = sweep.folder_of(args.index)?;
    let file = folder.join("point.lock");
    // A point that outlives its sweep for a moment is waited for.
    let _lock = loop {
        match lock(&file, FlockArg::LockExclusiveNonblock) {
            Ok(lock) => break lock,
            Err(error) if error.system => return Err(error.into()),
            Err(_) if signals.came().is_some() => return Err(Failure::Signal(143)),
            Err(_) => std::thread::sleep(LOOK),
        }
    };
    if Outcome::read(&folder).is_some() {
        return Ok(());
    }
    let images = args.data.as_deref().map(open).transpose()?;
    let plain = Options {
        data: images,
        attended: false,
        rewind_memory: 0,
        checkpoint_every: CHECKPOINT_EVERY,
        ..Options::default()
    };
    let engine = match begin(&sweep, args, plain)? {
        Ok(engine) => engine,
        Err(error) => {
            let why = text::line(&error.to_string());
            return Ok(Outcome::failed(why).write(&folder)?);
        }
    };
    let report = one(engine, begun, &ProgressBar::hidden(), &signals)?;
    let finished = report.finished;
    super::recording::all_written(finished.recorded.as_ref())?;
    if report.signal.is_some() && finished.step < sweep.plan.preset.length {
        return Err(Failure::Signal(143));
    }
    let fault = finished.fault().map(|fault| {
        let place = format!("{} {}", finished.description.unit, finished.step);
        (fault.kind, format!("fault at {place}: {}", fault.what))
    });
    let failed = fault.filter(|(kind, _)| finished.preset.fault != Some(*kind));
    let metrics = finished.description.metrics.iter().zip(&finished.metrics);
    let outcome = Outcome {
        failed: failed.map(|(_, why)| text::line(&why)),
        steps: finished.step,
        wall_s: finished.wall.as_secs_f64(),
        digest: finished.digest,
        metrics: metrics
            .map(|(spec, value)| (spec.id.to_string(), Some(*value).filter(|x| x.is_finite())))
            .collect(),
    };
    Ok(outcome.write(&folder)?)
}

/// Goes on from the checkpoint of the point, or begins it.
fn begin(
    sweep: &Sweep,
    args: &SweepPoint,
    options: Options,
) -> Result<Result<Engine, StartError>, Failure> {
    let folder = sweep.folder_of(args.index)?;
    if let Ok(kept) = record::reopen_with(&folder, Care::Long) {
        let options = Options {
            recorder: Some(kept.recorder),
            ..options
        };
        return Ok(Engine::resume(kept.checkpoint.snapshot, kept.past, options));
    }
    // What is there has no whole checkpoint: nothing that could go on.
    let preset = sweep.plan.preset_of(&sweep.plan.point(args.index));
    let images = args.data.as_deref().map(fs::canonicalize).transpose()?;
    let recorder = New {
        force: true,
        images,
        care: Care::Long,
        scope: Scope::default(),
    }
    .create(&folder)?;
    let options = Options {
        recorder: Some(recorder),
        ..options
    };
    Ok(Engine::start(preset, options))
}
