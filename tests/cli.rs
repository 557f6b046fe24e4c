//! The command line as a user meets it: output, exit status, messages.

use assert_cmd::Command;
use predicates::prelude::*;
use serde_json::Value;
use tempfile::TempDir;

fn hebbtop(args: &[&str]) -> Command {
    let mut command = Command::cargo_bin("hebbtop").unwrap();
    command.args(args);
    command
}

/// What `run` with these arguments and `--json` prints.
fn json(args: &[&str]) -> Value {
    let output = hebbtop(&["run"])
        .args(args)
        .arg("--json")
        .assert()
        .success();
    let text = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    assert_eq!(text.lines().count(), 1, "one object, one line: {text}");
    serde_json::from_str(&text).unwrap()
}

/// A complaint ends with this status and says all of these words on standard error.
fn complains(args: &[&str], status: i32, words: &[&str]) {
    let assert = hebbtop(args).assert().code(status).stdout("");
    let said = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
    for word in words {
        assert!(said.contains(word), "{args:?}: `{said}` lacks `{word}`");
    }
}

fn preset_file(content: &str) -> (TempDir, String) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("mine.toml");
    std::fs::write(&path, content).unwrap();
    (dir, path.to_str().unwrap().to_owned())
}

const SMALL: &str = r#"title = "a small one"
model = "predictive-coding"
data = "digits"
seed = 3
length = 12

[parameters]
network = "20 + tanh / 10"
method = "strict"
eta = 0.05
n = 4
batch = 30

[variants.mse]
length = 5
[variants.mse.parameters]
loss = "mse"
"#;

#[test]
fn the_json_object_has_exactly_the_documented_keys() {
    let (_dir, path) = preset_file(SMALL);
    let run = json(&[&path]);
    let mut keys: Vec<_> = run
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    keys.sort_unstable();
    let documented = [
        "cpu_s",
        "data",
        "digest",
        "fault",
        "isa",
        "metrics",
        "model",
        "peak_rss_bytes",
        "preset",
        "schema_version",
        "seed",
        "setup_s",
        "sim_time_s",
        "steps",
        "unit",
        "variant",
        "version",
        "wall_s",
    ];
    assert_eq!(keys, documented);
    assert_eq!(run["schema_version"], 1);
    assert_eq!(run["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(
        (&run["preset"], &run["variant"]),
        (&"mine".into(), &Value::Null)
    );
    assert_eq!(
        (&run["model"], &run["unit"]),
        (&"predictive-coding".into(), &"step".into())
    );
    assert_eq!((&run["seed"], &run["steps"]), (&3.into(), &12.into()));
    assert_eq!(
        (&run["sim_time_s"], &run["fault"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(run["data"]["name"], "digits8x8");
    assert_eq!(run["data"]["sha256"].as_str().unwrap().len(), 64);
    let digest = run["digest"].as_str().unwrap();
    assert!(digest.len() == 16 && digest.bytes().all(|b| b.is_ascii_hexdigit()));
    for key in ["setup_s", "wall_s", "cpu_s"] {
        assert!(run[key].as_f64().unwrap() >= 0.0, "{key}");
    }
    assert!(run["peak_rss_bytes"].as_u64().unwrap() > 1_000_000);
    let metrics = run["metrics"].as_object().unwrap();
    assert!(metrics["loss"].is_f64());
    assert!(
        metrics
            .values()
            .all(|value| value.is_number() || value.is_null())
    );
}

#[test]
fn the_same_run_gives_the_same_digest_and_any_change_another() {
    let (_dir, path) = preset_file(SMALL);
    let digest = |args: &[&str]| {
        let args: Vec<&str> = std::iter::once(path.as_str())
            .chain(args.iter().copied())
            .collect();
        json(&args)["digest"].as_str().unwrap().to_owned()
    };
    let plain = digest(&[]);
    assert_eq!(plain, digest(&[]));
    assert_eq!(
        plain,
        digest(&["--set", "eta=0.05", "--seed", "3", "--steps", "12"])
    );
    for change in [
        ["--seed", "4"],
        ["--steps", "13"],
        ["--set", "eta=0.06"],
        ["--set", "batch=31"],
    ] {
        assert_ne!(plain, digest(&change), "{change:?}");
    }
}

#[test]
fn a_variant_is_named_behind_a_colon() {
    let (_dir, path) = preset_file(SMALL);
    let run = json(&[&format!("{path}:mse")]);
    assert_eq!((&run["variant"], &run["steps"]), (&"mse".into(), &5.into()));
    complains(
        &["run", &format!("{path}:mze"), "--json"],
        2,
        &["no variant `mze`", "did you mean `mse`?"],
    );
}

#[test]
fn without_a_terminal_a_run_prints_a_short_table() {
    let (_dir, path) = preset_file(SMALL);
    hebbtop(&["run", &path])
        .assert()
        .success()
        .stdout(predicate::str::contains("12 steps in"))
        .stdout(predicate::str::contains("loss"))
        .stdout(predicate::str::is_match("digest [0-9a-f]{16}\n$").unwrap());
}

#[test]
fn unknown_names_are_answered_with_the_nearest() {
    complains(
        &["run", "pc-digit"],
        2,
        &["`pc-digit`", "did you mean `pc-digits`?"],
    );
    complains(
        &["presets", "pc-stairs"],
        2,
        &["did you mean `pc-staircase`?"],
    );
    complains(
        &["run", "pc-digits", "--set", "etta=0.1"],
        2,
        &[
            "`etta`",
            "did you mean `eta`?",
            "hebbtop params predictive-coding",
        ],
    );
    complains(&["params", "predictive-codin"], 2, &["predictive-coding"]);
    complains(&["runn"], 2, &["run"]);
}

#[test]
fn values_that_do_not_fit_are_refused_with_what_would() {
    complains(
        &["run", "pc-digits", "--set", "eta=7"],
        2,
        &["`eta`", "`7`", "a number from"],
    );
    complains(
        &["run", "pc-digits", "--set", "method=strickt"],
        2,
        &["method", "strickt", "one of", "strict"],
    );
    complains(&["run", "pc-digits", "--set", "eta"], 2, &["KEY=VALUE"]);
    complains(
        &["run", "pc-digits", "--set", "freeze_9=on"],
        2,
        &["freeze_9"],
    );
    complains(
        &["run", "pc-digits", "--set", "network=50 + tangh / 10"],
        2,
        &["tangh"],
    );
    complains(&["run", "pc-digits", "--steps", "0"], 2, &["--steps"]);
    complains(
        &["run", "pc-digits", "--seed", "seven"],
        2,
        &["--seed", "seven"],
    );
}

#[test]
fn a_faulty_file_is_named_with_its_line() {
    let (_dir, path) = preset_file(&SMALL.replace("eta = 0.05", "etta = 0.05"));
    complains(
        &["run", &path],
        2,
        &[&format!("{path}:10: "), "`etta`", "did you mean `eta`?"],
    );
    let (_dir, path) = preset_file(&SMALL.replace("length = 12", "length = \"long\""));
    complains(
        &["run", &path],
        2,
        &[&format!("{path}:5: "), "`length`", "an integer"],
    );
    complains(&["run", "nowhere/mine.toml"], 2, &["nowhere/mine.toml"]);
}

#[test]
fn data_that_is_missing_or_broken_is_reported() {
    complains(&["run", "pc-mnist-strict"], 2, &["mnist", "--data"]);
    complains(
        &["run", "pc-digits", "--data", "nowhere/at/all"],
        2,
        &["nowhere/at/all"],
    );
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(
        dir.path().join("train-images-idx3-ubyte"),
        [0, 0, 8, 3, 0, 0],
    )
    .unwrap();
    complains(
        &["run", "pc-digits", "--data", dir.path().to_str().unwrap()],
        2,
        &["train-images-idx3-ubyte", "cut off"],
    );
}

#[test]
fn a_fault_of_the_model_ends_with_three_and_is_in_the_object() {
    let args = ["run", "pc-strict-diverges", "--json"];
    let assert = hebbtop(&args).assert().code(3);
    let run: Value = serde_json::from_slice(&assert.get_output().stdout).unwrap();
    assert_eq!(run["fault"]["kind"], "divergence");
    assert!(!run["fault"]["what"].as_str().unwrap().is_empty());
    assert_eq!(run["fault"]["step"], run["steps"]);
}

#[test]
fn a_signal_stops_a_run_at_a_boundary_and_still_prints_it() {
    use nix::sys::signal::{Signal, kill};
    use nix::unistd::Pid;
    use std::io::Read;
    use std::process::Stdio;
    for (signal, status) in [
        (Signal::SIGINT, 130),
        (Signal::SIGTERM, 143),
        (Signal::SIGHUP, 129),
    ] {
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_hebbtop"))
            .args(["run", "pc-digits", "--json", "--steps", "100000000"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let pid = Pid::from_raw(i32::try_from(child.id()).unwrap());
        wait_until_caught(pid);
        kill(pid, signal).unwrap();
        let mut text = String::new();
        child
            .stdout
            .take()
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(status), "{signal}");
        let run: Value = serde_json::from_str(&text).unwrap();
        assert!(run["steps"].as_u64().unwrap() > 0);
        assert_eq!(run["fault"], Value::Null);
    }
}

/// Waits until the process has its handlers: a signal before that would end it at once.
fn wait_until_caught(pid: nix::unistd::Pid) {
    const SIGTERM_BIT: u64 = 1 << 14;
    for _ in 0..2000 {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let caught = status
            .lines()
            .find_map(|line| line.strip_prefix("SigCgt:"))
            .unwrap();
        let caught = u64::from_str_radix(caught.trim(), 16).unwrap();
        // SIGHUP, SIGINT and SIGTERM, in the order in which they are registered.
        if caught & SIGTERM_BIT != 0 && caught & 1 != 0 {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    panic!("the handlers were never installed");
}

#[test]
fn presets_are_listed_and_printed_as_files_to_start_from() {
    hebbtop(&["presets"])
        .assert()
        .success()
        .stdout(predicate::str::contains("Predictive coding\n  pc-digits "))
        .stdout(predicate::str::contains(":backprop"));
    let printed = hebbtop(&["presets", "pc-staircase"])
        .output()
        .unwrap()
        .stdout;
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/presets/pc-staircase.toml");
    assert_eq!(printed, std::fs::read(file).unwrap());
    let variant = hebbtop(&["presets", "pc-exact:mse"])
        .output()
        .unwrap()
        .stdout;
    let (_dir, path) = preset_file(&String::from_utf8(variant).unwrap());
    let digest = |args: &[&str]| json(args)["digest"].clone();
    assert_eq!(
        digest(&[&path, "--steps", "3"]),
        digest(&["pc-exact:mse", "--steps", "3"])
    );
}

#[test]
fn alone_and_without_a_terminal_it_lists_the_presets_and_ends_with_two() {
    hebbtop(&[])
        .assert()
        .code(2)
        .stdout(predicate::str::contains("pc-digits"))
        .stderr(predicate::str::contains("no terminal"));
}

#[test]
fn params_prints_every_parameter_with_range_and_default() {
    let table = hebbtop(&["params", "pc"]).output().unwrap().stdout;
    let table = String::from_utf8(table).unwrap();
    let family = hebbtop::models::family("predictive-coding").unwrap();
    for spec in family.params {
        assert!(
            table.contains(&format!("\n{}", spec.id)),
            "{} is not there",
            spec.id
        );
        assert!(
            table.contains(&spec.allowed()),
            "{}: range is not there",
            spec.id
        );
    }
}

#[test]
fn verify_replays_the_cases_that_are_compiled_in() {
    hebbtop(&["verify"])
        .assert()
        .success()
        .stdout(predicate::str::contains("public_13_conv_relu_ce_strict"))
        .stdout(predicate::str::contains("closed form f64"))
        .stdout(predicate::str::ends_with(", 0 out of bounds\n"));
}

#[test]
fn verify_notices_a_wrong_number_and_a_wrong_file() {
    let case = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/reference/pc/public_03_A_tanh_ce_fixedpred_eta1_ndepth.json"
    );
    let mut case: Value = serde_json::from_str(&std::fs::read_to_string(case).unwrap()).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("case.json");
    let file = path.to_str().unwrap();
    let put = |case: &Value| std::fs::write(&path, case.to_string()).unwrap();

    put(&case);
    hebbtop(&["verify", file]).assert().success();
    let loss = case["expected"]["loss"].as_f64().unwrap();
    case["expected"]["loss"] = (loss + 1e-9).into();
    put(&case);
    hebbtop(&["verify", file])
        .assert()
        .code(1)
        .stdout(predicate::str::contains("FAIL").and(predicate::str::contains("loss: off by")));
    case["format"] = "predictive-coding-case-9".into();
    put(&case);
    complains(
        &["verify", file],
        2,
        &[file, "did you mean `predictive-coding-case-1`?"],
    );
    case.as_object_mut().unwrap().remove("format");
    put(&case);
    complains(&["verify", file], 2, &[file, "no `format`"]);
    std::fs::write(&path, "{\"format\": ").unwrap();
    complains(&["verify", file], 2, &[file, "line 1"]);
    complains(&["verify", "nowhere.json"], 2, &["nowhere.json"]);
}

#[test]
fn verify_checks_what_presets_expect() {
    let file = |at_most: &str| {
        preset_file(&format!(
            "{SMALL}\n[[expect]]\nmetric = \"loss\"\nat_most = {at_most}\nsource = \"a bet\"\n"
        ))
    };
    let (_dir, met) = file("100.0");
    hebbtop(&["verify", "--presets", &met, "--seeds", "2"])
        .assert()
        .success()
        .stdout(predicate::str::contains("expected at most 100 (a bet)"))
        .stdout(predicate::str::ends_with("2 expectations met, 0 not\n"));
    let (_dir, missed) = file("0.001");
    hebbtop(&["verify", "--presets", &missed])
        .assert()
        .code(1)
        .stdout(predicate::str::contains("FAIL mine  loss at the end"));
}

#[test]
fn completions_manual_and_citations_name_the_program() {
    for shell in ["bash", "zsh", "fish"] {
        hebbtop(&["completions", shell])
            .assert()
            .success()
            .stdout(predicate::str::contains("hebbtop"));
    }
    hebbtop(&["man"])
        .assert()
        .success()
        .stdout(predicate::str::contains(".TH hebbtop 1"))
        .stdout(predicate::str::contains("EXIT STATUS"));
    hebbtop(&["cite", "predictive-coding"])
        .assert()
        .success()
        .stdout(predicate::str::contains("@software{hebbtop"))
        .stdout(predicate::str::contains("Rosenbaum"));
}

#[test]
fn a_reader_that_leaves_early_is_no_error() {
    use std::process::{Command, Stdio};
    let mut child = Command::new(env!("CARGO_BIN_EXE_hebbtop"))
        .args(["params", "pc"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{output:?}"
    );
}

#[test]
fn a_full_disk_is_an_error_of_output() {
    let full = std::fs::File::options()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let status = std::process::Command::new(env!("CARGO_BIN_EXE_hebbtop"))
        .arg("presets")
        .stdout(full)
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(4));
}

#[test]
fn nothing_of_a_file_drives_the_terminal() {
    let hostile = SMALL.replace("\"a small one\"", "\"a \\u001b[31msmall\\u0007 one\"");
    let (_dir, path) = preset_file(&hostile.replace("eta = 0.05", "\"e\\u001b]0;x\\u0007\" = 1"));
    let assert = hebbtop(&["run", &path]).assert().code(2);
    assert!(!assert.get_output().stderr.contains(&0x1b));
}
