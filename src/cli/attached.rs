//! A run behind a socket, as the screen sees it.

use std::path::{Path, PathBuf};

use crossbeam_channel::Receiver;

use crate::engine::{Command, CommandId, Frame, Request};
use crate::remote::{Client, Company, ConnectError};
use crate::ui::link::{Give, Gone, Link};

pub struct Attached {
    client: Client,
    /// Where the sockets of all runs of this machine lie.
    folder: PathBuf,
}

/// Who attaches, as the others see it: the terminal, and where its person sits.
pub fn who() -> String {
    let terminal = nix::unistd::ttyname(std::io::stdin()).ok();
    let terminal = terminal.map(|path| path.display().to_string());
    let terminal = terminal.as_deref().map_or("no terminal", |path| {
        path.strip_prefix("/dev/").unwrap_or(path)
    });
    let from = std::env::var("SSH_CONNECTION").ok();
    match from.as_deref().and_then(|from| from.split(' ').next()) {
        Some(address) => format!("{terminal} from {address}"),
        None => terminal.to_owned(),
    }
}

impl Attached {
    /// # Errors
    /// When nobody answers there.
    pub fn connect(socket: &Path) -> Result<Self, ConnectError> {
        Ok(Self {
            client: Client::connect(socket, &who())?,
            folder: socket.parent().unwrap_or(Path::new("/")).to_owned(),
        })
    }
}

impl Link for Attached {
    fn send(&mut self, command: Command) -> Result<CommandId, Gone> {
        Ok(self.client.send(command)?)
    }

    fn ask(&mut self, request: Request) -> Result<bool, Gone> {
        self.client.ask(request)?;
        Ok(true)
    }

    fn take(&mut self) -> Option<Frame> {
        self.client.take()
    }

    fn fork(&mut self, name: String, give: Give) -> Result<(), Gone> {
        let folder = self.folder.clone();
        let give = move |forked: Result<String, String>| {
            let link = forked.and_then(|name| {
                let link = Self::connect(&folder.join(name)).map_err(|error| error.to_string())?;
                Ok(Box::new(link) as Box<dyn Link>)
            });
            give(link);
        };
        Ok(self.client.fork(name, give)?)
    }

    fn leave(&mut self) {}

    fn is_elsewhere(&self) -> bool {
        true
    }

    fn company(&self) -> Company {
        self.client.company()
    }

    fn steer(&mut self) -> Result<(), Gone> {
        Ok(self.client.steer()?)
    }

    fn wake(&self) -> &Receiver<()> {
        self.client.wake()
    }
}
