//! The online step's sweep: errors fed back, projections and the update of the weights.

use multiversion::multiversion;
use multiversion::target::match_target;

use super::{BLOCK, Scaled, add_scaled, columns, columns_mut, dots, in_blocks};
use crate::models::feedback_alignment::lines::{Line, Lines};
use crate::models::feedback_alignment::matrix::Matrix;
use crate::models::nn::real::Real;

/// One layer of an online step, for the presynaptic units `on`:
///
/// ```text
/// u_j = b_j . e        e_j = u_j d_j        r_j = w_j . y            (measured from the old w_j)
/// w_j <- keep w_j + e A_j + y C_j + 1 D_j
/// ```
/// `w_j`, `b_j`: columns of `W_l` and `B_l`; `e`, `y` of layer `l`; the other vectors of `l - 1`.
pub struct Adapt<'a, T: Real> {
    pub on: &'a [u32],
    pub w: &'a mut Matrix<T>,
    /// `None`: the weights themselves.
    pub feedback: Option<&'a Matrix<T>>,
    pub e: &'a Lines<T>,
    pub y: &'a Lines<T>,
    pub ones: &'a Lines<T>,
    pub y_below: &'a [T],
    pub d_below: &'a [T],
    pub u_below: &'a mut [T],
    pub e_below: &'a mut [T],
    pub r: &'a mut [T],
    /// Whether `u` and `e` of the layer below are to be computed.
    pub feeds_back: bool,
    /// Whether `r` is to be computed.
    pub projects: bool,
    /// What to do with the weights; `None` leaves them alone.
    pub factors: Option<Scaled<T>>,
}

pub fn adapt<T: Real>(job: &mut Adapt<'_, T>) {
    if T::RUNS {
        adapt_wide(job);
    } else {
        adapt_body::<T, false>(job);
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma",
    "aarch64+neon"
))]
fn adapt_wide<T: Real>(job: &mut Adapt<'_, T>) {
    match_target! {
        "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma" => adapt_body::<T, true>(job),
        "x86_64+avx2+fma" => adapt_body::<T, true>(job),
        "aarch64+neon" => adapt_body::<T, true>(job),
        _ => adapt_body::<T, false>(job),
    }
}

#[inline(always)]
fn adapt_body<T: Real, const FUSED: bool>(job: &mut Adapt<'_, T>) {
    in_blocks!(job.on, adapt_block, job);
}

#[inline(always)]
fn adapt_block<T: Real, const FUSED: bool, const N: usize>(at: [u32; N], job: &mut Adapt<'_, T>) {
    let stride = job.w.stride();
    let w = columns_mut(job.w.lines_mut(), stride, at);
    let (e, y) = (job.e.lines(), job.y.lines());
    if job.feeds_back {
        let u = match job.feedback {
            Some(b) => dots::<T, FUSED, N>(columns(b.lines(), stride, at), e),
            None => dots::<T, FUSED, N>(w.each_ref().map(|w| &**w), e),
        };
        for i in 0..N {
            let j = at[i] as usize;
            job.u_below[j] = u[i];
            job.e_below[j] = u[i] * job.d_below[j];
        }
    }
    if job.projects {
        let r = dots::<T, FUSED, N>(w.each_ref().map(|w| &**w), y);
        for i in 0..N {
            job.r[at[i] as usize] = r[i];
        }
    }
    let Some(factors) = &job.factors else {
        return;
    };
    let rows = at.map(|j| {
        let j = j as usize;
        factors.row(job.y_below[j], job.e_below[j], job.r[j])
    });
    if !factors.is_plain() {
        change::<T, FUSED, N>(w, e, y, job.ones.lines(), factors.keep, rows);
    } else if factors.has_activity() {
        add_two::<T, FUSED, N>(w, e, y, rows);
    } else {
        add_one::<T, FUSED, N>(w, e, rows);
    }
}

#[inline(always)]
fn add_one<T: Real, const FUSED: bool, const N: usize>(
    w: [&mut [Line<T>]; N],
    e: &[Line<T>],
    rows: [[T; 3]; N],
) {
    let w = w.map(|w| &mut w[..e.len()]);
    for k in 0..e.len() {
        for i in 0..N {
            add_scaled::<T, FUSED>(&mut w[i][k], &e[k], rows[i][0]);
        }
    }
}

#[inline(always)]
fn add_two<T: Real, const FUSED: bool, const N: usize>(
    w: [&mut [Line<T>]; N],
    e: &[Line<T>],
    y: &[Line<T>],
    rows: [[T; 3]; N],
) {
    let w = w.map(|w| &mut w[..e.len()]);
    let y = &y[..e.len()];
    for k in 0..e.len() {
        for i in 0..N {
            let mut line = w[i][k];
            add_scaled::<T, FUSED>(&mut line, &e[k], rows[i][0]);
            add_scaled::<T, FUSED>(&mut line, &y[k], rows[i][1]);
            w[i][k] = line;
        }
    }
}

#[inline(always)]
fn change<T: Real, const FUSED: bool, const N: usize>(
    w: [&mut [Line<T>]; N],
    e: &[Line<T>],
    y: &[Line<T>],
    ones: &[Line<T>],
    keep: T,
    rows: [[T; 3]; N],
) {
    let w = w.map(|w| &mut w[..e.len()]);
    let (y, ones) = (&y[..e.len()], &ones[..e.len()]);
    for k in 0..e.len() {
        for i in 0..N {
            let mut line = w[i][k].map(|w| keep * w);
            add_scaled::<T, FUSED>(&mut line, &e[k], rows[i][0]);
            add_scaled::<T, FUSED>(&mut line, &y[k], rows[i][1]);
            add_scaled::<T, FUSED>(&mut line, &ones[k], rows[i][2]);
            w[i][k] = line;
        }
    }
}

/// The same for pixels that are 0, whose error is 0 too:
///
/// ```text
/// r_j = w_j . y        w_j <- keep w_j - activity_rest r_j y
/// ```
pub struct Idle<'a, T: Real> {
    pub off: &'a [u32],
    pub w: &'a mut Matrix<T>,
    pub y: &'a Lines<T>,
    pub r: &'a mut [T],
    pub projects: bool,
    pub factors: Option<Scaled<T>>,
}

pub fn idle<T: Real>(job: &mut Idle<'_, T>) {
    if T::RUNS {
        idle_wide(job);
    } else {
        idle_body::<T, false>(job);
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma",
    "aarch64+neon"
))]
fn idle_wide<T: Real>(job: &mut Idle<'_, T>) {
    match_target! {
        "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma" => idle_body::<T, true>(job),
        "x86_64+avx2+fma" => idle_body::<T, true>(job),
        "aarch64+neon" => idle_body::<T, true>(job),
        _ => idle_body::<T, false>(job),
    }
}

#[inline(always)]
fn idle_body<T: Real, const FUSED: bool>(job: &mut Idle<'_, T>) {
    in_blocks!(job.off, idle_block, job);
}

#[inline(always)]
fn idle_block<T: Real, const FUSED: bool, const N: usize>(at: [u32; N], job: &mut Idle<'_, T>) {
    let stride = job.w.stride();
    let w = columns_mut(job.w.lines_mut(), stride, at);
    let y = job.y.lines();
    if job.projects {
        let r = dots::<T, FUSED, N>(w.each_ref().map(|w| &**w), y);
        for i in 0..N {
            job.r[at[i] as usize] = r[i];
        }
    }
    let Some(factors) = &job.factors else {
        return;
    };
    let c = at.map(|j| factors.activity_rest * -job.r[j as usize]);
    let w = w.map(|w| &mut w[..y.len()]);
    if factors.keep == T::one() {
        for k in 0..y.len() {
            for i in 0..N {
                add_scaled::<T, FUSED>(&mut w[i][k], &y[k], c[i]);
            }
        }
    } else {
        for k in 0..y.len() {
            for i in 0..N {
                let mut line = w[i][k].map(|w| factors.keep * w);
                add_scaled::<T, FUSED>(&mut line, &y[k], c[i]);
                w[i][k] = line;
            }
        }
    }
}
