//! Reading the keys of a TOML table: every key known, every value of its type, or a complaint with
//! the line.

use std::ops::{Range, RangeInclusive};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::PresetError;
use crate::data::text;
use crate::models::nearest::did_you_mean;
use crate::models::param::number;

/// A preset file while it is being read.
pub(crate) struct Source<'a> {
    file: &'a str,
    /// Where the lines after the first begin.
    starts: Vec<usize>,
}

impl<'a> Source<'a> {
    pub fn new(file: &'a str, text: &str) -> Self {
        Self {
            file,
            starts: text.match_indices('\n').map(|(at, _)| at + 1).collect(),
        }
    }

    pub fn line(&self, span: &Range<usize>) -> usize {
        1 + self.starts.partition_point(|&start| start <= span.start)
    }

    pub fn error(&self, line: usize, what: impl Into<String>) -> PresetError {
        PresetError::at(self.file, line, what)
    }
}

/// Something read, and the line that it stands in.
#[derive(Clone, Debug)]
pub(crate) struct Given<T> {
    pub value: T,
    pub line: usize,
}

/// The keys of one table.
pub(crate) struct Fields<'a, 't> {
    source: &'a Source<'a>,
    /// What stands before a key in complaints: ``, `[[expect]]`, `[variants.sgd]`.
    place: String,
    /// Of the table itself.
    line: usize,
    table: &'a DeTable<'t>,
}

impl<'a, 't> Fields<'a, 't> {
    /// A table whose keys are names that the file chooses.
    pub fn any(
        source: &'a Source<'a>,
        place: impl Into<String>,
        line: usize,
        table: &'a DeTable<'t>,
    ) -> Self {
        Self {
            source,
            place: place.into(),
            line,
            table,
        }
    }

    /// # Errors
    /// When a key is none of `known`.
    pub fn open(
        source: &'a Source<'a>,
        place: impl Into<String>,
        line: usize,
        table: &'a DeTable<'t>,
        known: &[&str],
    ) -> Result<Self, PresetError> {
        let fields = Self::any(source, place, line, table);
        for (key, _) in fields.in_order() {
            let name = key.get_ref().as_ref();
            if !known.contains(&name) {
                let what = format!(
                    "{} is no key{}; known here: {}",
                    fields.named(name),
                    did_you_mean(name, known.iter().copied()),
                    known.join(", ")
                );
                return Err(source.error(source.line(&key.span()), what));
            }
        }
        Ok(fields)
    }

    /// Key and value pairs as they stand in the file.
    pub fn in_order(
        &self,
    ) -> Vec<(
        &'a Spanned<std::borrow::Cow<'t, str>>,
        &'a Spanned<DeValue<'t>>,
    )> {
        let mut pairs: Vec<_> = self.table.iter().collect();
        pairs.sort_by_key(|(key, _)| key.span().start);
        pairs
    }

    pub fn string(&self, key: &str) -> Result<Option<Given<String>>, PresetError> {
        self.either(key, "a string", |value| match value {
            DeValue::String(words) => Some(words.to_string()),
            _ => None,
        })
    }

    pub fn boolean(&self, key: &str) -> Result<Option<Given<bool>>, PresetError> {
        self.either(key, "true or false", |value| match value {
            DeValue::Boolean(on) => Some(*on),
            _ => None,
        })
    }

    pub fn integer(
        &self,
        key: &str,
        range: RangeInclusive<u64>,
    ) -> Result<Option<Given<u64>>, PresetError> {
        let allowed = format!("an integer from {} to {}", range.start(), range.end());
        self.either(key, &allowed, |value| {
            integer(value)
                .and_then(|n| u64::try_from(n).ok())
                .filter(|n| range.contains(n))
        })
    }

    pub fn real(
        &self,
        key: &str,
        range: RangeInclusive<f64>,
    ) -> Result<Option<Given<f64>>, PresetError> {
        let allowed = if range.end().is_finite() {
            format!(
                "a number from {} to {}",
                number(*range.start()),
                number(*range.end())
            )
        } else {
            "a finite number".to_owned()
        };
        self.either(key, &allowed, |value| {
            real(value).filter(|x| x.is_finite() && range.contains(x))
        })
    }

    pub fn table(&self, key: &str) -> Result<Option<Given<&'a DeTable<'t>>>, PresetError> {
        self.either(key, "a table", |value| match value {
            DeValue::Table(table) => Some(table),
            _ => None,
        })
    }

    /// A `[[key]]` array of tables.
    pub fn tables(&self, key: &str) -> Result<Option<Vec<Given<&'a DeTable<'t>>>>, PresetError> {
        let Some((_, value)) = self.table.get_key_value(key) else {
            return Ok(None);
        };
        let wrong = |spot: &Spanned<DeValue>| {
            let what = format!("{} must be tables, each under `[[{key}]]`", self.named(key));
            self.source.error(self.source.line(&spot.span()), what)
        };
        let DeValue::Array(entries) = value.get_ref() else {
            return Err(wrong(value));
        };
        let tables = entries.iter().map(|entry| match entry.get_ref() {
            DeValue::Table(table) => Ok(Given {
                value: table,
                line: self.source.line(&entry.span()),
            }),
            _ => Err(wrong(entry)),
        });
        tables.collect::<Result<_, _>>().map(Some)
    }

    /// # Errors
    /// When the key is not there.
    pub fn required<T>(&self, key: &str, found: Option<T>) -> Result<T, PresetError> {
        found.ok_or_else(|| {
            self.source
                .error(self.line, format!("{} is missing", self.named(key)))
        })
    }

    pub fn error(&self, line: usize, what: impl Into<String>) -> PresetError {
        self.source.error(line, what)
    }

    pub fn line(&self) -> usize {
        self.line
    }

    /// The key with its place, for complaints.
    pub fn named(&self, key: &str) -> String {
        let key = text::line(key);
        if self.place.is_empty() {
            format!("`{key}`")
        } else {
            format!("`{key}` of {}", self.place)
        }
    }

    /// A table of names inside this one.
    pub fn inside(&self, table: &Given<&'a DeTable<'t>>) -> Self {
        Self::any(self.source, "", table.line, table.value)
    }

    /// One table of an array of tables.
    /// # Errors
    /// When a key is none of `known`.
    pub fn entry(
        &self,
        place: &str,
        table: &Given<&'a DeTable<'t>>,
        known: &[&str],
    ) -> Result<Self, PresetError> {
        Self::open(self.source, place, table.line, table.value, known)
    }

    pub fn line_of(&self, span: &Range<usize>) -> usize {
        self.source.line(span)
    }

    /// Whatever `take` makes of a value; `allowed` says what it takes.
    /// # Errors
    /// When it takes nothing.
    pub fn either<T>(
        &self,
        key: &str,
        allowed: &str,
        take: impl FnOnce(&'a DeValue<'t>) -> Option<T>,
    ) -> Result<Option<Given<T>>, PresetError> {
        let Some((_, value)) = self.table.get_key_value(key) else {
            return Ok(None);
        };
        let line = self.source.line(&value.span());
        match take(value.get_ref()) {
            Some(value) => Ok(Some(Given { value, line })),
            None => {
                let given = described(value.get_ref());
                let what = format!("{} must be {allowed}, not {given}", self.named(key));
                Err(self.source.error(line, what))
            }
        }
    }
}

pub(crate) fn integer(value: &DeValue) -> Option<i128> {
    match value {
        DeValue::Integer(n) => i128::from_str_radix(n.as_str(), n.radix()).ok(),
        _ => None,
    }
}

/// Integers count as real numbers too.
pub(crate) fn real(value: &DeValue) -> Option<f64> {
    match value {
        DeValue::Float(x) => x.as_str().parse().ok(),
        DeValue::Integer(_) => integer(value).map(|n| n as f64),
        _ => None,
    }
}

/// A value and its type in words, short enough for a message.
pub(crate) fn described(value: &DeValue) -> String {
    match value {
        DeValue::String(words) => {
            let words = text::line(words);
            let short: String = words.chars().take(40).collect();
            let dots = if short.len() < words.len() { "..." } else { "" };
            format!("the string \"{short}{dots}\"")
        }
        DeValue::Integer(n) => format!("the integer {n}"),
        DeValue::Float(x) => format!("the number {x}"),
        DeValue::Boolean(on) => format!("{on}"),
        DeValue::Datetime(_) => "a date".into(),
        DeValue::Array(_) => "an array".into(),
        DeValue::Table(_) => "a table".into(),
    }
}
