//! The stage in which a step is compared with backpropagation, and what else is measured seldom.

use super::backprop;
use super::compare::compare;
use super::method::Method;
use super::model::PredictiveCoding;
use super::state::State;
use super::theory;
use crate::models::Fault;
use crate::models::nn::elementwise as each;
use crate::models::nn::layer::part;

impl PredictiveCoding {
    pub(super) fn compare(&mut self) -> Result<(), Fault> {
        let batch = self.settings.batch;
        let rows = self.rows(2 * self.flops(), batch);
        let State {
            params,
            reference,
            tally,
            ..
        } = &mut self.state;
        if rows.start == 0 {
            reference.resize(self.network.params, 0.0);
            tally.apart.fill(0.0);
        }
        let wanted = |l: usize| !self.settings.freeze[l];
        backprop::gradient(
            &self.network,
            params,
            &mut self.work,
            &rows,
            reference,
            wanted,
        );
        if self.settings.method == Method::FixedPred && self.sweeps() > 0 {
            self.add_residual(&rows);
        }
        if rows.end == batch {
            self.finish_comparison();
            self.state.reference.clear();
        }
        self.proceed(&rows, batch);
        Ok(())
    }

    /// Adds `||s_l e_l - s_{l+1} J_{l+1}^T e_{l+1}||^2` of the hidden layers.
    fn add_residual(&mut self, rows: &std::ops::Range<usize>) {
        let precision = &self.settings.precision;
        for l in 1..self.network.depth() {
            let errors = &self.state.flight.errors;
            let (trace, scratch) = (&self.work.traces[l], &mut self.work.scratch[l]);
            let below = Some(&mut self.work.pulled[l - 1][..]);
            let params = &self.state.params;
            self.network.layers[l].backward(params, trace, &errors[l], rows, scratch, None, below);
            let width = self.network.width(l);
            self.state.tally.apart[l - 1] += each::sum_squared_difference(
                part(&errors[l - 1], width, rows),
                precision[l - 1],
                part(&self.work.pulled[l - 1], width, rows),
                precision[l],
            );
        }
    }

    fn finish_comparison(&mut self) {
        let depth = self.network.depth();
        let method = self.settings.method;
        let (mut residual, mut gap) = (f64::NAN, f64::NAN);
        for l in 0..depth {
            let layer = &self.network.layers[l];
            let factor = self.gradient_factor(l);
            let State {
                flight, reference, ..
            } = &self.state;
            let compared = match self.settings.freeze[l] {
                true => None,
                false => compare(layer, &flight.gradient, factor, reference),
            };
            let share = self.settings.precision[l] * self.state.coefficients[l];
            let theory = match method {
                Method::Backprop | Method::Exact => 0.0,
                Method::FixedPred => {
                    theory::relative_error(self.state.coefficients[l], self.settings.precision[l])
                }
                Method::Zil if self.settings.precision.iter().all(|&s| s == 1.0) => 0.0,
                Method::Zil | Method::Strict => f64::NAN,
            };
            if method == Method::FixedPred && compared.is_some() && share > 0.0 {
                let apart = |r: std::ops::Range<usize>| {
                    let (a, b) = (&flight.gradient[r.clone()], &reference[r]);
                    each::sum_squared_difference(a, factor, b, share)
                };
                let apart: f64 = layer.weights().map(apart).sum();
                let length = compared.map_or(f64::NAN, |c| c.reference_norm);
                gap = gap.max(apart.sqrt() / (share * length));
            }
            if method == Method::FixedPred && self.sweeps() > 0 && l + 1 < depth {
                let tally = &self.state.tally;
                residual = residual.max((tally.apart[l] / tally.delta_squares[l]).sqrt());
            }
            let drift = self.belief_drift(l + 1);
            let (draft, places) = (&mut self.state.draft, &self.places);
            let of =
                |f: fn(&super::compare::Comparison) -> f64| compared.as_ref().map_or(f64::NAN, f);
            draft[places.relative_error.start + l] = of(|c| c.relative_error);
            draft[places.angle.start + l] = of(|c| c.angle);
            draft[places.norm_ratio.start + l] = of(|c| c.norm_ratio());
            draft[places.cosine.start + l] = of(|c| c.cosine);
            draft[places.sign_agreement.start + l] = of(|c| c.sign_agreement);
            draft[places.relative_error_theory.start + l] = theory;
            draft[places.belief_drift.start + l] = drift;
        }
        self.state.draft[self.places.residual] = residual;
        self.state.draft[self.places.closed_form_gap] = gap;
    }

    /// `||v_l - vhat_l|| / ||vhat_l||` of a hidden layer; the output belief does not count.
    fn belief_drift(&self, l: usize) -> f64 {
        let method = self.settings.method;
        if l == self.network.depth() || method == Method::Backprop {
            return f64::NAN;
        }
        let vhat = self.work.vhat(l);
        let moved = match method {
            Method::Strict | Method::Zil => {
                each::sum_squared_difference(&self.state.flight.beliefs[l - 1], 1.0, vhat, 1.0)
                    .sqrt()
            }
            _ => each::sum_squares(self.errors(l)).sqrt() * self.error_factor(l - 1).abs(),
        };
        moved / each::sum_squares(vhat).sqrt()
    }

    /// The errors that are kept for layer `l`, before [`error_factor`](Self::error_factor).
    pub(super) fn errors(&self, l: usize) -> &[f32] {
        if self.sweeps() > 0 {
            &self.state.flight.errors[l - 1]
        } else {
            &self.work.deltas[l - 1]
        }
    }

    /// How far the parameters have come from where they began, in steps that are measured.
    pub(super) fn measure_drift(&mut self) {
        if !self.compares() && !self.tests() {
            return;
        }
        for (l, layer) in self.network.layers.iter().enumerate() {
            let (now, start) = (
                &self.state.params[layer.params.clone()],
                &self.initial[layer.params.clone()],
            );
            let apart = each::sum_squared_difference(now, 1.0, start, 1.0).sqrt();
            let length = each::sum_squares(start).sqrt();
            self.state.draft[self.places.weight_drift.start + l] = apart / length;
        }
    }
}
