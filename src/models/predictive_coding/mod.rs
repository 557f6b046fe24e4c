//! Predictive coding and backpropagation in the same network (Rosenbaum 2022, PLoS ONE 17:e0266102).

use super::{BuildError, Family, Model, Setup};

pub const FAMILY: Family = Family {
    id: "predictive-coding",
    prefix: "pc",
    title: "Predictive coding",
    summary: "Exact, FixedPred, Strict and Z-IL inference beside backpropagation",
    params: &[],
    build,
    bibtex: "",
    reference_formats: &["predictive-coding-case-1"],
    verify: |_| Ok(Vec::new()),
};

fn build(_: &Setup) -> Result<Box<dyn Model>, BuildError> {
    Err(BuildError::Data("not built".into()))
}
