//! The terminal layer on a real pseudo-terminal: every way to end, to stop and to be cut off.

mod pty;

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use pty::{Exit, Program, Pty, cpu_time};

/// The demonstration, which cargo builds beside the tests.
fn demo() -> PathBuf {
    let test = std::env::current_exe().expect("a test has a path");
    let path = test
        .ancestors()
        .nth(2)
        .expect("target/PROFILE/deps/TEST")
        .join("examples/term_demo");
    assert!(
        path.exists(),
        "{} is missing: cargo build --example term_demo",
        path.display()
    );
    path
}

fn start() -> Pty {
    let mut pty = Program::new(demo()).start(80, 24);
    pty.wait_for("term demo 80x24");
    pty
}

/// A shell with job control runs the script, in which `$DEMO` is the demonstration.
fn under_shell(script: &str) -> Pty {
    Program::new("/bin/sh")
        .args(["-c", script])
        .env("DEMO", demo().to_str().expect("a plain path"))
        .start(80, 24)
}

#[test]
fn the_screen_is_entered_and_left() {
    let mut pty = start();
    let on = pty.modes_left_on();
    for mode in [
        "alternate screen",
        "hidden cursor",
        "bracketed paste",
        "raw mode",
    ] {
        assert!(on.contains(&mode), "{mode} among {on:?}");
    }
    assert!(!on.contains(&"mouse"));
    pty.keys("q");
    pty.assert_exit(0);
    assert_eq!(pty.text().trim(), "goodbye");
}

#[test]
fn keys_pastes_and_reports_arrive() {
    let mut pty = start();
    pty.keys("a\x1b[Aé\x1b[1;5C");
    pty.wait_for("Char('a')");
    pty.wait_for("Up");
    pty.wait_for("Char('é')");
    pty.wait_for("CONTROL) Right");
    pty.keys("\x1b[200~q and\rmore\x1b[201~");
    pty.wait_for(r#"pasted "q and\nmore""#);
    pty.keys("\x1b");
    pty.wait_for("Esc");
    pty.keys("m\x1b[<0;12;7M");
    pty.wait_for("mouse Down(Left) 11,6");
    assert!(pty.modes_left_on().contains(&"mouse"));
    pty.keys("b");
    pty.wait_for_output(b"\x1b]11;?\x1b\\");
    pty.keys("\x1b]11;rgb:fdfd/f6f6/e3e3\x1b\\");
    pty.wait_for("background (253, 246, 227)");
    pty.keys("q");
    pty.assert_exit(0);
}

#[test]
fn resizes_are_followed_and_nothing_is_left_over() {
    let mut pty = start();
    for (columns, rows) in [(120, 40), (40, 10), (1, 1), (0, 0), (133, 7), (80, 24)] {
        pty.resize(columns, rows);
        if columns >= 30 {
            pty.wait_for(&format!("term demo {columns}x{rows}"));
        }
    }
    pty.wait_for_silence(Duration::from_millis(300));
    let shown = pty.screen();
    // Everything drawn anew looks the same.
    let before = pty.bytes();
    pty.keys("\x0c");
    pty.wait_for_more_than(before);
    pty.wait_for_silence(Duration::from_millis(300));
    assert_eq!(
        pty.screen().contents_formatted(),
        shown.contents_formatted()
    );
    pty.keys("q");
    pty.assert_exit(0);
}

#[test]
fn an_idle_screen_costs_nothing() {
    let mut pty = start();
    pty.wait_for_silence(Duration::from_millis(300));
    let (bytes, cpu, start) = (pty.bytes(), cpu_time(pty.pid()), Instant::now());
    pty.wait_for_silence(Duration::from_secs(1));
    assert_eq!(pty.bytes(), bytes);
    if let (Some(before), Some(after)) = (cpu, cpu_time(pty.pid())) {
        assert!(
            after - before < start.elapsed() / 10,
            "{:?}",
            after - before
        );
    }
    pty.keys("q");
    pty.assert_exit(0);
}

#[test]
fn signals_end_it_with_their_status() {
    for (signal, status) in [(Signal::SIGTERM, 143), (Signal::SIGHUP, 129)] {
        let mut pty = start();
        pty.signal(signal);
        pty.assert_exit(status);
        assert_eq!(pty.text().trim(), "", "{signal}");
    }
}

#[test]
fn the_first_interruption_asks_and_the_second_ends() {
    let mut pty = start();
    pty.signal(Signal::SIGINT);
    pty.wait_for("end?");
    pty.signal(Signal::SIGINT);
    pty.assert_exit(130);

    // "Go on" takes the first one back.
    let mut pty = start();
    pty.signal(Signal::SIGINT);
    pty.wait_for("end?");
    pty.keys("n");
    pty.wait_until("the answer", |screen| !screen.contents().contains("end?"));
    pty.signal(Signal::SIGINT);
    pty.wait_for("end?");
    // The key does the same as the signal.
    pty.keys("\x03");
    pty.assert_exit(130);
}

/// The second request is not asked of the screen, which may hang.
#[test]
fn a_hung_screen_can_be_ended() {
    for (signal, status) in [(Signal::SIGTERM, 143), (Signal::SIGINT, 130)] {
        let mut pty = start();
        pty.keys("h");
        // Both signals of a kind may arrive as one, so that a third may be needed.
        let start = Instant::now();
        while pty.is_running() {
            assert!(start.elapsed() < Duration::from_secs(30), "{signal}");
            pty.signal(signal);
            std::thread::sleep(Duration::from_millis(50));
        }
        pty.assert_exit(status);
    }
}

#[test]
fn sigquit_restores_the_terminal_and_dumps() {
    // It may leave a core file behind.
    let folder = tempfile::tempdir().unwrap();
    let mut pty = Program::new(demo())
        .current_dir(folder.path())
        .start(80, 24);
    pty.wait_for("term demo 80x24");
    pty.signal(Signal::SIGQUIT);
    let Exit::Killed(by) = pty.wait_exit() else {
        panic!("it ended by itself")
    };
    assert!(by.starts_with("Quit"), "{by}");
    pty.assert_restored();
}

#[test]
fn a_panic_is_read_on_the_normal_screen() {
    let mut pty = start();
    pty.keys("mp");
    pty.assert_exit(101);
    assert!(
        pty.text().contains("the screen panicked as it was told"),
        "{}",
        pty.text()
    );

    let mut pty = start();
    pty.keys("t");
    pty.assert_exit(101);
    let text = pty.text();
    assert!(text.contains("thread 'worker' panicked at"), "{text}");
    assert!(
        text.contains("the worker panicked as it was told"),
        "{text}"
    );
}

#[test]
fn a_shell_stops_it_and_brings_it_back() {
    let script =
        r#"set -m; "$DEMO"; echo "[stopped $?]"; read answer; fg >/dev/null; echo "[ended $?]""#;
    for by_signal in [false, true] {
        let mut pty = under_shell(script);
        pty.wait_for("term demo 80x24");
        pty.keys("a");
        pty.wait_for("Char('a')");
        if by_signal {
            // To the demonstration, which is the foreground group's only process.
            let group = pty.foreground();
            nix::sys::signal::kill(group, Signal::SIGTSTP).unwrap();
        } else {
            pty.keys("\x1a");
        }
        pty.wait_for("[stopped 1");
        assert_eq!(pty.modes_left_on(), [""; 0], "while it is stopped");
        pty.resize(100, 30);
        pty.keys("\r");
        pty.wait_for("term demo 100x30");
        pty.wait_for("resumed");
        pty.wait_for("Char('a')");
        pty.keys("b\x1b[B");
        pty.wait_for("Down");
        pty.keys("q");
        pty.wait_for("[ended 0]");
        pty.assert_exit(0);
    }
}

#[test]
fn in_the_background_it_leaves_the_terminal_alone() {
    let script = r#"set -m; "$DEMO"; echo "[stopped]"; bg; read answer; echo "[$answer]"; kill -CONT %1;
        read answer; echo "[$answer]"; kill -TERM %1; wait %1; echo "[ended $?]""#;
    let mut pty = under_shell(script);
    pty.wait_for("term demo 80x24");
    pty.keys("\x1a");
    pty.wait_for("[stopped]");
    // What is typed now is the shell's, and the screen stays as it is.
    pty.keys("first\r");
    pty.wait_for("[first]");
    pty.keys("second\r");
    pty.wait_for("[second]");
    pty.wait_for("[ended 143]");
    pty.assert_exit(0);
    assert!(!pty.text().contains("term demo"), "{}", pty.text());
}

#[test]
fn in_the_background_it_notices_that_the_terminal_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report");
    let script = r#"set -m; trap "" HUP; "$DEMO"; bg >/dev/null; echo "[behind]"
        wait %1; echo "$?" >"$REPORT""#;
    let mut pty = Program::new("/bin/sh")
        .args(["-c", script])
        .env("DEMO", demo().to_str().unwrap())
        .env("REPORT", report.to_str().unwrap())
        .start(80, 24);
    pty.wait_for("term demo 80x24");
    pty.keys("\x1a");
    pty.wait_for("[behind]");
    pty.hang_up();
    pty.wait_exit();
    assert_eq!(fs::read_to_string(&report).unwrap().trim(), "129");
}

#[test]
fn without_a_shell_it_does_not_stop() {
    let mut pty = start();
    pty.keys("\x1a");
    pty.wait_for("no shell to stop for");
    // Stopped by force and woken, with modes that somebody else has changed.
    pty.signal(Signal::SIGSTOP);
    pty.signal(Signal::SIGCONT);
    pty.wait_for("resumed");
    pty.keys("q");
    pty.assert_exit(0);
}

#[test]
fn a_closed_terminal_ends_it() {
    let mut pty = start();
    pty.hang_up();
    assert_eq!(pty.wait_exit(), Exit::Status(129));
}

/// The shell ignores SIGHUP and lives on, so that nothing but the terminal itself tells.
#[test]
fn a_closed_terminal_ends_it_without_a_signal() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report");
    let script = r#"trap "" HUP; "$DEMO" 2>"$REPORT.err"; echo "$?" >"$REPORT""#;
    for idle in [true, false] {
        let mut pty = Program::new("/bin/sh")
            .args(["-c", script])
            .env("DEMO", demo().to_str().unwrap())
            .env("REPORT", report.to_str().unwrap())
            .start(80, 24);
        pty.wait_for("term demo 80x24");
        if !idle {
            pty.keys("w");
            pty.wait_for("frame");
        }
        pty.hang_up();
        pty.wait_exit();
        assert_eq!(
            fs::read_to_string(&report).unwrap().trim(),
            "129",
            "idle: {idle}"
        );
        let errors = fs::read_to_string(report.with_extension("err")).unwrap();
        assert_eq!(
            errors, "",
            "nothing may be written when the terminal is gone"
        );
        fs::remove_file(&report).unwrap();
    }
}

#[test]
fn a_terminal_that_does_not_read_cannot_keep_it() {
    let mut pty = start();
    pty.keys("w");
    pty.wait_for("frame");
    pty.stop_reading();
    wait_until_blocked(&pty);
    pty.signal(Signal::SIGTERM);
    assert_eq!(pty.wait_exit(), Exit::Status(143));
}

#[test]
fn a_slow_terminal_is_restored() {
    let mut pty = start();
    pty.keys("w");
    pty.wait_for("frame");
    pty.stop_reading();
    wait_until_blocked(&pty);
    pty.signal(Signal::SIGTERM);
    pty.go_on_reading();
    pty.assert_exit(143);
}

/// A program that fills its terminal uses processor time until the terminal is full.
fn wait_until_blocked(pty: &Pty) {
    let mut before = None;
    loop {
        let now = cpu_time(pty.pid());
        if now == before {
            return;
        }
        before = now;
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn without_colour_and_without_utf8_it_is_still_a_screen() {
    let mut pty = Program::new(demo())
        .env("NO_COLOR", "1")
        .env("LC_ALL", "C")
        .start(80, 24);
    pty.wait_for("term demo 80x24");
    pty.wait_for("--------");
    assert!(pty.output(0).is_ascii());
    pty.keys("q");
    pty.assert_exit(0);

    let mut pty = Program::new(demo()).env("TERM", "dumb").start(80, 24);
    pty.assert_exit(2);
    assert!(
        pty.text().contains("cannot move its cursor"),
        "{}",
        pty.text()
    );
}
