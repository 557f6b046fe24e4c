//! A terminal that is closed while the program runs: it ends, quickly and without a word.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::pty::{Exit, Program};
use crate::{BINARY, digits};

/// What the program may take to notice and to end; a process that spins is never that quick.
const QUICKLY: Duration = Duration::from_secs(5);

#[test]
fn a_closed_terminal_ends_it() {
    let mut pty = digits(80, 24);
    let start = Instant::now();
    pty.hang_up();
    assert_eq!(pty.wait_exit(), Exit::Status(129));
    assert!(start.elapsed() < QUICKLY, "{:?}", start.elapsed());
}

/// The shell ignores SIGHUP and lives on, so that nothing but the terminal itself tells.
#[test]
fn a_closed_terminal_ends_it_without_a_signal() {
    let script = r#"trap "" HUP; "$HEBBTOP" run pc-digits --hangup end 2>"$REPORT.err"; echo "$?" >"$REPORT"
        times >>"$REPORT""#;
    // While frames are drawn, and while nothing happens.
    for keys in ["", " "] {
        let folder = tempfile::tempdir().unwrap();
        let report = folder.path().join("report");
        let mut pty = Program::new("/bin/sh")
            .args(["-c", script])
            .env("HEBBTOP", BINARY)
            .env("REPORT", report.to_str().unwrap())
            .start(80, 24);
        pty.wait_for("▸eta");
        pty.keys(keys);
        if !keys.is_empty() {
            pty.wait_for("PAUSED");
        }
        let start = Instant::now();
        pty.hang_up();
        pty.wait_exit();
        let took = start.elapsed();
        let (status, processor) = read_report(&report);
        assert_eq!(status, "129", "keys {keys:?}");
        assert!(took < QUICKLY, "{took:?} with keys {keys:?}");
        // Of the whole run: starting, learning a few steps, drawing a few frames.
        assert!(processor < 3.0, "{processor} s of processor time");
        let errors = fs::read_to_string(report.with_extension("err")).unwrap();
        assert_eq!(
            errors, "",
            "nothing may be written when the terminal is gone"
        );
    }
}

#[test]
fn in_the_background_it_notices_that_the_terminal_is_closed() {
    let script = r#"set -m; trap "" HUP; "$HEBBTOP" run pc-digits --hangup end; bg >/dev/null; echo "[behind]"
        wait %1; echo "$?" >"$REPORT"; times >>"$REPORT""#;
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report");
    let mut pty = Program::new("/bin/sh")
        .args(["-c", script])
        .env("HEBBTOP", BINARY)
        .env("REPORT", report.to_str().unwrap())
        .start(80, 24);
    pty.wait_for("▸eta");
    pty.keys("\x1a");
    pty.wait_for("[behind]");
    pty.hang_up();
    pty.wait_exit();
    assert_eq!(read_report(&report).0, "129");
}

/// The exit status, and the seconds of processor time that the shell's children have used.
fn read_report(path: &Path) -> (String, f64) {
    let report = fs::read_to_string(path).unwrap();
    let mut lines = report.lines();
    let status = lines.next().unwrap_or_default().to_owned();
    // `times` writes a line for the shell and one for its children: user and system, `0m1.25s`.
    let children = lines.nth(1).unwrap_or_default();
    let seconds = children.split_whitespace().map(|time| {
        let (minutes, seconds) = time.trim_end_matches('s').split_once('m').unwrap();
        60.0 * minutes.parse::<f64>().unwrap() + seconds.parse::<f64>().unwrap()
    });
    (status, seconds.sum())
}
