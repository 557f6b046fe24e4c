//! What is left when a sweep has ended: results, failures, parts put together, the best point.

use std::fs;

use super::program::Place;

const GRID: &str = "seeds = 2\n[grid]\neta = [0.01, 0.1, 0.3]\n";

#[test]
fn results_are_those_of_single_runs() {
    let place = Place::new(GRID);
    let output = place.ends(&["plan.toml", "--jobs", "2"], 0);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("6 done, 0 failed, 0 missing"), "{said}");
    let rows = place.results(&["point", "state", "eta", "seed", "digest"]);
    assert_eq!(rows.len(), 6);
    let small = place.path("small.toml");
    for row in &rows {
        let output = assert_cmd::Command::cargo_bin("hebbtop")
            .unwrap()
            .args(["run", small.to_str().unwrap(), "--json", "--seed", &row[3]])
            .args(["--set", &format!("eta={}", row[2])])
            .output()
            .unwrap();
        let object: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(object["digest"], row[4].as_str(), "{row:?}");
    }
    // Nothing is done twice, and the sweep goes on without the plan at hand.
    let output = place.ends(&[], 0);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        said.contains("0 points done, 0 failed, 6 were there"),
        "{said}"
    );
}

#[test]
fn another_plan_does_not_touch_the_folder() {
    let place = Place::new(GRID);
    place.ends(&["plan.toml"], 0);
    let before = place.read("out/plan.toml");
    fs::write(
        place.path("plan.toml"),
        "preset = 'small.toml'\nseeds = 3\n",
    )
    .unwrap();
    let output = place.ends(&["plan.toml"], 2);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("belongs to another sweep"), "{said}");
    assert_eq!(place.read("out/plan.toml"), before);
    fs::create_dir(place.path("mine")).unwrap();
    fs::write(place.path("mine/notes"), "x").unwrap();
    let output = place
        .sweep(&["plan.toml", "--out", "mine"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(fs::read_dir(place.path("mine")).unwrap().count(), 1);
}

#[test]
fn failed_points_are_kept_and_done_again_only_on_demand() {
    // The second network cannot take the images' classes.
    let place = Place::new("[grid]\nnetwork = ['8 + tanh / 10', '8 + tanh / 3']\n");
    let output = place.ends(&["plan.toml"], 3);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        said.contains("point 1 failed: ") && said.contains("1 done, 1 failed"),
        "{said}"
    );
    let rows = place.results(&["state"]);
    assert_eq!(rows.concat(), ["done", "failed"]);
    let when = |index: u32| {
        let file = place.path(&format!("out/points/0000{index}/result.json"));
        fs::metadata(file).unwrap().modified().unwrap()
    };
    let before = [when(0), when(1)];
    place.ends(&[], 3);
    assert_eq!([when(0), when(1)], before);
    place.ends(&["--retry"], 3);
    assert_eq!(when(0), before[0]);
    assert!(when(1) > before[1]);
}

#[test]
fn shards_may_begin_all_at_once() {
    let place = Place::new("seeds = 12\nlength = 20\n");
    let shard = |number: u32| {
        let shard = format!("{number}/6");
        let mut command = place.sweep(&["plan.toml", "--jobs", "1", "--shard", &shard]);
        command.spawn().unwrap()
    };
    let children: Vec<_> = (1..=6).map(shard).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{said}");
    }
    place.ends(&["--merge"], 0);
    assert_eq!(place.results(&["point"]).len(), 12);
}

#[test]
fn shards_do_their_parts_and_merge_collects() {
    let place = Place::new("seeds = 5\n");
    place.ends(&["plan.toml", "--shard", "2/2"], 0);
    place.ends(&["--merge"], 0);
    let states = place.results(&["state"]).concat();
    assert_eq!(states, ["missing", "done", "missing", "done", "missing"]);
    place.ends(&["plan.toml", "--shard", "1/2"], 0);
    place.ends(&["--merge"], 0);
    assert_eq!(place.results(&["state"]).concat(), ["done"; 5]);
    place.ends(&["plan.toml", "--shard", "3/2"], 2);
}

#[test]
fn the_best_point_is_printed_as_a_preset_that_runs() {
    let place = Place::new(GRID);
    place.ends(&["plan.toml"], 0);
    let loss = |row: &Vec<String>| row[1].parse::<f64>().unwrap();
    let rows = place.results(&["eta", "loss"]);
    let means: Vec<f64> = rows
        .chunks(2)
        .map(|pair| (loss(&pair[0]) + loss(&pair[1])) / 2.0)
        .collect();
    let best = (0..3)
        .min_by(|&a, &b| means[a].total_cmp(&means[b]))
        .unwrap();
    let output = place.ends(&["--pick", "min:loss"], 0);
    let words = String::from_utf8(output.stdout).unwrap();
    assert!(
        words.starts_with(&format!("# Point {} of out: loss ", 2 * best)),
        "{words}"
    );
    assert!(
        words.contains(&format!("\neta = {}\n", rows[2 * best][0])),
        "{words}"
    );
    fs::write(place.path("best.toml"), words).unwrap();
    let best = place.path("best.toml");
    assert_cmd::Command::cargo_bin("hebbtop")
        .unwrap()
        .args(["run", best.to_str().unwrap(), "--headless"])
        .assert()
        .success();
    let output = place.ends(&["--pick", "max:los"], 2);
    assert!(String::from_utf8_lossy(&output.stderr).contains("did you mean `loss`?"));
}
