//! The recent spikes of some cells, for the raster.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::covariance::{Groups, spread};

/// Cells of each group whose spikes are kept.
const CELLS: usize = 256;

/// Spikes that are kept.
const SPIKES: usize = 1 << 16;

const NOT_SHOWN: u16 = u16::MAX;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecentSpikes {
    /// For each group the cells that are watched.
    watched: Vec<Vec<u32>>,
    /// For each cell its place among all watched, group after group.
    places: Vec<u16>,
    /// Step and place, oldest first.
    spikes: VecDeque<(u64, u16)>,
}

impl RecentSpikes {
    pub fn new(groups: &Groups) -> Self {
        let mut places = vec![NOT_SHOWN; groups.cells()];
        let mut place = 0;
        let mut watched = Vec::new();
        for group in 0..groups.count() {
            let ids: Vec<u32> = spread(groups.range(group), CELLS)
                .map(|id| id as u32)
                .collect();
            for &id in &ids {
                places[id as usize] = place;
                place += 1;
            }
            watched.push(ids);
        }
        Self {
            watched,
            places,
            spikes: VecDeque::with_capacity(SPIKES),
        }
    }

    /// Whether a loaded state is of these groups.
    pub fn fits(&self, groups: &Groups) -> bool {
        let fresh = Self::new(groups);
        let watched: usize = fresh.watched.iter().map(Vec::len).sum();
        (&self.watched, &self.places) == (&fresh.watched, &fresh.places)
            && self
                .spikes
                .iter()
                .all(|(_, place)| usize::from(*place) < watched)
    }

    /// Takes the spikes of one step.
    pub fn take(&mut self, step: u64, fired: &[u32]) {
        for &id in fired {
            let place = self.places[id as usize];
            if place != NOT_SHOWN {
                if self.spikes.len() == SPIKES {
                    self.spikes.pop_front();
                }
                self.spikes.push_back((step, place));
            }
        }
    }

    /// The watched cells of each group.
    pub fn watched(&self) -> &[Vec<u32>] {
        &self.watched
    }

    /// Spikes after step `from`: step and place among all watched cells.
    pub fn since(&self, from: u64) -> impl Iterator<Item = (u64, u16)> {
        let first = self.spikes.partition_point(|(step, _)| *step <= from);
        self.spikes.range(first..).copied()
    }

    /// The first step from which every watched spike is kept.
    pub fn complete_from(&self) -> u64 {
        match self.spikes.front() {
            Some((step, _)) if self.spikes.len() == SPIKES => *step,
            _ => 0,
        }
    }
}
