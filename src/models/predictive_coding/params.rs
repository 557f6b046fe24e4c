//! The parameter table of the family, and the parameters as a step needs them.

use super::method::Method;
use crate::models::nn::loss::{Loss, LossKind, Reduction};
use crate::models::nn::optimiser::Rule;
use crate::models::param::{choice, integer, linear, log, options};
use crate::models::table::{Applies, Kind, ParamSpec, Scope, Text, Value, text};

macro_rules! param {
    ($id:literal, $label:literal, $kind:expr, $default:expr, $applies:ident, $scope:ident, $meaning:literal) => {
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

const METHODS: &[Text] = &[
    text("backprop"),
    text("exact"),
    text("fixedpred"),
    text("strict"),
    text("zil"),
];
const LOSSES: &[Text] = &[text("cross_entropy"), text("mse")];
const REDUCTIONS: &[Text] = &[text("mean"), text("sum")];
const OPTIMISERS: &[Text] = &[text("sgd"), text("momentum"), text("adam")];
const DIGITS: &str = "50 + relu / 40 + relu / 30 + relu / 20 + relu / 10";

pub const PARAMS: &[ParamSpec] = &[
    param!(
        "network",
        "network",
        Kind::Words,
        Value::Words(text(DIGITS)),
        Restart,
        Model,
        "Predictive layers separated by `/`, the operations of one joined by `+`: a number or `dense N`, `conv C kK [sS] [pP]`, `pool K [sS]`, `flatten`, `tanh`, `relu`, `softplus [BETA]` (beta 10 where none is given), `identity`. How operations are grouped changes predictive coding, not backpropagation."
    ),
    param!(
        "loss",
        "loss",
        options(LOSSES),
        choice("cross_entropy"),
        Restart,
        Model,
        "What the output is judged by: cross-entropy of its softmax, or the squared distance from the one-hot class (mse)."
    ),
    param!(
        "reduction",
        "reduction",
        options(REDUCTIONS),
        choice("mean"),
        Unit,
        Model,
        "Whether the loss is the mean or the sum over the batch. The energy's penalty is always a sum, so with the mean the errors shrink as 1/batch and Strict comes close to backpropagation."
    ),
    param!(
        "batch",
        "batch",
        integer(1, 10_000),
        Value::Integer(100),
        Restart,
        Model,
        "Images in one training step. Larger: less noise, longer steps, smaller errors where the loss is a mean."
    ),
    param!(
        "method",
        "method",
        options(METHODS),
        choice("fixedpred"),
        Unit,
        Model,
        "How the gradient is found: plain backpropagation, or predictive coding as Exact, FixedPred (predictions frozen at the forward pass), Strict (descent of the free energy) or Z-IL (Strict with eta 1, each layer learning at the sweep that makes it exact)."
    ),
    param!(
        "eta",
        "eta",
        log(1e-4, 2.0),
        Value::Real(0.1),
        Quantum,
        Model,
        "Step size of the beliefs in one sweep (FixedPred, Strict). Larger: errors reach the lower layers sooner; beyond the eta limit Strict blows up."
    ),
    param!(
        "n",
        "sweeps n",
        integer(0, 1000),
        Value::Integer(20),
        Unit,
        Model,
        "Sweeps of inference in one training step (FixedPred, Strict); 0 stands for the depth of the network. More: closer to the fixed point, slower."
    ),
    param!(
        "closed_form",
        "closed form",
        Kind::Switch,
        Value::Switch(false),
        Unit,
        Model,
        "Whether FixedPred takes the known result of its sweeps (backpropagated errors times a number for each layer) instead of sweeping: the same numbers to rounding, at the cost of one backward pass."
    ),
    param!(
        "stale_errors",
        "stale errors",
        Kind::Switch,
        Value::Switch(true),
        Unit,
        Model,
        "Whether Strict's weights see the errors from before the last belief update, as in Torch2PC; off takes them anew at the final beliefs."
    ),
    param!(
        "guard",
        "guard",
        linear(0.0, 1000.0),
        Value::Real(10.0),
        Unit,
        Model,
        "Strict stops when the energy F exceeds this many times its value before the first sweep, or the rounding of single precision where that is more; 0 never stops it."
    ),
    param!(
        "auto_eta",
        "auto eta",
        Kind::Switch,
        Value::Switch(false),
        Unit,
        Model,
        "Whether Strict uses half the eta limit, measured anew in every step, instead of eta."
    ),
    param!(
        "optimiser",
        "optimiser",
        options(OPTIMISERS),
        choice("adam"),
        Unit,
        Model,
        "What turns the gradient into a step of the weights. Adam divides by the gradient's own size and so hides that predictive coding scales it. A change starts its averages anew."
    ),
    param!(
        "learning_rate",
        "rate",
        log(1e-6, 10.0),
        Value::Real(0.002),
        Unit,
        Model,
        "Step size of the weights. Larger: faster, then unstable."
    ),
    param!(
        "momentum",
        "momentum",
        linear(0.0, 0.999),
        Value::Real(0.9),
        Unit,
        Model,
        "Share of the last step that optimiser `momentum` keeps. Larger: smoother and faster, with a longer memory; 0 is plain descent."
    ),
    param!(
        "learn",
        "learn",
        Kind::Switch,
        Value::Switch(true),
        Unit,
        Model,
        "Whether the weights change; off only infers, on the same stream of batches."
    ),
    param!(
        "compare_every",
        "compare every",
        integer(0, 100_000),
        Value::Integer(1),
        Unit,
        Model,
        "Compares the gradient with backpropagation in every so many steps, which costs another backward pass; 0 never. In between the last comparison is kept."
    ),
    param!(
        "test_every",
        "test every",
        integer(0, 100_000),
        Value::Integer(10),
        Unit,
        Model,
        "Measures loss and accuracy on all test images after every so many steps; 0 never. In between the last values are kept."
    ),
    param!(
        "precision",
        "precision",
        log(1e-3, 1e3),
        Value::Real(1.0),
        Unit,
        Layer,
        "Precision (inverse variance) of the layer's prediction error: its weight in the energy. At the output layer it weighs the loss. Other than 1, Strict and FixedPred spread the error differently; FixedPred still converges to backpropagation where the output's is 1."
    ),
    param!(
        "freeze",
        "freeze",
        Kind::Switch,
        Value::Switch(false),
        Unit,
        Layer,
        "Keeps the weights of the layer as they are; its beliefs still move."
    ),
];

/// The parameters as a training step needs them.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    pub loss: Loss,
    pub batch: usize,
    pub method: Method,
    pub eta: f64,
    /// Sweeps of FixedPred and Strict, at least 1.
    pub n: usize,
    pub closed_form: bool,
    pub stale: bool,
    /// 0 is off.
    pub guard: f64,
    pub auto_eta: bool,
    pub rule: Rule,
    pub learning_rate: f64,
    pub momentum: f64,
    pub learn: bool,
    pub compare_every: u64,
    pub test_every: u64,
    /// One for each layer, as the two below.
    pub precision: Vec<f64>,
    pub freeze: Vec<bool>,
}

impl Settings {
    /// Resolves values that are in the order of [`instance`], each of which its row allows.
    pub fn resolve(values: &[Value], depth: usize) -> Self {
        let row = |id: &str| -> usize {
            let models = PARAMS.iter().filter(|spec| spec.scope == Scope::Model);
            let place = models.clone().position(|spec| spec.id == id);
            place.unwrap_or_else(|| {
                let layers = PARAMS.iter().filter(|spec| spec.scope == Scope::Layer);
                let block = layers.clone().position(|spec| spec.id == id);
                models.count() + depth * block.expect("the table has this row")
            })
        };
        let real = |at: usize| match values[at] {
            Value::Real(x) => x,
            Value::Integer(n) => n as f64,
            _ => f64::NAN,
        };
        let whole = |at: usize| real(at) as u64;
        let on = |at: usize| values[at] == Value::Switch(true);
        let is = |at: usize, option: &str| match &values[at] {
            Value::Choice(words) => words == option,
            _ => false,
        };
        let layers = |id: &str| row(id)..row(id) + depth;
        let method = Method::ALL
            .into_iter()
            .find(|method| is(row("method"), method.id()));
        let n = whole(row("n")) as usize;
        Self {
            loss: Loss {
                kind: if is(row("loss"), "mse") {
                    LossKind::Mse
                } else {
                    LossKind::CrossEntropy
                },
                reduction: if is(row("reduction"), "sum") {
                    Reduction::Sum
                } else {
                    Reduction::Mean
                },
            },
            batch: whole(row("batch")) as usize,
            method: method.unwrap_or(Method::Backprop),
            eta: real(row("eta")),
            n: if n == 0 { depth } else { n },
            closed_form: on(row("closed_form")),
            stale: on(row("stale_errors")),
            guard: real(row("guard")),
            auto_eta: on(row("auto_eta")),
            rule: match () {
                () if is(row("optimiser"), "sgd") => Rule::Sgd,
                () if is(row("optimiser"), "momentum") => Rule::Momentum,
                () => Rule::Adam,
            },
            learning_rate: real(row("learning_rate")),
            momentum: real(row("momentum")),
            learn: on(row("learn")),
            compare_every: whole(row("compare_every")),
            test_every: whole(row("test_every")),
            precision: layers("precision").map(real).collect(),
            freeze: layers("freeze").map(on).collect(),
        }
    }

    /// Sweeps in one step of a network of this depth.
    pub fn sweeps(&self, depth: usize) -> usize {
        match self.method {
            Method::Backprop | Method::Exact => 0,
            Method::FixedPred if self.closed_form => 0,
            Method::FixedPred | Method::Strict => self.n,
            Method::Zil => depth,
        }
    }
}

/// The table of a network of this depth: rows of the model first, then those of the layers.
pub fn instance(depth: usize) -> Vec<ParamSpec> {
    let of = |scope: Scope| PARAMS.iter().filter(move |spec| spec.scope == scope);
    let layers = of(Scope::Layer).flat_map(|spec| (1..=depth).map(|l| spec.for_layer(l)));
    of(Scope::Model).cloned().chain(layers).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_reaches_its_setting() {
        let table = instance(3);
        let mut values: Vec<Value> = table.iter().map(|spec| spec.default.clone()).collect();
        let defaults = Settings::resolve(&values, 3);
        assert_eq!(
            (defaults.n, defaults.batch, defaults.rule),
            (20, 100, Rule::Adam)
        );
        for (i, spec) in table.iter().enumerate().skip(1) {
            let was = values[i].clone();
            values[i] = match (&spec.kind, &was) {
                (Kind::Real { max, .. }, _) => Value::Real(*max),
                (Kind::Integer { max, .. }, _) => Value::Integer(*max),
                (Kind::Switch, Value::Switch(on)) => Value::Switch(!on),
                (Kind::Choice(options), _) => Value::Choice(
                    options
                        .iter()
                        .find(|o| **o != *words(&was))
                        .unwrap()
                        .clone(),
                ),
                _ => panic!("{} has no other value", spec.id),
            };
            let changed = Settings::resolve(&values, 3);
            assert_ne!(changed, defaults, "{} changes nothing", spec.id);
            values[i] = was;
        }
        let third = table
            .iter()
            .position(|spec| spec.id == "precision_3")
            .unwrap();
        values[third] = Value::Real(7.0);
        assert_eq!(Settings::resolve(&values, 3).precision, [1.0, 1.0, 7.0]);
    }

    fn words(value: &Value) -> &str {
        match value {
            Value::Choice(words) => words,
            _ => "",
        }
    }
}
