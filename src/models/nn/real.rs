//! The two floating-point types that the networks run in: `f32` to run, `f64` to verify.

use std::borrow::Cow;
use std::fmt::Debug;
use std::ops::{AddAssign, MulAssign, Neg, SubAssign};

use ndarray::LinalgScalar;
use serde::Serialize;
use serde::de::DeserializeOwned;
use zerocopy::{Immutable, IntoBytes};

use super::exp;
use super::matmul::Multiply;

/// A float with what the kernels need of it.
pub trait Real:
    LinalgScalar
    + Multiply
    + AddAssign
    + SubAssign
    + MulAssign
    + Neg<Output = Self>
    + PartialOrd
    + Default
    + Debug
    + Send
    + Sync
    + Serialize
    + DeserializeOwned
    + IntoBytes
    + Immutable
{
    /// Whether models run in it: only then the larger kernels are compiled for every width of
    /// registers.
    const RUNS: bool;
    /// The nearest number of this type.
    fn of(x: f64) -> Self;
    fn f64(self) -> f64;
    fn sqrt(self) -> Self;
    /// `e^x`; for `f32` without branches and with the same bits on every instruction set.
    fn exp(self) -> Self;
    /// `2^x`; in `f32` for an `x` held between -125 and 127, which saves the care for overflow.
    fn exp2_held(self) -> Self;
    fn tanh(self) -> Self;
    /// `ln(1 + x)` for `0 <= x <= 1`.
    fn ln_1p_unit(self) -> Self;
    /// `self * a + b`, in one rounding where `FUSED` (processors with such an instruction).
    fn multiply_add<const FUSED: bool>(self, a: Self, b: Self) -> Self;
    fn is_finite(self) -> bool;
    fn to_le_bytes_in(self, out: &mut Vec<u8>);
    /// Little-endian, one after the other.
    fn bytes(numbers: &[Self]) -> Cow<'_, [u8]> {
        if cfg!(target_endian = "little") {
            return Cow::Borrowed(numbers.as_bytes());
        }
        let mut out = Vec::with_capacity(size_of_val(numbers));
        numbers.iter().for_each(|x| x.to_le_bytes_in(&mut out));
        Cow::Owned(out)
    }
    /// Nothing where the bytes are no whole numbers.
    fn from_bytes(bytes: &[u8]) -> Option<Vec<Self>>;
}

impl Real for f64 {
    const RUNS: bool = false;

    #[inline(always)]
    fn of(x: f64) -> Self {
        x
    }
    #[inline(always)]
    fn f64(self) -> f64 {
        self
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        self.sqrt()
    }
    #[inline(always)]
    fn exp(self) -> Self {
        self.exp()
    }
    #[inline(always)]
    fn exp2_held(self) -> Self {
        self.exp2()
    }
    #[inline(always)]
    fn tanh(self) -> Self {
        self.tanh()
    }
    #[inline(always)]
    fn ln_1p_unit(self) -> Self {
        self.ln_1p()
    }
    #[inline(always)]
    fn multiply_add<const FUSED: bool>(self, a: Self, b: Self) -> Self {
        if FUSED {
            self.mul_add(a, b)
        } else {
            self * a + b
        }
    }
    #[inline(always)]
    fn is_finite(self) -> bool {
        self.is_finite()
    }
    fn to_le_bytes_in(self, out: &mut Vec<u8>) {
        out.extend(self.to_le_bytes());
    }
    fn from_bytes(bytes: &[u8]) -> Option<Vec<Self>> {
        let (chunks, rest) = bytes.as_chunks::<8>();
        let numbers = chunks.iter().map(|chunk| Self::from_le_bytes(*chunk));
        rest.is_empty().then(|| numbers.collect())
    }
}

impl Real for f32 {
    const RUNS: bool = true;

    #[inline(always)]
    fn of(x: f64) -> Self {
        x as f32
    }
    #[inline(always)]
    fn f64(self) -> f64 {
        f64::from(self)
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        self.sqrt()
    }
    #[inline(always)]
    fn exp(self) -> Self {
        exp::exp(self)
    }
    #[inline(always)]
    fn exp2_held(self) -> Self {
        exp::exp2_held(self)
    }
    #[inline(always)]
    fn tanh(self) -> Self {
        exp::tanh(self)
    }
    #[inline(always)]
    fn ln_1p_unit(self) -> Self {
        exp::ln_1p_unit(self)
    }
    #[inline(always)]
    fn multiply_add<const FUSED: bool>(self, a: Self, b: Self) -> Self {
        if FUSED {
            self.mul_add(a, b)
        } else {
            self * a + b
        }
    }
    #[inline(always)]
    fn is_finite(self) -> bool {
        self.is_finite()
    }
    fn to_le_bytes_in(self, out: &mut Vec<u8>) {
        out.extend(self.to_le_bytes());
    }
    fn from_bytes(bytes: &[u8]) -> Option<Vec<Self>> {
        let (chunks, rest) = bytes.as_chunks::<4>();
        let numbers = chunks.iter().map(|chunk| Self::from_le_bytes(*chunk));
        rest.is_empty().then(|| numbers.collect())
    }
}
