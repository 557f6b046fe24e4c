//! Law: whoever is killed, the sweep ends with every point done once, as if nobody had been.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::program::Place;

/// Points of a sweep that is killed again and again; `SWEEP_POINTS` makes it a marathon (`.ci/long`).
const POINTS: usize = 40;

/// The processes of points in this folder.
fn workers(place: &Place) -> Vec<Pid> {
    let out = place.path("out");
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let Ok(pid) = entry.file_name().to_string_lossy().parse() else {
            continue;
        };
        let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).into_owned();
        let here = fs::read_link(entry.path().join("cwd")).ok();
        if line.contains("sweep-point") && here.as_deref() == out.parent() {
            found.push(Pid::from_raw(pid));
        }
    }
    found
}

fn results(out: &Path) -> BTreeMap<String, SystemTime> {
    let folders = fs::read_dir(out.join("points"))
        .into_iter()
        .flatten()
        .flatten();
    folders
        .filter_map(|folder| {
            let when = fs::metadata(folder.path().join("result.json")).ok()?;
            let name = folder.file_name().into_string().ok()?;
            Some((name, when.modified().ok()?))
        })
        .collect()
}

fn until(what: &str, holds: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(120);
    while !holds() {
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn a_killed_sweeper_and_killed_workers_lose_nothing() {
    let points = std::env::var("SWEEP_POINTS").ok();
    let points = points.map_or(POINTS, |points| points.parse().expect("a number of points"));
    let rounds = (points / 10).min(25);
    let plan = format!("seeds = {points}\nlength = 600\n");
    let undisturbed = Place::new(&plan);
    undisturbed.ends(&["plan.toml"], 0);
    let place = Place::new(&plan);
    let out = place.path("out");
    let mut seen: BTreeMap<String, SystemTime> = BTreeMap::new();
    for round in 1..=rounds {
        let mut child = place.sweep(&["plan.toml", "--jobs", "2"]).spawn().unwrap();
        until("some points", || {
            results(&out).len() >= points * 3 / 5 * round / rounds
        });
        if let Some(worker) = workers(&place).first() {
            let _ = kill(*worker, Signal::SIGKILL);
        }
        std::thread::sleep(Duration::from_millis(15));
        child.kill().unwrap();
        child.wait().unwrap();
        let now = results(&out);
        for (name, when) in &seen {
            assert_eq!(now.get(name), Some(when), "{name} was done twice");
        }
        seen = now;
    }
    until("orphans to end", || workers(&place).is_empty());
    place.ends(&["plan.toml"], 0);
    let now = results(&out);
    assert!(seen.iter().all(|(name, when)| now.get(name) == Some(when)));
    let digests = |place: &Place| place.results(&["point", "state", "seed", "digest"]);
    assert_eq!(digests(&place), digests(&undisturbed));
}

#[test]
fn a_terminated_sweep_checkpoints_its_points() {
    let place = Place::new("seeds = 2\nlength = 100000000\n");
    let mut child = place.sweep(&["plan.toml", "--jobs", "2"]).spawn().unwrap();
    let file = |index: u32| place.path(&format!("out/points/0000{index}/checkpoint.hbt"));
    until("both to begin", || file(0).exists() && file(1).exists());
    std::thread::sleep(Duration::from_millis(300));
    kill(Pid::from_raw(child.id() as i32), Signal::SIGTERM).unwrap();
    let status = child.wait().unwrap();
    assert_eq!(status.code(), Some(143));
    assert!(workers(&place).is_empty());
    for index in 0..2 {
        let kept = hebbtop::record::checkpoint::read(&file(index)).unwrap();
        assert!(
            kept.snapshot.place.step > 0,
            "nothing of point {index} is kept"
        );
    }
    // While one sweeper is there, another one leaves its points alone.
    let mut child = place.sweep(&["plan.toml"]).spawn().unwrap();
    until("a worker", || !workers(&place).is_empty());
    let output = place.ends(&["plan.toml"], 2);
    assert!(String::from_utf8_lossy(&output.stderr).contains("another hebbtop"));
    kill(Pid::from_raw(child.id() as i32), Signal::SIGTERM).unwrap();
    child.wait().unwrap();
}
