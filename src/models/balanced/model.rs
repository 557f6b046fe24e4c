//! The family as a [`Model`]: building, a step as a quantum, parameters, saving and loading.

use serde::{Deserialize, Serialize};

use super::network::{Checkpoint, Network};
use super::observe::Observation;
use super::params::PARAMS;
use super::settings::Settings;
use super::sizes::Block;
use super::statistics::Statistics;
use super::watch::Watch;
use super::{memory, metrics, panels};
use crate::models::array::Array;
use crate::models::bulk;
use crate::models::panel::{PanelData, PanelRequest};
use crate::models::table::{Description, Kind, ParamSpec, Value, text};
use crate::models::{BuildError, LoadError, Model, Progress, Setup};

/// A plastic balanced network in single precision, with what is measured of it.
///
/// A unit is a millisecond of simulated time, a quantum one time step.
pub struct Balanced {
    pub(super) seed: u64,
    /// In the order of the parameter table.
    pub(super) values: Vec<Value>,
    /// The same, typed.
    pub(super) settings: Settings,
    pub(super) network: Network<f32>,
    pub(super) statistics: Statistics,
    pub(super) watch: Watch,
}

/// Bytes of a saved state beside its weights.
const SMALL: usize = 2 << 20;

/// What a saved state must share with the model that takes it over.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Identity {
    family: String,
    seed: u64,
    /// Values of the parameters that change at a restart only.
    fixed: Vec<Value>,
}

#[derive(Serialize, Deserialize)]
struct State {
    values: Vec<Value>,
    network: Checkpoint<'static, f32>,
    statistics: Statistics,
    watch: Watch,
}

fn wrong(id: &str, why: impl ToString) -> BuildError {
    BuildError::Param {
        id: id.to_owned(),
        why: why.to_string(),
    }
}

impl Balanced {
    /// # Errors
    /// Names the parameter that is not allowed, or that does not fit the others or the memory.
    pub fn new(setup: &Setup) -> Result<Self, BuildError> {
        let (values, settings) = checked(setup)?;
        let network = Network::random(&settings, setup.seed);
        Ok(Self {
            seed: setup.seed,
            statistics: Statistics::new(&settings, &network),
            watch: Watch::default(),
            values,
            settings,
            network,
        })
    }

    fn identity(&self) -> Identity {
        let rows = PARAMS.iter().zip(&self.values);
        let fixed = rows.filter(|(spec, _)| spec.applies == crate::models::table::Applies::Restart);
        Identity {
            family: super::FAMILY.id.into(),
            seed: self.seed,
            fixed: fixed.map(|(_, value)| value.clone()).collect(),
        }
    }

    /// The settings with parameter number `param` changed.
    fn with(&self, param: usize, value: &Value) -> Settings {
        let mut values = self.values.clone();
        values[param] = value.clone();
        Settings::resolve(&values)
    }
}

/// The tables of every instance, after the checks that building makes.
/// # Errors
/// As [`Balanced::new`].
pub fn describe(setup: &Setup) -> Result<Description, BuildError> {
    checked(setup)?;
    Ok(description())
}

fn description() -> Description {
    Description {
        family: text(super::FAMILY.id),
        title: text(super::FAMILY.title),
        unit: text("ms"),
        quantum: text("time step"),
        seconds_per_unit: Some(1e-3),
        params: PARAMS.to_vec(),
        metrics: metrics::table(),
        panels: panels::table(),
    }
}

/// Values and settings that a network can be built with.
fn checked(setup: &Setup) -> Result<(Vec<Value>, Settings), BuildError> {
    let values = values(setup)?;
    let settings = Settings::resolve(&values);
    settings.check().map_err(|(id, why)| wrong(id, why))?;
    memory::check(&settings).map_err(|why| wrong("n", why))?;
    Ok((values, settings))
}

/// All values in table order, each allowed by its row.
fn values(setup: &Setup) -> Result<Vec<Value>, BuildError> {
    for (id, _) in setup.values.iter() {
        if !PARAMS.iter().any(|spec| spec.id == id) {
            return Err(wrong(id, "there is no such parameter"));
        }
    }
    let value = |spec: &ParamSpec| {
        let given = setup.values.given(&spec.id).unwrap_or(&spec.default);
        let value = match (&spec.kind, given) {
            (Kind::Real { .. }, Value::Integer(n)) => Value::Real(*n as f64),
            _ => given.clone(),
        };
        let checked = spec.check(&value);
        checked
            .map(|()| value)
            .map_err(|refusal| wrong(&spec.id, refusal))
    };
    PARAMS.iter().map(value).collect()
}

impl Model for Balanced {
    fn description(&self) -> Description {
        description()
    }

    fn advance(&mut self) -> Progress {
        self.network.step();
        let network = &self.network;
        let step = network.step_count();
        let unit_done = step.is_multiple_of(self.settings.steps_per_unit());
        let seen = Observation {
            network,
            step,
            spikes: network.fired(),
            spikes_e: network.fired_e(),
            unit_done,
        };
        self.watch.observe(&seen);
        self.statistics.observe(&seen);
        if !unit_done {
            return Progress::Continue;
        }
        match self.watch.fault(&self.network, &self.settings) {
            Some(fault) => {
                self.watch.restart();
                Progress::Fault(fault)
            }
            None => Progress::UnitDone,
        }
    }

    fn at_unit_boundary(&self) -> bool {
        self.network
            .step_count()
            .is_multiple_of(self.settings.steps_per_unit())
    }

    fn metrics(&self, out: &mut [f64]) {
        metrics::write(self, out);
    }

    fn get(&self, param: usize) -> Value {
        self.values[param].clone()
    }

    fn set(&mut self, param: usize, value: &Value) -> Result<(), String> {
        let settings = self.with(param, value);
        settings
            .check()
            .map_err(|(id, why)| format!("`{id}`: {why}"))?;
        memory::check_growth(&self.settings, &settings)?;
        self.network.apply(&settings);
        self.statistics.apply(&settings);
        self.values[param] = value.clone();
        self.settings = settings;
        Ok(())
    }

    fn arrays(&self) -> Vec<Array> {
        super::arrays::of(self)
    }

    fn spikes(&self, into: &mut Vec<[u32; 2]>) {
        let step = self.network.step_count() as u32;
        into.extend(self.network.fired().iter().map(|&cell| [step, cell]));
    }

    fn panel(&self, request: &PanelRequest) -> PanelData {
        panels::draw(self, request)
    }

    fn save_into(&self, out: &mut Vec<u8>) {
        let state = (
            &self.values,
            self.network.save(),
            &self.statistics,
            &self.watch,
        );
        let weights: usize = Block::ALL
            .iter()
            .filter(|block| self.settings.rules_on(**block).count() > 0)
            .map(|block| self.network.wires(*block).count())
            .sum();
        bulk::write(&(self.identity(), state), 5 * weights + SMALL, out);
    }

    fn load(&mut self, bytes: &[u8]) -> Result<(), LoadError> {
        let unreadable = |error: postcard::Error| LoadError::Unreadable(error.to_string());
        let (theirs, rest) = postcard::take_from_bytes::<Identity>(bytes).map_err(unreadable)?;
        let ours = self.identity();
        if theirs != ours {
            return Err(LoadError::Foreign(format!(
                "it is of {theirs:?}, this is {ours:?}"
            )));
        }
        let state: State = postcard::from_bytes(rest).map_err(unreadable)?;
        let misfit = || LoadError::Unreadable("its sizes do not fit each other".into());
        let valued = state.values.len() == PARAMS.len()
            && PARAMS
                .iter()
                .zip(&state.values)
                .all(|(spec, value)| spec.check(value).is_ok());
        if !valued {
            return Err(misfit());
        }
        let settings = Settings::resolve(&state.values);
        if settings.check().is_err()
            || !self.network.fits(&state.network, &settings)
            || !state.statistics.fits(&settings, &self.statistics)
            || !state.watch.fits()
        {
            return Err(misfit());
        }
        self.network.restore(state.network, &settings);
        (self.statistics, self.watch) = (state.statistics, state.watch);
        self.statistics.apply(&settings);
        (self.values, self.settings) = (state.values, settings);
        Ok(())
    }
}
