//! The runs of this process: behind the screen, at their sockets, and the threads behind them.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crossbeam_channel::{Receiver, Sender};
use serde::{Deserialize, Serialize};

use super::serve::ending;
use crate::engine::{Command, CommandId, Door, Engine, Finished, Frame, Request, Subscription};
use crate::models;
use crate::preset::Preset;
use crate::remote::{Company, Published, Seat, Server, place};
use crate::ui::link::{Give, Gone, Link};

/// How a run is known to whoever looks for it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Called {
    /// Where it is taken, numbers are added.
    pub name: String,
    pub model: String,
    pub title: String,
}

impl Called {
    /// A run of this preset that was opened as `source`.
    pub fn of(source: &str, preset: &Preset) -> Self {
        let family = models::family(&preset.model);
        Self {
            name: name_of(source),
            model: family.map_or_else(String::new, |family| family.title.to_owned()),
            title: preset.title.clone(),
        }
    }

    fn as_lane(&self, lane: &str) -> Self {
        Self {
            name: format!("{}.{lane}", self.name),
            ..self.clone()
        }
    }
}

/// What a screen of the same process is called by those who watch from elsewhere.
const HERE: &str = "the terminal of the run";

/// A run, and the socket at which others reach it, where it could have one.
pub struct Held {
    called: Called,
    engine: Engine,
    published: Option<Published>,
}

impl Held {
    pub fn door(&self) -> Door {
        self.engine.door()
    }

    /// What the run is called by `attach`.
    pub fn name(&self) -> Option<&str> {
        self.published.as_ref().map(Published::name)
    }

    pub fn called(&self) -> &Called {
        &self.called
    }

    /// Waits until the run has ended, and tells those who watch.
    pub fn join(self) -> Option<Finished> {
        let finished = self.engine.join().ok()?;
        if let Some(published) = self.published {
            published.end(ending(&finished));
        }
        Some(finished)
    }

    fn seat(&self) -> Option<Seat> {
        Some(self.published.as_ref()?.seat(HERE))
    }
}

/// The run that is told about at the end, and those that only have to be waited for.
#[derive(Default)]
pub struct Threads {
    pub told: Option<Held>,
    pub others: Vec<Held>,
    /// Takes runs in place of `others`, once nobody is at the screen any more.
    pub waiting: Option<Sender<Held>>,
}

impl Threads {
    /// All runs; they are nobody's then.
    pub fn take(&mut self) -> Vec<Held> {
        let others = std::mem::take(&mut self.others);
        self.told.take().into_iter().chain(others).collect()
    }

    fn add(&mut self, held: Held) {
        match &self.waiting {
            // Gone only when the process is about to end.
            Some(waiting) => drop(waiting.send(held)),
            None => self.others.push(held),
        }
    }

    /// Whether a run can be reached without the screen.
    pub fn are_reachable(&self) -> bool {
        self.told.iter().any(|held| held.published.is_some())
    }
}

#[derive(Clone, Default)]
pub struct Running(Arc<Mutex<Threads>>);

impl Running {
    pub fn threads(&self) -> MutexGuard<'_, Threads> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a run reachable under a name like this one. One that cannot be says why in its log.
    pub fn hold(&self, engine: Engine, called: &Called) -> Held {
        let (running, main) = (self.clone(), called.clone());
        let adopt = move |engine: Engine, lane: &str| {
            let held = running.hold(engine, &main.as_lane(lane));
            let name = held.name().map(str::to_owned);
            running.threads().add(held);
            name.ok_or_else(|| "its socket could not be made".to_owned())
        };
        let server = Server {
            door: engine.door(),
            name: called.name.clone(),
            model: called.model.clone(),
            title: called.title.clone(),
            adopt: Arc::new(adopt),
        };
        let published = server.publish();
        if let Err(why) = &published {
            // A run that has ended already needs no words.
            let _ = engine
                .door()
                .say(format!("nobody can attach to this run: {why}"));
        }
        Held {
            called: called.clone(),
            engine,
            published: published.ok(),
        }
    }

    /// The main run; one before it ends when its screen lets go of it.
    pub fn show(&self, engine: Engine, called: Called) -> Box<dyn Link> {
        let held = self.hold(engine, &called);
        let shown = self.shown(&held, called);
        self.threads().told = Some(held);
        Box::new(shown)
    }

    /// A recording, which nobody has to wait for.
    pub fn watch(&self, subscription: Subscription) -> Box<dyn Link> {
        Box::new(Shown {
            subscription,
            held: None,
            seat: None,
            running: self.clone(),
            called: Called::default(),
        })
    }

    fn shown(&self, held: &Held, called: Called) -> Shown {
        Shown {
            subscription: held.engine.subscribe(),
            held: None,
            seat: held.seat(),
            running: self.clone(),
            called,
        }
    }

    fn beside(&self, engine: Engine, called: Called) -> Box<dyn Link> {
        let held = self.hold(engine, &called);
        let mut shown = self.shown(&held, called);
        shown.held = Some(held);
        Box::new(shown)
    }

    /// Has the state of every run written where it finds it again.
    pub fn keep_states(doors: &[(Door, Option<String>)]) {
        for (door, name) in doors {
            let folder = place::kept(name.as_deref().unwrap_or("run"));
            // One that has ended has been kept.
            let _ = door.keep_state(folder);
        }
    }
}

struct Shown {
    subscription: Subscription,
    /// None for the main run.
    held: Option<Held>,
    seat: Option<Seat>,
    running: Running,
    called: Called,
}

impl Link for Shown {
    fn send(&mut self, command: Command) -> Result<CommandId, Gone> {
        Ok(self.subscription.send(command)?)
    }

    fn ask(&mut self, request: Request) -> Result<bool, Gone> {
        Ok(self.subscription.ask(request)?)
    }

    fn take(&mut self) -> Option<Frame> {
        self.subscription.take()
    }

    fn wake(&self) -> &Receiver<()> {
        self.subscription.wake()
    }

    fn refusal(&self) -> Option<String> {
        self.seat.as_ref()?.refusal()
    }

    fn company(&self) -> Company {
        self.seat.as_ref().map(Seat::company).unwrap_or_default()
    }

    fn steer(&mut self) -> Result<(), Gone> {
        if let Some(seat) = &self.seat {
            seat.steer();
        }
        Ok(())
    }

    fn fork(&mut self, name: String, give: Give) -> Result<(), Gone> {
        let running = self.running.clone();
        let called = self.called.as_lane(&name);
        let give = move |engine: Result<Engine, String>| {
            give(engine.map(|engine| running.beside(engine, called)));
        };
        Ok(self.subscription.fork(name, Box::new(give))?)
    }

    fn promote(&mut self) {
        if let Some(held) = self.held.take() {
            let mut threads = self.running.threads();
            let before = threads.told.replace(held);
            threads.others.extend(before);
        }
    }
}

/// A lane that is let go may still be writing its recording.
impl Drop for Shown {
    fn drop(&mut self) {
        if let Some(held) = self.held.take() {
            self.running.threads().add(held);
        }
    }
}

/// What a file or preset gives a run as its name.
fn name_of(source: &str) -> String {
    let file = Path::new(source);
    let stem = match file.extension() {
        Some(extension) if extension == "toml" => file.file_stem(),
        _ => None,
    };
    let stem = stem.map(|stem| stem.to_string_lossy().into_owned());
    stem.unwrap_or_else(|| source.to_owned()).replace(':', ".")
}
