//! The narrow way through which the screen speaks to a run: in this process, or behind a socket.

use crossbeam_channel::Receiver;
use thiserror::Error;

use crate::engine::{self, Command, CommandId, Frame, Request};
use crate::remote::Company;

/// The run has ended or the connection to it is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the run is gone")]
pub struct Gone;

impl From<engine::Gone> for Gone {
    fn from(_: engine::Gone) -> Self {
        Self
    }
}

/// Takes the link to a run that was forked, or why there is none.
pub type Give = Box<dyn FnOnce(Result<Box<dyn Link>, String>) + Send>;

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

    /// Asks for a run beside this one in its state, called `name`, which `give` gets.
    /// # Errors
    /// When the run is gone.
    fn fork(&mut self, _name: String, give: Give) -> Result<(), Gone> {
        give(Err("this run cannot be forked".into()));
        Ok(())
    }

    /// The screen goes: a run of this process ends, one elsewhere goes on.
    fn leave(&mut self) {
        // One that has ended already needs no asking.
        let _ = self.send(Command::Quit);
    }

    /// Who else watches, and who steers.
    fn company(&self) -> Company {
        Company::default()
    }

    /// Why commands are not obeyed, where that is known before they are sent.
    fn refusal(&self) -> Option<String> {
        None
    }

    /// Takes the wheel from whoever has it.
    /// # Errors
    /// When the run is gone.
    fn steer(&mut self) -> Result<(), Gone> {
        Ok(())
    }

    /// Whether the run is another process's and goes on when the screen is left.
    fn is_elsewhere(&self) -> bool {
        false
    }

    /// From now on this is the run that is told about when the screen has been left.
    fn promote(&mut self) {}

    /// Tells that a frame can be taken; disconnected when none will come any more.
    fn wake(&self) -> &Receiver<()>;
}
