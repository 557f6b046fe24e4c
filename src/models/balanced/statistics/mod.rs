//! What is measured of a running network: step by step, in memory that does not grow with time.

pub mod cells;
pub mod covariance;
pub mod currents;
pub mod probe;
pub mod raster;
pub mod reference;
pub mod spectrum;
pub mod weights;

use std::ops::Range;

use serde::{Deserialize, Serialize};

use self::cells::Cells;
use self::covariance::{CountCovariance, Groups};
use self::currents::{CurrentMeans, Currents};
use self::probe::Probe;
use self::raster::RecentSpikes;
use self::spectrum::RateSpectrum;
use self::weights::{Synapse, WeightSample};
use super::metrics::Metric;
use super::network::{Current, Network};
use super::observe::Observation;
use super::settings::{Measure, Settings};
use super::sizes::{Block, Population, Sizes};
use super::theory::circuit::{Matrix, Pair};
use super::theory::covariance::of_counts;
use super::theory::outlook::Outlook;
use super::theory::rates::at_finite_size;
use crate::models::nn::real::Real;

/// Milliseconds between two readings.
const RATE: u64 = 50;
const CURRENTS: u64 = 100;
const WEIGHTS: u64 = 200;
const FINITE: u64 = 5_000;
/// The least measurement from which a prediction is made.
const SETTLED: u64 = 1_000;
/// A block of the rates that weights are compared with.
const BLOCK: u64 = 20_000;

/// Synapses of each block whose weights are read.
const SYNAPSES: usize = 2_000;

/// The groups of cells that are told apart: both parts of E, both parts of I.
const E1: usize = 0;
const E2: usize = 1;
pub const GROUPS: usize = 4;
const E: Range<usize> = 0..2;
const I: Range<usize> = 2..4;

/// All statistics of a run.
#[derive(Clone, Serialize, Deserialize)]
pub struct Statistics {
    sizes: Sizes,
    steps_per_ms: u64,
    measure: Measure,
    groups: Groups,
    pub cells: Cells,
    pub covariance: CountCovariance,
    pub spectrum: RateSpectrum,
    pub currents: CurrentMeans,
    pub weights: [WeightSample; 4],
    pub raster: RecentSpikes,
    pub probe: Probe,
    /// Spikes of each group in this millisecond, and in this reading of the rates.
    in_ms: [u32; GROUPS],
    in_reading: [u32; GROUPS],
    /// Milliseconds done, and at which of them the measurement began.
    ms: u64,
    began: u64,
    /// In the order of the metric table.
    values: Vec<f64>,
    #[serde(skip)]
    outlook: Option<Box<Outlook>>,
}

impl Statistics {
    pub fn new<T: Real>(settings: &Settings, network: &Network<T>) -> Self {
        let sizes = settings.sizes;
        let parts = |population: Population| {
            let first = sizes.stimulated(population).len();
            [first, sizes.of(population) - first]
        };
        let sizes_of_groups = [parts(Population::E), parts(Population::I)].concat();
        let groups = Groups::new(&sizes_of_groups);
        let mut statistics = Self {
            sizes,
            steps_per_ms: settings.steps_per_unit(),
            measure: settings.measure,
            cells: Cells::new(sizes.n()),
            covariance: CountCovariance::new(groups.clone(), settings.measure.cells),
            spectrum: RateSpectrum::new(1.0),
            currents: CurrentMeans::new(&groups),
            weights: Block::ALL.map(|block| WeightSample::new(sample(network, block))),
            raster: RecentSpikes::new(&groups),
            probe: Probe::default(),
            groups,
            in_ms: [0; GROUPS],
            in_reading: [0; GROUPS],
            ms: 0,
            began: 0,
            values: vec![f64::NAN; Metric::COUNT],
            outlook: None,
        };
        statistics.apply(settings);
        statistics.read_weights(network);
        statistics.predict(false);
        statistics
    }

    /// Takes over parameters that have changed, or that a loaded state runs under.
    pub fn apply(&mut self, settings: &Settings) {
        if settings.measure != self.measure {
            self.measure = settings.measure;
            self.restart();
        }
        self.probe.watch(settings.watch);
        self.outlook = Some(Box::new(Outlook::new(settings)));
    }

    /// Whether a loaded state is of these settings and of the same network as `ours`.
    pub fn fits(&self, settings: &Settings, ours: &Self) -> bool {
        let n = settings.sizes.n();
        self.sizes == settings.sizes
            && self.steps_per_ms == settings.steps_per_unit()
            && self.measure == settings.measure
            && self.probe.cell == settings.watch
            && self.values.len() == Metric::COUNT
            && self.groups.cells() == n
            && self.cells.len() == n
            && self.began <= self.ms
            && self
                .weights
                .iter()
                .zip(&ours.weights)
                .all(|(a, b)| a.fits(b))
            && self.covariance.fits(&self.groups, self.measure.cells)
            && self.spectrum.fits()
            && self.raster.fits(&self.groups)
            && self.currents.fits(&self.groups)
    }

    /// The metrics, in the order of the table.
    pub fn metrics(&self) -> &[f64] {
        &self.values
    }

    pub fn get(&self, metric: Metric) -> f64 {
        self.values[metric as usize]
    }

    pub fn outlook(&self) -> &Outlook {
        self.outlook
            .as_ref()
            .expect("parameters are applied when statistics are made or loaded")
    }

    pub fn groups(&self) -> &Groups {
        &self.groups
    }

    /// Steps done at the end of the last millisecond.
    pub fn step(&self) -> u64 {
        self.ms * self.steps_per_ms
    }

    /// Seconds that the measurement has lasted.
    pub fn measured(&self) -> f64 {
        (self.ms - self.began) as f64 * 1e-3
    }

    /// Takes a step.
    pub fn observe<T: Real>(&mut self, seen: &Observation<'_, T>) {
        if !seen.spikes.is_empty() {
            self.cells.take(seen.step, seen.spikes);
            self.raster.take(seen.step, seen.spikes);
            let (e, i) = seen.spikes.split_at(seen.spikes_e);
            let stimulated_i = self.groups.range(2).end as u32;
            let first = e.partition_point(|id| (*id as usize) < self.sizes.stimulated_e);
            let second = i.partition_point(|id| *id < stimulated_i);
            self.in_ms[0] += first as u32;
            self.in_ms[1] += (e.len() - first) as u32;
            self.in_ms[2] += second as u32;
            self.in_ms[3] += (i.len() - second) as u32;
        }
        self.probe.take(seen.network);
        if seen.unit_done {
            self.end_ms(seen.network);
        }
    }

    fn end_ms<T: Real>(&mut self, network: &Network<T>) {
        self.ms += 1;
        let ms = self.ms;
        let rate = |counts: &[u32; GROUPS], groups: Range<usize>, ms: f64| {
            let count: u32 = counts[groups.clone()].iter().sum();
            f64::from(count) / (self.count(groups) as f64 * ms)
        };
        let both = [rate(&self.in_ms, E, 1.0), rate(&self.in_ms, I, 1.0)];
        for (sum, count) in self.in_reading.iter_mut().zip(self.in_ms) {
            *sum += count;
        }
        self.in_ms = [0; GROUPS];
        self.spectrum.take(both);
        self.currents.take(|cells| Currents {
            e: network.mean_current(Current::E, cells.clone()),
            i: network.mean_current(Current::I, cells.clone()),
            x: network.mean_current(Current::X, cells.clone()),
            // All cells of a group are stimulated alike.
            injected: network.injected(cells.start),
        });
        if ms.is_multiple_of(RATE) {
            self.read_rates(network.stimulated());
        }
        if ms.is_multiple_of(CURRENTS) {
            self.read_currents();
        }
        if ms.is_multiple_of(WEIGHTS) {
            self.read_weights(network);
        }
        if ms.is_multiple_of(CURRENTS) {
            self.predict(network.stimulated());
        }
        if ms.is_multiple_of(BLOCK) {
            self.cells.end_block(self.step());
        }
        self.measure();
        if ms.is_multiple_of(FINITE) && ms - self.began >= SETTLED {
            self.predict_finite_fixed_point();
        }
    }

    /// Cells in neighbouring groups.
    fn count(&self, groups: Range<usize>) -> usize {
        groups.map(|group| self.groups.range(group).len()).sum()
    }

    fn set(&mut self, metric: Metric, value: f64) {
        self.values[metric as usize] = value;
    }

    fn set_block(&mut self, first: Metric, block: usize, value: f64) {
        self.values[first as usize + block] = value;
    }

    fn read_rates(&mut self, stimulated: bool) {
        let rate = |groups: Range<usize>| {
            let count: u32 = self.in_reading[groups.clone()].iter().sum();
            f64::from(count) * 1e3 / (self.count(groups) as f64 * RATE as f64)
        };
        let (e, i) = (rate(E), rate(I));
        let parts = match self.outlook().has_parts() {
            true => [rate(E1..E1 + 1), rate(E2..E2 + 1)],
            false => [f64::NAN; 2],
        };
        self.in_reading = [0; GROUPS];
        self.set(Metric::RateE, e);
        self.set(Metric::RateI, i);
        self.set(Metric::RateE1, parts[0]);
        self.set(Metric::RateE2, parts[1]);
        self.set(Metric::Stimulated, f64::from(u8::from(stimulated)));
    }

    fn read_weights<T: Real>(&mut self, network: &Network<T>) {
        let root = (self.sizes.n() as f64).sqrt();
        let (time, step) = (self.ms as f64 * 1e-3, self.step());
        let parted = self.outlook().has_parts();
        let stimulated = self.sizes.stimulated_e;
        for (b, block) in Block::ALL.into_iter().enumerate() {
            let sample = &mut self.weights[b];
            sample.take(time, |synapse| {
                let (pre, post) = (synapse.pre as usize, synapse.post as usize);
                root * network.weight_between(block, synapse.place, pre, post)
            });
            let cells = &self.cells;
            let moments =
                sample.moments(|pre| cells.recent_rate(pre, step), |post| post < stimulated);
            self.set_block(Metric::JEe, b, moments.mean);
            self.set_block(Metric::JEeSd, b, moments.sd);
            self.set_block(Metric::JEeWeighted, b, moments.rate_weighted);
            self.set_block(Metric::JEeCorr, b, moments.rate_correlation);
            if parted && block == Block::Ei {
                self.set(Metric::JE1i, moments.onto_parts[0]);
                self.set(Metric::JE2i, moments.onto_parts[1]);
            }
        }
    }

    fn shares(&self, groups: Range<usize>) -> [f64; GROUPS] {
        let mut shares = [0.0; GROUPS];
        for group in groups {
            shares[group] = self.groups.range(group).len() as f64;
        }
        shares
    }

    fn read_currents(&mut self) {
        let (e, i) = (
            self.currents.of_unit(&self.shares(E)),
            self.currents.of_unit(&self.shares(I)),
        );
        self.currents.end_unit();
        for (first, currents) in [(Metric::EFromE, e), (Metric::IFromE, i)] {
            let parts = [currents.e, currents.i, currents.x, currents.total()];
            for (k, value) in parts.into_iter().enumerate() {
                self.set_block(first, k, value);
            }
        }
    }

    /// The present mean weights (mV).
    pub fn mean_weights(&self) -> Matrix {
        let j = |block: usize| self.values[Metric::JEe as usize + block];
        [[j(0), j(1)], [j(2), j(3)]]
    }

    /// Mean weights as they act, each weighted by the rate of its presynaptic cell where known.
    fn acting_weights(&self) -> Matrix {
        let j = |block: usize| {
            let weighted = self.values[Metric::JEeWeighted as usize + block];
            if weighted.is_finite() {
                weighted
            } else {
                self.values[Metric::JEe as usize + block]
            }
        };
        [[j(0), j(1)], [j(2), j(3)]]
    }

    /// The predictions that follow the weights.
    fn predict(&mut self, stimulated: bool) {
        let outlook = self.outlook();
        let hz = |rates: Option<Pair>| rates.map_or([f64::NAN; 2], |r| r.map(|r| 1e3 * r));
        let weights = self.acting_weights();
        let rates = hz(outlook.rates(weights, stimulated).ok());
        let (mut parts, mut onto_parts) = ([f64::NAN; 2], [f64::NAN; 2]);
        if outlook.has_parts() {
            parts = hz(outlook.part_rates(weights, stimulated).ok());
            onto_parts = outlook.part_weights(stimulated).unwrap_or([f64::NAN; 2]);
        }
        let mut fixed = [f64::NAN; 4];
        if let Ok(point) = &outlook.fixed {
            for (b, fixed) in fixed.iter_mut().enumerate() {
                if outlook.rules.acts_on(b / 2, b % 2) {
                    *fixed = point.j[b / 2][b % 2];
                }
            }
        }
        let present = outlook.present(weights, stimulated);
        let window = self.measure.window;
        let covariance = of_counts(&present, outlook.n, window).unwrap_or([[f64::NAN; 2]; 2]);
        self.set(Metric::RateETheory, rates[0]);
        self.set(Metric::RateITheory, rates[1]);
        self.set(Metric::RateE1Theory, parts[0]);
        self.set(Metric::RateE2Theory, parts[1]);
        self.set(Metric::JE1iTheory, onto_parts[0]);
        self.set(Metric::JE2iTheory, onto_parts[1]);
        for (b, fixed) in fixed.into_iter().enumerate() {
            self.set_block(Metric::JEeTheory, b, fixed);
        }
        self.set(Metric::CovEeTheory, covariance[0][0]);
        self.set(Metric::CovEiTheory, covariance[0][1]);
        self.set(Metric::CovIiTheory, covariance[1][1]);
    }

    /// Mean total currents over the measurement as the voltage sees them (mV/ms).
    fn residual(&self) -> Pair {
        let outlook = self.outlook();
        // Currents are read after their decay. Recurrent ones act so; external ones acted before.
        let before = 1.0 - outlook.dt / outlook.circuit.tau_x;
        [E, I].map(|groups| {
            let mean = self.currents.measured(&self.shares(groups));
            mean.e + mean.i + mean.x / before + mean.injected
        })
    }

    fn predict_finite_fixed_point(&mut self) {
        let outlook = self.outlook();
        let mut values = [f64::NAN; 4];
        if let Ok(point) = outlook.fixed_at_finite_size(self.residual()) {
            for (b, value) in values.iter_mut().enumerate() {
                if outlook.rules.acts_on(b / 2, b % 2) {
                    *value = point.j[b / 2][b % 2];
                }
            }
        }
        for (b, value) in values.into_iter().enumerate() {
            self.set_block(Metric::JEeFinite, b, value);
        }
    }

    fn window(&self) -> u64 {
        self.measure.window.round().max(1.0) as u64
    }

    /// Ends windows, and the measurement itself where it is its time.
    fn measure(&mut self) {
        let from = (self.measure.from * 1e3).round() as u64;
        if self.ms == from {
            self.restart();
            return;
        }
        let lasted = self.ms - self.began;
        let length = (self.measure.length * 1e3).round() as u64;
        let complete = length > 0 && lasted >= length;
        let window_ends = lasted.is_multiple_of(self.window());
        if window_ends {
            let cells = &mut self.cells;
            self.covariance.take(|each| cells.end_window(each));
        }
        // While measurements follow each other, the last complete one is shown.
        let goes_on = length == 0 || self.get(Metric::CovEe).is_nan();
        if complete || (window_ends && goes_on) {
            self.read_measurement();
        }
        if complete {
            self.restart();
        }
    }

    fn restart(&mut self) {
        self.began = self.ms;
        self.cells.restart(self.step());
        self.covariance = CountCovariance::new(self.groups.clone(), self.measure.cells);
        self.spectrum = RateSpectrum::new(1.0);
        self.currents.restart();
    }

    fn read_measurement(&mut self) {
        let step = self.step();
        let per_ms = self.steps_per_ms as f64;
        let (e, i) = (self.cells_of(E), self.cells_of(I));
        for (ids, mean, sd, cv) in [
            (e, Metric::MeanRateE, Metric::RateSdE, Metric::CvE),
            (i, Metric::MeanRateI, Metric::RateSdI, Metric::CvI),
        ] {
            let rates = self.cells.rates(ids.clone(), step);
            self.set(mean, 1e3 * per_ms * rates.0);
            self.set(sd, 1e3 * per_ms * rates.1);
            let value = self.cells.mean_cv(ids);
            self.set(cv, value);
        }
        for (groups, residual, balance) in [
            (E, Metric::ResidualE, Metric::BalanceE),
            (I, Metric::ResidualI, Metric::BalanceI),
        ] {
            let mean = self.currents.measured(&self.shares(groups));
            self.set(residual, mean.total());
            self.set(balance, mean.total().abs() / mean.i.abs());
        }
        self.predict_finite_rates();
        self.read_covariances();
    }

    fn predict_finite_rates(&mut self) {
        let outlook = self.outlook();
        let mut circuit = outlook.present(self.acting_weights(), false);
        let residual = self.residual();
        // What was injected is part of the measured total and of the drive.
        for (groups, stim) in [E, I].into_iter().zip(&mut circuit.stim) {
            *stim = self.currents.measured(&self.shares(groups)).injected / outlook.n.sqrt();
        }
        let circuit = circuit.under_euler(outlook.dt);
        let rates = at_finite_size(&circuit, residual, [0.0; 2], outlook.n);
        let rates = rates.map_or([f64::NAN; 2], |rates| rates.map(|rate| 1e3 * rate));
        self.set(Metric::RateEFinite, rates[0]);
        self.set(Metric::RateIFinite, rates[1]);
    }

    fn read_covariances(&mut self) {
        let all = &self.covariance;
        if all.windows() < 2 {
            return;
        }
        let (ee, ei, ii) = (all.mean(E, E), all.mean(E, I), all.mean(I, I));
        let correlation = |a, b| all.mean_correlation(a, b).off_diagonal;
        let correlations = [correlation(E, E), correlation(E, I), correlation(I, I)];
        let synchrony = [all.synchrony(E), all.synchrony(I)];
        let mut parts = [f64::NAN; 4];
        if self.outlook().has_parts() {
            let (first, second) = (E1..E1 + 1, E2..E2 + 1);
            parts = [
                all.mean(first.clone(), first.clone()).off_diagonal,
                all.mean(first.clone(), second.clone()).off_diagonal,
                all.mean(first, I).off_diagonal,
                all.mean(second, I).off_diagonal,
            ];
        }
        self.set(Metric::CovEe, ee.off_diagonal);
        self.set(Metric::CovEeDiagonal, ee.with_diagonal);
        self.set(Metric::CovEi, ei.off_diagonal);
        self.set(Metric::CovIi, ii.off_diagonal);
        for (k, value) in correlations.into_iter().enumerate() {
            self.set_block(Metric::CorrEe, k, value);
        }
        for (k, value) in parts.into_iter().enumerate() {
            self.set_block(Metric::CovE1e1, k, value);
        }
        self.set(Metric::SynchronyE, synchrony[0]);
        self.set(Metric::SynchronyI, synchrony[1]);
    }

    fn cells_of(&self, groups: Range<usize>) -> Range<usize> {
        self.groups.range(groups.start).start..self.groups.range(groups.end - 1).end
    }
}

/// Synapses of a block, evenly spread over those that exist: the wiring is random.
fn sample<T: Real>(network: &Network<T>, block: Block) -> Vec<Synapse> {
    let sizes = network.sizes();
    let wires = network.wires(block);
    let (posts, pres) = (
        sizes.range(block.post()).start,
        sizes.range(block.pre()).start,
    );
    let synapse = |place: usize| Synapse {
        place,
        post: (posts + wires.target(place)) as u32,
        pre: (pres + wires.pre_of(place)) as u32,
    };
    covariance::spread(0..network.synapses(block), SYNAPSES)
        .map(synapse)
        .collect()
}
