//! One run without a screen whose every sample is compared with what is expected.

use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::bounded;
use indicatif::ProgressBar;

use super::exit::Failure;
use super::headless::named;
use crate::data::Dataset;
use crate::engine::{Command, Engine, Options, Record, Request};
use crate::models::Fault;
use crate::preset::expect::Watch;
use crate::preset::{DataChoice, Expect, Preset};

/// Samples that may wait between the simulation and the watch.
const WAITING: usize = 256;

/// What a run has shown.
pub struct Seen {
    /// One value for each expectation, `None` where nothing was measured.
    pub values: Vec<Option<f64>>,
    /// The fault that ended it, and the step.
    pub fault: Option<(Fault, u64)>,
}

/// Runs `preset` flat out to its planned length or to a fault. `data` is for presets that need
/// images which are not compiled in.
/// # Errors
/// When the experiment cannot start.
pub fn see(
    preset: Preset,
    expects: &[Expect],
    data: Option<Arc<Dataset>>,
) -> Result<Seen, Failure> {
    let bar = ProgressBar::new_spinner();
    bar.set_message(format!("{} seed {}", named(&preset), preset.seed));
    bar.enable_steady_tick(Duration::from_millis(200));
    let (record, records) = bounded(WAITING);
    let external = matches!(preset.data, DataChoice::External(_));
    let length = preset.length;
    let options = Options {
        record: Some(record),
        data: data.filter(|_| external),
        paused: true,
        attended: false,
        ..Options::default()
    };
    let engine = Engine::start(preset, options)?;
    let mut run = engine.subscribe();
    let mut watch = None;
    if run.ask(Request::default()).is_ok() && run.wake().recv().is_ok() {
        let about = run.take().and_then(|frame| frame.about);
        watch = about.map(|about| Watch::new(expects, &about.description, length));
    }
    // Should the thread be gone already, `join` says why.
    let _ = run.send(Command::Resume);
    for record in records {
        if let (Record::Sample { step, metrics }, Some(watch)) = (record, &mut watch) {
            watch.sample(step, &metrics);
        }
    }
    let finished = engine.join()?;
    bar.finish_and_clear();
    let fault = finished
        .fault()
        .cloned()
        .map(|fault| (fault, finished.step));
    let values = watch.map_or_else(|| vec![None; expects.len()], |watch| watch.values());
    Ok(Seen { values, fault })
}
