//! The science. Nothing in this room knows a thread, a clock, a file or a terminal.
//!
//! A model describes itself in tables ([`table`]): parameters, metrics and panels. The screen, the
//! command line, the preset files, the documentation and the checkpoints are derived from them. It
//! is run through one small trait, [`Model`], and listed in [`FAMILIES`].

pub mod array;
pub mod balanced;
pub mod bulk;
pub mod feedback_alignment;
pub mod fields;
pub mod grid;
pub mod model;
pub mod nearest;
pub mod nn;
pub mod panel;
pub mod param;
pub mod predictive_coding;
pub mod random;
pub mod reference;
pub mod rule;
pub mod sweep_display;
pub mod table;
pub mod values;

pub use model::{BuildError, Fault, FaultKind, LoadError, Model, Progress, Setup};
pub use reference::{CaseError, Check};
pub use rule::Rule;
pub use table::{Description, MetricSpec, PanelKind, PanelSpec, ParamSpec, Value};
pub use values::Values;

/// A family of models: its tables, and how to build a member.
pub struct Family {
    /// The name that a preset gives as `model`.
    pub id: &'static str,
    /// The beginnings of its presets' names, without the dash.
    pub prefixes: &'static [&'static str],
    pub title: &'static str,
    /// One sentence for lists.
    pub summary: &'static str,
    pub params: &'static [ParamSpec],
    /// The tables of the model that [`build`](Self::build) would build, and the same refusals: for a
    /// family whose models are large, without building it.
    pub describe: fn(&Setup) -> Result<Description, BuildError>,
    /// Builds a model in its initial state, at step 0.
    pub build: fn(&Setup) -> Result<Box<dyn Model>, BuildError>,
    /// Whether its units are cells that fire.
    pub spikes: bool,
    /// BibTeX entries of the papers that it comes from.
    pub bibtex: &'static str,
    /// The `format` values of the reference files that [`verify`](Self::verify) reads.
    pub reference_formats: &'static [&'static str],
    /// Replays a reference case along every path that the program has.
    pub verify: fn(&serde_json::Value) -> Result<Vec<Check>, CaseError>,
    /// The parameters with which a member of the family uses a learnt rule, or which term it does not
    /// know; `None` where the family has no such rules.
    pub adopt: Option<Adopt>,
}

/// See [`Family::adopt`].
pub type Adopt = fn(&Rule) -> Result<Vec<(String, Value)>, String>;

/// Every family, in the order in which lists show them.
pub const FAMILIES: &[Family] = &[
    predictive_coding::FAMILY,
    feedback_alignment::FAMILY,
    balanced::FAMILY,
];

/// The family called `id`.
pub fn family(id: &str) -> Option<&'static Family> {
    FAMILIES.iter().find(|family| family.id == id)
}
