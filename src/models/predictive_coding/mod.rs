//! Predictive coding and backpropagation in the same network (Rosenbaum 2022, PLoS ONE 17:e0266102).

pub mod backprop;
pub mod case;
pub mod compare;
pub mod fixed_pred;
pub mod method;
pub mod reference;
pub mod strict;
pub mod theory;
pub mod workspace;
pub mod zil;

use super::{BuildError, Family, Model, Setup};

pub const FAMILY: Family = Family {
    id: "predictive-coding",
    prefix: "pc",
    title: "Predictive coding",
    summary: "Exact, FixedPred, Strict and Z-IL inference beside backpropagation",
    params: &[],
    build,
    bibtex: "",
    reference_formats: &[case::FORMAT],
    verify: reference::verify,
};

fn build(_: &Setup) -> Result<Box<dyn Model>, BuildError> {
    Err(BuildError::Data("not built".into()))
}
