//! Fixed points of the mean weights under every rule and combination of rules on different blocks.
//!
//! Rates are fast and weights slow, so the rates are the balanced ones of the present weights.
//! Weights `j` in mV, rates in kHz, `tau` the time constant of the traces (ms).

use super::circuit::{Circuit, Matrix, Pair};
use super::covariance::stdp_overlap;
use super::kohonen;
use super::no_solution::NoSolution;
use super::rates::{formal, positive};

/// A rule on EE with what its fixed point depends on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum EeRule {
    /// `dj/dt = eta (tau r_e^2 + kappa) (jmax - j)`: `j = jmax`, whatever the correlations.
    Soft { jmax: f64 },
    /// Hard bounds or none: depression and potentiation cancel in the mean.
    Additive,
    /// `dj/dt = eta (beta (tau r_e^2 + kappa) - j r_e)`.
    Kohonen { beta: f64 },
    /// `dj/dt = eta (tau r_e^2 + kappa) (beta - j)`: `j = beta`.
    Oja { beta: f64 },
    /// Drift of a synapse `eta r_j (v_theta tau r_k - tau^2 r_k^2 - tau r_k / 2)` for Poisson
    /// trains: `r_e = (v_theta - 1/2) / tau`.
    Triplet { v_theta: f64 },
}

impl EeRule {
    fn name(&self) -> &'static str {
        match self {
            Self::Soft { .. } => "EE Hebb soft",
            Self::Additive => "EE Hebb with hard bounds",
            Self::Kohonen { .. } => "EE Kohonen",
            Self::Oja { .. } => "EE Oja",
            Self::Triplet { .. } => "EE triplet",
        }
    }
}

/// The rules that are on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules {
    pub ee: Vec<EeRule>,
    /// Target rate of E under homeostatic EI plasticity (kHz).
    pub ei: Option<f64>,
    /// Target rate of I under homeostatic II plasticity (kHz).
    pub ii: Option<f64>,
    /// Target rate of I under homeostatic IE plasticity (kHz).
    pub ie: Option<f64>,
    /// `jmax` of Hebbian IE plasticity (mV).
    pub ie_hebb: Option<f64>,
}

impl Rules {
    /// Whether the block `[post][pre]` is plastic.
    pub fn acts_on(&self, post: usize, pre: usize) -> bool {
        match (post, pre) {
            (0, 0) => !self.ee.is_empty(),
            (0, 1) => self.ei.is_some(),
            (1, 0) => self.ie.is_some() || self.ie_hebb.is_some(),
            _ => self.ii.is_some(),
        }
    }
}

/// Where the mean weights come to rest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FixedPoint {
    pub j: Matrix,
    pub rates: Pair,
    /// The unstable fixed point of EE, under Kohonen's rule alone.
    pub unstable_ee: Option<f64>,
}

const ITERATIONS: usize = 2000;

/// The fixed point of `rules` in `circuit`, whose other weights are held.
///
/// ```text
/// EI homeostatic   r_e = rho_e - K_ei / (2 tau r_i)
/// II homeostatic   r_i = rho_i - K_ii / (2 tau r_i)
/// IE homeostatic   r_i = rho_i - K_ie / (2 tau r_e)
/// IE Hebb          j_ie = jmax
/// a r_e - b r_i + X~ = 0,   c' r_e - d r_i + Y~ = 0
/// ```
///
/// `K` is [`stdp_overlap`], 0 without correlations; with them the equations are iterated. EI
/// plasticity at `c = 0` pins only the rate-weighted mean weight, which this is.
///
/// Source: Akil, Rosenbaum and Josic (2021); the combinations are derived here.
/// # Errors
/// When there is no fixed point, or not one: says why.
pub fn fixed_point(
    circuit: &Circuit,
    rules: &Rules,
    tau_stdp: f64,
) -> Result<FixedPoint, NoSolution> {
    check(rules)?;
    let mut circuit = circuit.clone();
    if let Some(jmax) = rules.ie_hebb {
        circuit.j[1][0] = jmax;
    }
    let ee = rules.ee.first().copied();
    match ee {
        Some(EeRule::Soft { jmax }) => circuit.j[0][0] = jmax,
        Some(EeRule::Oja { beta }) => circuit.j[0][0] = beta,
        _ => {}
    }
    let pinned = Pinned {
        rules,
        ee,
        tau_stdp,
    };
    if rules.ei.is_none() && rules.ii.is_none() && rules.ie.is_none() {
        return pinned.without_homeostasis(circuit);
    }
    pinned.with_homeostasis(circuit)
}

fn check(rules: &Rules) -> Result<(), NoSolution> {
    if !(0..2).any(|a| (0..2).any(|b| rules.acts_on(a, b))) {
        return Err(NoSolution::NoRule);
    }
    if let [first, second, ..] = rules.ee[..] {
        return Err(NoSolution::SeveralRules {
            block: "EE",
            first: first.name(),
            second: second.name(),
        });
    }
    if rules.ie.is_some() && rules.ie_hebb.is_some() {
        return Err(NoSolution::SeveralRules {
            block: "IE",
            first: "IE homeostatic",
            second: "IE Hebb",
        });
    }
    if rules.ii.is_some() && rules.ie.is_some() {
        return Err(NoSolution::Overdetermined {
            population: "I",
            first: "II homeostatic",
            second: "IE homeostatic",
        });
    }
    match rules.ee.first() {
        Some(EeRule::Additive) => Err(NoSolution::NoDrift {
            rule: "EE Hebb with hard bounds",
        }),
        Some(EeRule::Triplet { .. }) if rules.ei.is_some() => Err(NoSolution::Overdetermined {
            population: "E",
            first: "EI homeostatic",
            second: "EE triplet",
        }),
        _ => Ok(()),
    }
}

struct Pinned<'a> {
    rules: &'a Rules,
    ee: Option<EeRule>,
    tau_stdp: f64,
}

impl Pinned<'_> {
    fn without_homeostasis(&self, mut circuit: Circuit) -> Result<FixedPoint, NoSolution> {
        let mut unstable_ee = None;
        match self.ee {
            Some(EeRule::Kohonen { beta }) => {
                let points = kohonen::fixed_points(&circuit, beta, self.tau_stdp)?;
                circuit.j[0][0] = points.stable;
                unstable_ee = Some(points.unstable).filter(|j| j.is_finite());
            }
            Some(EeRule::Triplet { v_theta }) => {
                let r_e = (v_theta - 0.5) / self.tau_stdp;
                let (w, drive) = (circuit.w(), circuit.drive());
                let r_i = -(w[1][0] * r_e + drive[1]) / w[1][1];
                circuit.j[0][0] = weight_for(&circuit, (0, 0), [r_e, r_i])?;
            }
            _ => {}
        }
        Ok(FixedPoint {
            j: circuit.j,
            rates: positive(formal(&circuit)?)?,
            unstable_ee,
        })
    }

    fn with_homeostasis(&self, mut circuit: Circuit) -> Result<FixedPoint, NoSolution> {
        let mut overlap = [[0.0; 2]; 2];
        let mut rates = [0.0; 2];
        for _ in 0..ITERATIONS {
            let before = (circuit.j, rates);
            rates = self.rates(&circuit, &overlap, rates)?;
            if let Some(EeRule::Kohonen { beta }) = self.ee {
                let kappa = overlap[0][0] / 2.0;
                circuit.j[0][0] = beta * (self.tau_stdp * rates[0] + kappa / rates[0]);
            }
            if self.rules.ei.is_some() {
                circuit.j[0][1] = weight_for(&circuit, (0, 1), rates)?;
            } else if let Some(EeRule::Triplet { .. }) = self.ee {
                circuit.j[0][0] = weight_for(&circuit, (0, 0), rates)?;
            }
            if self.rules.ii.is_some() {
                circuit.j[1][1] = weight_for(&circuit, (1, 1), rates)?;
            } else if self.rules.ie.is_some() {
                circuit.j[1][0] = weight_for(&circuit, (1, 0), rates)?;
            }
            if circuit.c > 0.0 {
                overlap = stdp_overlap(&circuit, self.tau_stdp)?;
            }
            if settled(before, (circuit.j, rates)) {
                return Ok(FixedPoint {
                    j: circuit.j,
                    rates,
                    unstable_ee: None,
                });
            }
        }
        Err(NoSolution::NotConverged)
    }

    /// The rates that the rules pin; the other row of the balance gives the rest. Rates of the
    /// iteration before stand where a rate is divided by.
    fn rates(&self, circuit: &Circuit, overlap: &Matrix, before: Pair) -> Result<Pair, NoSolution> {
        let (w, drive) = (circuit.w(), circuit.drive());
        let under = |target: f64, k: f64, other: f64| {
            if k == 0.0 {
                target
            } else {
                target - k / (2.0 * self.tau_stdp * other)
            }
        };
        let r_i = match (self.rules.ii, self.rules.ie) {
            (Some(rho), _) => Some(under(rho, overlap[1][1], before[1])),
            (None, Some(rho)) => Some(under(rho, overlap[1][0], before[0])),
            _ => None,
        };
        let r_e = match (self.rules.ei, self.ee) {
            (Some(rho), _) => Some(under(rho, overlap[0][1], before[1])),
            (None, Some(EeRule::Triplet { v_theta })) => Some((v_theta - 0.5) / self.tau_stdp),
            _ => None,
        };
        positive(match (r_e, r_i) {
            (Some(r_e), Some(r_i)) => [r_e, r_i],
            (Some(r_e), None) => [r_e, -(w[1][0] * r_e + drive[1]) / w[1][1]],
            (None, Some(r_i)) => [-(w[0][1] * r_i + drive[0]) / w[0][0], r_i],
            (None, None) => unreachable!("a homeostatic rule pins a rate"),
        })
    }
}

/// The weight of block `[post][pre]` with which row `post` of the balance holds at these rates.
fn weight_for(
    circuit: &Circuit,
    (post, pre): (usize, usize),
    rates: Pair,
) -> Result<f64, NoSolution> {
    let (w, drive) = (circuit.w(), circuit.drive());
    let other = 1 - pre;
    let wanted = -(w[post][other] * rates[other] + drive[post]) / rates[pre];
    let weight = wanted / (circuit.p[post][pre] * circuit.q[pre]);
    if (pre == 0) == (weight >= 0.0) {
        Ok(weight)
    } else {
        let block = [["EE", "EI"], ["IE", "II"]][post][pre];
        Err(NoSolution::WrongSign { block, weight })
    }
}

fn settled(before: (Matrix, Pair), after: (Matrix, Pair)) -> bool {
    let close = |a: f64, b: f64| (a - b).abs() <= 1e-13 * b.abs();
    let weights = before.0.as_flattened().iter().zip(after.0.as_flattened());
    let rates = before.1.iter().zip(&after.1);
    weights.chain(rates).all(|(a, b)| close(*a, *b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(rho_i: f64) -> Rules {
        Rules {
            ei: Some(0.01),
            ii: Some(rho_i),
            ..Rules::default()
        }
    }

    #[test]
    fn homeostasis_of_both_populations() {
        let circuit = Circuit::default();
        let point = fixed_point(&circuit, &both(0.02), 200.0).unwrap();
        assert!((point.j[0][1] + 140.0).abs() < 1e-9);
        assert!((point.j[1][1] + 292.5).abs() < 1e-9);
        let correlated = Circuit { c: 0.1, ..circuit };
        let point = fixed_point(&correlated, &both(0.02), 200.0).unwrap();
        assert!(
            (point.j[0][1] + 142.12863386117812).abs() < 1e-4,
            "{point:?}"
        );
    }

    /// At the fixed point the balanced rates are the pinned ones: with Kohonen's rule on EE too.
    #[test]
    fn the_fixed_point_balances() {
        let mut rules = both(0.023);
        rules.ee.push(EeRule::Kohonen { beta: 6.0 });
        let circuit = Circuit {
            c: 0.05,
            ..Circuit::default()
        };
        let point = fixed_point(&circuit, &rules, 150.0).unwrap();
        let there = circuit.with_weights(point.j);
        let rates = formal(&there).unwrap();
        let k = stdp_overlap(&there, 150.0).unwrap();
        let r_e = 0.01 - k[0][1] / (2.0 * 150.0 * rates[1]);
        assert!((rates[0] - r_e).abs() < 1e-12);
        let j_ee = 6.0 * (150.0 * rates[0] + k[0][0] / 2.0 / rates[0]);
        assert!((point.j[0][0] - j_ee).abs() < 1e-9);
    }

    #[test]
    fn says_why_there_is_none() {
        let circuit = Circuit::default();
        let none = |rules: &Rules| fixed_point(&circuit, rules, 200.0).unwrap_err();
        assert_eq!(none(&Rules::default()), NoSolution::NoRule);
        let mut rules = both(0.02);
        rules.ie = Some(0.02);
        assert!(matches!(
            none(&rules),
            NoSolution::Overdetermined {
                population: "I",
                ..
            }
        ));
        let diffuses = Rules {
            ee: vec![EeRule::Additive],
            ..Rules::default()
        };
        assert!(matches!(none(&diffuses), NoSolution::NoDrift { .. }));
    }
}
