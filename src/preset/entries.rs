//! The repeated parts of a preset: `[parameters]`, `[[at]]`, `[[expect]]`.

use toml::de::DeValue;

use super::error::PresetError;
use super::fields::{Fields, Given, integer};
use super::parse::{Assignment, Raw};
use super::{Bound, When};
use crate::data::text;

/// One `[[at]]`.
#[derive(Clone, Debug)]
pub(super) struct At {
    pub moment: Given<Moment>,
    pub set: Vec<Assignment>,
    pub pause: bool,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Moment {
    Step(u64),
    /// In seconds of simulated time.
    Time(f64),
}

/// One `[[expect]]`.
#[derive(Clone, Debug)]
pub(super) struct Expectation {
    pub metric: Given<String>,
    pub when: Given<When>,
    pub bound: Bound,
    pub relative_to: Option<Given<String>>,
    pub source: String,
}

/// Every `id = value` of a table, in the order of the file.
pub(super) fn assignments(fields: &Fields) -> Vec<Assignment> {
    let pairs = fields.in_order().into_iter();
    pairs
        .map(|(key, value)| Assignment {
            id: text::line(key.get_ref()),
            raw: Raw::read(value.get_ref()),
            line: fields.line_of(&key.span()),
        })
        .collect()
}

pub(super) fn schedule(fields: &Fields) -> Result<Option<Vec<At>>, PresetError> {
    let Some(tables) = fields.tables("at")? else {
        return Ok(None);
    };
    let read = |table: &Given<_>| {
        let at = fields.entry("[[at]]", table, &["step", "time", "set", "pause"])?;
        let step = at.integer("step", 0..=u64::MAX)?;
        let time = at.string("time")?;
        let moment = match (step, time) {
            (Some(step), None) => Given {
                value: Moment::Step(step.value),
                line: step.line,
            },
            (None, Some(time)) => {
                let seconds = seconds(&time.value).ok_or_else(|| {
                    let what = format!(
                        "{} must be a time such as \"250 ms\", \"2.5 s\" or \"1 min\", not \"{}\"",
                        at.named("time"),
                        text::line(&time.value)
                    );
                    at.error(time.line, what)
                })?;
                Given {
                    value: Moment::Time(seconds),
                    line: time.line,
                }
            }
            _ => return Err(at.error(at.line(), "[[at]] needs either `step` or `time`")),
        };
        let set = match at.table("set")? {
            Some(table) => assignments(&at.inside(&table)),
            None => Vec::new(),
        };
        let pause = at.boolean("pause")?.is_some_and(|pause| pause.value);
        if set.is_empty() && !pause {
            let what = "[[at]] changes nothing: give `set = { eta = 0.2 }` or `pause = true`";
            return Err(at.error(at.line(), what));
        }
        Ok(At { moment, set, pause })
    };
    tables.iter().map(read).collect::<Result<_, _>>().map(Some)
}

/// Reads "250 ms", "2.5 s", "1 min".
pub fn seconds(words: &str) -> Option<f64> {
    let words = words.trim();
    let unit_at = words.find(|c: char| c.is_ascii_alphabetic() && c != 'e')?;
    let (count, unit) = words.split_at(unit_at);
    let scale = match unit {
        "ms" => 1e-3,
        "s" => 1.0,
        "min" => 60.0,
        _ => return None,
    };
    let count: f64 = count.trim().parse().ok()?;
    Some(count * scale).filter(|seconds| (0.0..=1e9).contains(seconds))
}

pub(super) fn expectations(fields: &Fields) -> Result<Option<Vec<Expectation>>, PresetError> {
    const KEYS: [&str; 10] = [
        "metric",
        "at",
        "mean_of_last",
        "value",
        "tolerance",
        "factor",
        "at_least",
        "at_most",
        "relative_to",
        "source",
    ];
    let Some(tables) = fields.tables("expect")? else {
        return Ok(None);
    };
    let read = |table: &Given<_>| {
        let entry = fields.entry("[[expect]]", table, &KEYS)?;
        let metric = entry.required("metric", entry.string("metric")?)?;
        let source = entry.required("source", entry.string("source")?)?;
        Ok(Expectation {
            metric: Given {
                value: text::line(&metric.value),
                line: metric.line,
            },
            when: when(&entry)?,
            bound: bound(&entry)?,
            relative_to: entry.string("relative_to")?,
            source: text::line(&source.value),
        })
    };
    tables.iter().map(read).collect::<Result<_, _>>().map(Some)
}

fn when(entry: &Fields) -> Result<Given<When>, PresetError> {
    let allowed = "\"end\", \"max\", \"min\" or the number of a step";
    let at = entry.either("at", allowed, |value| match value {
        DeValue::String(word) => match word.as_ref() {
            "end" => Some(When::End),
            "max" => Some(When::Max),
            "min" => Some(When::Min),
            _ => None,
        },
        _ => integer(value)
            .and_then(|n| u64::try_from(n).ok())
            .filter(|&n| n > 0)
            .map(When::Step),
    })?;
    let mean = entry.integer("mean_of_last", 1..=u64::MAX)?;
    match (at, mean) {
        (Some(_), Some(mean)) => Err(entry.error(
            mean.line,
            "[[expect]] takes `at` or `mean_of_last`, not both",
        )),
        (Some(at), None) => Ok(at),
        (None, Some(mean)) => Ok(Given {
            value: When::MeanOfLast(mean.value),
            line: mean.line,
        }),
        (None, None) => Ok(Given {
            value: When::End,
            line: entry.line(),
        }),
    }
}

fn bound(entry: &Fields) -> Result<Bound, PresetError> {
    let any = f64::NEG_INFINITY..=f64::INFINITY;
    let value = entry.real("value", any.clone())?;
    let tolerance = entry.real("tolerance", 0.0..=f64::MAX)?;
    let factor = entry.real("factor", 1.0..=f64::MAX)?;
    let at_least = entry.real("at_least", any.clone())?;
    let at_most = entry.real("at_most", any)?;
    match (value, tolerance, factor, at_least, at_most) {
        (Some(value), Some(tolerance), None, None, None) => Ok(Bound::Near {
            value: value.value,
            tolerance: tolerance.value,
        }),
        (Some(value), None, Some(factor), None, None) => Ok(Bound::Factor {
            value: value.value,
            factor: factor.value,
        }),
        (None, None, None, Some(at_least), None) => Ok(Bound::AtLeast(at_least.value)),
        (None, None, None, None, Some(at_most)) => Ok(Bound::AtMost(at_most.value)),
        _ => {
            let what = "[[expect]] takes one bound: `value` with `tolerance`, `value` with \
                `factor`, `at_least`, or `at_most`";
            Err(entry.error(entry.line(), what))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn times_carry_their_unit() {
        for (words, wanted) in [
            ("250 ms", 0.25),
            ("2.5s", 2.5),
            ("1 min", 60.0),
            ("1e3 ms", 1.0),
        ] {
            assert_eq!(seconds(words), Some(wanted), "{words}");
        }
        for words in ["", "5", "5 h", "s", "-1 s", "inf s", "1e99 s", "1 s s"] {
            assert_eq!(seconds(words), None, "{words}");
        }
    }
}
