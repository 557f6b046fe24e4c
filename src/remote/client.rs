//! The screen's side: messages out, the latest frame in.

use std::collections::VecDeque;
use std::io;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded};

use super::seats::Company;
use super::wire::{self, Down, Ending, MAGIC, MOST_DOWN, MOST_UP, PROTOCOL, Up};
use crate::engine::{Command, CommandId, Frame, Gone, Request};

/// A run answers at once, unless its process is stopped.
const PATIENCE: Duration = Duration::from_secs(5);

#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    #[error("nobody listens there: {0}")]
    Nobody(io::Error),
    #[error("{0}")]
    Refused(String),
    #[error("it does not answer: {0}")]
    Silent(io::Error),
}

/// Takes the name of a run that was forked.
type Give = Box<dyn FnOnce(Result<String, String>) + Send>;

/// A connection to a run.
pub struct Client {
    /// What the run is called.
    pub name: String,
    stream: UnixStream,
    commands: CommandId,
    inbox: Arc<Inbox>,
    bell: Receiver<()>,
}

#[derive(Default)]
struct Inbox {
    frames: Mutex<VecDeque<Frame>>,
    company: Mutex<Company>,
    forks: Mutex<VecDeque<Give>>,
    ending: Mutex<Option<Ending>>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Client {
    /// Connects as `who`.
    /// # Errors
    /// When nobody answers at this socket, or it is another program.
    pub fn connect(socket: &Path, who: &str) -> Result<Self, ConnectError> {
        Self::greet(socket, Some(who))
    }

    /// Connects unseen, to look at how the run stands or to stop it.
    /// # Errors
    /// See [`connect`](Self::connect).
    pub fn look(socket: &Path) -> Result<Self, ConnectError> {
        Self::greet(socket, None)
    }

    fn greet(socket: &Path, who: Option<&str>) -> Result<Self, ConnectError> {
        let mut stream = UnixStream::connect(socket).map_err(ConnectError::Nobody)?;
        let silent = ConnectError::Silent;
        stream.set_read_timeout(Some(PATIENCE)).map_err(silent)?;
        let hello = Up::Hello {
            magic: MAGIC,
            protocol: PROTOCOL,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            who: who.map(str::to_owned),
        };
        wire::send(&mut stream, &hello, MOST_UP).map_err(silent)?;
        let name = match wire::receive(&mut stream, MOST_DOWN).map_err(silent)? {
            Some(Down::Welcome { name }) => name,
            Some(Down::Refused(why)) => return Err(ConnectError::Refused(why)),
            _ => return Err(ConnectError::Refused("it is another program".into())),
        };
        stream.set_read_timeout(None).map_err(silent)?;
        let mut reading = stream.try_clone().map_err(silent)?;
        let inbox = Arc::new(Inbox::default());
        let (ring, bell) = bounded(1);
        let filled = Arc::clone(&inbox);
        thread::Builder::new()
            .name("frames".into())
            .spawn(move || listen(&mut reading, &filled, &ring))
            .map_err(silent)?;
        Ok(Self {
            name,
            stream,
            commands: 0,
            inbox,
            bell,
        })
    }

    fn up(&mut self, message: &Up) -> Result<(), Gone> {
        wire::send(&mut self.stream, message, MOST_UP).map_err(|_| Gone)
    }

    /// Sends a command, whose answer comes with a frame.
    /// # Errors
    /// When the run is gone.
    pub fn send(&mut self, command: Command) -> Result<CommandId, Gone> {
        self.commands += 1;
        let id = self.commands;
        self.up(&Up::Do { id, command })?;
        Ok(id)
    }

    /// Asks for a frame.
    /// # Errors
    /// When the run is gone.
    pub fn ask(&mut self, request: Request) -> Result<(), Gone> {
        self.up(&Up::Ask(request))
    }

    /// Asks for a run beside this one, whose name `give` gets.
    /// # Errors
    /// When the run is gone.
    pub fn fork(
        &mut self,
        lane: String,
        give: impl FnOnce(Result<String, String>) + Send + 'static,
    ) -> Result<(), Gone> {
        locked(&self.inbox.forks).push_back(Box::new(give));
        self.up(&Up::Fork { lane })
    }

    /// Takes the wheel.
    /// # Errors
    /// When the run is gone.
    pub fn steer(&mut self) -> Result<(), Gone> {
        self.up(&Up::Steer)
    }

    /// Has the run end.
    /// # Errors
    /// When it is gone already.
    pub fn stop(&mut self) -> Result<(), Gone> {
        self.up(&Up::Stop)
    }

    pub fn take(&mut self) -> Option<Frame> {
        locked(&self.inbox.frames).pop_front()
    }

    pub fn company(&self) -> Company {
        locked(&self.inbox.company).clone()
    }

    /// How the run has ended, once it has and said so.
    pub fn ending(&self) -> Option<Ending> {
        locked(&self.inbox.ending).clone()
    }

    /// Receives when a frame has come; disconnected when the run is gone.
    pub fn wake(&self) -> &Receiver<()> {
        &self.bell
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // The thread that listens has the same socket.
        let _ = self.stream.shutdown(std::net::Shutdown::Both);
    }
}

fn listen(stream: &mut UnixStream, inbox: &Inbox, bell: &Sender<()>) {
    while let Ok(Some(message)) = wire::receive(stream, MOST_DOWN) {
        match message {
            Down::Frame(frame) => {
                locked(&inbox.frames).push_back(*frame);
                // A full bell is already ringing.
                let _ = bell.try_send(());
            }
            Down::Company(company) => *locked(&inbox.company) = company,
            Down::Forked(name) => {
                if let Some(give) = locked(&inbox.forks).pop_front() {
                    give(name);
                }
            }
            Down::Ended(ending) => *locked(&inbox.ending) = Some(ending),
            Down::Welcome { .. } | Down::Refused(_) => return,
        }
    }
    for give in locked(&inbox.forks).drain(..) {
        give(Err("the run is gone".into()));
    }
}
