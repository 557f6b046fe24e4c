//! The program on a terminal, as a person meets it: what is shown, what keys and signals do, and in
//! which state the terminal is left.

#[path = "../pty/mod.rs"]
mod pty;
#[path = "../vt/mod.rs"]
mod vt;

mod budget;
mod closing;
mod colours;
mod hostile;
mod jobs;
mod keys;
mod lanes;
mod leaving;
mod recording;
mod showing;
mod signals;
mod start;
mod tour;

use std::path::PathBuf;

use pty::{Program, Pty};
use tempfile::TempDir;

const BINARY: &str = env!("CARGO_BIN_EXE_hebbtop");

/// `hebbtop` with these arguments.
fn hebbtop(args: &[&str]) -> Program {
    Program::new(BINARY).args(args)
}

/// The first preset on a terminal of this size, when it has learned for some steps.
fn digits(columns: u16, rows: u16) -> Pty {
    let mut pty = hebbtop(&["run", "pc-digits", "--hangup", "end"]).start(columns, rows);
    pty.wait_for("rel. error");
    pty.wait_for("▸eta");
    pty
}

/// The same, paused, with every frame arrived.
fn paused(columns: u16, rows: u16) -> Pty {
    let mut pty = digits(columns, rows);
    pty.keys(" ");
    pty.wait_for("PAUSED");
    pty
}

/// A shell with job control runs the script, in which `$HEBBTOP` is the program.
fn under_shell(script: &str) -> Pty {
    Program::new("/bin/sh")
        .args(["-c", script])
        .env("HEBBTOP", BINARY)
        .start(80, 24)
}

/// Leaves a screen that asks first.
fn leave(mut pty: Pty) {
    pty.keys("q");
    pty.wait_for("leave?");
    pty.keys("y");
    pty.assert_exit(0);
}

/// A preset in a file.
fn preset_file(name: &str, content: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    std::fs::write(&path, content).expect("a file in it");
    (folder, path)
}
