//! The screen: how it is to look, what it can open, and how the program ends after it.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ValueEnum;
use crossbeam_channel::Receiver;

use super::config::Settings;
use super::detach::{Wishes, conclude, go_on_here, hand_over, pack};
use super::exit::{Failure, Outcome, complain};
use super::farewell;
use super::headless::{is_new, named, save_rule as save_rule_of};
use super::lane::{Called, Held, Running};
use super::look::Look;
use super::recording::{Every, Recording, all_written, recorded};
use super::serve::{let_go_of_terminal, until_ended};
use crate::data::{Dataset, directory};
use crate::engine::{Engine, Options, Pace};
use crate::models;
use crate::preset::{DataChoice, Document, Preset, catalogue};
use crate::record::Kept;
use crate::replay;
use crate::ui::link::Link;
use crate::ui::state::start::PresetEntry;
use crate::ui::term::{Signal, TermEvent};
use crate::ui::theme::Environment;
use crate::ui::{self, Begin, Ended};

/// What becomes of a run whose terminal has gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Hangup {
    /// It goes on, and `hebbtop attach` comes back to it
    #[default]
    Keep,
    /// It ends; a recording gets its last checkpoint
    End,
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
    /// As it was asked for on the command line.
    pub hangup: Option<Hangup>,
    /// Whether a newcomer is shown around.
    pub tour: bool,
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
    pub fn of_recording(
        kept: Kept,
        every: Every,
        hangup: Option<Hangup>,
        save_rule: Option<PathBuf>,
    ) -> Self {
        Self {
            source: named(&kept.checkpoint.snapshot.preset),
            begins: Begins::Recorded(Box::new(kept)),
            every,
            hangup,
            tour: false,
            save_rule,
        }
    }
}

/// Shows the screen, on `first` or on the list of presets, until it is left.
/// # Errors
/// When an experiment cannot be opened, or a signal ends the program.
pub fn show(first: Option<First>, data: Option<PathBuf>, look: &Look) -> Outcome {
    let settings = Settings::read()?;
    let look = look.with(&settings)?;
    let save_rule = first.as_ref().and_then(|first| first.save_rule.clone());
    let hangup = first
        .as_ref()
        .and_then(|first| first.hangup)
        .or(settings.hangup)
        .unwrap_or_default();
    let wishes = wishes_of(first.as_ref(), data.as_deref());
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
        tour: first.as_ref().is_some_and(|first| first.tour),
        ..look.options(Box::new(entries))
    };
    let running = Running::default();
    let open = Opening {
        first,
        folder: data.clone(),
        images: None,
        running: running.clone(),
    };
    let outcome = ui::run(begin, options, Box::new(open.into_opener()))?;
    let is_over = matches!(outcome.ended, Ended::Hangup | Ended::Signal(Signal::Hangup));
    if is_over && hangup == Hangup::Keep && running.threads().are_reachable() {
        return go_on(&running, &outcome.events, save_rule.as_deref());
    }
    if outcome.ended == Ended::Detached {
        return detach(&running, &outcome.events, &wishes);
    }
    let (told, others) = {
        let mut threads = running.threads();
        (threads.told.take(), std::mem::take(&mut threads.others))
    };
    for held in told.iter().chain(&others) {
        // Most have heard it from the screen; not one that came when that had been left.
        let _ = held.door().quit();
    }
    // A recording is written to its end whoever has gone.
    let finished = told.and_then(Held::join);
    let others: Vec<_> = others.into_iter().filter_map(Held::join).collect();
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

/// The terminal has gone: every run goes on without one, and its state is written in any case.
fn go_on(running: &Running, events: &Receiver<TermEvent>, save_rule: Option<&Path>) -> Outcome {
    let_go_of_terminal()?;
    let doors: Vec<_> = {
        let threads = running.threads();
        let all = threads.told.iter().chain(&threads.others);
        all.map(|held| (held.door(), held.name().map(str::to_owned)))
            .collect()
    };
    for (door, name) in &doors {
        let name = name.as_deref().unwrap_or_default();
        // One that has ended says nothing any more.
        let _ = door.say(format!(
            "the terminal has gone; `hebbtop attach {name}` comes back"
        ));
    }
    Running::keep_states(&doors);
    conclude(until_ended(running, events), save_rule)
}

/// Gives every run to a process of its own; what cannot be given goes on here.
fn detach(running: &Running, events: &Receiver<TermEvent>, wishes: &Wishes) -> Outcome {
    let all = running.threads().take();
    let mut left = Vec::new();
    for held in all {
        let parcel = pack(held, wishes)?;
        match hand_over(&parcel) {
            Ok(name) => writeln!(
                io::stdout(),
                "{name} goes on: `hebbtop attach {name}` comes back, `hebbtop stop {name}` ends it"
            )?,
            Err(Failure::Usage(why) | Failure::Io(why)) => {
                complain(&why);
                left.push(parcel);
            }
            Err(_) => left.push(parcel),
        }
    }
    if left.is_empty() {
        return Ok(());
    }
    go_on_here(left, events)
}

/// Shows a run of another process until the screen is left.
/// # Errors
/// When it has gone, or a signal ends the program.
pub fn attach(name: String, link: impl Link + 'static, look: &Look) -> Outcome {
    let look = look.screen()?;
    let options = look.options(Box::new(Vec::new));
    let mut link = Some(link);
    let opener = move |_: &str| -> Result<Box<dyn Link>, String> {
        let link = link.take().ok_or("it is open already")?;
        Ok(Box::new(link))
    };
    let outcome = ui::run(Begin::Open(name), options, Box::new(opener))?;
    ended(outcome.ended, || Ok(()))
}

/// Shows a recording until the screen is left.
/// # Errors
/// When a signal ends the program.
pub fn replay(source: String, recording: replay::Recording, look: &Look) -> Outcome {
    let look = look.screen()?;
    let options = look.options(Box::new(Vec::new));
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
        Ended::Asked | Ended::Detached => asked(),
        Ended::Signal(signal) => Err(Failure::Signal(signal.exit_status().unwrap_or(1))),
        Ended::Hangup => Err(Failure::Signal(129)),
        Ended::Refused(why) => Err(Failure::Usage(why)),
        // The message was printed when the terminal was given back.
        Ended::Panic(_) => Err(Failure::Panic),
    }
}

/// How runs are kept that go on without this process.
fn wishes_of(first: Option<&First>, images: Option<&Path>) -> Wishes {
    let plain = Recording::default();
    let recording = match first.map(|first| &first.begins) {
        Some(Begins::New(_, recording)) => recording,
        _ => &plain,
    };
    let every = first.map_or_else(Every::default, |first| first.every);
    let save_rule = first.and_then(|first| first.save_rule.as_deref());
    Wishes::new(recording, every, images, save_rule)
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
        let called;
        let engine = match self.first.take() {
            Some(First {
                begins: Begins::Recorded(kept),
                every,
                ..
            }) => {
                let snapshot = kept.checkpoint.snapshot;
                called = Called::of(source, &snapshot.preset);
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
                called = Called::of(source, &preset);
                Engine::start(*preset, options)
            }
            _ => {
                let preset = catalogue::resolve(source).map_err(|error| error.to_string())?;
                let options = options(&preset, &Recording::default(), Every::default());
                called = Called::of(source, &preset);
                Engine::start(preset, options)
            }
        };
        let engine = engine.map_err(|error| error.to_string())?;
        Ok(self.running.show(engine, called))
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
