//! What a preset is expected to show, in words and as lines on a chart.

use crate::preset::{Bound, Expect, When};
use crate::ui::widget::format::short;

pub fn words(expect: &Expect) -> String {
    let bound = match expect.bound {
        Bound::Near { value, tolerance } => format!("{} +- {}", short(value), short(tolerance)),
        Bound::Factor { value, factor } => {
            format!("{} within a factor {}", short(value), short(factor))
        }
        Bound::AtLeast(least) => format!("at least {}", short(least)),
        Bound::AtMost(most) => format!("at most {}", short(most)),
    };
    let when = match expect.when {
        When::End => "at the end".to_owned(),
        When::Step(step) => format!("at {step}"),
        When::MeanOfLast(count) => format!("as mean of the last {count}"),
        When::Max => "as largest value".to_owned(),
        When::Min => "as smallest value".to_owned(),
    };
    let metric = &expect.metric;
    match &expect.relative_to {
        Some(variant) => format!("{metric} {when}, divided by that of {variant}: {bound}"),
        None => format!("{metric} {when}: {bound}"),
    }
}

/// What the line of an expectation on a chart says before its value.
pub fn lead(expect: &Expect, metric: &str) -> String {
    let sign = match expect.bound {
        Bound::Near { .. } | Bound::Factor { .. } => "expected",
        Bound::AtLeast(_) => ">=",
        Bound::AtMost(_) => "<=",
    };
    format!("{metric} {sign}")
}

/// Value and tolerance of an expectation; none for a ratio of two runs, which no chart shows.
pub fn value(expect: &Expect) -> Option<(f64, f64)> {
    if expect.relative_to.is_some() {
        return None;
    }
    Some(match expect.bound {
        Bound::Near { value, tolerance } => (value, tolerance),
        Bound::Factor { value, .. } => (value, 0.0),
        Bound::AtLeast(bound) | Bound::AtMost(bound) => (bound, 0.0),
    })
}
