//! Products of a matrix with a vector.

use multiversion::multiversion;
use multiversion::target::match_target;

use super::{BLOCK, add_scaled, columns, columns_mut, dots, in_blocks};
use crate::models::feedback_alignment::lines::{Line, Lines};
use crate::models::feedback_alignment::matrix::Matrix;
use crate::models::nn::real::Real;

/// `z = W y`, of which only the units `on` are not 0.
pub fn multiply<T: Real>(on: &[u32], w: &Matrix<T>, y: &[T], z: &mut Lines<T>) {
    if T::RUNS {
        multiply_wide(on, w, y, z);
    } else {
        multiply_body::<T, false>(on, w, y, z);
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma",
    "aarch64+neon"
))]
fn multiply_wide<T: Real>(on: &[u32], w: &Matrix<T>, y: &[T], z: &mut Lines<T>) {
    match_target! {
        "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma" => multiply_body::<T, true>(on, w, y, z),
        "x86_64+avx2+fma" => multiply_body::<T, true>(on, w, y, z),
        "aarch64+neon" => multiply_body::<T, true>(on, w, y, z),
        _ => multiply_body::<T, false>(on, w, y, z),
    }
}

#[inline(always)]
fn multiply_body<T: Real, const FUSED: bool>(on: &[u32], w: &Matrix<T>, y: &[T], z: &mut Lines<T>) {
    z.clear();
    let z = z.lines_mut();
    in_blocks!(on, multiply_block, w, y, z);
}

#[inline(always)]
fn multiply_block<T: Real, const FUSED: bool, const N: usize>(
    at: [u32; N],
    w: &Matrix<T>,
    y: &[T],
    z: &mut [Line<T>],
) {
    let w = columns(w.lines(), z.len(), at);
    let y = at.map(|j| y[j as usize]);
    for (k, z) in z.iter_mut().enumerate() {
        let mut sum = *z;
        for i in 0..N {
            add_scaled::<T, FUSED>(&mut sum, &w[i][k], y[i]);
        }
        *z = sum;
    }
}

/// `x = W^T v` for the units `on`; the others are left alone.
pub fn project<T: Real>(on: &[u32], w: &Matrix<T>, v: &Lines<T>, x: &mut [T]) {
    if T::RUNS {
        project_wide(on, w, v, x);
    } else {
        project_body::<T, false>(on, w, v, x);
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma",
    "aarch64+neon"
))]
fn project_wide<T: Real>(on: &[u32], w: &Matrix<T>, v: &Lines<T>, x: &mut [T]) {
    match_target! {
        "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma" => project_body::<T, true>(on, w, v, x),
        "x86_64+avx2+fma" => project_body::<T, true>(on, w, v, x),
        "aarch64+neon" => project_body::<T, true>(on, w, v, x),
        _ => project_body::<T, false>(on, w, v, x),
    }
}

#[inline(always)]
fn project_body<T: Real, const FUSED: bool>(on: &[u32], w: &Matrix<T>, v: &Lines<T>, x: &mut [T]) {
    let v = v.lines();
    in_blocks!(on, project_block, w, v, x);
}

#[inline(always)]
fn project_block<T: Real, const FUSED: bool, const N: usize>(
    at: [u32; N],
    w: &Matrix<T>,
    v: &[Line<T>],
    x: &mut [T],
) {
    let sums = dots::<T, FUSED, N>(columns(w.lines(), v.len(), at), v);
    for i in 0..N {
        x[at[i] as usize] = sums[i];
    }
}

/// `G += v y^T`, where `y` is 0 but at the units `on`.
pub fn add_outer<T: Real>(on: &[u32], g: &mut Matrix<T>, v: &Lines<T>, y: &[T]) {
    if T::RUNS {
        add_outer_wide(on, g, v, y);
    } else {
        add_outer_body::<T, false>(on, g, v, y);
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma",
    "aarch64+neon"
))]
fn add_outer_wide<T: Real>(on: &[u32], g: &mut Matrix<T>, v: &Lines<T>, y: &[T]) {
    match_target! {
        "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma" => add_outer_body::<T, true>(on, g, v, y),
        "x86_64+avx2+fma" => add_outer_body::<T, true>(on, g, v, y),
        "aarch64+neon" => add_outer_body::<T, true>(on, g, v, y),
        _ => add_outer_body::<T, false>(on, g, v, y),
    }
}

#[inline(always)]
fn add_outer_body<T: Real, const FUSED: bool>(
    on: &[u32],
    g: &mut Matrix<T>,
    v: &Lines<T>,
    y: &[T],
) {
    let v = v.lines();
    let g = g.lines_mut();
    in_blocks!(on, add_outer_block, g, v, y);
}

#[inline(always)]
fn add_outer_block<T: Real, const FUSED: bool, const N: usize>(
    at: [u32; N],
    g: &mut [Line<T>],
    v: &[Line<T>],
    y: &[T],
) {
    let g = columns_mut(g, v.len(), at);
    let y = at.map(|j| y[j as usize]);
    for (k, v) in v.iter().enumerate() {
        for i in 0..N {
            add_scaled::<T, FUSED>(&mut g[i][k], v, y[i]);
        }
    }
}

/// `x += W^T v` and `G += v y^T` in one sweep, over all units.
pub fn pull<T: Real>(
    on: &[u32],
    w: &Matrix<T>,
    g: &mut Matrix<T>,
    v: &Lines<T>,
    y: &[T],
    x: &mut [T],
) {
    if T::RUNS {
        pull_wide(on, w, g, v, y, x);
    } else {
        pull_body::<T, false>(on, w, g, v, y, x);
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma",
    "x86_64+avx2+fma",
    "aarch64+neon"
))]
fn pull_wide<T: Real>(
    on: &[u32],
    w: &Matrix<T>,
    g: &mut Matrix<T>,
    v: &Lines<T>,
    y: &[T],
    x: &mut [T],
) {
    match_target! {
        "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma" => pull_body::<T, true>(on, w, g, v, y, x),
        "x86_64+avx2+fma" => pull_body::<T, true>(on, w, g, v, y, x),
        "aarch64+neon" => pull_body::<T, true>(on, w, g, v, y, x),
        _ => pull_body::<T, false>(on, w, g, v, y, x),
    }
}

#[inline(always)]
fn pull_body<T: Real, const FUSED: bool>(
    on: &[u32],
    w: &Matrix<T>,
    g: &mut Matrix<T>,
    v: &Lines<T>,
    y: &[T],
    x: &mut [T],
) {
    let v = v.lines();
    let g = g.lines_mut();
    in_blocks!(on, pull_block, w, g, v, y, x);
}

#[inline(always)]
fn pull_block<T: Real, const FUSED: bool, const N: usize>(
    at: [u32; N],
    w: &Matrix<T>,
    g: &mut [Line<T>],
    v: &[Line<T>],
    y: &[T],
    x: &mut [T],
) {
    add_outer_block::<T, FUSED, N>(at, g, v, y);
    let sums = dots::<T, FUSED, N>(columns(w.lines(), v.len(), at), v);
    for i in 0..N {
        x[at[i] as usize] += sums[i];
    }
}
