//! Ctrl-Z, `fg` and `bg` under a shell, and without one.

use nix::sys::signal::{Signal, kill};

use crate::{digits, under_shell};

#[test]
fn a_shell_stops_it_and_brings_it_back() {
    let script = r#"set -m; "$HEBBTOP" run pc-digits; echo "[stopped $?]"; read answer; fg >/dev/null
        echo "[ended $?]""#;
    for by_signal in [false, true] {
        let mut pty = under_shell(script);
        pty.wait_for("▸eta");
        if by_signal {
            // To the program, which is the foreground group's only process.
            kill(pty.foreground(), Signal::SIGTSTP).unwrap();
        } else {
            pty.keys("\x1a");
        }
        pty.wait_for("[stopped 1");
        assert_eq!(pty.modes_left_on(), [""; 0], "while it is stopped");
        pty.resize(120, 40);
        pty.keys("\r");
        // The whole screen at the new size, and keys do what they did.
        pty.wait_for("[1 Overview");
        pty.wait_for("▸eta            0.1 ");
        pty.wait_for("q quit");
        pty.keys("\x1b[C");
        pty.wait_for("accepted: eta");
        pty.keys("q");
        pty.wait_for("leave?");
        pty.keys("y");
        pty.wait_for("again: hebbtop run pc-digits");
        pty.wait_for("[ended 0]");
        pty.assert_exit(0);
    }
}

#[test]
fn in_the_background_it_leaves_the_terminal_alone() {
    let script = r#"set -m; "$HEBBTOP" run pc-digits; echo "[stopped]"; bg; read answer
        echo "[$answer]"; kill -CONT %1; read answer; echo "[$answer]"
        kill -TERM %1; wait %1; echo "[ended $?]""#;
    let mut pty = under_shell(script);
    pty.wait_for("▸eta");
    pty.keys("\x1a");
    pty.wait_for("[stopped]");
    // What is typed now is the shell's, and the screen stays as it is.
    pty.keys("first\r");
    pty.wait_for("[first]");
    pty.keys("second\r");
    pty.wait_for("[second]");
    pty.wait_for("[ended 143]");
    pty.assert_exit(0);
    assert!(!pty.text().contains("parameters"), "{}", pty.text());
}

#[test]
fn without_a_shell_it_does_not_stop() {
    let mut pty = digits(80, 24);
    pty.keys("\x1a");
    pty.wait_for("there is no shell to go back to");
    // Stopped by force and woken, with modes that somebody else may have changed: all is drawn anew.
    let before = pty.bytes();
    pty.signal(Signal::SIGSTOP);
    pty.signal(Signal::SIGCONT);
    pty.wait_for_more_than(before);
    pty.wait_until("the alternate screen entered again", |screen| {
        screen.alternate_screen() && screen.contents().contains("▸eta")
    });
    pty.keys("q");
    pty.wait_for("leave?");
    pty.keys("y");
    pty.assert_exit(0);
}
