//! What the mean-field theory predicts: rates, covariances, fixed points of the weights, stability.
//!
//! Pure functions of a [`Circuit`](circuit::Circuit). Where there is no answer they say why, in a
//! [`NoSolution`](no_solution::NoSolution).

pub mod circuit;
pub mod covariance;
pub mod halves;
pub mod kohonen;
pub mod no_solution;
pub mod outlook;
pub mod rates;
pub mod reference;
pub mod stability;
pub mod weights;
