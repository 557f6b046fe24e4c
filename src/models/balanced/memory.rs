//! What a network needs, computed before it is built.

use super::network::path;
use super::projection::Path;
use super::settings::Settings;
use super::sizes::{Block, Population};
use super::traces::{Count, RECENT, RING};
use super::wires::{Indices, Wires};
use crate::data::memory::available;

/// The share of what is available that a network may take, unless a person says otherwise.
const SHARE: f64 = 0.8;

const GB: f64 = 1e9;

/// Bytes that the network of these settings takes, with room for the weights of every block on
/// which a rule is on.
pub fn needed(settings: &Settings) -> f64 {
    let sizes = &settings.sizes;
    let blocks = Block::ALL.map(|block| {
        let (posts, pres) = (sizes.of(block.post()), sizes.of(block.pre()));
        let p = settings.p[block.index()];
        let synapses = posts as f64 * pres as f64 * p;
        let weight = size_of::<f32>();
        let each = match path(settings, block) {
            Path::Static => 0,
            Path::Factored(_) => weight,
            Path::Deferred => weight + size_of::<Count>(),
            // The rows beside the weights.
            Path::Direct => weight + 4 + Indices::width(pres),
        };
        Wires::bytes(posts, pres, p) + synapses * each as f64
    });
    let external = Population::ALL.map(|population| {
        let p = settings.p_x[population.index()];
        Wires::bytes(sizes.of(population), sizes.x, p)
    });
    let second = Wires::bytes(sizes.stimulated_e, sizes.x2, settings.stimulus.p_x2);
    let cell = (9 + RECENT + RING) * size_of::<f32>();
    let cells = sizes.n() as f64 * cell as f64;
    blocks.iter().chain(&external).sum::<f64>() + second + cells
}

/// Whether the weights of a block that is about to become plastic can still be had.
/// # Errors
/// As [`check`], for what `new` needs beyond `old`.
pub fn check_growth(old: &Settings, new: &Settings) -> Result<(), String> {
    let more = needed(new) - needed(old);
    match available() {
        Some(available) if more > SHARE * available as f64 => Err(format!(
            "its weights need {:.2} GB of memory more, and {:.2} GB are available",
            more / GB,
            available as f64 / GB
        )),
        _ => Ok(()),
    }
}

/// # Errors
/// When the network needs more than it may have; names both figures.
pub fn check(settings: &Settings) -> Result<(), String> {
    let needed = needed(settings) / GB;
    let (allowed, of) = if settings.max_memory > 0.0 {
        (settings.max_memory, "max memory".to_owned())
    } else {
        let Some(available) = available() else {
            return Ok(());
        };
        let available = available as f64 / GB;
        (
            SHARE * available,
            format!("four fifths of the {available:.2} GB that are available"),
        )
    };
    if needed <= allowed {
        return Ok(());
    }
    Err(format!(
        "this network needs {needed:.2} GB of memory, and {allowed:.2} GB are allowed ({of}); \
         a smaller n or smaller contact probabilities would fit"
    ))
}

#[cfg(test)]
mod tests {
    use super::super::network::Network;
    use super::super::params::PARAMS;
    use super::*;
    use crate::models::table::Value;

    /// What is computed first against what is there: no plastic synapse takes over 16 bytes.
    #[test]
    fn the_need_is_what_is_taken() {
        for (updates, most) in [("deferred", 7.0), ("direct", 12.0)] {
            let plastic = ["ee_kohonen", "ei_homeo", "ie_hebb", "ii_homeo"];
            let value = |spec: &crate::models::table::ParamSpec| match spec.id.as_ref() {
                "n" => Value::Integer(1000),
                "updates" => Value::Choice(updates.into()),
                id if plastic.contains(&id) => Value::Switch(true),
                _ => spec.default.clone(),
            };
            let settings = Settings::resolve(&PARAMS.iter().map(value).collect::<Vec<_>>());
            let network = Network::<f32>::random(&settings, 1);
            let synapses: usize = Block::ALL.map(|block| network.synapses(block)).iter().sum();
            let cells = settings.sizes.n() * (9 + RECENT + RING) * size_of::<f32>();
            let taken = (network.synapse_bytes() + cells) as f64;
            let apart = (needed(&settings) / taken - 1.0).abs();
            assert!(apart < 0.05, "{updates}: {} {taken}", needed(&settings));
            let external = 2.0 * settings.p_x[0] * 1000.0 * 200.0 + 16.0 * 3000.0;
            assert!(network.synapse_bytes() as f64 <= most * synapses as f64 + 1.1 * external);
        }
    }
}
