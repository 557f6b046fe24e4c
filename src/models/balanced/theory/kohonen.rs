//! Kohonen's rule on EE alone: two fixed points that meet in a saddle-node.

use super::circuit::{Circuit, Matrix};
use super::covariance::stdp_overlap;
use super::no_solution::NoSolution;

const ITERATIONS: usize = 400;

/// Fixed points of the mean EE weight `j` (mV).
///
/// ```text
/// j = beta (tau r_e + kappa / r_e),   r_e(j) = n / (m - j)
/// n = (d X~ - b Y~) / (d p q_e),  m = b c' / (d p q_e)
/// ```
///
/// `kappa = int_0^inf exp(-s / tau) C_ee(s) ds` is half the overlap `K_ee`. Without correlations
/// `j (m - j) = beta tau n`, which has two solutions up to the saddle-node.
///
/// Source: Akil, Rosenbaum and Josic (2021); the saddle-node is derived from their fixed point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kohonen {
    pub stable: f64,
    /// Beyond it the weights run away.
    pub unstable: f64,
}

/// `n` and `m` of [`Kohonen`].
fn constants(circuit: &Circuit) -> (f64, f64) {
    let (w, drive) = (circuit.w(), circuit.drive());
    let per_mv = circuit.p[0][0] * circuit.q[0];
    let (b, c, d) = (-w[0][1], w[1][0], -w[1][1]);
    let n = (d * drive[0] - b * drive[1]) / (d * per_mv);
    (n, b * c / (d * per_mv))
}

/// The `beta` (mV, times `sqrt(N)` of the physical one) at which both fixed points meet and vanish,
/// without correlations: `m^2 / (4 tau n)`.
pub fn saddle_node(circuit: &Circuit, tau_stdp: f64) -> f64 {
    let (n, m) = constants(circuit);
    m * m / (4.0 * tau_stdp * n)
}

/// Both fixed points with all blocks but EE held.
/// # Errors
/// Beyond the saddle-node, and where the rates have no solution.
pub fn fixed_points(circuit: &Circuit, beta: f64, tau_stdp: f64) -> Result<Kohonen, NoSolution> {
    let (n, m) = constants(circuit);
    if n.is_nan() || n <= 0.0 {
        return Err(NoSolution::NegativeRate {
            population: "E",
            rate: n / m,
        });
    }
    let root = |upper: bool| -> Result<f64, NoSolution> {
        let mut j = 0.0;
        let mut kappa = 0.0;
        for iteration in 0..ITERATIONS {
            // y = m - j solves (1 + beta kappa / n) y^2 - m y + beta tau n = 0.
            let lead = 1.0 + beta * kappa / n;
            let under = m * m - 4.0 * lead * beta * tau_stdp * n;
            if under < 0.0 {
                return Err(NoSolution::BeyondSaddleNode {
                    beta,
                    critical: m * m / (4.0 * lead * tau_stdp * n),
                });
            }
            let sign = if upper { -1.0 } else { 1.0 };
            let next = m - (m + sign * under.sqrt()) / (2.0 * lead);
            let moved = (next - j).abs();
            j = next;
            if circuit.c == 0.0 || (iteration > 0 && moved < 1e-12 * m) {
                return Ok(j);
            }
            kappa = stdp_overlap(&with_ee(circuit, j), tau_stdp)?[0][0] / 2.0;
        }
        Err(NoSolution::NotConverged)
    };
    Ok(Kohonen {
        stable: root(false)?,
        // With correlations the covariance diverges towards the unstable point; it may have none.
        unstable: root(true).unwrap_or(f64::NAN),
    })
}

fn with_ee(circuit: &Circuit, j_ee: f64) -> Circuit {
    let mut j: Matrix = circuit.j;
    j[0][0] = j_ee;
    circuit.with_weights(j)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn circuit() -> Circuit {
        Circuit::default().with_weights([[1.0, -100.0], [112.5, -250.0]])
    }

    #[test]
    fn fixed_points_of_the_paper() {
        for (beta, j) in [
            (1.0, 1.4464967),
            (2.0, 3.0),
            (3.0, 4.6884869),
            (4.0, 6.5547813),
        ] {
            let points = fixed_points(&circuit(), beta, 200.0).unwrap();
            assert!((points.stable - j).abs() < 1e-6);
            assert!((points.stable + points.unstable - 45.0).abs() < 1e-9);
        }
    }

    #[test]
    fn none_beyond_the_saddle_node() {
        let critical = saddle_node(&circuit(), 200.0);
        assert!((critical - 8.035714285714286).abs() < 1e-9);
        assert!(fixed_points(&circuit(), 8.03, 200.0).is_ok());
        let error = fixed_points(&circuit(), 8.04, 200.0).unwrap_err();
        assert!(matches!(error, NoSolution::BeyondSaddleNode { .. }));
    }
}
