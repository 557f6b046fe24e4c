//! The range and the ticks of an axis: linear or logarithmic, and held so that it does not swim.

use super::number;
use crate::models::table::Scale;

/// Beyond these a range is cut, so that its span stays finite.
const LARGEST: f64 = 1e300;
const SMALLEST: f64 = 1e-300;

/// A held range is let go when the data need less than this share of it.
const SHRINK_BELOW: f64 = 0.5;

/// What the data of a chart cover; non-finite numbers take no part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extent {
    low: f64,
    high: f64,
    /// The smallest number above zero.
    low_positive: f64,
}

/// A range of numbers and how they map to 0..1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    pub low: f64,
    pub high: f64,
    pub scale: Scale,
}

/// A labelled place on an axis, `at` from 0 (low end) to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    pub at: f64,
    pub value: f64,
    pub label: String,
}

/// An axis that grows at once and shrinks only when most of it has fallen empty.
#[derive(Clone, Debug, Default)]
pub struct HeldAxis {
    held: Option<Axis>,
}

impl Default for Extent {
    fn default() -> Self {
        Self {
            low: f64::INFINITY,
            high: f64::NEG_INFINITY,
            low_positive: f64::INFINITY,
        }
    }
}

impl Extent {
    pub fn include(&mut self, x: f64) {
        if !x.is_finite() {
            return;
        }
        let x = x.clamp(-LARGEST, LARGEST);
        self.low = self.low.min(x);
        self.high = self.high.max(x);
        if x > 0.0 {
            self.low_positive = self.low_positive.min(x.max(SMALLEST));
        }
    }

    /// Lowest and highest, or `None` before the first number that the scale can show.
    pub fn bounds(&self, scale: Scale) -> Option<(f64, f64)> {
        let low = match scale {
            Scale::Linear => self.low,
            Scale::Log => self.low_positive,
        };
        (low <= self.high).then_some((low, self.high))
    }
}

impl Axis {
    /// The smallest range with round ends that shows the whole extent.
    pub fn around(extent: &Extent, scale: Scale) -> Self {
        let (low, high) = match (scale, extent.bounds(scale)) {
            (Scale::Linear, None) => (0.0, 1.0),
            (Scale::Log, None) => (0.1, 1.0),
            (Scale::Linear, Some((low, high))) => round_linear(low, high),
            (Scale::Log, Some((low, high))) => round_log(low, high),
        };
        Self { low, high, scale }
    }

    /// Where `x` lies, 0 at the low end and 1 at the high one; `None` for a number that the scale
    /// cannot show (not finite, or not positive on a logarithmic one).
    pub fn position(&self, x: f64) -> Option<f64> {
        let at = match self.scale {
            Scale::Linear => (x / 2.0 - self.low / 2.0) / (self.high / 2.0 - self.low / 2.0),
            Scale::Log if x > 0.0 => (x.ln() - self.low.ln()) / (self.high.ln() - self.low.ln()),
            Scale::Log => f64::NAN,
        };
        at.is_finite().then_some(at)
    }

    /// At most `most` ticks at round numbers, from the low end up; two at least where two are
    /// allowed, because one alone is no scale.
    pub fn ticks(&self, most: usize) -> Vec<Tick> {
        let ticks = match self.scale {
            Scale::Linear => self.linear_ticks(most, number::tick),
            Scale::Log => self.log_ticks(most),
        };
        if ticks.len() >= 2 || most < 2 {
            return ticks;
        }
        [self.low, self.high]
            .into_iter()
            .filter_map(|value| self.tick_at(value, number::round(value)))
            .collect()
    }

    /// At most `most` ticks at multiples of a round step, in the words of `label(value, step)`.
    pub fn linear_ticks(&self, most: usize, label: impl Fn(f64, f64) -> String) -> Vec<Tick> {
        let span = self.high - self.low;
        if most == 0 || !span.is_finite() || span <= 0.0 {
            return Vec::new();
        }
        let mut step = round_step(span / most as f64);
        while (self.high / step + 1e-6).floor() - (self.low / step - 1e-6).ceil() >= most as f64 {
            step = round_step(step * 1.5);
        }
        let first = (self.low / step - 1e-6).ceil();
        let last = (self.high / step + 1e-6).floor();
        (0..most)
            .map(|i| first + i as f64)
            .take_while(|n| *n <= last)
            .filter_map(|n| self.tick_at(n * step, label(n * step, step)))
            .collect()
    }

    fn log_ticks(&self, most: usize) -> Vec<Tick> {
        let low = (self.low.log10() - 1e-9).ceil() as i32;
        let high = (self.high.log10() + 1e-9).floor() as i32;
        let decades = (high - low + 1).max(0) as usize;
        if most == 0 {
            return Vec::new();
        }
        if decades >= 3 || decades > most {
            let stride = [1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000]
                .into_iter()
                .find(|stride| decades.div_ceil(*stride) <= most)
                .unwrap_or(1000) as i32;
            // Multiples of the stride, so that the labels stay when the range moves by a decade.
            let first = low + (-low).rem_euclid(stride);
            return (first..=high)
                .step_by(stride as usize)
                .filter_map(|n| self.tick_at(10f64.powi(n), number::decade(n)))
                .collect();
        }
        const MANTISSAS: [&[f64]; 3] = [&[1.0, 2.0, 5.0], &[1.0, 3.0], &[1.0]];
        let inside = |value: f64| (self.low * 0.999_999..=self.high * 1.000_001).contains(&value);
        let ticks = MANTISSAS.map(|mantissas| {
            let powers = low - 1..=high;
            let pairs = powers.flat_map(|n| mantissas.iter().map(move |m| (n, *m)));
            let pairs = pairs.map(|(n, m)| (m * 10f64.powi(n), log_label(n, m)));
            let pairs = pairs.filter(|(value, _)| inside(*value));
            let ticks = pairs.filter_map(|(value, label)| self.tick_at(value, label));
            ticks.collect::<Vec<Tick>>()
        });
        let fitting = ticks.into_iter().find(|ticks| ticks.len() <= most);
        fitting.unwrap_or_default()
    }

    fn tick_at(&self, value: f64, label: String) -> Option<Tick> {
        let at = self.position(value)?.clamp(0.0, 1.0);
        Some(Tick { at, value, label })
    }
}

impl HeldAxis {
    /// The range to draw now. Its ends move only when the data leave it or need less than half.
    pub fn update(&mut self, extent: &Extent, scale: Scale) -> Axis {
        let wanted = Axis::around(extent, scale);
        let keep = |held: &Axis| held.scale == scale && !must_move(held, &wanted, extent);
        let axis = self.held.filter(keep).unwrap_or(wanted);
        if extent.bounds(scale).is_some() {
            self.held = Some(axis);
        }
        axis
    }

    /// Forgets the range, so that the next one fits the data.
    pub fn release(&mut self) {
        self.held = None;
    }
}

fn must_move(held: &Axis, wanted: &Axis, extent: &Extent) -> bool {
    let Some((low, high)) = extent.bounds(held.scale) else {
        return false;
    };
    let (Some(low), Some(high)) = (held.position(low), held.position(high)) else {
        return true;
    };
    let (Some(bottom), Some(top)) = (held.position(wanted.low), held.position(wanted.high)) else {
        return true;
    };
    low < -1e-9 || high > 1.0 + 1e-9 || top - bottom < SHRINK_BELOW
}

/// 1, 2 or 5 times a power of ten, not below `x` (which is positive and finite).
fn round_step(x: f64) -> f64 {
    let power = 10f64.powf(x.max(SMALLEST).log10().floor());
    [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|mantissa| mantissa * power)
        .find(|step| *step >= x * 0.999_999)
        .unwrap_or(10.0 * power)
}

fn round_linear(low: f64, high: f64) -> (f64, f64) {
    let largest = low.abs().max(high.abs());
    if largest < SMALLEST {
        return (0.0, 1.0);
    }
    // All the same number, as far as a screen can tell: give it room on both sides.
    let (low, high) = if high - low < largest * 1e-9 {
        (low - largest * 0.1, high + largest * 0.1)
    } else {
        (low, high)
    };
    // Zero belongs on the chart when it is near.
    let (low, high) = if low > 0.0 && low < 0.4 * high {
        (0.0, high)
    } else if high < 0.0 && high > 0.4 * low {
        (low, 0.0)
    } else {
        (low, high)
    };
    let step = round_step((high - low) / 5.0);
    (
        (low / step + 1e-9).floor() * step,
        (high / step - 1e-9).ceil() * step,
    )
}

fn round_log(low: f64, high: f64) -> (f64, f64) {
    let (from, to) = (low.log10(), high.log10());
    if to - from > 1.0 {
        let ends = ((from + 1e-6).floor(), (to - 1e-6).ceil());
        return (
            10f64.powf(ends.0.max(-300.0)),
            10f64.powf(ends.1.min(300.0)),
        );
    }
    let ends = |exponent: f64| {
        let power = 10f64.powf(exponent.floor());
        [1.0, 2.0, 5.0, 10.0].map(|mantissa| mantissa * power)
    };
    let below = ends(from).into_iter().rev().find(|x| *x <= low * 1.000_001);
    let above = ends(to).into_iter().find(|x| *x >= high * 0.999_999);
    let low = below.unwrap_or(low / 2.0).max(SMALLEST);
    let high = above.unwrap_or(high * 2.0).min(LARGEST);
    if high > low * 1.5 {
        (low, high)
    } else {
        (low / 2.0, high * 2.0)
    }
}

fn log_label(exponent: i32, mantissa: f64) -> String {
    if mantissa == 1.0 || !(-2..=3).contains(&exponent) {
        if mantissa == 1.0 {
            number::decade(exponent)
        } else {
            format!("{mantissa}e{exponent}")
        }
    } else {
        let decimals = (-exponent).max(0) as usize;
        format!("{:.decimals$}", mantissa * 10f64.powi(exponent))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn extent(numbers: &[f64]) -> Extent {
        let mut extent = Extent::default();
        numbers.iter().for_each(|x| extent.include(*x));
        extent
    }

    fn labels(ticks: &[Tick]) -> Vec<&str> {
        ticks.iter().map(|tick| tick.label.as_str()).collect()
    }

    #[test]
    fn ends_are_round_and_zero_is_near() {
        let axis = Axis::around(&extent(&[0.3, 2.31, f64::NAN]), Scale::Linear);
        assert_eq!((axis.low, axis.high), (0.0, 2.5));
        assert_eq!(
            labels(&axis.ticks(6)),
            ["0.0", "0.5", "1.0", "1.5", "2.0", "2.5"]
        );
        let axis = Axis::around(&extent(&[97.1, 98.8]), Scale::Linear);
        assert_eq!((axis.low, axis.high), (97.0, 99.0));
        let axis = Axis::around(&extent(&[-3.0, 7.0, f64::INFINITY]), Scale::Linear);
        assert_eq!((axis.low, axis.high), (-4.0, 8.0));
    }

    #[test]
    fn decades_are_the_labels_of_a_log_axis() {
        let axis = Axis::around(&extent(&[2.3, 0.002_5, 0.0, -1.0]), Scale::Log);
        assert!((axis.low / 1e-3 - 1.0).abs() < 1e-9 && (axis.high / 10.0 - 1.0).abs() < 1e-9);
        assert_eq!(labels(&axis.ticks(8)), ["1e-3", "0.01", "0.1", "1", "10"]);
        assert_eq!(labels(&axis.ticks(3)), ["0.01", "1"]);
        assert_eq!(axis.position(0.0), None);
        let near = Axis::around(&extent(&[0.03, 0.07]), Scale::Log);
        assert_eq!(labels(&near.ticks(4)), ["0.02", "0.05", "0.1"]);
    }

    #[test]
    fn a_held_axis_grows_at_once_and_shrinks_late() {
        let mut held = HeldAxis::default();
        assert_eq!(held.update(&extent(&[0.0, 9.0]), Scale::Linear).high, 10.0);
        assert_eq!(held.update(&extent(&[0.0, 6.1]), Scale::Linear).high, 10.0);
        assert_eq!(held.update(&extent(&[0.0, 11.0]), Scale::Linear).high, 15.0);
        assert_eq!(held.update(&extent(&[0.0, 4.9]), Scale::Linear).high, 5.0);
        assert_eq!(held.update(&extent(&[f64::NAN]), Scale::Linear).high, 5.0);
    }

    proptest! {
        #[test]
        fn any_numbers_lie_on_their_axis(
            numbers in prop::collection::vec(prop::num::f64::ANY, 0..6), most in 0usize..12, log in any::<bool>(),
        ) {
            let scale = if log { Scale::Log } else { Scale::Linear };
            let extent = extent(&numbers);
            let axis = HeldAxis::default().update(&extent, scale);
            prop_assert!(axis.low < axis.high && axis.low.is_finite() && axis.high.is_finite(), "{axis:?}");
            if let Some((low, high)) = extent.bounds(scale) {
                for x in [low, high] {
                    let at = axis.position(x).unwrap();
                    prop_assert!((-1e-6..=1.000_001).contains(&at), "{x:e} at {at} of {axis:?}");
                }
            }
            let ticks = axis.ticks(most);
            prop_assert!(ticks.len() <= most.max(2), "{} ticks", ticks.len());
            prop_assert!(ticks.windows(2).all(|pair| pair[0].at <= pair[1].at));
        }

        #[test]
        fn the_held_axis_settles(numbers in prop::collection::vec(-1e6f64..1e6, 1..6)) {
            let extent = extent(&numbers);
            let mut held = HeldAxis::default();
            let first = held.update(&extent, Scale::Linear);
            prop_assert_eq!(first, held.update(&extent, Scale::Linear));
        }
    }
}
