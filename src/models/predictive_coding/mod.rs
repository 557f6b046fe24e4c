//! Predictive coding and backpropagation in the same network (Rosenbaum 2022, PLoS ONE 17:e0266102).

mod arrays;
pub mod backprop;
pub mod batches;
pub mod case;
pub mod compare;
mod compared;
mod design;
mod faults;
pub mod fixed_pred;
pub mod method;
pub mod metrics;
pub mod model;
pub mod panels;
pub mod params;
pub mod reference;
pub mod spectrum;
pub mod state;
mod step;
pub mod strict;
mod sweep;
pub mod theory;
pub mod workspace;
pub mod zil;

use super::{BuildError, Family, Model, Setup};

pub const FAMILY: Family = Family {
    id: "predictive-coding",
    prefixes: &["pc"],
    title: "Predictive coding",
    summary: "Exact, FixedPred, Strict and Z-IL inference beside backpropagation",
    params: params::PARAMS,
    describe: |setup| Ok(design::Design::of(setup)?.description()),
    build,
    spikes: false,
    bibtex: BIBTEX,
    reference_formats: &[case::FORMAT],
    verify: reference::verify,
    adopt: None,
};

const BIBTEX: &str = "\
@article{rosenbaum2022relationship,
  author  = {Rosenbaum, Robert},
  title   = {On the relationship between predictive coding and backpropagation},
  journal = {PLoS ONE},
  volume  = {17},
  number  = {3},
  pages   = {e0266102},
  year    = {2022},
  doi     = {10.1371/journal.pone.0266102}
}
";

fn build(setup: &Setup) -> Result<Box<dyn Model>, BuildError> {
    Ok(Box::new(model::PredictiveCoding::new(setup)?))
}
