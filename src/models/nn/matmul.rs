//! Matrix products. All matrices are row by row; nothing is allocated in a product.
//!
//! The right-hand matrix is packed into panels of a few columns ([`Packed`]), the left-hand one is
//! read where it lies. A tile of the result stays in registers while the whole inner dimension is
//! summed, in its order, so that an element depends neither on the other rows nor on the size of
//! the tile. Where the processor has fused multiply-add it is used: results are the same on all
//! processors that have it, and differ in the last bits from those that have not.

use multiversion::multiversion;
use multiversion::target::match_target;

use super::real::Real;

/// Rows of a tile where there are sixteen wide registers, and where they are narrow.
const TALL: usize = 6;
const SHORT: usize = 2;

/// A `k` x `n` matrix in panels of [`Multiply::WIDTH`] columns, the last filled up with zeros.
#[derive(Clone, Debug, Default)]
pub struct Packed<T> {
    panels: Vec<T>,
    k: usize,
    n: usize,
}

impl<T: Real> Packed<T> {
    /// Makes room for matrices of up to this size.
    pub fn reserve(&mut self, k: usize, n: usize) {
        let size = k * n.next_multiple_of(T::WIDTH);
        self.panels.reserve(size.saturating_sub(self.panels.len()));
    }

    /// Takes over the `k` x `n` matrix `b`.
    pub fn set(&mut self, k: usize, n: usize, b: &[T]) {
        self.resize(k, n);
        T::pack(k, n, b, &mut self.panels);
    }

    /// Takes over the transpose of the `n` x `k` matrix `b`.
    pub fn set_transposed(&mut self, k: usize, n: usize, b: &[T]) {
        self.resize(k, n);
        T::pack_transposed(k, n, b, &mut self.panels);
    }

    fn resize(&mut self, k: usize, n: usize) {
        (self.k, self.n) = (k, n);
        let size = k * n.next_multiple_of(T::WIDTH);
        self.panels.resize(size, T::zero());
    }
}

/// `c = a b` or, where `add`, `c += a b`: `a` is `m` x `k`, `c` is `m` x `n`.
pub fn product<T: Real>(a: &[T], b: &Packed<T>, c: &mut [T], add: bool) {
    if b.k == 0 || b.n == 0 {
        return;
    }
    assert_eq!(a.len() / b.k, c.len() / b.n);
    T::rows(b.k, b.n, a, &b.panels, c, add);
}

/// `c = a^T b` or, where `add`, `c += a^T b`: `a` is `k` x `m`, `c` is `m` x `n`.
pub fn transposed_product<T: Real>(a: &[T], b: &Packed<T>, c: &mut [T], add: bool) {
    if b.k == 0 || b.n == 0 {
        return;
    }
    assert_eq!(a.len() / b.k, c.len() / b.n);
    T::columns(b.k, b.n, a, &b.panels, c, add);
}

/// The kernels of one type of number.
pub trait Multiply: Sized {
    /// Columns of a panel.
    const WIDTH: usize;
    fn pack(k: usize, n: usize, b: &[Self], panels: &mut [Self]);
    fn pack_transposed(k: usize, n: usize, b: &[Self], panels: &mut [Self]);
    fn rows(k: usize, n: usize, a: &[Self], panels: &[Self], c: &mut [Self], add: bool);
    fn columns(k: usize, n: usize, a: &[Self], panels: &[Self], c: &mut [Self], add: bool);
}

macro_rules! kernels {
    ($real:ty, $width:literal, $pack:ident, $pack_transposed:ident, $rows:ident, $columns:ident) => {
        impl Multiply for $real {
            const WIDTH: usize = $width;
            fn pack(k: usize, n: usize, b: &[Self], panels: &mut [Self]) {
                $pack(k, n, b, panels);
            }
            fn pack_transposed(k: usize, n: usize, b: &[Self], panels: &mut [Self]) {
                $pack_transposed(k, n, b, panels);
            }
            fn rows(k: usize, n: usize, a: &[Self], panels: &[Self], c: &mut [Self], add: bool) {
                $rows(k, n, a, panels, c, add);
            }
            fn columns(k: usize, n: usize, a: &[Self], panels: &[Self], c: &mut [Self], add: bool) {
                $columns(k, n, a, panels, c, add);
            }
        }

        #[multiversion(targets("x86_64+avx2+fma"))]
        fn $pack(k: usize, n: usize, b: &[$real], panels: &mut [$real]) {
            pack_panels::<$real, $width>(k, n, b, panels);
        }

        #[multiversion(targets("x86_64+avx2+fma"))]
        fn $pack_transposed(k: usize, n: usize, b: &[$real], panels: &mut [$real]) {
            pack_transposed_panels::<$real, $width>(k, n, b, panels);
        }

        #[multiversion(targets("x86_64+avx2+fma", "aarch64+neon"))]
        fn $rows(k: usize, n: usize, a: &[$real], b: &[$real], c: &mut [$real], add: bool) {
            match_target! {
                "x86_64+avx2+fma" => by_rows(k, n, a, b, c, add, tall_tile::<$real, $width, true>),
                "aarch64+neon" => by_rows(k, n, a, b, c, add, tall_tile::<$real, $width, true>),
                _ => by_rows(k, n, a, b, c, add, short_tile::<$real, $width, false>),
            }
        }

        #[multiversion(targets("x86_64+avx2+fma", "aarch64+neon"))]
        fn $columns(k: usize, n: usize, a: &[$real], b: &[$real], c: &mut [$real], add: bool) {
            match_target! {
                "x86_64+avx2+fma" => by_columns::<$real, TALL, $width, true>(k, n, a, b, c, add),
                "aarch64+neon" => by_columns::<$real, TALL, $width, true>(k, n, a, b, c, add),
                _ => by_columns::<$real, SHORT, $width, false>(k, n, a, b, c, add),
            }
        }
    };
}

kernels!(
    f32,
    16,
    pack_f32,
    pack_transposed_f32,
    rows_f32,
    columns_f32
);
kernels!(f64, 8, pack_f64, pack_transposed_f64, rows_f64, columns_f64);

#[inline(always)]
fn pack_panels<T: Real, const N: usize>(k: usize, n: usize, b: &[T], panels: &mut [T]) {
    for (left, panel) in (0..n).step_by(N).zip(panels.chunks_exact_mut(k * N)) {
        let (panel, _) = panel.as_chunks_mut::<N>();
        let width = N.min(n - left);
        for (to, from) in panel.iter_mut().zip(b.chunks_exact(n)) {
            if width == N {
                to.copy_from_slice(&from[left..left + N]);
            } else {
                to[..width].copy_from_slice(&from[left..]);
                to[width..].fill(T::zero());
            }
        }
    }
}

#[inline(always)]
fn pack_transposed_panels<T: Real, const N: usize>(k: usize, n: usize, b: &[T], panels: &mut [T]) {
    /// Numbers that are read from one row before the next one is turned to.
    const RUN: usize = 8;
    for (left, panel) in (0..n).step_by(N).zip(panels.chunks_exact_mut(k * N)) {
        let (panel, _) = panel.as_chunks_mut::<N>();
        let width = N.min(n - left);
        if width < N {
            panel.as_flattened_mut().fill(T::zero());
        }
        let rows = &b[left * k..(left + width) * k];
        for (block, panel) in panel.chunks_mut(RUN).enumerate() {
            for (j, row) in rows.chunks_exact(k).enumerate() {
                for (to, from) in panel.iter_mut().zip(&row[block * RUN..]) {
                    to[j] = *from;
                }
            }
        }
    }
}

/// Writes the first `width` numbers of each row of a tile whose corner is at (`top`, `left`).
#[inline(always)]
fn store<T: Real, const M: usize, const N: usize>(
    tile: &[[T; N]; M],
    (top, left): (usize, usize),
    n: usize,
    c: &mut [T],
    add: bool,
) {
    for (row, c) in tile.iter().zip(c.chunks_exact_mut(n).skip(top)) {
        let width = N.min(n - left);
        let c = &mut c[left..left + width];
        if add {
            for (c, x) in c.iter_mut().zip(row) {
                *c += *x;
            }
        } else if width == N {
            c.copy_from_slice(row);
        } else {
            c.copy_from_slice(&row[..width]);
        }
    }
}

/// The rows of `a` from `top`, as many as a tile has; beyond the end the last one again.
#[inline(always)]
fn tile_rows<T, const M: usize>(a: &[T], k: usize, m: usize, top: usize) -> [&[T]; M] {
    std::array::from_fn(|i| {
        let row = (top + i).min(m - 1);
        &a[row * k..(row + 1) * k]
    })
}

#[inline(always)]
fn by_rows<T: Real, const M: usize, const N: usize>(
    k: usize,
    n: usize,
    a: &[T],
    panels: &[T],
    c: &mut [T],
    add: bool,
    tile: impl Fn([&[T]; M], &[[T; N]]) -> [[T; N]; M],
) {
    let m = a.len() / k;
    for (left, panel) in (0..n).step_by(N).zip(panels.chunks_exact(k * N)) {
        let (panel, _) = panel.as_chunks::<N>();
        for top in (0..m).step_by(M) {
            let tile = tile(tile_rows(a, k, m, top), panel);
            store(&tile, (top, left), n, c, add);
        }
    }
}

/// `tile[i] += x[i] * b` for all rows of the tile.
#[inline(always)]
fn accumulate<T: Real, const M: usize, const N: usize, const FUSED: bool>(
    tile: &mut [[T; N]; M],
    x: [T; M],
    b: &[T; N],
) {
    for i in 0..M {
        for j in 0..N {
            tile[i][j] = x[i].multiply_add::<FUSED>(b[j], tile[i][j]);
        }
    }
}

// The rows are zipped, not indexed: only so does the compiler keep the tile in registers.

#[inline(always)]
fn tall_tile<T: Real, const N: usize, const FUSED: bool>(
    rows: [&[T]; TALL],
    panel: &[[T; N]],
) -> [[T; N]; TALL] {
    let mut tile = [[T::zero(); N]; TALL];
    let [r0, r1, r2, r3, r4, r5] = rows;
    let rows = r0.iter().zip(r1).zip(r2).zip(r3).zip(r4).zip(r5);
    for (b, (((((x0, x1), x2), x3), x4), x5)) in panel.iter().zip(rows) {
        accumulate::<T, TALL, N, FUSED>(&mut tile, [*x0, *x1, *x2, *x3, *x4, *x5], b);
    }
    tile
}

#[inline(always)]
fn short_tile<T: Real, const N: usize, const FUSED: bool>(
    rows: [&[T]; SHORT],
    panel: &[[T; N]],
) -> [[T; N]; SHORT] {
    let mut tile = [[T::zero(); N]; SHORT];
    let [r0, r1] = rows;
    for (b, (x0, x1)) in panel.iter().zip(r0.iter().zip(r1)) {
        accumulate::<T, SHORT, N, FUSED>(&mut tile, [*x0, *x1], b);
    }
    tile
}

#[inline(always)]
fn by_columns<T: Real, const M: usize, const N: usize, const FUSED: bool>(
    k: usize,
    n: usize,
    a: &[T],
    panels: &[T],
    c: &mut [T],
    add: bool,
) {
    let m = a.len() / k;
    for (left, panel) in (0..n).step_by(N).zip(panels.chunks_exact(k * N)) {
        let (panel, _) = panel.as_chunks::<N>();
        let whole = m - m % M;
        for top in (0..whole).step_by(M) {
            let mut tile = [[T::zero(); N]; M];
            for (a, b) in a.chunks_exact(m).zip(panel) {
                let (x, _) = a[top..].split_first_chunk::<M>().expect("a whole tile");
                accumulate::<T, M, N, FUSED>(&mut tile, *x, b);
            }
            store(&tile, (top, left), n, c, add);
        }
        if whole < m {
            let mut tile = [[T::zero(); N]; M];
            for (a, b) in a.chunks_exact(m).zip(panel) {
                let mut x = [T::zero(); M];
                x[..m - whole].copy_from_slice(&a[whole..]);
                accumulate::<T, M, N, FUSED>(&mut tile, x, b);
            }
            store(&tile, (whole, left), n, c, add);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::nn::init::unit;
    use crate::models::random::stream;

    fn numbers<T: Real>(count: usize, seed: u64) -> Vec<T> {
        let mut stream = stream(seed, "matmul test");
        (0..count)
            .map(|_| T::of(2.0 * unit(&mut stream) - 1.0))
            .collect()
    }

    fn transpose<T: Real>(rows: usize, cols: usize, x: &[T]) -> Vec<T> {
        (0..rows * cols)
            .map(|i| x[i % rows * cols + i / rows])
            .collect()
    }

    /// All four ways to a product against sums written out, at sizes on both sides of every tile
    /// and panel boundary.
    fn agrees<T: Real>(tolerance: f64) {
        for (m, k, n) in [
            (1, 1, 1),
            (6, 8, 16),
            (7, 9, 17),
            (5, 3, 15),
            (13, 31, 40),
            (12, 1, 8),
            (2, 20, 7),
        ] {
            let (a, b) = (numbers::<T>(m * k, 1), numbers::<T>(k * n, 2));
            let start = numbers::<T>(m * n, 3);
            let exact = |i: usize, j: usize| -> f64 {
                (0..k)
                    .map(|p| a[i * k + p].f64() * b[p * n + j].f64())
                    .sum()
            };
            let mut plain = Packed::default();
            plain.set(k, n, &b);
            let mut turned = Packed::default();
            turned.set_transposed(k, n, &transpose(k, n, &b));
            let a_turned = transpose(m, k, &a);
            for packed in [&plain, &turned] {
                for add in [false, true] {
                    let (mut by_rows, mut by_columns) = (start.clone(), start.clone());
                    product(&a, packed, &mut by_rows, add);
                    transposed_product(&a_turned, packed, &mut by_columns, add);
                    assert_eq!(by_rows, by_columns, "{m} {k} {n}");
                    for i in 0..m * n {
                        let base = if add { start[i].f64() } else { 0.0 };
                        let off = by_rows[i].f64() - base - exact(i / n, i % n);
                        assert!(off.abs() < tolerance, "{m} {k} {n} {i}: {off}");
                    }
                }
            }
        }
    }

    #[test]
    fn products_are_sums_of_products() {
        agrees::<f64>(1e-14);
        agrees::<f32>(5e-6);
    }

    /// A row's result does not depend on the rows beside it, whatever tile it falls into.
    #[test]
    fn rows_are_independent_bit_for_bit() {
        let (k, n) = (50, 33);
        let a = numbers::<f32>(20 * k, 4);
        let mut b = Packed::default();
        b.set(k, n, &numbers(k * n, 5));
        let mut whole = vec![0.0; 20 * n];
        product(&a, &b, &mut whole, false);
        for row in 0..20 {
            let mut alone = vec![0.0; n];
            product(&a[row * k..(row + 1) * k], &b, &mut alone, false);
            assert_eq!(alone, whole[row * n..(row + 1) * n], "row {row}");
        }
    }
}
