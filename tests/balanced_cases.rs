//! The reference cases of balanced networks through every path of the program: the same spikes,
//! and voltages, weights, traces and currents within the file's tolerances.

mod case_files;

use hebbtop::models::family;
use serde_json::Value;

use case_files::{cases, ways};

fn file() -> Value {
    let mut cases = cases("balanced").into_iter();
    let wanted = cases.find(|(name, _)| name == "tiny_public.json");
    wanted.expect("a public case").1
}

#[test]
fn every_case_agrees_along_every_path() {
    let checks = (family("balanced").unwrap().verify)(&file()).unwrap();
    let paths: std::collections::BTreeSet<_> = checks.iter().map(|check| &check.path).collect();
    assert_eq!(paths.len(), 3, "{paths:?}");
    assert_eq!(
        checks.len(),
        3 * 13 * 7,
        "a spike of the f32 path has moved"
    );
    for c in &checks {
        println!("{} {} {:e} {:e}", c.path, c.quantity, c.deviation, c.bound);
    }
    let wrong: Vec<_> = checks.iter().filter(|check| !check.passed()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Any field replaced by anything: an error that names a field, or a case that is run (and may fail
/// its checks), but never a panic.
#[test]
fn malformed_cases_are_errors_that_name_the_field() {
    let verify = family("balanced").unwrap().verify;
    let mut file = file();
    // A short run of two cases is enough to break.
    file["input"]["steps"] = Value::from(50);
    let cases = file["cases"].as_object_mut().unwrap();
    cases.retain(|name, _| ["all_on", "ee_hebb_hard"].contains(&name.as_str()));
    let all = ways(&file);
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
    let mut refused = 0;
    for way in &all {
        for replacement in &replacements {
            if way == "/input/steps" && replacement.is_number() {
                continue;
            }
            let mut broken = file.clone();
            *broken.pointer_mut(way).unwrap() = replacement.clone();
            if let Err(error) = verify(&broken) {
                refused += 1;
                let words = error.to_string();
                let first = way.split('/').nth(1).unwrap();
                assert!(
                    words.starts_with(first) || words.starts_with("input"),
                    "{way}: {words}"
                );
            }
        }
    }
    assert!(refused > 3 * all.len(), "{refused} of {}", all.len());
}
