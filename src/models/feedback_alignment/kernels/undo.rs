//! The reverse step's sweep: takes the update of the weights back and carries the gradient along.

use multiversion::multiversion;
use multiversion::target::match_target;

use super::{BLOCK, Scaled, add_product, add_scaled, columns, columns_mut, dots, in_blocks, total};
use crate::models::feedback_alignment::lines::{Line, Lines, WIDTH};
use crate::models::feedback_alignment::matrix::Matrix;
use crate::models::nn::real::Real;

/// Which matrix the adjoint of the fed back error goes through.
#[derive(Clone, Copy)]
pub enum Error<'a, T: Real> {
    /// Nowhere: the error below is not used.
    Unused,
    /// This one.
    Through(&'a Matrix<T>),
    /// The weights as they were at this step.
    Weights,
    /// The same, and the gradient flows into them: exact for `B = W`.
    WeightsExact,
}

/// One layer of a reverse step, for the presynaptic units `on`. In: `W(t+1)`, `G = dM/dW(t+1)`.
///
/// ```text
/// measured before:   b_j = g_j . e     f_j = g_j . y     c_j = g_j . 1
/// rbar_j  = -activity_rest f_j + qbar e_j
/// ebar_j += error_error b_j + activity_error f_j + ones_error c_j + qbar r_j
/// ybar_j += error_activity b_j + activity_rest f_j + beta (1 - d_j) ebar_j u_j
/// ubar_j  = ebar_j d_j
/// w_j    <- (w_j - e A_j - y C_j - 1 D_j) / keep
/// ebar   += g_j A_j + b_j ubar_j          ybar += g_j C_j + w_j rbar_j
/// g_j    <- keep g_j + y rbar_j  [+ e ubar_j]
/// ```
/// Bars with an index belong to layer `l - 1`, those without to layer `l`; `[]` where exact.
pub struct Undo<'a, T: Real> {
    pub on: &'a [u32],
    pub w: &'a mut Matrix<T>,
    pub g: &'a mut Matrix<T>,
    pub error: Error<'a, T>,
    pub e: &'a Lines<T>,
    pub y: &'a Lines<T>,
    pub ones: &'a Lines<T>,
    pub y_below: &'a [T],
    pub d_below: &'a [T],
    pub u_below: &'a [T],
    pub e_below: &'a [T],
    pub r: &'a [T],
    pub b: &'a mut [T],
    pub f: &'a mut [T],
    pub c: &'a mut [T],
    pub ebar: &'a mut Lines<T>,
    pub ybar: &'a mut Lines<T>,
    pub ebar_below: &'a mut [T],
    pub ybar_below: &'a mut [T],
    pub factors: Scaled<T>,
    /// `dM/dq_l`.
    pub qbar: T,
    pub beta: T,
    /// Whether `W` is to be taken back, or stands at `W(t)` already.
    pub rolls_back: bool,
    /// Whether `b`, `f` and `c` are to be computed here, or have been by [`measure`].
    pub measures: bool,
    /// Which of `f` and `c` any term needs; `b` always.
    pub needs_f: bool,
    pub needs_c: bool,
    /// Whether `<G, W(t)>` is to be summed.
    pub needs_product: bool,
    /// `<G, W(t)>`.
    pub product: f64,
}

/// Computes `b`, `f` and `c` only.
pub fn measure<T: Real>(job: &mut Undo<'_, T>) {
    if T::RUNS {
        measure_wide(job);
    } else {
        measure_body::<T, false>(job);
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma",
    "aarch64+neon"
))]
fn measure_wide<T: Real>(job: &mut Undo<'_, T>) {
    match_target! {
        "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma" => measure_body::<T, true>(job),
        "x86_64+avx2+fma" => measure_body::<T, true>(job),
        "aarch64+neon" => measure_body::<T, true>(job),
        _ => measure_body::<T, false>(job),
    }
}

#[inline(always)]
fn measure_body<T: Real, const FUSED: bool>(job: &mut Undo<'_, T>) {
    in_blocks!(job.on, measure_block, job);
}

#[inline(always)]
fn measure_block<T: Real, const FUSED: bool, const N: usize>(at: [u32; N], job: &mut Undo<'_, T>) {
    let stride = job.g.stride();
    let g = columns(job.g.lines(), stride, at);
    let b = dots::<T, FUSED, N>(g, job.e.lines());
    for i in 0..N {
        job.b[at[i] as usize] = b[i];
    }
    if job.needs_f {
        let f = dots::<T, FUSED, N>(g, job.y.lines());
        for i in 0..N {
            job.f[at[i] as usize] = f[i];
        }
    }
    if job.needs_c {
        let c = dots::<T, FUSED, N>(g, job.ones.lines());
        for i in 0..N {
            job.c[at[i] as usize] = c[i];
        }
    }
}

pub fn undo<T: Real>(job: &mut Undo<'_, T>) {
    if T::RUNS {
        undo_wide(job);
    } else {
        undo_body::<T, false>(job);
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma",
    "aarch64+neon"
))]
fn undo_wide<T: Real>(job: &mut Undo<'_, T>) {
    match_target! {
        "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma" => undo_body::<T, true>(job),
        "x86_64+avx2+fma" => undo_body::<T, true>(job),
        "aarch64+neon" => undo_body::<T, true>(job),
        _ => undo_body::<T, false>(job),
    }
}

#[inline(always)]
fn undo_body<T: Real, const FUSED: bool>(job: &mut Undo<'_, T>) {
    in_blocks!(job.on, undo_block, job);
}

#[inline(always)]
fn undo_block<T: Real, const FUSED: bool, const N: usize>(at: [u32; N], job: &mut Undo<'_, T>) {
    if job.measures {
        measure_block::<T, FUSED, N>(at, job);
    }
    let factors = job.factors;
    let mut rows = [[T::zero(); 3]; N];
    let (mut rbar, mut ubar) = ([T::zero(); N], [T::zero(); N]);
    for i in 0..N {
        let j = at[i] as usize;
        let (b, f, c) = (job.b[j], job.f[j], job.c[j]);
        let (e, r, d) = (job.e_below[j], job.r[j], job.d_below[j]);
        rows[i] = factors.row(job.y_below[j], e, r);
        rbar[i] = job.qbar * e - factors.activity_rest * f;
        let ebar = job.ebar_below[j]
            + factors.error_error * b
            + factors.activity_error * f
            + factors.ones_error * c
            + job.qbar * r;
        let ybar = job.ybar_below[j] + factors.error_activity * b + factors.activity_rest * f;
        ubar[i] = ebar * d;
        job.ebar_below[j] = ebar;
        job.ybar_below[j] = ybar + job.beta * (T::one() - d) * (ebar * job.u_below[j]);
    }
    let stride = job.w.stride();
    let through = match job.error {
        Error::Through(b) => Some(columns(b.lines(), stride, at)),
        _ => None,
    };
    let into = matches!(job.error, Error::WeightsExact);
    let own = into || matches!(job.error, Error::Weights);
    let mut lines = Block::<T, N> {
        w: columns_mut(job.w.lines_mut(), stride, at),
        g: columns_mut(job.g.lines_mut(), stride, at),
        e: &job.e.lines()[..stride],
        y: &job.y.lines()[..stride],
        ebar: &mut job.ebar.lines_mut()[..stride],
        ybar: &mut job.ybar.lines_mut()[..stride],
        rows,
        rbar,
        ubar,
    };
    let general = !factors.is_plain() || own || job.needs_product;
    if general {
        let ones = job.ones.lines();
        let ways = Ways {
            keep: factors.keep,
            rolls_back: job.rolls_back,
            own,
            into,
        };
        let product = lines.general::<FUSED>(ones, through, &ways);
        if job.needs_product {
            job.product += product;
        }
        return;
    }
    if job.rolls_back {
        lines.roll_back::<FUSED>();
    }
    match through {
        Some(b) => lines.carry::<FUSED, true>(b),
        None => lines.carry::<FUSED, false>([&[]; N]),
    }
}

/// How [`Block::general`] treats its columns.
struct Ways<T> {
    keep: T,
    rolls_back: bool,
    own: bool,
    into: bool,
}

struct Block<'a, T, const N: usize> {
    w: [&'a mut [Line<T>]; N],
    g: [&'a mut [Line<T>]; N],
    e: &'a [Line<T>],
    y: &'a [Line<T>],
    ebar: &'a mut [Line<T>],
    ybar: &'a mut [Line<T>],
    rows: [[T; 3]; N],
    rbar: [T; N],
    ubar: [T; N],
}

impl<T: Real, const N: usize> Block<'_, T, N> {
    #[inline(always)]
    fn roll_back<const FUSED: bool>(&mut self) {
        for k in 0..self.e.len() {
            for i in 0..N {
                let mut w = self.w[i][k];
                add_scaled::<T, FUSED>(&mut w, &self.e[k], -self.rows[i][0]);
                add_scaled::<T, FUSED>(&mut w, &self.y[k], -self.rows[i][1]);
                self.w[i][k] = w;
            }
        }
    }

    // Six arrays share these indices.
    #[allow(clippy::needless_range_loop)]
    #[inline(always)]
    fn carry<const FUSED: bool, const THROUGH: bool>(&mut self, b: [&[Line<T>]; N]) {
        for k in 0..self.e.len() {
            let (mut ebar, mut ybar) = (self.ebar[k], self.ybar[k]);
            for i in 0..N {
                let mut g = self.g[i][k];
                add_scaled::<T, FUSED>(&mut ebar, &g, self.rows[i][0]);
                add_scaled::<T, FUSED>(&mut ybar, &g, self.rows[i][1]);
                add_scaled::<T, FUSED>(&mut ybar, &self.w[i][k], self.rbar[i]);
                if THROUGH {
                    add_scaled::<T, FUSED>(&mut ebar, &b[i][k], self.ubar[i]);
                }
                add_scaled::<T, FUSED>(&mut g, &self.y[k], self.rbar[i]);
                self.g[i][k] = g;
            }
            (self.ebar[k], self.ybar[k]) = (ebar, ybar);
        }
    }

    /// All that a layer may ask for; gives `<G, W(t)>` of these columns.
    #[inline(always)]
    fn general<const FUSED: bool>(
        &mut self,
        ones: &[Line<T>],
        through: Option<[&[Line<T>]; N]>,
        ways: &Ways<T>,
    ) -> f64 {
        let inverse = T::one() / ways.keep;
        let mut product = [T::zero(); WIDTH];
        for k in 0..self.e.len() {
            for i in 0..N {
                let mut w = self.w[i][k];
                if ways.rolls_back {
                    add_scaled::<T, FUSED>(&mut w, &self.e[k], -self.rows[i][0]);
                    add_scaled::<T, FUSED>(&mut w, &self.y[k], -self.rows[i][1]);
                    add_scaled::<T, FUSED>(&mut w, &ones[k], -self.rows[i][2]);
                    w = w.map(|w| w * inverse);
                    self.w[i][k] = w;
                }
                let mut g = self.g[i][k];
                add_product::<T, FUSED>(&mut product, &g, &w);
                add_scaled::<T, FUSED>(&mut self.ebar[k], &g, self.rows[i][0]);
                add_scaled::<T, FUSED>(&mut self.ybar[k], &g, self.rows[i][1]);
                add_scaled::<T, FUSED>(&mut self.ybar[k], &w, self.rbar[i]);
                if let Some(b) = &through {
                    add_scaled::<T, FUSED>(&mut self.ebar[k], &b[i][k], self.ubar[i]);
                }
                if ways.own {
                    add_scaled::<T, FUSED>(&mut self.ebar[k], &w, self.ubar[i]);
                }
                g = g.map(|g| ways.keep * g);
                add_scaled::<T, FUSED>(&mut g, &self.y[k], self.rbar[i]);
                if ways.into {
                    add_scaled::<T, FUSED>(&mut g, &self.e[k], self.ubar[i]);
                }
                self.g[i][k] = g;
            }
        }
        total(product).f64()
    }
}

/// The same for pixels that are 0, whose error is 0 too:
///
/// ```text
/// f_j = g_j . y        rbar_j = -activity_rest f_j
/// w_j  <- (w_j + activity_rest r_j y) / keep
/// ybar += w_j rbar_j - activity_rest r_j g_j
/// g_j  <- keep g_j + y rbar_j
/// ```
pub struct IdleUndo<'a, T: Real> {
    pub off: &'a [u32],
    pub w: &'a mut Matrix<T>,
    pub g: &'a mut Matrix<T>,
    pub y: &'a Lines<T>,
    pub r: &'a [T],
    pub f: &'a mut [T],
    pub ybar: &'a mut Lines<T>,
    pub factors: Scaled<T>,
    pub rolls_back: bool,
    pub needs_product: bool,
    /// `<G, W(t)>`.
    pub product: f64,
}

pub fn idle_undo<T: Real>(job: &mut IdleUndo<'_, T>) {
    if T::RUNS {
        idle_undo_wide(job);
    } else {
        idle_undo_body::<T, false>(job);
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma",
    "aarch64+neon"
))]
fn idle_undo_wide<T: Real>(job: &mut IdleUndo<'_, T>) {
    match_target! {
        "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma" => idle_undo_body::<T, true>(job),
        "x86_64+avx2+fma" => idle_undo_body::<T, true>(job),
        "aarch64+neon" => idle_undo_body::<T, true>(job),
        _ => idle_undo_body::<T, false>(job),
    }
}

#[inline(always)]
fn idle_undo_body<T: Real, const FUSED: bool>(job: &mut IdleUndo<'_, T>) {
    in_blocks!(job.off, idle_undo_block, job);
}

#[inline(always)]
fn idle_undo_block<T: Real, const FUSED: bool, const N: usize>(
    at: [u32; N],
    job: &mut IdleUndo<'_, T>,
) {
    let stride = job.w.stride();
    let y = &job.y.lines()[..stride];
    let g = columns_mut(job.g.lines_mut(), stride, at);
    let w = columns_mut(job.w.lines_mut(), stride, at);
    let f = dots::<T, FUSED, N>(g.each_ref().map(|g| &**g), y);
    let rest = job.factors.activity_rest;
    let (keep, inverse) = (job.factors.keep, T::one() / job.factors.keep);
    let mut rbar = [T::zero(); N];
    let mut c = [T::zero(); N];
    for i in 0..N {
        let j = at[i] as usize;
        job.f[j] = f[i];
        rbar[i] = -(rest * f[i]);
        c[i] = rest * -job.r[j];
    }
    let ybar = &mut job.ybar.lines_mut()[..stride];
    let plain = keep == T::one() && !job.needs_product && job.rolls_back;
    if plain {
        for k in 0..stride {
            let mut sum = ybar[k];
            for i in 0..N {
                let (mut w_line, mut g_line) = (w[i][k], g[i][k]);
                add_scaled::<T, FUSED>(&mut w_line, &y[k], -c[i]);
                add_scaled::<T, FUSED>(&mut sum, &g_line, c[i]);
                add_scaled::<T, FUSED>(&mut sum, &w_line, rbar[i]);
                add_scaled::<T, FUSED>(&mut g_line, &y[k], rbar[i]);
                w[i][k] = w_line;
                g[i][k] = g_line;
            }
            ybar[k] = sum;
        }
        return;
    }
    let mut product = [T::zero(); WIDTH];
    for k in 0..stride {
        for i in 0..N {
            let (mut w_line, mut g_line) = (w[i][k], g[i][k]);
            if job.rolls_back {
                add_scaled::<T, FUSED>(&mut w_line, &y[k], -c[i]);
                w_line = w_line.map(|w| w * inverse);
                w[i][k] = w_line;
            }
            add_product::<T, FUSED>(&mut product, &g_line, &w_line);
            add_scaled::<T, FUSED>(&mut ybar[k], &g_line, c[i]);
            add_scaled::<T, FUSED>(&mut ybar[k], &w_line, rbar[i]);
            g_line = g_line.map(|g| keep * g);
            add_scaled::<T, FUSED>(&mut g_line, &y[k], rbar[i]);
            g[i][k] = g_line;
        }
    }
    if job.needs_product {
        job.product += total(product).f64();
    }
}
