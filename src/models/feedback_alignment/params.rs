//! The parameter table of the family, and the parameters as a run needs them.

use super::coefficients::{Coefficients, FIRST_RATE, Rule};
use super::network::Feedback;
use super::outer::{self, Adam, Clip, Penalty, SharePenalty};
use super::reverse::SymmetricGradient;
use super::tasks::{Sampling, Size};
use super::terms::TERMS;
use crate::models::param::{choice, integer, linear, log, options};
use crate::models::table::{Applies, Kind, ParamSpec, Scale, Scope, Text, Value, text};

/// The largest magnitude of a coefficient.
pub const MOST: f64 = 10.0;

macro_rules! param {
    ($id:expr, $label:expr, $kind:expr, $default:expr, $applies:ident, $scope:ident, $meaning:expr) => {
        ParamSpec {
            id: text($id),
            label: text($label),
            unit: text(""),
            meaning: text($meaning),
            kind: $kind,
            default: $default,
            applies: Applies::$applies,
            scope: Scope::$scope,
        }
    };
}

/// Coefficient and switch of term `$r`, for the whole network or for each layer.
macro_rules! coefficient {
    ($r:literal, $scope:ident, $theta:expr, $what:literal) => {
        param!(
            concat!("theta_", $r),
            concat!("theta ", $r),
            COEFFICIENT,
            Value::Real($theta),
            Quantum,
            $scope,
            $what
        )
    };
}

macro_rules! switch {
    ($r:literal, $scope:ident, $on:expr, $what:literal) => {
        param!(
            concat!("f", $r),
            concat!("F", $r, " on"),
            Kind::Switch,
            Value::Switch($on),
            Quantum,
            $scope,
            $what
        )
    };
}

const COEFFICIENT: Kind = Kind::Real {
    min: -MOST,
    max: MOST,
    scale: Scale::Log,
};

const MODES: &[Text] = &[text("meta"), text("online")];
const FEEDBACKS: &[Text] = &[text("fixed"), text("symmetric")];
const GRADIENTS: &[Text] = &[text("exact"), text("stop"), text("authors")];
const SAMPLINGS: &[Text] = &[text("anew"), text("original")];
const CLIPS: &[Text] = &[text("off"), text("norm"), text("median")];
const PENALTIES: &[Text] = &[text("l1"), text("share")];

pub const PARAMS: &[ParamSpec] = &[
    coefficient!(
        "0",
        Model,
        FIRST_RATE,
        "Coefficient of F0 = -e y', the pseudo-gradient: the learning rate. Larger: faster, then unstable."
    ),
    coefficient!(
        "1",
        Model,
        0.0,
        "Coefficient of F1 = -y e', activity times the error below."
    ),
    coefficient!(
        "2",
        Model,
        0.0,
        "Coefficient of F2 = -e e', Hebbian learning of errors. Below 0 it turns the weights towards the feedback matrix, so that fed back errors come to resemble backpropagated ones."
    ),
    coefficient!(
        "3",
        Model,
        0.0,
        "Coefficient of F3 = -W, decay. Even 1e-3 is much: it acts at every step on every weight."
    ),
    coefficient!(
        "4",
        Model,
        0.0,
        "Coefficient of F4 = -1 e', the error below, alike for all units of the layer."
    ),
    coefficient!(
        "5",
        Model,
        0.0,
        "Coefficient of F5 = -(sum y) e y', a pseudo-gradient whose rate grows with the activity of the layer. Per unit it moves weights some hundred times as far as F2."
    ),
    coefficient!(
        "6",
        Model,
        0.0,
        "Coefficient of F6 = -q y e', with q the overlap of the layer's activity and the error below through the weights."
    ),
    coefficient!(
        "7",
        Model,
        0.0,
        "Coefficient of F7 = -q e y', with q as in F6."
    ),
    coefficient!(
        "8",
        Model,
        0.0,
        "Coefficient of F8 = -v y e', with v the layer's error times its input."
    ),
    coefficient!(
        "9",
        Model,
        0.0,
        "Coefficient of F9 = y (y' - W'y), Oja's rule. Above 0 the rows of the weights become orthonormal, and the activity below can be told from that above."
    ),
    switch!(
        "0",
        Model,
        true,
        "Whether F0, the pseudo-gradient, acts and is learnt."
    ),
    switch!(
        "1",
        Model,
        false,
        "Whether F1, activity times the error below, acts and is learnt."
    ),
    switch!(
        "2",
        Model,
        false,
        "Whether F2, Hebbian learning of errors, acts and is learnt."
    ),
    switch!("3", Model, false, "Whether F3, decay, acts and is learnt."),
    switch!(
        "4",
        Model,
        false,
        "Whether F4, the error below, acts and is learnt."
    ),
    switch!(
        "5",
        Model,
        false,
        "Whether F5, the gated gradient, acts and is learnt."
    ),
    switch!(
        "6",
        Model,
        false,
        "Whether F6, overlap with y e', acts and is learnt."
    ),
    switch!(
        "7",
        Model,
        false,
        "Whether F7, overlap with e y', acts and is learnt."
    ),
    switch!(
        "8",
        Model,
        false,
        "Whether F8, input times error, acts and is learnt."
    ),
    switch!(
        "9",
        Model,
        false,
        "Whether F9, Oja's rule, acts and is learnt."
    ),
    param!(
        "mode",
        "mode",
        options(MODES),
        choice("meta"),
        Restart,
        Model,
        "meta: episodes, each a new network that adapts to a task, after which the coefficients are improved. online: one network that learns from one stream of images, with the coefficients as they are set."
    ),
    param!(
        "network",
        "network",
        Kind::Words,
        Value::Words(text("170 130 100 70 47")),
        Restart,
        Model,
        "Units of each layer behind the image, the last of them the classes. No biases; softplus in between, softmax at the end."
    ),
    param!(
        "feedback",
        "feedback",
        options(FEEDBACKS),
        choice("fixed"),
        Restart,
        Model,
        "fixed: errors come down through random matrices that are never learnt (feedback alignment). symmetric: through the weights themselves (backpropagation)."
    ),
    param!(
        "per_layer",
        "per layer",
        Kind::Switch,
        Value::Switch(false),
        Restart,
        Model,
        "Whether every weight matrix has coefficients of its own, set and learnt apart: theta_2_3 and f2_3 are then those of F2 at the third."
    ),
    param!(
        "ways",
        "ways M",
        integer(1, 255),
        Value::Integer(5),
        Unit,
        Model,
        "Classes of a task. More: harder tasks, longer episodes."
    ),
    param!(
        "shots",
        "shots K",
        integer(1, 1000),
        Value::Integer(50),
        Unit,
        Model,
        "Images of each class that an episode adapts to, one online step each."
    ),
    param!(
        "queries",
        "queries Q",
        integer(1, 1000),
        Value::Integer(10),
        Unit,
        Model,
        "Images of each class by which the adapted network is judged."
    ),
    param!(
        "sampling",
        "sampling",
        options(SAMPLINGS),
        choice("anew"),
        Unit,
        Model,
        "anew: classes of a task are distinct and images drawn anew. original: as the published script does, classes may repeat and a class always shows the same images."
    ),
    param!(
        "held_out",
        "held out",
        integer(0, 250),
        Value::Integer(0),
        Restart,
        Model,
        "Classes that training never sees, for the meta-test. With 0 the meta-test uses the test images of all classes."
    ),
    param!(
        "test_every",
        "test every",
        integer(0, 1_000_000),
        Value::Integer(0),
        Unit,
        Model,
        "meta: meta-test after every so many episodes. online: accuracy on the test images after every so many samples. 0 never."
    ),
    param!(
        "test_tasks",
        "test tasks",
        integer(1, 1000),
        Value::Integer(4),
        Unit,
        Model,
        "Tasks of a meta-test, always the same ones. More: less noise, longer tests."
    ),
    param!(
        "learn",
        "learn",
        Kind::Switch,
        Value::Switch(true),
        Unit,
        Model,
        "Whether the coefficients are improved after an episode; off only adapts and judges, on the same stream of tasks."
    ),
    param!(
        "rate",
        "meta rate",
        log(1e-6, 1.0),
        Value::Real(1e-3),
        Unit,
        Model,
        "Step size of Adam on the coefficients. The first steps have about this size for every coefficient."
    ),
    param!(
        "step_factors",
        "step factors",
        Kind::Words,
        Value::Words(text("1")),
        Unit,
        Model,
        "What the meta rate is multiplied by: one number, or ten for F0 to F9. Smaller ones for F3 and F5 keep the pool of all ten from blowing up."
    ),
    param!(
        "gradient",
        "gradient",
        options(GRADIENTS),
        choice("exact"),
        Unit,
        Model,
        "Of symmetric feedback: exact, or without what flows through B = W (stop), or as the published script has it, with the last weights at every step (authors)."
    ),
    param!(
        "clip",
        "clip",
        options(CLIPS),
        choice("off"),
        Unit,
        Model,
        "norm: a meta-gradient longer than the bound is shortened to it. median: every term's part is bounded to so many medians of its last 50 sizes."
    ),
    param!(
        "clip_at",
        "clip at",
        log(1e-3, 1e6),
        Value::Real(5.0),
        Unit,
        Model,
        "The bound of clip: a length, or a number of medians."
    ),
    param!(
        "penalty",
        "penalty",
        options(PENALTIES),
        choice("l1"),
        Unit,
        Model,
        "l1: lambda times the sum of all coefficients' sizes, added to the meta-loss. share: lambda times their weighted sum, each weighted by its natural size over its share of the update, as a soft threshold that makes exact zeros."
    ),
    param!(
        "lambda",
        "lambda",
        linear(0.0, 1000.0),
        Value::Real(0.0),
        Unit,
        Model,
        "Strength of the penalty. Larger: fewer terms survive."
    ),
    param!(
        "share_eps",
        "share eps",
        log(1e-6, 1.0),
        Value::Real(0.02),
        Unit,
        Model,
        "Share below which a term is penalised no harder (penalty share). Smaller: terms that have died stay dead."
    ),
    param!(
        "penalty_from",
        "penalty from",
        integer(0, 1_000_000),
        Value::Integer(5),
        Unit,
        Model,
        "Episode at which the penalty share begins."
    ),
    param!(
        "ramp",
        "ramp",
        integer(1, 1_000_000),
        Value::Integer(80),
        Unit,
        Model,
        "Episodes in which the penalty share grows to its full strength."
    ),
    param!(
        "debias_from",
        "debias from",
        integer(0, 1_000_000),
        Value::Integer(0),
        Unit,
        Model,
        "Episode at which terms that have died are switched off and the penalty share ends, so that the survivors are no longer shrunk. 0 never."
    ),
    param!(
        "measure",
        "measure",
        Kind::Switch,
        Value::Switch(true),
        Unit,
        Model,
        "Whether angles and orthonormality errors are measured on the query images; off is for timing."
    ),
    param!(
        "classes",
        "classes",
        integer(0, 255),
        Value::Integer(0),
        Restart,
        Model,
        "online: how many classes there are in the stream, the first of the set; 0 is all."
    ),
    switch!(
        "0",
        Layer,
        true,
        "Whether F0 acts and is learnt at this layer (with per layer)."
    ),
    switch!(
        "1",
        Layer,
        false,
        "Whether F1 acts and is learnt at this layer (with per layer)."
    ),
    switch!(
        "2",
        Layer,
        false,
        "Whether F2 acts and is learnt at this layer (with per layer)."
    ),
    switch!(
        "3",
        Layer,
        false,
        "Whether F3 acts and is learnt at this layer (with per layer)."
    ),
    switch!(
        "4",
        Layer,
        false,
        "Whether F4 acts and is learnt at this layer (with per layer)."
    ),
    switch!(
        "5",
        Layer,
        false,
        "Whether F5 acts and is learnt at this layer (with per layer)."
    ),
    switch!(
        "6",
        Layer,
        false,
        "Whether F6 acts and is learnt at this layer (with per layer)."
    ),
    switch!(
        "7",
        Layer,
        false,
        "Whether F7 acts and is learnt at this layer (with per layer)."
    ),
    switch!(
        "8",
        Layer,
        false,
        "Whether F8 acts and is learnt at this layer (with per layer)."
    ),
    switch!(
        "9",
        Layer,
        false,
        "Whether F9 acts and is learnt at this layer (with per layer)."
    ),
    coefficient!(
        "0",
        Layer,
        FIRST_RATE,
        "Coefficient of F0 at this layer (with per layer)."
    ),
    coefficient!(
        "1",
        Layer,
        0.0,
        "Coefficient of F1 at this layer (with per layer)."
    ),
    coefficient!(
        "2",
        Layer,
        0.0,
        "Coefficient of F2 at this layer (with per layer)."
    ),
    coefficient!(
        "3",
        Layer,
        0.0,
        "Coefficient of F3 at this layer (with per layer)."
    ),
    coefficient!(
        "4",
        Layer,
        0.0,
        "Coefficient of F4 at this layer (with per layer)."
    ),
    coefficient!(
        "5",
        Layer,
        0.0,
        "Coefficient of F5 at this layer (with per layer)."
    ),
    coefficient!(
        "6",
        Layer,
        0.0,
        "Coefficient of F6 at this layer (with per layer)."
    ),
    coefficient!(
        "7",
        Layer,
        0.0,
        "Coefficient of F7 at this layer (with per layer)."
    ),
    coefficient!(
        "8",
        Layer,
        0.0,
        "Coefficient of F8 at this layer (with per layer)."
    ),
    coefficient!(
        "9",
        Layer,
        0.0,
        "Coefficient of F9 at this layer (with per layer)."
    ),
];

/// What a row of the instance's table stands for, where it is one of the coefficients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// `theta_r` of a row of [`Coefficients`].
    Theta { row: usize, term: usize },
    /// Whether the term is on.
    On { row: usize, term: usize },
}

/// The place of a row with this id; `None` for all others.
pub fn place(id: &str) -> Option<Place> {
    let (theta, rest) = match (id.strip_prefix("theta_"), id.strip_prefix('f')) {
        (Some(rest), _) => (true, rest),
        (None, Some(rest)) => (false, rest),
        (None, None) => return None,
    };
    let (term, layer) = match rest.split_once('_') {
        Some((term, layer)) => (term, layer.parse().ok()?),
        None => (rest, 1usize),
    };
    let term: usize = term.parse().ok().filter(|&term| term < TERMS)?;
    let row = layer.checked_sub(1)?;
    Some(match theta {
        true => Place::Theta { row, term },
        false => Place::On { row, term },
    })
}

/// The table of a network of this depth. With coefficients for each layer, their rows take the place of
/// those for the whole network.
pub fn instance(depth: usize, per_layer: bool) -> Vec<ParamSpec> {
    let of = |scope: Scope| PARAMS.iter().filter(move |spec| spec.scope == scope);
    let model = of(Scope::Model).filter(|spec| !per_layer || place(&spec.id).is_none());
    if !per_layer {
        return model.cloned().collect();
    }
    let each = (1..=depth).flat_map(|l| of(Scope::Layer).map(move |spec| spec.for_layer(l)));
    each.chain(model.cloned()).collect()
}

/// How the run goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Meta,
    Online,
}

/// The parameters as a run needs them; the coefficients are in [`Coefficients`].
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    pub mode: Mode,
    pub feedback: Feedback,
    pub per_layer: bool,
    pub size: Size,
    pub sampling: Sampling,
    pub held_out: usize,
    pub test_every: u64,
    pub test_tasks: usize,
    pub learn: bool,
    pub gradient: SymmetricGradient,
    pub outer: outer::Settings,
    pub measure: bool,
    pub classes: usize,
}

impl Settings {
    /// Resolves values that are in the order of `table`, each of which its row allows.
    /// # Errors
    /// The id of a row of words, and why they cannot be read.
    pub fn resolve(table: &[ParamSpec], values: &[Value]) -> Result<Self, (&'static str, String)> {
        let value = |id: &str| {
            let at = table.iter().position(|spec| spec.id == id);
            &values[at.expect("the table has this row")]
        };
        let real = |id: &str| match value(id) {
            Value::Real(x) => *x,
            Value::Integer(n) => *n as f64,
            _ => f64::NAN,
        };
        let whole = |id: &str| real(id) as u64;
        let on = |id: &str| *value(id) == Value::Switch(true);
        let is = |id: &str, option: &str| match value(id) {
            Value::Choice(words) => words == option,
            _ => false,
        };
        Ok(Self {
            mode: if is("mode", "online") {
                Mode::Online
            } else {
                Mode::Meta
            },
            feedback: if is("feedback", "symmetric") {
                Feedback::Symmetric
            } else {
                Feedback::Fixed
            },
            per_layer: on("per_layer"),
            size: Size {
                ways: whole("ways") as usize,
                shots: whole("shots") as usize,
                queries: whole("queries") as usize,
            },
            sampling: if is("sampling", "original") {
                Sampling::Original
            } else {
                Sampling::Anew
            },
            held_out: whole("held_out") as usize,
            test_every: whole("test_every"),
            test_tasks: whole("test_tasks") as usize,
            learn: on("learn"),
            gradient: match () {
                () if is("gradient", "stop") => SymmetricGradient::StopGradient,
                () if is("gradient", "authors") => SymmetricGradient::Authors,
                () => SymmetricGradient::Exact,
            },
            outer: outer::Settings {
                adam: Adam {
                    rate: real("rate"),
                    ..Adam::default()
                },
                factors: step_factors(value("step_factors"))
                    .map_err(|why| ("step_factors", why))?,
                penalty: if is("penalty", "share") {
                    let debias = whole("debias_from");
                    Penalty::Share(SharePenalty {
                        lambda: real("lambda"),
                        epsilon: real("share_eps"),
                        start: whole("penalty_from"),
                        ramp: whole("ramp"),
                        // One episode is enough to settle: the run goes on without a penalty.
                        episodes: if debias == 0 { 0 } else { debias + 1 },
                        settle: u64::from(debias > 0),
                    })
                } else {
                    Penalty::L1 {
                        lambda: real("lambda"),
                    }
                },
                clip: match () {
                    () if is("clip", "norm") => Clip::Norm(real("clip_at")),
                    () if is("clip", "median") => Clip::Median(real("clip_at")),
                    () => Clip::Off,
                },
            },
            measure: on("measure"),
            classes: whole("classes") as usize,
        })
    }
}

/// One number for all terms, or ten.
fn step_factors(value: &Value) -> Result<[f64; TERMS], String> {
    let Value::Words(words) = value else {
        return Err("it takes text".into());
    };
    let complaint = || format!("it takes one number or {TERMS}, from 0 to 1000, not `{words}`");
    let numbers = numbers(words)
        .filter(|list| list.iter().all(|x| (0.0..=1000.0).contains(x)))
        .ok_or_else(complaint)?;
    match numbers[..] {
        [all] => Ok([all; TERMS]),
        _ => numbers.try_into().map_err(|_| complaint()),
    }
}

/// The units of each layer behind the image.
/// # Errors
/// When the text is no list of sizes.
pub fn layers(words: &str) -> Result<Vec<usize>, String> {
    let sizes = numbers(words)
        .filter(|list| !list.is_empty())
        .filter(|list| {
            list.iter()
                .all(|x| x.fract() == 0.0 && (1.0..=65536.0).contains(x))
        })
        .ok_or_else(|| {
            format!("it takes the units of each layer, such as `170 130 100 70 47`, not `{words}`")
        })?;
    Ok(sizes.iter().map(|&x| x as usize).collect())
}

/// Numbers with blanks or commas between them.
fn numbers(words: &str) -> Option<Vec<f64>> {
    words
        .split(|c: char| c.is_whitespace() || c == ',')
        .filter(|word| !word.is_empty())
        .map(|word| word.parse().ok())
        .collect()
}

/// The coefficients among values in the order of `table`.
pub fn coefficients(
    table: &[ParamSpec],
    values: &[Value],
    depth: usize,
    per_layer: bool,
) -> Coefficients {
    let mut rules = vec![Rule::default(); if per_layer { depth } else { 1 }];
    for (spec, value) in table.iter().zip(values) {
        match (place(&spec.id), value) {
            (Some(Place::Theta { row, term }), Value::Real(theta)) => {
                rules[row].theta[term] = *theta
            }
            (Some(Place::On { row, term }), Value::Switch(on)) => rules[row].on[term] = *on,
            _ => {}
        }
    }
    match per_layer {
        true => Coefficients::per_layer(rules),
        false => Coefficients::shared(rules[0]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn defaults(table: &[ParamSpec]) -> Vec<Value> {
        table.iter().map(|spec| spec.default.clone()).collect()
    }

    #[test]
    fn every_row_reaches_its_setting() {
        let table = instance(3, false);
        let mut values = defaults(&table);
        let resolve = |values: &[Value]| {
            (
                Settings::resolve(&table, values).unwrap(),
                coefficients(&table, values, 3, false),
            )
        };
        // Some rows only count where another chooses them.
        for (id, option) in [("penalty", "share"), ("clip", "norm")] {
            let at = table.iter().position(|spec| spec.id == id).unwrap();
            values[at] = choice(option);
        }
        let before = resolve(&values);
        for (i, spec) in table.iter().enumerate().filter(|(_, s)| s.id != "network") {
            let was = values[i].clone();
            values[i] = match (&spec.kind, &was) {
                (Kind::Real { max, .. }, _) => Value::Real(*max),
                (Kind::Integer { max, .. }, _) => Value::Integer(*max),
                (Kind::Switch, Value::Switch(on)) => Value::Switch(!on),
                (Kind::Choice(options), Value::Choice(present)) => {
                    let other = options.iter().find(|option| *option != present);
                    Value::Choice(other.unwrap().clone())
                }
                (Kind::Words, _) => Value::Words(text("0.5")),
                _ => panic!("{} has no other value", spec.id),
            };
            assert_ne!(resolve(&values), before, "{} changes nothing", spec.id);
            values[i] = was;
        }
    }

    #[test]
    fn coefficients_of_layers_take_the_place_of_those_of_the_network() {
        let table = instance(2, true);
        let mut values = defaults(&table);
        let at = |id: &str| table.iter().position(|spec| spec.id == id);
        assert_eq!(at("theta_2"), None);
        values[at("theta_2_1").unwrap()] = Value::Real(0.5);
        values[at("f9_2").unwrap()] = Value::Switch(true);
        let found = coefficients(&table, &values, 2, true);
        assert_eq!(found.rule(1).theta[2], 0.5);
        assert_eq!(found.rule(2).theta[2], 0.0);
        assert_eq!((found.rule(1).on[9], found.rule(2).on[9]), (false, true));
        assert_eq!(found.rule(2).theta[0], FIRST_RATE);
    }

    #[test]
    fn ids_lead_to_their_place() {
        assert_eq!(place("theta_7"), Some(Place::Theta { row: 0, term: 7 }));
        assert_eq!(place("f3_2"), Some(Place::On { row: 1, term: 3 }));
        for id in ["feedback", "f10", "theta_2_0", "f", "theta_x"] {
            assert_eq!(place(id), None, "{id}");
        }
    }

    #[test]
    fn lists_of_numbers_are_read_or_refused() {
        assert_eq!(layers("170, 130 47").unwrap(), [170, 130, 47]);
        for words in ["", "1.5", "0 4", "a", "-3"] {
            assert!(layers(words).is_err(), "{words}");
        }
        let factors = |words: &'static str| step_factors(&Value::Words(text(words)));
        assert_eq!(factors("0.5").unwrap(), [0.5; TERMS]);
        let ten = factors("1 .3 1 .03 .1 .03 .3 .3 .3 1").unwrap();
        assert_eq!((ten[1], ten[9]), (0.3, 1.0));
        assert!(factors("1 2").is_err() && factors("-1").is_err());
    }
}
