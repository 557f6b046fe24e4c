//! What `plot` and `export` make of recorded runs.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

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

/// An array as `numpy.lib.format` documents it: shape, kind, and the bytes of its numbers.
struct Npy {
    kind: String,
    shape: Vec<usize>,
    data: Vec<u8>,
}

impl Npy {
    fn parse(bytes: &[u8]) -> Self {
        assert_eq!(&bytes[..8], b"\x93NUMPY\x01\x00");
        let length = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
        assert_eq!((10 + length) % 64, 0);
        let header = std::str::from_utf8(&bytes[10..10 + length]).unwrap();
        assert!(
            header.starts_with('{') && header.ends_with('\n'),
            "{header}"
        );
        let after = |key: &str| header.split(&format!("'{key}': ")).nth(1).unwrap();
        assert!(after("fortran_order").starts_with("False"));
        let kind = after("descr").split('\'').nth(1).unwrap().to_owned();
        let tuple = after("shape")
            .trim_start_matches('(')
            .split(')')
            .next()
            .unwrap();
        let sizes = tuple
            .split(',')
            .map(str::trim)
            .filter(|size| !size.is_empty());
        let shape: Vec<usize> = sizes.map(|size| size.parse().unwrap()).collect();
        let size: usize = kind[2..].parse().unwrap();
        let data = bytes[10 + length..].to_vec();
        assert_eq!(data.len(), size * shape.iter().product::<usize>());
        Self { kind, shape, data }
    }

    fn f64s(&self) -> Vec<f64> {
        let each = |eight: &[u8]| f64::from_le_bytes(eight.try_into().unwrap());
        let four = |four: &[u8]| f64::from(f32::from_le_bytes(four.try_into().unwrap()));
        match self.kind.as_str() {
            "<f8" => self.data.chunks(8).map(each).collect(),
            "<f4" => self.data.chunks(4).map(four).collect(),
            "<u4" => self
                .data
                .chunks(4)
                .map(|n| u32::from_le_bytes(n.try_into().unwrap()).into())
                .collect(),
            "<u8" => self
                .data
                .chunks(8)
                .map(|n| u64::from_le_bytes(n.try_into().unwrap()) as f64)
                .collect(),
            other => panic!("{other}"),
        }
    }
}

/// The members of a ZIP archive, found by its directory, their checksums compared.
fn unzip(bytes: &[u8]) -> BTreeMap<String, Npy> {
    let two = |at: usize| usize::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]));
    let four = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    let end = bytes.len() - 22;
    assert_eq!(&bytes[end..end + 4], b"PK\x05\x06");
    let (count, mut at) = (two(end + 10), four(end + 16));
    let mut members = BTreeMap::new();
    for _ in 0..count {
        assert_eq!(&bytes[at..at + 4], b"PK\x01\x02");
        let (size, name_length, local) = (four(at + 24), two(at + 28), four(at + 42));
        assert_eq!((two(at + 10), four(at + 20)), (0, size), "not compressed");
        let name = String::from_utf8(bytes[at + 46..at + 46 + name_length].to_vec()).unwrap();
        assert_eq!(&bytes[local..local + 4], b"PK\x03\x04");
        let start = local + 30 + two(local + 26) + two(local + 28);
        let data = &bytes[start..start + size];
        let mut sum = flate2::Crc::new();
        sum.update(data);
        assert_eq!(sum.sum() as usize, four(at + 16), "{name}");
        members.insert(
            name.strip_suffix(".npy").unwrap().to_owned(),
            Npy::parse(data),
        );
        at += 46 + name_length;
    }
    assert_eq!(at, end);
    members
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
    output(&[
        "plot",
        paths.0,
        "--metric",
        "loss",
        "--metric",
        "relative-error",
        "--out",
        paths.1,
    ]);
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
    output(&[
        "plot",
        paths.0,
        "--metric",
        "loss",
        "--metric",
        "relative-error",
        "--out",
        paths.1,
    ]);
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
