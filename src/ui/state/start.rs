//! The start screen: which preset, which variant.

use super::field::Field;

/// A preset as the start screen lists it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PresetEntry {
    pub name: String,
    /// Title of the family of models.
    pub family: String,
    /// One line.
    pub title: String,
    pub about: String,
    pub variants: Vec<String>,
    /// What must be given with `--data` and is not.
    pub needs_data: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Start {
    pub entries: Vec<PresetEntry>,
    pub filter: Field,
    /// Whether letters go to the filter.
    pub filtering: bool,
    /// Place among the entries that pass the filter.
    pub selected: usize,
    /// 0 is the preset itself, then its variants.
    pub variant: usize,
    /// Why the last choice could not be opened.
    pub refusal: Option<String>,
}

impl Start {
    /// Entries that contain every word of the filter somewhere.
    pub fn shown(&self) -> Vec<&PresetEntry> {
        let words: Vec<String> = self
            .filter
            .text()
            .split_whitespace()
            .map(str::to_lowercase)
            .collect();
        let passes = |entry: &&PresetEntry| {
            let text = format!("{} {} {}", entry.name, entry.family, entry.title).to_lowercase();
            words.iter().all(|word| text.contains(word))
        };
        self.entries.iter().filter(passes).collect()
    }

    pub fn chosen(&self) -> Option<&PresetEntry> {
        self.shown().get(self.selected).copied()
    }

    /// `NAME` or `NAME:VARIANT`.
    pub fn choice(&self) -> Option<String> {
        let entry = self.chosen()?;
        Some(match self.variant.checked_sub(1) {
            Some(variant) => format!("{}:{}", entry.name, entry.variants.get(variant)?),
            None => entry.name.clone(),
        })
    }

    pub fn select(&mut self, place: usize) {
        self.selected = place.min(self.shown().len().saturating_sub(1));
        self.variant = 0;
        self.refusal = None;
    }

    pub fn turn_variant(&mut self, by: i32) {
        let count = self.chosen().map_or(0, |entry| entry.variants.len()) as i64 + 1;
        self.variant = (self.variant as i64 + i64::from(by)).rem_euclid(count) as usize;
    }
}
