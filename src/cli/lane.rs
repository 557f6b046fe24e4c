//! A run on the screen, and the threads behind all that are shown or were.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crossbeam_channel::Receiver;

use crate::engine::{Command, CommandId, Engine, Frame, Request, Subscription};
use crate::ui::link::{Give, Gone, Link};

/// The run that is told about at the end, and those that only have to be waited for.
#[derive(Default)]
pub struct Threads {
    pub told: Option<Engine>,
    pub others: Vec<Engine>,
}

#[derive(Clone, Default)]
pub struct Running(Arc<Mutex<Threads>>);

impl Running {
    pub fn threads(&self) -> MutexGuard<'_, Threads> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The main run; one before it ends when its screen lets go of it.
    pub fn show(&self, engine: Engine) -> Box<dyn Link> {
        let subscription = engine.subscribe();
        self.threads().told = Some(engine);
        Box::new(Shown {
            subscription,
            engine: None,
            running: self.clone(),
        })
    }

    /// A recording, which nobody has to wait for.
    pub fn watch(&self, subscription: Subscription) -> Box<dyn Link> {
        Box::new(Shown {
            subscription,
            engine: None,
            running: self.clone(),
        })
    }

    fn beside(&self, engine: Engine) -> Box<dyn Link> {
        Box::new(Shown {
            subscription: engine.subscribe(),
            engine: Some(engine),
            running: self.clone(),
        })
    }
}

struct Shown {
    subscription: Subscription,
    /// None for the main run.
    engine: Option<Engine>,
    running: Running,
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

    fn fork(&mut self, name: String, give: Give) -> Result<(), Gone> {
        let running = self.running.clone();
        let give = move |engine: Result<Engine, String>| {
            give(engine.map(|engine| running.beside(engine)));
        };
        Ok(self.subscription.fork(name, Box::new(give))?)
    }

    fn promote(&mut self) {
        if let Some(engine) = self.engine.take() {
            let mut threads = self.running.threads();
            let before = threads.told.replace(engine);
            threads.others.extend(before);
        }
    }
}

/// A lane that is let go may still be writing its recording.
impl Drop for Shown {
    fn drop(&mut self) {
        self.running.threads().others.extend(self.engine.take());
    }
}
