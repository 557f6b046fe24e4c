//! What recording leaves alone, and what happens when the folder cannot be written.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use assert_cmd::Command as Program;
use hebbtop::engine::{Command, LogKind, RunState, StepOf};
use hebbtop::preset::catalogue;
use hebbtop::record::{checkpoint, reopen};

use super::session::Session;

fn record(folder: &str, more: &[&str]) -> Program {
    let mut program = Program::cargo_bin("hebbtop").unwrap();
    program
        .args([
            "run",
            "pc-digits",
            "--steps",
            "3",
            "--headless",
            "--record",
            folder,
        ])
        .args(more);
    program
}

#[test]
fn an_existing_recording_is_replaced_only_by_force() {
    let outside = tempfile::tempdir().unwrap();
    let path = outside.path().join("run");
    let folder = path.to_str().unwrap();
    record(folder, &[]).assert().success();
    let before = fs::read(path.join("metrics.csv")).unwrap();
    let refused = record(folder, &["--seed", "5"]).assert().code(2);
    let said = String::from_utf8(refused.get_output().stderr.clone()).unwrap();
    assert!(said.contains(folder) && said.contains("--force"), "{said}");
    assert_eq!(fs::read(path.join("metrics.csv")).unwrap(), before);
    // A run that cannot begin replaces nothing.
    record(folder, &["--force", "--set", "network=7 +"])
        .assert()
        .code(2);
    assert_eq!(fs::read(path.join("metrics.csv")).unwrap(), before);
    record(folder, &["--force", "--seed", "5"])
        .assert()
        .success();
    assert_ne!(fs::read(path.join("metrics.csv")).unwrap(), before);
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1);
}

#[test]
fn a_row_has_a_cell_for_every_column() {
    let outside = tempfile::tempdir().unwrap();
    let path = outside.path().join("run");
    record(path.to_str().unwrap(), &[]).assert().success();
    let content = fs::read_to_string(path.join("metrics.csv")).unwrap();
    let widths: Vec<usize> = content.lines().map(|l| l.split(',').count()).collect();
    assert_eq!(widths.len(), 4);
    assert!(widths.iter().all(|width| *width == widths[0]), "{widths:?}");
    hebbtop::preset::catalogue::resolve(path.join("preset.toml").to_str().unwrap()).unwrap();
}

/// The folder is taken away under the recorder, and given back: nothing in between is lost.
#[test]
fn a_run_that_cannot_be_written_pauses_and_goes_on() {
    let outside = tempfile::tempdir().unwrap();
    let (path, away) = (outside.path().join("run"), outside.path().join("away"));
    let preset = catalogue::resolve("pc-digits").unwrap();
    let mut session = Session::start(preset, Some(&path));
    session.quanta(1);
    session.until(|_| path.join("checkpoint.hbt").exists());
    // The next checkpoint is known by its step.
    session.step(StepOf::Unit, 1);
    fs::rename(&path, &away).unwrap();
    session.does(Command::Resume);
    session.does(Command::Checkpoint);
    let frame = session.until(|frame| frame.state == RunState::Paused);
    let said = |line: &hebbtop::engine::LogLine| {
        line.kind == LogKind::Fault && line.words.contains("checkpoint.hbt")
    };
    assert!(frame.log.iter().any(said), "{:?}", frame.log);
    fs::rename(&away, &path).unwrap();
    // The checkpoint that could not be written is, and says which rows are its own.
    let steps_of = |file: &Path| checkpoint::read(file).unwrap().snapshot.place.step;
    let file = path.join("checkpoint.hbt");
    let deadline = Instant::now() + Duration::from_secs(20);
    while steps_of(&file) == 0 {
        assert!(
            Instant::now() < deadline,
            "the checkpoint is not tried again"
        );
        std::thread::sleep(Duration::from_millis(10));
    }
    fs::create_dir(&away).unwrap();
    for entry in fs::read_dir(&path).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), away.join(entry.file_name())).unwrap();
    }
    let copy = reopen(&away).unwrap();
    let step = copy.checkpoint.snapshot.place.step;
    let steps: Vec<u64> = copy.past.samples.map(|(step, _)| step).collect();
    assert_eq!(steps, (1..=step).collect::<Vec<_>>());
    session.does(Command::Resume);
    session.until(|later| later.step > frame.step + 3);
    session.does(Command::Pause);
    let finished = session.end();
    assert_eq!(finished.recorded.unwrap().failure, None);
    let content = fs::read_to_string(path.join("metrics.csv")).unwrap();
    let steps = content
        .lines()
        .skip(1)
        .map(|line| line.split(',').next().unwrap());
    let steps: Vec<u64> = steps.map(|step| step.parse().unwrap()).collect();
    assert_eq!(steps, (1..=finished.step).collect::<Vec<_>>());
    assert_eq!(
        reopen(&path).unwrap().checkpoint.snapshot.place.step,
        finished.step
    );
}

#[test]
fn one_recording_at_a_time() {
    let outside = tempfile::tempdir().unwrap();
    let path = outside.path().join("run");
    let preset = catalogue::resolve("pc-digits").unwrap();
    let mut session = Session::start(preset, Some(&path));
    assert!(
        session
            .order(Command::Record(outside.path().join("other")))
            .is_err()
    );
    session.until(|_| path.join("checkpoint.hbt").exists());
    let refused = reopen(&path).err().unwrap().to_string();
    assert!(refused.contains("another hebbtop"), "{refused}");
    session.end();
}
