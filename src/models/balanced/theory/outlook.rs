//! What the theory says of the present parameters.

use super::circuit::{Circuit, Matrix, Pair};
use super::halves::{Stimulated, adapted, rates as part_rates};
use super::no_solution::NoSolution;
use super::rates::balanced;
use super::stability::{Homeostatic, Stability, ei_alone, ei_and_ie, ei_and_ii};
use super::weights::{EeRule, FixedPoint, Rules, fixed_point};
use crate::models::balanced::rules::Rule;
use crate::models::balanced::settings::Settings;
use crate::models::balanced::sizes::Block;

/// Predictions that follow from the parameters alone, made once when they change.
#[derive(Clone, Debug)]
pub struct Outlook {
    /// With the initial weights and without stimulus.
    pub circuit: Circuit,
    pub rules: Rules,
    pub tau_stdp: f64,
    pub n: f64,
    pub dt: f64,
    /// Share of the E cells that can be stimulated, and what the stimulus adds to their drive, over
    /// `sqrt(N)` (mV/ms); current into the I cells.
    pub share: f64,
    pub extra: f64,
    pub extra_i: f64,
    pub fixed: Result<FixedPoint, NoSolution>,
    ei: Option<Homeostatic>,
    ii: Option<Homeostatic>,
    ie: Option<Homeostatic>,
}

/// The circuit of these parameters, with their initial weights and without stimulus.
pub fn circuit(settings: &Settings) -> Circuit {
    let sizes = &settings.sizes;
    let n = sizes.n() as f64;
    let of = |values: &[f64; 4]| [[values[0], values[1]], [values[2], values[3]]];
    Circuit {
        j: of(&settings.j),
        p: of(&settings.p),
        q: [sizes.e as f64 / n, sizes.i as f64 / n],
        jx: settings.j_x,
        px: settings.p_x,
        qx: sizes.x as f64 / n,
        rx: 1e-3 * settings.r_x,
        c: settings.c,
        tau_jitter: settings.tau_jitter,
        stim: [0.0; 2],
        tau: [settings.taus.e, settings.taus.i],
        tau_x: settings.taus.x,
    }
}

impl Outlook {
    pub fn new(settings: &Settings) -> Self {
        let circuit = circuit(settings);
        let sizes = &settings.sizes;
        let (n, root) = (sizes.n() as f64, settings.root_n());
        let tau_stdp = settings.taus.stdp;
        let mut rules = Rules::default();
        let (mut ei, mut ii, mut ie) = (None, None, None);
        for (block, rule) in &settings.rules {
            match (block, rule) {
                (Block::Ie, Rule::Soft(rule)) => rules.ie_hebb = Some(root * rule.j_max),
                (_, Rule::Soft(rule)) => rules.ee.push(EeRule::Soft {
                    jmax: root * rule.j_max,
                }),
                (_, Rule::Hard(_)) => rules.ee.push(EeRule::Additive),
                (_, Rule::Kohonen(rule)) => rules.ee.push(EeRule::Kohonen {
                    beta: root * rule.beta,
                }),
                (_, Rule::Oja(rule)) => rules.ee.push(EeRule::Oja {
                    beta: root * rule.beta,
                }),
                (_, Rule::Triplet(rule)) => rules.ee.push(EeRule::Triplet {
                    v_theta: rule.v_theta,
                }),
                (block, Rule::Homeostatic(rule)) => {
                    let target = Some(rule.alpha / (2.0 * tau_stdp));
                    let linear = Some(Homeostatic { gain: rule.gain });
                    match block {
                        Block::Ei => (rules.ei, ei) = (target, linear),
                        Block::Ie => (rules.ie, ie) = (target, linear),
                        _ => (rules.ii, ii) = (target, linear),
                    }
                }
            }
        }
        let stimulus = &settings.stimulus;
        // A pulsed current acts by its mean.
        let duty = match stimulus.pulse_on + stimulus.pulse_off {
            period if stimulus.pulse_on > 0.0 => stimulus.pulse_on / period,
            _ => 1.0,
        };
        let from_x2 = stimulus.p_x2 * (sizes.x2 as f64 / n) * stimulus.j_x2 * 1e-3 * stimulus.r_x2;
        Self {
            fixed: fixed_point(&circuit, &rules, tau_stdp),
            share: sizes.stimulated_e as f64 / sizes.e as f64,
            extra: duty * stimulus.j[0] + from_x2,
            extra_i: duty * stimulus.j[1] * sizes.stimulated_i as f64 / sizes.i as f64,
            dt: settings.dt,
            circuit,
            rules,
            tau_stdp,
            n,
            ei,
            ii,
            ie,
        }
    }

    /// Whether the E population falls into two parts.
    pub fn has_parts(&self) -> bool {
        self.share > 0.0 && self.share < 1.0
    }

    /// The circuit with the weights `j`, and the stimulus where it reaches all of E alike.
    pub fn present(&self, j: Matrix, stimulated: bool) -> Circuit {
        let mut circuit = self.circuit.with_weights(j);
        if stimulated {
            circuit.stim = [self.extra * self.share, self.extra_i];
        }
        circuit
    }

    /// Balanced rates for the weights `j`.
    /// # Errors
    /// When there are none.
    pub fn rates(&self, j: Matrix, stimulated: bool) -> Result<Pair, NoSolution> {
        balanced(&self.present(j, stimulated))
    }

    /// Rates of both parts of E (kHz): at their target where EI learns, else balanced without and
    /// semi-balanced with the stimulus.
    /// # Errors
    /// When there are none.
    pub fn part_rates(&self, j: Matrix, stimulated: bool) -> Result<Pair, NoSolution> {
        if let Some(rho) = self.rules.ei {
            return Ok([rho, rho]);
        }
        if !stimulated {
            let rates = self.rates(j, false)?;
            return Ok([rates[0]; 2]);
        }
        let parts = Stimulated {
            share: self.share,
            extra: self.extra,
            j_ei: [j[0][1]; 2],
        };
        let mut circuit = self.circuit.with_weights(j);
        circuit.stim[1] = self.extra_i;
        let found = part_rates(&circuit, &parts)?;
        Ok([found.rates[0], found.rates[1]])
    }

    /// The weights from I onto both parts of E where EI has adapted.
    /// # Errors
    /// When EI does not learn, or no weights do it.
    pub fn part_weights(&self, stimulated: bool) -> Result<Pair, NoSolution> {
        let rho = self.rules.ei.ok_or(NoSolution::NoRule)?;
        // The other blocks are at their own fixed points.
        let j = self.fixed.as_ref().map_err(Clone::clone)?.j;
        let extra = if stimulated { self.extra } else { 0.0 };
        Ok(adapted(&self.circuit.with_weights(j), extra, rho)?.0)
    }

    /// The fixed point at finite `N`: with the measured residual currents (mV/ms) and Euler's weaker
    /// weights.
    /// # Errors
    /// When there is none.
    pub fn fixed_at_finite_size(&self, residual: Pair) -> Result<FixedPoint, NoSolution> {
        let mut circuit = self.circuit.under_euler(self.dt);
        for (stim, residual) in circuit.stim.iter_mut().zip(residual) {
            *stim -= residual / self.n.sqrt();
        }
        let mut found = fixed_point(&circuit, &self.rules, self.tau_stdp)?;
        // What acts as j under Euler is j / (1 - dt / tau) on the synapse. Blocks whose rule sets
        // the weight itself are already given on the synapse.
        let set_by_rule = |post: usize, pre: usize| match (post, pre) {
            (0, 0) => !self
                .rules
                .ee
                .iter()
                .any(|rule| matches!(rule, EeRule::Triplet { .. })),
            (1, 0) => self.rules.ie_hebb.is_some(),
            _ => false,
        };
        for post in 0..2 {
            for pre in 0..2 {
                if !self.rules.acts_on(post, pre) || !set_by_rule(post, pre) {
                    found.j[post][pre] /= 1.0 - self.dt / self.circuit.tau[pre];
                }
            }
        }
        Ok(found)
    }

    /// Whether the fixed point attracts, as far as the linear theory goes.
    pub fn stability(&self) -> Option<Stability> {
        let circuit = self.circuit.with_weights(self.fixed.as_ref().ok()?.j);
        match (self.ei?, self.ii, self.ie) {
            (ei, Some(ii), None) => ei_and_ii(&circuit, ei, ii, self.tau_stdp),
            (ei, None, Some(ie)) => ei_and_ie(&circuit, ei, ie, self.tau_stdp),
            _ => None,
        }
    }

    /// What can be said of the fixed point's stability, in a sentence.
    pub fn stability_words(&self) -> String {
        if let Some(stability) = self.stability() {
            return stability.words();
        }
        if self.ei.is_none() && (self.ii.is_some() || self.ie.is_some()) {
            return "unstable: without EI plasticity more inhibition of I raises its rate".into();
        }
        if let (Some(ei), Ok(fixed)) = (self.ei, &self.fixed) {
            let circuit = self.circuit.with_weights(fixed.j);
            if let Some(rate) = ei_alone(&circuit, ei, self.tau_stdp) {
                return if rate > 0.0 {
                    format!("stable: relaxes in {:.0} s", 1e-3 / rate)
                } else {
                    "unstable".into()
                };
            }
        }
        match (&self.fixed, self.rules.ee.first()) {
            (Err(NoSolution::NoRule), _) => "no rule is on".into(),
            (Err(error), _) => error.to_string(),
            (_, Some(EeRule::Kohonen { .. })) => "stable below the saddle-node".into(),
            _ => "stable".into(),
        }
    }
}
