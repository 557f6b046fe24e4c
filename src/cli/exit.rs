//! How the program ends: what is said, and the exit status.

use std::io::{self, ErrorKind};
use std::process::ExitCode;

use crate::data::{DataError, text};
use crate::engine::{Panicked, StartError};
use crate::preset::PresetError;

/// Why a subcommand has not done all that it was asked to do.
#[derive(Debug)]
pub enum Failure {
    /// A check failed; what and by how much is printed already.
    Checks,
    /// The request cannot be met: a wrong name, value or file.
    Usage(String),
    /// A screen was wanted, and there is no terminal; that is said already.
    NoScreen,
    /// The model ended in a fault; what happened is printed already.
    Fault,
    /// The system failed to read or write.
    Io(String),
    /// The program has a defect: a thread has panicked, and its message is printed already.
    Panic,
    /// Ended by a signal, which makes this status.
    Signal(u8),
    /// Nobody reads what is written any more.
    ReaderLeft,
}

pub type Outcome = Result<(), Failure>;

impl Failure {
    /// 1 a check failed, 2 usage or bad file, 3 model fault, 4 input or output, 128 + n signal n.
    pub fn status(&self) -> u8 {
        match self {
            Self::Checks => 1,
            Self::Usage(_) | Self::NoScreen => 2,
            Self::Fault => 3,
            Self::Io(_) => 4,
            Self::Panic => 101,
            Self::Signal(status) => *status,
            Self::ReaderLeft => 0,
        }
    }
}

/// Says what there is to say and gives the exit status.
pub fn end(outcome: Outcome) -> ExitCode {
    let Err(failure) = outcome else {
        return ExitCode::SUCCESS;
    };
    if let Failure::Usage(words) | Failure::Io(words) = &failure {
        complain(words);
    }
    ExitCode::from(failure.status())
}

/// Writes a line to standard error; where that is gone there is nobody to tell.
pub fn complain(words: &str) {
    use io::Write;
    let _ = writeln!(io::stderr(), "hebbtop: {}", text::paragraph(words));
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::BrokenPipe => Self::ReaderLeft,
            _ => Self::Io(error.to_string()),
        }
    }
}

impl From<PresetError> for Failure {
    fn from(error: PresetError) -> Self {
        if error.unreadable {
            Self::Io(error.to_string())
        } else {
            Self::Usage(error.to_string())
        }
    }
}

impl From<DataError> for Failure {
    fn from(error: DataError) -> Self {
        if error.unreadable {
            Self::Io(error.to_string())
        } else {
            Self::Usage(error.to_string())
        }
    }
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        Self::Usage(error.to_string())
    }
}

impl From<Panicked> for Failure {
    fn from(_: Panicked) -> Self {
        Self::Panic
    }
}
