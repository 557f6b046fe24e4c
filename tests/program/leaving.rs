//! The quit dialog, and the lines that stay on the normal screen.

use crate::{digits, hebbtop, paused, preset_file};

#[test]
fn leaving_asks_and_five_lines_stay() {
    let mut pty = digits(120, 40);
    pty.keys("q");
    pty.wait_for("leave?");
    pty.wait_for("The run goes on; leaving ends it.");
    pty.keys("\x1b");
    pty.wait_until("the question gone", |screen| {
        !screen.contents().contains("leave?")
    });
    pty.keys("q");
    pty.wait_for("leave?");
    pty.keys("y");
    pty.assert_exit(0);
    let text = pty.text();
    let lines: Vec<&str> = text.lines().collect();
    let [what, how_far, metrics, kept, again] = lines[..] else {
        panic!("five lines, not\n{text}")
    };
    assert_eq!(
        what,
        "pc-digits: First look: digits by strict predictive coding"
    );
    assert!(how_far.contains("steps of 600, was running"), "{how_far}");
    for metric in ["loss ", "accuracy "] {
        assert!(metrics.contains(metric), "{metrics}");
    }
    assert!(kept.contains("nothing saved"), "{kept}");
    assert_eq!(again, "again: hebbtop run pc-digits --seed 0");
}

#[test]
fn the_last_line_repeats_what_was_changed() {
    let mut pty = paused(120, 40);
    pty.keys("\x1b[C");
    pty.wait_for("accepted: eta");
    pty.keys("q");
    pty.wait_for("Parameters were changed");
    pty.keys("y");
    pty.assert_exit(0);
    let text = pty.text();
    assert!(text.contains("changed parameters were not saved"), "{text}");
    assert!(
        text.contains("again: hebbtop run pc-digits --seed 0 --set eta=0.112"),
        "{text}"
    );
}

#[test]
fn saved_parameters_are_a_preset_that_runs() {
    let folder = tempfile::tempdir().unwrap();
    let mut pty = hebbtop(&["run", "pc-digits"])
        .current_dir(folder.path())
        .start(120, 40);
    pty.wait_for("▸eta");
    pty.keys(" ");
    pty.wait_for("PAUSED");
    pty.keys("\x1b[C");
    pty.wait_for("accepted: eta");
    pty.keys(":save mine.toml\r");
    pty.wait_until("where it is saved", |screen| {
        screen.contents().contains("saved") && screen.contents().contains("mine.toml")
    });
    pty.keys("q");
    pty.assert_exit(0);
    assert!(
        pty.text().contains("parameters saved in mine.toml"),
        "{}",
        pty.text()
    );

    let mut pty = hebbtop(&["run", "mine.toml"])
        .current_dir(folder.path())
        .start(120, 40);
    pty.wait_for("▸eta            0.112");
    pty.keys("q");
    pty.wait_for("leave?");
    pty.keys("y");
    pty.assert_exit(0);
}

#[test]
fn a_first_key_that_leaves_is_obeyed() {
    // A network that takes its time to be set up.
    let slow = r#"title = "a slow one"
model = "predictive-coding"
data = "digits"
length = 10

[parameters]
network = "4000 / 4000 / 10"
"#;
    let (_folder, path) = preset_file("slow.toml", slow);
    let mut pty = hebbtop(&["run", path.to_str().unwrap()]).start(80, 24);
    pty.wait_until("the alternate screen", vt100::Screen::alternate_screen);
    pty.keys("q");
    // Whether there was something to lose by then is a matter of moments.
    pty.wait_until("the end or the question", |screen| {
        !screen.alternate_screen() || screen.contents().contains("leave?")
    });
    if pty.is_running() && pty.text().contains("leave?") {
        pty.keys("y");
    }
    pty.assert_exit(0);
}

#[test]
fn leaving_is_possible_before_there_is_a_screen() {
    let mut pty = hebbtop(&["run", "pc-digits"]).start(80, 24);
    pty.keys("q");
    pty.wait_until("the screen entered", vt100::Screen::alternate_screen);
    pty.wait_until("the end or the question", |screen| {
        !screen.alternate_screen() || screen.contents().contains("leave?")
    });
    pty.keys("y");
    pty.assert_exit(0);
}
