//! The parameters as a person gives them, typed; and as a step needs them, in [`Factors`].

use serde::{Deserialize, Serialize};

use super::params::PARAMS;
use super::rules::{Hard, Homeostatic, Kohonen, Oja, Rule, Soft, Triplet};
use super::sizes::{Block, Sizes};
use crate::models::nn::real::Real;
use crate::models::table::Value;

/// The exponential integrate-and-fire neuron.
///
/// ```text
/// C dV/dt = I + gL (EL - V) + gL DeltaT exp((V - VT)/DeltaT);   V >= Vth: a spike, V = Vre
/// ```
/// Currents in mV/ms, `g_l` in 1/ms, voltages in mV (Fourcaud-Trocmé et al. 2003, J Neurosci
/// 23:11628, with the constants of Akil, Rosenbaum & Josić 2021).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Neuron {
    pub c_m: f64,
    pub g_l: f64,
    pub e_l: f64,
    pub v_t: f64,
    pub delta_t: f64,
    pub v_th: f64,
    pub v_re: f64,
}

/// Decay times in ms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Taus {
    pub e: f64,
    pub i: f64,
    pub x: f64,
    /// Of the trace that the rules read.
    pub stdp: f64,
}

/// When and how strongly cells are stimulated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stimulus {
    /// On by hand.
    pub by_hand: bool,
    /// Of the epoch, in seconds; none where `end` is not after `start`.
    pub start: f64,
    pub end: f64,
    /// In seconds; 0 is once.
    pub period: f64,
    /// Pulse and pause of the injected current in ms; a pulse of 0 is constant.
    pub pulse_on: f64,
    pub pulse_off: f64,
    /// Injected into E and I cells, over sqrt(N), in mV/ms.
    pub j: [f64; 2],
    pub p_x2: f64,
    /// Times sqrt(N), in mV.
    pub j_x2: f64,
    /// Hz.
    pub r_x2: f64,
}

/// What the statistics take in.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    /// When it begins, in seconds.
    pub from: f64,
    /// Seconds; 0 is without end.
    pub length: f64,
    /// Of the spike counts, in ms.
    pub window: f64,
    /// Of each group, in the sample for correlations.
    pub cells: usize,
}

/// All parameters of an instance, in the units of the table: ms, Hz, mV, and weights `j = sqrt(N) J`.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    pub sizes: Sizes,
    /// ms.
    pub dt: f64,
    pub neuron: Neuron,
    pub taus: Taus,
    /// Contact probability of each [`Block`].
    pub p: [f64; 4],
    /// Initial weight of each [`Block`], times sqrt(N).
    pub j: [f64; 4],
    /// Contact probability from X to E and to I.
    pub p_x: [f64; 2],
    pub j_x: [f64; 2],
    /// Hz.
    pub r_x: f64,
    pub c: f64,
    /// ms.
    pub tau_jitter: f64,
    pub stimulus: Stimulus,
    /// The rules that are on, in their order in a step, with physical weights (`J`, not `j`).
    pub rules: Vec<(Block, Rule)>,
    pub sign_clamp: bool,
    pub deferred: bool,
    /// Hz.
    pub max_rate: f64,
    /// Times sqrt(N), in mV.
    pub max_weight: f64,
    /// GB; 0 is four fifths of what is available.
    pub max_memory: f64,
    pub measure: Measure,
    /// The cell that is inspected.
    pub watch: usize,
}

impl Settings {
    /// Resolves values that are in the order of [`PARAMS`], each of which its row allows.
    pub fn resolve(values: &[Value]) -> Self {
        let value = |id: &str| {
            let row = PARAMS.iter().position(|spec| spec.id == id);
            &values[row.expect("the table has this row")]
        };
        let real = |id: &str| match value(id) {
            Value::Real(x) => *x,
            Value::Integer(n) => *n as f64,
            _ => f64::NAN,
        };
        let on = |id: &str| *value(id) == Value::Switch(true);
        let n = real("n");
        let share = |of: f64, id: &str| (of * real(id)).round() as usize;
        let e = share(n, "share_e");
        let sizes = Sizes {
            e,
            i: n as usize - e,
            x: share(n, "share_x"),
            x2: share(n, "share_x2"),
            stimulated_e: share(e as f64, "stim_share_e"),
            stimulated_i: share(n - e as f64, "stim_share_i"),
        };
        let of_blocks =
            |stem: &str| Block::ALL.map(|block| real(&format!("{stem}_{}", block.name())));
        let taus = Taus {
            e: real("tau_e"),
            i: real("tau_i"),
            x: real("tau_x"),
            stdp: real("tau_stdp"),
        };
        let root = n.sqrt();
        let homeostatic = |stem: &str| {
            Rule::Homeostatic(Homeostatic {
                gain: real(&format!("{stem}_eta")) * root / real(&format!("{stem}_jnorm")),
                alpha: 2.0 * 1e-3 * real(&format!("{stem}_rate")) * taus.stdp,
            })
        };
        let soft = |stem: &str| {
            Rule::Soft(Soft {
                eta: real(&format!("{stem}_eta")),
                j_max: real(&format!("{stem}_jmax")) / root,
            })
        };
        let known = [
            ("ee_soft", Block::Ee, soft("ee_soft")),
            (
                "ee_hard",
                Block::Ee,
                Rule::Hard(Hard {
                    eta: real("ee_hard_eta"),
                    j_min: real("ee_hard_jmin") / root,
                    j_max: real("ee_hard_jmax") / root,
                }),
            ),
            (
                "ee_classical",
                Block::Ee,
                Rule::Hard(Hard::classical(real("ee_classical_eta"))),
            ),
            (
                "ee_kohonen",
                Block::Ee,
                Rule::Kohonen(Kohonen {
                    eta: real("ee_kohonen_eta"),
                    beta: real("ee_kohonen_beta") / root,
                }),
            ),
            (
                "ee_oja",
                Block::Ee,
                Rule::Oja(Oja {
                    eta: real("ee_oja_eta"),
                    beta: real("ee_oja_beta") / root,
                }),
            ),
            (
                "ee_triplet",
                Block::Ee,
                Rule::Triplet(Triplet {
                    eta: real("ee_triplet_eta"),
                    v_theta: real("ee_triplet_theta"),
                }),
            ),
            ("ei_homeo", Block::Ei, homeostatic("ei_homeo")),
            ("ie_homeo", Block::Ie, homeostatic("ie_homeo")),
            ("ie_hebb", Block::Ie, soft("ie_hebb")),
            ("ii_homeo", Block::Ii, homeostatic("ii_homeo")),
        ];
        let active = known.into_iter().filter(|(id, ..)| on(id));
        Self {
            sizes,
            dt: real("dt"),
            neuron: Neuron {
                c_m: real("c_m"),
                g_l: real("g_l"),
                e_l: real("e_l"),
                v_t: real("v_t"),
                delta_t: real("delta_t"),
                v_th: real("v_th"),
                v_re: real("v_re"),
            },
            taus,
            p: of_blocks("p"),
            j: of_blocks("j"),
            p_x: [real("p_ex"), real("p_ix")],
            j_x: [real("j_ex"), real("j_ix")],
            r_x: real("r_x"),
            c: real("c"),
            tau_jitter: real("tau_jitter"),
            stimulus: Stimulus {
                by_hand: on("stimulate"),
                start: real("stim_start"),
                end: real("stim_end"),
                period: real("stim_period"),
                pulse_on: real("stim_on"),
                pulse_off: real("stim_off"),
                j: [real("j_stim_e"), real("j_stim_i")],
                p_x2: real("p_x2"),
                j_x2: real("j_x2"),
                r_x2: real("r_x2"),
            },
            rules: active.map(|(_, block, rule)| (block, rule)).collect(),
            sign_clamp: on("sign_clamp"),
            deferred: matches!(value("updates"), Value::Choice(words) if words == "deferred"),
            max_rate: real("max_rate"),
            max_weight: real("max_weight"),
            max_memory: real("max_memory"),
            measure: Measure {
                from: real("measure_from"),
                length: real("measure_for"),
                window: real("window"),
                cells: real("cells") as usize,
            },
            watch: (real("watch") as usize).min(sizes.n() - 1),
        }
    }

    /// sqrt(N): `j = root_n() * J`.
    pub fn root_n(&self) -> f64 {
        (self.sizes.n() as f64).sqrt()
    }

    /// Steps in one millisecond.
    pub fn steps_per_unit(&self) -> u64 {
        (1.0 / self.dt).round() as u64
    }

    /// The rules on `block`, in order.
    pub fn rules_on(&self, block: Block) -> impl Iterator<Item = Rule> {
        let on = self.rules.iter().filter(move |(on, _)| *on == block);
        on.map(|(_, rule)| *rule)
    }

    /// # Errors
    /// Names the parameter that does not fit the others, and what would.
    pub fn check(&self) -> Result<(), (&'static str, String)> {
        let whole = self.dt * self.steps_per_unit() as f64;
        if (whole - 1.0).abs() > 1e-9 {
            let near = 1.0 / self.steps_per_unit() as f64;
            return Err((
                "dt",
                format!("{} ms does not divide 1 ms; {near} would", self.dt),
            ));
        }
        for (id, tau) in [
            ("tau_e", self.taus.e),
            ("tau_i", self.taus.i),
            ("tau_x", self.taus.x),
            ("tau_stdp", self.taus.stdp),
        ] {
            if tau <= self.dt {
                return Err((
                    id,
                    format!("{tau} ms is not longer than dt, {} ms", self.dt),
                ));
            }
        }
        if self.neuron.v_re >= self.neuron.v_th {
            let (v_re, v_th) = (self.neuron.v_re, self.neuron.v_th);
            return Err((
                "v_re",
                format!("{v_re} mV is not below the spike threshold v_th, {v_th} mV"),
            ));
        }
        let Sizes { e, i, .. } = self.sizes;
        if e == 0 || i == 0 {
            return Err((
                "share_e",
                format!("{e} E and {i} I cells; both populations need some"),
            ));
        }
        Ok(())
    }
}

/// Where a voltage lies on the scale of exponents: the voltage that a step works with.
///
/// ```text
/// u = (V - VT) log2(e)/DeltaT + log2(log2(e) dt gL/C)
/// ```
/// On this scale the spike-generating current adds `2^u` in a step, with nothing before or behind
/// the power. Near VT, where it matters, u is small, and so is its rounding.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exponents {
    v_t: f64,
    /// `u` of VT.
    at_v_t: f64,
    /// `log2(e)/DeltaT`, in 1/mV.
    per_mv: f64,
}

impl Exponents {
    pub fn new(dt: f64, neuron: &Neuron) -> Self {
        let log2_e = std::f64::consts::LOG2_E;
        let at_v_t = (log2_e * dt * neuron.g_l / neuron.c_m).log2();
        Self {
            v_t: neuron.v_t,
            // Without a leak there is no spike-generating current, and this is as good as none.
            at_v_t: at_v_t.max(-200.0),
            per_mv: log2_e / neuron.delta_t,
        }
    }

    /// `u` of a voltage in mV.
    pub fn of(&self, voltage: f64) -> f64 {
        (voltage - self.v_t) * self.per_mv + self.at_v_t
    }

    /// The voltage (mV) of a `u`.
    pub fn voltage(&self, u: f64) -> f64 {
        (u - self.at_v_t) / self.per_mv + self.v_t
    }
}

/// The parameters as a step needs them: per-step factors in the type that the network runs in.
///
/// ```text
/// V += dt/C (gL (EL - V) + I + gL DeltaT exp((V - VT)/DeltaT))
/// u  = keep u + rest + gain I + 2^u                              on the scale of Exponents
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Factors<T> {
    pub exponents: Exponents,
    /// `1 - dt gL/C`.
    pub keep: T,
    /// `(1 - keep) u(EL)`.
    pub rest: T,
    /// `log2(e)/DeltaT dt/C`.
    pub gain: f64,
    pub u_th: T,
    pub u_re: T,
    /// `1 - dt/tau` of the recurrent E, I and the external currents.
    pub decay: [f64; 3],
    /// What turns the charge that is stored for each [`Current`](super::network::Current) into that
    /// current: `(1 - dt/tau)/tau`, and `1/tau` for the external ones.
    pub current: [f64; 3],
}

impl<T: Real> Factors<T> {
    pub fn new(dt: f64, neuron: &Neuron, taus: &Taus) -> Self {
        let exponents = Exponents::new(dt, neuron);
        // The rounded one, so that a cell at rest stays there.
        let keep = T::of(1.0 - dt * neuron.g_l / neuron.c_m);
        let decay = [taus.e, taus.i, taus.x].map(|tau| 1.0 - dt / tau);
        let current = [decay[0] / taus.e, decay[1] / taus.i, 1.0 / taus.x];
        Self {
            exponents,
            keep,
            rest: T::of((1.0 - keep.f64()) * exponents.of(neuron.e_l)),
            gain: exponents.per_mv * dt / neuron.c_m,
            u_th: T::of(exponents.of(neuron.v_th)),
            u_re: T::of(exponents.of(neuron.v_re)),
            decay,
            current,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::rules::RULES;
    use super::*;
    use crate::models::table::Kind;

    /// Every switch on, so that every row matters.
    fn all_on() -> Vec<Value> {
        let value = |spec: &crate::models::table::ParamSpec| match spec.kind {
            Kind::Switch => Value::Switch(true),
            _ => spec.default.clone(),
        };
        PARAMS.iter().map(value).collect()
    }

    #[test]
    fn every_row_reaches_its_setting() {
        let mut values = all_on();
        let before = Settings::resolve(&values);
        for (i, spec) in PARAMS.iter().enumerate() {
            let other = match (&spec.kind, &values[i]) {
                (Kind::Real { min, max, .. }, Value::Real(x)) => {
                    Value::Real(if x == max { *min } else { *max })
                }
                (Kind::Integer { max, .. }, _) => Value::Integer(*max),
                (Kind::Switch, _) => Value::Switch(false),
                (Kind::Choice(options), was) => {
                    let other = options.iter().find(|o| *was != Value::Choice((*o).clone()));
                    Value::Choice(other.expect("a choice has two options").clone())
                }
                _ => panic!("{} has no other value", spec.id),
            };
            let was = std::mem::replace(&mut values[i], other);
            assert_ne!(
                Settings::resolve(&values),
                before,
                "{} changes nothing",
                spec.id
            );
            values[i] = was;
        }
    }

    #[test]
    fn rules_come_in_the_order_of_their_list() {
        let on = Settings::resolve(&all_on()).rules;
        let listed: Vec<Block> = RULES.iter().map(|rule| rule.block).collect();
        assert_eq!(
            on.iter().map(|(block, _)| *block).collect::<Vec<_>>(),
            listed
        );
        for rule in RULES {
            let only = PARAMS.iter().map(|spec| match spec.id == rule.id {
                true => Value::Switch(true),
                false => spec.default.clone(),
            });
            let only = Settings::resolve(&only.collect::<Vec<_>>()).rules;
            assert_eq!(only.len(), 1, "{}", rule.id);
            assert_eq!(only[0].0, rule.block);
            for text in [rule.title, rule.equation, rule.fixed_point, rule.source] {
                assert!(!text.is_empty());
            }
        }
    }
}
