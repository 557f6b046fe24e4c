//! The terminal device.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write, stdin, stdout};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::termios::{
    SetArg, SpecialCharacterIndices, Termios, cfmakeraw, tcgetattr, tcsetattr,
};
use nix::unistd::{getpgrp, tcgetpgrp, ttyname};
use ratatui::layout::Size;

/// The device, opened anew. That makes it our own to read and write without blocking: the file that
/// standard input and output share with the shell is left as it is.
#[derive(Debug)]
pub(super) struct Tty {
    file: File,
}

/// Why a write ended before its last byte.
#[derive(Debug)]
pub(super) enum Cut {
    /// The terminal does not read, and the caller would not wait any longer.
    Waiting,
    Failed(io::Error),
}

impl Tty {
    /// Opens the terminal of standard output or input, or else the process's controlling terminal.
    pub fn open() -> io::Result<Self> {
        let named = [
            ttyname(stdout().as_fd()).ok(),
            ttyname(stdin().as_fd()).ok(),
            Some(PathBuf::from("/dev/tty")),
        ];
        let mut refusal = io::Error::from(io::ErrorKind::NotFound);
        for path in named.into_iter().flatten() {
            let flags = OFlag::O_NONBLOCK | OFlag::O_NOCTTY;
            match OpenOptions::new()
                .read(true)
                .write(true)
                .custom_flags(flags.bits())
                .open(path)
            {
                Ok(file) => return Ok(Self { file }),
                Err(error) => refusal = error,
            }
        }
        Err(refusal)
    }

    pub fn size(&self) -> io::Result<Size> {
        // Not crossterm's `size`: that one starts another program when the terminal is gone.
        let size = crossterm::terminal::window_size()?;
        Ok(Size::new(size.columns, size.rows))
    }

    /// Whether the shell has given this process the terminal.
    pub fn is_foreground(&self) -> bool {
        // A terminal that is nobody's controlling terminal has no foreground to be in.
        tcgetpgrp(&self.file).map_or(true, |group| group == getpgrp())
    }

    /// Whether the other end is closed.
    pub fn is_hung_up(&self) -> bool {
        let mut fds = [PollFd::new(self.file.as_fd(), PollFlags::empty())];
        let gone = PollFlags::POLLHUP | PollFlags::POLLERR | PollFlags::POLLNVAL;
        match poll(&mut fds, PollTimeout::ZERO) {
            Ok(_) => fds[0]
                .revents()
                .is_some_and(|events| events.intersects(gone)),
            Err(_) => false,
        }
    }

    pub fn modes(&self) -> io::Result<Termios> {
        Ok(tcgetattr(&self.file)?)
    }

    /// Every byte at once and as it comes, no echo, no keys that signal.
    pub fn set_raw(&self, from: &Termios) -> io::Result<()> {
        let mut raw = from.clone();
        cfmakeraw(&mut raw);
        raw.control_chars[SpecialCharacterIndices::VMIN as usize] = 1;
        raw.control_chars[SpecialCharacterIndices::VTIME as usize] = 0;
        self.set_modes(&raw)
    }

    /// At once: waiting for the output to drain could take for ever.
    pub fn set_modes(&self, modes: &Termios) -> io::Result<()> {
        retry(|| tcsetattr(&self.file, SetArg::TCSANOW, modes))
    }

    /// Reads what is there.
    pub fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        (&self.file).read(buffer)
    }

    /// Writes everything, waiting for the terminal to read as long as `wait` says so. `wait` is asked
    /// several times a second with the time that has passed.
    pub fn write_all(&self, mut bytes: &[u8], wait: impl Fn(Duration) -> bool) -> Result<(), Cut> {
        const TURN: u16 = 50;
        let start = Instant::now();
        while !bytes.is_empty() {
            match (&self.file).write(bytes) {
                Ok(0) => return Err(Cut::Failed(io::ErrorKind::WriteZero.into())),
                Ok(n) => bytes = &bytes[n..],
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    if !wait(start.elapsed()) {
                        return Err(Cut::Waiting);
                    }
                    let mut fds = [PollFd::new(self.file.as_fd(), PollFlags::POLLOUT)];
                    match poll(&mut fds, TURN) {
                        Ok(_) | Err(Errno::EINTR) => {}
                        Err(error) => return Err(Cut::Failed(error.into())),
                    }
                }
                Err(error) => return Err(Cut::Failed(error)),
            }
        }
        Ok(())
    }
}

impl AsFd for Tty {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

fn retry(mut call: impl FnMut() -> nix::Result<()>) -> io::Result<()> {
    loop {
        match call() {
            Err(Errno::EINTR) => {}
            result => return Ok(result?),
        }
    }
}
