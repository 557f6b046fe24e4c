//! A learnt rule as a file: the coefficients, and where they come from.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::catalogue;
use super::error::PresetError;
use super::fields::{Fields, Source, described, integer, real};
use super::write::{SaveError, save_text, string};
use crate::data::text;
use crate::models::param::number;
use crate::models::rule::Rule;
use crate::models::{self, Value};

const KEYS: [&str; 12] = [
    "name", "model", "layers", "feedback", "episodes", "preset", "seed", "data", "sha256",
    "version", "terms", "layer",
];

/// A rule and its provenance.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleFile {
    pub name: String,
    pub rule: Rule,
    /// The preset that was run, with its variant.
    pub preset: String,
    pub seed: u64,
    /// Name and SHA-256 of the images.
    pub data: Option<(String, String)>,
    /// Of the program.
    pub version: String,
}

impl RuleFile {
    /// The text of the file.
    pub fn to_toml(&self) -> String {
        let Rule {
            model,
            layers,
            feedback,
            episodes,
            terms,
        } = &self.rule;
        let mut out = String::new();
        let layers: Vec<String> = layers.iter().map(ToString::to_string).collect();
        let _ = writeln!(out, "name = {}", string(&self.name));
        let _ = writeln!(out, "model = {}", string(model));
        let _ = writeln!(out, "layers = [{}]", layers.join(", "));
        let _ = writeln!(out, "feedback = {}", string(feedback));
        let _ = writeln!(out, "episodes = {episodes}");
        let _ = writeln!(out, "preset = {}", string(&self.preset));
        let _ = writeln!(out, "seed = {}", self.seed);
        if let Some((name, sha256)) = &self.data {
            let _ = writeln!(out, "data = {}\nsha256 = {}", string(name), string(sha256));
        }
        let _ = writeln!(out, "version = {}", string(&self.version));
        for row in terms {
            let head = match terms.len() {
                1 => "\n[terms]",
                _ => "\n[[layer]]",
            };
            let _ = writeln!(out, "{head}");
            for (term, theta) in row {
                let _ = writeln!(out, "{term} = {}", number(*theta));
            }
        }
        out
    }

    /// Writes it to a new file: whole, or not at all.
    /// # Errors
    /// When the file exists already or cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), SaveError> {
        save_text(&self.to_toml(), path)
    }

    /// Reads the file at `path`.
    /// # Errors
    /// Names the file, the line and the key, and what would be accepted.
    pub fn read(path: &Path) -> Result<Self, PresetError> {
        let (file, content) = catalogue::content(path)?;
        Self::parse(&file, &content)
    }

    /// Reads `content`; `file` is for messages.
    /// # Errors
    /// See [`read`](Self::read).
    pub fn parse(file: &str, content: &str) -> Result<Self, PresetError> {
        let source = Source::new(file, content);
        let root = DeTable::parse(content).map_err(|error| {
            let line = error.span().map_or(1, |span| source.line(&span));
            source.error(line, text::line(error.message()))
        })?;
        let fields = Fields::open(&source, "", 1, root.get_ref(), &KEYS)?;
        let words = |key: &str| -> Result<String, PresetError> {
            Ok(text::line(
                &fields.required(key, fields.string(key)?)?.value,
            ))
        };
        let optional = |key: &str| -> Result<Option<String>, PresetError> {
            Ok(fields.string(key)?.map(|given| text::line(&given.value)))
        };
        let count = |key: &str| fields.required(key, fields.integer(key, 0..=u64::MAX)?);
        let layers = fields.either("layers", "a list of layer sizes such as [784, 47]", sizes)?;
        let terms = match (fields.table("terms")?, fields.tables("layer")?) {
            (Some(table), None) => vec![coefficients(&fields.inside(&table))?],
            (None, Some(tables)) => tables
                .iter()
                .map(|table| coefficients(&fields.inside(table)))
                .collect::<Result<_, _>>()?,
            _ => {
                let what = "a rule has either [terms] or a [[layer]] for each weight matrix";
                return Err(fields.error(1, what));
            }
        };
        Ok(Self {
            name: words("name")?,
            rule: Rule {
                model: words("model")?,
                layers: fields.required("layers", layers)?.value,
                feedback: words("feedback")?,
                episodes: count("episodes")?.value,
                terms,
            },
            preset: words("preset")?,
            seed: count("seed")?.value,
            data: optional("data")?.zip(optional("sha256")?),
            version: optional("version")?.unwrap_or_default(),
        })
    }

    /// The parameters that make a run of `model` use the rule.
    /// # Errors
    /// When that model knows no such rules, or not these terms.
    pub fn parameters(&self, model: &str) -> Result<Vec<(String, Value)>, String> {
        let adopt = models::family(model)
            .filter(|family| family.id == self.rule.model)
            .and_then(|family| family.adopt);
        let adopt = adopt.ok_or_else(|| {
            format!(
                "the rule `{}` is one of {}, it cannot serve {model}",
                self.name, self.rule.model
            )
        })?;
        adopt(&self.rule).map_err(|why| format!("the rule `{}`: {why}", self.name))
    }
}

fn sizes(value: &DeValue) -> Option<Vec<usize>> {
    let DeValue::Array(entries) = value else {
        return None;
    };
    let size = |entry: &toml::Spanned<DeValue>| {
        integer(entry.get_ref()).and_then(|n| usize::try_from(n).ok())
    };
    entries.iter().map(size).collect()
}

fn coefficients(fields: &Fields) -> Result<BTreeMap<String, f64>, PresetError> {
    let mut found = BTreeMap::new();
    for (key, value) in fields.in_order() {
        let name = text::line(key.get_ref());
        let theta = real(value.get_ref()).filter(|x| x.is_finite());
        let theta = theta.ok_or_else(|| {
            let given = described(value.get_ref());
            let what = format!("`{name}` must be a finite number, not {given}");
            fields.error(fields.line_of(&value.span()), what)
        })?;
        found.insert(name, theta);
    }
    Ok(found)
}
