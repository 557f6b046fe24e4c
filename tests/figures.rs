//! What `plot` and `export` make of recorded runs, and what a recording keeps for other programs.

mod npy;

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

use npy::{Npy, unzip};

fn hebbtop(args: &[&str]) -> Command {
    let mut command = Command::cargo_bin("hebbtop").unwrap();
    command.args(args);
    command
}

fn record(folder: &Path, preset: &str, more: &[&str]) {
    hebbtop(&[
        "run",
        preset,
        "--headless",
        "--record",
        folder.to_str().unwrap(),
    ])
    .args(more)
    .assert()
    .success();
}

/// A short run of each family, made once.
fn runs() -> &'static Path {
    static RUNS: OnceLock<TempDir> = OnceLock::new();
    RUNS.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        record(&path("pc"), "pc-digits", &["--steps", "30"]);
        record(&path("fa"), "fa-bio", &["--steps", "40"]);
        let small = [
            "--sim-time",
            "300ms",
            "--set",
            "n=200",
            "--set",
            "rule_ee=kohonen",
        ];
        record(&path("balanced"), "balanced-async", &small[..4]);
        folder
    })
    .path()
}

fn output(args: &[&str]) -> Vec<u8> {
    hebbtop(args).assert().success().get_output().stdout.clone()
}

#[test]
fn the_table_has_every_row_and_every_cell_of_the_recording() {
    let folder = runs().join("pc");
    let table = String::from_utf8(output(&["export", folder.to_str().unwrap(), "--csv"])).unwrap();
    let kept = fs::read_to_string(folder.join("metrics.csv")).unwrap();
    assert_eq!(table.lines().count(), 31);
    for (i, (ours, kept)) in table.lines().zip(kept.lines()).enumerate() {
        let first = if i == 0 { "run" } else { "1" };
        assert_eq!(ours, format!("{first},{kept}"));
    }
}

#[test]
fn numpy_reads_metrics_and_weights() {
    let folder = runs().join("pc");
    let bytes = output(&["export", folder.to_str().unwrap(), "--npz"]);
    let arrays = unzip(&bytes);
    assert_eq!(
        arrays["step"].f64s(),
        (1..=30).map(f64::from).collect::<Vec<_>>()
    );
    let kept = fs::read_to_string(folder.join("metrics.csv")).unwrap();
    let place = kept
        .lines()
        .next()
        .unwrap()
        .split(',')
        .position(|id| id == "loss [nats]" || id == "loss")
        .unwrap();
    let losses: Vec<f64> = kept
        .lines()
        .skip(1)
        .map(|row| row.split(',').nth(place).unwrap().parse().unwrap())
        .collect();
    assert_eq!(arrays["loss"].f64s(), losses);
    assert!(arrays["checkpoint_step"].shape.is_empty());
    assert_eq!(arrays["checkpoint_step"].f64s(), [30.0]);
    let weight = &arrays["weight_1"];
    assert_eq!((weight.kind.as_str(), weight.shape[1]), ("<f4", 64));
    assert!(weight.f64s().iter().all(|w| w.is_finite()) && weight.f64s().iter().any(|w| *w != 0.0));
    assert_eq!(arrays["bias_1"].shape, [weight.shape[0]]);
    let script = "import sys,zipfile,io,struct\nz=zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read()))\nassert z.testzip() is None\nprint(len(z.namelist()))";
    // Where there is a Python, it must agree; its absence is no failure.
    if let Ok(python) = std::process::Command::new("python3")
        .arg("--version")
        .output()
        && python.status.success()
    {
        let said = Command::new("python3")
            .args(["-c", script])
            .write_stdin(bytes)
            .assert()
            .success();
        let said = String::from_utf8(said.get_output().stdout.clone()).unwrap();
        assert_eq!(said.trim(), arrays.len().to_string());
    }
}

#[test]
fn sparse_blocks_are_columns_that_scipy_takes() {
    let folder = runs().join("balanced");
    let arrays = unzip(&output(&["export", folder.to_str().unwrap(), "--npz"]));
    for block in ["ee", "ei", "ie", "ii"] {
        let starts = arrays[&format!("start_{block}")].f64s();
        let posts = arrays[&format!("post_{block}")].f64s();
        let weights = arrays[&format!("weight_{block}")].f64s();
        assert_eq!(*starts.last().unwrap(), weights.len() as f64);
        assert!(starts.windows(2).all(|pair| pair[0] <= pair[1]));
        assert_eq!(posts.len(), weights.len());
        for pair in starts.windows(2) {
            let column = &posts[pair[0] as usize..pair[1] as usize];
            assert!(column.windows(2).all(|two| two[0] < two[1]), "{block}");
        }
        let inhibits = block.ends_with('i');
        assert!(weights.iter().all(|w| (*w < 0.0) == inhibits), "{block}");
    }
}

#[test]
fn torch_reads_weights_and_coefficients() {
    let folder = runs().join("fa");
    let bytes = output(&["export", folder.to_str().unwrap(), "--safetensors"]);
    let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let head: Value = serde_json::from_slice(&bytes[8..8 + length]).unwrap();
    assert_eq!(head["__metadata__"]["preset"], "fa-bio");
    let data = &bytes[8 + length..];
    let mut end = 0;
    for (name, entry) in head.as_object().unwrap() {
        if name == "__metadata__" {
            continue;
        }
        let shape = entry["shape"].as_array().unwrap();
        let count: u64 = shape.iter().map(|n| n.as_u64().unwrap()).product();
        let size = if entry["dtype"] == "F64" { 8 } else { 4 };
        let offsets =
            [&entry["data_offsets"][0], &entry["data_offsets"][1]].map(|n| n.as_u64().unwrap());
        assert_eq!(offsets[1] - offsets[0], count * size, "{name}");
        end = end.max(offsets[1]);
    }
    assert_eq!(end as usize, data.len());
    assert_eq!(head["weight_1"]["shape"], head["feedback_1"]["shape"]);
    let coefficients = head
        .as_object()
        .unwrap()
        .keys()
        .filter(|name| name.starts_with("coefficient_"));
    assert!(coefficients.count() >= 1);
}

#[test]
fn wrong_requests_say_what_would_be_right() {
    let folder = runs().join("pc");
    let folder = folder.to_str().unwrap();
    let nowhere = tempfile::tempdir().unwrap();
    let out = nowhere.path().join("f.svg");
    let out = out.to_str().unwrap();
    for (args, words) in [
        (vec!["plot", folder, "--out", "f.jpg"], ".svg or .png"),
        (
            vec!["plot", folder, "--metric", "los", "--out", out],
            "loss",
        ),
        (vec!["plot", folder, "--raster", "--out", out], "no spikes"),
        (
            vec!["plot", folder, "--run", "4", "--out", out],
            "has only 1",
        ),
        (
            vec!["plot", nowhere.path().to_str().unwrap(), "--out", out],
            "journal.jsonl",
        ),
        (vec!["export", folder], "--csv"),
    ] {
        let assert = hebbtop(&args).assert().code(2).stdout("");
        let said = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
        assert!(said.contains(words), "{args:?}: {said}");
    }
    assert_eq!(fs::read_dir(nowhere.path()).unwrap().count(), 0);
}

#[test]
fn figures_have_axes_units_legend_theory_and_marks() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    record(&run, "pc-staircase", &["--steps", "60"]);
    let out = folder.path().join("f.svg");
    let paths = (run.to_str().unwrap(), out.to_str().unwrap());
    let words = format!(
        "plot {} --metric loss --metric relative-error --out {}",
        paths.0, paths.1
    );
    let curves: Vec<&str> = words.split(' ').collect();
    output(&curves);
    let svg = fs::read_to_string(&out).unwrap();
    for words in [">step<", ">relative error<", "theory", "stroke-dasharray"] {
        assert!(svg.contains(words), "{words}");
    }
    // Well formed as far as that can be told without a reader of XML.
    assert_eq!(svg.matches("<g ").count(), svg.matches("</g>").count());
    assert_eq!(
        svg.matches("<text ").count(),
        svg.matches("</text>").count()
    );
    // The same recording is the same bytes, and both kinds of file are of one drawing.
    output(&curves);
    assert_eq!(fs::read_to_string(&out).unwrap(), svg);
    let png = folder.path().join("f.png");
    output(&["plot", paths.0, "--weights", "--out", png.to_str().unwrap()]);
    let bytes = fs::read(&png).unwrap();
    assert!(bytes.starts_with(b"\x89PNG\r\n\x1a\n") && bytes.ends_with(b"IEND\xae\x42\x60\x82"));
    assert_eq!(u32::from_be_bytes(bytes[16..20].try_into().unwrap()), 1920);
    output(&[
        "plot",
        paths.0,
        "--compare",
        runs().join("pc").to_str().unwrap(),
        "--out",
        paths.1,
    ]);
    assert!(fs::read_to_string(&out).unwrap().contains("loss, pc<"));
    let balanced = runs().join("balanced");
    output(&[
        "plot",
        balanced.to_str().unwrap(),
        "--raster",
        "--out",
        paths.1,
    ]);
    assert!(fs::read_to_string(&out).unwrap().contains(">time (s)<"));
}

/// A small network of which everything is kept, recorded in `folder`.
fn keeping(folder: &Path, length: &str) -> Vec<String> {
    let words =
        "run balanced-async --headless --set n=200 --keep spikes,weights --checkpoint-every 50ms";
    let mut args: Vec<String> = words.split(' ').map(str::to_owned).collect();
    let more = ["--sim-time", length, "--record", folder.to_str().unwrap()];
    args.extend(more.map(str::to_owned));
    args
}

fn spikes(folder: &Path) -> Npy {
    Npy::parse(&fs::read(folder.join("spikes.npy")).unwrap())
}

#[test]
fn spikes_and_weights_are_kept_where_they_are_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join("whole");
    let args = keeping(&whole, "600ms");
    output(&args.iter().map(String::as_str).collect::<Vec<_>>());
    let all = spikes(&whole);
    assert_eq!((all.kind.as_str(), all.shape[1]), ("<u4", 2));
    let numbers = all.f64s();
    let rows: Vec<&[f64]> = numbers.chunks(2).collect();
    assert!(rows.len() > 100, "{}", rows.len());
    assert!(
        rows.windows(2).all(|two| two[0] < two[1]),
        "in the order of time and cell"
    );
    assert!(
        rows.iter()
            .all(|row| (1.0..=6000.0).contains(&row[0]) && row[1] < 200.0)
    );
    // The rates are counted by the model; each spike must be in both.
    let table = fs::read_to_string(whole.join("metrics.csv")).unwrap();
    let columns: Vec<&str> = table.lines().next().unwrap().split(',').collect();
    assert!(columns.iter().any(|column| column.starts_with("rate_e")));
    let weights = unzip(&fs::read(whole.join("weights.npz")).unwrap());
    assert_eq!(weights["checkpoint_step"].f64s(), [600.0]);
    let exported = unzip(&output(&["export", whole.to_str().unwrap(), "--npz"]));
    for block in ["ee", "ei", "ie", "ii"] {
        let name = format!("weight_{block}");
        assert_eq!(weights[&name].f64s(), exported[&name].f64s());
    }
    let tensors = fs::read(whole.join("weights.safetensors")).unwrap();
    assert_eq!(
        tensors,
        output(&["export", whole.to_str().unwrap(), "--safetensors"])
    );
    // Ended and gone on with: the same spikes, each once.
    let parts = folder.path().join("parts");
    let args = keeping(&parts, "250ms");
    output(&args.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(spikes(&parts).shape[0] < all.shape[0]);
    let more = [
        "resume",
        parts.to_str().unwrap(),
        "--headless",
        "--steps",
        "600",
    ];
    output(&more);
    assert_eq!(spikes(&parts).data, all.data);
}

#[test]
fn rows_of_metrics_are_as_sparse_as_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    record(
        &run,
        "pc-digits",
        &["--steps", "25", "--metrics-every", "10"],
    );
    let steps = |path: &Path| -> Vec<String> {
        let table = fs::read_to_string(path.join("metrics.csv")).unwrap();
        let first = |row: &str| row.split(',').next().unwrap().to_owned();
        table.lines().skip(1).map(first).collect()
    };
    assert_eq!(steps(&run), ["10", "20"]);
    // A resumed run keeps to it.
    output(&[
        "resume",
        run.to_str().unwrap(),
        "--headless",
        "--steps",
        "45",
    ]);
    assert_eq!(steps(&run), ["10", "20", "30", "40"]);
}

#[test]
fn what_a_model_does_not_have_cannot_be_kept() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    let args = [
        "run",
        "pc-digits",
        "--headless",
        "--steps",
        "1",
        "--keep",
        "spikes",
        "--record",
    ];
    let assert = hebbtop(&args).arg(&run).assert().code(2);
    let said = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
    assert!(said.contains("no cells that fire"), "{said}");
    assert!(!run.exists());
}
