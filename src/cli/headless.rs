//! A run without a screen: progress on standard error, then a short table or one JSON object.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::exit::{Failure, Outcome};
use super::process;
use super::signals::Signals;
use crate::data::text;
use crate::engine::{
    Command, Cursor, Engine, Finished, Frame, Options, Request, RunState, StepOf, Subscription,
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

/// Runs to the end and prints what came of it.
/// # Errors
/// When the experiment cannot start, ends in a fault, or is ended by a signal.
pub fn run(preset: Preset, options: Options, begun: Instant, output: Output) -> Outcome {
    let report = until_end(preset, options, begun)?;
    let mut out = io::stdout().lock();
    match output {
        Output::Table => table(&mut out, &report)?,
        Output::Json => super::json::write(&mut out, &report)?,
    }
    out.flush()?;
    match (report.signal, report.finished.fault()) {
        (Some(signal), _) => Err(Failure::Signal(
            u8::try_from(128 + signal).unwrap_or(u8::MAX),
        )),
        (None, Some(_)) => Err(Failure::Fault),
        (None, None) => Ok(()),
    }
}

fn until_end(preset: Preset, options: Options, begun: Instant) -> Result<Report, Failure> {
    let signals = Signals::catch()?;
    let length = options.steps.unwrap_or(preset.length);
    let options = Options {
        attended: false,
        ..options
    };
    let engine = Engine::start(preset, options)?;
    let (setup, cpu_before) = (begun.elapsed(), process::cpu_time());
    let signal = follow(engine.subscribe(), length, &signals);
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
fn follow(mut run: Subscription, length: u64, signals: &Signals) -> Option<i32> {
    let bar = ProgressBar::new(length);
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

/// `NAME` or `NAME:VARIANT`.
pub fn named(preset: &Preset) -> String {
    match &preset.variant {
        Some(variant) => format!("{}:{variant}", preset.name),
        None => preset.name.clone(),
    }
}
