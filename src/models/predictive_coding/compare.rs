//! How far a layer's gradient is from the backpropagated one, over its weights (biases left out).

use crate::models::nn::elementwise as each;
use crate::models::nn::layer::Layer;
use crate::models::nn::real::Real;

/// With `a` the gradient of a method and `b` that of backpropagation, as one long vector each.
/// What is undefined (a norm is 0) is NaN.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    /// `||a||` and `||b||`.
    pub norm: f64,
    pub reference_norm: f64,
    /// `||a - b|| / ||b||`.
    pub relative_error: f64,
    /// Between `a` and `b`, in degrees.
    pub angle: f64,
    /// `a.b / (||a|| ||b||)`.
    pub cosine: f64,
    /// Share of the weights whose two gradients have the same sign.
    pub sign_agreement: f64,
}

impl Comparison {
    /// `||a|| / ||b||`.
    pub fn norm_ratio(&self) -> f64 {
        if self.reference_norm > 0.0 {
            self.norm / self.reference_norm
        } else {
            f64::NAN
        }
    }
}

/// Compares `factor * gradient` with `reference`, both over all parameters of the network; `None`
/// for a layer without weights. All sums are in double precision.
pub fn compare<T: Real>(
    layer: &Layer,
    gradient: &[T],
    factor: f64,
    reference: &[T],
) -> Option<Comparison> {
    if !layer.has_params() {
        return None;
    }
    let over = |f: &dyn Fn(&[T], &[T]) -> f64| -> f64 {
        layer
            .weights()
            .map(|range| f(&gradient[range.clone()], &reference[range]))
            .sum()
    };
    let count: f64 = layer.weights().map(|range| range.len() as f64).sum();
    let raw = over(&|a, _| each::sum_squares(a)).sqrt();
    let norm = factor.abs() * raw;
    let reference_norm = over(&|_, b| each::sum_squares(b)).sqrt();
    let apart = over(&|a, b| each::sum_squared_difference(a, factor, b, 1.0)).sqrt();
    let defined = norm > 0.0 && reference_norm > 0.0;
    let or_nan = |x: f64, defined: bool| if defined { x } else { f64::NAN };
    // The arc cosine is blind below .02 degrees in single precision and below 1e-6 in double; the
    // chords of the unit vectors, |a - b| = 2 sin(angle/2) and |a + b| = 2 cos(angle/2), are not.
    let (p, q) = (factor / norm, 1.0 / reference_norm);
    let angle = || {
        let minus = over(&|a, b| each::sum_squared_difference(a, p, b, q)).sqrt();
        let plus = over(&|a, b| each::sum_squared_difference(a, p, b, -q)).sqrt();
        2.0 * minus.atan2(plus).to_degrees()
    };
    let cosine = factor * over(&|a, b| each::dot(a, b)) / (norm * reference_norm);
    Some(Comparison {
        norm,
        reference_norm,
        relative_error: or_nan(apart / reference_norm, reference_norm > 0.0),
        angle: if defined { angle() } else { f64::NAN },
        cosine: or_nan(cosine.clamp(-1.0, 1.0), defined),
        sign_agreement: over(&|a, b| each::same_signs(a, b)) / count,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::nn::grammar::parse;
    use crate::models::nn::network::Network;
    use crate::models::nn::shape::Shape;

    #[test]
    fn a_known_pair_of_vectors() {
        // 2 -> 1: two weights, and a bias that must not count.
        let network = Network::new(Shape::Flat(2), &parse("1").unwrap()).unwrap();
        let layer = &network.layers[0];
        let is = |a: [f64; 3], factor, b: [f64; 3]| compare(layer, &a, factor, &b).unwrap();
        let c = is([3.0, 4.0, 99.0], 0.5, [0.0, 5.0, -7.0]);
        assert!((c.norm_ratio() - 0.5).abs() < 1e-15);
        assert!((c.cosine - 0.8).abs() < 1e-15);
        assert!((c.angle - 0.8f64.acos().to_degrees()).abs() < 1e-12);
        assert!((c.relative_error - (1.5f64 * 1.5 + 9.0).sqrt() / 5.0).abs() < 1e-15);
        assert_eq!(c.sign_agreement, 0.5);
        // An angle that the arc cosine cannot see.
        let tiny = is([1.0, 1e-9, 0.0], 1.0, [1.0, 0.0, 0.0]).angle;
        assert!((tiny - 1e-9f64.to_degrees()).abs() < 1e-15);
        let none = is([0.0, 0.0, 1.0], 1.0, [1.0, 2.0, 0.0]);
        assert!(none.angle.is_nan() && none.cosine.is_nan());
        assert_eq!(none.relative_error, 1.0);
        assert!(is([1.0, 0.0, 0.0], 1.0, [0.0; 3]).relative_error.is_nan());
    }
}
