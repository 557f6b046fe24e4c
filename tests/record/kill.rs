//! Law: killed at any moment, a recording goes on from a whole checkpoint, and ends where a run
//! ends that nobody killed.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use hebbtop::record::checkpoint;

const KILLS: u32 = 100;

const PATIENCE: Duration = Duration::from_secs(60);

const SMALL: &str = r#"title = "a small one"
model = "predictive-coding"
data = "digits"
length = 1000000000

[parameters]
network = "8 + tanh / 10"
method = "strict"
n = 3
batch = 4
test_every = 1000
"#;

fn program(args: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_hebbtop"))
        .args(args)
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap()
}

fn digest(args: &[&str]) -> String {
    let output = program(args).wait_with_output().unwrap();
    let words = String::from_utf8(output.stdout).unwrap();
    let line = words
        .lines()
        .find(|line| line.starts_with("digest "))
        .unwrap();
    line.to_owned()
}

fn step(folder: &Path) -> u64 {
    let checkpoint = checkpoint::read(&folder.join("checkpoint.hbt")).unwrap();
    checkpoint.snapshot.place.step
}

/// Waits for what a run is to bring about.
fn until(child: &mut Child, done: impl Fn() -> bool) {
    let start = Instant::now();
    while !done() {
        if let Some(status) = child.try_wait().unwrap() {
            panic!("the run ended: {status}");
        }
        assert!(start.elapsed() < PATIENCE, "the run does not come further");
        std::thread::sleep(Duration::from_micros(100));
    }
}

#[test]
fn a_hundred_kills_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (preset, run) = (folder.path().join("small.toml"), folder.path().join("run"));
    std::fs::write(&preset, SMALL).unwrap();
    let (preset, path) = (preset.to_str().unwrap(), run.to_str().unwrap());
    let start = Instant::now();
    let mut child = program(&[
        "run",
        preset,
        "--headless",
        "--record",
        path,
        "--checkpoint-every",
        "3ms",
    ]);
    until(&mut child, || run.join("checkpoint.hbt").exists());
    // What this machine takes to a first checkpoint: a fixed span would kill every run of a busy
    // machine before it begins, and none of a fast one's while it begins.
    let span = u64::try_from(start.elapsed().as_micros()).unwrap();
    // A linear congruential generator: the moments need only be many and different.
    let mut random: u64 = 12345;
    let mut moved = 0;
    let mut before = 0;
    for kill in 0..KILLS {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        // Every other run is left alone until it has come further, so that the kills are not all
        // of beginnings.
        if kill % 2 == 0 {
            until(&mut child, || step(&run) > before);
        }
        std::thread::sleep(Duration::from_micros((random >> 33) % (2 * span)));
        child.kill().unwrap();
        child.wait().unwrap();
        let now = step(&run);
        assert!(
            now >= before,
            "the checkpoint went back from {before} to {now}"
        );
        moved += u32::from(now > before);
        before = now;
        child = program(&["resume", path, "--headless", "--checkpoint-every", "3ms"]);
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(
        moved >= KILLS / 2,
        "only {moved} of {KILLS} runs came further"
    );
    let end = (step(&run) + 100).to_string();
    let killed = digest(&["resume", path, "--headless", "--steps", &end]);
    let whole = folder.path().join("whole");
    let whole_path = whole.to_str().unwrap();
    let args = [
        "run",
        preset,
        "--headless",
        "--steps",
        &end,
        "--record",
        whole_path,
    ];
    assert_eq!(killed, digest(&args), "after {end} steps");
    let rows = |folder: &Path| std::fs::read(folder.join("metrics.csv")).unwrap();
    assert!(rows(&run) == rows(&whole), "the rows differ");
    let left = std::fs::read_dir(&run).unwrap().count();
    assert_eq!(left, 5, "unfinished files are left in the folder");
}
