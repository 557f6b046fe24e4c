//! Signals become events; the second request to end is not asked again.

use std::io;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crossbeam_channel::Sender;
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use super::event::{Signal, TermEvent};

/// A window that is being dragged changes its size many times a second.
const SETTLING: Duration = Duration::from_millis(20);

/// What the thread for signals cannot know by itself.
pub trait Surroundings: Send + 'static {
    /// Called before the screen is told to end: it must not be kept waiting by a terminal that does not
    /// read.
    fn before_asking(&self) {}

    /// Called before the process ends at once: gives the terminal back.
    fn before_end(&self) {}

    /// The event of a terminal that changed its size, if there is a terminal.
    fn resized(&self) -> Option<TermEvent> {
        None
    }
}

/// A program without a screen has nothing to give back.
impl Surroundings for () {}

/// The handle on the thread for signals, which lives as long as the process.
#[derive(Clone, Debug)]
pub struct SignalWatch {
    interrupted: Arc<AtomicBool>,
}

impl SignalWatch {
    /// From now on signals are sent to `events`. Where nobody listens any more they do what they do by
    /// default.
    pub fn start(events: Sender<TermEvent>, surroundings: impl Surroundings) -> io::Result<Self> {
        let signals = Signals::new([SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH])?;
        let interrupted = Arc::new(AtomicBool::new(false));
        let mut watch = Watch {
            events,
            surroundings,
            interrupted: Arc::clone(&interrupted),
            asked_to_end: Vec::new(),
        };
        thread::Builder::new()
            .name("signals".into())
            .spawn(move || watch.run(signals))?;
        Ok(Self { interrupted })
    }

    /// Somebody answered SIGINT with "go on": the next one asks again.
    pub fn carry_on(&self) {
        self.interrupted.store(false, Ordering::SeqCst);
    }
}

struct Watch<S> {
    events: Sender<TermEvent>,
    surroundings: S,
    interrupted: Arc<AtomicBool>,
    asked_to_end: Vec<Signal>,
}

impl<S: Surroundings> Watch<S> {
    fn run(&mut self, mut signals: Signals) {
        loop {
            let mut batch: Vec<_> = signals.wait().collect();
            if batch.contains(&SIGWINCH) {
                thread::sleep(SETTLING);
                batch.extend(signals.pending());
                batch.retain(|&signal| signal != SIGWINCH);
                if let Some(event) = self.surroundings.resized() {
                    let _ = self.events.send(event);
                }
            }
            for signal in batch {
                self.handle(signal);
            }
        }
    }

    fn handle(&mut self, signal: i32) {
        match signal {
            SIGINT if self.interrupted.swap(true, Ordering::SeqCst) => self.end(Signal::Interrupt),
            SIGINT => self.ask(Signal::Interrupt),
            SIGTERM => self.ask_once(Signal::Terminate),
            // A shell that goes sends it once more than the terminal does.
            SIGHUP => {
                self.surroundings.before_asking();
                self.ask(Signal::Hangup);
            }
            SIGQUIT => {
                self.surroundings.before_end();
                self.by_default(SIGQUIT);
            }
            SIGTSTP => self.stop(),
            SIGCONT => {
                let _ = self.events.send(TermEvent::Signal(Signal::Continue));
            }
            _ => {}
        }
    }

    fn stop(&self) {
        if self.events.send(TermEvent::Signal(Signal::Stop)).is_err() {
            self.by_default(SIGTSTP);
        }
    }

    fn ask(&self, signal: Signal) {
        if self.events.send(TermEvent::Signal(signal)).is_err() {
            self.end(signal);
        }
    }

    fn ask_once(&mut self, signal: Signal) {
        if self.asked_to_end.contains(&signal) {
            self.end(signal);
        }
        self.asked_to_end.push(signal);
        self.surroundings.before_asking();
        self.ask(signal);
    }

    fn end(&self, signal: Signal) {
        self.surroundings.before_end();
        process::exit(signal.exit_status().unwrap_or(1).into());
    }

    fn by_default(&self, signal: i32) {
        // It fails for signals that do not exist.
        let _ = emulate_default_handler(signal);
    }
}
