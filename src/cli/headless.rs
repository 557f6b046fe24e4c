//! A run without a screen: progress on standard error, then a short table or one JSON object.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::exit::{Failure, Outcome};
use super::journal::compare;
use super::process;
use super::recording::all_written;
use super::several::{self, Seeds};
use super::signals::Signals;
use crate::data::text;
use crate::engine::{
    Command, Cursor, Engine, Entry, Finished, Frame, Options, Request, RunState, StepOf,
    Subscription,
};
use crate::models::param::short;
use crate::models::table::Description;
use crate::preset::Preset;

/// Between two looks at the run.
const LOOK: Duration = Duration::from_millis(50);

/// Metrics shown beside the progress bar.
const BESIDE_BAR: usize = 2;

/// What a run leaves behind.
pub struct Report {
    pub finished: Finished,
    /// From reading the preset to the first step.
    pub setup: Duration,
    /// Processor time of the process since then.
    pub cpu: Duration,
    pub signal: Option<i32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    Table,
    Json,
}

impl Output {
    pub fn of(json: bool) -> Self {
        if json { Self::Json } else { Self::Table }
    }
}

/// What is wanted of a run without a screen.
pub struct How {
    pub output: Output,
    pub seeds: Option<Seeds>,
    /// Where the learnt rule goes; with several seeds, their numbers stand behind the name.
    pub save_rule: Option<PathBuf>,
    /// The journal that is repeated.
    pub journal: Vec<Entry>,
}

/// Runs to the end and prints what came of it.
/// # Errors
/// When the experiment cannot start, ends in a fault, or is ended by a signal.
pub fn run(preset: Preset, options: Options, begun: Instant, how: &How) -> Outcome {
    let files = files(&preset, how)?;
    let reports = match how.seeds {
        Some(seeds) => several::run(&preset, options.data.as_ref(), seeds, begun)?,
        None => {
            let signals = Signals::catch()?;
            let bar = ProgressBar::new(preset.length);
            let options = Options {
                attended: false,
                ..options
            };
            let engine = Engine::start(preset, options)?;
            vec![one(engine, begun, &bar, &signals)?]
        }
    };
    conclude(&reports, &files, how, begun)
}

/// Goes on with a recorded run to its end and prints what came of it.
/// # Errors
/// See [`run`].
pub fn resume(engine: Engine, length: u64, begun: Instant, how: &How) -> Outcome {
    let files: Vec<PathBuf> = how.save_rule.iter().cloned().collect();
    files.iter().try_for_each(|file| is_new(file))?;
    let signals = Signals::catch()?;
    let report = one(engine, begun, &ProgressBar::new(length), &signals)?;
    conclude(&[report], &files, how, begun)
}

/// Writes rules and results, and says how the runs ended.
fn conclude(reports: &[Report], files: &[PathBuf], how: &How, begun: Instant) -> Outcome {
    for (report, file) in reports.iter().zip(files) {
        save_rule(&report.finished, file)?;
    }
    let mut out = io::stdout().lock();
    match (how.output, how.seeds) {
        (Output::Table, _) => {
            for report in reports {
                table(&mut out, report)?;
            }
            if how.seeds.is_some() {
                spread(&mut out, reports)?;
            }
        }
        (Output::Json, None) => super::json::write(&mut out, &reports[0])?,
        (Output::Json, Some(seeds)) => super::json::write_all(&mut out, reports, seeds, begun)?,
    }
    out.flush()?;
    for report in reports {
        all_written(report.finished.recorded.as_ref())?;
    }
    if let (false, [report]) = (how.journal.is_empty(), reports) {
        compare(report, &how.journal)?;
    }
    if let Some(signal) = reports.iter().find_map(|report| report.signal) {
        let status = u8::try_from(128 + signal).unwrap_or(u8::MAX);
        return Err(Failure::Signal(status));
    }
    match reports
        .iter()
        .any(|report| report.finished.fault().is_some())
    {
        true => Err(Failure::Fault),
        false => Ok(()),
    }
}

/// The files that rules go to, one for each run; none of them is there yet.
fn files(preset: &Preset, how: &How) -> Result<Vec<PathBuf>, Failure> {
    let Some(file) = &how.save_rule else {
        return Ok(Vec::new());
    };
    let files: Vec<PathBuf> = match how.seeds {
        Some(seeds) => seeds
            .of(preset)
            .map(|seed| several::with_seed(file, seed))
            .collect(),
        None => vec![file.clone()],
    };
    files.iter().try_for_each(|file| is_new(file))?;
    Ok(files)
}

/// # Errors
/// When there is such a file already, or its name is not that of a rule file.
pub fn is_new(file: &Path) -> Outcome {
    let shown = text::line(&file.display().to_string());
    if file.extension().is_none_or(|extension| extension != "toml") {
        return Err(Failure::Usage(format!(
            "a rule file ends in .toml: {shown}.toml"
        )));
    }
    match file.exists() {
        true => Err(Failure::Usage(format!("{shown} is there already"))),
        false => Ok(()),
    }
}

/// Writes the rule that a run has learnt.
/// # Errors
/// When the model learns none, or the file cannot be written.
pub fn save_rule(finished: &Finished, file: &Path) -> Outcome {
    let rule = finished.rule.as_ref().ok_or_else(|| {
        Failure::Usage(format!(
            "{} learns no plasticity rule",
            finished.preset.model
        ))
    })?;
    rule.save(file)
        .map_err(|error| Failure::Io(error.to_string()))
}

/// One run to its end, or until a signal has come.
/// # Errors
/// When the simulation has panicked.
pub fn one(
    engine: Engine,
    begun: Instant,
    bar: &ProgressBar,
    signals: &Signals,
) -> Result<Report, Failure> {
    let (setup, cpu_before) = (begun.elapsed(), process::cpu_time());
    let signal = follow(engine.subscribe(), bar, signals);
    let finished = engine.join()?;
    let cpu = process::cpu_time().saturating_sub(cpu_before);
    Ok(Report {
        finished,
        setup,
        cpu,
        signal,
    })
}

/// Shows progress until the thread has ended, by itself or because a signal came.
fn follow(mut run: Subscription, bar: &ProgressBar, signals: &Signals) -> Option<i32> {
    let mut about = None;
    let mut request = Request {
        // The past is not shown here.
        history: Cursor {
            samples: u64::MAX,
            marks: u64::MAX,
        },
        log: u64::MAX,
        ..Request::default()
    };
    let mut stopping = None;
    loop {
        if stopping.is_none()
            && let Some(signal) = signals.came()
        {
            // To the end of the unit, so that the metrics are those of the state.
            let rest = Command::Step {
                of: StepOf::Unit,
                count: 1,
            };
            let _ = run.send(rest);
            stopping = Some(signal);
        }
        // A run may end before it has taken the subscription: then no bell tells.
        if run.ask(request.clone()).is_err() {
            break;
        }
        match run.wake().recv_timeout(LOOK) {
            Err(crossbeam_channel::RecvTimeoutError::Disconnected) => break,
            Err(crossbeam_channel::RecvTimeoutError::Timeout) => continue,
            Ok(()) => {}
        }
        let Some(frame) = run.take() else { continue };
        if let Some(new) = &frame.about {
            bar.set_style(style(&new.description));
            about = Some(new.description.clone());
            request.epoch = frame.epoch;
        }
        if stopping.is_some() && frame.state != RunState::Running {
            let _ = run.send(Command::Quit);
        }
        bar.set_position(frame.step);
        if let Some(description) = &about {
            bar.set_message(beside(&frame, description));
        }
        if run.wake().recv_timeout(LOOK) == Err(crossbeam_channel::RecvTimeoutError::Disconnected) {
            break;
        }
    }
    bar.finish_and_clear();
    stopping
}

fn style(description: &Description) -> ProgressStyle {
    let template = format!(
        "{{bar:30}} {{pos}}/{{len}} {}s  {{per_sec}}  {{eta}} left  {{msg}}",
        text::line(&description.unit).replace(['{', '}'], "")
    );
    ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

fn beside(frame: &Frame, description: &Description) -> String {
    let values = description.metrics.iter().zip(&frame.metrics);
    let shown = values.take(BESIDE_BAR).filter(|(_, value)| !value.is_nan());
    shown
        .map(|(spec, value)| format!("{} {}", text::line(&spec.label), short(*value)))
        .collect::<Vec<_>>()
        .join("  ")
}

fn table(out: &mut impl Write, report: &Report) -> io::Result<()> {
    let finished = &report.finished;
    let description = &finished.description;
    writeln!(out, "{}", named(&finished.preset))?;
    let wall = finished.wall.as_secs_f64();
    writeln!(
        out,
        "{} {}s in {} s, {} {}s a second; seed {}",
        finished.step,
        description.unit,
        short(wall),
        short(finished.step as f64 / wall),
        description.unit,
        finished.seed
    )?;
    for (name, values) in rows(finished) {
        writeln!(out, "  {name:20}  {values}")?;
    }
    if let Some(fault) = finished.fault() {
        writeln!(
            out,
            "fault at {} {}: {}",
            description.unit, finished.step, fault.what
        )?;
    }
    if let Some(words) = &finished.stopped_by {
        let place = format!("{} {}", description.unit, finished.step);
        writeln!(out, "stopped at {place} by {}", text::line(words))?;
    }
    writeln!(out, "digest {}", finished.digest)
}

/// The metrics that have a value: name and unit, values. Those of one kind for all layers share a
/// row.
fn rows(finished: &Finished) -> Vec<(String, String)> {
    let mut rows: Vec<(String, String)> = Vec::new();
    for (spec, value) in finished.description.metrics.iter().zip(&finished.metrics) {
        if value.is_nan() {
            continue;
        }
        let of_layer = spec
            .id
            .rsplit_once('_')
            .filter(|(_, layer)| layer.parse::<usize>().is_ok());
        let name = match of_layer {
            Some((stem, _)) => format!("{stem} 1.. {}", spec.unit),
            None => format!("{} {}", spec.id, spec.unit),
        };
        match rows.last_mut().filter(|(last, _)| *last == name) {
            Some((_, values)) => values.push_str(&format!("  {}", short(*value))),
            None => rows.push((name, short(*value))),
        }
    }
    rows
}

/// Least, mean and largest value of every metric that all runs have.
fn spread(out: &mut impl Write, reports: &[Report]) -> io::Result<()> {
    let Some(first) = reports.first() else {
        return Ok(());
    };
    writeln!(out, "over {} seeds: least, mean, largest", reports.len())?;
    for (i, spec) in first.finished.description.metrics.iter().enumerate() {
        let values = reports.iter().map(|report| report.finished.metrics[i]);
        let Some(Summary { least, mean, most }) = Summary::of(values) else {
            continue;
        };
        let [least, mean, most] = [least, mean, most].map(short);
        writeln!(out, "  {:20}  {least}  {mean}  {most}", spec.id)?;
    }
    Ok(())
}

/// A metric over several runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    pub least: f64,
    pub mean: f64,
    pub most: f64,
}

impl Summary {
    /// `None` where one of the values is missing.
    pub fn of(values: impl Iterator<Item = f64>) -> Option<Self> {
        let values: Vec<f64> = values.collect();
        let whole = !values.is_empty() && values.iter().all(|x| x.is_finite());
        whole.then(|| Self {
            least: values.iter().copied().fold(f64::INFINITY, f64::min),
            mean: values.iter().sum::<f64>() / values.len() as f64,
            most: values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        })
    }
}

/// `NAME` or `NAME:VARIANT`.
pub fn named(preset: &Preset) -> String {
    match &preset.variant {
        Some(variant) => format!("{}:{variant}", preset.name),
        None => preset.name.clone(),
    }
}
