//! Plastic balanced networks: spiking neurons under spike-timing-dependent plasticity (Akil,
//! Rosenbaum & Josić 2021, PLoS Comput Biol 17:e1008958).

mod arrays;
mod case;
pub mod charges;
mod deferred;
mod delivery;
mod direct;
mod factored;
pub mod input;
mod input_reference;
pub mod memory;
pub mod metrics;
pub mod model;
pub mod network;
mod neuron;
pub mod observe;
pub mod panels;
pub mod params;
pub mod projection;
mod reference;
pub mod rules;
pub mod settings;
pub mod sizes;
pub mod statistics;
mod step;
pub mod stimulus;
mod sums;
pub mod theory;
pub mod traces;
pub mod watch;
pub mod wires;

use super::{BuildError, CaseError, Check, Family, Model, Setup};

pub const FAMILY: Family = Family {
    id: "balanced",
    prefixes: &["balanced"],
    title: "Balanced network",
    summary: "Thousands of spiking neurons in balance under plasticity, with the theory beside them",
    params: params::PARAMS,
    describe: model::describe,
    build,
    spikes: true,
    bibtex: BIBTEX,
    reference_formats: &[
        case::FORMAT,
        input_reference::FORMAT,
        theory::reference::RATES_FORMAT,
        theory::reference::WEIGHTS_FORMAT,
        statistics::reference::ANALYSIS_FORMAT,
    ],
    verify,
    adopt: None,
};

const BIBTEX: &str = "\
@article{akil2021balanced,
  author  = {Akil, Alan Eric and Rosenbaum, Robert and Josi{\\'c}, Kre{\\v{s}}imir},
  title   = {Balanced networks under spike-time dependent plasticity},
  journal = {PLoS Computational Biology},
  volume  = {17},
  number  = {5},
  pages   = {e1008958},
  year    = {2021},
  doi     = {10.1371/journal.pcbi.1008958}
}
";

fn build(setup: &Setup) -> Result<Box<dyn Model>, BuildError> {
    Ok(Box::new(model::Balanced::new(setup)?))
}

/// Replays a reference file of any of the family's formats.
fn verify(file: &serde_json::Value) -> Result<Vec<Check>, CaseError> {
    match file.get("format").and_then(serde_json::Value::as_str) {
        Some(input_reference::FORMAT) => input_reference::verify(file),
        Some(theory::reference::RATES_FORMAT) => theory::reference::verify_rates(file),
        Some(theory::reference::WEIGHTS_FORMAT) => theory::reference::verify_weights(file),
        Some(statistics::reference::ANALYSIS_FORMAT) => {
            statistics::reference::verify_analysis(file)
        }
        _ => reference::verify(file),
    }
}
