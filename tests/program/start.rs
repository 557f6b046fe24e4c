//! The start screen, and what happens where there can be none.

use crate::hebbtop;

#[test]
fn a_preset_is_chosen_and_opened() {
    let mut pty = hebbtop(&[]).start(80, 24);
    pty.wait_for("choose an experiment");
    pty.wait_for("▸ pc-digits ");
    pty.wait_for("First look: digits by strict predictive coding");
    pty.keys("\x1b[B");
    pty.wait_for("▸ pc-digits-bp");
    pty.keys("\x1b[A");
    pty.wait_for("▸ pc-digits ");
    pty.keys("\r");
    pty.wait_for("LIVE");
    pty.wait_for("▸eta");
    // It can go back like one that was named on the command line.
    pty.keys(" ");
    pty.wait_for("PAUSED");
    pty.keys(">>,");
    pty.wait_for("back at step");
    pty.keys("q");
    pty.assert_exit(0);
    assert!(
        pty.text().contains("again: hebbtop run pc-digits --seed 0"),
        "{}",
        pty.text()
    );
}

#[test]
fn a_variant_is_chosen_and_opened() {
    let mut pty = hebbtop(&[]).start(80, 24);
    pty.wait_for("▸ pc-digits ");
    pty.keys("\x1b[C");
    pty.wait_for("[fixedpred]");
    pty.keys("\r");
    pty.wait_for("pc-digits:fixedpred");
    pty.wait_for("LIVE");
    pty.keys("\x03\x03");
    pty.assert_exit(130);
    assert!(
        pty.text()
            .contains("again: hebbtop run pc-digits:fixedpred"),
        "{}",
        pty.text()
    );
}

#[test]
fn what_cannot_be_opened_is_said_where_it_was_chosen() {
    let mut pty = hebbtop(&[]).start(120, 40);
    pty.wait_for("▸ pc-digits ");
    pty.keys("/mnist-strict\r");
    pty.wait_for("▸ pc-mnist-strict");
    pty.keys("\r");
    pty.wait_for("give their folder with --data");
    assert!(
        pty.text().contains("choose an experiment"),
        "{}",
        pty.text()
    );
    pty.keys("\x03\x03");
    pty.assert_exit(130);
}

#[test]
fn the_start_screen_is_left_without_a_question() {
    let mut pty = hebbtop(&[]).start(80, 24);
    pty.wait_for("▸ pc-digits ");
    pty.keys("q");
    pty.assert_exit(0);
    assert_eq!(pty.text().trim(), "");
}

#[test]
fn a_terminal_without_a_cursor_gets_no_screen() {
    let mut pty = hebbtop(&["run", "pc-digits", "--steps", "3"])
        .env("TERM", "dumb")
        .start(80, 24);
    pty.assert_exit(0);
    assert!(!contains(&pty.output(0), b"\x1b[?1049h"));
    assert!(contains(&pty.output(0), b"\ndigest "), "{}", pty.text());

    let mut pty = hebbtop(&[]).env("TERM", "dumb").start(80, 24);
    pty.assert_exit(2);
    assert!(!contains(&pty.output(0), b"\x1b"));
    assert!(contains(&pty.output(0), b"pc-digits "), "{}", pty.text());
}

fn contains(output: &[u8], bytes: &[u8]) -> bool {
    output.windows(bytes.len()).any(|window| window == bytes)
}
