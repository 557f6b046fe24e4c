//! Runs on the screen, and the lines that stay on the terminal afterwards.

use std::io::{self, IsTerminal, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use clap::{Args, ValueEnum};
use crossbeam_channel::bounded;

use super::exit::{Failure, Outcome};
use super::headless::{named, short};
use crate::data::{Dataset, text};
use crate::engine::{Engine, Options, Pace, RunState};
use crate::models::family;
use crate::models::param::display;
use crate::models::table::Value;
use crate::preset::{Action, DataChoice, Preset, catalogue};
use crate::ui::link::Link;
use crate::ui::state::start::PresetEntry;
use crate::ui::term::Signal;
use crate::ui::theme::{ColorChoice, Environment, Glyphs, Theme};
use crate::ui::{self, Begin, Ended, Last};

/// Metrics in the last lines.
const TOLD: usize = 5;

/// How long the last lines wait for a terminal that does not read.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Args, Clone, Debug, Default)]
pub struct Look {
    /// Colours to use; auto asks the environment
    #[arg(long, value_enum, value_name = "DEPTH", default_value_t, global = true)]
    color: Color,
    /// Draw with ASCII characters only
    #[arg(long, global = true)]
    ascii: bool,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Color {
    #[default]
    Auto,
    #[value(name = "24bit")]
    TrueColor,
    #[value(name = "256")]
    Indexed256,
    #[value(name = "16")]
    Ansi16,
    None,
}

impl Look {
    fn theme(&self) -> Theme {
        let choice = match self.color {
            Color::Auto => ColorChoice::Auto,
            Color::TrueColor => ColorChoice::TrueColor,
            Color::Indexed256 => ColorChoice::Indexed256,
            Color::Ansi16 => ColorChoice::Ansi16,
            Color::None => ColorChoice::None,
        };
        let mut theme = Environment::of_process().theme(choice);
        if self.ascii {
            theme.glyphs = Glyphs::Ascii;
        }
        theme
    }
}

/// Whether a screen can be drawn and answered.
pub fn is_possible() -> bool {
    io::stdout().is_terminal()
        && io::stdin().is_terminal()
        && Environment::of_process().has_cursor()
}

/// The start screen.
/// # Errors
/// See [`Failure`].
pub fn choose(look: &Look) -> Outcome {
    show(look, Begin::Choose, None, Options::default())
}

/// The run of `preset`, which was asked for as `source`.
/// # Errors
/// See [`Failure`].
pub fn run(look: &Look, source: &str, preset: Preset, options: Options) -> Outcome {
    show(look, Begin::Open(source.to_owned()), Some(preset), options)
}

fn show(look: &Look, begin: Begin, first: Option<Preset>, options: Options) -> Outcome {
    let engine = Arc::new(Mutex::new(None));
    let presets = entries(options.data.as_ref());
    let opener = opener(first, options, Arc::clone(&engine));
    let options = ui::Options {
        theme: look.theme(),
        ask_background: true,
        presets,
    };
    let outcome = ui::run(begin, options, opener)?;
    let unwatched = !matches!(outcome.ended, Ended::Hangup | Ended::Signal(Signal::Hangup));
    if let Some(run) = outcome.run.filter(|_| unwatched) {
        tell(&run)?;
    }
    match outcome.ended {
        Ended::Asked => Ok(()),
        Ended::Signal(Signal::Interrupt) => Err(Failure::Signal(2)),
        Ended::Signal(Signal::Terminate) => Err(Failure::Signal(15)),
        Ended::Signal(_) | Ended::Hangup => Err(Failure::Signal(1)),
        Ended::Refused(why) => Err(Failure::Usage(why)),
        // The message was printed when the terminal was given back.
        Ended::Panic(_) => Err(Failure::Panic),
    }
}

/// Starts the first run as the command line describes it, later ones by their name alone.
fn opener(
    mut first: Option<Preset>,
    options: Options,
    engine: Arc<Mutex<Option<Engine>>>,
) -> Box<dyn FnMut(&str) -> Result<Box<dyn Link>, String> + Send> {
    Box::new(move |source| {
        let steps = if first.is_some() { options.steps } else { None };
        let preset = match first.take() {
            Some(preset) => preset,
            None => catalogue::resolve(source).map_err(|error| error.to_string())?,
        };
        let pace = preset.pace.map_or(Pace::FlatOut, Pace::Units);
        let data = options.data.clone();
        let options = Options {
            steps,
            pace,
            data,
            ..Options::default()
        };
        let started = Engine::start(preset, options).map_err(|error| error.to_string())?;
        let subscription = started.subscribe();
        *engine.lock().unwrap_or_else(PoisonError::into_inner) = Some(started);
        Ok(Box::new(subscription) as Box<dyn Link>)
    })
}

fn entries(data: Option<&Arc<Dataset>>) -> Vec<PresetEntry> {
    let entry = |preset: Preset| PresetEntry {
        family: family(&preset.model)
            .map_or("", |family| family.title)
            .to_owned(),
        needs_data: match (&preset.data, data) {
            (DataChoice::External(what), None) => Some(what.clone()),
            _ => None,
        },
        name: preset.name,
        title: preset.title,
        about: preset.about,
        variants: preset.variants,
    };
    let whole = catalogue::list()
        .iter()
        .filter_map(|document| document.resolve(None).ok());
    whole.map(entry).collect()
}

/// Writes the last lines, for which a terminal that does not read gets only so much time.
fn tell(run: &Last) -> io::Result<()> {
    let Some(lines) = last_lines(run) else {
        return Ok(());
    };
    let (told, heard) = bounded(1);
    thread::spawn(move || {
        let mut out = io::stdout().lock();
        let written = out.write_all(lines.as_bytes()).and_then(|()| out.flush());
        // Nobody waits any longer when that took too long.
        let _ = told.send(written);
    });
    heard.recv_timeout(PATIENCE).unwrap_or(Ok(()))
}

/// Five lines: what ran, how far, where it stood, what is saved, how to repeat it.
fn last_lines(run: &Last) -> Option<String> {
    let (about, frame) = (run.about.as_ref()?, run.frame.as_ref()?);
    let description = &about.description;
    let state = match &frame.state {
        RunState::Running => "was running".to_owned(),
        RunState::Paused => "was paused".to_owned(),
        RunState::Done => "done".to_owned(),
        RunState::Faulted(fault) => format!("fault: {}", fault.what),
    };
    let metrics: Vec<String> = description
        .metrics
        .iter()
        .zip(&frame.metrics)
        .filter(|(_, value)| value.is_finite())
        .take(TOLD)
        .map(|(spec, value)| format!("{} {}", spec.id, short(*value)))
        .collect();
    let metrics = if metrics.is_empty() {
        "nothing measured yet".into()
    } else {
        metrics.join("  ")
    };
    let kept = match (&run.saved, run.unsaved) {
        (Some(path), false) => format!("parameters saved as {path}"),
        (Some(path), true) => format!("parameters saved as {path}, changed since"),
        (None, true) => "changed parameters were not saved (:save FILE keeps them)".into(),
        (None, false) => "nothing saved; the preset is unchanged".into(),
    };
    let mut again = format!(
        "hebbtop run {} --seed {}",
        quoted(&named(&about.preset)),
        about.seed
    );
    for (spec, value) in description.params.iter().zip(&frame.values) {
        let given = about.preset.values.given(&spec.id).unwrap_or(&spec.default);
        let scheduled = scheduled(&about.preset, &spec.id, frame.step);
        if given != value && scheduled != Some(value) {
            let set = format!("{}={}", spec.id, display(value));
            again += &format!(" --set {}", quoted(&set));
        }
    }
    let what = format!("{}: {}", named(&about.preset), about.preset.title);
    let (unit, length, state) = (&description.unit, about.preset.length, text::line(&state));
    let how_far = format!("{} {unit}s of {length}, {state}", frame.step);
    let again = format!("again: {again}");
    Some(
        [what, how_far, metrics, kept, again]
            .map(|line| line + "\n")
            .concat(),
    )
}

/// The value that the preset itself gives a parameter on the way to `step`.
fn scheduled<'a>(preset: &'a Preset, id: &str, step: u64) -> Option<&'a Value> {
    let due = preset.schedule.iter().filter(|at| at.step <= step);
    due.flat_map(|at| &at.actions)
        .filter_map(|action| match action {
            Action::Set { id: set, value } if set == id => Some(value),
            _ => None,
        })
        .last()
}

/// As a shell takes it for one word.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,+".contains(c);
    if word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}
