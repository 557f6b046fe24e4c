//! Every public reference case (Torch2PC, run unmodified in double precision) through every path of
//! the program, and malformed cases as errors that name the field.

use std::fs;
use std::path::Path;

use hebbtop::models::family;
use serde_json::Value;

fn cases() -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/pc");
    let mut cases: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "json"))
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, serde_json::from_str(&text).unwrap())
        })
        .collect();
    cases.sort_by(|a, b| a.0.cmp(&b.0));
    cases
}

#[test]
fn every_case_agrees_along_every_path() {
    let cases = cases();
    assert_eq!(cases.len(), 13);
    let verify = family("predictive-coding").unwrap().verify;
    let mut wrong = Vec::new();
    for (name, case) in &cases {
        let checks = verify(case).unwrap();
        let paths: std::collections::BTreeSet<_> = checks.iter().map(|c| &c.path).collect();
        let fixed = case["method"] == "FixedPred";
        assert_eq!(paths.len(), if fixed { 3 } else { 2 }, "{name}: {paths:?}");
        for check in checks.iter().filter(|check| !check.passed()) {
            wrong.push(format!("{name}: {check:?}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} failed:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// All ways into a value, down to the first entries of its lists.
fn paths(value: &Value, here: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let path = format!("{here}/{key}");
                found.push(path.clone());
                paths(value, &path, found);
            }
        }
        Value::Array(items) => {
            for (i, value) in items.iter().enumerate().take(2) {
                let path = format!("{here}/{i}");
                found.push(path.clone());
                paths(value, &path, found);
            }
        }
        _ => {}
    }
}

/// Any field replaced by anything: an error that names a field of the file, or a case that is run
/// (and may fail its checks), but never a panic.
#[test]
fn malformed_cases_are_errors_that_name_the_field() {
    let verify = family("predictive-coding").unwrap().verify;
    let replacements = [
        Value::Null,
        Value::from("x"),
        Value::from(-1),
        Value::from(0),
        Value::from(0.5),
        Value::from(u64::MAX),
        Value::Array(Vec::new()),
        serde_json::json!([[1, 2], [3]]),
        serde_json::json!({}),
    ];
    for (name, case) in cases()
        .into_iter()
        .filter(|(name, _)| name.contains("_11_") || name.contains("_06_") || name.contains("_07_"))
    {
        let mut all = Vec::new();
        paths(&case, "", &mut all);
        let mut refused = 0;
        for path in &all {
            for replacement in &replacements {
                // Sweeps by the million would be valid, and slow.
                if path == "/n" && replacement.is_number() {
                    continue;
                }
                let mut broken = case.clone();
                *broken.pointer_mut(path).unwrap() = replacement.clone();
                if let Err(error) = verify(&broken) {
                    refused += 1;
                    let first = path.split('/').nth(1).unwrap();
                    let words = error.to_string();
                    let named = ["depth", "layers", "params", "expected", "X", "Y", "batch"];
                    assert!(
                        words.contains(first) || named.iter().any(|field| words.contains(field)),
                        "{name} {path}: {words}"
                    );
                }
            }
        }
        assert!(refused > all.len(), "{name}: {refused} of {}", all.len());
    }
}

#[test]
fn a_case_of_another_format_and_an_impossible_number_of_sweeps_are_refused() {
    let verify = family("predictive-coding").unwrap().verify;
    let (_, case) = cases().remove(5);
    for (field, value, part) in [
        (
            "format",
            Value::from("other-case-1"),
            "predictive-coding-case-1",
        ),
        ("n", Value::from(0), "at least 1"),
        ("n", Value::from(1e9), "integer"),
        ("method", Value::from("Best"), "FixedPred"),
        ("loss_function", Value::from("hinge"), "cross_entropy"),
    ] {
        let mut broken = case.clone();
        broken[field] = value;
        let words = verify(&broken).unwrap_err().to_string();
        assert!(words.starts_with(field) && words.contains(part), "{words}");
    }
}
