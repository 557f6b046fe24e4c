//! Every public reference case (the authors' semantics in double precision, by automatic
//! differentiation) through every path of the program, and malformed cases as errors.

mod case_files;

use std::collections::BTreeSet;

use hebbtop::models::feedback_alignment::reference::verify;
use serde_json::Value;

use case_files::{cases, ways};

#[test]
fn every_case_passes_along_every_path() {
    let cases = cases("meta");
    assert_eq!(cases.len(), 13);
    let mut wrong = Vec::new();
    for (name, case) in &cases {
        let checks = verify(case).unwrap();
        let paths: BTreeSet<_> = checks.iter().map(|c| &c.path).collect();
        let outer = name.contains("outer");
        assert_eq!(paths.len(), if outer { 2 } else { 3 }, "{name}: {paths:?}");
        let gradients = checks.iter().filter(|c| c.quantity.starts_with("dmeta"));
        let terms = case["active"].as_array().unwrap().len();
        // Three gradients of a symmetric case; the authors' is none that forward mode could give.
        let expected = match (outer, case["fbk"] == "sym") {
            (true, _) => 0,
            (_, false) => 3 * terms,
            (_, true) => 8 * terms,
        };
        assert_eq!(gradients.count(), expected, "{name}");
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

/// A case with one number changed by far more than its tolerance must fail, whichever it is.
#[test]
fn a_wrong_number_is_found() {
    let (_, case) = cases("meta").remove(0);
    for pointer in [
        "/expected/first_step/y/1/0",
        "/expected/first_step/e/0/1",
        "/expected/weights/3/1/0/0",
        "/expected/probs/2/1",
        "/expected/query_logits/0/0",
        "/expected/ce",
        "/expected/meta_loss",
        "/expected/accuracy",
        "/expected/angle_deg/1",
        "/expected/angle_cos/1",
        "/expected/E1/0",
        "/expected/weight_norm/2",
        "/expected/dmeta_dtheta/7",
        "/theta/4",
        "/lambda",
        "/beta",
        "/W0/0/0/0",
        "/B/1/0/0",
        "/x/0/2",
        "/xq/0/2",
    ] {
        let mut wrong = case.clone();
        let number = wrong.pointer_mut(pointer).unwrap();
        *number = Value::from(number.as_f64().unwrap() * 1.01 + 1e-3);
        let failed = verify(&wrong).unwrap().iter().any(|check| !check.passed());
        assert!(failed, "{pointer}");
    }
}

/// Any field replaced by anything: an error that names a field of the file, or a case that is run
/// (and may fail its checks), but never a panic.
#[test]
fn malformed_cases_are_errors_that_name_the_field() {
    let replacements = [
        Value::Null,
        Value::from("x"),
        Value::from(-1),
        Value::from(0),
        Value::from(1e300),
        Value::from(u64::MAX),
        Value::Array(Vec::new()),
        serde_json::json!([[1, 2], [3]]),
        serde_json::json!({}),
    ];
    let chosen = ["fix_pool10_3layer", "sym_t0_t2_t9_3layer", "outer_adam"];
    for (name, case) in cases("meta")
        .into_iter()
        .filter(|(name, _)| chosen.iter().any(|part| name.contains(part)))
    {
        let all = ways(&case);
        let mut refused = 0;
        for path in &all {
            for replacement in &replacements {
                let mut broken = case.clone();
                *broken.pointer_mut(path).unwrap() = replacement.clone();
                if let Err(error) = verify(&broken) {
                    refused += 1;
                    let words = error.to_string();
                    let names = path
                        .split('/')
                        .skip(1)
                        .filter(|part| part.parse::<u8>().is_err());
                    let related = [
                        "label", "labelq", "W0", "B", "x", "xq", "expected", "episodes", "grad",
                        "theta",
                    ];
                    let named = names.chain(related).any(|part| words.contains(part));
                    assert!(named, "{name} {path}: {words}");
                }
            }
        }
        assert!(refused > all.len(), "{name}: {refused} of {}", all.len());
    }
}
