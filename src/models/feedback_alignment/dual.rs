//! Numbers that carry their derivatives along.

use std::ops::{Add, Div, Mul, Neg, Sub};

/// What the plain form of the equations needs of a number.
pub trait Number:
    Copy
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
{
    /// A constant.
    fn of(x: f64) -> Self;
    fn value(self) -> f64;
    fn exp(self) -> Self;
    fn ln(self) -> Self;
}

impl Number for f64 {
    fn of(x: f64) -> Self {
        x
    }
    fn value(self) -> f64 {
        self
    }
    fn exp(self) -> Self {
        self.exp()
    }
    fn ln(self) -> Self {
        self.ln()
    }
}

/// `value + sum_p slopes[p] epsilon_p` with `epsilon_p epsilon_q = 0`: arithmetic on these is
/// differentiation in forward mode along `N` directions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dual<const N: usize> {
    pub value: f64,
    pub slopes: [f64; N],
}

impl<const N: usize> Dual<N> {
    /// The variable of direction `p`.
    pub fn variable(value: f64, p: usize) -> Self {
        let mut slopes = [0.0; N];
        slopes[p] = 1.0;
        Self { value, slopes }
    }

    /// `value`, with slopes `f(own, other)`.
    fn with(self, other: Self, value: f64, f: impl Fn(f64, f64) -> f64) -> Self {
        let slopes = std::array::from_fn(|p| f(self.slopes[p], other.slopes[p]));
        Self { value, slopes }
    }

    fn product(self, b: Self) -> Self {
        self.with(b, self.value * b.value, |x, y| x * b.value + self.value * y)
    }

    fn quotient(self, b: Self) -> Self {
        let value = self.value / b.value;
        self.with(b, value, |x, y| (x - value * y) / b.value)
    }
}

impl<const N: usize> Add for Dual<N> {
    type Output = Self;
    fn add(self, b: Self) -> Self {
        self.with(b, self.value + b.value, |x, y| x + y)
    }
}

impl<const N: usize> Sub for Dual<N> {
    type Output = Self;
    fn sub(self, b: Self) -> Self {
        self.with(b, self.value - b.value, |x, y| x - y)
    }
}

impl<const N: usize> Mul for Dual<N> {
    type Output = Self;
    fn mul(self, b: Self) -> Self {
        self.product(b)
    }
}

impl<const N: usize> Div for Dual<N> {
    type Output = Self;
    fn div(self, b: Self) -> Self {
        self.quotient(b)
    }
}

impl<const N: usize> Neg for Dual<N> {
    type Output = Self;
    fn neg(self) -> Self {
        self.with(self, -self.value, |x, _| -x)
    }
}

impl<const N: usize> Number for Dual<N> {
    fn of(x: f64) -> Self {
        Self {
            value: x,
            slopes: [0.0; N],
        }
    }
    fn value(self) -> f64 {
        self.value
    }
    fn exp(self) -> Self {
        let value = self.value.exp();
        self.with(self, value, |x, _| x * value)
    }
    fn ln(self) -> Self {
        self.with(self, self.value.ln(), |x, _| x / self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn f<X: Number>(a: X, b: X) -> X {
        (a * b).exp() / (X::of(2.0) + a) - (b - a).ln() + -b
    }

    #[test]
    fn slopes_are_central_differences() {
        let (a, b, h) = (0.7, 1.9, 1e-6);
        let dual = f(Dual::<2>::variable(a, 0), Dual::variable(b, 1));
        assert_eq!(dual.value, f(a, b));
        let by_a = (f(a + h, b) - f(a - h, b)) / (2.0 * h);
        let by_b = (f(a, b + h) - f(a, b - h)) / (2.0 * h);
        assert!((dual.slopes[0] - by_a).abs() < 1e-8);
        assert!((dual.slopes[1] - by_b).abs() < 1e-8);
    }
}
