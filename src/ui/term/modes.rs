//! The modes of the terminal: entering them, leaving them whatever happens, and writing in between.

use std::io::{self, Write};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::termios::Termios;

use super::tty::{Cut, Tty};

/// Alternate screen, hidden cursor, bracketed paste.
const ENTER: &[u8] = b"\x1b[?1049h\x1b[?25l\x1b[?2004h";
const MOUSE_ON: &[u8] = b"\x1b[?1000h\x1b[?1006h";
const MOUSE_OFF: &[u8] = b"\x1b[?1006l\x1b[?1000l";
/// End of a synchronized update, paste off, colours reset, cursor shown, normal screen.
const END_OF_UPDATE: &[u8] = b"\x1b[?2026l";
const LEAVE: &[u8] = b"\x1b[?2004l\x1b[m\x1b[?25h\x1b[?1049l";
/// Ends a sequence that was cut off in the middle.
const CANCEL: &[u8] = b"\x18";
const ASK_BACKGROUND: &[u8] = b"\x1b]11;?\x1b\\";
/// Device status report, which every terminal answers with `CSI 0 n`.
const ASK_ALIVE: &[u8] = b"\x1b[5n";

/// How long leaving may wait for a terminal that does not read. A slow line has some seconds of frames
/// to finish with.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// How long leaving waits for the answer to a question, which would otherwise land in the shell.
const LAST_ANSWER: Duration = Duration::from_millis(150);
/// An answer that has not come by then will not.
const ANSWER: Duration = Duration::from_secs(1);

/// Shared by the screen, the reader, the thread for signals and the panic hook.
#[derive(Debug)]
pub(super) struct Modes {
    tty: Tty,
    output: Mutex<Output>,
    /// Somebody wants to leave: whoever is waiting for the terminal to read gives up.
    hurry: AtomicBool,
    gone: AtomicBool,
    /// Whether bytes may be read. Held while reading.
    reading: Mutex<bool>,
    closed: AtomicBool,
    /// Wakes the reader.
    bell: UnixStream,
    question: Mutex<Option<Instant>>,
}

#[derive(Debug)]
struct Output {
    entered: bool,
    mouse: bool,
    /// The last write ended in the middle.
    cut: bool,
    /// The modes that the shell had set.
    cooked: Option<Termios>,
}

impl Modes {
    pub fn new(tty: Tty, bell: UnixStream) -> Self {
        Self {
            tty,
            output: Mutex::new(Output {
                entered: false,
                mouse: false,
                cut: false,
                cooked: None,
            }),
            hurry: AtomicBool::new(false),
            gone: AtomicBool::new(false),
            reading: Mutex::new(false),
            closed: AtomicBool::new(false),
            bell,
            question: Mutex::new(None),
        }
    }

    pub fn tty(&self) -> &Tty {
        &self.tty
    }

    /// Enters the modes, also where they are believed to be entered: while the process was stopped the
    /// shell has changed them.
    pub fn enter(&self) -> io::Result<()> {
        let mut output = lock(&self.output);
        if !output.entered || output.cooked.is_none() {
            output.cooked = Some(self.tty.modes()?);
        }
        if let Some(cooked) = &output.cooked {
            self.tty.set_raw(cooked)?;
        }
        output.entered = true;
        let mouse = if output.mouse { MOUSE_ON } else { &[] };
        self.send(&mut output, &[ENTER, mouse].concat(), |_| true)?;
        self.set_reading(true);
        Ok(())
    }

    /// Leaves the modes. Does nothing where they are left already, and touches nothing where the
    /// terminal is gone.
    pub fn leave(&self) {
        self.hurry();
        let mut output = lock(&self.output);
        if output.entered {
            if self.tty.is_hung_up() {
                self.set_gone();
            }
            self.await_answer();
            self.set_reading(false);
            let mouse = if output.mouse { MOUSE_OFF } else { &[] };
            let words = [END_OF_UPDATE, mouse, LEAVE].concat();
            // A terminal that cannot be written to keeps its modes; there is nothing left to try.
            let _ = self.send(&mut output, &words, |waited| waited < LAST_WORDS);
            // In the background the shell has its own modes back, and setting them would stop us.
            if !self.is_gone()
                && self.tty.is_foreground()
                && let Some(cooked) = &output.cooked
            {
                let _ = self.tty.set_modes(cooked);
            }
            output.entered = false;
        }
        self.take_time();
    }

    /// Whoever waits for the terminal to read gives up: the screen is needed to end.
    pub fn hurry(&self) {
        self.hurry.store(true, Ordering::SeqCst);
    }

    pub fn take_time(&self) {
        self.hurry.store(false, Ordering::SeqCst);
    }

    pub fn set_mouse(&self, on: bool) -> io::Result<()> {
        let mut output = lock(&self.output);
        output.mouse = on;
        if !output.entered {
            return Ok(());
        }
        self.send(&mut output, if on { MOUSE_ON } else { MOUSE_OFF }, |_| true)
    }

    pub fn ask_background(&self) -> io::Result<()> {
        let mut output = lock(&self.output);
        if !output.entered {
            return Ok(());
        }
        *lock(&self.question) = Some(Instant::now());
        self.send(&mut output, ASK_BACKGROUND, |_| true)
    }

    pub fn ask_alive(&self) -> io::Result<()> {
        let mut output = lock(&self.output);
        if !output.entered {
            return Ok(());
        }
        *lock(&self.question) = Some(Instant::now());
        self.send(&mut output, ASK_ALIVE, |_| true)
    }

    pub fn was_answered(&self) {
        *lock(&self.question) = None;
    }

    fn await_answer(&self) {
        let asked = *lock(&self.question);
        if self.is_gone() || asked.is_none_or(|asked| asked.elapsed() > ANSWER) {
            return;
        }
        let start = Instant::now();
        while start.elapsed() < LAST_ANSWER && lock(&self.question).is_some() {
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Writes between entering and leaving; what is written outside is dropped, because the screen is
    /// then somebody else's.
    fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let mut output = lock(&self.output);
        if !output.entered {
            return if self.is_gone() {
                Err(hung_up())
            } else {
                Ok(())
            };
        }
        self.send(&mut output, bytes, |_| !self.hurry.load(Ordering::SeqCst))
    }

    fn send(
        &self,
        output: &mut Output,
        bytes: &[u8],
        wait: impl Fn(Duration) -> bool,
    ) -> io::Result<()> {
        if self.is_gone() {
            return Err(hung_up());
        }
        let cancel = if std::mem::take(&mut output.cut) {
            CANCEL
        } else {
            &[]
        };
        let sent = self
            .tty
            .write_all(cancel, &wait)
            .and_then(|()| self.tty.write_all(bytes, &wait));
        match sent {
            Ok(()) => Ok(()),
            // The frame is lost, but whoever hurries leaves the screen anyway.
            Err(Cut::Waiting) => {
                output.cut = true;
                Ok(())
            }
            Err(Cut::Failed(error)) => {
                self.set_gone();
                Err(error)
            }
        }
    }

    pub fn is_entered(&self) -> bool {
        lock(&self.output).entered
    }

    pub fn is_gone(&self) -> bool {
        self.gone.load(Ordering::SeqCst)
    }

    pub fn set_gone(&self) {
        self.gone.store(true, Ordering::SeqCst);
    }

    pub fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }

    /// Ends the reader.
    pub fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        self.ring();
    }

    /// Lets the holder read as long as it keeps the guard, if the guarded value says so.
    pub fn reading(&self) -> MutexGuard<'_, bool> {
        lock(&self.reading)
    }

    fn set_reading(&self, reading: bool) {
        *lock(&self.reading) = reading;
        self.ring();
    }

    fn ring(&self) {
        // A full pipe rings already.
        let _ = (&self.bell).write(&[0]);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn hung_up() -> io::Error {
    io::Error::new(io::ErrorKind::BrokenPipe, "the terminal is gone")
}

/// The way of a frame to the terminal.
#[derive(Clone, Debug)]
pub struct TtyWriter {
    modes: Arc<Modes>,
}

impl TtyWriter {
    pub(super) fn new(modes: Arc<Modes>) -> Self {
        Self { modes }
    }
}

impl Write for TtyWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.modes.write(bytes).map(|()| bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
