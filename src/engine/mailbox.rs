//! Between a subscriber and the thread: messages there, at most one frame back.

use std::sync::{Arc, Mutex, PoisonError};

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use thiserror::Error;

use super::command::{Command, CommandId};
use super::frame::{Frame, Reply, Request};
use super::handover::Take;
use super::lanes::Give;

/// The simulation thread has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the simulation has ended")]
pub struct Gone;

pub(crate) enum Message {
    Subscribe(Mailbox),
    Do {
        from: u64,
        id: CommandId,
        command: Command,
    },
    Ask {
        from: u64,
        request: Request,
    },
    Fork {
        /// What the new run is called.
        name: String,
        give: Give,
    },
    /// A line for the log.
    Say(String),
    HandOver(Take),
}

type Slot = Arc<Mutex<Option<Frame>>>;

/// The thread's end.
pub(crate) struct Mailbox {
    pub id: u64,
    /// Answers that wait for the next frame.
    pub replies: Vec<Reply>,
    slot: Slot,
    bell: Sender<()>,
}

/// A subscriber's end.
pub struct Subscription {
    id: u64,
    commands: CommandId,
    messages: Sender<Message>,
    slot: Slot,
    bell: Receiver<()>,
}

impl Mailbox {
    pub(crate) fn new(id: u64, messages: Sender<Message>) -> (Self, Subscription) {
        let slot = Slot::default();
        let (ring, bell) = bounded(1);
        let subscription = Subscription {
            id,
            commands: 0,
            messages,
            slot: Arc::clone(&slot),
            bell,
        };
        (
            Self {
                id,
                replies: Vec::new(),
                slot,
                bell: ring,
            },
            subscription,
        )
    }

    /// Puts a frame into the slot. One that was never taken hands its log, history and replies to
    /// nobody, but the next request still names what the subscriber holds; only replies are once.
    pub fn put(&self, mut frame: Frame) {
        let mut slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(missed) = slot.take() {
            let later = std::mem::take(&mut frame.replies);
            frame.replies = missed.replies;
            frame.replies.extend(later);
        }
        *slot = Some(frame);
        drop(slot);
        // A full bell is already ringing.
        let _ = self.bell.try_send(());
    }

    pub fn abandoned(&self) -> bool {
        Arc::strong_count(&self.slot) == 1
    }
}

impl Subscription {
    /// Sends a command; its [`Reply`] comes with the next frame.
    /// # Errors
    /// When the simulation has ended.
    pub fn send(&mut self, command: Command) -> Result<CommandId, Gone> {
        self.commands += 1;
        self.send_as(self.commands, command)?;
        Ok(self.commands)
    }

    /// The same, for somebody who counts the commands himself.
    /// # Errors
    /// When the simulation has ended.
    pub fn send_as(&self, id: CommandId, command: Command) -> Result<(), Gone> {
        let message = Message::Do {
            from: self.id,
            id,
            command,
        };
        self.messages.send(message).map_err(|_| Gone)
    }

    /// Asks for a frame; `false` when too much is waiting and the caller should ask again.
    /// # Errors
    /// When the simulation has ended.
    pub fn ask(&mut self, request: Request) -> Result<bool, Gone> {
        match self.messages.try_send(Message::Ask {
            from: self.id,
            request,
        }) {
            Ok(()) => Ok(true),
            Err(TrySendError::Full(_)) => Ok(false),
            Err(TrySendError::Disconnected(_)) => Err(Gone),
        }
    }

    /// Asks for a run beside this one in its present state, called `name`, which `give` gets.
    /// # Errors
    /// When the simulation has ended.
    pub fn fork(&mut self, name: String, give: Give) -> Result<(), Gone> {
        let message = Message::Fork { name, give };
        self.messages.send(message).map_err(|_| Gone)
    }

    /// The frame in the slot.
    pub fn take(&mut self) -> Option<Frame> {
        self.slot
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    /// Receives when a frame is in the slot; disconnected when the simulation has ended.
    pub fn wake(&self) -> &Receiver<()> {
        &self.bell
    }
}
