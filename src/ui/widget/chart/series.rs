//! A series made ready for drawing: what is shown at each place, and where it has gaps.

use super::smooth::Smoother;
use super::{Data, Line, XAxis};

/// One place of a series. `raw` is NaN where nothing was measured or it was not finite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Place {
    pub x: f64,
    pub raw: f64,
    /// Smoothed if smoothing was asked for, otherwise as `raw`.
    pub shown: f64,
    pub min: f64,
    pub max: f64,
    pub last: f64,
}

#[derive(Clone, Debug)]
pub(super) struct Prepared {
    pub places: Vec<Place>,
    /// Places from one number to the next where nothing is missing: above 1 for what is measured
    /// only now and then.
    pub stride: usize,
}

impl Prepared {
    pub(super) fn new(line: &Line<'_>, x: &XAxis<'_>, smoothing: Option<f64>) -> Self {
        // A theory is smooth by itself.
        let smoothing = smoothing.filter(|_| !line.theory);
        let mut smoother = smoothing.map(Smoother::new);
        let mut place = |x: f64, [raw, min, max, last]: [f64; 4], count: u32| {
            let raw = if raw.is_finite() { raw } else { f64::NAN };
            let smoothed = smoother.as_mut().map(|smoother| smoother.push(raw, count));
            let shown = if raw.is_nan() {
                raw
            } else {
                smoothed.unwrap_or(raw)
            };
            Place {
                x,
                raw,
                shown,
                min,
                max,
                last,
            }
        };
        let places: Vec<Place> = match line.data {
            Data::Buckets { from, to, buckets } => {
                let width = (to - from) / buckets.len().max(1) as f64;
                let each = buckets.iter().enumerate();
                each.map(|(i, bucket)| {
                    let middle = from + (i as f64 + 0.5) * width;
                    let numbers = [bucket.mean, bucket.min, bucket.max, bucket.last];
                    place(middle, numbers.map(f64::from), bucket.count)
                })
                // Buckets before the axis only lead the smoothing in.
                .filter(|place| x.holds(place.x))
                .collect()
            }
            Data::Points(points) => points
                .iter()
                .map(|(x, y)| place(*x, [*y; 4], 1))
                .filter(|place| x.holds(place.x))
                .collect(),
        };
        let stride = usual_stride(&places);
        Self { places, stride }
    }

    /// Pairs of places that follow each other without a gap.
    pub(super) fn joined(&self) -> impl Iterator<Item = (Place, Place)> {
        let mut before: Option<(usize, Place)> = None;
        let numbers = self.places.iter().enumerate();
        numbers
            .filter(|(_, place)| !place.raw.is_nan())
            .filter_map(move |(i, place)| {
                let previous = before.replace((i, *place));
                previous
                    .filter(|(j, _)| i - j <= self.reach())
                    .map(|(_, earlier)| (earlier, *place))
            })
    }

    /// Places where a number is missing: between the first number and `now`, except what lies
    /// between two measurements anyway.
    pub(super) fn missing(&self, now: f64) -> impl Iterator<Item = Place> {
        let mut since = None;
        self.places
            .iter()
            .enumerate()
            .filter_map(move |(i, place)| {
                if !place.raw.is_nan() {
                    since = Some(i);
                    return None;
                }
                let late = since.is_some_and(|j| i - j >= self.reach());
                (late && place.x < now).then_some(*place)
            })
    }

    /// The last place with a number.
    pub(super) fn newest(&self) -> Option<Place> {
        self.places
            .iter()
            .rev()
            .find(|place| !place.raw.is_nan())
            .copied()
    }

    /// The place with a number that `x` belongs to.
    pub(super) fn at(&self, x: f64) -> Option<Place> {
        let numbers = self.places.iter().filter(|place| !place.raw.is_nan());
        let nearest = numbers.min_by(|a, b| (a.x - x).abs().total_cmp(&(b.x - x).abs()))?;
        let apart = self.places.windows(2).map(|pair| pair[1].x - pair[0].x);
        let widest = apart.fold(0.0, f64::max) * self.reach() as f64;
        ((nearest.x - x).abs() <= widest.max(f64::MIN_POSITIVE) || self.places.len() == 1)
            .then_some(*nearest)
    }

    /// The mean of what is shown in the last eighth of the places with a number, minus that of the
    /// eighth before.
    pub(super) fn trend(&self, position: impl Fn(f64) -> Option<f64>) -> Option<f64> {
        let shown: Vec<f64> = self
            .places
            .iter()
            .filter_map(|place| position(place.shown))
            .collect();
        let eighth = shown.len() / 8;
        if eighth == 0 {
            return None;
        }
        let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len() as f64;
        let (late, early) = (shown.len() - eighth, shown.len() - 2 * eighth);
        Some(mean(&shown[late..]) - mean(&shown[early..late]))
    }

    /// The most places apart that two joined numbers may be.
    fn reach(&self) -> usize {
        if self.stride > 1 {
            self.stride + self.stride.div_ceil(2)
        } else {
            1
        }
    }
}

/// The median distance between numbers, if there are enough of them to tell.
fn usual_stride(places: &[Place]) -> usize {
    let numbers = places
        .iter()
        .enumerate()
        .filter(|(_, place)| !place.raw.is_nan());
    let at: Vec<usize> = numbers.map(|(i, _)| i).collect();
    let mut apart: Vec<usize> = at.windows(2).map(|pair| pair[1] - pair[0]).collect();
    if apart.len() < 3 {
        return 1;
    }
    let middle = apart.len() / 2;
    *apart.select_nth_unstable(middle).1
}

#[cfg(test)]
mod tests {
    use super::super::XKind;
    use super::*;
    use crate::engine::history::Bucket;
    use crate::models::table::Better;

    const X: XAxis<'static> = XAxis {
        from: 0.0,
        to: 20.0,
        now: 16.0,
        kind: XKind::Units("step"),
    };

    fn prepared(numbers: &[f32]) -> Prepared {
        let buckets: Vec<Bucket> = numbers
            .iter()
            .map(|x| match x.is_nan() {
                true => Bucket::GAP,
                false => Bucket {
                    min: *x,
                    max: *x,
                    mean: *x,
                    last: *x,
                    count: 1,
                },
            })
            .collect();
        let line = Line {
            label: "loss",
            group: 0,
            theory: false,
            better: Better::Lower,
            data: Data::Buckets {
                from: 0.0,
                to: 20.0,
                buckets: &buckets,
            },
        };
        Prepared::new(&line, &X, None)
    }

    #[test]
    fn a_missing_number_is_a_gap_and_what_never_was_is_not() {
        let mut numbers = [f32::NAN; 20];
        for i in [3, 4, 5, 8, 9, 10, 11] {
            numbers[i] = i as f32;
        }
        let prepared = prepared(&numbers);
        let joins: Vec<f64> = prepared.joined().map(|(a, _)| a.raw).collect();
        assert_eq!(joins, [3.0, 4.0, 8.0, 9.0, 10.0]);
        // Not before the first number, and not beyond where the run has come.
        let missing: Vec<f64> = prepared.missing(16.0).map(|place| place.x).collect();
        assert_eq!(missing, [6.5, 7.5, 12.5, 13.5, 14.5, 15.5]);
    }

    #[test]
    fn what_is_measured_now_and_then_is_joined() {
        let mut numbers = [f32::NAN; 20];
        for i in [0, 4, 8, 12] {
            numbers[i] = 1.0;
        }
        let prepared = prepared(&numbers);
        assert_eq!(prepared.stride, 4);
        assert_eq!(prepared.joined().count(), 3);
        assert_eq!(prepared.missing(16.0).count(), 0);
        assert_eq!(prepared.at(5.0).map(|place| place.x), Some(4.5));
    }
}
