//! Feedback alignment with meta-learned plasticity (Shervani-Tabar & Rosenbaum 2023, Nat. Commun.
//! 14:1805): a network that learns online by a sum of local terms, and the exact gradient of what it
//! has learnt by the terms' coefficients.

pub mod activation;
pub mod case;
pub mod coefficients;
pub mod dual;
pub mod episode;
mod kernels;
pub mod learner;
pub mod lines;
pub mod matrix;
pub mod network;
pub mod outer;
pub mod plain;
pub mod query;
pub mod reference;
pub mod reverse;
pub mod tally;
pub mod tape;
pub mod task;
pub mod terms;
pub mod trace;
