//! Lanes: forked, changed, compared, promoted; a recording beside a run.

use nix::sys::signal::Signal;

use crate::recording::repeats;
use crate::{leave, paused};

#[test]
fn a_run_is_forked_changed_compared_and_promoted() {
    let mut pty = paused(120, 40);
    pty.keys("F");
    pty.wait_for("forked B in");
    pty.keys("]");
    pty.wait_for("lane B: keys");
    pty.keys(":set eta 0.2\r");
    pty.wait_for("accepted: eta 0.05 -> 0.2 at step");
    pty.keys("C");
    pty.wait_for("lanes compared");
    pty.wait_until("the parameter that differs", |screen| {
        let text = screen.contents();
        let row = text.lines().find(|line| line.contains("eta  "));
        row.is_some_and(|row| row.contains("0.05") && row.contains("0.2"))
    });
    pty.keys("\x1b");
    pty.wait_for("? help");
    pty.keys(" ");
    pty.wait_for("LIVE");
    pty.keys(" ");
    pty.wait_for("PAUSED");
    pty.keys(":promote\r");
    pty.wait_for("lane B is the main run now");
    leave(pty);
}

#[test]
fn a_fork_is_in_the_journal_does_not_disturb_it_and_a_recording_is_a_lane() {
    let outside = tempfile::tempdir().unwrap();
    let folder = outside.path().join("kept");
    let mut pty = paused(120, 40);
    pty.keys(&format!(":record {}\r", folder.display()));
    pty.wait_for(" REC");
    pty.keys("F");
    pty.wait_for("forked B in");
    pty.keys("]");
    pty.wait_for("lane B: keys");
    pty.keys("\x1b[C");
    pty.wait_for("accepted: eta");
    pty.keys(">>>");
    pty.wait_for("PAUSED");
    pty.signal(Signal::SIGHUP);
    pty.assert_exit(129);
    repeats(&folder);
    let journal = std::fs::read_to_string(folder.join("journal.jsonl")).unwrap();
    assert_eq!(journal.matches("\"fork\"").count(), 1, "{journal}");
    assert_eq!(journal.matches("\"set\"").count(), 0, "{journal}");

    let mut pty = paused(120, 40);
    pty.keys(&format!(":lane {}\r", folder.display()));
    pty.wait_for("lane B is ");
    pty.keys(":lane /nowhere\r");
    pty.wait_for("no lane C: /nowhere");
    // Nothing runs and nothing was changed.
    pty.keys("q");
    pty.assert_exit(0);
}
