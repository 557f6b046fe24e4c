//! The presets that are compiled in, and finding one by name or path.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::LazyLock;

use super::Preset;
use super::error::PresetError;
use super::nearest::did_you_mean;
use super::parse::Document;
use crate::data::text;
use crate::models::FAMILIES;

/// The most bytes that a preset file may have.
const MAX_BYTES: u64 = 1 << 18;

macro_rules! presets {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../presets/", $name, ".toml")))),*]
    };
}

/// Name and text of every preset file under presets/.
pub const FILES: &[(&str, &str)] = presets![];

/// Every preset that is compiled in: by family in the order of [`FAMILIES`], benchmarks last, then
/// by name.
pub fn list() -> &'static [Document] {
    static LIST: LazyLock<Vec<Document>> = LazyLock::new(|| {
        let mut list: Vec<Document> = FILES
            .iter()
            .map(|(name, text)| {
                Document::parse(name, name, text).unwrap_or_else(|error| panic!("{error}"))
            })
            .collect();
        list.sort_by_key(|document| {
            let family = FAMILIES
                .iter()
                .position(|family| document.name().split('-').next() == Some(family.prefix));
            (family.unwrap_or(FAMILIES.len()), document.name().to_owned())
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
        return Ok((read(Path::new(name))?, variant));
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
            "is too large for a preset: the most is {MAX_BYTES} bytes"
        )));
    }
    let content = String::from_utf8(content).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = 1 + valid.iter().filter(|&&byte| byte == b'\n').count();
        PresetError::at(&file, line, "is no UTF-8 text")
    })?;
    let name = path
        .file_stem()
        .map_or_else(String::new, |stem| stem.to_string_lossy().into());
    Document::parse(&file, &name, &content)
}
