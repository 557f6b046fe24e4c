//! The scale of a heat map: robust against single values, and held so that colours do not swim.

/// A held scale follows when the data have moved by more than this share.
const HYSTERESIS: f32 = 0.2;

/// The magnitude that gets the last colour. It changes only when the 99th percentile of what is
/// shown has moved by a fifth, and not at all while it is frozen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeldScale {
    held: Option<Held>,
    frozen: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Held {
    limit: f32,
    /// The percentile when the limit was set.
    anchor: f32,
}

impl HeldScale {
    /// The limit to draw these values with: 0 when all of them are zero, and before the first one.
    pub fn update(&mut self, values: &[f32]) -> f32 {
        let Some(anchor) = percentile_99(values) else {
            return self.limit().unwrap_or(0.0);
        };
        let keeps = |held: &Held| {
            let (low, high) = (1.0 - HYSTERESIS, 1.0 + HYSTERESIS);
            self.frozen
                || anchor == held.anchor
                || (anchor >= held.anchor * low && anchor <= held.anchor * high)
        };
        let limit = round_up(anchor);
        let held = self.held.filter(keeps).unwrap_or(Held { limit, anchor });
        self.held = Some(held);
        held.limit
    }

    /// The limit last drawn with.
    pub fn limit(&self) -> Option<f32> {
        self.held.map(|held| held.limit)
    }

    pub fn is_frozen(&self) -> bool {
        self.frozen
    }

    pub fn freeze(&mut self, frozen: bool) {
        self.frozen = frozen;
    }

    /// Forgets the limit, so that the next one fits the data; frozen stays frozen.
    pub fn release(&mut self) {
        self.held = None;
    }
}

/// The 99th percentile of the finite magnitudes, or the largest one where that is zero.
fn percentile_99(values: &[f32]) -> Option<f32> {
    let finite = values.iter().filter(|x| x.is_finite());
    let mut magnitudes: Vec<f32> = finite.map(|x| x.abs()).collect();
    let last = magnitudes.len().checked_sub(1)?;
    let place = (last as f64 * 0.99).ceil() as usize;
    let percentile = *magnitudes.select_nth_unstable_by(place, f32::total_cmp).1;
    if percentile > 0.0 {
        return Some(percentile);
    }
    magnitudes.into_iter().max_by(f32::total_cmp)
}

/// The next number with two significant digits, so that what is printed is what is drawn with.
fn round_up(x: f32) -> f32 {
    if x <= 0.0 {
        return 0.0;
    }
    let x = f64::from(x);
    let unit = 10f64.powf(x.log10().floor() - 1.0);
    let rounded = (x / unit - 1e-6).ceil() * unit;
    (rounded.max(x) as f32).clamp(f32::from_bits(1), f32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_outlier_does_not_set_the_scale() {
        let mut values = vec![0.081f32; 500];
        values[17] = -900.0;
        values[18] = f32::NAN;
        assert_eq!(HeldScale::default().update(&values), 0.081);
        let mut sparse = vec![0.0f32; 1000];
        sparse[3] = -0.02;
        assert_eq!(HeldScale::default().update(&sparse), 0.02);
    }

    #[test]
    fn the_scale_follows_past_a_fifth_and_never_when_frozen() {
        let mut scale = HeldScale::default();
        assert_eq!(scale.update(&[1.0]), 1.0);
        assert_eq!(scale.update(&[1.19]), 1.0);
        assert_eq!(scale.update(&[0.81]), 1.0);
        assert_eq!(scale.update(&[1.21]), 1.3);
        assert_eq!(scale.update(&[0.96]), 0.96);
        scale.freeze(true);
        assert_eq!(scale.update(&[50.0]), 0.96);
        scale.freeze(false);
        assert_eq!(scale.update(&[50.0]), 50.0);
        assert_eq!(scale.update(&[f32::NAN]), 50.0);
    }

    proptest! {
        #[test]
        fn limits_are_finite_and_cover_the_percentile(
            values in prop::collection::vec(prop::num::f32::ANY, 0..40),
        ) {
            let mut scale = HeldScale::default();
            let limit = scale.update(&values);
            prop_assert!(limit.is_finite() && limit >= 0.0);
            if let Some(percentile) = percentile_99(&values) {
                prop_assert!(limit >= percentile, "{limit:e} < {percentile:e}");
                prop_assert!(f64::from(limit) <= f64::from(percentile) * 1.2 || percentile < 1e-40);
            }
        }
    }
}
