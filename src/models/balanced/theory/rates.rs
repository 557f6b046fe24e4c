//! Balanced rates: the rates at which the currents of order `sqrt(N)` cancel.

use super::circuit::{Circuit, Matrix, Pair, determinant, solve};
use super::no_solution::NoSolution;

/// A determinant below this share of the products that it is the difference of counts as zero.
const SINGULAR: f64 = 1e-12;

/// The balance condition `X~ / Y~ > b / d > a / c'`, with `W = [[a, -b], [c', -d]]`.
///
/// The first inequality keeps the E rate positive, the second keeps the balanced state stable.
/// Source: Akil, Rosenbaum and Josic (2021), PLoS Comput Biol 17:e1008958.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BalanceCondition {
    /// `X~ / Y~`, drive of E over drive of I.
    pub drive: f64,
    /// `b / d`, inhibition of E over inhibition of I.
    pub inhibition: f64,
    /// `a / c'`, excitation of E over excitation of I.
    pub excitation: f64,
}

impl BalanceCondition {
    pub fn of(circuit: &Circuit) -> Self {
        let (w, drive) = (circuit.w(), circuit.drive());
        Self {
            drive: drive[0] / drive[1],
            inhibition: w[0][1] / w[1][1],
            excitation: w[0][0] / w[1][0],
        }
    }

    pub fn holds(&self) -> bool {
        self.drive > self.inhibition && self.inhibition > self.excitation
    }
}

pub fn is_singular(w: &Matrix) -> bool {
    let scale = (w[0][0] * w[1][1]).abs() + (w[0][1] * w[1][0]).abs();
    let det = determinant(w);
    // A NaN is no basis for rates either.
    det.is_nan() || det.abs() <= SINGULAR * scale
}

/// `r = -W^{-1} (Wx r_x + stim)` (kHz), whatever its sign.
///
/// Source: Akil, Rosenbaum and Josic (2021).
/// # Errors
/// When `W` is singular.
pub fn formal(circuit: &Circuit) -> Result<Pair, NoSolution> {
    let w = circuit.w();
    if is_singular(&w) {
        return Err(NoSolution::Singular {
            det: determinant(&w),
        });
    }
    Ok(solve(&w, &circuit.drive()))
}

/// The balanced rates (kHz) for `N` to infinity.
/// # Errors
/// When `W` is singular, a rate would be negative, or the balanced state is not stable.
pub fn balanced(circuit: &Circuit) -> Result<Pair, NoSolution> {
    let rates = positive(formal(circuit)?)?;
    let condition = BalanceCondition::of(circuit);
    if !condition.holds() {
        return Err(NoSolution::Unbalanced {
            drive: condition.drive,
            inhibition: condition.inhibition,
            excitation: condition.excitation,
        });
    }
    Ok(rates)
}

/// Rates at finite `N`, from measured mean currents.
///
/// ```text
/// r = -W^{-1} (Wx r_x + stim + (Cov - R) / sqrt(N))
/// ```
///
/// `residual` `R` is the mean total current (mV/ms) of each population; `covariance` is
/// `sqrt(N)` times the difference between the mean of `J r` and the product of the means, 0 where
/// the weights are uniform. An identity, up to the weights that Euler's scheme makes weaker
/// ([`Circuit::under_euler`]).
/// # Errors
/// When `W` is singular, or a rate would be negative.
pub fn at_finite_size(
    circuit: &Circuit,
    residual: Pair,
    covariance: Pair,
    n: f64,
) -> Result<Pair, NoSolution> {
    let stim = [0, 1].map(|a| circuit.stim[a] + (covariance[a] - residual[a]) / n.sqrt());
    positive(formal(&Circuit {
        stim,
        ..circuit.clone()
    })?)
}

/// # Errors
/// When one of them is negative.
pub fn positive(rates: Pair) -> Result<Pair, NoSolution> {
    for (rate, population) in rates.iter().zip(["E", "I"]) {
        if rate.is_nan() || *rate < 0.0 {
            return Err(NoSolution::NegativeRate {
                population,
                rate: *rate,
            });
        }
    }
    Ok(rates)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(ours: Pair, theirs: Pair) {
        for (a, b) in ours.iter().zip(theirs) {
            assert!((a - b).abs() < 1e-12 * b.abs(), "{ours:?} {theirs:?}");
        }
    }

    /// The closed form of the paper's scripts for `j_ei` -100, and the default set by hand.
    #[test]
    fn rates_of_the_paper() {
        let mut circuit = Circuit::default();
        close(balanced(&circuit).unwrap(), [0.099 / 17.0, 0.27 / 17.0]);
        circuit.j[0][1] = -100.0;
        for j_ee in [1.0, 10.0, 25.0] {
            circuit.j[0][0] = j_ee;
            let expected = [
                0.315 / (45.0 - j_ee),
                (0.81 - 0.0054 * j_ee) / (45.0 - j_ee),
            ];
            close(balanced(&circuit).unwrap(), expected);
        }
    }

    #[test]
    fn says_why_there_is_no_balance() {
        let mut circuit = Circuit::default();
        circuit.j[0][1] = -350.0;
        let negative = balanced(&circuit).unwrap_err();
        assert!(matches!(
            negative,
            NoSolution::NegativeRate {
                population: "E",
                ..
            }
        ));
        circuit.j = [[70.0, -150.0], [112.5, -250.0]];
        circuit.jx = [20.0, 135.0];
        assert!(matches!(
            balanced(&circuit).unwrap_err(),
            NoSolution::Unbalanced { .. }
        ));
        circuit.j = [[25.0, -100.0], [25.0, -100.0]];
        assert!(matches!(
            balanced(&circuit).unwrap_err(),
            NoSolution::Singular { .. }
        ));
    }

    /// Currents measured at N 2000 by the authors of the reference, and their prediction.
    #[test]
    fn the_residual_current_explains_finite_size() {
        let rates = at_finite_size(&Circuit::default(), [0.346, 0.487], [0.0; 2], 2000.0).unwrap();
        assert!((rates[0] * 1e3 - 5.47).abs() < 0.005, "{rates:?}");
        assert!((rates[1] * 1e3 - 13.07).abs() < 0.005, "{rates:?}");
    }

    #[test]
    fn euler_weakens_the_weights() {
        let rates = balanced(&Circuit::default().under_euler(0.1)).unwrap();
        assert!((rates[0] * 1e3 - 5.90).abs() < 0.005, "{rates:?}");
        assert!((rates[1] * 1e3 - 16.29).abs() < 0.01, "{rates:?}");
    }
}
