//! Why the theory has no answer for the present parameters.

use thiserror::Error;

use crate::models::param::number;

/// Said on the screen where a line of theory is missing.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum NoSolution {
    #[error("W is singular (det {}): no rates cancel the drive at order sqrt(N)", number(*det))]
    Singular { det: f64 },
    #[error(
        "not balanced: X/Y > b/d > a/c' is violated ({} > {} > {} is false)",
        short(*drive), short(*inhibition), short(*excitation)
    )]
    Unbalanced {
        drive: f64,
        inhibition: f64,
        excitation: f64,
    },
    #[error("the balanced {population} rate would be {} Hz", short(rate * 1e3))]
    NegativeRate { population: &'static str, rate: f64 },
    #[error(
        "beta {} is beyond Kohonen's saddle-node at {}: weights grow without bound",
        short(*beta), short(*critical)
    )]
    BeyondSaddleNode { beta: f64, critical: f64 },
    #[error("the mean drift of {rule} is zero at every weight: it only diffuses")]
    NoDrift { rule: &'static str },
    #[error("{first} and {second} both act on {block}: no closed form")]
    SeveralRules {
        block: &'static str,
        first: &'static str,
        second: &'static str,
    },
    #[error("{first} and {second} both pin the {population} rate")]
    Overdetermined {
        population: &'static str,
        first: &'static str,
        second: &'static str,
    },
    #[error("{block} would need weight {}, the wrong sign", short(*weight))]
    WrongSign { block: &'static str, weight: f64 },
    #[error("the fixed point under correlations was not found by iteration")]
    NotConverged,
    #[error("no rule is on")]
    NoRule,
}

fn short(x: f64) -> String {
    if x.is_finite() {
        format!("{x:.3}")
    } else {
        number(x)
    }
}
