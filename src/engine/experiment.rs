//! A preset brought to life: its data, its model and the model's tables.

use std::sync::Arc;

use thiserror::Error;

use crate::data::{Dataset, embedded};
use crate::models::{self, BuildError, Description, Family, Model, Setup, Value, Values};
use crate::preset::{DataChoice, Preset, RuleFile, did_you_mean};

/// Why an experiment cannot begin.
#[derive(Debug, Error)]
pub enum StartError {
    #[error("there is no model `{0}`")]
    NoSuchModel(String),
    #[error("`{preset}` needs {what} images: give their folder with --data DIR")]
    NeedsData { preset: String, what: String },
    #[error("`{id}` is no parameter of this model{}", did_you_mean(id, known.iter().map(String::as_str)))]
    NoSuchParameter { id: String, known: Vec<String> },
    #[error("{0}")]
    Break(String),
    #[error("{0}")]
    Record(String),
    #[error("the saved run cannot go on: {0}")]
    Revive(String),
    #[error("{preset}: {error}")]
    Build { preset: String, error: BuildError },
}

pub(super) struct Experiment {
    pub family: &'static Family,
    pub preset: Preset,
    pub seed: u64,
    pub data: Option<Arc<Dataset>>,
    pub model: Box<dyn Model>,
    pub description: Description,
}

/// The images of an experiment: those `given`, or those that are compiled in.
fn images(
    preset: &Preset,
    given: Option<Arc<Dataset>>,
) -> Result<Option<Arc<Dataset>>, StartError> {
    Ok(match (&preset.data, given) {
        (DataChoice::None, _) => None,
        (_, Some(given)) => Some(given),
        (DataChoice::Digits, None) => Some(embedded::digits()),
        (DataChoice::Glyphs, None) => Some(embedded::glyphs()),
        (DataChoice::External(what), None) => {
            let (preset, what) = (preset.name.clone(), what.clone());
            return Err(StartError::NeedsData { preset, what });
        }
    })
}

/// The tables of an experiment.
/// # Errors
/// As for starting it.
pub fn describe(preset: &Preset, given: Option<Arc<Dataset>>) -> Result<Description, StartError> {
    let family = models::family(&preset.model)
        .ok_or_else(|| StartError::NoSuchModel(preset.model.clone()))?;
    let setup = Setup {
        values: preset.values.clone(),
        seed: preset.seed,
        data: images(preset, given)?,
    };
    (family.describe)(&setup).map_err(|error| StartError::Build {
        preset: preset.name.clone(),
        error,
    })
}

impl Experiment {
    pub fn open(preset: Preset, given: Option<Arc<Dataset>>) -> Result<Self, StartError> {
        let family = models::family(&preset.model)
            .ok_or_else(|| StartError::NoSuchModel(preset.model.clone()))?;
        Self::of_family(family, preset, given)
    }

    pub fn of_family(
        family: &'static Family,
        preset: Preset,
        given: Option<Arc<Dataset>>,
    ) -> Result<Self, StartError> {
        let data = images(&preset, given)?;
        let (seed, values) = (preset.seed, preset.values.clone());
        let experiment = Self::build(family, preset, seed, data, values)?;
        experiment.all_values_known()?;
        Ok(experiment)
    }

    fn all_values_known(&self) -> Result<(), StartError> {
        let params = &self.description.params;
        for (id, _) in self.preset.values.iter() {
            if self.description.param(id).is_none() {
                return Err(StartError::NoSuchParameter {
                    id: id.to_owned(),
                    known: params.iter().map(|spec| spec.id.to_string()).collect(),
                });
            }
        }
        Ok(())
    }

    /// The same experiment from the start, with the parameters as they were given last and `changes`.
    pub fn anew(&self, seed: u64, changes: &[(usize, Value)]) -> Result<Self, StartError> {
        let mut values = Values::new();
        for (i, spec) in self.description.params.iter().enumerate() {
            let changed = changes.iter().find(|(param, _)| *param == i);
            let value = changed.map_or_else(|| self.model.given(i), |(_, value)| value.clone());
            if value != spec.default || self.preset.values.given(&spec.id).is_some() {
                values.set(spec.id.as_ref(), value);
            }
        }
        Self::build(
            self.family,
            self.preset.clone(),
            seed,
            self.data.clone(),
            values,
        )
    }

    fn build(
        family: &'static Family,
        preset: Preset,
        seed: u64,
        data: Option<Arc<Dataset>>,
        values: Values,
    ) -> Result<Self, StartError> {
        let setup = Setup {
            values,
            seed,
            data: data.clone(),
        };
        let model = (family.build)(&setup).map_err(|error| StartError::Build {
            preset: preset.name.clone(),
            error,
        })?;
        let description = model.description();
        Ok(Self {
            family,
            preset,
            seed,
            data,
            model,
            description,
        })
    }

    /// Name and SHA-256 of the images.
    pub fn data_named(&self) -> Option<(String, String)> {
        self.data
            .as_ref()
            .map(|data| (data.name.clone(), data.sha256.clone()))
    }

    /// The rule that the run has learnt, with where it comes from.
    pub fn rule(&self, step: u64) -> Option<RuleFile> {
        let rule = self.model.rule()?;
        let preset = match &self.preset.variant {
            Some(variant) => format!("{}:{variant}", self.preset.name),
            None => self.preset.name.clone(),
        };
        Some(RuleFile {
            name: format!(
                "{preset} seed {} {} {step}",
                self.seed, self.description.unit
            ),
            rule,
            preset,
            seed: self.seed,
            data: self.data_named(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        })
    }

    /// The preset as it stands now, with the changes that wait: nothing scheduled or expected.
    pub fn as_preset(&self, pending: &[(usize, Value)]) -> Preset {
        let mut preset = self.preset.clone();
        preset.values = Values::new();
        for (i, spec) in self.description.params.iter().enumerate() {
            let waiting = pending.iter().find(|(param, _)| *param == i);
            let value = waiting.map_or_else(|| self.model.get(i), |(_, value)| value.clone());
            if value != spec.default || self.preset.values.given(&spec.id).is_some() {
                preset.values.set(spec.id.as_ref(), value);
            }
        }
        preset.seed = self.seed;
        preset.schedule.clear();
        preset.expect.clear();
        preset.fault = None;
        preset.variants.clear();
        preset.variant = None;
        preset
    }
}
