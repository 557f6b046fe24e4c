//! Rates with a part of the E population stimulated: balanced where the weights allow it,
//! semi-balanced (one part silent) where they do not.

use super::circuit::{Circuit, Pair};
use super::no_solution::NoSolution;
use super::rates::positive;

/// Part of E, 1, gets more drive than the rest, 2; both are wired alike.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stimulated {
    /// Share of the E population in part 1.
    pub share: f64,
    /// Drive of part 1 beyond that of part 2, over `sqrt(N)` (mV/ms).
    pub extra: f64,
    /// Unscaled I to E weights onto each part (mV); equal without plasticity.
    pub j_ei: Pair,
}

/// How far the rows may disagree, relative to the drive.
const AGREEMENT: f64 = 1e-9;

/// Rates of E1, E2 and I (kHz).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PartRates {
    pub rates: [f64; 3],
    /// Whether one part is silent, its input negative at order `sqrt(N)`.
    pub semi_balanced: bool,
}

/// Rates of both parts and of I.
///
/// ```text
/// a1 r1 + a2 r2 - b1 ri + h1 = 0
/// a1 r1 + a2 r2 - b2 ri + h2 = 0
/// c1 r1 + c2 r2 - d  ri + Y  = 0        a1 = share a, c1 = share c', ...
/// ```
///
/// Both parts send alike, so the rows see only the mean `r_e = share r1 + (1 - share) r2`: three
/// equations for `r_e` and `r_i`. They agree only at the weights that [`adapted`] gives, where both
/// parts may fire at `r_e`. Everywhere else one part falls silent and the other balances alone with
/// I, `r_s = (d h - b Y) / (b c_s - a_s d)`.
///
/// Source: Akil, Rosenbaum and Josic (2021); semi-balance after Baker, Zhu and Rosenbaum (2020).
/// # Errors
/// When even a single part has no balanced rate.
pub fn rates(circuit: &Circuit, parts: &Stimulated) -> Result<PartRates, NoSolution> {
    let (w, drive) = (circuit.w(), circuit.drive());
    let per_mv = circuit.p[0][1] * circuit.q[1];
    let b = parts.j_ei.map(|j| -per_mv * j);
    let share = [parts.share, 1.0 - parts.share];
    let h = [drive[0] + parts.extra, drive[0]];
    let (a, c, d) = (w[0][0], w[1][0], -w[1][1]);
    let r_i = (h[0] - h[1]) / (b[0] - b[1]);
    let r_e = (d * r_i - drive[1]) / c;
    if (a * r_e - b[0] * r_i + h[0]).abs() <= AGREEMENT * h[0].abs() {
        return Ok(PartRates {
            rates: [r_e, r_e, r_i],
            semi_balanced: false,
        });
    }
    let alone = |part: usize| {
        let (a, c, b, h) = (a * share[part], c * share[part], b[part], h[part]);
        let det = b * c - a * d;
        [(d * h - b * drive[1]) / det, (c * h - a * drive[1]) / det]
    };
    // The active part is the one whose rates make the other's input negative.
    let silent_input = |active: usize, [r, r_i]: Pair| {
        let other = 1 - active;
        a * share[active] * r - b[other] * r_i + h[other]
    };
    let mut last = Err(NoSolution::NotConverged);
    for active in 0..2 {
        let pair = match positive(alone(active)) {
            Ok(pair) => pair,
            Err(error) => {
                last = Err(error);
                continue;
            }
        };
        if silent_input(active, pair) <= 0.0 {
            let mut rates = [0.0, 0.0, pair[1]];
            rates[active] = pair[0];
            return Ok(PartRates {
                rates,
                semi_balanced: true,
            });
        }
    }
    last
}

/// The I to E weights (mV) onto each part with which homeostatic plasticity brings both to `rho`,
/// and the rate of I there.
///
/// ```text
/// r_i = (c' rho + Y) / d,   b_part = (a rho + h_part) / r_i
/// ```
/// # Errors
/// When the rate of I would be negative.
pub fn adapted(circuit: &Circuit, extra: f64, rho: f64) -> Result<(Pair, f64), NoSolution> {
    let (w, drive) = (circuit.w(), circuit.drive());
    let r_i = -(w[1][0] * rho + drive[1]) / w[1][1];
    positive([rho, r_i])?;
    let per_mv = circuit.p[0][1] * circuit.q[1];
    let weight = |h: f64| -(w[0][0] * rho + h) / r_i / per_mv;
    Ok(([weight(drive[0] + extra), weight(drive[0])], r_i))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn circuit() -> Circuit {
        Circuit::default()
    }

    const J: f64 = -119.65811965811966;

    fn check(extra: f64, j_ei: Pair, expected: [f64; 3], semi: bool) {
        let parts = Stimulated {
            share: 0.5,
            extra,
            j_ei,
        };
        let found = rates(&circuit(), &parts).unwrap();
        assert_eq!(found.semi_balanced, semi);
        for (ours, theirs) in found.rates.iter().zip(expected) {
            assert!((ours - theirs).abs() < 1e-12, "{found:?}");
        }
    }

    /// The numbers of the optogenetic experiment: onset, adapted, offset.
    #[test]
    fn onset_adaptation_and_offset() {
        check(0.018, [J, J], [0.0356, 0.0, 0.03744], true);
        let (j, r_i) = adapted(&circuit(), 0.018, 0.01).unwrap();
        assert!((j[0] + 158.11965811965814).abs() < 1e-9);
        assert!((j[1] - J).abs() < 1e-9 && (r_i - 0.0234).abs() < 1e-12);
        check(0.018, j, [0.01, 0.01, 0.0234], false);
        check(0.0, j, [0.0, 0.02, 0.0234], true);
    }
}
