//! Mean currents of each population, to see excitation and inhibition cancel.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::covariance::Groups;

/// The currents into a cell (mV/ms).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Currents {
    pub e: f64,
    pub i: f64,
    pub x: f64,
    /// Injected.
    pub injected: f64,
}

impl Currents {
    pub fn total(&self) -> f64 {
        self.e + self.i + self.x + self.injected
    }

    fn add(&mut self, other: &Self) {
        self.e += other.e;
        self.i += other.i;
        self.x += other.x;
        self.injected += other.injected;
    }

    fn scaled(&self, by: f64) -> Self {
        Self {
            e: self.e * by,
            i: self.i * by,
            x: self.x * by,
            injected: self.injected * by,
        }
    }
}

/// Sums of sampled currents with their number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Sums {
    groups: Vec<Currents>,
    moments: u64,
}

impl Sums {
    fn new(groups: usize) -> Self {
        Self {
            groups: vec![Currents::default(); groups],
            moments: 0,
        }
    }
}

/// Means over the cells of each group: over the present reading, and over the measurement. Currents
/// are read at the end of a step, after their decay.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurrentMeans {
    /// The cells of each group.
    groups: Groups,
    unit: Sums,
    measured: Sums,
}

impl CurrentMeans {
    pub fn new(groups: &Groups) -> Self {
        Self {
            groups: groups.clone(),
            unit: Sums::new(groups.count()),
            measured: Sums::new(groups.count()),
        }
    }

    /// Takes the present currents: `mean(cells)` of each group that has any.
    pub fn take(&mut self, mean: impl Fn(Range<usize>) -> Currents) {
        for group in 0..self.groups.count() {
            let cells = self.groups.range(group);
            if !cells.is_empty() {
                let mean = mean(cells);
                self.unit.groups[group].add(&mean);
                self.measured.groups[group].add(&mean);
            }
        }
        self.unit.moments += 1;
        self.measured.moments += 1;
    }

    /// Whether a loaded state is of these groups.
    pub fn fits(&self, groups: &Groups) -> bool {
        let sums = [&self.unit, &self.measured];
        self.groups == *groups && sums.iter().all(|sums| sums.groups.len() == groups.count())
    }

    pub fn end_unit(&mut self) {
        self.unit = Sums::new(self.groups.count());
    }

    pub fn restart(&mut self) {
        self.measured = Sums::new(self.groups.count());
    }

    /// Means over the present unit, group by group weighted by `shares`; NaN before the first.
    pub fn of_unit(&self, shares: &[f64]) -> Currents {
        mean(&self.unit, shares)
    }

    /// Means over the measurement, group by group weighted by `shares`; NaN before the first.
    pub fn measured(&self, shares: &[f64]) -> Currents {
        mean(&self.measured, shares)
    }
}

fn mean(sums: &Sums, shares: &[f64]) -> Currents {
    let mut total = Currents::default();
    for (group, share) in sums.groups.iter().zip(shares) {
        total.add(&group.scaled(*share));
    }
    total.scaled((shares.iter().sum::<f64>() * sums.moments as f64).recip())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_of_unions_are_weighted() {
        let mut means = CurrentMeans::new(&Groups::new(&[2, 6, 1]));
        for moment in 0..2 {
            means.take(|cells| Currents {
                e: cells.clone().sum::<usize>() as f64 / cells.len() as f64,
                i: -1.0,
                x: f64::from(moment),
                injected: 0.0,
            });
        }
        let e = means.measured(&[2.0, 6.0, 0.0]);
        assert_eq!((e.e, e.i, e.x), (3.5, -1.0, 0.5));
        assert_eq!(e.total(), 3.0);
        means.end_unit();
        assert!(means.of_unit(&[1.0, 1.0, 1.0]).e.is_nan());
        assert_eq!(means.measured(&[0.0, 0.0, 1.0]).e, 8.0);
    }
}
