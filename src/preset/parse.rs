//! The text of a preset file becomes a [`Document`]: known keys, right types, lines remembered.
//!
//! What needs the model's tables (parameters, metrics) is checked when a variant is chosen, in
//! `resolve`.

use toml::de::{DeTable, DeValue};

use super::entries::{self, At, Expectation};
use super::error::PresetError;
use super::fields::{Fields, Given, Source, described, integer, real};
use super::{DataChoice, EXTERNAL};
use crate::data::text;
use crate::models::FaultKind;
use crate::models::nearest::did_you_mean;

/// Keys of a file and, but for `variants`, of each variant.
const KEYS: [&str; 13] = [
    "title",
    "about",
    "model",
    "data",
    "seed",
    "length",
    "pace",
    "fault",
    "parameters",
    "at",
    "break",
    "expect",
    "variants",
];

/// No run is longer.
const MAX_LENGTH: u64 = 1 << 53;

/// A preset file, read but with no variant chosen.
#[derive(Clone, Debug)]
pub struct Document {
    /// The file's path, or the name of a preset that is compiled in.
    pub(super) file: String,
    /// The file's name without `.toml`.
    pub(super) name: String,
    pub(super) base: Layer,
    /// As they stand in the file.
    pub(super) variants: Vec<(String, Layer)>,
}

/// What the file says outside its variants, or what one variant says in its place.
#[derive(Clone, Debug, Default)]
pub(super) struct Layer {
    pub title: Option<Given<String>>,
    pub about: Option<Given<String>>,
    pub model: Option<Given<String>>,
    pub data: Option<Given<DataChoice>>,
    pub seed: Option<Given<u64>>,
    pub length: Option<Given<u64>>,
    /// `Some(None)` is flat out.
    pub pace: Option<Given<Option<f64>>>,
    pub fault: Option<Given<FaultKind>>,
    pub parameters: Vec<Assignment>,
    pub schedule: Option<Vec<At>>,
    pub breakpoints: Option<Given<Vec<String>>>,
    pub expect: Option<Vec<Expectation>>,
}

/// `id = value`, not yet compared with the model's table.
#[derive(Clone, Debug)]
pub(super) struct Assignment {
    pub id: String,
    pub raw: Raw,
    pub line: usize,
}

#[derive(Clone, Debug)]
pub(super) enum Raw {
    Words(String),
    Integer(i128),
    Real(f64),
    Switch(bool),
    /// Of a type that no parameter has, in words.
    Other(String),
}

impl Document {
    /// Reads `content`; `file` and `name` are for messages and for the preset's name.
    /// # Errors
    /// Names the line and the key, what would be accepted, and the nearest name.
    pub fn parse(file: &str, name: &str, content: &str) -> Result<Self, PresetError> {
        let (file, name) = (text::line(file), text::line(name));
        let source = Source::new(&file, content);
        let root = DeTable::parse(content).map_err(|error| {
            let line = error.span().map_or(1, |span| source.line(&span));
            source.error(line, text::line(error.message()))
        })?;
        let fields = Fields::open(&source, "", 1, root.get_ref(), &KEYS)?;
        let base = Layer::read(&fields)?;
        fields.required("title", base.title.as_ref())?;
        fields.required("model", base.model.as_ref())?;
        let mut variants: Vec<(String, Layer)> = Vec::new();
        if let Some(table) = fields.table("variants")? {
            let all = Fields::any(&source, "`variants`", table.line, table.value);
            for (key, value) in all.in_order() {
                let (variant, line) = (key.get_ref().as_ref(), source.line(&key.span()));
                check_variant_name(variant).map_err(|what| source.error(line, what))?;
                let DeValue::Table(table) = value.get_ref() else {
                    let given = described(value.get_ref());
                    let what = format!("variant `{variant}` must be a table, not {given}");
                    return Err(source.error(line, what));
                };
                let place = format!("[variants.{variant}]");
                let known = &KEYS[..KEYS.len() - 1];
                let overlay = Layer::read(&Fields::open(&source, place, line, table, known)?)?;
                variants.push((variant.to_owned(), overlay));
            }
        }
        Ok(Self {
            name,
            base,
            variants,
            file: file.clone(),
        })
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn title(&self) -> &str {
        self.base.title.as_ref().map_or("", |title| &title.value)
    }

    /// What to watch and to expect.
    pub fn about(&self) -> &str {
        self.base.about.as_ref().map_or("", |about| &about.value)
    }

    /// The id of its model's family.
    pub fn model(&self) -> &str {
        self.base.model.as_ref().map_or("", |model| &model.value)
    }

    /// Where its images come from, unless a variant says otherwise.
    pub fn data(&self) -> Option<&DataChoice> {
        self.base.data.as_ref().map(|data| &data.value)
    }

    pub fn variants(&self) -> impl Iterator<Item = &str> {
        self.variants.iter().map(|(name, _)| name.as_str())
    }

    pub(super) fn error(&self, line: usize, what: impl Into<String>) -> PresetError {
        PresetError::at(&self.file, line, what)
    }
}

fn check_variant_name(name: &str) -> Result<(), String> {
    let good = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if !name.is_empty() && name.len() <= 40 && name.chars().all(good) {
        Ok(())
    } else {
        let shown = text::line(name);
        Err(format!(
            "`{shown}` cannot name a variant: up to 40 of the letters a-z, 0-9, -, _ and ."
        ))
    }
}

impl Layer {
    fn read(fields: &Fields) -> Result<Self, PresetError> {
        let words = |given: Given<String>, clean: fn(&str) -> String| Given {
            value: clean(&given.value).trim().to_owned(),
            line: given.line,
        };
        let mut parameters = Vec::new();
        if let Some(table) = fields.table("parameters")? {
            parameters = entries::assignments(&fields.inside(&table));
        }
        Ok(Self {
            title: fields
                .string("title")?
                .map(|given| words(given, text::line)),
            about: fields
                .string("about")?
                .map(|given| words(given, text::paragraph)),
            model: fields
                .string("model")?
                .map(|given| words(given, text::line)),
            data: fields
                .string("data")?
                .map(|given| data_choice(fields, given))
                .transpose()?,
            seed: fields.integer("seed", 0..=u64::MAX)?,
            length: fields.integer("length", 1..=MAX_LENGTH)?,
            pace: pace(fields)?,
            fault: fields
                .string("fault")?
                .map(|given| fault_kind(fields, given))
                .transpose()?,
            parameters,
            schedule: entries::schedule(fields)?,
            breakpoints: breakpoints(fields)?,
            expect: entries::expectations(fields)?,
        })
    }
}

fn data_choice(fields: &Fields, given: Given<String>) -> Result<Given<DataChoice>, PresetError> {
    let value = match given.value.as_str() {
        "none" => DataChoice::None,
        "digits" => DataChoice::Digits,
        "glyphs" => DataChoice::Glyphs,
        word if EXTERNAL.contains(&word) => DataChoice::External(word.to_owned()),
        word => {
            let known = || ["none", "digits", "glyphs"].into_iter().chain(EXTERNAL);
            let what = format!(
                "{} cannot be `{}`{}; known: {}",
                fields.named("data"),
                text::line(word),
                did_you_mean(word, known()),
                known().collect::<Vec<_>>().join(", ")
            );
            return Err(fields.error(given.line, what));
        }
    };
    Ok(Given {
        value,
        line: given.line,
    })
}

fn fault_kind(fields: &Fields, given: Given<String>) -> Result<Given<FaultKind>, PresetError> {
    let value = match given.value.as_str() {
        "non_finite" => FaultKind::NonFinite,
        "divergence" => FaultKind::Divergence,
        "runaway" => FaultKind::Runaway,
        word => {
            let what = format!(
                "{} cannot be `{}`; known: non_finite, divergence, runaway",
                fields.named("fault"),
                text::line(word)
            );
            return Err(fields.error(given.line, what));
        }
    };
    Ok(Given {
        value,
        line: given.line,
    })
}

/// A number of units a second, or the words "flat out".
fn pace(fields: &Fields) -> Result<Option<Given<Option<f64>>>, PresetError> {
    fields.either(
        "pace",
        "units a second, from 0.001 to 1e6, or \"flat out\"",
        |value| match value {
            DeValue::String(words) if words == "flat out" => Some(None),
            _ => real(value)
                .filter(|pace| (1e-3..=1e6).contains(pace))
                .map(Some),
        },
    )
}

fn breakpoints(fields: &Fields) -> Result<Option<Given<Vec<String>>>, PresetError> {
    let allowed = "a list of conditions, such as [\"loss > 3\"]";
    fields.either("break", allowed, |value| match value {
        DeValue::Array(conditions) => conditions
            .iter()
            .map(|condition| match condition.get_ref() {
                DeValue::String(words) => Some(text::line(words)),
                _ => None,
            })
            .collect(),
        _ => None,
    })
}

impl Raw {
    pub fn read(value: &DeValue) -> Self {
        match value {
            DeValue::String(words) => Self::Words(text::line(words)),
            DeValue::Boolean(on) => Self::Switch(*on),
            DeValue::Integer(_) => integer(value).map_or_else(|| other(value), Self::Integer),
            DeValue::Float(_) => real(value).map_or_else(|| other(value), Self::Real),
            _ => other(value),
        }
    }
}

fn other(value: &DeValue) -> Raw {
    Raw::Other(described(value))
}
