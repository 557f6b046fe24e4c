//! Keys, the command line, pastes.

use crate::{digits, leave, paused};

#[test]
fn a_parameter_is_picked_and_nudged() {
    let mut pty = paused(80, 24);
    pty.keys("\x1b[B");
    pty.wait_for("▸sweeps n");
    pty.keys("\x1b[A");
    pty.wait_for("▸eta            0.05 ");
    pty.keys("\x1b[C");
    pty.wait_for("▸eta            0.0561");
    pty.wait_for("accepted: eta 0.05 -> 0.0561 at step");
    pty.keys("u");
    pty.wait_for("▸eta            0.05 ");
    pty.keys("U");
    pty.wait_for("▸eta            0.0561");
    leave(pty);
}

#[test]
fn a_value_is_typed_and_a_refusal_says_why() {
    let mut pty = paused(80, 24);
    pty.keys("\r");
    pty.wait_for("enter");
    pty.keys("\x150.25\r");
    pty.wait_for("accepted: eta 0.05 -> 0.25 at step");
    pty.keys(":set eta 9\r");
    pty.wait_for("`eta` cannot be `9`: it takes a number from 1e-4 to 2");
    pty.keys("\x1b");
    pty.wait_for("q quit");
    pty.wait_for("▸eta            0.25");
    leave(pty);
}

#[test]
fn the_command_line_sets_a_parameter() {
    let mut pty = paused(120, 40);
    pty.keys(":set learning_rate 0.01");
    pty.wait_for(":set learning_rate 0.01");
    pty.keys("\r");
    // The pause may have fallen on the boundary that the parameter waits for, or before it.
    pty.wait_until("the new value accepted", |screen| {
        let text = screen.contents();
        text.contains("accepted: learning_rate 0.002 -> 0.01 at step")
            || text.contains("accepted: learning_rate = 0.01 at the end of this unit")
    });
    leave(pty);
}

#[test]
fn pause_stops_the_run_and_a_step_moves_it() {
    let mut pty = digits(80, 24);
    pty.keys(" ");
    pty.wait_for("PAUSED");
    let step = step_shown(&pty.text());
    pty.keys(">");
    pty.wait_for(&format!(" {}/600", step + 1));
    pty.wait_for("PAUSED");
    pty.keys(" ");
    pty.wait_for("LIVE");
    pty.wait_until("a later step", |screen| {
        step_shown(&screen.contents()) > step + 3
    });
    leave(pty);
}

/// The step in the status line.
fn step_shown(text: &str) -> u64 {
    let first = text.lines().next().unwrap_or_default();
    let before = first.split("/600").next().unwrap_or_default();
    let word = before.split_whitespace().last().unwrap_or_default();
    word.split('+').next().unwrap().parse().unwrap_or_default()
}

#[test]
fn views_are_reached_by_their_number() {
    let mut pty = digits(120, 40);
    for (key, tab, panel) in [
        ("2", "[2 Learning", "angle to backpropagation"),
        ("3", "[3 Weights", "distribution of weights"),
        ("4", "[4 Inference", "energy over the sweeps"),
        ("5", "[5 Log]", "First look: digits"),
        ("1", "[1 Overview", "test image"),
    ] {
        pty.keys(key);
        pty.wait_for(tab);
        pty.wait_for(panel);
    }
    leave(pty);
}

#[test]
fn freezing_the_view_is_not_pausing_the_run() {
    let mut pty = digits(80, 24);
    pty.keys("f");
    pty.wait_for("FROZEN");
    pty.wait_for("the run goes on");
    pty.keys("f");
    pty.wait_for("LIVE");
    leave(pty);
}

#[test]
fn help_opens_and_closes() {
    let mut pty = digits(80, 24);
    pty.keys("?");
    pty.wait_for("help");
    pty.wait_for("Watch: the loss falls");
    pty.keys("\x1b");
    pty.wait_for("▸eta");
    leave(pty);
}

#[test]
fn a_paste_fires_no_command() {
    let mut pty = paused(80, 24);
    let step = step_shown(&pty.text());
    pty.keys("\x1b[200~ qy\r>> q\ry\x1b[201~");
    // A key after the paste shows that the paste has been through.
    pty.keys("\x1b[B");
    pty.wait_for("▸sweeps n");
    assert!(pty.text().contains("PAUSED"), "{}", pty.text());
    assert_eq!(step_shown(&pty.text()), step);
    // Where a line is being typed the first line of it arrives, and waits there.
    pty.keys(":");
    pty.wait_for("enter do it");
    pty.keys("\x1b[200~set n 31\rquit\r\x1b[201~");
    pty.wait_for(":set n 31");
    pty.keys("\r");
    // At once or, where the pause came within a unit, at its end.
    pty.wait_until("the new value accepted", |screen| {
        let text = screen.contents();
        text.contains("accepted: n 20 -> 31 at step")
            || text.contains("accepted: n = 31 at the end of this unit")
    });
    leave(pty);
}
