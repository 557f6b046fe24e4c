//! Preset files: what is read is what was written, and what is wrong is named with its line.

use std::path::Path;

use assert_cmd::Command;
use hebbtop::models::param::display;
use hebbtop::models::table::{Kind, Value};
use hebbtop::models::{Values, family};
use hebbtop::preset::write::{save, to_toml};
use hebbtop::preset::{Action, Bound, DataChoice, Document, Preset, Scheduled, When, catalogue};
use proptest::prelude::*;

const PLAIN: &str = r#"title = "plain"
model = "predictive-coding"
data = "digits"
length = 100

[parameters]
eta = 0.2
n = 7
learn = false
method = "strict"
freeze_2 = true

[variants.sgd]
length = 50
seed = 9
[variants.sgd.parameters]
optimiser = "sgd"
eta = 1
"#;

fn read(content: &str, variant: Option<&str>) -> Result<Preset, String> {
    let document = Document::parse("test.toml", "test", content).map_err(|e| e.to_string())?;
    document.resolve(variant).map_err(|error| error.to_string())
}

fn good(content: &str) -> Preset {
    read(content, None).unwrap()
}

/// What a file that holds exactly this preset resolves to.
fn alone(preset: Preset) -> Preset {
    let mut preset = Preset {
        variant: None,
        variants: Vec::new(),
        ..preset
    };
    preset.expect.retain(|expect| expect.relative_to.is_none());
    preset
}

#[test]
fn every_key_is_taken_over() {
    let content = r#"
        title = "all"
        about = "  two\nlines  "
        model = "predictive-coding"
        data = "mnist"
        seed = 18446744073709551615
        length = 30
        pace = 2.5
        fault = "divergence"
        [parameters]
        network = "20 + tanh / 10"
        [[at]]
        step = 20
        set = { eta = 0.3, n = 4 }
        pause = true
        [[at]]
        step = 10
        set = { learn = false }
        [[expect]]
        metric = "loss"
        at = 12
        value = 2
        tolerance = 0.5
        source = "a guess"
        [[expect]]
        metric = "relative_error_2"
        mean_of_last = 5
        value = 3.0
        factor = 4
        source = "another"
        [[expect]]
        metric = "loss"
        at = "max"
        at_most = 9.5
        source = "a third"
        "#;
    let preset = good(content);
    assert_eq!(preset.about, "two\nlines");
    assert_eq!(preset.data, DataChoice::External("mnist".into()));
    assert_eq!(
        (preset.seed, preset.length, preset.pace),
        (u64::MAX, 30, Some(2.5))
    );
    assert_eq!(preset.fault, Some(hebbtop::models::FaultKind::Divergence));
    let set = |id: &str, value| Action::Set {
        id: id.into(),
        value,
    };
    let first = Scheduled {
        step: 10,
        actions: vec![set("learn", Value::Switch(false))],
    };
    let second = Scheduled {
        step: 20,
        actions: vec![
            set("eta", Value::Real(0.3)),
            set("n", Value::Integer(4)),
            Action::Pause,
        ],
    };
    assert_eq!(preset.schedule, [first, second], "in the order of time");
    let bounds: Vec<_> = preset.expect.iter().map(|e| (e.when, e.bound)).collect();
    assert_eq!(
        bounds,
        [
            (
                When::Step(12),
                Bound::Near {
                    value: 2.0,
                    tolerance: 0.5
                }
            ),
            (
                When::MeanOfLast(5),
                Bound::Factor {
                    value: 3.0,
                    factor: 4.0
                }
            ),
            (When::Max, Bound::AtMost(9.5)),
        ]
    );
}

#[test]
fn a_variant_changes_what_it_names_and_nothing_else() {
    let base = good(PLAIN);
    let variant = read(PLAIN, Some("sgd")).unwrap();
    assert_eq!((variant.length, variant.seed), (50, 9));
    assert_eq!((base.length, base.seed, base.pace), (100, 0, None));
    assert_eq!(variant.variant.as_deref(), Some("sgd"));
    assert_eq!(
        (&base.variants, &variant.variants),
        (&vec!["sgd".to_owned()], &base.variants)
    );
    assert_eq!(variant.values.given("eta"), Some(&Value::Real(1.0)));
    assert_eq!(variant.values.given("n"), base.values.given("n"));
    assert_eq!(base.values.given("optimiser"), None);
}

/// (what stands in the plain file, what takes its place, the line, words of the complaint)
const WRONG: &[(&str, &str, usize, &[&str])] = &[
    (
        "length = 100",
        "lenght = 100",
        4,
        &["`lenght`", "did you mean `length`?"],
    ),
    (
        "length = 100",
        "length = 0",
        4,
        &["`length`", "an integer from 1", "the integer 0"],
    ),
    (
        "length = 100",
        "length = 1.5",
        4,
        &["`length`", "the number 1.5"],
    ),
    (
        "length = 100",
        "length = 100\npace = \"fast\"",
        5,
        &["`pace`", "flat out", "\"fast\""],
    ),
    (
        "length = 100",
        "length = 100\nseed = -1",
        5,
        &["`seed`", "-1"],
    ),
    (
        "length = 100",
        "length = 100\nfault = \"boom\"",
        5,
        &["`fault`", "`boom`", "divergence"],
    ),
    ("length = 100\n", "", 1, &["`length` is missing"]),
    ("title = \"plain\"\n", "", 1, &["`title` is missing"]),
    (
        "\"digits\"",
        "\"digit\"",
        3,
        &["`data`", "did you mean `digits`?", "mnist"],
    ),
    (
        "\"predictive-coding\"",
        "\"predictiv\"",
        2,
        &["`predictiv`", "did you mean `predictive-coding`?"],
    ),
    (
        "eta = 0.2",
        "etta = 0.2",
        7,
        &["`etta`", "did you mean `eta`?", "hebbtop params"],
    ),
    (
        "eta = 0.2",
        "eta = 20",
        7,
        &["`eta`", "20", "a number from 1e-4 to 2"],
    ),
    (
        "eta = 0.2",
        "eta = nan",
        7,
        &["`eta`", "NaN", "a number from 1e-4 to 2"],
    ),
    (
        "eta = 0.2",
        "eta = \"0.2\"",
        7,
        &["`eta`", "\"0.2\"", "a number"],
    ),
    (
        "n = 7",
        "n = 7.5",
        8,
        &["`n`", "7.5", "an integer from 0 to 1000"],
    ),
    (
        "n = 7",
        "n = 99999999999999999999",
        8,
        &["`n`", "an integer from 0 to 1000"],
    ),
    (
        "learn = false",
        "learn = \"off\"",
        9,
        &["`learn`", "\"off\"", "true or false"],
    ),
    (
        "\"strict\"",
        "\"strickt\"",
        10,
        &["`method`", "did you mean `strict`?", "fixedpred"],
    ),
    ("freeze_2", "freeze_0", 11, &["`freeze_0`"]),
    (
        "freeze_2",
        "freeze_8",
        11,
        &["`freeze_8`", "did you mean `freeze_"],
    ),
    ("eta = 1", "eta = 3", 18, &["`eta`", "3"]),
    ("eta = 1", "eta = [1]", 18, &["`eta`", "an array"]),
    (
        "variants.sgd]",
        "variants.\"a b\"]",
        13,
        &["`a b`", "variant"],
    ),
    (
        "seed = 9",
        "sed = 9",
        15,
        &["`sed` of [variants.sgd]", "did you mean `seed`?"],
    ),
    ("title = \"plain\"", "title = \"plain", 1, &[]),
    ("[parameters]", "[parameters", 6, &[]),
    ("eta = 0.2", "eta = 0.2\neta = 0.3", 8, &["duplicate"]),
    (
        "eta = 0.2",
        "network = \"50 + tangh / 10\"",
        7,
        &["network", "tangh", "tanh"],
    ),
];

#[test]
fn what_is_wrong_is_named_with_its_line_and_what_would_be_right() {
    for (from, to, line, words) in WRONG {
        assert!(PLAIN.contains(from), "{from}");
        let content = PLAIN.replace(from, to);
        let complaint = ["", "sgd"]
            .iter()
            .find_map(|variant| read(&content, Some(*variant).filter(|v| !v.is_empty())).err())
            .unwrap_or_else(|| panic!("`{to}` was taken"));
        assert!(
            complaint.starts_with(&format!("test.toml:{line}: ")),
            "`{to}`: {complaint}"
        );
        for word in *words {
            assert!(
                complaint.contains(word),
                "`{to}`: `{complaint}` lacks `{word}`"
            );
        }
    }
}

/// (what is added behind the plain file, the line within it, words of the complaint)
const WRONG_ENTRIES: &[(&str, usize, &[&str])] = &[
    (
        "[[expect]]\nmetric = \"los\"\nat_most = 1\nsource = \"x\"",
        2,
        &["`los`", "did you mean `loss`?"],
    ),
    (
        "[[expect]]\nmetric = \"angle_6\"\nat_most = 1\nsource = \"x\"",
        2,
        &["`angle_6`", "`angle_"],
    ),
    (
        "[[expect]]\nat_most = 1\nsource = \"x\"",
        1,
        &["`metric` of [[expect]] is missing"],
    ),
    (
        "[[expect]]\nmetric = \"loss\"\nat_most = 1",
        1,
        &["`source` of [[expect]] is missing"],
    ),
    (
        "[[expect]]\nmetric = \"loss\"\nsource = \"x\"",
        1,
        &["one bound", "`at_least`"],
    ),
    (
        "[[expect]]\nmetric = \"loss\"\nvalue = 1\nsource = \"x\"",
        1,
        &["one bound"],
    ),
    (
        "[[expect]]\nmetric = \"loss\"\nat_most = 1\nat_least = 0\nsource = \"x\"",
        1,
        &["one bound"],
    ),
    (
        "[[expect]]\nmetric = \"loss\"\nat_most = inf\nsource = \"x\"",
        3,
        &["`at_most`", "finite"],
    ),
    (
        "[[expect]]\nmetric = \"loss\"\nat = 101\nat_most = 1\nsource = \"x\"",
        3,
        &["101", "100"],
    ),
    (
        "[[expect]]\nmetric = \"loss\"\nat = \"ende\"\nat_most = 1\nsource = \"x\"",
        3,
        &["`at`", "\"end\""],
    ),
    (
        "[[expect]]\nmetric = \"loss\"\nat = 3\nmean_of_last = 3\nat_most = 1\nsource = \"x\"",
        4,
        &["not both"],
    ),
    (
        "[[expect]]\nmetric = \"loss\"\nvalue = 1\nfactor = 0.5\nsource = \"x\"",
        4,
        &["`factor`", "from 1"],
    ),
    (
        "[[expect]]\nmetric = \"loss\"\nat_least = 1\nrelative_to = \"sdg\"\nsource = \"x\"",
        4,
        &["`sdg`", "sgd"],
    ),
    (
        "[[expect]]\nmetric = \"loss\"\nat_moast = 1\nsource = \"x\"",
        3,
        &["did you mean `at_most`?"],
    ),
    ("[[at]]\nset = { eta = 0.1 }", 1, &["`step` or `time`"]),
    ("[[at]]\nstep = 3", 1, &["changes nothing"]),
    (
        "[[at]]\nstep = 3\nset = { eta = 5 }",
        3,
        &["`eta`", "a number from"],
    ),
    (
        "[[at]]\nstep = 3\nset = { eat = 1 }",
        3,
        &["`eat`", "did you mean `eta`?"],
    ),
    (
        "[[at]]\nstep = 3\nset = { batch = 10 }",
        3,
        &["`batch`", "[parameters]"],
    ),
    (
        "[[at]]\ntime = \"2 s\"\npause = true",
        2,
        &["simulated time", "`step`"],
    ),
    (
        "[[at]]\ntime = \"soon\"\npause = true",
        2,
        &["`time`", "250 ms", "soon"],
    ),
    ("[at]\nstep = 3", 1, &["`[[at]]`"]),
];

#[test]
fn wrong_expectations_and_schedules_are_named_with_their_line() {
    for (entry, line, words) in WRONG_ENTRIES {
        // Before the variants, which are tables.
        let (begin, variants) = PLAIN.split_at(PLAIN.find("[variants").unwrap());
        let content = format!("{begin}{entry}\n{variants}");
        let line = line + begin.lines().count();
        let complaint = read(&content, None).expect_err(entry);
        assert!(
            complaint.starts_with(&format!("test.toml:{line}: ")),
            "`{entry}`: {complaint}"
        );
        for word in *words {
            assert!(
                complaint.contains(word),
                "`{entry}`: `{complaint}` lacks `{word}`"
            );
        }
    }
}

#[test]
fn every_compiled_in_preset_reads_back_as_it_was_written() {
    for document in catalogue::list() {
        for variant in std::iter::once(None).chain(document.variants().map(Some)) {
            let preset = document.resolve(variant).unwrap();
            let text = to_toml(&preset);
            let again = Document::parse("again", &preset.name, &text)
                .unwrap()
                .resolve(None);
            assert_eq!(again.unwrap(), alone(preset), "{text}");
        }
    }
}

#[test]
fn a_saved_preset_runs_and_nothing_is_overwritten() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("mine.toml");
    let preset = read(PLAIN, Some("sgd")).unwrap();
    save(&preset, &path).unwrap();
    let read = catalogue::resolve(path.to_str().unwrap()).unwrap();
    assert_eq!(
        read,
        Preset {
            name: "mine".into(),
            ..alone(preset.clone())
        }
    );

    let before = std::fs::read(&path).unwrap();
    let changed = Preset { seed: 77, ..preset };
    let refusal = save(&changed, &path).unwrap_err().to_string();
    assert!(
        refusal.contains("mine.toml") && refusal.contains("exists"),
        "{refusal}"
    );
    assert_eq!(std::fs::read(&path).unwrap(), before);
    assert_eq!(
        std::fs::read_dir(dir.path()).unwrap().count(),
        1,
        "no half file is left"
    );
    let nowhere = save(&changed, &dir.path().join("no/where.toml"))
        .unwrap_err()
        .to_string();
    assert!(nowhere.contains("no/where.toml"), "{nowhere}");
}

#[test]
fn files_that_are_no_text_or_too_large_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let complaint = |content: &[u8]| {
        let path = dir.path().join("x.toml");
        std::fs::write(&path, content).unwrap();
        catalogue::resolve(path.to_str().unwrap())
            .unwrap_err()
            .to_string()
    };
    assert!(complaint(b"title = 1\n\xff").contains("x.toml:2: is no UTF-8 text"));
    assert!(complaint(&vec![b'#'; 1 << 20]).contains("too large"));
    let folder = catalogue::resolve(&format!("{}/", dir.path().display()));
    assert!(
        folder
            .unwrap_err()
            .to_string()
            .contains("not a regular file")
    );
}

#[test]
fn words_of_a_file_cannot_drive_the_terminal() {
    let hostile = PLAIN
        .replace("\"plain\"", "\"a\\u001b[31mb\\u009b2Jc\\u202ed\"")
        .replace("length = 100", "about = \"x\\u0007\\ny\"\nlength = 100");
    let preset = good(&hostile);
    assert_eq!(
        (preset.title.as_str(), preset.about.as_str()),
        ("a[31mb2Jcd", "x\ny")
    );
    let name = "a\u{1b}]0;b\u{7}";
    let document = Document::parse(name, name, PLAIN).unwrap();
    assert_eq!(document.name(), "a]0;b");
}

/// A value that the parameter may take.
fn value_of(kind: &Kind) -> BoxedStrategy<Value> {
    match kind.clone() {
        Kind::Real { min, max, .. } => (min..=max).prop_map(Value::Real).boxed(),
        Kind::Integer { min, max } => (min..=max).prop_map(Value::Integer).boxed(),
        Kind::Switch => any::<bool>().prop_map(Value::Switch).boxed(),
        Kind::Choice(options) => prop::sample::select(options.to_vec())
            .prop_map(Value::Choice)
            .boxed(),
        Kind::Words => Just(Value::Words("12 + tanh / 10".into())).boxed(),
    }
}

/// Some of the model's parameters with values that they may take, but for the batch, which is kept
/// small.
fn values() -> impl Strategy<Value = Values> {
    let params = family("predictive-coding").unwrap().params;
    let specs: Vec<_> = params
        .iter()
        .filter(|spec| spec.id != "batch" && spec.scope == hebbtop::models::table::Scope::Model)
        .collect();
    let all: Vec<_> = specs
        .iter()
        .map(|spec| {
            (
                Just(spec.id.to_string()),
                prop::option::of(value_of(&spec.kind)),
            )
        })
        .collect();
    all.prop_map(|pairs| {
        let mut values = Values::new();
        for (id, value) in pairs {
            if let Some(value) = value {
                values.set(id, value);
            }
        }
        values
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_parameters_read_back_bit_for_bit(values in values(), seed: u64, about in "[ -~éη\n']{0,60}") {
        let preset = Preset { values, seed, about, ..good(PLAIN) };
        let text = to_toml(&preset);
        let again = good(&text);
        prop_assert_eq!(&again.values, &preset.values, "{}", text);
        prop_assert_eq!(again.seed, seed);
        prop_assert_eq!(again.about, preset.about.trim());
    }

    #[test]
    fn what_params_displays_is_what_the_command_line_reads(values in values()) {
        let params = family("predictive-coding").unwrap().params;
        for (id, value) in values.iter() {
            let spec = params.iter().find(|spec| spec.id == id).unwrap();
            prop_assert_eq!(&spec.parse(&display(value)).unwrap(), value);
        }
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in any::<String>()) {
        let _ = read(&text, None);
    }

    #[test]
    fn no_damage_to_a_file_makes_the_parser_panic(
        number in 0..catalogue::FILES.len(),
        at: prop::sample::Index,
        length in 0usize..20,
        put in "[\\[\\]{}=\"'\\\\\n.#a-z0-9_ -]{0,12}",
    ) {
        let (name, text) = catalogue::FILES[number];
        let mut text: Vec<char> = text.chars().collect();
        let at = at.index(text.len());
        let end = (at + length).min(text.len());
        text.splice(at..end, put.chars());
        let text: String = text.into_iter().collect();
        if let Ok(document) = Document::parse("damaged.toml", name, &text) {
            for variant in std::iter::once(None).chain(document.variants().map(Some)) {
                let _ = document.resolve(variant);
            }
        }
    }
}

/// Runs presets with three seeds and checks every expectation.
fn verified(presets: &[&str]) {
    for preset in presets {
        assert!(
            Path::new("presets").join(format!("{preset}.toml")).exists(),
            "{preset}"
        );
    }
    Command::cargo_bin("hebbtop")
        .unwrap()
        .args(["verify", "--seeds", "3", "--presets"])
        .args(presets)
        .assert()
        .success();
}

const FAST: &[&str] = &[
    "pc-exact",
    "pc-zil",
    "pc-staircase",
    "pc-digits-bp",
    "pc-digits-fixedpred",
    "pc-digits-fixedpred1",
    "pc-digits-strict",
    "pc-digits-mse",
    "pc-adam-hides-scaling",
    "pc-depth-limit",
    "pc-strict-diverges",
    "balanced-async",
    "balanced-opto-static",
];

/// The fast subset of what `hebbtop verify --presets --seeds 3` checks.
#[test]
fn fast_presets_show_what_they_promise() {
    verified(FAST);
}

#[test]
#[ignore = "takes minutes"]
fn slow_presets_show_what_they_promise() {
    let slow = catalogue::list().iter().filter(|document| {
        let external = matches!(document.data(), Some(DataChoice::External(_)));
        !external && !FAST.contains(&document.name())
    });
    verified(&slow.map(Document::name).collect::<Vec<_>>());
}
