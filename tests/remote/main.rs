//! Runs without a terminal: started so, handed over, left behind, found, watched and ended.

#[path = "../pty/mod.rs"]
mod pty;

mod place;
mod refused;

use nix::sys::signal::Signal;
use place::{BINARY, Place, digest};
use pty::Pty;

/// One of each family and mode, and how long it is to be.
const RUNS: [(&str, &str); 4] = [
    ("pc-digits:fixedpred", "60"),
    ("fa-bio", "300"),
    ("meta-bio", "3"),
    ("balanced-ei", "400"),
];

fn shown(place: &Place, preset: &str, steps: &str) -> Pty {
    let mut pty = place
        .program(&["run", preset, "--steps", steps])
        .start(80, 24);
    pty.wait_for("LIVE");
    pty
}

#[test]
fn a_run_without_a_terminal_is_found_and_ends_with_the_digest_of_any_other() {
    let place = Place::new();
    for (preset, steps) in RUNS {
        let name = preset.replace(':', ".");
        let said = place.says(&["run", preset, "--steps", steps, "--detach"]);
        assert!(said.contains(&format!("hebbtop attach {name}")), "{said}");
        place.flat_out(&name);
        place.wait_done(&name);
        let said = place.says(&["stop", &name]);
        assert!(said.contains(&digest(preset, steps)), "{preset}: {said}");
        assert!(said.contains("hebbtop resume"), "{said}");
        assert_eq!(place.says(&["ps", "--names"]), "");
    }
}

#[test]
fn a_run_whose_terminal_is_closed_goes_on() {
    let place = Place::new();
    for (preset, steps) in RUNS {
        let name = preset.replace(':', ".");
        let mut pty = shown(&place, preset, steps);
        pty.hang_up();
        place.flat_out(&name);
        place.wait_done(&name);
        let said = place.says(&["stop", &name]);
        assert!(said.contains(&digest(preset, steps)), "{preset}: {said}");
        pty.wait_exit();
    }
    // It was also kept when the terminal went.
    let kept = std::fs::read_dir(place.folder().join("hebbtop/kept")).unwrap();
    assert_eq!(kept.count(), 2 * RUNS.len());
}

#[test]
fn a_run_goes_from_the_screen_to_a_process_of_its_own_with_its_recording() {
    let place = Place::new();
    let folder = place.folder().join("recording");
    let mut pty = place
        .program(&["run", "pc-digits", "--steps", "80", "--record"])
        .args([&folder])
        .start(120, 40);
    pty.wait_for("▸eta");
    pty.keys("\x1b[C");
    pty.wait_for("accepted: eta");
    pty.keys("D");
    pty.assert_exit(0);
    assert!(
        pty.text().contains("hebbtop attach pc-digits"),
        "{}",
        pty.text()
    );

    let mut pty = place.program(&["attach"]).start(120, 40);
    pty.wait_for("▸eta");
    // The mark of the change is there, and it can be taken back.
    pty.wait_for(" REC");
    pty.keys("u");
    pty.wait_for("0.1");
    pty.keys("p");
    pty.wait_for("DONE");
    pty.keys("q");
    pty.assert_exit(0);
    let said = place.says(&["stop"]);
    let repeated = place.says(&[
        "run",
        "--headless",
        "--journal",
        folder.join("journal.jsonl").to_str().unwrap(),
    ]);
    let digest = said.split("digest ").nth(1).unwrap();
    let digest = digest.split_whitespace().next().unwrap();
    assert!(repeated.contains(digest), "{said}\n{repeated}");
}

/// The program that would take it over is gone, as after an update.
#[test]
fn a_run_that_cannot_be_handed_over_goes_on_where_it_is() {
    let place = Place::new();
    let program = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("hebbtop-that-goes");
    let _ = std::fs::remove_file(&program);
    std::fs::hard_link(BINARY, &program).unwrap();
    let folder = place.folder().to_str().unwrap();
    let mut pty = pty::Program::new(&program)
        .args(["run", "pc-digits", "--steps", "90"])
        .env("XDG_STATE_HOME", folder)
        .env("XDG_RUNTIME_DIR", folder)
        .start(120, 40);
    pty.wait_for("▸eta");
    std::fs::remove_file(&program).unwrap();
    pty.keys("D");
    pty.wait_for("pc-digits goes on in this process");
    place.flat_out("pc-digits");
    place.wait_done("pc-digits");
    let said = place.says(&["stop"]);
    assert!(said.contains(&digest("pc-digits", "90")), "{said}");
    pty.assert_exit(0);
    let left = std::fs::read_dir(place.folder().join("hebbtop/runs")).unwrap();
    assert_eq!(left.count(), 0, "nothing of the parcel is left");
}

#[test]
fn one_of_two_who_watch_steers_and_the_other_can_take_over() {
    let place = Place::new();
    place.says(&["run", "pc-digits", "--detach"]);
    let mut first = place.program(&["attach"]).start(120, 40);
    first.wait_for("▸eta");
    let mut second = place.program(&["attach"]).start(120, 40);
    second.wait_for(" steers");
    first.wait_for("1 watches");
    second.keys("\x1b[C");
    second.wait_for("steers; `:steer` takes over");
    second.keys(":steer\r");
    first.wait_for(" steers");
    second.keys("\x1b[C");
    second.wait_for("accepted: eta");
    first.signal(Signal::SIGKILL);
    first.wait_exit();
    second.wait_until("the other gone", |screen| {
        !screen.contents().contains("watches")
    });
    // A lane that is forked here is a run of its own there.
    second.keys("F");
    second.wait_for("forked B in");
    assert_eq!(place.says(&["ps", "--names"]), "pc-digits\npc-digits.B\n");
    let said = place.says(&["stop", "pc-digits"]);
    assert!(said.contains("digest"), "{said}");
    second.wait_for("GONE");
}

/// A batch job ends with the signal that the scheduler sends before the time limit.
#[test]
fn a_served_run_keeps_its_state_when_it_is_told_to_end() {
    let place = Place::new();
    let mut pty = place
        .program(&["run", "balanced-ei", "--serve"])
        .start(80, 24);
    pty.wait_for("balanced-ei can be reached");
    pty.signal(Signal::SIGTERM);
    pty.assert_exit(143);
    let kept = std::fs::read_dir(place.folder().join("hebbtop/kept")).unwrap();
    let folder = kept.last().unwrap().unwrap().path();
    let said = place.says(&[
        "resume",
        folder.to_str().unwrap(),
        "--headless",
        "--steps",
        "500",
    ]);
    assert!(said.contains(&digest("balanced-ei", "500")), "{said}");
    assert_eq!(place.says(&["ps", "--names"]), "");
}

#[test]
fn what_killed_runs_leave_behind_is_cleaned_up() {
    let place = Place::new();
    place.says(&["run", "pc-digits", "--detach"]);
    let pids = place.cards().into_iter().map(|card| {
        let pid = card.lines().find_map(|line| line.strip_prefix("pid = "));
        pid.unwrap().parse().unwrap()
    });
    for pid in pids {
        nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), Signal::SIGKILL).unwrap();
    }
    place.wait_for("no card", |place| place.says(&["ps", "--names"]).is_empty());
    assert!(place.cards().is_empty());
    // Its name is free again.
    let said = place.says(&["run", "pc-digits", "--detach"]);
    assert!(said.starts_with("pc-digits runs"), "{said}");
    let said = place.says(&["run", "pc-digits", "--detach"]);
    assert!(said.starts_with("pc-digits-2 runs"), "{said}");
}

#[test]
fn what_cannot_begin_says_why_where_it_was_started() {
    let place = Place::new();
    let refused = place.fails(&["run", "pc-digits", "--detach", "--break", "nonsense > 1"]);
    assert!(refused.contains("nonsense"), "{refused}");
    let refused = place.fails(&["run", "nowhere", "--detach"]);
    assert!(refused.contains("nowhere"), "{refused}");
    let refused = place.fails(&["attach", "nobody"]);
    assert!(refused.contains("`hebbtop ps` lists"), "{refused}");
    assert!(std::path::Path::new(BINARY).exists());
}
