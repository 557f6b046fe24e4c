//! One step of the reverse pass: the derivative of the meta-loss carried from `W(t+1)` to `W(t)`.

use serde::{Deserialize, Serialize};

use super::coefficients::Coefficients;
use super::kernels::{Error, IdleUndo, Scaled, Undo, add_outer, idle_undo, measure, pull, undo};
use super::learner::{Bars, Learner, Workspace, on};
use super::lines::Lines;
use super::matrix::Matrix;
use super::network::Feedback;
use super::terms::{POOL, Reverse, TERMS};
use super::trace::Trace;
use crate::models::nn::elementwise::dot;
use crate::models::nn::real::Real;

/// What is taken for the gradient where `B = W` (symmetric feedback). With fixed feedback all three
/// are the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SymmetricGradient {
    /// The derivative, through `B = W` as well.
    #[default]
    Exact,
    /// No gradient flows into `B`.
    StopGradient,
    /// What the authors' program computes: as before, and every step's errors are carried by the
    /// last weights.
    Authors,
}

/// How a reverse step treats the weights.
#[derive(Clone, Copy, Debug)]
pub struct Way<'a, T: Real> {
    pub gradient: SymmetricGradient,
    /// `W(T)`, for [`SymmetricGradient::Authors`].
    pub last: &'a [Matrix<T>],
    /// Whether the learner's weights are `W(t+1)` and are to be rolled back, or are `W(t)` already.
    pub rolls_back: bool,
}

impl<T: Real> Learner<T> {
    /// Takes `G_l = dM/dW_l` (`gradient`) from behind the step that left `trace` to before it, rolls
    /// the weights back, and adds `dM/dtheta_r` of this step to `sums` (index `l - 1`) for every
    /// term that is on. The derivation: every line of the online step in reverse,
    ///
    /// ```text
    /// update      ebar_l += G A, ybar_l += G C + W rbar, ...  (see the kernel), l = 1..L
    /// errors      ubar_l = ebar_l d_l,  ybar_l += beta (1-d_l) ebar_l u_l,  ebar_{l+1} += B_{l+1} ubar_l
    /// output      ybar_L += ebar_L,  zbar_L += p (ybar_L - p . ybar_L)
    /// activities  G_l += zbar_l y_{l-1}^T,  ybar_{l-1} += W_l^T zbar_l,  zbar_{l-1} += ybar_{l-1} d_{l-1}
    /// ```
    pub fn reverse_step(
        &mut self,
        coefficients: &Coefficients,
        trace: &Trace<T>,
        way: &Way<'_, T>,
        gradient: &mut [Matrix<T>],
        sums: &mut [[f64; TERMS]],
        work: &mut Workspace<T>,
    ) {
        let depth = self.network.depth();
        work.pixels.sort(trace.y[0].values());
        let bars = &mut work.bars;
        for bars in [&mut bars.e, &mut bars.y, &mut bars.z] {
            bars.iter_mut().for_each(Lines::clear);
        }
        for l in 1..=depth {
            self.reverse_update(
                l,
                coefficients,
                trace,
                way,
                gradient,
                &mut sums[l - 1],
                work,
            );
        }
        output(depth, trace, &mut work.bars);
        for l in (1..=depth).rev() {
            self.reverse_activity(l, trace, gradient, work);
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn reverse_update(
        &mut self,
        l: usize,
        coefficients: &Coefficients,
        trace: &Trace<T>,
        way: &Way<'_, T>,
        gradient: &mut [Matrix<T>],
        sums: &mut [f64; TERMS],
        work: &mut Workspace<T>,
    ) {
        let rule = coefficients.rule(l);
        let needs = rule.needs();
        let at = trace.gates[l - 1].local();
        let factors = Scaled::new(&rule.factors(&at));
        let (y_below, e_below) = (trace.y[l - 1].values(), trace.e[l - 1].values());
        let r = trace.r[l].values();
        let beta = T::of(self.network.beta);
        let size = self.network.size(l);
        let on: &[u32] = if l == 1 {
            work.pixels.on()
        } else {
            &work.all[..self.network.size(l - 1)]
        };
        let off: &[u32] = if l == 1 { work.pixels.off() } else { &[] };
        let Bars { e, y, z, b, f, c } = &mut work.bars;
        let (ebar_below, ebar) = e.split_at_mut(l);
        let (ybar_below, ybar) = y.split_at_mut(l);
        let used = l > 1 || needs.error_below;
        let error = match (used, self.feedback, way.gradient) {
            (false, ..) => Error::Unused,
            (_, Feedback::Fixed, _) => Error::Through(&self.fixed[l - 1]),
            (_, _, SymmetricGradient::Exact) => Error::WeightsExact,
            (_, _, SymmetricGradient::StopGradient) => Error::Weights,
            (_, _, SymmetricGradient::Authors) => Error::Through(&way.last[l - 1]),
        };
        let needs_f = rule.on[1] || rule.on[6] || rule.on[8] || rule.on[9];
        let mut job = Undo {
            on,
            w: &mut self.weights[l - 1],
            g: &mut gradient[l - 1],
            error,
            e: &trace.e[l],
            y: &trace.y[l],
            ones: &work.ones[l],
            y_below,
            d_below: trace.d[l - 1].values(),
            u_below: trace.u[l - 1].values(),
            e_below,
            r,
            b: b[l - 1].values_mut(),
            f: f[l - 1].values_mut(),
            c: c[l - 1].values_mut(),
            ebar: &mut ebar[0],
            ybar: &mut ybar[0],
            ebar_below: ebar_below[l - 1].values_mut(),
            ybar_below: ybar_below[l - 1].values_mut(),
            factors,
            qbar: T::zero(),
            beta,
            rolls_back: way.rolls_back,
            measures: true,
            needs_f,
            needs_c: rule.on[4],
            needs_product: rule.on[3],
            product: 0.0,
        };
        for values in [&mut *job.b, &mut *job.f, &mut *job.c] {
            values.fill(T::zero());
        }
        if needs.overlap {
            measure(&mut job);
            job.measures = false;
            let mut gate = inner_products(&job);
            for r in rule.terms() {
                POOL[r].adjoint(rule.theta[r], &mut gate);
            }
            job.qbar = T::of(gate.overlap);
        }
        undo(&mut job);
        let mut product = job.product;
        if !off.is_empty() && (rule.on[9] || rule.on[3]) {
            let mut idle = IdleUndo {
                off,
                w: &mut *job.w,
                g: &mut *job.g,
                y: job.y,
                r,
                f: &mut *job.f,
                ybar: &mut *job.ybar,
                factors,
                rolls_back: way.rolls_back,
                needs_product: rule.on[3],
                product: 0.0,
            };
            idle_undo(&mut idle);
            product += idle.product;
        }
        let mut reverse = inner_products(&job);
        reverse.weights = product;
        for r in rule.terms() {
            sums[r] += POOL[r].gradient(&at, &reverse);
            POOL[r].adjoint(rule.theta[r], &mut reverse);
        }
        if rule.on[5] {
            let sbar = T::of(reverse.total);
            job.ybar.values_mut().iter_mut().for_each(|y| *y += sbar);
        }
        if rule.on[8] {
            let vbar = T::of(reverse.input_error);
            let inputs = trace.z[l].values().iter().zip(trace.e[l].values());
            let bars = job.ebar.values_mut().iter_mut().zip(z[l].values_mut());
            for ((ebar, zbar), (z, e)) in bars.zip(inputs) {
                *ebar += vbar * *z;
                *zbar += vbar * *e;
            }
        }
        // b (f), G A, G C and W rbar, roll back two, G one or two, B ubar.
        let sweeps = 7 + u64::from(needs_f) + u64::from(used);
        work.products += (sweeps * (on.len() * size) as u64) + (5 * off.len() * size) as u64;
    }

    fn reverse_activity(
        &self,
        l: usize,
        trace: &Trace<T>,
        gradient: &mut [Matrix<T>],
        work: &mut Workspace<T>,
    ) {
        let y_below = trace.y[l - 1].values();
        let g = &mut gradient[l - 1];
        let products = on(l, &self.network, work).len() * self.network.size(l);
        if l == 1 {
            add_outer(work.pixels.on(), g, &work.bars.z[1], y_below);
            work.products += products as u64;
            return;
        }
        let on = &work.all[..self.network.size(l - 1)];
        let Bars { y, z, .. } = &mut work.bars;
        let (z_below, z) = z.split_at_mut(l);
        let ybar = y[l - 1].values_mut();
        pull(on, &self.weights[l - 1], g, &z[0], y_below, ybar);
        let below = z_below[l - 1].values_mut().iter_mut();
        for ((zbar, ybar), d) in below.zip(ybar).zip(trace.d[l - 1].values()) {
            *zbar += *ybar * *d;
        }
        work.products += 2 * products as u64;
    }
}

/// `ybar_L += ebar_L` (as `e_L = y_L - onehot`), then through the softmax.
fn output<T: Real>(depth: usize, trace: &Trace<T>, bars: &mut Bars<T>) {
    let ybar = bars.y[depth].values_mut();
    for (ybar, ebar) in ybar.iter_mut().zip(bars.e[depth].values()) {
        *ybar += *ebar;
    }
    let p = trace.y[depth].values();
    let mean = T::of(dot(p, ybar));
    let zbar = bars.z[depth].values_mut().iter_mut();
    for ((zbar, ybar), p) in zbar.zip(ybar).zip(p) {
        *zbar += *p * (*ybar - mean);
    }
}

/// What the terms' gradients and the gates' adjoints are made of; `<G, W>` apart.
fn inner_products<T: Real>(job: &Undo<'_, T>) -> Reverse {
    let rest = if job.needs_f {
        // f . (y' - r), without forming the difference in single precision.
        dot(job.f, job.y_below) - dot(job.f, job.r)
    } else {
        0.0
    };
    Reverse {
        error_activity: dot(job.b, job.y_below),
        error_error: dot(job.b, job.e_below),
        activity_error: dot(job.f, job.e_below),
        activity_rest: rest,
        ones_error: dot(job.c, job.e_below),
        ..Reverse::default()
    }
}
