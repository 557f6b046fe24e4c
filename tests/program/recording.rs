//! A run that is recorded from the screen, ended by a signal, resumed, and repeated.

use std::path::Path;

use assert_cmd::Command;
use nix::sys::signal::Signal;

use crate::{hebbtop, paused};

pub fn repeats(folder: &Path) {
    let mut program = Command::cargo_bin("hebbtop").unwrap();
    program.args(["run", "--json", "--journal"]);
    program.arg(folder.join("journal.jsonl")).assert().success();
}

#[test]
fn a_session_is_recorded_resumed_and_repeated() {
    let outside = tempfile::tempdir().unwrap();
    let folder = outside.path().join("kept");
    let mut pty = paused(120, 40);
    pty.keys("\x1b[C");
    pty.wait_for("accepted: eta");
    pty.keys(&format!(":record {}\r", folder.display()));
    pty.wait_for(" REC");
    pty.keys("..");
    pty.keys(":checkpoint\r");
    pty.wait_for("a checkpoint at step");
    pty.keys("\x1b[C");
    pty.wait_for("accepted: eta");
    pty.signal(Signal::SIGHUP);
    pty.assert_exit(129);
    repeats(&folder);

    let mut pty = hebbtop(&["resume", folder.to_str().unwrap()]).start(120, 40);
    pty.wait_for(" REC");
    pty.wait_for("▸eta");
    pty.signal(Signal::SIGTERM);
    pty.assert_exit(143);
    let text = pty.text();
    assert!(text.contains("recorded; `hebbtop resume"), "{text}");
    repeats(&folder);
    let journal = std::fs::read_to_string(folder.join("journal.jsonl")).unwrap();
    assert_eq!(journal.matches("\"set\"").count(), 2, "{journal}");
    assert_eq!(journal.matches("\"resume\"").count(), 1, "{journal}");
}

#[test]
fn a_folder_that_is_there_is_refused_on_the_line() {
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("mine"), "x").unwrap();
    let mut pty = paused(120, 40);
    pty.keys(&format!(":record {}\r", outside.path().display()));
    pty.wait_for("is there already");
    assert_eq!(std::fs::read_dir(outside.path()).unwrap().count(), 1);
}
