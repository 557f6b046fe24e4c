//! Feedback alignment with meta-learned plasticity (Shervani-Tabar & Rosenbaum 2023, Nat. Commun.
//! 14:1805): a network that learns online by a sum of local terms, and the exact gradient of what it
//! has learnt by the terms' coefficients.

pub mod activation;
mod arrays;
pub mod case;
pub mod coefficients;
mod design;
pub mod dual;
pub mod episode;
pub mod examined;
pub mod images;
mod kernels;
pub mod learner;
pub mod lines;
pub mod matrix;
pub mod meta;
pub mod metrics;
pub mod model;
pub mod network;
pub mod online;
pub mod outer;
mod panels;
pub mod params;
pub mod plain;
pub mod query;
pub mod reference;
pub mod reverse;
pub mod tally;
pub mod tape;
pub mod task;
pub mod tasks;
pub mod terms;
pub mod trace;

use super::{BuildError, Family, Model, Setup};

pub const FAMILY: Family = Family {
    id: "feedback-alignment",
    prefixes: &["fa", "meta"],
    title: "Feedback alignment",
    summary: "Ten plasticity terms with random feedback, online, and the search for their coefficients",
    params: params::PARAMS,
    describe: |setup| Ok(design::Design::of(setup)?.description()),
    build,
    spikes: false,
    bibtex: BIBTEX,
    reference_formats: reference::FORMATS,
    verify: reference::verify,
    adopt: Some(model::adopt),
};

const BIBTEX: &str = "\
@article{shervanitabar2023meta,
  author  = {Shervani-Tabar, Navid and Rosenbaum, Robert},
  title   = {Meta-learning biologically plausible plasticity rules with random feedback pathways},
  journal = {Nature Communications},
  volume  = {14},
  pages   = {1805},
  year    = {2023},
  doi     = {10.1038/s41467-023-37562-1}
}
";

fn build(setup: &Setup) -> Result<Box<dyn Model>, BuildError> {
    Ok(Box::new(model::FeedbackAlignment::new(setup)?))
}
