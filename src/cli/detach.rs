//! A run that goes on in a process of its own, without a terminal: started so, or handed over.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::num::NonZeroU64;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use crossbeam_channel::{Receiver, bounded, unbounded};
use serde::{Deserialize, Serialize};

use super::exit::{Failure, Outcome};
use super::headless::save_rule as save_rule_of;
use super::lane::{Called, Held, Running};
use super::recording::{Every, Keep, Recording, all_written, recorded};
use super::serve::{Served, let_go_of_terminal, until_ended};
use crate::data::directory;
use crate::engine::{Engine, Finished, Handover, Options};
use crate::record;
use crate::remote::place;
use crate::ui::term::{SignalWatch, TermEvent};

/// A run answers between two quanta.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the new process says once the run can be reached.
const READY: &str = "ready ";

/// How a run is kept and what becomes of it, as the command line said.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Wishes {
    pub images: Option<PathBuf>,
    pub spikes: bool,
    pub weights: bool,
    pub metrics_every: Option<NonZeroU64>,
    pub checkpoint_every: Option<Duration>,
    pub rewind_memory: u32,
    pub save_rule: Option<PathBuf>,
}

impl Wishes {
    pub fn new(
        recording: &Recording,
        every: Every,
        images: Option<&Path>,
        save_rule: Option<&Path>,
    ) -> Self {
        Self {
            images: images.map(Path::to_owned),
            spikes: recording.keep.contains(&Keep::Spikes),
            weights: recording.keep.contains(&Keep::Weights),
            metrics_every: recording.metrics_every,
            checkpoint_every: every.checkpoint_every,
            rewind_memory: every.rewind_memory,
            save_rule: save_rule.map(Path::to_owned),
        }
    }

    fn options(&self) -> Result<Options, Failure> {
        let images = self.images.as_deref().map(directory::read).transpose()?;
        let plain = Options {
            data: images.map(Arc::new),
            ..Options::default()
        };
        let keep = [(self.spikes, Keep::Spikes), (self.weights, Keep::Weights)];
        let recording = Recording {
            keep: keep
                .into_iter()
                .filter_map(|(on, keep)| on.then_some(keep))
                .collect(),
            metrics_every: self.metrics_every,
            ..Recording::default()
        };
        let every = Every {
            checkpoint_every: self.checkpoint_every,
            rewind_memory: self.rewind_memory,
        };
        Ok(recorded(plain, &recording, every, self.images.as_deref()))
    }
}

/// A run on its way to another process.
#[derive(Serialize, Deserialize)]
pub struct Parcel {
    called: Called,
    run: Handover,
    /// The folder of its recording.
    recording: Option<String>,
    wishes: Wishes,
}

/// Ends a run here and packs it up.
/// # Errors
/// When it has ended already, or its recording could not be written to the end.
pub fn pack(held: Held, wishes: &Wishes) -> Result<Parcel, Failure> {
    let (give, given) = bounded(1);
    let take = Box::new(move |run| drop(give.send(run)));
    let door = held.door();
    let ended = |_| Failure::Usage("the run has ended".to_owned());
    door.hand_over(take).map_err(ended)?;
    let called = Called {
        name: held.name().unwrap_or("run").to_owned(),
        ..held.called().clone()
    };
    let run = given
        .recv_timeout(PATIENCE)
        .map_err(|_| Failure::Io(format!("{} does not answer", called.name)))?;
    // Its socket and its recording are free when it has ended here.
    let finished = held.join();
    let recorded = finished.and_then(|finished| finished.recorded);
    all_written(recorded.as_ref())?;
    Ok(Parcel {
        called,
        run,
        recording: recorded.map(|recorded| recorded.name),
        wishes: wishes.clone(),
    })
}

/// Gives a run to a process of its own; gives the name under which it goes on there.
/// # Errors
/// When that process cannot take it; nothing of the parcel is left behind then.
pub fn hand_over(parcel: &Parcel) -> Result<String, Failure> {
    let file = write(parcel)?;
    let arguments = ["take-over".into(), file.clone().into_os_string()];
    let name = start(arguments);
    if name.is_err() {
        // It goes on here, and must not go on there too.
        let _ = fs::remove_file(&file);
    }
    name
}

/// Goes on in this process with what could not be handed over, until all of it has ended.
/// # Errors
/// See [`Failure`].
pub fn go_on_here(parcels: Vec<Parcel>, signals: &Receiver<TermEvent>) -> Outcome {
    let running = Running::default();
    let mut save_rule = None;
    for parcel in parcels {
        save_rule = save_rule.or_else(|| parcel.wishes.save_rule.clone());
        let called = parcel.called.clone();
        let held = running.hold(parcel.open()?, &called);
        if let Some(name) = held.name() {
            writeln!(
                io::stdout(),
                "{name} goes on in this process: `hebbtop attach {name}` elsewhere opens it, ctrl-C keeps its state and ends it"
            )?;
        }
        running.threads().others.push(held);
    }
    conclude(until_ended(&running, signals), save_rule.as_deref())
}

impl Parcel {
    /// Goes on with the run.
    fn open(self) -> Result<Engine, Failure> {
        let mut options = self.wishes.options()?;
        if let Some(folder) = &self.recording {
            options.recorder = Some(record::reopen(Path::new(folder))?.recorder);
        }
        Engine::take_over(self.run, options).map_err(|error| Failure::Usage(error.to_string()))
    }
}

fn write(parcel: &Parcel) -> Result<PathBuf, Failure> {
    let folder = place::cards()
        .or_else(|_| place::sockets())
        .map_err(Failure::Io)?;
    let file = folder.join(format!(
        ".parcel-{}-{}",
        parcel.called.name,
        std::process::id()
    ));
    let bytes = postcard::to_stdvec(parcel).map_err(|error| Failure::Io(error.to_string()))?;
    let mut options = File::options();
    options.write(true).create(true).truncate(true).mode(0o600);
    let written = options
        .open(&file)
        .and_then(|mut out| out.write_all(&bytes));
    if let Err(error) = written {
        let _ = fs::remove_file(&file);
        return Err(Failure::Io(format!("{}: {error}", file.display())));
    }
    Ok(file)
}

/// Starts this program anew, in a session of its own, and waits until its run can be reached.
/// # Errors
/// When it ends before that, with what it said.
pub fn start(arguments: impl IntoIterator<Item = OsString>) -> Result<String, Failure> {
    let mut child = Command::new(std::env::current_exe()?)
        .args(arguments)
        .arg("--own-session")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut first = String::new();
    if let Some(out) = child.stdout.take() {
        BufReader::new(out).read_line(&mut first)?;
    }
    if let Some(name) = first.strip_prefix(READY) {
        return Ok(name.trim_end().to_owned());
    }
    let mut said = String::new();
    if let Some(mut out) = child.stderr.take() {
        out.read_to_string(&mut said)?;
    }
    child.wait()?;
    let said = said.trim_end();
    Err(Failure::Usage(
        said.strip_prefix("hebbtop: ").unwrap_or(said).to_owned(),
    ))
}

#[derive(Args, Debug, Clone, Copy, Default)]
pub struct OwnSession {
    /// Of a process that `start` started
    #[arg(long, hide = true)]
    own_session: bool,
}

#[derive(Args, Debug)]
pub struct TakeOver {
    file: PathBuf,
    #[command(flatten)]
    own_session: OwnSession,
}

/// Goes on with a run that was handed over.
/// # Errors
/// See [`Failure`].
pub fn take_over(args: &TakeOver) -> Outcome {
    let bytes = fs::read(&args.file)?;
    let parcel: Parcel = postcard::from_bytes(&bytes)
        .map_err(|error| Failure::Usage(format!("{}: {error}", args.file.display())))?;
    drop(bytes);
    let remove = || drop(fs::remove_file(&args.file));
    let (called, wishes) = (parcel.called.clone(), parcel.wishes.clone());
    let engine = parcel.open()?;
    serve(engine, &called, &wishes, args.own_session, remove)
}

/// Runs an engine without a screen until it has ended. `reachable` is called when others can attach.
/// # Errors
/// When nobody could attach, or see [`Failure`].
pub fn serve(
    engine: Engine,
    called: &Called,
    wishes: &Wishes,
    own: OwnSession,
    reachable: impl FnOnce(),
) -> Outcome {
    let (events, signals) = unbounded();
    SignalWatch::start(events, ())?;
    let running = Running::default();
    let held = running.hold(engine, called);
    let Some(name) = held.name().map(str::to_owned) else {
        let _ = held.door().quit();
        held.join();
        return Err(Failure::Io(match place::sockets() {
            Err(why) => why,
            Ok(folder) => format!("{}: no socket can be made", folder.display()),
        }));
    };
    running.threads().told = Some(held);
    reachable();
    if own.own_session {
        // It fails for the first process of a session, which has one already.
        let _ = nix::unistd::setsid();
        writeln!(io::stdout(), "{READY}{name}")?;
        let_go_of_terminal()?;
    } else {
        writeln!(io::stdout(), "{name} can be reached: hebbtop attach {name}")?;
    }
    conclude(until_ended(&running, &signals), wishes.save_rule.as_deref())
}

/// What is left to do when all runs have ended.
/// # Errors
/// When not everything could be written, or a signal has ended them.
pub fn conclude(served: Served, save_rule: Option<&Path>) -> Outcome {
    let finished: &[Finished] = &served.finished;
    if let (Some(first), Some(file)) = (finished.first(), save_rule) {
        save_rule_of(first, file)?;
    }
    for finished in finished {
        all_written(finished.recorded.as_ref())?;
    }
    match served.signal.and_then(|signal| signal.exit_status()) {
        Some(status) => Err(Failure::Signal(status)),
        None => Ok(()),
    }
}
