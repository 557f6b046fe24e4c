//! The way to a run for whoever comes: any number of them, from any thread.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crossbeam_channel::Sender;

use super::command::Command;
use super::handover::Take;
use super::mailbox::{Gone, Mailbox, Message, Subscription};

#[derive(Clone)]
pub struct Door {
    messages: Sender<Message>,
    subscribers: Arc<AtomicU64>,
}

impl Door {
    pub(super) fn new(messages: Sender<Message>) -> Self {
        Self {
            messages,
            subscribers: Arc::default(),
        }
    }

    /// A new subscriber, whose first frame brings the whole past.
    pub fn subscribe(&self) -> Subscription {
        let id = self.subscribers.fetch_add(1, Ordering::Relaxed);
        let (mailbox, subscription) = Mailbox::new(id, self.messages.clone());
        // A thread that has ended shows at the subscription's first use.
        let _ = self.messages.send(Message::Subscribe(mailbox));
        subscription
    }

    /// A line in the run's log.
    /// # Errors
    /// When the simulation has ended.
    pub fn say(&self, words: String) -> Result<(), Gone> {
        self.messages.send(Message::Say(words)).map_err(|_| Gone)
    }

    /// Asks for the whole run, which ends with that.
    /// # Errors
    /// When the simulation has ended.
    pub fn hand_over(&self, take: Take) -> Result<(), Gone> {
        self.messages
            .send(Message::HandOver(take))
            .map_err(|_| Gone)
    }

    /// Has the state written, into `folder` where the run is not recorded already.
    /// # Errors
    /// When the simulation has ended.
    pub fn keep_state(&self, folder: PathBuf) -> Result<(), Gone> {
        self.order(Command::KeepState(folder))
    }

    /// Ends the run; a recording gets its last checkpoint.
    /// # Errors
    /// When it has ended already.
    pub fn quit(&self) -> Result<(), Gone> {
        self.order(Command::Quit)
    }

    /// Nobody hears the answer.
    fn order(&self, command: Command) -> Result<(), Gone> {
        let message = Message::Do {
            from: u64::MAX,
            id: 0,
            command,
        };
        self.messages.send(message).map_err(|_| Gone)
    }
}
