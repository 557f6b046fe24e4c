//! A person at a run, without a screen.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hebbtop::engine::{
    Archive, Command, Engine, Finished, Frame, Options, Request, RunState, StepOf, Subscription,
};
use hebbtop::preset::Preset;
use hebbtop::record;

pub struct Session {
    engine: Engine,
    screen: Subscription,
}

pub fn archive() -> Archive {
    Arc::new(Mutex::new(|folder: &Path| {
        record::New::default()
            .create(folder)
            .map_err(|e| e.to_string())
    }))
}

impl Session {
    pub fn start(preset: Preset, record_in: Option<&Path>) -> Self {
        let options = Options {
            paused: true,
            archive: Some(archive()),
            record_in: record_in.map(Path::to_owned),
            ..Options::default()
        };
        Self::of(Engine::start(preset, options).unwrap())
    }

    pub fn resume(folder: &Path) -> Self {
        let kept = record::reopen(folder).unwrap();
        let options = Options {
            paused: true,
            recorder: Some(kept.recorder),
            archive: Some(archive()),
            ..Options::default()
        };
        Self::of(Engine::resume(kept.checkpoint.snapshot, kept.past, options).unwrap())
    }

    fn of(engine: Engine) -> Self {
        let screen = engine.subscribe();
        Self { engine, screen }
    }

    /// A frame that satisfies `done`.
    pub fn until(&mut self, done: impl Fn(&Frame) -> bool) -> Frame {
        let deadline = Instant::now() + Duration::from_secs(120);
        loop {
            self.screen.ask(Request::default()).unwrap();
            self.screen.wake().recv_deadline(deadline).expect("a frame");
            if let Some(frame) = self.screen.take()
                && done(&frame)
            {
                return frame;
            }
        }
    }

    /// Gives a command and waits for its answer.
    pub fn order(&mut self, command: Command) -> Result<String, String> {
        let id = self.screen.send(command).unwrap();
        let answer = |frame: &Frame| frame.replies.iter().find(|r| r.command == id).cloned();
        let frame = self.until(|frame| answer(frame).is_some());
        answer(&frame).unwrap().outcome
    }

    pub fn does(&mut self, command: Command) {
        self.order(command).unwrap();
    }

    /// So many quanta or units, to the pause after them.
    pub fn step(&mut self, of: StepOf, count: u64) -> Frame {
        self.does(Command::Step { of, count });
        self.until(|frame| frame.state != RunState::Running)
    }

    pub fn quanta(&mut self, count: u64) -> Frame {
        self.step(StepOf::Quantum, count)
    }

    pub fn end(mut self) -> Finished {
        self.screen.send(Command::Quit).unwrap();
        self.engine.join().unwrap()
    }
}
