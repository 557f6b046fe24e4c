//! Units a second, measured while the run goes on.

use std::time::{Duration, Instant};

const WINDOW: Duration = Duration::from_millis(500);

pub(super) struct Rate {
    since: Instant,
    units: u64,
    last: f64,
}

impl Rate {
    pub fn new() -> Self {
        Self {
            since: Instant::now(),
            units: 0,
            last: 0.0,
        }
    }

    /// Begins measuring after a pause, keeping the last value for display.
    pub fn restart(&mut self) {
        self.since = Instant::now();
        self.units = 0;
    }

    pub fn count(&mut self, now: Instant) {
        self.units += 1;
        let elapsed = now.duration_since(self.since);
        if elapsed >= WINDOW {
            self.last = self.units as f64 / elapsed.as_secs_f64();
            self.since = now;
            self.units = 0;
        }
    }

    /// Before the first window is full: what it holds so far.
    pub fn per_second(&self) -> f64 {
        if self.last > 0.0 {
            return self.last;
        }
        let elapsed = self.since.elapsed().as_secs_f64();
        if self.units > 0 && elapsed > 0.0 {
            self.units as f64 / elapsed
        } else {
            0.0
        }
    }
}
