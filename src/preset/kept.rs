//! A resolved preset as text: what journals and checkpoints hold of an experiment.

use serde::{Deserialize, Serialize};

use super::write::to_toml;
use super::{Document, Preset, PresetError, When};
use crate::data::text;

/// The text of [`to_toml`], and what it does not say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    pub name: String,
    pub variant: Option<String>,
    /// Names of all variants of the file that it came from.
    pub variants: Vec<String>,
    pub text: String,
    /// The planned length, which may be less than what the text speaks of.
    pub length: u64,
}

impl Kept {
    pub fn of(preset: &Preset) -> Self {
        let scheduled = preset.schedule.iter().map(|entry| entry.step);
        let expected = preset.expect.iter().map(|expect| match expect.when {
            When::Step(step) | When::MeanOfLast(step) => step,
            When::End | When::Max | When::Min => 0,
        });
        let whole = Preset {
            length: scheduled.chain(expected).fold(preset.length, u64::max),
            ..preset.clone()
        };
        Self {
            name: preset.name.clone(),
            variant: preset.variant.clone(),
            variants: preset.variants.clone(),
            text: to_toml(&whole),
            length: preset.length,
        }
    }

    /// The preset again, without the expectations that compare with another variant; `file` is where
    /// the text stands, for messages.
    /// # Errors
    /// When the text is no preset of a model of this program.
    pub fn preset(&self, file: &str) -> Result<Preset, PresetError> {
        let preset = Document::parse(file, &self.name, &self.text)?.resolve(None)?;
        Ok(Preset {
            length: self.length,
            variant: self.variant.as_deref().map(text::line),
            variants: self.variants.iter().map(|name| text::line(name)).collect(),
            ..preset
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preset::catalogue;

    #[test]
    fn every_preset_comes_back_as_it_was() {
        for document in catalogue::list() {
            for variant in std::iter::once(None).chain(document.variants().map(Some)) {
                let mut preset = document.resolve(variant).unwrap();
                preset.expect.retain(|expect| expect.relative_to.is_none());
                assert_eq!(Kept::of(&preset).preset("journal").unwrap(), preset);
                preset.length = 1;
                assert_eq!(Kept::of(&preset).preset("journal").unwrap(), preset);
            }
        }
    }
}
