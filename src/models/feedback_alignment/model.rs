//! The family as a [`Model`]: building, parameters, saving and loading.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::coefficients::Coefficients;
use super::design::{Design, description, lacks};
use super::episode::Scratch;
use super::images::Images;
use super::learner::Learner;
use super::meta::{self, Came, Meta};
use super::metrics::Places;
use super::network::{Feedback, Network};
use super::online::{self, Online};
use super::panels;
use super::params::{self, Mode, Place, Settings, place};
use super::tasks::{Pool, held_out};
use super::terms::POOL;
use crate::models::array::Array;
use crate::models::bulk;
use crate::models::panel::{PanelData, PanelRequest};
use crate::models::table::{Description, ParamSpec, Value};
use crate::models::{BuildError, Fault, FaultKind, LoadError, Model, Progress, Rule, Setup};

/// A network that learns online by a sum of local terms, and the search for their coefficients, in
/// single precision.
pub struct FeedbackAlignment {
    pub(super) network: Network,
    pub(super) images: Images,
    pub(super) table: Vec<ParamSpec>,
    pub(super) places: Places,
    pub(super) settings: Settings,
    pub(super) sources: online::Sources,
    training: Pool,
    testing: Pool,
    pub(super) state: State,
    scratch: Scratch<f32>,
    /// The image of an online step, as numbers.
    x: Vec<f32>,
}

/// What is run: one of the two.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Run {
    Meta(Box<Meta>),
    Online(Box<Online>),
}

/// The whole state of a run. What it does not hold can be computed from it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    pub seed: u64,
    /// In the order of the parameter table. Coefficients are here as they were given, and in
    /// `coefficients` as they are now.
    pub values: Vec<Value>,
    pub coefficients: Coefficients,
    pub run: Run,
    /// The present unit's metrics as they are found, and those of the last finished one.
    pub draft: Vec<f64>,
    pub metrics: Vec<f64>,
}

/// Bytes of a saved state beside its large arrays.
const SMALL: usize = 1 << 20;

/// What a saved state must share with the model that takes it over.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Identity {
    family: String,
    sizes: Vec<usize>,
    mode: String,
    feedback: String,
    per_layer: bool,
    held_out: usize,
    classes: usize,
    data: String,
}

impl FeedbackAlignment {
    /// # Errors
    /// Names the parameter that is not allowed, or that does not fit the others or the data.
    pub fn new(setup: &Setup) -> Result<Self, BuildError> {
        let Design {
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
        } = Design::of(setup)?;
        let run = match settings.mode {
            Mode::Meta => {
                let rows = coefficients.rows().len();
                let meta = Meta::new(&network, settings.feedback, setup.seed, rows);
                Run::Meta(Box::new(meta))
            }
            Mode::Online => {
                let online = Online::new(&network, settings.feedback, setup.seed, &sources);
                Run::Online(Box::new(online))
            }
        };
        let nothing = vec![f64::NAN; places.count];
        Ok(Self {
            scratch: Scratch::new(&network),
            x: Vec::with_capacity(network.inputs()),
            network,
            images,
            table,
            settings,
            sources,
            training,
            testing,
            state: State {
                seed: setup.seed,
                values,
                coefficients,
                run,
                draft: nothing.clone(),
                metrics: nothing,
            },
            places,
        })
    }

    fn lacks(&self, settings: &Settings) -> Option<(&'static str, String)> {
        lacks(&self.images, [&self.training, &self.testing], settings)
    }

    fn identity(&self) -> Identity {
        let words = |id: &str| {
            let at = self.table.iter().position(|spec| spec.id == id);
            crate::models::param::display(&self.state.values[at.expect("the table has this row")])
        };
        Identity {
            family: super::FAMILY.id.into(),
            sizes: self.network.sizes().to_vec(),
            mode: words("mode"),
            feedback: words("feedback"),
            per_layer: self.settings.per_layer,
            held_out: self.settings.held_out,
            classes: self.settings.classes,
            data: self.images.set.sha256.clone(),
        }
    }

    /// Whether a loaded state has the sizes that this model gives it.
    fn fits(&self, state: &State) -> bool {
        let count = self.places.count;
        let specs = self.table.iter().zip(&state.values);
        let valued = state.values.len() == self.table.len()
            && specs.clone().all(|(spec, value)| spec.check(value).is_ok());
        let feedback = self.settings.feedback;
        let rows = self.state.coefficients.rows().len();
        let runs = match (&state.run, self.settings.mode) {
            (Run::Meta(meta), Mode::Meta) => meta.fits(&self.network, feedback, &self.images, rows),
            (Run::Online(online), Mode::Online) => {
                online.fits(&self.network, feedback, &self.sources)
            }
            _ => false,
        };
        let lists = [&state.draft, &state.metrics];
        valued
            && state.coefficients.rows().len() == rows
            && runs
            && lists.iter().all(|list| list.len() == count)
            && Settings::resolve(&self.table, &state.values)
                .is_ok_and(|settings| self.lacks(&settings).is_none())
    }

    /// The weights to be looked at: those of the online run, or of the episode while it adapts, and
    /// after that the adapted ones.
    pub(super) fn learner(&self) -> &Learner<f32> {
        match &self.state.run {
            Run::Online(online) => &online.learner,
            Run::Meta(meta) => match (&meta.adapted, meta.is_adapting()) {
                (Some(adapted), false) => adapted,
                _ => &meta.episode.learner,
            },
        }
    }

    fn unit_done(&mut self) -> Progress {
        self.state.metrics.copy_from_slice(&self.state.draft);
        Progress::UnitDone
    }

    fn advance_meta(&mut self) -> Progress {
        let State {
            coefficients,
            draft,
            run: Run::Meta(meta),
            seed,
            ..
        } = &mut self.state
        else {
            unreachable!("the mode is that of the run")
        };
        let given = meta::Given {
            images: &self.images,
            training: &self.training,
            testing: &self.testing,
            settings: &self.settings,
            places: &self.places,
            seed: *seed,
        };
        match meta.advance(&given, coefficients, &mut self.scratch, draft) {
            Came::On => Progress::Continue,
            Came::EpisodeDone => self.unit_done(),
            Came::Diverged(why) => Progress::Fault(Fault {
                kind: FaultKind::Divergence,
                what: format!(
                    "{} episodes in a row were skipped, the last because {why}: the coefficients have \
                     diverged; smaller step factors for F3 and F5 or a smaller meta rate keep them \
                     in bounds",
                    meta::PATIENCE
                ),
            }),
        }
    }

    fn advance_online(&mut self) -> Progress {
        let State {
            coefficients,
            draft,
            run: Run::Online(online),
            ..
        } = &mut self.state
        else {
            unreachable!("the mode is that of the run")
        };
        let given = online::Given {
            images: &self.images,
            sources: &self.sources,
            coefficients,
            places: &self.places,
            test_every: self.settings.test_every,
            measure: self.settings.measure,
        };
        let seen = online.seen;
        match online.advance(&given, &mut self.x, &mut self.scratch, draft) {
            Some(false) => Progress::Continue,
            Some(true) => {
                for (place, theta) in self.places.theta.clone().zip(meta::thetas(coefficients)) {
                    draft[place] = theta;
                }
                draft[self.places.alive] = meta::alive(coefficients) as f64;
                self.unit_done()
            }
            None => Progress::Fault(Fault {
                kind: FaultKind::NonFinite,
                what: format!(
                    "the output is not finite at sample {}: the weights have run away; smaller \
                     coefficients, above all theta_0, and a new start help",
                    seen + 1
                ),
            }),
        }
    }
}

impl Model for FeedbackAlignment {
    fn description(&self) -> Description {
        description(&self.network, &self.table, &self.settings)
    }

    fn advance(&mut self) -> Progress {
        match self.settings.mode {
            Mode::Meta => self.advance_meta(),
            Mode::Online => self.advance_online(),
        }
    }

    fn at_unit_boundary(&self) -> bool {
        match &self.state.run {
            Run::Meta(meta) => meta.stage == meta::Stage::Draw,
            Run::Online(online) => online.stage == online::Stage::Learn,
        }
    }

    fn metrics(&self, out: &mut [f64]) {
        out.copy_from_slice(&self.state.metrics);
    }

    fn get(&self, param: usize) -> Value {
        let rows = self.state.coefficients.rows();
        match place(&self.table[param].id) {
            Some(Place::Theta { row, term }) => Value::Real(rows[row].theta[term]),
            Some(Place::On { row, term }) => Value::Switch(rows[row].on[term]),
            None => self.state.values[param].clone(),
        }
    }

    fn given(&self, param: usize) -> Value {
        self.state.values[param].clone()
    }

    fn set(&mut self, param: usize, value: &Value) -> Result<(), String> {
        if let Some(place) = place(&self.table[param].id) {
            let rows = self.state.coefficients.rows_mut();
            match (place, value) {
                (Place::Theta { row, term }, Value::Real(theta)) => rows[row].theta[term] = *theta,
                (Place::On { row, term }, Value::Switch(on)) => rows[row].on[term] = *on,
                _ => return Err("it is of another kind".into()),
            }
            self.state.values[param] = value.clone();
            if let Run::Meta(meta) = &mut self.state.run {
                meta.changed(&self.state.coefficients);
            }
            return Ok(());
        }
        let mut values = self.state.values.clone();
        values[param] = value.clone();
        let settings = Settings::resolve(&self.table, &values).map_err(|(_, why)| why)?;
        if let Some((_, why)) = self.lacks(&settings) {
            return Err(why);
        }
        self.state.values = values;
        self.settings = settings;
        Ok(())
    }

    fn rule(&self) -> Option<Rule> {
        let row = |rule: &super::coefficients::Rule| -> BTreeMap<String, f64> {
            let named = |r: usize| (POOL[r].spec().id.to_owned(), rule.theta[r]);
            rule.terms().map(named).collect()
        };
        Some(Rule {
            model: super::FAMILY.id.into(),
            layers: self.network.sizes().to_vec(),
            feedback: match self.settings.feedback {
                Feedback::Fixed => "fixed".into(),
                Feedback::Symmetric => "symmetric".into(),
            },
            episodes: match &self.state.run {
                Run::Meta(meta) => meta.number,
                Run::Online(_) => 0,
            },
            terms: self.state.coefficients.rows().iter().map(row).collect(),
        })
    }

    fn arrays(&self) -> Vec<Array> {
        super::arrays::of(self)
    }

    fn panel(&self, request: &PanelRequest) -> PanelData {
        panels::draw(self, request)
    }

    fn save_into(&self, out: &mut Vec<u8>) {
        // W and B, and the same once more inside an episode.
        let bytes = 16 * self.network.weights() + SMALL;
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
        let mut state: State = postcard::from_bytes(rest).map_err(unreadable)?;
        let kept = |seed| held_out(seed, self.images.set.classes, self.settings.held_out);
        if !self.fits(&state) {
            return Err(LoadError::Unreadable(
                "its sizes do not fit each other".into(),
            ));
        }
        if kept(state.seed) != kept(self.state.seed) {
            let (classes, kept) = (self.images.set.classes, kept(state.seed));
            self.training = Pool::training(&self.images, classes, &kept);
            self.testing = Pool::testing(&self.images, classes, &kept);
        }
        if let Run::Meta(meta) = &mut state.run {
            meta.reserve();
        }
        self.settings =
            Settings::resolve(&self.table, &state.values).expect("the values were read before");
        self.state = state;
        Ok(())
    }
}

/// The parameters with which a run uses a learnt rule.
/// # Errors
/// Names the term that there is not.
pub fn adopt(rule: &Rule) -> Result<Vec<(String, Value)>, String> {
    let ids = POOL.iter().map(|term| term.spec().id);
    let unknown = rule
        .names()
        .into_iter()
        .find(|name| !ids.clone().any(|id| id == *name));
    if let Some(name) = unknown {
        return Err(format!(
            "there is no term `{}`; there are {}",
            crate::data::text::line(name),
            ids.collect::<Vec<_>>().join(", ")
        ));
    }
    let per_layer = rule.terms.len() != 1;
    let mut values = vec![("per_layer".to_owned(), Value::Switch(per_layer))];
    for (l, row) in rule.terms.iter().enumerate() {
        let layer = match per_layer {
            true => format!("_{}", l + 1),
            false => String::new(),
        };
        for spec in POOL.iter().map(|term| term.spec()) {
            let (r, theta) = (spec.index, row.get(spec.id));
            values.push((format!("f{r}{layer}"), Value::Switch(theta.is_some())));
            let theta = theta
                .copied()
                .unwrap_or(0.0)
                .clamp(-params::MOST, params::MOST);
            values.push((format!("theta_{r}{layer}"), Value::Real(theta)));
        }
    }
    Ok(values)
}
