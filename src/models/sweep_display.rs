//! Time as a sweep display shows it: from left to right, then from the left again.

/// A sweep of so many time steps in so many columns.
#[derive(Clone, Copy, Debug)]
pub struct SweepDisplay {
    steps: u64,
    columns: u64,
}

impl SweepDisplay {
    /// At least one step and one column; parts of a step are rounded.
    pub fn new(steps: f64, columns: u64) -> Self {
        Self {
            steps: (steps.round() as u64).max(1),
            columns: columns.max(1),
        }
    }

    /// Where a step is drawn.
    pub fn column(&self, step: u64) -> u64 {
        (step % self.steps) * self.columns / self.steps
    }

    /// Steps after this one are shown at step `now`: the columns just ahead of the present are what
    /// the sweep has cleared.
    pub fn shown_after(&self, now: u64) -> u64 {
        let cleared = 2 * self.steps.div_ceil(self.columns);
        now.saturating_sub(self.steps.saturating_sub(cleared))
    }
}
