//! The presets that are compiled in, and finding one by name or path.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::LazyLock;

use super::Preset;
use super::error::PresetError;
use super::parse::Document;
use crate::data::text;
use crate::models::FAMILIES;
use crate::models::nearest::did_you_mean;

/// The most bytes that a preset file may have.
const MAX_BYTES: u64 = 1 << 18;

macro_rules! presets {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../presets/", $name, ".toml")))),*]
    };
}

/// Name and text of every file under presets/, from what a newcomer should see first.
pub const FILES: &[(&str, &str)] = presets![
    "pc-digits",
    "pc-digits-bp",
    "pc-digits-fixedpred",
    "pc-digits-fixedpred1",
    "pc-digits-strict",
    "pc-digits-mse",
    "pc-exact",
    "pc-zil",
    "pc-staircase",
    "pc-convergence",
    "pc-adam-hides-scaling",
    "pc-depth-limit",
    "pc-batch-size",
    "pc-strict-energy",
    "pc-strict-diverges",
    "pc-mnist-strict",
    "pc-mnist-fixedpred",
    "pc-mnist-fixedpred1",
    "fa-bio",
    "fa-learning-curve",
    "meta-bio",
    "meta-bp",
    "meta-fa",
    "meta-ehebb",
    "meta-oja",
    "meta-digits",
    "meta-glyphs",
    "meta-pool",
    "meta-pool-quadratic",
    "meta-pool-selection",
    "meta-per-layer",
    "meta-bp-oja",
    "meta-gradients",
    "balanced-async",
    "balanced-corr",
    "balanced-ei",
    "balanced-ei-manifold",
    "balanced-kohonen",
    "balanced-opto",
    "balanced-opto-static",
    "balanced-hebb-soft",
    "balanced-hebb-hard",
    "balanced-hebb-classical",
    "balanced-oja",
    "balanced-triplet",
    "balanced-ie-hebb",
    "balanced-kohonen-beta",
    "balanced-kohonen-start",
    "balanced-kohonen-ei",
    "balanced-ei-corr",
    "balanced-ei-ii",
    "balanced-ei-ie",
    "balanced-corr-on-weights",
    "balanced-timescale",
    "balanced-current",
    "balanced-n-scaling",
    "balanced-sweeps",
    "bench-pc-mlp",
    "bench-meta-episode",
    "bench-fa-online",
    "bench-balanced-static",
    "bench-balanced-ei",
    "bench-balanced-kohonen",
];

/// Every preset that is compiled in: by family in the order of [`FAMILIES`], benchmarks last, and
/// inside a family in the order of [`FILES`].
pub fn list() -> &'static [Document] {
    static LIST: LazyLock<Vec<Document>> = LazyLock::new(|| {
        let mut list: Vec<Document> = FILES
            .iter()
            .map(|(name, text)| {
                Document::parse(name, name, text).unwrap_or_else(|error| panic!("{error}"))
            })
            .collect();
        list.sort_by_key(|document| {
            let first = document.name().split('-').next().unwrap_or_default();
            let family = FAMILIES
                .iter()
                .position(|family| family.prefixes.contains(&first));
            family.unwrap_or(FAMILIES.len())
        });
        list
    });
    &LIST
}

/// The text of the preset called `name`, as its file has it.
pub fn source(name: &str) -> Option<&'static str> {
    FILES
        .iter()
        .find(|(other, _)| *other == name)
        .map(|(_, text)| *text)
}

/// The preset that `wanted` names: `NAME`, `NAME:VARIANT`, `PATH` or `PATH:VARIANT`, where a path
/// ends in `.toml` or has a `/`.
/// # Errors
/// When there is none, with the nearest name, or when it is faulty, with the line.
pub fn resolve(wanted: &str) -> Result<Preset, PresetError> {
    let (document, variant) = open(wanted)?;
    document.resolve(variant.as_deref())
}

/// The document that `wanted` names, and the variant.
/// # Errors
/// See [`resolve`].
pub fn open(wanted: &str) -> Result<(Document, Option<String>), PresetError> {
    let (name, variant) = match wanted.rsplit_once(':') {
        Some((name, variant)) if !Path::new(wanted).exists() => (name, Some(variant.to_owned())),
        _ => (wanted, None),
    };
    if name.contains('/') || name.ends_with(".toml") {
        let document = read(Path::new(name))?;
        // A variant that cannot run is an error now, not when somebody switches to it.
        for other in document.variants() {
            document.resolve(Some(other))?;
        }
        return Ok((document, variant));
    }
    let document = list()
        .iter()
        .find(|document| document.name() == name)
        .ok_or_else(|| {
            let name = text::line(name);
            let hint = did_you_mean(&name, list().iter().map(Document::name));
            let what = format!("there is no such preset{hint}; `hebbtop presets` lists them");
            PresetError::whole(format!("`{name}`"), what)
        })?;
    Ok((document.clone(), variant))
}

fn read(path: &Path) -> Result<Document, PresetError> {
    let (file, content) = content(path)?;
    let name = path
        .file_stem()
        .map_or_else(String::new, |stem| stem.to_string_lossy().into());
    Document::parse(&file, &name, &content)
}

/// What complaints call the file at `path`, and its text.
pub(crate) fn content(path: &Path) -> Result<(String, String), PresetError> {
    let file = text::line(&path.display().to_string());
    let complaint = |what: String| PresetError::whole(&file, what);
    let system = |error: std::io::Error| PresetError {
        unreadable: error.kind() != std::io::ErrorKind::NotFound,
        ..complaint(format!("cannot be read: {error}"))
    };
    // Asked before opening: opening a pipe would wait for its writer.
    if !std::fs::metadata(path).map_err(system)?.is_file() {
        return Err(complaint("is not a regular file".into()));
    }
    let mut content = Vec::new();
    let mut source = File::open(path).map_err(system)?.take(MAX_BYTES + 1);
    source.read_to_end(&mut content).map_err(system)?;
    if content.len() as u64 > MAX_BYTES {
        return Err(complaint(format!(
            "is too large for such a file: the most is {MAX_BYTES} bytes"
        )));
    }
    let content = String::from_utf8(content).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = 1 + valid.iter().filter(|&&byte| byte == b'\n').count();
        PresetError::at(&file, line, "is no UTF-8 text")
    })?;
    Ok((file, content))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_file_is_compiled_in_and_named_after_its_family() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("presets");
        let mut found: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| {
                entry
                    .unwrap()
                    .path()
                    .file_stem()
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned()
            })
            .collect();
        found.sort();
        let mut known: Vec<_> = FILES.iter().map(|(name, _)| (*name).to_owned()).collect();
        known.sort();
        assert_eq!(known, found);
        for document in list() {
            let family = crate::models::family(document.model()).expect("a known model");
            let name = document.name();
            let begins = name.strip_prefix("bench-").unwrap_or(name);
            let named = begins
                .split_once('-')
                .is_some_and(|(prefix, _)| family.prefixes.contains(&prefix));
            assert!(named, "{name} does not begin with its family");
        }
    }

    #[test]
    fn every_preset_and_variant_fits_its_model() {
        for document in list() {
            for variant in std::iter::once(None).chain(document.variants().map(Some)) {
                if let Err(error) = document.resolve(variant) {
                    panic!("{error}");
                }
            }
        }
    }

    /// A list of 80 columns shows name and title whole.
    #[test]
    fn lists_show_every_title_whole() {
        let width = list()
            .iter()
            .map(|document| document.name().len())
            .max()
            .unwrap();
        for document in list() {
            let title = document.title().chars().count();
            assert!(
                width + 4 + title <= 80,
                "{}: {title} characters",
                document.name()
            );
            assert!(
                !document.about().is_empty(),
                "{} says nothing",
                document.name()
            );
        }
    }

    #[test]
    fn names_and_paths_are_told_apart() {
        let message = |name: &str| open(name).unwrap_err().to_string();
        assert!(message("pc-digit").contains("did you mean `pc-digits`?"));
        assert!(message("nowhere/x.toml").starts_with("nowhere/x.toml: cannot be read"));
        assert!(message("presets/").contains("not a regular file"));
        let (document, variant) = open("pc-digits:exact").unwrap();
        assert_eq!(
            (document.name(), variant.as_deref()),
            ("pc-digits", Some("exact"))
        );
    }
}
