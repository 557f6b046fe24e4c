//! When cells are stimulated, and with how much injected current.

use serde::{Deserialize, Serialize};

use super::settings::Stimulus;

/// The course of the stimulation. All times are in ms of simulated time.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Stimulation {
    by_hand: bool,
    start: f64,
    end: f64,
    period: f64,
    pulse_on: f64,
    pulse_off: f64,
    /// mV/ms for E and I cells.
    current: [f64; 2],
    on: bool,
    /// When it was switched on.
    since: f64,
    pulse: bool,
}

impl Stimulation {
    pub fn set(&mut self, stimulus: &Stimulus, root_n: f64) {
        let state = (self.on, self.since, self.pulse);
        *self = Self {
            by_hand: stimulus.by_hand,
            start: 1e3 * stimulus.start,
            end: 1e3 * stimulus.end,
            period: 1e3 * stimulus.period,
            pulse_on: stimulus.pulse_on,
            pulse_off: stimulus.pulse_off,
            current: stimulus.j.map(|j| j * root_n),
            on: state.0,
            since: state.1,
            pulse: state.2,
        };
    }

    pub fn is_on(&self) -> bool {
        self.on
    }

    /// The injected currents of stimulated E and I cells now.
    pub fn current(&self) -> [f64; 2] {
        if self.pulse { self.current } else { [0.0; 2] }
    }

    /// Moves on to `time`, the end of a step; says whether anything changed.
    pub fn at(&mut self, time: f64) -> bool {
        let was = (self.on, self.pulse);
        let on = self.by_hand || self.in_epoch(time);
        if on && !self.on {
            self.since = time;
        }
        self.on = on;
        let phase = (time - self.since) % (self.pulse_on + self.pulse_off);
        self.pulse = on && (self.pulse_on <= 0.0 || phase < self.pulse_on);
        was != (self.on, self.pulse)
    }

    /// Start belongs to the epoch, end does not.
    fn in_epoch(&self, time: f64) -> bool {
        let length = self.end - self.start;
        if length <= 0.0 || time < self.start {
            return false;
        }
        let since = time - self.start;
        let since = if self.period > 0.0 {
            since % self.period
        } else {
            since
        };
        since < length
    }
}
