//! The tables in which a model describes itself: parameters, metrics, panels.
//!
//! All of it is plain data that can be serialised, because a screen may sit in another process.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// A word or a sentence: borrowed in a static table, owned once it came over a wire.
pub type Text = Cow<'static, str>;

/// Makes a [`Text`] in a static table.
pub const fn text(words: &'static str) -> Text {
    Cow::Borrowed(words)
}

/// The value of a parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Value {
    Real(f64),
    Integer(i64),
    Switch(bool),
    /// One of the options of a [`Kind::Choice`].
    Choice(Text),
    /// Free text that the model parses, such as the list of its layers.
    Words(Text),
}

/// What a parameter may be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Kind {
    /// A real number in `min..=max`; `scale` is how a slider and a nudge move.
    Real {
        min: f64,
        max: f64,
        scale: Scale,
    },
    Integer {
        min: i64,
        max: i64,
    },
    Switch,
    Choice(Cow<'static, [Text]>),
    Words,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scale {
    Linear,
    Log,
}

/// The boundary at which a change of a parameter applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Applies {
    /// Between two quanta: before the next sweep or time step.
    Quantum,
    /// Between two units: before the next training step or episode.
    Unit,
    /// When the model is built anew (reset).
    Restart,
}

/// Whether a table row stands for the model or is repeated for each of its layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scope {
    Model,
    /// The instance carries one row a layer, with `_1`, `_2`, ... behind the id.
    Layer,
}

/// One parameter. Nothing about it is written anywhere else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParamSpec {
    pub id: Text,
    /// As short as a panel needs, e.g. `eta`.
    pub label: Text,
    /// Empty for a pure number.
    pub unit: Text,
    /// What it is and what a larger value does, in one or two sentences.
    pub meaning: Text,
    pub kind: Kind,
    pub default: Value,
    pub applies: Applies,
    pub scope: Scope,
}

/// Which direction of a metric is the good one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Better {
    Higher,
    Lower,
    Neither,
}

/// One measured or predicted number, sampled once a unit. Not yet measured is NaN.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MetricSpec {
    pub id: Text,
    pub label: Text,
    pub unit: Text,
    pub meaning: Text,
    pub scale: Scale,
    pub better: Better,
    /// The id of the metric that predicts this one, drawn beside it as a line of theory.
    pub theory: Option<Text>,
}

/// A named view that a model offers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PanelSpec {
    pub id: Text,
    pub label: Text,
    /// What it shows and what to look for; the help overlay prints it.
    pub meaning: Text,
    pub kind: PanelKind,
    /// The screen view that it belongs to, e.g. "Weights". Views appear in the order of first use.
    pub view: Text,
    /// Its place in the overview, 1 first; 0 keeps it out.
    pub overview: u8,
    /// What can be chosen inside it (layers, matrices); empty when there is nothing to choose.
    pub items: Vec<Text>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum PanelKind {
    /// Metrics over time, drawn from the engine's history; the ids are those of the metric table.
    History {
        metrics: Vec<Text>,
    },
    /// Curves over another axis than time, drawn by the model.
    Curves,
    HeatMap,
    /// Spikes of some cells over time, drawn by the model.
    Raster,
    /// A picture with a caption and bars (an input and what the network makes of it).
    Image,
    Histogram,
    Table,
}

/// Everything that a screen must know of a model in order to show it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Description {
    /// [`Family::id`](super::Family).
    pub family: Text,
    pub title: Text,
    /// What a person counts: "step", "episode", "ms".
    pub unit: Text,
    /// What the engine may not interrupt: "sweep", "sample", "time step".
    pub quantum: Text,
    /// Seconds of simulated time in one unit, where the model has time.
    pub seconds_per_unit: Option<f64>,
    pub params: Vec<ParamSpec>,
    pub metrics: Vec<MetricSpec>,
    pub panels: Vec<PanelSpec>,
}

impl Description {
    /// The index of parameter `id`.
    pub fn param(&self, id: &str) -> Option<usize> {
        self.params.iter().position(|param| param.id == id)
    }

    /// The index of metric `id`.
    pub fn metric(&self, id: &str) -> Option<usize> {
        self.metrics.iter().position(|metric| metric.id == id)
    }
}
