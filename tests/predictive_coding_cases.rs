//! Every public reference case (Torch2PC, run unmodified in double precision) through every path of
//! the program, and malformed cases as errors that name the field.

mod case_files;

use hebbtop::models::family;
use serde_json::Value;

use case_files::{cases, ways};

#[test]
fn every_case_agrees_along_every_path() {
    let cases = cases("pc");
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
    for (name, case) in cases("pc")
        .into_iter()
        .filter(|(name, _)| name.contains("_11_") || name.contains("_06_") || name.contains("_07_"))
    {
        let all = ways(&case);
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
    let (_, case) = cases("pc").remove(5);
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
