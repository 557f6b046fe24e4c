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

#[cfg(test)]
mod tests {
    use super::*;

    const TAU: f64 = 200.0;
    const WEIGHT: f64 = 0.5;

    /// The windows of the paper at 30 ms to either side; a rule whose phases are swapped, or that
    /// reads the wrong trace, has another sign somewhere.
    #[test]
    fn windows_are_those_of_the_paper() {
        let e = (-30.0f64 / TAU).exp();
        let (eta, j_max, beta) = (1e-2, 0.7, 0.05);
        let soft = Rule::Soft(Soft { eta, j_max });
        let hard = Rule::Hard(Hard {
            eta,
            j_min: 0.0,
            j_max,
        });
        let full = Rule::Hard(Hard {
            eta,
            j_min: 0.0,
            j_max: WEIGHT,
        });
        let kohonen = Rule::Kohonen(Kohonen { eta, beta });
        let oja = Rule::Oja(Oja { eta, beta });
        let triplet = Rule::Triplet(Triplet { eta, v_theta: 2.0 });
        let homeostatic = Rule::Homeostatic(Homeostatic {
            gain: -0.01,
            alpha: 4.0,
        });
        for (rule, pre_first, post_first) in [
            (soft, eta * j_max * e, -eta * WEIGHT * e),
            (hard, eta * e, -eta * e),
            (full, 0.0, -eta * e),
            (kohonen, 0.0, beta * eta * e),
            (oja, -eta * WEIGHT * e, beta * eta * e),
            (triplet, -eta * e * e, 2.0 * eta * e),
            (homeostatic, 0.01 * WEIGHT * e, 0.01 * WEIGHT * e),
        ] {
            let (before, after) = (
                rule.window(WEIGHT, -30.0, TAU),
                rule.window(WEIGHT, 30.0, TAU),
            );
            assert!(
                (before - pre_first).abs() < 1e-15,
                "{rule:?}: {before} {pre_first}"
            );
            assert!(
                (after - post_first).abs() < 1e-15,
                "{rule:?}: {after} {post_first}"
            );
        }
    }

    #[test]
    fn a_clamped_weight_stops_at_zero() {
        let rule = Homeostatic {
            gain: -2.0,
            alpha: 4.0,
        };
        let free = rule.pre(-0.5, 0.0);
        assert!(free > 0.0);
        let clamped = Clamped { rule, sign: -1.0 };
        assert_eq!(clamped.pre(-0.5, 0.0), 0.0);
        assert_eq!(clamped.post(-0.5, 1.0), rule.post(-0.5, 1.0));
    }
}
