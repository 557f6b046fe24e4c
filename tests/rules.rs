//! Learnt rules as files, and several seeds side by side, as a user meets them.

use assert_cmd::Command;
use hebbtop::models::Rule;
use hebbtop::preset::RuleFile;
use serde_json::Value;

fn hebbtop(args: &[&str]) -> Command {
    let mut command = Command::cargo_bin("hebbtop").unwrap();
    command.args(args);
    command
}

fn said(args: &[&str]) -> String {
    let output = hebbtop(args).assert().success();
    String::from_utf8(output.get_output().stdout.clone()).unwrap()
}

fn complains(args: &[&str], status: i32, words: &[&str]) {
    let assert = hebbtop(args).assert().code(status);
    let said = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
    for word in words {
        assert!(said.contains(word), "{args:?}: `{said}` lacks `{word}`");
    }
}

/// One run's numbers depend on its seed alone: not on the number of threads, nor on whether others ran
/// beside it.
#[test]
fn the_number_of_threads_changes_no_number() {
    let several = |threads: &str| -> Value {
        let args = [
            "run",
            "meta-digits",
            "--steps",
            "4",
            "--seeds",
            "3",
            "--threads",
            threads,
            "--json",
        ];
        serde_json::from_str(&said(&args)).unwrap()
    };
    let (one, three) = (several("1"), several("3"));
    let digests = |all: &Value| -> Vec<(u64, String)> {
        let runs = all["runs"].as_array().unwrap().iter();
        runs.map(|run| {
            let digest = run["digest"].as_str().unwrap().to_owned();
            (run["seed"].as_u64().unwrap(), digest)
        })
        .collect()
    };
    assert_eq!(digests(&one), digests(&three));
    assert_eq!(one["summary"], three["summary"]);
    let seeds: Vec<u64> = digests(&one).iter().map(|(seed, _)| *seed).collect();
    assert_eq!(seeds, [0, 1, 2]);
    for (seed, digest) in digests(&three) {
        let seed = seed.to_string();
        let args = [
            "run",
            "meta-digits",
            "--steps",
            "4",
            "--seed",
            &seed,
            "--json",
        ];
        let alone: Value = serde_json::from_str(&said(&args)).unwrap();
        assert_eq!(alone["digest"].as_str().unwrap(), digest, "seed {seed}");
    }
    let accuracy = &one["summary"]["accuracy"];
    let of = |run: usize| one["runs"][run]["metrics"]["accuracy"].as_f64().unwrap();
    let mean = (of(0) + of(1) + of(2)) / 3.0;
    assert!((accuracy["mean"].as_f64().unwrap() - mean).abs() < 1e-12);
    assert!(accuracy["least"].as_f64().unwrap() <= mean);
    assert_eq!((&one["threads"], &three["threads"]), (&1.into(), &3.into()));
}

#[test]
fn a_rule_is_written_listed_compared_and_used() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let (file, folder) = (path("bio.toml"), dir.path().to_str().unwrap());
    let run = [
        "run",
        "meta-digits",
        "--steps",
        "8",
        "--headless",
        "--save-rule",
    ];
    said(&[&run[..], &[&file]].concat());
    let rule = RuleFile::read(dir.path().join("bio.toml").as_path()).unwrap();
    assert_eq!(
        (rule.preset.as_str(), rule.rule.episodes),
        ("meta-digits", 8)
    );
    assert_eq!(rule.rule.layers, [64, 40, 30, 20, 10]);
    assert_eq!(rule.rule.names(), ["F0", "F2", "F9"]);
    assert!(rule.rule.terms[0]["F0"] > 1e-3);
    complains(&[&run[..], &[&file]].concat(), 2, &["is there already"]);

    // Two seeds, two files with their numbers.
    let two = [
        "run",
        "meta-digits",
        "--steps",
        "8",
        "--seeds",
        "2",
        "--save-rule",
    ];
    said(&[&two[..], &[&path("several.toml")]].concat());
    let first = RuleFile::read(dir.path().join("several-0.toml").as_path()).unwrap();
    assert_eq!(first.rule, rule.rule);
    let second = RuleFile::read(dir.path().join("several-1.toml").as_path()).unwrap();
    assert_ne!(second.rule, rule.rule);

    // A preset in the same folder is passed over; the list is by name.
    std::fs::write(dir.path().join("a.toml"), said(&["presets", "meta-digits"])).unwrap();
    let list = said(&["rules", folder]);
    assert_eq!(list.matches("meta-digits of feedback-alignment").count(), 3);
    assert!(
        list.contains("64-40-30-20-10") && list.contains("digits8x8"),
        "{list}"
    );
    let table = said(&["rules", "--compare", folder]);
    let heads = table.lines().next().unwrap();
    assert!(heads.contains("bio") && heads.ends_with("sd"), "{table}");
    assert_eq!(table.lines().count(), 4, "a line for each term: {table}");

    // An online run with the rule is the run with these coefficients.
    let online = [
        "run",
        "meta-digits",
        "--json",
        "--steps",
        "50",
        "--set",
        "mode=online",
    ];
    let digest = |extra: &[&str]| {
        let run: Value = serde_json::from_str(&said(&[&online[..], extra].concat())).unwrap();
        run["digest"].as_str().unwrap().to_owned()
    };
    let theta = |r: &str| format!("theta_{r}={}", rule.rule.terms[0][&format!("F{r}")]);
    let by_hand = [theta("0"), theta("2"), theta("9")];
    let set: Vec<&str> = by_hand.iter().flat_map(|theta| ["--set", theta]).collect();
    assert_eq!(digest(&["--rule", &file]), digest(&set));
    assert_ne!(digest(&["--rule", &file]), digest(&[]));
}

#[test]
fn faulty_rule_files_are_named_with_their_line() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("r.toml");
    let good = RuleFile {
        name: "mine".into(),
        rule: Rule {
            model: "feedback-alignment".into(),
            layers: vec![64, 10],
            feedback: "fixed".into(),
            episodes: 3,
            terms: vec![[("F0".to_owned(), 0.01), ("F9".to_owned(), -2e-5)].into()],
        },
        preset: "meta-bio".into(),
        seed: 4,
        data: Some(("glyph47".into(), "ab".into())),
        version: "0.1.0".into(),
    };
    let text = good.to_toml();
    assert_eq!(RuleFile::parse("r", &text).unwrap(), good, "{text}");
    let layered = RuleFile {
        rule: Rule {
            terms: vec![
                [("F0".to_owned(), 0.01)].into(),
                [("F2".to_owned(), -0.5)].into(),
            ],
            ..good.rule.clone()
        },
        ..good.clone()
    };
    assert_eq!(RuleFile::parse("r", &layered.to_toml()).unwrap(), layered);
    let path = file.to_str().unwrap();
    for (was, is, words) in [
        (
            "F0 = 0.01",
            "F0 = \"x\"",
            vec!["r.toml:", "`F0`", "finite number"],
        ),
        ("F0 = 0.01", "FO = 0.01", vec!["no term `FO`", "F0"]),
        (
            "seed = 4",
            "sead = 4",
            vec!["r.toml:7", "did you mean `seed`"],
        ),
        (
            "\"feedback-alignment\"",
            "\"predictive-coding\"",
            vec!["cannot serve feedback-alignment"],
        ),
        ("[terms]", "[[layer]]", vec![]),
    ] {
        std::fs::write(&file, text.replace(was, is)).unwrap();
        if !words.is_empty() {
            let args = [
                "run",
                "fa-bio",
                "--steps",
                "1",
                "--headless",
                "--rule",
                path,
            ];
            complains(&args, 2, &words);
        }
    }
    complains(
        &[
            "run",
            "pc-exact",
            "--headless",
            "--steps",
            "1",
            "--save-rule",
            "x.txt",
        ],
        2,
        &[".toml"],
    );
}
