//! The screen: how it is to look, what it can open, and how the program ends after it.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::exit::{Failure, Outcome};
use super::farewell;
use super::headless::{is_new, named, save_rule as save_rule_of};
use super::lane::{Running, Threads};
use super::recording::{Every, Recording, all_written, recorded};
use crate::data::{Dataset, directory};
use crate::engine::{Engine, Options, Pace};
use crate::models;
use crate::preset::{DataChoice, Document, Preset, catalogue};
use crate::record::Kept;
use crate::replay;
use crate::ui::link::Link;
use crate::ui::state::start::PresetEntry;
use crate::ui::term::Signal;
use crate::ui::theme::{ColorChoice, Depth, Environment, Glyphs, Theme};
use crate::ui::{self, Begin, Ended};

#[derive(Args, Debug)]
pub struct Look {
    /// Colours of the screen
    #[arg(long, value_name = "COLOURS", value_enum, default_value_t)]
    color: ColorChoice,
    /// Draw the screen with ASCII characters only
    #[arg(long)]
    ascii: bool,
}

/// Whether there is a terminal on both sides that can move its cursor.
pub fn is_possible() -> bool {
    let terminal = io::stdout().is_terminal() && io::stdin().is_terminal();
    terminal && Environment::of_process().has_cursor()
}

/// An experiment as `hebbtop run` or `hebbtop resume` was asked for it.
pub struct First {
    pub source: String,
    pub begins: Begins,
    pub every: Every,
    /// Where the learnt rule goes when the screen is left.
    pub save_rule: Option<PathBuf>,
}

/// Where a run begins.
pub enum Begins {
    New(Box<Preset>, Recording),
    Recorded(Box<Kept>),
}

impl First {
    /// A recorded run that goes on.
    pub fn of_recording(kept: Kept, every: Every, save_rule: Option<PathBuf>) -> Self {
        Self {
            source: named(&kept.checkpoint.snapshot.preset),
            begins: Begins::Recorded(Box::new(kept)),
            every,
            save_rule,
        }
    }
}

/// Shows the screen, on `first` or on the list of presets, until it is left.
/// # Errors
/// When an experiment cannot be opened, or a signal ends the program.
pub fn show(first: Option<First>, data: Option<PathBuf>, look: &Look) -> Outcome {
    let theme = look.theme();
    let save_rule = first.as_ref().and_then(|first| first.save_rule.clone());
    if let Some(file) = &save_rule {
        is_new(file)?;
    }
    let begin = match &first {
        Some(first) => Begin::Open(first.source.clone()),
        None => Begin::Choose,
    };
    let has_data = data.is_some();
    let entries = move || {
        let documents = catalogue::list().iter();
        documents
            .map(|document| entry(document, has_data))
            .collect()
    };
    let options = ui::Options {
        theme,
        ask_background: theme.depth != Depth::None,
        presets: Box::new(entries),
    };
    let running = Running::default();
    let open = Opening {
        first,
        folder: data.clone(),
        images: None,
        running: running.clone(),
    };
    let outcome = ui::run(begin, options, Box::new(open.into_opener()))?;
    let Threads { told, others } = std::mem::take(&mut *running.threads());
    let is_over = matches!(outcome.ended, Ended::Hangup | Ended::Signal(Signal::Hangup));
    // A recording is written to its end whoever has gone.
    let finished = told.and_then(|engine| engine.join().ok());
    let others: Vec<_> = others
        .into_iter()
        .filter_map(|engine| engine.join().ok())
        .collect();
    if let (Some(finished), Some(last), false) = (&finished, &outcome.run, is_over) {
        farewell::say(finished, last, data.as_deref())?;
    }
    if let (Some(finished), Some(file)) = (&finished, &save_rule) {
        save_rule_of(finished, file)?;
    }
    let all = finished.iter().chain(&others);
    let recorded = all
        .filter_map(|finished| finished.recorded.as_ref())
        .max_by_key(|recorded| recorded.failure.is_some());
    ended(outcome.ended, || all_written(recorded))
}

/// Shows a recording until the screen is left.
/// # Errors
/// When a signal ends the program.
pub fn replay(source: String, recording: replay::Recording, look: &Look) -> Outcome {
    let theme = look.theme();
    let options = ui::Options {
        theme,
        ask_background: theme.depth != Depth::None,
        presets: Box::new(Vec::new),
    };
    let mut recording = Some(recording);
    let opener = move |_: &str| -> Result<Box<dyn Link>, String> {
        let recording = recording.take().ok_or("it is open already")?;
        let played = recording.play().map_err(|error| error.to_string())?;
        Ok(Running::default().watch(played))
    };
    let outcome = ui::run(Begin::Open(source), options, Box::new(opener))?;
    ended(outcome.ended, || Ok(()))
}

/// The exit status; `asked` is that of somebody who left as one leaves.
fn ended(ended: Ended, asked: impl FnOnce() -> Outcome) -> Outcome {
    match ended {
        Ended::Asked => asked(),
        Ended::Signal(signal) => Err(Failure::Signal(signal.exit_status().unwrap_or(1))),
        Ended::Hangup => Err(Failure::Signal(129)),
        Ended::Refused(why) => Err(Failure::Usage(why)),
        // The message was printed when the terminal was given back.
        Ended::Panic(_) => Err(Failure::Panic),
    }
}

impl Look {
    pub fn theme(&self) -> Theme {
        let theme = Environment::of_process().theme(self.color);
        let glyphs = if self.ascii {
            Glyphs::Ascii
        } else {
            theme.glyphs
        };
        Theme { glyphs, ..theme }
    }
}

fn entry(document: &Document, has_data: bool) -> PresetEntry {
    let family = models::family(document.model());
    let needs_data = match document.data() {
        Some(DataChoice::External(what)) if !has_data => Some(what.clone()),
        _ => None,
    };
    PresetEntry {
        name: document.name().to_owned(),
        family: family.map_or_else(String::new, |family| family.title.to_owned()),
        title: document.title().to_owned(),
        about: document.about().to_owned(),
        variants: document.variants().map(str::to_owned).collect(),
        needs_data,
    }
}

/// Opens runs for the screen.
struct Opening {
    first: Option<First>,
    folder: Option<PathBuf>,
    /// What the folder holds, once it has been read.
    images: Option<Arc<Dataset>>,
    running: Running,
}

impl Opening {
    fn into_opener(mut self) -> impl FnMut(&str) -> Result<Box<dyn Link>, String> + Send {
        move |source| self.open(source)
    }

    fn open(&mut self, source: &str) -> Result<Box<dyn Link>, String> {
        let images = self.images()?;
        let folder = self.folder.as_deref();
        let options = |preset: &Preset, recording: &Recording, every: Every| {
            let plain = Options {
                pace: preset.pace.map_or(Pace::FlatOut, Pace::Units),
                data: images,
                ..Options::default()
            };
            recorded(plain, recording, every, folder)
        };
        let engine = match self.first.take() {
            Some(First {
                begins: Begins::Recorded(kept),
                every,
                ..
            }) => {
                let snapshot = kept.checkpoint.snapshot;
                let options = Options {
                    recorder: Some(kept.recorder),
                    ..options(&snapshot.preset, &Recording::default(), every)
                };
                Engine::resume(snapshot, kept.past, options)
            }
            Some(First {
                source: asked,
                begins: Begins::New(preset, recording),
                every,
                ..
            }) if asked == source => {
                let options = options(&preset, &recording, every);
                Engine::start(*preset, options)
            }
            _ => {
                let preset = catalogue::resolve(source).map_err(|error| error.to_string())?;
                let options = options(&preset, &Recording::default(), Every::default());
                Engine::start(preset, options)
            }
        };
        let engine = engine.map_err(|error| error.to_string())?;
        Ok(self.running.show(engine))
    }

    fn images(&mut self) -> Result<Option<Arc<Dataset>>, String> {
        if let (None, Some(folder)) = (&self.images, &self.folder) {
            self.images = Some(read(folder)?);
        }
        Ok(self.images.clone())
    }
}

fn read(folder: &Path) -> Result<Arc<Dataset>, String> {
    directory::read(folder)
        .map(Arc::new)
        .map_err(|error| error.to_string())
}
