//! One cell step by step.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::models::balanced::network::{Current, Network};
use crate::models::nn::real::Real;

/// Steps that are kept.
const STEPS: usize = 2000;

/// A cell at the end of a step. Voltage in mV, currents in mV/ms.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    pub step: u64,
    pub v: f32,
    pub e: f32,
    pub i: f32,
    pub x: f32,
    pub injected: f32,
    pub trace: f32,
}

/// The recent readings of a cell.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Probe {
    pub cell: usize,
    pub readings: VecDeque<Reading>,
}

impl Probe {
    /// Turns to another cell.
    pub fn watch(&mut self, cell: usize) {
        if cell != self.cell {
            self.cell = cell;
            self.readings.clear();
        }
    }

    pub fn take<T: Real>(&mut self, network: &Network<T>) {
        if self.readings.len() == STEPS {
            self.readings.pop_front();
        }
        let cell = self.cell;
        let current = |kind| network.current(kind, cell) as f32;
        self.readings.push_back(Reading {
            step: network.step_count(),
            v: network.voltage(cell) as f32,
            e: current(Current::E),
            i: current(Current::I),
            x: current(Current::X),
            injected: network.injected(cell) as f32,
            trace: network.trace(cell) as f32,
        });
    }
}
