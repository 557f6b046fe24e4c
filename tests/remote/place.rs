//! Folders for sockets and cards of their own, and the program told to use them.

use std::path::Path;
use std::time::{Duration, Instant};

use assert_cmd::Command;
use hebbtop::engine::{Command as Order, Pace};
use hebbtop::remote::Client;
use tempfile::TempDir;

use crate::pty::Program;

pub const BINARY: &str = env!("CARGO_BIN_EXE_hebbtop");

/// Longer than anything takes on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);

pub struct Place(TempDir);

impl Place {
    pub fn new() -> Self {
        Self(
            tempfile::Builder::new()
                .prefix("hebbtop-")
                .tempdir()
                .unwrap(),
        )
    }

    pub fn folder(&self) -> &Path {
        self.0.path()
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(BINARY);
        command
            .args(args)
            .env("XDG_STATE_HOME", self.folder())
            .env("XDG_RUNTIME_DIR", self.folder());
        command
    }

    /// What the program prints when all is well.
    pub fn says(&self, args: &[&str]) -> String {
        let output = self.command(args).assert().success().get_output().clone();
        String::from_utf8(output.stdout).unwrap()
    }

    /// What it complains of.
    pub fn fails(&self, args: &[&str]) -> String {
        let output = self.command(args).assert().failure().get_output().clone();
        String::from_utf8(output.stderr).unwrap()
    }

    pub fn program(&self, args: &[&str]) -> Program {
        let folder = self.folder().to_str().unwrap();
        Program::new(BINARY)
            .args(args)
            .env("XDG_STATE_HOME", folder)
            .env("XDG_RUNTIME_DIR", folder)
    }

    pub fn connect(&self, name: &str) -> Client {
        let socket = self.folder().join("hebbtop").join(name);
        self.wait_for("a socket", |_| socket.exists());
        Client::connect(&socket, "a test").unwrap()
    }

    /// As fast as it can, whatever pace the preset has.
    pub fn flat_out(&self, name: &str) {
        let mut client = self.connect(name);
        // A terminal that was closed may not have left yet.
        client.steer().unwrap();
        client.send(Order::SetPace(Pace::FlatOut)).unwrap();
        client.send(Order::Resume).unwrap();
    }

    pub fn wait_done(&self, name: &str) {
        self.wait_for("done", |place| {
            let listed = place.says(&["ps"]);
            let row = listed
                .lines()
                .find(|line| line.split(' ').next() == Some(name));
            row.is_some_and(|row| row.contains(" done "))
        });
    }

    pub fn wait_for(&self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let until = Instant::now() + LIMIT;
        while !is_so(self) {
            assert!(Instant::now() < until, "waited in vain: {what}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// What the cards of all runs say.
    pub fn cards(&self) -> Vec<String> {
        let folder = std::fs::read_dir(self.folder().join("hebbtop/runs"));
        let files = folder.into_iter().flatten().flatten();
        let cards = files.filter(|entry| entry.path().extension().is_some());
        cards
            .filter_map(|entry| std::fs::read_to_string(entry.path()).ok())
            .collect()
    }
}

/// No test leaves a run behind.
impl Drop for Place {
    fn drop(&mut self) {
        let names = self.command(&["ps", "--names"]).output().unwrap().stdout;
        for name in String::from_utf8_lossy(&names).lines() {
            let _ = self.command(&["stop", name]).output();
        }
    }
}

/// Of the same run without all this.
pub fn digest(preset: &str, steps: &str) -> String {
    let mut command = Command::new(BINARY);
    command.args(["run", preset, "--steps", steps, "--headless", "--json"]);
    let output = command.assert().success().get_output().clone();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    report["digest"].as_str().unwrap().to_owned()
}
