//! One training step, quantum by quantum.
//!
//! The order of a step is that of [`Stage`]. What each metric samples: `loss` and `accuracy` the
//! forward pass, `energy` the beliefs before the last sweep's update, gradients and everything that
//! is compared the moment before the weights move, `test_*` and `weight_drift` the moment after.

use std::ops::Range;

use super::backprop;
use super::batches::gather;
use super::fixed_pred;
use super::method::Method;
use super::model::PredictiveCoding;
use super::state::{Cursor, Stage, State};
use super::strict::{self, Measured, Terms};
use super::theory;
use crate::models::nn::elementwise as each;
use crate::models::nn::layer::part;
use crate::models::nn::loss::{Judged, Loss, Reduction, Target};
use crate::models::nn::optimiser::Rate;
use crate::models::{Fault, Progress};

/// Additions and multiplications that one quantum may take: 3 to 4 ms.
const BUDGET: usize = 300_000_000;

impl PredictiveCoding {
    pub(super) fn quantum(&mut self) -> Progress {
        let result = match self.state.cursor.stage {
            Stage::Draw => {
                self.state.batches.draw(self.settings.batch);
                self.gather();
                self.forward()
            }
            Stage::Forward => self.forward(),
            Stage::Reference => self.reference(),
            Stage::Limit => self.limit(),
            Stage::Sweep => self.sweep(),
            Stage::Gradient => self.gradient(),
            Stage::Compare => self.compare(),
            Stage::Update => self.update(),
            Stage::Test => self.test(),
        };
        match result {
            Err(fault) => {
                // The same batch again, from a boundary where every parameter can be mended.
                self.state.cursor = Cursor::at(Stage::Forward);
                Progress::Fault(fault)
            }
            Ok(()) if self.state.cursor.stage == Stage::Draw => {
                self.measure_drift();
                self.state.step += 1;
                let State { metrics, draft, .. } = &mut self.state;
                metrics.copy_from_slice(draft);
                Progress::UnitDone
            }
            Ok(()) => Progress::Continue,
        }
    }

    /// The images of the present batch.
    pub(super) fn gather(&mut self) {
        let chosen = &self.state.batches.drawn;
        gather(
            &self.data.train,
            chosen,
            &mut self.work.input,
            &mut self.labels,
        );
    }

    /// Whether the present step is compared with backpropagation.
    pub(super) fn compares(&self) -> bool {
        let every = self.settings.compare_every;
        every > 0 && self.state.step.is_multiple_of(every)
    }

    pub(super) fn tests(&self) -> bool {
        let every = self.settings.test_every;
        every > 0 && (self.state.step + 1).is_multiple_of(every)
    }

    pub(super) fn sweeps(&self) -> usize {
        self.settings.sweeps(self.network.depth())
    }

    /// The samples that the next quantum takes of a stage with `total` samples of this much work.
    pub(super) fn rows(&self, flops_per_sample: usize, total: usize) -> Range<usize> {
        let start = self.state.cursor.row;
        let most = (BUDGET / flops_per_sample.max(1)).max(1);
        start..total.min(start.saturating_add(most))
    }

    /// Stays in the stage while samples are left, else goes to the next stage that has work.
    pub(super) fn proceed(&mut self, rows: &Range<usize>, total: usize) {
        if rows.end < total {
            self.state.cursor.row = rows.end;
            return;
        }
        let strict = self.settings.method == Method::Strict;
        let zil = self.settings.method == Method::Zil;
        let (compares, sweeps) = (self.compares(), self.sweeps() > 0);
        let stages = [
            (Stage::Forward, true),
            (Stage::Reference, compares && sweeps),
            (Stage::Limit, strict && (compares || self.settings.auto_eta)),
            (Stage::Sweep, sweeps),
            (Stage::Gradient, !zil),
            (Stage::Compare, compares),
            (Stage::Update, true),
            (Stage::Test, self.tests()),
        ];
        let here = match self.state.cursor.stage {
            Stage::Draw => Stage::Forward,
            stage => stage,
        };
        let next = stages
            .iter()
            .skip_while(|(stage, _)| *stage != here)
            .skip(1)
            .find(|(_, due)| *due)
            .map_or(Stage::Draw, |(stage, _)| *stage);
        self.state.cursor = Cursor::at(next);
    }

    /// Work of the layers above the first, of one sample.
    pub(super) fn upper_flops(&self) -> usize {
        self.network.layers.iter().skip(1).map(|l| l.flops()).sum()
    }

    pub(super) fn flops(&self) -> usize {
        self.network.layers.iter().map(|l| l.flops()).sum()
    }

    fn begin(&mut self) {
        let depth = self.network.depth();
        self.state.tally.clear(depth);
        let sweeps = self.sweeps();
        self.state.record.fit(sweeps, depth);
        let State { draft, metrics, .. } = &mut self.state;
        draft.copy_from_slice(metrics);
        let p = &self.places;
        for at in [p.energy, p.energy_ratio, p.energy_rises, p.eta_used] {
            draft[at] = f64::NAN;
        }
        draft[p.error_rms.clone()].fill(f64::NAN);
        draft[p.sweeps] = sweeps as f64;
    }

    fn forward(&mut self) -> Result<(), Fault> {
        let (batch, depth) = (self.settings.batch, self.network.depth());
        if self.state.cursor.row == 0 {
            self.begin();
        }
        let rows = self.rows(self.flops(), batch);
        let judged = self.forward_rows(&rows);
        let tally = &mut self.state.tally;
        tally.loss += judged.loss;
        tally.correct += judged.correct;
        if rows.end == batch {
            let weight = self.settings.loss.weight(batch, self.network.width(depth));
            let (loss, correct) = (tally.loss * weight, tally.correct);
            if !loss.is_finite() {
                return Err(self.lost_forward());
            }
            self.state.draft[self.places.loss] = loss;
            self.state.draft[self.places.accuracy] = correct as f64 / batch as f64;
        }
        self.proceed(&rows, batch);
        Ok(())
    }

    /// Forward pass and gradient at the output of some samples.
    pub(super) fn forward_rows(&mut self, rows: &Range<usize>) -> Judged {
        let depth = self.network.depth();
        let classes = self.network.width(depth);
        self.work.forward(&self.network, &self.state.params, rows);
        let work = &mut self.work;
        let outputs = part(work.traces[depth - 1].output(), classes, rows);
        let span = rows.start * classes..rows.end * classes;
        let gradient = &mut work.deltas[depth - 1][span];
        let target = Target::Labels(&self.labels[rows.clone()]);
        let batch = self.settings.batch;
        self.settings
            .loss
            .judge(classes, batch, outputs, target, gradient)
    }

    fn reference(&mut self) -> Result<(), Fault> {
        let batch = self.settings.batch;
        let rows = self.rows(self.upper_flops(), batch);
        backprop::errors(&self.network, &self.state.params, &mut self.work, &rows);
        self.add_delta_squares(&rows);
        self.proceed(&rows, batch);
        Ok(())
    }

    fn add_delta_squares(&mut self, rows: &Range<usize>) {
        for (l, sum) in self.state.tally.delta_squares.iter_mut().enumerate() {
            let delta = &self.work.deltas[l];
            *sum += each::sum_squares(part(delta, self.network.width(l + 1), rows));
        }
    }

    fn limit(&mut self) -> Result<(), Fault> {
        let limit = self.measure_limit();
        self.state.eta_limit = limit;
        self.state.draft[self.places.eta_limit] = limit;
        let batch = self.settings.batch;
        self.proceed(&(0..batch), batch);
        Ok(())
    }

    pub(super) fn measure_limit(&mut self) -> f64 {
        let (params, work) = (&self.state.params, &mut self.work);
        let sigma = self.spectrum.measure(&self.network, params, work);
        let classes = self.network.width(self.network.depth());
        let curvature = self.settings.loss.curvature(self.settings.batch, classes);
        theory::eta_limit(sigma, curvature, &self.settings.precision)
    }

    fn gradient(&mut self) -> Result<(), Fault> {
        let (batch, depth) = (self.settings.batch, self.network.depth());
        let passes = self.flops() + self.upper_flops();
        let rows = self.rows(passes, batch);
        let swept = self.sweeps() > 0;
        let State {
            params,
            flight,
            tally,
            ..
        } = &mut self.state;
        let (network, work) = (&self.network, &mut self.work);
        let wanted = |l: usize| !self.settings.freeze[l];
        if !swept {
            let gradient = &mut flight.gradient;
            backprop::errors_and_gradient(network, params, work, &rows, gradient, wanted);
            self.add_delta_squares(&rows);
        } else if self.settings.method == Method::FixedPred {
            fixed_pred::gradient(network, params, work, flight, &rows, wanted);
        } else {
            if rows.start == 0 && !self.settings.stale {
                tally.squares.fill(0.0);
                tally.sweep_loss = 0.0;
            }
            let terms = Terms {
                loss: self.settings.loss,
                batch,
                target: Target::Labels(&self.labels),
                precision: &self.settings.precision,
            };
            let mut judged = Judged::default();
            let mut measured = Measured {
                squares: &mut tally.squares,
                judged: &mut judged,
            };
            let sweeps = self.settings.n;
            strict::gradient(
                network,
                params,
                work,
                flight,
                &terms,
                sweeps,
                self.settings.stale,
                &rows,
                &mut measured,
                wanted,
            );
            tally.sweep_loss += judged.loss;
        }
        if rows.end == batch {
            if !swept {
                self.finish_unswept();
            } else if self.settings.method == Method::Strict && !self.settings.stale {
                self.record_final(depth)?;
            }
        }
        self.proceed(&rows, batch);
        Ok(())
    }

    /// Errors that came from one backward pass.
    fn finish_unswept(&mut self) {
        if self.settings.method == Method::FixedPred {
            let c = &mut self.state.coefficients;
            c.fill(0.0);
            if let Some(top) = c.last_mut() {
                *top = 1.0;
            }
            for _ in 1..self.settings.n {
                theory::update(c, self.settings.eta, &self.settings.precision);
            }
        }
        for l in 0..self.network.depth() {
            let size = (self.settings.batch * self.network.width(l + 1)) as f64;
            let rms = (self.state.tally.delta_squares[l] / size).sqrt();
            let shown = rms * self.error_factor(l).abs();
            self.state.draft[self.places.error_rms.start + l] = shown;
        }
    }

    /// What the errors that are kept for layer `l + 1` are multiplied by.
    pub(super) fn error_factor(&self, l: usize) -> f64 {
        match self.settings.method {
            Method::FixedPred if self.settings.closed_form => self.state.coefficients[l],
            _ => 1.0,
        }
    }

    /// What the gradient that is kept for layer `l + 1` is multiplied by.
    pub(super) fn gradient_factor(&self, l: usize) -> f64 {
        match self.settings.method {
            Method::Backprop | Method::Exact => 1.0,
            _ => self.settings.precision[l] * self.error_factor(l),
        }
    }

    fn update(&mut self) -> Result<(), Fault> {
        let batch = self.settings.batch;
        if self.settings.learn {
            self.state.optimiser.begin();
            let rate = Rate {
                learning_rate: self.settings.learning_rate,
                momentum: self.settings.momentum,
            };
            for l in 0..self.network.depth() {
                let range = self.network.layers[l].params.clone();
                if self.settings.freeze[l] || range.is_empty() {
                    continue;
                }
                let factor = self.gradient_factor(l);
                let State {
                    params,
                    optimiser,
                    flight,
                    ..
                } = &mut self.state;
                if !optimiser.apply(range, params, &flight.gradient, factor, rate) {
                    return Err(self.lost_weights(l + 1));
                }
            }
        }
        self.proceed(&(0..batch), batch);
        Ok(())
    }

    fn test(&mut self) -> Result<(), Fault> {
        let split = &self.data.test;
        let (total, depth) = (split.len(), self.network.depth());
        let mut rows = self.rows(self.flops(), total);
        rows.end = rows.end.min(rows.start + self.examiner.size);
        let (classes, size) = (self.network.width(depth), self.network.width(0));
        let here = 0..rows.len();
        self.examiner.load(split, &rows, size);
        let work = &mut self.examiner.work;
        work.forward(&self.network, &self.state.params, &here);
        let loss = Loss {
            reduction: Reduction::Mean,
            ..self.settings.loss
        };
        let outputs = part(work.vhat(depth), classes, &here);
        let target = Target::Labels(&split.labels[rows.clone()]);
        let judged = loss.judge(classes, total, outputs, target, &mut []);
        let tally = &mut self.state.tally;
        tally.test_loss += judged.loss;
        tally.test_correct += judged.correct;
        if rows.end == total {
            let mean = tally.test_loss * loss.weight(total, classes);
            let share = tally.test_correct as f64 / total as f64;
            self.state.draft[self.places.test_loss] = mean;
            self.state.draft[self.places.test_accuracy] = share;
        }
        self.proceed(&rows, total);
        Ok(())
    }
}
