//! Measured quantities, kept up step by step in bounded memory.

use serde::{Deserialize, Serialize};

use super::network::Network;
use super::observe::Observation;
use super::settings::Settings;

/// What has been measured so far.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Statistics {
    /// Spikes of each population.
    spikes: [u64; 2],
    /// ms.
    time: f64,
}

impl Statistics {
    /// Nothing measured yet. `seed` is for the choice of cells that are sampled.
    pub fn new(_: &Settings, network: &Network<f32>, _seed: u64) -> Self {
        Self {
            spikes: [0; 2],
            time: network.time(),
        }
    }

    /// Takes in a step.
    pub fn observe(&mut self, seen: &Observation<f32>) {
        self.spikes[0] += seen.spikes_e as u64;
        self.spikes[1] += (seen.spikes.len() - seen.spikes_e) as u64;
        self.time = seen.network.time();
    }

    /// Whether a loaded state belongs to these settings.
    pub fn fits(&self, _: &Settings) -> bool {
        self.time.is_finite()
    }
}
