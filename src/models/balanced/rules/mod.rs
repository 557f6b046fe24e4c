//! The plasticity rules, each on its own: what a spike does to a weight.
//!
//! A synapse from `k` (presynaptic) to `j` (postsynaptic) has the weight `J`. Every neuron has one
//! trace, `dx/dt = -x/tau_STDP`, raised by 1 at its own spikes. A rule is two functions: what
//! happens to `J` when `k` fires, and what when `j` fires. Both see the traces from before the
//! spikes of the same step. Which rule it is, is decided once for a whole step: the loops over
//! synapses are compiled for each rule.

mod hard;
mod homeostatic;
mod kohonen;
mod oja;
mod soft;
mod triplet;

pub use hard::Hard;
pub use homeostatic::Homeostatic;
pub use kohonen::Kohonen;
pub use oja::Oja;
pub use soft::Soft;
pub use triplet::Triplet;

use super::sizes::Block;
use crate::models::nn::real::Real;

/// A rule with its numbers in the type that the network runs in.
pub trait Kernel<T: Real>: Copy + Send + Sync {
    /// The weight after a spike of the presynaptic cell; `x_post` is the other's trace.
    fn pre(self, weight: T, x_post: T) -> T;

    /// The weight after a spike of the postsynaptic cell; `x_pre` is the other's trace.
    fn post(self, weight: T, x_pre: T) -> T;
}

/// A rule that is on, with its parameters in physical units (`J`, not `j`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rule {
    Soft(Soft<f64>),
    Hard(Hard<f64>),
    Kohonen(Kohonen<f64>),
    Oja(Oja<f64>),
    Triplet(Triplet<f64>),
    Homeostatic(Homeostatic<f64>),
}

/// What a screen says of a rule. All text is for people.
pub struct RuleSpec {
    /// The switch in the parameter table.
    pub id: &'static str,
    pub block: Block,
    pub title: &'static str,
    pub equation: &'static str,
    pub fixed_point: &'static str,
    pub source: &'static str,
}

/// Every rule, in the order in which those on the same block are applied in a step.
pub const RULES: &[RuleSpec] = &[
    soft::EE,
    hard::EE,
    hard::EE_CLASSICAL,
    kohonen::EE,
    oja::EE,
    triplet::EE,
    homeostatic::EI,
    homeostatic::IE,
    soft::IE,
    homeostatic::II,
];

/// A rule whose weights stop at 0 instead of changing sign.
#[derive(Clone, Copy, Debug)]
pub struct Clamped<K, T> {
    pub rule: K,
    /// The sign that the weights keep.
    pub sign: T,
}

impl<T: Real, K: Kernel<T>> Clamped<K, T> {
    fn hold(self, weight: T) -> T {
        if weight * self.sign < T::zero() {
            T::zero()
        } else {
            weight
        }
    }
}

impl<T: Real, K: Kernel<T>> Kernel<T> for Clamped<K, T> {
    #[inline(always)]
    fn pre(self, weight: T, x_post: T) -> T {
        self.hold(self.rule.pre(weight, x_post))
    }

    #[inline(always)]
    fn post(self, weight: T, x_pre: T) -> T {
        self.hold(self.rule.post(weight, x_pre))
    }
}

/// Something that is done with a rule, compiled for each.
pub trait WithKernel<T: Real> {
    fn run<K: Kernel<T>>(self, kernel: K);
}

impl Rule {
    /// Calls `job` with this rule's kernel; `clamp` gives the sign that weights keep.
    pub fn with_kernel<T: Real>(self, clamp: Option<f64>, job: impl WithKernel<T>) {
        match self {
            Self::Soft(rule) => clamped(rule.cast(), clamp, job),
            Self::Hard(rule) => clamped(rule.cast(), clamp, job),
            Self::Kohonen(rule) => clamped(rule.cast(), clamp, job),
            Self::Oja(rule) => clamped(rule.cast(), clamp, job),
            Self::Triplet(rule) => clamped(rule.cast(), clamp, job),
            Self::Homeostatic(rule) => clamped(rule.cast(), clamp, job),
        }
    }

    /// The weight change of one pair of spikes `s = t_pre - t_post` ms apart, with single-spike
    /// terms left out, for a weight `J` and traces of time constant `tau` (ms).
    pub fn window(self, weight: f64, s: f64, tau: f64) -> f64 {
        let e = (-s.abs() / tau).exp();
        let at = |x: f64, kernel: &dyn Fn(f64) -> f64| kernel(x) - kernel(0.0);
        let of = |pre: &dyn Fn(f64) -> f64, post: &dyn Fn(f64) -> f64| {
            if s > 0.0 { at(e, pre) } else { at(e, post) }
        };
        match self {
            Self::Soft(r) => of(&|x| r.pre(weight, x), &|x| r.post(weight, x)),
            Self::Hard(r) => of(&|x| r.pre(weight, x), &|x| r.post(weight, x)),
            Self::Kohonen(r) => of(&|x| r.pre(weight, x), &|x| r.post(weight, x)),
            Self::Oja(r) => of(&|x| r.pre(weight, x), &|x| r.post(weight, x)),
            Self::Triplet(r) => of(&|x| r.pre(weight, x), &|x| r.post(weight, x)),
            Self::Homeostatic(r) => of(&|x| r.pre(weight, x), &|x| r.post(weight, x)),
        }
    }
}

fn clamped<T: Real, K: Kernel<T>>(kernel: K, clamp: Option<f64>, job: impl WithKernel<T>) {
    match clamp {
        None => job.run(kernel),
        Some(sign) => job.run(Clamped {
            rule: kernel,
            sign: T::of(sign),
        }),
    }
}
