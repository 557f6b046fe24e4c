//! Whether the fixed points of the homeostatic rules attract, and how fast.

use super::circuit::{Circuit, Pair};
use super::rates::formal;

/// A homeostatic rule as it enters the linear theory.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Homeostatic {
    /// `eta / J_norm` (1/mV times mV), with the sign of the block.
    pub gain: f64,
}

/// Two weights near their fixed point: what a small deviation does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stability {
    /// `d/dt` of the deviations of both weights (1/ms).
    pub jacobian: [[f64; 2]; 2],
}

impl Stability {
    fn trace(&self) -> f64 {
        self.jacobian[0][0] + self.jacobian[1][1]
    }

    fn determinant(&self) -> f64 {
        let [[a, b], [c, d]] = self.jacobian;
        a * d - b * c
    }

    pub fn is_stable(&self) -> bool {
        self.trace() < 0.0 && self.determinant() > 0.0
    }

    /// Real part (1/ms) of the eigenvalue that decides, and the angular frequency (1/ms) of the
    /// oscillation, 0 where there is none.
    pub fn slowest(&self) -> (f64, f64) {
        let half = self.trace() / 2.0;
        let under = half * half - self.determinant();
        if under >= 0.0 {
            (half + under.sqrt(), 0.0)
        } else {
            (half, (-under).sqrt())
        }
    }

    /// In a few words, for a panel.
    pub fn words(&self) -> String {
        let (real, turning) = self.slowest();
        let time = 1e-3 / real.abs();
        let period = 1e-3 * 2.0 * std::f64::consts::PI / turning;
        match (self.is_stable(), turning > 0.0) {
            (true, true) => format!("stable: oscillates, period {period:.0} s, decay {time:.0} s"),
            (true, false) => format!("stable: relaxes in {time:.0} s"),
            (false, true) => {
                format!("unstable: oscillates, period {period:.0} s, growth {time:.0} s")
            }
            (false, false) => format!("unstable: runs away in {time:.0} s"),
        }
    }
}

/// Gains of the mean-field matrix elements: `db/dt = k (r - rho)` and alike (1/ms per kHz).
struct Gains<'a> {
    circuit: &'a Circuit,
    rates: Pair,
    tau_stdp: f64,
}

impl Gains<'_> {
    fn of(&self, (post, pre): (usize, usize), rule: Homeostatic) -> f64 {
        let circuit = self.circuit;
        let per_mv = circuit.p[post][pre] * circuit.q[pre];
        let weight = circuit.j[post][pre];
        per_mv * rule.gain * weight * self.rates[pre] * 2.0 * self.tau_stdp
    }
}

/// EI alone: the rate (1/ms) at which `r_e` relaxes to its target, `k_e d r_i / D`.
///
/// The circuit is at its fixed point. Source: derived from Akil, Rosenbaum and Josic (2021).
pub fn ei_alone(circuit: &Circuit, rule: Homeostatic, tau_stdp: f64) -> Option<f64> {
    let (gains, [_, _, d, _], det) = at(circuit, tau_stdp)?;
    Some(gains.of((0, 1), rule) * d * gains.rates[1] / det)
}

/// EI with II.
///
/// ```text
/// d/dt (b, d) = (r_i / D) [[-k_e d, k_e b], [-k_i c', k_i a]] (delta b, delta d)
/// ```
///
/// Stable where `k_i a < k_e d`, that is `eta_ii / eta_ei < (b / a) (jn_ii / jn_ei)`. The circuit is
/// at its fixed point; `None` where its rates have no solution. Source: derived.
pub fn ei_and_ii(
    circuit: &Circuit,
    ei: Homeostatic,
    ii: Homeostatic,
    tau_stdp: f64,
) -> Option<Stability> {
    let (gains, [a, b, d, c], det) = at(circuit, tau_stdp)?;
    let (k_e, k_i) = (gains.of((0, 1), ei), gains.of((1, 1), ii));
    let s = gains.rates[1] / det;
    Some(Stability {
        jacobian: [[-s * k_e * d, s * k_e * b], [-s * k_i * c, s * k_i * a]],
    })
}

/// EI with homeostatic IE.
///
/// ```text
/// d/dt (b, c') = (1 / D) [[-k_e d r_i, -k_e b r_e], [k_ie c' r_i, k_ie a r_e]] (delta b, delta c')
/// ```
///
/// Stable where `k_e d r_i > k_ie a r_e`: IE must not be too fast. Source: derived.
pub fn ei_and_ie(
    circuit: &Circuit,
    ei: Homeostatic,
    ie: Homeostatic,
    tau_stdp: f64,
) -> Option<Stability> {
    let (gains, [a, b, d, c], det) = at(circuit, tau_stdp)?;
    let (k_e, k_ie) = (gains.of((0, 1), ei), gains.of((1, 0), ie));
    let [r_e, r_i] = gains.rates.map(|rate| rate / det);
    Some(Stability {
        jacobian: [
            [-k_e * d * r_i, -k_e * b * r_e],
            [k_ie * c * r_i, k_ie * a * r_e],
        ],
    })
}

/// The gains, `[a, b, d, c']` and `D = b c' - a d`.
fn at(circuit: &Circuit, tau_stdp: f64) -> Option<(Gains<'_>, [f64; 4], f64)> {
    let rates = formal(circuit).ok()?;
    let w = circuit.w();
    let (a, b, c, d) = (w[0][0], -w[0][1], w[1][0], -w[1][1]);
    let gains = Gains {
        circuit,
        rates,
        tau_stdp,
    };
    Some((gains, [a, b, d, c], b * c - a * d))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::balanced::theory::weights::{Rules, fixed_point};

    /// `eta` over the scaled normaliser of -200 mV.
    fn rule(eta: f64, n: f64) -> Homeostatic {
        Homeostatic {
            gain: eta * n.sqrt() / -200.0,
        }
    }

    fn at_fixed_point(rules: &Rules) -> Circuit {
        let circuit = Circuit::default();
        let j = fixed_point(&circuit, rules, 200.0).unwrap().j;
        circuit.with_weights(j)
    }

    /// The science page's time constants, 124 s and 4.9 s.
    #[test]
    fn relaxation_of_ei() {
        let circuit = at_fixed_point(&Rules {
            ei: Some(0.01),
            ..Rules::default()
        });
        let seconds = |eta, n| 1e-3 / ei_alone(&circuit, rule(eta, n), 200.0).unwrap();
        assert!((seconds(1e-4, 5000.0) - 124.0).abs() < 1.0);
        assert!((seconds(4e-3, 2000.0) - 4.9).abs() < 0.05);
    }

    /// The ratio of learning rates at which EI with II turns unstable is `b / a`, 1.4 here.
    #[test]
    fn the_limit_of_ii_plasticity() {
        let circuit = at_fixed_point(&Rules {
            ei: Some(0.01),
            ii: Some(0.02),
            ..Rules::default()
        });
        let stable = |ratio: f64| {
            ei_and_ii(&circuit, rule(1e-4, 1.0), rule(ratio * 1e-4, 1.0), 200.0).unwrap()
        };
        assert!(stable(1.399).is_stable() && !stable(1.401).is_stable());
        assert!(stable(1.0).slowest().1 > 0.0 && stable(0.1).slowest().1 == 0.0);
        assert!(stable(10.0).slowest().0 > 0.0);
    }

    /// Against the slopes of the balanced rates by central differences.
    #[test]
    fn jacobians_are_derivatives_of_the_drift() {
        let circuit = at_fixed_point(&Rules {
            ei: Some(0.01),
            ie: Some(0.02),
            ..Rules::default()
        });
        let (ei, ie) = (Homeostatic { gain: -5e-5 }, Homeostatic { gain: 2e-5 });
        let tau = 170.0;
        let drift = |j_ei: f64, j_ie: f64| {
            let mut j = circuit.j;
            (j[0][1], j[1][0]) = (j_ei, j_ie);
            let r = formal(&circuit.with_weights(j)).unwrap();
            let of = |rule: Homeostatic, j: f64, post: f64, rho: f64, pre: f64| {
                -rule.gain * j * 2.0 * tau * (post - rho) * pre
            };
            // In terms of b = -w_ei and c' = w_ie.
            [
                -0.02 * of(ei, j_ei, r[0], 0.01, r[1]),
                0.08 * of(ie, j_ie, r[1], 0.02, r[0]),
            ]
        };
        let (j_ei, j_ie) = (circuit.j[0][1], circuit.j[1][0]);
        let h = 1e-3;
        let along_b = [drift(j_ei - h, j_ie), drift(j_ei + h, j_ie)];
        let along_c = [drift(j_ei, j_ie + h), drift(j_ei, j_ie - h)];
        let ours = ei_and_ie(&circuit, ei, ie, tau).unwrap().jacobian;
        for row in 0..2 {
            let b = (along_b[0][row] - along_b[1][row]) / (2.0 * h * 0.02);
            let c = (along_c[0][row] - along_c[1][row]) / (2.0 * h * 0.08);
            assert!((ours[row][0] / b - 1.0).abs() < 1e-4, "{ours:?} {b}");
            assert!((ours[row][1] / c - 1.0).abs() < 1e-4, "{ours:?} {c}");
        }
    }
}
