//! Every signal that ends the program: what it says, with which status, and what it leaves behind.

use std::time::Duration;

use nix::sys::signal::Signal;

use crate::pty::Exit;
use crate::vt::rows;
use crate::{digits, hebbtop, leave, paused};

#[test]
fn a_request_to_end_is_obeyed_and_the_last_lines_are_told() {
    let mut pty = digits(120, 40);
    pty.signal(Signal::SIGTERM);
    pty.assert_exit(143);
    let text = pty.text();
    assert!(text.contains("again: hebbtop run pc-digits"), "{text}");
}

#[test]
fn the_end_of_the_session_is_obeyed_without_a_word() {
    let mut pty = digits(80, 24);
    pty.signal(Signal::SIGHUP);
    pty.assert_exit(129);
    assert_eq!(pty.text().trim(), "");
}

#[test]
fn the_start_screen_obeys_too() {
    for (signal, status) in [
        (Signal::SIGTERM, 143),
        (Signal::SIGHUP, 129),
        (Signal::SIGINT, 130),
    ] {
        let mut pty = hebbtop(&[]).start(80, 24);
        pty.wait_for("▸ pc-digits");
        pty.signal(signal);
        pty.assert_exit(status);
    }
}

#[test]
fn the_first_interruption_asks_and_the_second_ends() {
    let mut pty = digits(80, 24);
    pty.signal(Signal::SIGINT);
    pty.wait_for("leave?");
    pty.signal(Signal::SIGINT);
    pty.assert_exit(130);

    // The key does the same, and so do key and signal together.
    let mut pty = digits(80, 24);
    pty.keys("\x03");
    pty.wait_for("leave?");
    pty.keys("\x03");
    pty.assert_exit(130);
}

#[test]
fn an_interruption_answered_with_stay_asks_again() {
    let mut pty = paused(80, 24);
    for _ in 0..2 {
        pty.signal(Signal::SIGINT);
        pty.wait_for("leave?");
        pty.keys("\x1b");
        pty.wait_until("the question gone", |screen| {
            !screen.contents().contains("leave?")
        });
    }
    pty.keys(" ");
    pty.wait_for("LIVE");
    leave(pty);
}

#[test]
fn quit_restores_the_terminal_and_aborts() {
    let mut pty = digits(80, 24);
    pty.signal(Signal::SIGQUIT);
    let Exit::Killed(by) = pty.wait_exit() else {
        panic!("it ended by itself")
    };
    assert!(by.starts_with("Quit"), "{by}");
    pty.assert_restored();
}

/// Whoever asks twice is not kept waiting, and the terminal is given back all the same.
#[test]
fn two_requests_to_end_at_once_leave_no_mode_on() {
    for signals in [
        [Signal::SIGTERM, Signal::SIGTERM],
        [Signal::SIGTERM, Signal::SIGHUP],
        [Signal::SIGINT, Signal::SIGTERM],
    ] {
        let mut pty = digits(80, 24);
        for signal in signals {
            pty.signal(signal);
        }
        let Exit::Status(status) = pty.wait_exit() else {
            panic!("{signals:?} killed it")
        };
        assert!([129, 143].contains(&status), "{status} after {signals:?}");
        pty.assert_restored();
    }
}

/// A line that does not take bytes any more cannot keep the program.
#[test]
fn a_terminal_that_does_not_read_cannot_keep_it() {
    let mut pty = digits(120, 40);
    pty.stop_reading();
    pty.keys_until_full("\x0c");
    pty.signal(Signal::SIGTERM);
    assert_eq!(pty.wait_exit(), Exit::Status(143));
}

#[test]
fn a_slow_terminal_is_restored() {
    let mut pty = digits(120, 40);
    pty.stop_reading();
    pty.keys_until_full("\x0c");
    pty.signal(Signal::SIGTERM);
    pty.go_on_reading();
    pty.assert_exit(143);
}

#[test]
fn a_terminal_that_reads_again_is_drawn_whole() {
    let mut pty = paused(80, 24);
    // The heat map catches up with the last step a moment later.
    pty.wait_for_silence(Duration::from_millis(600));
    let shown = rows(&pty.screen());
    pty.stop_reading();
    pty.keys_until_full("\x0c");
    pty.go_on_reading();
    pty.keys("\x0c");
    pty.wait_for_silence(Duration::from_millis(300));
    assert_eq!(rows(&pty.screen()), shown);
    pty.keys("q");
    pty.assert_exit(0);
}
