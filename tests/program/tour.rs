//! The tour: every stop is left by doing what it asks for, and what it shows is there.

use crate::hebbtop;

#[test]
fn the_tour_leads_through_watch_change_pause_rewind_and_compare() {
    let mut pty = hebbtop(&["tour"]).start(120, 40);
    pty.wait_for("tour 1 of 5: watch");
    pty.wait_for("▸eta");
    // What is not asked for leaves it where it is.
    pty.keys("2");
    pty.wait_for("[2 Learning");
    pty.keys("1");
    pty.wait_for("tour 2 of 5: change");
    pty.keys("\x1b[C");
    pty.wait_for("accepted: eta");
    pty.wait_for("tour 3 of 5: pause");
    pty.keys(" ");
    pty.wait_for("PAUSED");
    pty.wait_for("tour 4 of 5: rewind");
    pty.keys("<");
    pty.wait_for("back at step");
    pty.wait_for("tour 5 of 5: compare");
    pty.keys("F");
    pty.wait_for("forked B in");
    pty.wait_for("That was the tour");
    pty.keys("\x03\x03");
    pty.assert_exit(130);
}
