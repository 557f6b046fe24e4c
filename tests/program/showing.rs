//! What stands on the screen, at every size.

use std::time::Duration;

use crate::pty::Pty;
use crate::vt::rows;
use crate::{digits, hebbtop, leave, paused};

fn wait_for_all(pty: &mut Pty, words: &[&str]) {
    for word in words {
        pty.wait_for(word);
    }
}

#[test]
fn the_overview_fills_a_large_terminal() {
    let mut pty = digits(120, 40);
    let words = [
        "pc-digits",
        "LIVE",
        "[1 Overview",
        "2 Learning",
        "seed 0",
        "/600",
        "20/s",
        "loss",
        "weights W1 50x64",
        "layers",
        "5 20->10",
        "test image",
        "parameters",
        "[strict]",
        "rate",
        "? help",
        ": command",
        "q quit",
    ];
    wait_for_all(&mut pty, &words);
    leave(pty);
}

#[test]
fn the_overview_fits_the_smallest_usual_terminal() {
    let mut pty = digits(80, 24);
    let words = [
        "pc-digits",
        "LIVE",
        "[1 Overview",
        "/600",
        "loss",
        "weights",
        "layers",
        "1 64->50",
        "parameters",
        "▸eta",
        "? help",
        "q quit",
    ];
    wait_for_all(&mut pty, &words);
    leave(pty);
}

#[test]
fn the_modes_of_a_screen_are_on_and_the_mouse_is_the_terminals() {
    let pty = digits(80, 24);
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
    leave(pty);
}

#[test]
fn every_size_is_followed_and_nothing_is_left_over() {
    let mut pty = paused(80, 24);
    for (columns, rows, words) in [
        (120, 40, "[1 Overview"),
        (40, 10, "PAUSED"),
        (1, 1, ""),
        (0, 0, ""),
        (133, 7, "PAUSED"),
        (3, 60, ""),
        (80, 24, "[1 Overview"),
    ] {
        let before = pty.bytes();
        pty.resize(columns, rows);
        if columns > 0 {
            pty.wait_for_more_than(before);
        }
        pty.wait_for(words);
    }
    pty.wait_for("▸eta");
    pty.wait_for_silence(Duration::from_millis(300));
    // Everything drawn anew looks the same.
    let (shown, before) = (pty.screen(), pty.bytes());
    pty.keys("\x0c");
    pty.wait_for_more_than(before);
    pty.wait_for_silence(Duration::from_millis(300));
    for (now, before) in rows(&pty.screen()).into_iter().zip(rows(&shown)) {
        assert_eq!(now, before, "in\n{}", shown.contents());
    }
    pty.keys("q");
    pty.assert_exit(0);
}

#[test]
fn the_program_starts_on_the_smallest_terminal_and_grows() {
    let mut pty = hebbtop(&["run", "pc-digits"]).start(1, 1);
    pty.wait_until("the alternate screen", vt100::Screen::alternate_screen);
    pty.resize(80, 24);
    pty.wait_for("▸eta");
    pty.wait_for("LIVE");
    leave(pty);
}

#[test]
fn a_fault_is_shown_with_its_remedy() {
    let mut pty = hebbtop(&["run", "pc-strict-diverges"]).start(120, 40);
    pty.wait_for("▸eta");
    pty.keys("p");
    pty.wait_for("FAULT");
    pty.wait_for("energy F rose to");
    pty.wait_for("lower eta, ");
    // The log has room for the whole sentence, and for what the preset did before.
    pty.keys("5");
    pty.wait_for("eta 0.5 is against a limit of");
    pty.wait_for("method fixedpred -> strict");
    pty.keys("q");
    pty.assert_exit(0);
    let text = pty.text();
    assert!(
        text.contains("300 steps of 320, fault: energy F rose"),
        "{text}"
    );
    // The schedule will do again what it did.
    assert!(
        text.ends_with("again: hebbtop run pc-strict-diverges --seed 0"),
        "{text}"
    );
}
