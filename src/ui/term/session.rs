//! The time in which the terminal is ours: it is given back as it was, however that time ends.

use std::io::{self, Write};
use std::os::unix::net::UnixStream;
use std::panic;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, ThreadId};

use crossbeam_channel::{Receiver, Sender, unbounded};
use nix::sys::signal::{self, kill};
use nix::unistd::Pid;
use ratatui::layout::Size;

use super::event::TermEvent;
use super::job;
use super::modes::{Modes, TtyWriter};
use super::reader::Reader;
use super::signals::{SignalWatch, Surroundings};
use super::tty::Tty;

/// The terminal in the modes of a full-screen program. Dropping it restores the terminal.
///
/// The thread that starts a session is the screen's: when it panics the terminal is restored before the
/// message is printed. A panic of another thread becomes a [`TermEvent::Panic`], and its message is
/// printed when the session ends.
pub struct Session {
    modes: Arc<Modes>,
    events: Receiver<TermEvent>,
    signals: SignalWatch,
    last_words: Arc<Mutex<Vec<String>>>,
}

impl Session {
    /// Enters the modes.
    ///
    /// # Errors
    /// There is no terminal, or it cannot be opened.
    pub fn start() -> io::Result<Self> {
        let tty = Tty::open()?;
        let (bell, rung) = UnixStream::pair()?;
        bell.set_nonblocking(true)?;
        let modes = Arc::new(Modes::new(tty, bell));
        // Unbounded, because signals must never wait; the reader limits itself.
        let (sender, events) = unbounded();
        let last_words = Arc::new(Mutex::new(Vec::new()));
        let hook = PanicHook {
            modes: Arc::clone(&modes),
            events: sender.clone(),
            last_words: Arc::clone(&last_words),
            screen: thread::current().id(),
        };
        hook.install();
        let signals = SignalWatch::start(sender.clone(), Terminal(Arc::clone(&modes)))?;
        let session = Self {
            modes,
            events,
            signals,
            last_words,
        };
        session.modes.enter()?;
        Reader::spawn(Arc::clone(&session.modes), rung, sender)?;
        Ok(session)
    }

    /// Everything that happens to the terminal and to the process.
    pub fn events(&self) -> &Receiver<TermEvent> {
        &self.events
    }

    /// Where frames go. What is written while the terminal is the shell's is dropped.
    pub fn writer(&self) -> TtyWriter {
        TtyWriter::new(Arc::clone(&self.modes))
    }

    /// The present size; both sides are zero where the terminal does not know.
    pub fn size(&self) -> Size {
        self.modes.tty().size().unwrap_or(Size::ZERO)
    }

    /// Reports of the mouse's buttons and wheel. They take the terminal's own selection away.
    pub fn set_mouse(&self, on: bool) -> io::Result<()> {
        self.modes.set_mouse(on)
    }

    /// Asks for the colour of the background. The answer is a [`TermEvent::Background`], if it comes.
    pub fn ask_background(&self) -> io::Result<()> {
        self.modes.ask_background()
    }

    /// Asks for a sign of life, to see how long it takes. The answer is a [`TermEvent::Alive`], if it
    /// comes.
    pub fn ask_alive(&self) -> io::Result<()> {
        self.modes.ask_alive()
    }

    /// A signal was answered with "go on": the next SIGINT asks again instead of ending the process, and
    /// frames wait for the terminal again. What has been drawn since the signal may be lost.
    pub fn carry_on(&self) {
        self.signals.carry_on();
        self.modes.take_time();
    }

    /// Gives the terminal to the shell and stops the process group, as Ctrl-Z does. Returns when the
    /// process goes on; the terminal comes back with [`resume`](Self::resume), which the event
    /// [`Signal::Continue`](super::Signal::Continue) asks for. Returns false, and does nothing, where no
    /// shell could wake the process.
    pub fn suspend(&self) -> io::Result<bool> {
        if !job::has_shell() {
            return Ok(false);
        }
        self.modes.leave();
        kill(Pid::from_raw(0), signal::Signal::SIGSTOP)?;
        Ok(true)
    }

    /// Enters the modes again after a stop and tells the present size: the screen is to be drawn anew.
    /// Nothing in the background (`bg`): the process runs on without a screen until `fg`.
    pub fn resume(&self) -> io::Result<Option<Size>> {
        if !self.modes.tty().is_foreground() {
            return Ok(None);
        }
        self.modes.enter()?;
        Ok(Some(self.size()))
    }

    /// Whether the screen can be seen: not while another job has the terminal.
    pub fn is_entered(&self) -> bool {
        self.modes.is_entered()
    }

    /// Whether the terminal is gone. Nothing may be written then, neither to it nor to standard error,
    /// which most likely is the same.
    pub fn is_gone(&self) -> bool {
        self.modes.is_gone()
    }

    /// Gives the terminal back as it was. May be called any number of times.
    pub fn restore(&self) {
        self.modes.close();
        self.modes.leave();
        let words = std::mem::take(
            &mut *self
                .last_words
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        );
        if !self.is_gone() {
            for message in words {
                let _ = writeln!(io::stderr(), "{message}");
            }
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.restore();
    }
}

/// What signals have to do with the terminal.
struct Terminal(Arc<Modes>);

impl Surroundings for Terminal {
    fn before_asking(&self) {
        self.0.hurry();
    }

    fn before_end(&self) {
        self.0.leave();
    }

    fn resized(&self) -> Option<TermEvent> {
        self.0.tty().size().ok().map(TermEvent::Resize)
    }
}

struct PanicHook {
    modes: Arc<Modes>,
    events: Sender<TermEvent>,
    last_words: Arc<Mutex<Vec<String>>>,
    screen: ThreadId,
}

impl PanicHook {
    fn install(self) {
        let print = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            let thread = thread::current();
            if self.modes.is_closed() {
                if !self.modes.is_gone() {
                    print(panic);
                }
            } else if thread.id() == self.screen {
                self.modes.leave();
                if !self.modes.is_gone() {
                    print(panic);
                }
            } else {
                let name = thread.name().unwrap_or("without a name");
                let message = format!("thread '{name}' {panic}");
                self.last_words
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(message.clone());
                let _ = self.events.send(TermEvent::Panic(message));
            }
        }));
    }
}
