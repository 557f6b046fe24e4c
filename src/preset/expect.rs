//! Comparing a run with what its preset expects of it.

use super::{Bound, Expect, When};
use crate::models::param::number;
use crate::models::table::Description;

/// Takes the samples of a run and keeps what its expectations ask for, in constant memory.
#[derive(Clone, Debug)]
pub struct Watch {
    length: u64,
    watched: Vec<Watched>,
}

#[derive(Clone, Debug)]
struct Watched {
    /// Number of the metric in the model's table.
    metric: Option<usize>,
    when: When,
    /// The value so far, for a mean the sum.
    value: Option<f64>,
    samples: u64,
}

impl Watch {
    /// For a run of `length` units; a metric that the model lacks never gets a value.
    pub fn new(expect: &[Expect], description: &Description, length: u64) -> Self {
        let watched = expect.iter().map(|expect| Watched {
            metric: description.metric(&expect.metric),
            when: expect.when,
            value: None,
            samples: 0,
        });
        Self {
            length,
            watched: watched.collect(),
        }
    }

    /// Takes the metrics after unit `step`, in table order.
    pub fn sample(&mut self, step: u64, metrics: &[f64]) {
        if step > self.length {
            return;
        }
        for watched in &mut self.watched {
            let value = watched.metric.and_then(|metric| metrics.get(metric));
            if let Some(&value) = value
                && !value.is_nan()
            {
                watched.take(step, self.length, value);
            }
        }
    }

    /// One value for each expectation, in order; `None` where nothing was measured.
    pub fn values(&self) -> Vec<Option<f64>> {
        let value = |watched: &Watched| match watched.when {
            When::MeanOfLast(_) => watched.value.map(|sum| sum / watched.samples as f64),
            _ => watched.value,
        };
        self.watched.iter().map(value).collect()
    }
}

impl Watched {
    fn take(&mut self, step: u64, length: u64, value: f64) {
        self.value = match (self.when, self.value) {
            (When::Step(at), _) if step > at => return,
            (When::MeanOfLast(units), _) if step + units <= length => return,
            (When::MeanOfLast(_), Some(sum)) => Some(sum + value),
            (When::Max, Some(largest)) => Some(largest.max(value)),
            (When::Min, Some(smallest)) => Some(smallest.min(value)),
            _ => Some(value),
        };
        self.samples += 1;
    }
}

impl Bound {
    pub fn holds(&self, value: f64) -> bool {
        match *self {
            Self::Near {
                value: middle,
                tolerance,
            } => (value - middle).abs() <= tolerance,
            Self::Factor {
                value: middle,
                factor,
            } => {
                let ratio = value / middle;
                ratio >= 1.0 / factor && ratio <= factor
            }
            Self::AtLeast(bound) => value >= bound,
            Self::AtMost(bound) => value <= bound,
        }
    }

    /// The value that is aimed at, where there is one.
    pub fn aim(&self) -> Option<f64> {
        match *self {
            Self::Near { value, .. } | Self::Factor { value, .. } => Some(value),
            Self::AtLeast(_) | Self::AtMost(_) => None,
        }
    }

    pub fn words(&self) -> String {
        match *self {
            Self::Near { value, tolerance } => {
                format!("{} +- {}", number(value), number(tolerance))
            }
            Self::Factor { value, factor } => {
                format!("{} within a factor of {}", number(value), number(factor))
            }
            Self::AtLeast(bound) => format!("at least {}", number(bound)),
            Self::AtMost(bound) => format!("at most {}", number(bound)),
        }
    }
}

impl When {
    pub fn words(&self) -> String {
        match *self {
            Self::End => "at the end".into(),
            Self::Step(step) => format!("at {step}"),
            Self::MeanOfLast(units) => format!("mean of the last {units}"),
            Self::Max => "largest".into(),
            Self::Min => "smallest".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAN: f64 = f64::NAN;

    /// The value of one expectation over samples 1, 2, ... of a metric.
    fn value(when: When, length: u64, samples: &[f64]) -> Option<f64> {
        let watched = Watched {
            metric: Some(1),
            when,
            value: None,
            samples: 0,
        };
        let mut watch = Watch {
            length,
            watched: vec![watched],
        };
        for (i, &sample) in samples.iter().enumerate() {
            watch.sample(i as u64 + 1, &[-100.0, sample]);
        }
        watch.values()[0]
    }

    #[test]
    fn the_end_is_the_last_measurement_within_the_length() {
        assert_eq!(value(When::End, 4, &[1.0, 2.0, 3.0, NAN, 5.0]), Some(3.0));
        assert_eq!(value(When::End, 5, &[1.0, 2.0, 3.0, NAN, 5.0]), Some(5.0));
        assert_eq!(value(When::End, 2, &[NAN, NAN]), None);
    }

    #[test]
    fn a_step_sees_nothing_later() {
        assert_eq!(value(When::Step(2), 4, &[1.0, 2.0, 3.0, 4.0]), Some(2.0));
        assert_eq!(value(When::Step(2), 4, &[1.0, NAN, 3.0, 4.0]), Some(1.0));
    }

    #[test]
    fn a_mean_takes_the_last_units_before_the_length() {
        let samples = [10.0, 20.0, 40.0, 80.0, 1000.0];
        assert_eq!(value(When::MeanOfLast(2), 4, &samples), Some(60.0));
        assert_eq!(
            value(When::MeanOfLast(3), 4, &[10.0, 20.0, NAN, 80.0]),
            Some(50.0)
        );
    }

    #[test]
    fn extremes_span_the_run_and_keep_infinity() {
        let samples = [3.0, -7.0, NAN, 5.0, 99.0];
        assert_eq!(value(When::Max, 4, &samples), Some(5.0));
        assert_eq!(value(When::Min, 4, &samples), Some(-7.0));
        assert_eq!(
            value(When::Max, 2, &[1.0, f64::INFINITY]),
            Some(f64::INFINITY)
        );
    }

    #[test]
    fn bounds_hold_on_both_sides_and_never_for_nan() {
        let near = Bound::Near {
            value: 2.0,
            tolerance: 0.5,
        };
        let factor = Bound::Factor {
            value: 8.0,
            factor: 2.0,
        };
        for (bound, inside, outside) in [
            (near, [1.5, 2.5], [1.49, 2.51]),
            (factor, [4.0, 16.0], [3.9, 16.1]),
            (Bound::AtLeast(3.0), [3.0, f64::INFINITY], [2.9, -3.0]),
            (Bound::AtMost(3.0), [3.0, -9.0], [3.1, f64::INFINITY]),
        ] {
            assert!(inside.iter().all(|&x| bound.holds(x)), "{bound:?}");
            assert!(!outside.iter().any(|&x| bound.holds(x)), "{bound:?}");
            assert!(!bound.holds(NAN), "{bound:?}");
        }
    }
}
