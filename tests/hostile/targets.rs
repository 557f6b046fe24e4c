//! The kinds of input, and the readers of the crate that take them.

use std::fs;
use std::sync::OnceLock;

use hebbtop::data::{directory, idx};
use hebbtop::engine::{Engine, Event, Options, Past};
use hebbtop::models::{Description, FAMILIES, Setup, Values};
use hebbtop::preset::{Breakpoint, Document, Kept, RuleFile, catalogue};
use hebbtop::record::{checkpoint, journal, metrics};
use hebbtop::sweep::Plan;
use sha2::{Digest, Sha256};

use super::mutation::{Random, below, changed};

pub struct Target {
    pub name: &'static str,
    /// Gives what the readers said, or nothing.
    pub read: fn(&[u8]) -> String,
    pub change: fn(&mut Random, &[u8], &[u8]) -> Vec<u8>,
    /// The most bytes that reading may take.
    pub allowed: fn(&[u8]) -> usize,
    /// In the short run.
    pub executions: u64,
}

const MIB: usize = 1 << 20;

/// A TOML value of two characters becomes a tree of tokens, spans and strings.
const TOML: usize = 400;

pub const PRESETS: Target = Target {
    name: "presets",
    read: |input| text(input, read_preset),
    change: |random, input, other| changed(random, input, other, &PRESET_WORDS),
    // Describing a model takes stand-ins of its images, and a table with rows for each layer.
    allowed: |input| 32 * MIB + TOML * input.len(),
    executions: 3000,
};

pub const JOURNALS: Target = Target {
    name: "journals",
    read: read_journal,
    change: |random, input, other| changed(random, input, other, &JOURNAL_WORDS),
    allowed: |input| 32 * MIB + TOML * input.len(),
    executions: 2000,
};

pub const CHECKPOINTS: Target = Target {
    name: "checkpoints",
    read: read_checkpoint,
    change: change_checkpoint,
    // A revived model has its buffers, and its past a pyramid of buckets.
    allowed: |input| 64 * MIB + TOML * input.len(),
    executions: 1000,
};

pub const METRICS: Target = Target {
    name: "metrics",
    read: read_metrics,
    change: |random, input, other| changed(random, input, other, &[",", ",,", "\n", "\"", "nan"]),
    // A comma may become a number, in a list that doubles, all of them held by this test.
    allowed: |input| MIB + 64 * input.len(),
    executions: 5000,
};

pub const IDX: Target = Target {
    name: "idx",
    read: read_idx,
    change: |random, input, other| changed(random, input, other, &["\0\0\x08\x03", "\x1f"]),
    // No deflate stream unpacks to more than 1032 times its size; a list that grows is there twice.
    allowed: |input| match input.starts_with(&[0x1f, 0x8b]) {
        true => 4 * MIB + 3 * 1032 * input.len(),
        false => 4 * MIB + 4 * input.len(),
    },
    executions: 5000,
};

pub const RULE_FILES: Target = Target {
    name: "rule_files",
    read: |input| text(input, read_rule),
    change: |random, input, other| changed(random, input, other, &RULE_WORDS),
    allowed: |input| MIB + TOML * input.len(),
    executions: 5000,
};

pub const SWEEP_PLANS: Target = Target {
    name: "sweep_plans",
    read: |input| text(input, read_plan),
    change: |random, input, other| changed(random, input, other, &PLAN_WORDS),
    allowed: |input| 32 * MIB + TOML * input.len(),
    executions: 2000,
};

pub const BREAKPOINTS: Target = Target {
    name: "breakpoints",
    read: |input| text(input, read_breakpoint),
    change: |random, input, other| changed(random, input, other, &CONDITION_WORDS),
    allowed: |input| MIB + 200 * input.len(),
    executions: 10000,
};

const PRESET_WORDS: [&str; 12] = [
    "[parameters]\n",
    "[[at]]\n",
    "[[expect]]\n",
    "[variants.a]\n",
    "network = \"",
    " / ",
    " + ",
    "conv 3 k2 s2 p1",
    "pool 2",
    "data = \"glyphs\"\n",
    "model = \"balanced\"\n",
    "[[",
];

const JOURNAL_WORDS: [&str; 6] = [
    "{\"step\":0,\"quantum\":0,\"event\":",
    "{\"reset\":{\"seed\":0}}}\n",
    "{\"step\":9,\"quantum\":0,\"event\":{\"rewind\":{\"to\":1}}}\n",
    "[[[[",
    "\\u0000",
    "null",
];

const RULE_WORDS: [&str; 6] = [
    "[terms]\n",
    "[[layer]]\n",
    "F0 = ",
    "layers = [",
    "[[",
    "{a=",
];

const PLAN_WORDS: [&str; 10] = [
    "[grid]\n",
    "[random]\n",
    "[[point]]\n",
    "seeds = ",
    "{ log = [1e-3, 1], points = 9 }",
    "{ linear = [0, 1], points = 9 }",
    "preset = \"pc-exact\"\n",
    "report = [",
    "[[",
    "points = ",
];

const CONDITION_WORDS: [&str; 12] = [
    "(", ")", " and ", " or ", " for ", "once ", "nan", "rate_e", " ms", ">=", "é", "((((",
];

fn text(input: &[u8], read: fn(&str) -> String) -> String {
    std::str::from_utf8(input).map_or_else(|error| error.to_string(), read)
}

fn said<T, E: ToString>(result: Result<T, E>) -> String {
    result.err().map_or_else(String::new, |why| why.to_string())
}

fn read_preset(content: &str) -> String {
    let document = match Document::parse("file", "name", content) {
        Ok(document) => document,
        Err(error) => return error.to_string(),
    };
    let variants = std::iter::once(None).chain(document.variants().take(3).map(Some));
    let mut words = Vec::new();
    for variant in variants {
        words.push(match document.resolve(variant) {
            Ok(preset) => said(Kept::of(&preset).preset("kept")),
            Err(error) => error.to_string(),
        });
    }
    words.join("; ")
}

fn read_journal(input: &[u8]) -> String {
    let entries = match journal::parse(input) {
        Ok(entries) => entries,
        Err((_, what)) => return what,
    };
    let _ = journal::not_exact(&entries, None);
    let kept = entries.iter().filter_map(|entry| match &entry.event {
        Event::Start { preset, .. } | Event::Preset { preset } => Some(preset),
        _ => None,
    });
    let words: Vec<String> = kept.take(3).map(|kept| said(kept.preset("kept"))).collect();
    words.join("; ")
}

fn read_checkpoint(input: &[u8]) -> String {
    let read = match checkpoint::decode(input.to_vec()) {
        Ok(read) => read,
        Err(what) => return what,
    };
    let options = Options {
        paused: true,
        rewind_memory: 0,
        ..Options::default()
    };
    match Engine::resume(read.snapshot, Past::default(), options) {
        Ok(engine) => said(engine.join()),
        Err(error) => error.to_string(),
    }
}

/// Where the head and the state of the model lie in a whole checkpoint.
fn parts(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let length = |at: usize| -> Option<usize> {
        let eight = bytes.get(at..at + 8)?;
        usize::try_from(u64::from_le_bytes(eight.try_into().ok()?)).ok()
    };
    let head = bytes.get(20..20usize.checked_add(length(12)?)?)?;
    let start = 28 + head.len();
    let model = bytes.get(start..start.checked_add(length(start - 8)?)?)?;
    Some((head, model))
}

/// The lengths and the sum are made to hold, or all changes would end at the sum.
fn change_checkpoint(random: &mut Random, input: &[u8], other: &[u8]) -> Vec<u8> {
    let (Some((head, model)), Some((other_head, other_model))) = (parts(input), parts(other))
    else {
        return changed(random, input, other, &[]);
    };
    let (mut head, mut model) = (head.to_vec(), model.to_vec());
    match below(random, 8) {
        0 => return changed(random, input, other, &[]),
        1..=4 => head = changed(random, &head, other_head, &[]),
        _ => model = changed(random, &model, other_model, &[]),
    }
    let mut bytes = input[..12].to_vec();
    bytes.extend((head.len() as u64).to_le_bytes());
    bytes.extend(head);
    bytes.extend((model.len() as u64).to_le_bytes());
    bytes.extend(model);
    let sum = Sha256::digest(&bytes);
    bytes.extend(sum);
    bytes
}

fn read_metrics(input: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("metrics.csv");
    fs::write(&path, input).unwrap();
    let rows: Vec<_> = metrics::rows(&path, input.len() as u64).collect();
    format!("{}", rows.len().min(9))
}

fn read_idx(input: &[u8]) -> String {
    let labels = said(idx::parse(input, input.len() as u64, 1));
    let images = idx::parse(input, input.len() as u64, 3);
    let Ok(images) = images else {
        return said(images) + &labels;
    };
    let folder = tempfile::tempdir().unwrap();
    let count = images.sizes[0].min(1 << 16);
    let mut classes = vec![0, 0, 8, 1];
    classes.extend((count as u32).to_be_bytes());
    classes.extend((0..count).map(|i| i as u8));
    for half in ["train", "t10k"] {
        let file = |name: &str| folder.path().join(format!("{half}-{name}"));
        fs::write(file("images-idx3-ubyte"), input).unwrap();
        fs::write(file("labels-idx1-ubyte"), &classes).unwrap();
    }
    said(directory::read(folder.path()))
}

fn read_rule(content: &str) -> String {
    match RuleFile::parse("file", content) {
        Ok(rule) => said(rule.parameters("feedback-alignment")) + &said(again(&rule)),
        Err(error) => error.to_string(),
    }
}

fn again(rule: &RuleFile) -> Result<RuleFile, String> {
    RuleFile::parse("again", &rule.to_toml()).map_err(|error| error.to_string())
}

fn read_plan(content: &str) -> String {
    match Plan::parse("file", content, &|name| match name.contains('/') {
        true => catalogue::resolve("pc-exact"),
        false => catalogue::resolve(name),
    }) {
        Ok(plan) => {
            for index in [0, plan.points() / 2, plan.points() - 1] {
                let _ = plan.preset_of(&plan.point(index));
            }
            String::new()
        }
        Err(error) => error.to_string(),
    }
}

fn read_breakpoint(typed: &str) -> String {
    static DESCRIPTION: OnceLock<Description> = OnceLock::new();
    let description = DESCRIPTION.get_or_init(|| {
        let family = FAMILIES.iter().find(|family| family.id == "balanced");
        let setup = Setup {
            values: Values::new(),
            seed: 0,
            data: None,
        };
        (family.unwrap().describe)(&setup).unwrap()
    });
    match Breakpoint::parse(typed, description) {
        Ok(breakpoint) => {
            let again = Breakpoint::parse(&breakpoint.to_string(), description);
            said(again)
        }
        Err(error) => error.to_string(),
    }
}
