//! What statistics see of a step.

use super::network::Network;
use crate::models::nn::real::Real;

/// The network at the end of a step (after the decay of currents and traces and after the reset),
/// and what fired in it.
pub struct Observation<'a, T: Real> {
    pub network: &'a Network<T>,
    /// Steps done, this one included; its time is `step * dt`.
    pub step: u64,
    /// Cells that fired in this step, ascending; E cells first.
    pub spikes: &'a [u32],
    /// How many of them are E cells.
    pub spikes_e: usize,
    /// Whether this step ends a millisecond.
    pub unit_done: bool,
}
