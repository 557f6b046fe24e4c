//! The reference files of a family, and every way into one, for the tests that break them.

use std::fs;
use std::path::Path;

use serde_json::Value;

/// Name and content of the files under tests/reference/`folder`, by name.
pub fn cases(folder: &str) -> Vec<(String, Value)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference");
    let mut cases: Vec<_> = fs::read_dir(root.join(folder))
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

/// All ways into a value, down to the first entries of its lists.
pub fn ways(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    collect(value, "", &mut found);
    found
}

fn collect(value: &Value, here: &str, found: &mut Vec<String>) {
    let mut go = |key: &str, value: &Value| {
        let way = format!("{here}/{key}");
        found.push(way.clone());
        collect(value, &way, found);
    };
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| go(key, value)),
        Value::Array(items) => {
            for (i, value) in items.iter().enumerate().take(2) {
                go(&i.to_string(), value);
            }
        }
        _ => {}
    }
}
