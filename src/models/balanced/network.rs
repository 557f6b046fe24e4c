//! The network: its state, how it is built, and what can be read of it.

use std::borrow::Cow;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::charges::Charges;
use super::input::{Input, Law};
use super::projection::{Path, Place, Projection, Saved, Weights};
use super::rules::Rule;
use super::settings::{Factors, Neuron, Settings, Taus};
use super::sizes::{Block, Population, Sizes};
use super::stimulus::Stimulation;
use super::traces::Traces;
use super::wires::{Wires, unit};
use crate::models::nn::real::Real;
use crate::models::random::stream;

/// A synaptic current, by where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Current {
    /// From E cells.
    E,
    /// From I cells.
    I,
    /// From the external layers.
    X,
}

impl Current {
    pub const ALL: [Self; 3] = [Self::E, Self::I, Self::X];
}

/// Everything that changes in a step but the weights.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound = "T: Real")]
pub struct Cells<T> {
    /// Steps done.
    pub step: u64,
    /// `u` of the voltages, see [`Exponents`](super::settings::Exponents).
    pub exponents: Vec<T>,
    /// Of the currents of E, I and X.
    pub charges: [Charges<T>; 3],
    pub traces: Traces<T>,
}

/// The external layers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Layers {
    pub x: Input,
    /// Fires only during stimulation.
    pub x2: Option<Input>,
    pub stimulation: Stimulation,
}

/// A balanced network in the precision `T`. Cells are numbered E first.
pub struct Network<T> {
    pub(super) sizes: Sizes,
    pub(super) dt: f64,
    pub(super) factors: Factors<T>,
    pub(super) cells: Cells<T>,
    /// The recurrent blocks, in the order of [`Block::ALL`].
    pub(super) blocks: [Projection<T>; 4],
    pub(super) places: [Place; 4],
    /// X to E and to I.
    pub(super) external: [Projection<T>; 2],
    /// X2 to the stimulated E cells.
    pub(super) external2: Option<Projection<T>>,
    /// None where spike times are given (reference cases).
    pub(super) layers: Option<Layers>,
    /// Injected current of each cell in mV/ms, empty while there is none.
    pub(super) injected: Vec<T>,
    /// Cells that fired in the last step, ascending, and how many of them are E.
    pub(super) fired: Vec<u32>,
    pub(super) fired_e: usize,
    /// External neurons that fired in the last step.
    pub(super) fired_x: Vec<u32>,
}

/// What a checkpoint holds of a network.
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Checkpoint<'a, T: Real> {
    cells: Cow<'a, Cells<T>>,
    blocks: [Saved<'a, T>; 4],
    layers: Cow<'a, Option<Layers>>,
}

fn places(sizes: &Sizes) -> [Place; 4] {
    Block::ALL.map(|block| Place {
        post: sizes.range(block.post()),
        pre: sizes.range(block.pre()),
    })
}

impl<T: Real> Network<T> {
    /// Draws connections, initial voltages and the first external spikes from streams of `seed`.
    pub fn random(settings: &Settings, seed: u64) -> Self {
        let sizes = settings.sizes;
        let root = settings.root_n();
        let wires = |posts, pres, p: f64, name: &str| {
            let mut random = stream(seed, &format!("connectivity {name}"));
            Wires::random(posts, pres, p, &mut random)
        };
        let blocks = Block::ALL.map(|block| {
            let (posts, pres) = (sizes.of(block.post()), sizes.of(block.pre()));
            let wires = wires(posts, pres, settings.p[block.index()], block.name());
            let weight = T::of(settings.j[block.index()] / root);
            Projection::new(wires, Weights::Uniform(weight))
        });
        let external = [(Population::E, "ex"), (Population::I, "ix")].map(|(population, name)| {
            let p = settings.p_x[population.index()];
            let wires = wires(sizes.of(population), sizes.x, p, name);
            let weight = T::of(settings.j_x[population.index()] / root);
            Projection::new(wires, Weights::Uniform(weight))
        });
        let stimulus = &settings.stimulus;
        let external2 = (sizes.x2 > 0).then(|| {
            let wires = wires(sizes.stimulated_e, sizes.x2, stimulus.p_x2, "ex2");
            Projection::new(wires, Weights::Uniform(T::of(stimulus.j_x2 / root)))
        });
        let mut random = stream(seed, "voltages");
        let neuron = &settings.neuron;
        let voltage = |_| neuron.v_re + unit(&mut random) * (neuron.v_t - neuron.v_re);
        let voltages: Vec<f64> = (0..sizes.n()).map(voltage).collect();
        let layers = Layers {
            x: Input::new(x_law(settings), seed, "external"),
            x2: (sizes.x2 > 0).then(|| Input::new(x2_law(settings), seed, "stimulation")),
            stimulation: Stimulation::default(),
        };
        let mut network = Self::assemble(
            sizes,
            settings.dt,
            (neuron, &settings.taus),
            &voltages,
            blocks,
            external,
        );
        network.external2 = external2;
        network.layers = Some(layers);
        network.apply(settings);
        network
    }

    /// From parts, with silent external layers and no rules.
    pub(super) fn assemble(
        sizes: Sizes,
        dt: f64,
        (neuron, taus): (&Neuron, &Taus),
        voltages: &[f64],
        blocks: [Projection<T>; 4],
        external: [Projection<T>; 2],
    ) -> Self {
        let n = sizes.n();
        let factors = Factors::new(dt, neuron, taus);
        let exponent = |voltage: &f64| T::of(factors.exponents.of(*voltage));
        Self {
            sizes,
            dt,
            factors,
            cells: Cells {
                step: 0,
                exponents: voltages.iter().map(exponent).collect(),
                charges: Current::ALL.map(|_| Charges::new(n)),
                traces: Traces::new(n, 1.0 - dt / taus.stdp),
            },
            blocks,
            places: places(&sizes),
            external,
            external2: None,
            layers: None,
            injected: Vec::new(),
            fired: Vec::with_capacity(n),
            fired_e: 0,
            fired_x: Vec::with_capacity(n),
        }
    }

    /// Takes over everything that may change while the network runs.
    pub fn apply(&mut self, settings: &Settings) {
        let old = self.factors;
        self.factors = Factors::new(self.dt, &settings.neuron, &settings.taus);
        // Voltages and currents stay as they are where their scales change.
        if old.exponents != self.factors.exponents {
            for u in &mut self.cells.exponents {
                let voltage = old.exponents.voltage(u.f64());
                *u = T::of(self.factors.exponents.of(voltage));
            }
        }
        let changes = old.current.into_iter().zip(self.factors.current);
        for (charges, (old, new)) in self.cells.charges.iter_mut().zip(changes) {
            if old != new {
                charges.multiply(old / new);
            }
        }
        let decay = 1.0 - self.dt / settings.taus.stdp;
        if decay != self.cells.traces.decay_factor() {
            self.flush();
            self.cells.traces.set_decay(decay);
        }
        for block in Block::ALL {
            let (rules, clamp) = learning(settings, block);
            self.set_rules(block, rules, clamp, settings.deferred);
        }
        let root = settings.root_n();
        for (external, j) in self.external.iter_mut().zip(settings.j_x) {
            external.set_uniform(T::of(j / root));
        }
        if let Some(external2) = &mut self.external2 {
            external2.set_uniform(T::of(settings.stimulus.j_x2 / root));
        }
        let now = self.time();
        if let Some(layers) = &mut self.layers {
            layers.x.set_law(x_law(settings), now);
            if let Some(x2) = &mut layers.x2 {
                x2.set_law(x2_law(settings), now);
            }
            layers.stimulation.set(&settings.stimulus, root);
        }
        self.inject();
    }

    pub(super) fn set_rules(
        &mut self,
        block: Block,
        rules: Vec<Rule>,
        clamp: Option<f64>,
        deferred: bool,
    ) {
        let i = block.index();
        let (place, traces) = (&self.places[i], &self.cells.traces);
        self.blocks[i].set_rules(rules, clamp, deferred, place, traces);
    }

    /// Does every update that is pending, between two steps.
    pub fn flush(&mut self) {
        let traces = &self.cells.traces;
        for (block, place) in self.blocks.iter_mut().zip(&self.places) {
            block.flush(place, traces, traces.previous_scale());
        }
    }

    pub fn sizes(&self) -> Sizes {
        self.sizes
    }

    /// Steps done.
    pub fn step_count(&self) -> u64 {
        self.cells.step
    }

    /// Simulated time in ms.
    pub fn time(&self) -> f64 {
        self.cells.step as f64 * self.dt
    }

    pub fn dt(&self) -> f64 {
        self.dt
    }

    /// Membrane potential of a cell in mV, after the reset.
    pub fn voltage(&self, cell: usize) -> f64 {
        self.factors
            .exponents
            .voltage(self.cells.exponents[cell].f64())
    }

    /// Membrane potentials after the reset, on the scale of [`Exponents`](super::settings::Exponents).
    pub fn exponents(&self) -> &[T] {
        &self.cells.exponents
    }

    /// A synaptic current of one cell in mV/ms, after the decay.
    pub fn current(&self, kind: Current, cell: usize) -> f64 {
        self.cells.charges[kind as usize].held[cell].f64() * self.current_of_held(kind)
    }

    /// Mean of a synaptic current over cells in mV/ms, after the decay.
    pub fn mean_current(&self, kind: Current, cells: Range<usize>) -> f64 {
        let count = cells.len() as f64;
        let sum = super::sums::sum(&self.cells.charges[kind as usize].held[cells]);
        sum * self.current_of_held(kind) / count
    }

    /// What turns held charges into currents now.
    fn current_of_held(&self, kind: Current) -> f64 {
        self.factors.current[kind as usize] * self.cells.charges[kind as usize].scale()
    }

    /// The injected current of a cell in mV/ms.
    pub fn injected(&self, cell: usize) -> f64 {
        self.injected.get(cell).map_or(0.0, |current| current.f64())
    }

    /// Whether stimulated cells are being stimulated.
    pub fn stimulated(&self) -> bool {
        self.layers
            .as_ref()
            .is_some_and(|layers| layers.stimulation.is_on())
    }

    /// The trace of a cell, after the decay.
    pub fn trace(&self, cell: usize) -> f64 {
        self.cells.traces.x(cell).f64()
    }

    /// Cells that fired in the last step, ascending.
    pub fn fired(&self) -> &[u32] {
        &self.fired
    }

    /// How many of [`fired`](Self::fired) are E cells; they come first.
    pub fn fired_e(&self) -> usize {
        self.fired_e
    }

    /// Neurons of the layer X that fired in the last step.
    pub fn fired_x(&self) -> &[u32] {
        &self.fired_x
    }

    /// Number of synapses in a block.
    pub fn synapses(&self, block: Block) -> usize {
        self.blocks[block.index()].wires.count()
    }

    /// The wires of a block: cells are counted within their populations.
    pub fn wires(&self, block: Block) -> &Wires {
        &self.blocks[block.index()].wires
    }

    /// The common weight `J` of a block that no rule has touched.
    pub fn uniform_weight(&self, block: Block) -> Option<f64> {
        self.blocks[block.index()].uniform().map(Real::f64)
    }

    /// The first of some synapses of a block whose weight `J` (mV) is beyond `bound`, with that
    /// weight, where a rule has touched the block. Updates that are pending are left out.
    pub fn beyond(&self, block: Block, synapses: Range<usize>, bound: f64) -> Option<(usize, f64)> {
        let found = self.blocks[block.index()].beyond(synapses, T::of(bound));
        found.map(|(synapse, weight)| (synapse, weight.f64()))
    }

    /// The weight `J` (mV) of one synapse, up to date.
    pub fn weight(&self, block: Block, synapse: usize) -> f64 {
        let i = block.index();
        self.blocks[i]
            .weight(synapse, &self.places[i], &self.cells.traces)
            .f64()
    }

    /// The weight `J` (mV) of the synapse from `pre` to `post`, counted among all cells, up to date.
    pub fn weight_between(&self, block: Block, synapse: usize, pre: usize, post: usize) -> f64 {
        self.blocks[block.index()]
            .weight_between(synapse, pre, post, &self.cells.traces)
            .f64()
    }

    /// Writes the weights `J` (mV) from presynaptic cell `k` of a block, up to date; their targets
    /// are those of `wires(block).column(k)`.
    pub fn column(&self, block: Block, k: usize, out: &mut Vec<T>) {
        let i = block.index();
        self.blocks[i].column(k, &self.places[i], &self.cells.traces, out);
    }

    /// Bytes that wires and weights take.
    pub fn synapse_bytes(&self) -> usize {
        let all = self
            .blocks
            .iter()
            .chain(&self.external)
            .chain(&self.external2);
        all.map(Projection::bytes).sum()
    }

    pub(super) fn save(&self) -> Checkpoint<'_, T> {
        Checkpoint {
            cells: Cow::Borrowed(&self.cells),
            blocks: self.blocks.each_ref().map(Projection::save),
            layers: Cow::Borrowed(&self.layers),
        }
    }

    /// Whether a checkpoint saved under `settings` has the sizes of this network.
    pub(super) fn fits(&self, saved: &Checkpoint<T>, settings: &Settings) -> bool {
        let n = self.sizes.n();
        let layers = match (&*saved.layers, &self.layers) {
            (Some(saved), Some(ours)) => {
                saved.x.fits(self.sizes.x)
                    && saved.x2.is_some() == ours.x2.is_some()
                    && saved.x2.iter().all(|x2| x2.fits(self.sizes.x2))
            }
            (saved, ours) => saved.is_none() && ours.is_none(),
        };
        saved.cells.exponents.len() == n
            && saved.cells.charges.iter().all(|charges| charges.fits(n))
            && saved.cells.traces.fits(n)
            && layers
            && Block::ALL.into_iter().all(|block| {
                let (i, path) = (block.index(), path(settings, block));
                self.blocks[i].fits(&saved.blocks[i], path)
            })
    }

    /// Takes over a checkpoint that fits, saved under `settings`.
    pub(super) fn restore(&mut self, saved: Checkpoint<T>, settings: &Settings) {
        self.cells = saved.cells.into_owned();
        self.layers = saved.layers.into_owned();
        for (block, (projection, saved)) in Block::ALL
            .into_iter()
            .zip(self.blocks.iter_mut().zip(saved.blocks))
        {
            let (rules, clamp) = learning(settings, block);
            projection.restore(saved, rules, clamp, path(settings, block));
        }
        self.factors = Factors::new(self.dt, &settings.neuron, &settings.taus);
        self.fired.clear();
        self.fired_x.clear();
        self.fired_e = 0;
        self.apply(settings);
    }
}

/// The rules on a block and, where they are clamped, the sign of its weights.
fn learning(settings: &Settings, block: Block) -> (Vec<Rule>, Option<f64>) {
    let clamp = settings.sign_clamp.then(|| block.sign());
    (settings.rules_on(block).collect(), clamp)
}

/// The path that the weights of a block take.
pub(super) fn path(settings: &Settings, block: Block) -> Path {
    let (rules, clamp) = learning(settings, block);
    Path::of(&rules, clamp, settings.deferred)
}

fn x_law(settings: &Settings) -> Law {
    Law {
        neurons: settings.sizes.x,
        rate: 1e-3 * settings.r_x,
        c: settings.c,
        tau_jitter: settings.tau_jitter,
    }
}

fn x2_law(settings: &Settings) -> Law {
    Law {
        neurons: settings.sizes.x2,
        rate: 1e-3 * settings.stimulus.r_x2,
        c: 0.0,
        tau_jitter: settings.tau_jitter,
    }
}
