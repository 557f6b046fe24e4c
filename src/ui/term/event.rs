//! What the terminal and the system tell the screen.

use crossterm::event::{KeyEvent, MouseEvent};
use ratatui::layout::Size;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TermEvent {
    /// A key, always pressed. An upper-case letter carries SHIFT; Tab with Shift is `BackTab`.
    Key(KeyEvent),
    /// Pasted text without control characters; lines end in `\n`.
    Paste(String),
    /// Only after [`Session::set_mouse`](super::Session::set_mouse).
    Mouse(MouseEvent),
    /// The terminal's background, in answer to
    /// [`Session::ask_background`](super::Session::ask_background).
    Background((u8, u8, u8)),
    /// The terminal's answer to [`Session::ask_alive`](super::Session::ask_alive).
    Alive,
    /// The terminal has another size, which may be zero.
    Resize(Size),
    Signal(Signal),
    /// The terminal is gone: nothing can be read from it or written to it any more.
    Hangup,
    /// A thread other than the screen's panicked, with this message. It is printed after leaving.
    Panic(String),
}

/// A signal that the screen has to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Signal {
    /// SIGINT: asks to end. The second one ends the process without asking the screen.
    Interrupt,
    /// SIGTERM: end now, in order. The second one ends the process without asking the screen.
    Terminate,
    /// SIGHUP: the session is over, the terminal probably gone.
    Hangup,
    /// SIGTSTP: let the shell have the terminal.
    Stop,
    /// SIGCONT: the process goes on after a stop.
    Continue,
}

impl Signal {
    /// What a process that ends by this signal returns to the shell, for those that end one.
    pub fn exit_status(self) -> Option<u8> {
        match self {
            Signal::Hangup => Some(129),
            Signal::Interrupt => Some(130),
            Signal::Terminate => Some(143),
            Signal::Stop | Signal::Continue => None,
        }
    }
}
