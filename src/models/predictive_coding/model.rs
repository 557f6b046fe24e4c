//! The family as a [`Model`]: building, parameters, saving and loading.

use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::batches::{Batches, grey};
use super::design::{Design, description};
use super::metrics::Places;
use super::params::Settings;
use super::spectrum::Spectrum;
use super::state::{Cursor, Stage, State, SweepRecord, Tally};
use super::workspace::{Flight, Workspace};
use super::{backprop, fixed_pred, panels, theory};
use crate::data::{Dataset, Split};
use crate::models::array::Array;
use crate::models::bulk;
use crate::models::nn::init::initial;
use crate::models::nn::network::Network;
use crate::models::nn::optimiser::Optimiser;
use crate::models::panel::{PanelData, PanelRequest};
use crate::models::table::{Description, ParamSpec, Value};
use crate::models::{BuildError, LoadError, Model, Progress, Setup};

/// A network that learns by predictive coding or backpropagation, in single precision.
pub struct PredictiveCoding {
    pub(super) network: Network,
    pub(super) data: Arc<Dataset>,
    pub(super) table: Vec<ParamSpec>,
    pub(super) places: Places,
    pub(super) state: State,
    /// The values of the state as a step needs them.
    pub(super) settings: Settings,
    /// The parameters at step 0.
    pub(super) initial: Vec<f32>,
    pub(super) work: Workspace<f32>,
    pub(super) labels: Vec<u8>,
    pub(super) spectrum: Spectrum<f32>,
    pub(super) examiner: Examiner,
}

/// Forward passes over images that are not trained on.
pub struct Examiner {
    pub work: Workspace<f32>,
    /// The most images at once.
    pub size: usize,
}

impl Examiner {
    fn new(network: &Network, size: usize) -> Self {
        Self {
            work: Workspace::for_forward(network, size),
            size,
        }
    }

    /// Puts the images `rows` of `split` into the input.
    pub fn load(&mut self, split: &Split, rows: &Range<usize>, size: usize) {
        let bytes = &split.images[rows.start * size..rows.end * size];
        grey(bytes, &mut self.work.input[..bytes.len()]);
    }
}

/// Bytes of a saved state beside its large arrays.
const SMALL: usize = 64 << 10;

/// What a saved state must share with the model that takes it over.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Identity {
    family: String,
    network: String,
    batch: usize,
    loss: Value,
    data: String,
}

impl PredictiveCoding {
    /// # Errors
    /// Names the parameter that is not allowed, or that does not fit the others or the data.
    pub fn new(setup: &Setup) -> Result<Self, BuildError> {
        let Design {
            network,
            data,
            table,
            values,
            settings,
        } = Design::of(setup)?;
        let depth = network.depth();
        let places = Places::new(depth);
        let initial = initial(&network, setup.seed);
        let state = State {
            seed: setup.seed,
            values,
            step: 0,
            cursor: Cursor::at(Stage::Draw),
            batches: Batches::new(setup.seed, data.train.len()),
            params: initial.clone(),
            optimiser: Optimiser::new(settings.rule, network.params),
            flight: Flight::new(&network, settings.batch),
            tally: Tally::default(),
            coefficients: theory::start(depth),
            reference: Vec::new(),
            eta_limit: f64::NAN,
            record: SweepRecord::default(),
            draft: vec![f64::NAN; places.count],
            metrics: vec![f64::NAN; places.count],
        };
        let test_size = data.test.len().min(256);
        Ok(Self {
            work: Workspace::new(&network, settings.batch),
            labels: vec![0; settings.batch],
            spectrum: Spectrum::new(&network, settings.batch),
            examiner: Examiner::new(&network, test_size),
            network,
            data,
            table,
            places,
            state,
            settings,
            initial,
        })
    }

    fn identity(&self) -> Identity {
        Identity {
            family: super::FAMILY.id.into(),
            network: self.network_text(),
            batch: self.settings.batch,
            loss: self.state.values[self.row("loss")].clone(),
            data: self.data.sha256.clone(),
        }
    }

    fn network_text(&self) -> String {
        let labels = self.network.layers.iter().map(|layer| layer.label.as_str());
        labels.collect::<Vec<_>>().join(" / ")
    }

    fn row(&self, id: &str) -> usize {
        let place = self.table.iter().position(|spec| spec.id == id);
        place.expect("the table has this row")
    }

    /// Whether a loaded state has the sizes that this model gives it.
    fn fits(&self, state: &State) -> bool {
        let (depth, count) = (self.network.depth(), self.places.count);
        let valued = state.values.len() == self.table.len()
            && self
                .table
                .iter()
                .zip(&state.values)
                .all(|(spec, value)| spec.check(value).is_ok());
        valued
            && state.flight.fits(&self.network, self.settings.batch)
            && state.params.len() == self.network.params
            && state.optimiser.len() == self.network.params
            && state
                .batches
                .fits(self.data.train.len(), self.settings.batch)
            && state.coefficients.len() == depth
            && [&state.draft, &state.metrics]
                .iter()
                .all(|m| m.len() == count)
            && state.tally.apart.len() == state.tally.squares.len()
            && state.tally.delta_squares.len() == state.tally.squares.len()
            && state.record.relative.len() == state.record.energy.len()
            && state.record.predicted.len() == state.record.energy.len()
            && (state.reference.is_empty() || state.reference.len() == self.network.params)
            && self.stands(state)
    }

    /// Whether a loaded state stands at a place in the step that exists.
    fn stands(&self, state: &State) -> bool {
        let (depth, Cursor { stage, sweep, row }) = (self.network.depth(), state.cursor);
        let total = match stage {
            Stage::Test => self.data.test.len(),
            _ => self.settings.batch,
        };
        let sweeps = Settings::resolve(&state.values, depth).sweeps(depth);
        let idle = stage == Stage::Draw || stage == Stage::Forward && row == 0;
        row < total
            && (idle || state.tally.squares.len() == depth)
            && (stage == Stage::Draw || !state.batches.drawn.is_empty())
            && (stage != Stage::Sweep
                || (1..=sweeps).contains(&sweep) && state.record.energy.len() == sweeps * depth)
    }

    /// Computes again what the present stage needs and the state does not hold.
    fn rebuild(&mut self) {
        let batch = self.settings.batch;
        if self.state.batches.drawn.len() != batch {
            return;
        }
        self.gather();
        let Cursor { stage, sweep, row } = self.state.cursor;
        let done = match stage {
            Stage::Draw => 0..batch,
            Stage::Forward => 0..row,
            _ => 0..batch,
        };
        // In the same portions as when it was computed first.
        self.state.cursor.row = 0;
        while self.state.cursor.row < done.end {
            let rows = self.rows(self.flops(), done.end);
            self.forward_rows(&rows);
            self.state.cursor.row = rows.end;
        }
        self.state.cursor.row = row;
        let whole = 0..batch;
        let (params, work) = (&self.state.params, &mut self.work);
        if !matches!(stage, Stage::Draw | Stage::Forward) {
            backprop::errors(&self.network, params, work, &whole);
        }
        if stage == Stage::Sweep && (sweep > 1 || row > 0) {
            fixed_pred::pull_from_top(&self.network, params, work, &whole);
        }
    }
}

impl Model for PredictiveCoding {
    fn description(&self) -> Description {
        description(&self.network, &self.table)
    }

    fn advance(&mut self) -> Progress {
        self.quantum()
    }

    fn at_unit_boundary(&self) -> bool {
        let Cursor { stage, row, .. } = self.state.cursor;
        stage == Stage::Draw || stage == Stage::Forward && row == 0
    }

    fn metrics(&self, out: &mut [f64]) {
        out.copy_from_slice(&self.state.metrics);
    }

    fn get(&self, param: usize) -> Value {
        self.state.values[param].clone()
    }

    fn set(&mut self, param: usize, value: &Value) -> Result<(), String> {
        self.state.values[param] = value.clone();
        self.settings = Settings::resolve(&self.state.values, self.network.depth());
        self.state.optimiser.switch(self.settings.rule);
        Ok(())
    }

    fn arrays(&self) -> Vec<Array> {
        super::arrays::of(self)
    }

    fn panel(&self, request: &PanelRequest) -> PanelData {
        panels::draw(self, request)
    }

    fn save_into(&self, out: &mut Vec<u8>) {
        let network = &self.network;
        let units: usize = (1..=network.depth()).map(|l| network.width(l)).sum();
        // Parameters, both averages, gradient; errors and beliefs.
        let numbers = 4 * network.params + 2 * units * self.settings.batch;
        let bytes = 4 * numbers + SMALL;
        bulk::write(&(self.identity(), &self.state), bytes, out);
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
        if !self.fits(&state) {
            return Err(LoadError::Unreadable(
                "its sizes do not fit each other".into(),
            ));
        }
        self.settings = Settings::resolve(&state.values, self.network.depth());
        if state.seed != self.state.seed {
            self.initial = initial(&self.network, state.seed);
        }
        self.state = state;
        self.rebuild();
        Ok(())
    }
}
