//! Law: a journal repeats its session, through everything that a person can do.

use std::path::{Path, PathBuf};

use assert_cmd::Command as Program;
use hebbtop::engine::{Command, Engine, Event, Finished, Options, StepOf, Target};
use hebbtop::models::table::Value;
use hebbtop::preset::catalogue;
use hebbtop::record::journal;

use super::session::Session;

fn set(id: &str, value: Value) -> Command {
    Command::Set {
        id: id.into(),
        value,
    }
}

/// A session with a bit of everything, which is recorded from its middle on.
fn session(folder: &Path) -> Finished {
    let mut preset = catalogue::resolve("pc-digits-strict").unwrap();
    preset.length = 3;
    let mut session = Session::start(preset, None);
    session.quanta(5);
    session.does(set("eta", Value::Real(0.1 + 0.2)));
    session.does(set("batch", Value::Integer(37)));
    session.quanta(4);
    session.does(Command::Record(folder.to_owned()));
    session.does(Command::Undo);
    session.does(Command::Mark("look here".into()));
    session.quanta(70);
    session.does(Command::Redo);
    // Beyond the planned length, which pauses.
    session.step(StepOf::Unit, 3);
    session.step(StepOf::Unit, 2);
    // A future that is abandoned for another.
    session.does(set("eta", Value::Real(0.9)));
    session.step(StepOf::Unit, 1);
    session.does(Command::Rewind(Target::Back(2)));
    session.does(Command::Break("loss > 0".into()));
    session.does(set("eta", Value::Real(0.07)));
    session.step(StepOf::Unit, 1);
    session.does(Command::Reset { seed: Some(77) });
    session.quanta(9);
    session.does(Command::Preset("balanced-ei".into()));
    session.quanta(20);
    session.does(set("stimulate", Value::Switch(true)));
    session.quanta(31);
    session.does(Command::Rewind(Target::Unit(1)));
    session.quanta(7);
    session.does(Command::Preset("meta-digits".into()));
    session.quanta(11);
    session.end()
}

fn recorded() -> (tempfile::TempDir, PathBuf, Finished) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run");
    let finished = session(&path);
    assert_eq!(finished.recorded.as_ref().unwrap().failure, None);
    (folder, path, finished)
}

#[test]
fn a_session_is_repeated_by_the_engine_and_by_the_program() {
    let (_folder, path, finished) = recorded();
    let file = path.join("journal.jsonl");
    let entries = journal::read(&file).unwrap();
    let Event::Start { preset, .. } = &entries[0].event else {
        panic!("{:?}", entries[0]);
    };
    let options = Options {
        repeat: entries.iter().skip(1).cloned().collect(),
        attended: false,
        ..Options::default()
    };
    let preset = preset.preset("journal").unwrap();
    let engine = Engine::start(preset, options).unwrap();
    // Somebody has to hold on to the run.
    let _screen = engine.subscribe();
    let again = engine.join().unwrap();
    assert_eq!(
        (again.step, again.quantum, &again.digest),
        (finished.step, finished.quantum, &finished.digest)
    );

    let mut program = Program::cargo_bin("hebbtop").unwrap();
    let args = ["run", "--headless", "--journal", file.to_str().unwrap()];
    let output = program.args(args).assert().success();
    let words = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    assert!(
        words.contains(&format!("digest {}", finished.digest)),
        "{words}"
    );
}

#[test]
fn a_resumed_session_is_repeated_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run");
    session(&path);
    let mut session = Session::resume(&path);
    session.does(Command::Mark("second day".into()));
    session.quanta(8);
    let finished = session.end();
    let mut program = Program::cargo_bin("hebbtop").unwrap();
    let file = path.join("journal.jsonl");
    let args = ["run", "--json", "--journal", file.to_str().unwrap()];
    let output = program.args(args).assert().success();
    let words = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    assert!(
        words.contains(&format!("\"{}\"", finished.digest)),
        "{words}"
    );
}

#[test]
fn another_machine_is_named_and_a_wrong_end_fails() {
    let (_folder, path, finished) = recorded();
    let file = path.join("journal.jsonl");
    let journal = std::fs::read_to_string(&file).unwrap();
    let run = |content: String| {
        std::fs::write(&file, content).unwrap();
        let mut program = Program::cargo_bin("hebbtop").unwrap();
        program.args(["run", "--journal", file.to_str().unwrap()]);
        program.assert()
    };
    let elsewhere = journal.replace(&hebbtop::engine::isa(), "sparc64");
    let assert = run(elsewhere).success();
    let said = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
    assert!(
        said.contains("not bit-exact: it was made on sparc64"),
        "{said}"
    );
    let wrong = journal.replace(&finished.digest, "0123456789abcdef");
    let assert = run(wrong).code(1);
    let said = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
    assert!(said.contains("0123456789abcdef"), "{said}");
}

#[test]
fn every_reset_preset_and_way_back_begins_a_file_of_metrics() {
    let (_folder, path, _) = recorded();
    let read = |name: &str| std::fs::read_to_string(path.join(name)).unwrap();
    let first = read("metrics.csv");
    assert!(first.starts_with("step,loss"), "{first}");
    let steps: Vec<u64> = first
        .lines()
        .skip(1)
        .map(|line| line.split(',').next().unwrap().parse().unwrap())
        .collect();
    let from = steps[0];
    assert_eq!(steps, (from..from + steps.len() as u64).collect::<Vec<_>>());
    let beginnings = ["step,loss", "step,loss", "ms,", "ms,", "episode,"];
    for (number, beginning) in (2..).zip(beginnings) {
        assert!(
            read(&format!("metrics-{number}.csv")).starts_with(beginning),
            "{number}"
        );
    }
    assert!(!path.join("metrics-7.csv").exists());
}
