//! Law: n quanta, a checkpoint, the end of the program, and n more quanta give the state and the
//! rows of 2n quanta in one go, wherever in a unit the cut falls.

use std::path::Path;

use hebbtop::engine::{Command, RunState};
use hebbtop::models::table::Value;
use hebbtop::preset::{DataChoice, Preset, catalogue};

use super::session::Session;

fn rows(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("metrics.csv")).unwrap()
}

/// Compares 2n quanta with n and n.
fn cut(preset: &Preset, n: u64) {
    let name = format!("{}:{:?}", preset.name, preset.variant);
    let folder = tempfile::tempdir().unwrap();
    let (whole, parts) = (folder.path().join("whole"), folder.path().join("parts"));
    let mut session = Session::start(preset.clone(), Some(&whole));
    session.quanta(2 * n);
    let expected = session.end();

    let mut session = Session::start(preset.clone(), Some(&parts));
    session.quanta(n);
    session.end();
    let mut session = Session::resume(&parts);
    session.quanta(n);
    let finished = session.end();
    assert_eq!(
        (finished.step, finished.quantum),
        (expected.step, expected.quantum),
        "{name}"
    );
    assert_eq!(
        finished.digest, expected.digest,
        "{name} cut after {n} quanta"
    );
    assert_eq!(rows(&parts), rows(&whole), "{name} cut after {n} quanta");
}

/// One preset of each family, method, rule and mode; 7 quanta end inside a unit, where the model
/// has quanta inside units.
#[test]
fn every_preset_goes_on_bit_for_bit() {
    for document in catalogue::list() {
        let preset = document.resolve(None).unwrap();
        if matches!(preset.data, DataChoice::External(_)) || preset.name.starts_with("bench-") {
            continue;
        }
        cut(&preset, 7);
    }
}

#[test]
fn a_cut_may_fall_on_any_quantum() {
    for name in ["pc-digits-strict", "meta-digits", "fa-bio", "balanced-ei"] {
        let preset = catalogue::resolve(name).unwrap();
        for n in [1, 2, 31, 64] {
            cut(&preset, n);
        }
    }
}

#[test]
fn changes_that_wait_and_changes_that_can_be_taken_back_survive() {
    let preset = catalogue::resolve("pc-digits-strict").unwrap();
    let set = |id: &str, value: Value| Command::Set {
        id: id.into(),
        value,
    };
    let changes = [
        set("eta", Value::Real(0.07)),
        set("batch", Value::Integer(33)),
        set("learning_rate", Value::Real(0.002)),
    ];
    let run = |cut: bool| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run");
        let mut session = Session::start(preset.clone(), Some(&path));
        session.quanta(3);
        for change in changes.clone() {
            session.does(change);
        }
        session.does(Command::Undo);
        if cut {
            session.end();
            session = Session::resume(&path);
        }
        session.does(Command::Redo);
        session.does(Command::Undo);
        session.does(Command::Undo);
        session.quanta(60);
        session.does(Command::Reset { seed: None });
        session.quanta(10);
        session.end().digest
    };
    assert_eq!(run(true), run(false));
}

/// A run that is done stays so, and one that went on beyond its length has no end.
#[test]
fn a_run_that_is_done_is_done_again() {
    let mut preset = catalogue::resolve("pc-digits").unwrap();
    preset.length = 2;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run");
    let mut session = Session::start(preset, Some(&path));
    session.does(Command::Resume);
    session.until(|frame| frame.state == RunState::Done);
    session.end();
    let mut session = Session::resume(&path);
    let frame = session.until(|_| true);
    assert_eq!((frame.state, frame.step), (RunState::Done, 2));
    assert_eq!(frame.history.samples, 2, "the charts know the past");
    session.does(Command::Resume);
    session.until(|frame| frame.step > 4);
    session.end();
}
