//! The narrow way through which the screen speaks to a run: in this process today, behind a socket
//! some day.

use crossbeam_channel::Receiver;
use thiserror::Error;

use crate::engine::{self, Command, CommandId, Frame, Request, Subscription};

/// The run has ended or the connection to it is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the run is gone")]
pub struct Gone;

impl From<engine::Gone> for Gone {
    fn from(_: engine::Gone) -> Self {
        Self
    }
}

pub trait Link: Send {
    /// # Errors
    /// When the run is gone.
    fn send(&mut self, command: Command) -> Result<CommandId, Gone>;

    /// Asks for a frame; false when the run has no room for the question now.
    /// # Errors
    /// When the run is gone.
    fn ask(&mut self, request: Request) -> Result<bool, Gone>;

    /// The frame that has come, if one has.
    fn take(&mut self) -> Option<Frame>;

    /// Tells that a frame can be taken; disconnected when none will come any more.
    fn wake(&self) -> &Receiver<()>;
}

impl Link for Subscription {
    fn send(&mut self, command: Command) -> Result<CommandId, Gone> {
        Ok(Self::send(self, command)?)
    }

    fn ask(&mut self, request: Request) -> Result<bool, Gone> {
        Ok(Self::ask(self, request)?)
    }

    fn take(&mut self) -> Option<Frame> {
        Self::take(self)
    }

    fn wake(&self) -> &Receiver<()> {
        Self::wake(self)
    }
}
