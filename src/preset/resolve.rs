//! A document and the name of a variant become a [`Preset`], checked against the model's tables.

use std::sync::Arc;

use super::entries::{At, Expectation, Moment};
use super::error::PresetError;
use super::parse::{Assignment, Document, Layer, Raw};
use super::{Action, Breakpoint, DataChoice, Expect, Preset, Scheduled, When};
use crate::data::{Dataset, Split, embedded};
use crate::models::nearest::did_you_mean;
use crate::models::param::number;
use crate::models::table::{Applies, Description, Kind, ParamSpec, Value};
use crate::models::values::find;
use crate::models::{self, BuildError, FAMILIES, Family, Setup, Values};

/// Images of a stand-in for a set that is not there.
const STAND_IN_IMAGES: usize = 2000;

impl Document {
    /// The experiment with the changes of `variant`, or as the file's beginning says.
    ///
    /// The family describes the model, with stand-ins for images that are not there, because only it
    /// knows its layers and metrics.
    /// # Errors
    /// Names the line and the key, what would be accepted, and the nearest name.
    pub fn resolve(&self, variant: Option<&str>) -> Result<Preset, PresetError> {
        let layer = self.layer(variant)?;
        let family = self.family(&layer)?;
        let data = self.required(&layer.data, "data", variant)?;
        let length = self.required(&layer.length, "length", variant)?;
        let seed = layer.seed.as_ref().map_or(0, |seed| seed.value);
        let mut values = Values::new();
        for assignment in &layer.parameters {
            let (spec, _) = find(family.params, &assignment.id)
                .ok_or_else(|| self.unknown_parameter(family, assignment))?;
            values.set(assignment.id.as_str(), self.value(spec, assignment)?);
        }
        let description = self.describe(family, &layer, data, seed, &values)?;
        for assignment in &layer.parameters {
            self.spec(&description, assignment)?;
        }
        Ok(Preset {
            name: self.name.clone(),
            variant: variant.map(str::to_owned),
            title: layer
                .title
                .as_ref()
                .map_or_else(String::new, |title| title.value.clone()),
            about: layer
                .about
                .as_ref()
                .map_or_else(String::new, |about| about.value.clone()),
            model: family.id.to_owned(),
            data: data.clone(),
            seed,
            length: *length,
            pace: layer.pace.as_ref().and_then(|pace| pace.value),
            values,
            schedule: self.schedule(&layer, &description)?,
            breakpoints: self.breakpoints(&layer, &description)?,
            expect: self.expect(&layer, &description, variant, *length)?,
            fault: layer.fault.as_ref().map(|fault| fault.value),
            variants: self.variants().map(str::to_owned).collect(),
        })
    }

    /// What holds for the variant: its own keys, else those of the file's beginning.
    fn layer(&self, variant: Option<&str>) -> Result<Layer, PresetError> {
        let Some(variant) = variant else {
            return Ok(self.base.clone());
        };
        let Some((_, over)) = self.variants.iter().find(|(name, _)| name == variant) else {
            let hint = did_you_mean(variant, self.variants());
            let known = match self.variants.len() {
                0 => "it has none".to_owned(),
                _ => format!("it has {}", self.variants().collect::<Vec<_>>().join(", ")),
            };
            let what = format!("there is no variant `{variant}`{hint}; {known}");
            return Err(PresetError::whole(&self.file, what));
        };
        let (over, base) = (over.clone(), self.base.clone());
        let mut parameters = base.parameters;
        parameters.retain(|base| over.parameters.iter().all(|over| over.id != base.id));
        parameters.extend(over.parameters);
        Ok(Layer {
            title: over.title.or(base.title),
            about: over.about.or(base.about),
            model: over.model.or(base.model),
            data: over.data.or(base.data),
            seed: over.seed.or(base.seed),
            length: over.length.or(base.length),
            pace: over.pace.or(base.pace),
            fault: over.fault.or(base.fault),
            parameters,
            schedule: over.schedule.or(base.schedule),
            breakpoints: over.breakpoints.or(base.breakpoints),
            expect: over.expect.or(base.expect),
        })
    }

    fn family(&self, layer: &Layer) -> Result<&'static Family, PresetError> {
        let model = layer
            .model
            .as_ref()
            .expect("a document without a model is refused");
        models::family(&model.value).ok_or_else(|| {
            let known = || FAMILIES.iter().map(|family| family.id);
            let what = format!(
                "there is no model `{}`{}; known: {}",
                model.value,
                did_you_mean(&model.value, known()),
                known().collect::<Vec<_>>().join(", ")
            );
            self.error(model.line, what)
        })
    }

    fn required<'a, T>(
        &self,
        found: &'a Option<super::fields::Given<T>>,
        key: &str,
        variant: Option<&str>,
    ) -> Result<&'a T, PresetError> {
        found.as_ref().map(|found| &found.value).ok_or_else(|| {
            let whose = variant.map_or_else(String::new, |name| format!(" for variant `{name}`"));
            self.error(1, format!("`{key}` is missing{whose}"))
        })
    }

    fn unknown_parameter(&self, family: &Family, assignment: &Assignment) -> PresetError {
        let known = || family.params.iter().map(|spec| spec.id.as_ref());
        let what = format!(
            "`{}` is no parameter of {}{}; `hebbtop params {}` lists them",
            assignment.id,
            family.id,
            did_you_mean(&assignment.id, known()),
            family.id
        );
        self.error(assignment.line, what)
    }

    /// The value in the type of its parameter, inside its range.
    fn value(&self, spec: &ParamSpec, assignment: &Assignment) -> Result<Value, PresetError> {
        let value = match (&spec.kind, &assignment.raw) {
            (Kind::Real { .. }, Raw::Real(x)) => Some(Value::Real(*x)),
            (Kind::Real { .. }, Raw::Integer(n)) => Some(Value::Real(*n as f64)),
            (Kind::Integer { .. }, Raw::Integer(n)) => i64::try_from(*n).ok().map(Value::Integer),
            (Kind::Switch, Raw::Switch(on)) => Some(Value::Switch(*on)),
            (Kind::Choice(_), Raw::Words(words)) => Some(Value::Choice(words.clone().into())),
            (Kind::Words, Raw::Words(words)) => Some(Value::Words(words.clone().into())),
            _ => None,
        };
        if let Some(value) = value.filter(|value| spec.check(value).is_ok()) {
            return Ok(value);
        }
        let given = match &assignment.raw {
            Raw::Words(words) => format!("\"{words}\""),
            Raw::Integer(n) => n.to_string(),
            Raw::Real(x) => number(*x),
            Raw::Switch(on) => on.to_string(),
            Raw::Other(words) => words.clone(),
        };
        let hint = match (&spec.kind, &assignment.raw) {
            (Kind::Choice(options), Raw::Words(words)) => {
                did_you_mean(words, options.iter().map(AsRef::as_ref))
            }
            _ => String::new(),
        };
        let allowed = match spec.kind {
            Kind::Switch => "true or false".to_owned(),
            Kind::Words => "a string".to_owned(),
            _ => spec.allowed(),
        };
        let what = format!(
            "`{}` cannot be {given}{hint}: it takes {allowed}",
            assignment.id
        );
        Err(self.error(assignment.line, what))
    }

    fn describe(
        &self,
        family: &Family,
        layer: &Layer,
        data: &DataChoice,
        seed: u64,
        values: &Values,
    ) -> Result<Description, PresetError> {
        let data = match data {
            DataChoice::None => None,
            DataChoice::Digits => Some(embedded::digits()),
            DataChoice::Glyphs => Some(embedded::glyphs()),
            DataChoice::External(word) => Some(Arc::new(stand_in(word))),
        };
        let setup = Setup {
            values: values.clone(),
            seed,
            data,
        };
        (family.describe)(&setup).map_err(|error| {
            let line_of = |id: &str| {
                let found = layer
                    .parameters
                    .iter()
                    .find(|assignment| assignment.id == id);
                found.map(|assignment| assignment.line)
            };
            let line = match &error {
                BuildError::Param { id, .. } => line_of(id),
                BuildError::Data(_) => layer.data.as_ref().map(|data| data.line),
            };
            self.error(line.unwrap_or(1), error.to_string())
        })
    }

    /// The row of the model's own table, which has one for each layer that there is.
    fn spec<'a>(
        &self,
        description: &'a Description,
        assignment: &Assignment,
    ) -> Result<&'a ParamSpec, PresetError> {
        let found = description
            .params
            .iter()
            .find(|spec| spec.id == assignment.id.as_str());
        found.ok_or_else(|| {
            let known = description.params.iter().map(|spec| spec.id.as_ref());
            let what = format!(
                "`{}` is no parameter of this model{}",
                assignment.id,
                did_you_mean(&assignment.id, known)
            );
            self.error(assignment.line, what)
        })
    }

    fn schedule(
        &self,
        layer: &Layer,
        description: &Description,
    ) -> Result<Vec<Scheduled>, PresetError> {
        let mut schedule = Vec::new();
        for at in layer.schedule.iter().flatten() {
            let step = self.step(at, description)?;
            let mut actions = Vec::new();
            for assignment in &at.set {
                let spec = self.spec(description, assignment)?;
                if spec.applies == Applies::Restart {
                    let what = format!(
                        "`{}` cannot change while the model runs: it belongs under [parameters]",
                        assignment.id
                    );
                    return Err(self.error(assignment.line, what));
                }
                let value = self.value(spec, assignment)?;
                actions.push(Action::Set {
                    id: assignment.id.clone(),
                    value,
                });
            }
            if at.pause {
                actions.push(Action::Pause);
            }
            schedule.push(Scheduled { step, actions });
        }
        schedule.sort_by_key(|scheduled| scheduled.step);
        Ok(schedule)
    }

    fn step(&self, at: &At, description: &Description) -> Result<u64, PresetError> {
        match (at.moment.value, description.seconds_per_unit) {
            (Moment::Step(step), _) => Ok(step),
            (Moment::Time(seconds), Some(per_unit)) => Ok((seconds / per_unit).round() as u64),
            (Moment::Time(_), None) => {
                let what = format!(
                    "`time` is for models with simulated time; this one counts in {}s: use `step`",
                    description.unit
                );
                Err(self.error(at.moment.line, what))
            }
        }
    }

    fn breakpoints(
        &self,
        layer: &Layer,
        description: &Description,
    ) -> Result<Vec<String>, PresetError> {
        let Some(given) = &layer.breakpoints else {
            return Ok(Vec::new());
        };
        for condition in &given.value {
            Breakpoint::parse(condition, description)
                .map_err(|error| self.error(given.line, format!("break `{condition}`: {error}")))?;
        }
        Ok(given.value.clone())
    }

    fn expect(
        &self,
        layer: &Layer,
        description: &Description,
        variant: Option<&str>,
        length: u64,
    ) -> Result<Vec<Expect>, PresetError> {
        let expectations = layer.expect.iter().flatten();
        expectations
            .map(|e| self.expectation(e, description, variant, length))
            .collect()
    }

    fn expectation(
        &self,
        expectation: &Expectation,
        description: &Description,
        variant: Option<&str>,
        length: u64,
    ) -> Result<Expect, PresetError> {
        let metric = &expectation.metric;
        if description.metric(&metric.value).is_none() {
            let known = || description.metrics.iter().map(|spec| spec.id.as_ref());
            let what = format!(
                "there is no metric `{}`{}; known: {}",
                metric.value,
                did_you_mean(&metric.value, known()),
                known().collect::<Vec<_>>().join(", ")
            );
            return Err(self.error(metric.line, what));
        }
        if let When::Step(units) | When::MeanOfLast(units) = expectation.when.value
            && units > length
        {
            let what = format!("{units} is more than the length, {length}");
            return Err(self.error(expectation.when.line, what));
        }
        if let Some(other) = &expectation.relative_to
            && (variant == Some(other.value.as_str()) || !self.variants().any(|v| v == other.value))
        {
            let what = format!(
                "`relative_to` must name another variant, not `{}`; there are: {}",
                crate::data::text::line(&other.value),
                self.variants().collect::<Vec<_>>().join(", ")
            );
            return Err(self.error(other.line, what));
        }
        Ok(Expect {
            metric: metric.value.clone(),
            when: expectation.when.value,
            bound: expectation.bound,
            relative_to: expectation
                .relative_to
                .as_ref()
                .map(|other| other.value.clone()),
            source: expectation.source.clone(),
        })
    }
}

/// Blank images in the shape of a set that is not there, enough to build a model with.
fn stand_in(word: &str) -> Dataset {
    let classes = if word == "emnist" { 47 } else { 10 };
    let blank = || Split {
        images: vec![0; STAND_IN_IMAGES * 28 * 28],
        labels: (0..STAND_IN_IMAGES).map(|i| (i % classes) as u8).collect(),
    };
    Dataset {
        name: word.to_owned(),
        sha256: String::new(),
        rows: 28,
        cols: 28,
        classes,
        train: blank(),
        test: blank(),
    }
}
