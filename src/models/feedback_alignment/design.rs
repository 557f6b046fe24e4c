//! What a setup asks for, checked before anything is allocated by the size of its network.

use std::sync::Arc;

use super::coefficients::Coefficients;
use super::images::{Images, synthetic};
use super::metrics::{self, Places};
use super::network::{BETA, Network};
use super::online;
use super::panels;
use super::params::{self, Mode, PARAMS, Settings};
use super::tasks::{Pool, held_out};
use crate::models::model::{values_in_order, words_of};
use crate::models::table::{Description, ParamSpec, Value, text};
use crate::models::{BuildError, Setup};

pub struct Design {
    pub network: Network,
    pub images: Images,
    pub table: Vec<ParamSpec>,
    pub places: Places,
    /// In the order of the table.
    pub values: Vec<Value>,
    pub coefficients: Coefficients,
    pub settings: Settings,
    pub sources: online::Sources,
    pub training: Pool,
    pub testing: Pool,
}

fn wrong(id: &str, why: impl ToString) -> BuildError {
    BuildError::Param {
        id: id.to_owned(),
        why: why.to_string(),
    }
}

impl Design {
    /// # Errors
    /// Names the parameter that is not allowed, or that does not fit the others or the data.
    pub fn of(setup: &Setup) -> Result<Self, BuildError> {
        let images = Images::new(match &setup.data {
            Some(data) => Arc::clone(data),
            None => Arc::new(synthetic(setup.seed)),
        });
        let words = words_of(&setup.values, PARAMS, "network")?;
        let layers = params::layers(&words).map_err(|why| wrong("network", why))?;
        let sizes: Vec<usize> = std::iter::once(images.size()).chain(layers).collect();
        let network = Network::new(&sizes, BETA).map_err(|error| wrong("network", error))?;
        let (outputs, classes) = (network.outputs(), images.set.classes);
        let depth = network.depth();
        let per_layer = setup.values.switch(PARAMS, "per_layer");
        let table = params::instance(depth, per_layer);
        let values = values_in_order(&setup.values, &table)?;
        let settings = Settings::resolve(&table, &values).map_err(|(id, why)| wrong(id, why))?;
        let classes = match (settings.mode, settings.classes) {
            (Mode::Online, 1..) if settings.classes > classes => {
                let why = format!("{} has only {classes} classes", images.set.name);
                return Err(wrong("classes", why));
            }
            (Mode::Online, chosen @ 1..) => chosen,
            _ => classes,
        };
        if outputs < classes {
            let why = format!("its last layer has {outputs} units, too few for {classes} classes");
            return Err(wrong("network", why));
        }
        if settings.held_out >= classes {
            let why = format!("{} has only {classes} classes", images.set.name);
            return Err(wrong("held_out", why));
        }
        let kept = held_out(setup.seed, classes, settings.held_out);
        let (training, testing) = (
            Pool::training(&images, classes, &kept),
            Pool::testing(&images, classes, &kept),
        );
        let sources = online::Sources::new(&images, classes);
        if sources.training.is_empty() {
            return Err(wrong("classes", "no image is of these classes"));
        }
        let coefficients = params::coefficients(&table, &values, depth, per_layer);
        let places = Places::new(depth, per_layer);
        if let Some((id, why)) = lacks(&images, [&training, &testing], &settings) {
            return Err(wrong(id, why));
        }
        Ok(Self {
            network,
            images,
            table,
            places,
            values,
            coefficients,
            settings,
            sources,
            training,
            testing,
        })
    }

    pub fn description(&self) -> Description {
        description(&self.network, &self.table, &self.settings)
    }
}

/// The tables of a run.
pub fn description(network: &Network, table: &[ParamSpec], settings: &Settings) -> Description {
    Description {
        family: text(super::FAMILY.id),
        title: text(super::FAMILY.title),
        unit: text(match settings.mode {
            Mode::Meta => "episode",
            Mode::Online => "sample",
        }),
        quantum: text("sample"),
        seconds_per_unit: None,
        params: table.to_vec(),
        metrics: metrics::instance(network.depth(), settings.per_layer),
        panels: panels::instance(network, settings),
    }
}

/// What the images cannot give that these settings ask for, and the parameter that asks.
pub fn lacks(
    images: &Images,
    [training, testing]: [&Pool; 2],
    settings: &Settings,
) -> Option<(&'static str, String)> {
    if settings.mode == Mode::Online {
        return None;
    }
    let name = &images.set.name;
    let training = training.lacks(settings.size);
    if let Some(why) = training {
        return Some(("shots", format!("{why} in {name}")));
    }
    if settings.test_every == 0 {
        return None;
    }
    let testing = testing.lacks(settings.size)?;
    Some((
        "test_every",
        format!("for the meta-test, {testing} in {name}: hold out classes"),
    ))
}
