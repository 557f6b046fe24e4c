//! One time step, in the order of the paper's scripts. The order matters:
//!
//! 1. external spikes up to the time of the step arrive in I_x;
//! 2. voltages move; 3. cells at or above threshold fire (and are reset; nobody reads V in between);
//! 4. their spikes are delivered with the weights from before this step's plasticity;
//! 5. plasticity, rule by rule: the presynaptic phase, then the postsynaptic phase, with the traces
//!    from before this step's spikes;
//! 6. traces of the cells that fired rise by 1; 7. currents and traces decay.
//!
//! Currents decay right after step 2, before recurrent spikes arrive; these arrive decayed already,
//! because charges count `I tau / (1 - dt/tau)`, which adds up to the same.

use super::network::{Current, Network};
use super::neuron::{self, Synaptic};
use super::sizes::{Block, Population};
use crate::models::nn::real::Real;

/// No column of a deferred block is left alone for longer than twice so many ms.
const ROUND: f64 = 1000.0;

impl<T: Real> Network<T> {
    /// One step with the external layers.
    pub fn step(&mut self) {
        let time = (self.cells.step + 1) as f64 * self.dt;
        self.fired_x.clear();
        if let Some(layers) = &mut self.layers {
            if layers.stimulation.at(time) {
                if layers.stimulation.is_on()
                    && let Some(x2) = &mut layers.x2
                {
                    x2.restart(time - self.dt);
                }
                self.inject();
            }
            self.receive(time);
        }
        self.recurrent();
    }

    /// One step in which the external neurons `spikes` fire.
    pub(super) fn step_with(&mut self, spikes: &[u32]) {
        self.fired_x.clear();
        self.fired_x.extend_from_slice(spikes);
        self.deliver_external();
        self.recurrent();
    }

    /// The external spikes of the step.
    fn receive(&mut self, time: f64) {
        let Some(layers) = &mut self.layers else {
            return;
        };
        let fired = &mut self.fired_x;
        if let (Some(x2), Some(projection)) = (&mut layers.x2, &mut self.external2)
            && layers.stimulation.is_on()
        {
            x2.until(time, |neuron| fired.push(neuron as u32));
            let charges = &mut self.cells.charges[Current::X as usize];
            let (unit, cells) = (charges.unit(), ..self.sizes.stimulated_e);
            projection.add(fired, 0, unit, &mut charges.held[cells]);
            fired.clear();
        }
        layers.x.until(time, |neuron| fired.push(neuron as u32));
        let upcoming = layers.x.upcoming();
        self.deliver_external();
        if !self.fired_x.is_empty()
            && let Some(neuron) = upcoming
        {
            for projection in &self.external {
                projection.fetch(neuron);
            }
        }
    }

    fn deliver_external(&mut self) {
        let charges = &mut self.cells.charges[Current::X as usize];
        let unit = charges.unit();
        for population in Population::ALL {
            let held = &mut charges.held[self.sizes.range(population)];
            self.external[population.index()].add(&self.fired_x, 0, unit, held);
        }
    }

    /// What the injected currents are now.
    pub(super) fn inject(&mut self) {
        let Some(layers) = &self.layers else {
            return;
        };
        self.injected.clear();
        let current = layers.stimulation.current();
        if current != [0.0; 2] {
            self.injected.resize(self.sizes.n(), T::zero());
            for population in Population::ALL {
                let cells = self.sizes.stimulated(population);
                self.injected[cells].fill(T::of(current[population.index()]));
            }
        }
    }

    /// Steps 2 to 7.
    fn recurrent(&mut self) {
        let cells = &mut self.cells;
        cells.step += 1;
        self.fired.clear();
        let factors = &self.factors;
        let synaptic = Current::ALL.map(|kind| {
            let charges = &cells.charges[kind as usize];
            Synaptic {
                charges: &charges.held,
                gain: T::of(factors.gain * factors.current[kind as usize] * charges.scale()),
            }
        });
        neuron::advance(
            &mut cells.exponents,
            synaptic,
            &self.injected,
            factors,
            &mut self.fired,
        );
        for (charges, decay) in cells.charges.iter_mut().zip(factors.decay) {
            charges.multiply(decay);
        }
        self.fired_e = self
            .fired
            .partition_point(|&cell| (cell as usize) < self.sizes.e);
        if !self.fired.is_empty() {
            self.propagate();
        }
        self.go_round();
        if let Some(factor) = self.cells.traces.decay() {
            for block in &mut self.blocks {
                block.rescale(factor);
            }
        }
    }

    /// Steps 4 to 6.
    fn propagate(&mut self) {
        let previous = self.cells.traces.previous_scale();
        let (fired_e, fired_i) = self.fired.split_at(self.fired_e);
        let fired = [fired_e, fired_i];
        self.cells.traces.fetch(&self.fired);
        for block in Block::ALL {
            if let Some(&first) = fired[block.pre().index()].first() {
                let place = &self.places[block.index()];
                self.blocks[block.index()].fetch(first as usize - place.pre.start);
            }
        }
        let traces = &mut self.cells.traces;
        for block in Block::ALL {
            let (projection, place) =
                (&mut self.blocks[block.index()], &self.places[block.index()]);
            if projection.is_deferred() {
                for &cell in fired[block.post().index()] {
                    projection.make_room(cell as usize, place, traces, previous);
                }
            }
        }
        traces.mark(&self.fired);
        let traces = &self.cells.traces;
        for block in Block::ALL {
            let (projection, place) =
                (&mut self.blocks[block.index()], &self.places[block.index()]);
            let pre = block.pre().index();
            let charges = &mut self.cells.charges[pre];
            let (unit, held) = (charges.unit(), &mut charges.held[place.post.clone()]);
            projection.deliver(fired[pre], place, traces, unit, held);
            projection.learn(fired[pre], fired[block.post().index()], place, traces);
        }
        self.cells.traces.raise(&self.fired);
        let traces = &self.cells.traces;
        for block in Block::ALL {
            let fired_post = fired[block.post().index()];
            self.blocks[block.index()].factor(fired_post, &self.places[block.index()], traces);
        }
    }

    /// Regular visits of columns that have not fired for long.
    fn go_round(&mut self) {
        let steps = (ROUND / self.dt) as usize;
        let step = (self.cells.step % steps as u64) as usize;
        let traces = &self.cells.traces;
        for (projection, place) in self.blocks.iter_mut().zip(&self.places) {
            projection.round(step, steps, place, traces);
        }
    }
}
