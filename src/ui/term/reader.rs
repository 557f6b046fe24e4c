//! The thread that reads the terminal. It ends when the terminal does, and never spins.

use std::io::{self, ErrorKind, Read};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crossbeam_channel::Sender;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::event::TermEvent;
use super::input::Parser;
use super::modes::Modes;

/// So many events may wait for the screen; what else is typed stays in the terminal's own buffer.
const MOST_WAITING: usize = 256;
/// How often a full queue is looked at.
const FULL: Duration = Duration::from_millis(20);

pub(super) struct Reader {
    modes: Arc<Modes>,
    /// Rung when the reader shall look at the modes again.
    bell: UnixStream,
    parser: Parser,
    events: Sender<TermEvent>,
}

/// What a turn of the loop has found.
enum Turn {
    Silence,
    Bytes(usize),
    Bell,
    HungUp,
}

impl Reader {
    pub fn spawn(modes: Arc<Modes>, bell: UnixStream, events: Sender<TermEvent>) -> io::Result<()> {
        bell.set_nonblocking(true)?;
        let mut reader = Self {
            modes,
            bell,
            parser: Parser::default(),
            events,
        };
        thread::Builder::new()
            .name("terminal".into())
            .spawn(move || reader.run())?;
        Ok(())
    }

    fn run(&mut self) {
        let mut bytes = [0; 4096];
        while !self.modes.is_closed() {
            let events = match self.turn(&mut bytes) {
                Turn::Bell => continue,
                Turn::Silence => self.parser.flush(),
                Turn::Bytes(n) => self.parser.feed(&bytes[..n]),
                Turn::HungUp => {
                    self.modes.set_gone();
                    let _ = self.events.send(TermEvent::Hangup);
                    return;
                }
            };
            for event in events {
                if let TermEvent::Background(_) | TermEvent::Alive = event {
                    self.modes.was_answered();
                }
                if self.events.send(event).is_err() {
                    return;
                }
            }
        }
    }

    /// Waits for something to happen.
    fn turn(&mut self, bytes: &mut [u8]) -> Turn {
        let full = self.events.len() >= MOST_WAITING;
        let wanted = if *self.modes.reading() && !full {
            PollFlags::POLLIN
        } else {
            // A hang-up is reported all the same.
            PollFlags::empty()
        };
        let patience = if full {
            Some(FULL)
        } else {
            self.parser.patience()
        };
        let timeout = patience.map_or(PollTimeout::NONE, |duration| {
            PollTimeout::try_from(duration).unwrap_or(PollTimeout::MAX)
        });
        let mut fds = [
            PollFd::new(self.modes.tty().as_fd(), wanted),
            PollFd::new(self.bell.as_fd(), PollFlags::POLLIN),
        ];
        match poll(&mut fds, timeout) {
            Ok(0) if full => return Turn::Bell,
            Ok(0) => return Turn::Silence,
            Ok(_) => {}
            Err(Errno::EINTR | Errno::EAGAIN) => return Turn::Bell,
            Err(_) => return Turn::HungUp,
        }
        let [terminal, bell] = fds.map(|fd| fd.revents().unwrap_or(PollFlags::POLLERR));
        if !bell.is_empty() {
            let mut rung = [0; 64];
            // The other end lives as long as the modes do.
            let _ = (&self.bell).read(&mut rung);
            return Turn::Bell;
        }
        if terminal.contains(PollFlags::POLLIN) {
            return self.read(bytes);
        }
        if terminal.is_empty() {
            Turn::Bell
        } else {
            Turn::HungUp
        }
    }

    /// Reads, unless the terminal was left in the meantime: it is the shell's then.
    fn read(&self, bytes: &mut [u8]) -> Turn {
        let reading = self.modes.reading();
        if !*reading {
            return Turn::Bell;
        }
        match self.modes.tty().read(bytes) {
            Ok(0) => Turn::HungUp,
            Ok(n) => Turn::Bytes(n),
            Err(error)
                if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) =>
            {
                Turn::Bell
            }
            Err(_) => Turn::HungUp,
        }
    }
}
