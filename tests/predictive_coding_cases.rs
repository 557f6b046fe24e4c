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
