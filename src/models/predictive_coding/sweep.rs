//! The sweeps of inference within a step, and the energies and errors that they leave on record.

use std::ops::Range;

use super::fixed_pred;
use super::method::Method;
use super::model::PredictiveCoding;
use super::state::{Cursor, State};
use super::strict::{self, Measured, Terms};
use super::theory;
use super::zil;
use crate::models::Fault;
use crate::models::nn::elementwise as each;
use crate::models::nn::layer::part;
use crate::models::nn::loss::{Judged, Target};

/// The energy rises when it does so by more than this share; less is rounding.
const RISE: f64 = 1e-6;

impl PredictiveCoding {
    fn sweep_eta(&self) -> f64 {
        match self.settings.method {
            Method::Zil => zil::ETA,
            Method::Strict if self.settings.auto_eta => self.state.eta_limit / 2.0,
            _ => self.settings.eta,
        }
    }

    pub(super) fn sweep(&mut self) -> Result<(), Fault> {
        let (batch, depth) = (self.settings.batch, self.network.depth());
        let moves = self.settings.method.moves_beliefs();
        let Cursor { sweep, row, .. } = self.state.cursor;
        if row == 0 {
            let eta = self.sweep_eta();
            self.state.draft[self.places.eta_used] = eta;
            let tally = &mut self.state.tally;
            tally.eta = eta;
            tally.squares.fill(0.0);
            tally.apart.fill(0.0);
            tally.sweep_loss = 0.0;
            if !moves && sweep == 1 {
                self.state.coefficients.clone_from(&theory::start(depth));
            } else if !moves {
                theory::update(&mut self.state.coefficients, eta, &self.settings.precision);
            }
        }
        let passes = if moves { 2 } else { 1 };
        let rows = self.rows(passes * self.upper_flops(), batch);
        if moves {
            self.sweep_strict(sweep, &rows);
        } else {
            self.sweep_fixed(sweep, &rows);
        }
        if self.compares() {
            let tally = &mut self.state.tally;
            for (l, sum) in tally.apart.iter_mut().enumerate() {
                let width = self.network.width(l + 1);
                let error = part(&self.state.flight.errors[l], width, &rows);
                let delta = part(&self.work.deltas[l], width, &rows);
                let s = self.settings.precision[l];
                *sum += each::sum_squared_difference(error, s, delta, 1.0);
            }
        }
        if rows.end < batch {
            self.state.cursor.row = rows.end;
            return Ok(());
        }
        self.record_sweep(sweep)?;
        if sweep < self.sweeps() {
            self.state.cursor.sweep += 1;
            self.state.cursor.row = 0;
        } else {
            self.proceed(&rows, batch);
        }
        Ok(())
    }

    fn sweep_fixed(&mut self, sweep: usize, rows: &Range<usize>) {
        let State {
            params,
            flight,
            tally,
            ..
        } = &mut self.state;
        let (network, work) = (&self.network, &mut self.work);
        if sweep == 1 {
            fixed_pred::begin(network, params, work, flight, rows);
            let top = network.depth() - 1;
            let error = part(&flight.errors[top], network.width(top + 1), rows);
            tally.squares[top] += each::sum_squares(error);
        } else {
            fixed_pred::update(
                network,
                params,
                work,
                flight,
                sweep - 1,
                tally.eta,
                &self.settings.precision,
                rows,
                &mut tally.squares,
            );
        }
    }

    fn sweep_strict(&mut self, sweep: usize, rows: &Range<usize>) {
        let State {
            params,
            flight,
            tally,
            ..
        } = &mut self.state;
        let (network, work) = (&self.network, &mut self.work);
        let terms = Terms {
            loss: self.settings.loss,
            batch: self.settings.batch,
            target: Target::Labels(&self.labels),
            precision: &self.settings.precision,
        };
        if sweep == 1 {
            strict::begin(network, work, flight, rows);
        }
        let eta = tally.eta;
        let mut judged = Judged::default();
        let mut measured = Measured {
            squares: &mut tally.squares,
            judged: &mut judged,
        };
        strict::sweep(
            network,
            params,
            work,
            flight,
            &terms,
            sweep,
            eta,
            rows,
            &mut measured,
        );
        tally.sweep_loss += judged.loss;
        if self.settings.method == Method::Zil {
            let wanted = |l: usize| !self.settings.freeze[l];
            zil::gradient(network, params, work, flight, sweep, rows, wanted);
        }
    }

    /// Energies and errors of a sweep over all samples, and whether they are still sane.
    fn record_sweep(&mut self, sweep: usize) -> Result<(), Fault> {
        let (depth, compares) = (self.network.depth(), self.compares());
        let moves = self.settings.method.moves_beliefs();
        let State {
            tally,
            record,
            coefficients,
            draft,
            ..
        } = &mut self.state;
        let precision = &self.settings.precision;
        let batch = self.settings.batch;
        let weight = self.settings.loss.weight(batch, self.network.width(depth));
        let loss = weight * if moves { tally.sweep_loss } else { tally.loss };
        let mut energy = 0.0;
        for l in 0..depth {
            let square = tally.squares[l];
            let part = if l + 1 == depth { loss } else { 0.5 * square };
            let at = (sweep - 1) * depth + l;
            record.energy[at] = precision[l] * part;
            energy += precision[l] * part;
            record.relative[at] = if compares {
                (tally.apart[l] / tally.delta_squares[l]).sqrt()
            } else {
                f64::NAN
            };
            record.predicted[at] = if moves {
                f64::NAN
            } else {
                theory::relative_error(coefficients[l], precision[l])
            };
            let size = (batch * self.network.width(l + 1)) as f64;
            let zil = self.settings.method == Method::Zil;
            if !zil || zil::layer_of(depth, sweep) == l + 1 {
                draft[self.places.error_rms.start + l] = (square / size).sqrt();
            }
        }
        if !moves {
            return match tally.squares.iter().position(|square| !square.is_finite()) {
                Some(l) => Err(self.lost_errors(l + 1, sweep)),
                None => Ok(()),
            };
        }
        if sweep == 1 {
            tally.first_energy = energy;
        } else if energy > tally.energy * (1.0 + RISE) {
            tally.rises += 1;
        }
        tally.energy = energy;
        self.judge_energy(sweep)
    }

    /// Takes the energy into the metrics, and stops what explodes.
    fn judge_energy(&mut self, sweep: usize) -> Result<(), Fault> {
        let (energy, first) = (self.state.tally.energy, self.state.tally.first_energy);
        self.state.draft[self.places.energy] = energy;
        self.state.draft[self.places.energy_ratio] = energy / first;
        self.state.draft[self.places.energy_rises] = f64::from(self.state.tally.rises);
        let guard = self.settings.guard;
        let guarded = self.settings.method == Method::Strict && guard > 0.0;
        // Where everything is learnt the energy is the rounding of the beliefs, and may be 0.
        let units: usize = (1..=self.network.depth())
            .map(|l| self.network.width(l))
            .sum();
        let rounding = units as f64 * f64::from(f32::EPSILON).powi(2);
        if guarded && (energy > guard * first.max(rounding) || !energy.is_finite()) {
            return Err(self.diverged(sweep));
        }
        if !energy.is_finite() {
            return Err(self.lost_energy(sweep));
        }
        Ok(())
    }

    /// Energy and errors at the beliefs after the last update (Strict with fresh errors).
    pub(super) fn record_final(&mut self, depth: usize) -> Result<(), Fault> {
        let tally = &mut self.state.tally;
        let batch = self.settings.batch;
        let weight = self.settings.loss.weight(batch, self.network.width(depth));
        let mut energy = self.settings.precision[depth - 1] * weight * tally.sweep_loss;
        for l in 0..depth {
            let square = tally.squares[l];
            if l + 1 < depth {
                energy += 0.5 * self.settings.precision[l] * square;
            }
            let size = (batch * self.network.width(l + 1)) as f64;
            self.state.draft[self.places.error_rms.start + l] = (square / size).sqrt();
        }
        if energy > tally.energy * (1.0 + RISE) {
            tally.rises += 1;
        }
        tally.energy = energy;
        self.judge_energy(self.settings.n + 1)
    }
}
