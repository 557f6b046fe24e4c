//! What a setup asks for, checked before anything is allocated by the size of its network.

use std::sync::Arc;

use super::batches::synthetic;
use super::params::{PARAMS, Settings, instance};
use super::{metrics, panels};
use crate::data::Dataset;
use crate::models::model::{values_in_order, words_of};
use crate::models::nn::grammar;
use crate::models::nn::network::Network;
use crate::models::nn::shape::Shape;
use crate::models::param::short;
use crate::models::table::{Description, ParamSpec, Value, text};
use crate::models::{BuildError, Setup};

/// Numbers that a run may hold at once.
const MOST_NUMBERS: usize = 1_000_000_000;
/// How many numbers belong to a parameter: itself, its start, its gradient, the gradient that it is
/// compared with, the optimiser's two averages, and its place in a packed matrix.
const PARAM_COPIES: usize = 7;
/// How many numbers belong to a unit of a sample: activity, slope and belief in both passes, errors.
const UNIT_COPIES: usize = 10;

pub struct Design {
    pub network: Network,
    pub data: Arc<Dataset>,
    pub table: Vec<ParamSpec>,
    /// In the order of the table.
    pub values: Vec<Value>,
    pub settings: Settings,
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
        let data = match &setup.data {
            Some(data) => Arc::clone(data),
            None => Arc::new(synthetic(setup.seed)),
        };
        let words = words_of(&setup.values, PARAMS, "network")?;
        let specs = grammar::parse(&words).map_err(|error| wrong("network", error))?;
        let image = Shape::Maps {
            channels: 1,
            rows: data.rows,
            cols: data.cols,
        };
        let network = Network::new(image, &specs).map_err(|error| wrong("network", error))?;
        let (depth, classes) = (network.depth(), network.width(network.depth()));
        if classes != data.classes {
            let why = format!(
                "its last layer has {classes} units, but {} has {} classes",
                data.name, data.classes
            );
            return Err(wrong("network", why));
        }
        let table = instance(depth);
        let values = values_in_order(&setup.values, &table)?;
        let settings = Settings::resolve(&values, depth);
        if settings.batch > data.train.len() || data.test.is_empty() {
            let (train, test) = (data.train.len(), data.test.len());
            let why = format!(
                "{} has only {train} training and {test} test images",
                data.name
            );
            return Err(wrong("batch", why));
        }
        let units: usize = (0..=depth).map(|l| network.width(l)).sum();
        let numbers = PARAM_COPIES * network.params + UNIT_COPIES * units * settings.batch;
        if numbers > MOST_NUMBERS {
            let why = format!(
                "with batches of {} the run would take about {} GB, over the {} that it may",
                settings.batch,
                short(4e-9 * numbers as f64),
                short(4e-9 * MOST_NUMBERS as f64),
            );
            return Err(wrong("network", why));
        }
        Ok(Self {
            network,
            data,
            table,
            values,
            settings,
        })
    }

    pub fn description(&self) -> Description {
        description(&self.network, &self.table)
    }
}

/// The tables of a run.
pub fn description(network: &Network, table: &[ParamSpec]) -> Description {
    Description {
        family: text(super::FAMILY.id),
        title: text(super::FAMILY.title),
        unit: text("step"),
        quantum: text("sweep"),
        seconds_per_unit: None,
        params: table.to_vec(),
        metrics: metrics::instance(network.depth()),
        panels: panels::instance(network),
    }
}
