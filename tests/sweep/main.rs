//! Sweeps: plans, killed and resumed, failed and retried, in parts.

mod killed;
mod plans;
mod program;
mod results;
