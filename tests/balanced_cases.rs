//! The reference cases of balanced networks through every path of the program: the same spikes,
//! and voltages, weights, traces and currents within the file's tolerances.

use hebbtop::models::family;
use serde_json::Value;

fn file() -> Value {
    serde_json::from_str(include_str!("reference/balanced/tiny_public.json")).unwrap()
}

#[test]
fn every_case_agrees_along_every_path() {
    let checks = (family("balanced").unwrap().verify)(&file()).unwrap();
    let paths: std::collections::BTreeSet<_> = checks.iter().map(|check| &check.path).collect();
    assert_eq!(paths.len(), 3, "{paths:?}");
    assert_eq!(checks.len(), 3 * 13 * 7);
    for c in &checks {
        println!("{} {} {:e} {:e}", c.path, c.quantity, c.deviation, c.bound);
    }
    let wrong: Vec<_> = checks.iter().filter(|check| !check.passed()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
