//! Opening a run away from the screen, which stays alive meanwhile.

use crossbeam_channel::{Receiver, bounded};

use crate::ui::link::Link;

/// Starts the run of `NAME`, `NAME:VARIANT` or a path, or says why it cannot be started.
pub type Opener = Box<dyn FnMut(&str) -> Result<Box<dyn Link>, String> + Send>;

type Opened = (Opener, Result<Box<dyn Link>, String>);

/// The one who opens runs, at rest or at work.
pub enum Opening {
    Idle(Opener),
    Busy(Receiver<Opened>),
    /// The thread that was opening is gone.
    Lost,
}

impl Opening {
    /// Begins to open `source`; nothing happens while something is being opened already.
    pub fn begin(&mut self, source: &str) {
        match std::mem::replace(self, Self::Lost) {
            Self::Idle(mut opener) => {
                let (answer, opened) = bounded(1);
                let source = source.to_owned();
                std::thread::spawn(move || {
                    let link = opener(&source);
                    // The screen may have been left meanwhile.
                    let _ = answer.send((opener, link));
                });
                *self = Self::Busy(opened);
            }
            other => *self = other,
        }
    }

    /// Receives when something has been opened.
    pub fn receiver(&self) -> Receiver<Opened> {
        match self {
            Self::Busy(opened) => opened.clone(),
            Self::Idle(_) | Self::Lost => crossbeam_channel::never(),
        }
    }

    /// Takes what the receiver got.
    pub fn finish(
        &mut self,
        opened: Result<Opened, crossbeam_channel::RecvError>,
    ) -> Result<Box<dyn Link>, String> {
        match opened {
            Ok((opener, link)) => {
                *self = Self::Idle(opener);
                link
            }
            Err(_) => {
                *self = Self::Lost;
                Err("opening the run panicked".into())
            }
        }
    }
}
