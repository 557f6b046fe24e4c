//! Conditions on metrics, as a person types them: `rate_e > 50 for 100 ms and corr_ee < 0.1`.
//!
//! ```text
//! breakpoint = ["once"] condition
//! condition  = all {"or" all}            all = one {"and" one}
//! one        = "(" condition ")" | "nan" | name compared number ["for" time]
//! compared   = "<" | "<=" | ">" | ">=" | "=="
//! ```
//! A name is that of a metric, or the model's unit, which counts units done. `nan` holds when a
//! metric that was a finite number no longer is one.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::data::text;
use crate::models::nearest::did_you_mean;
use crate::models::param::number;
use crate::models::table::Description;

/// No condition that a person means is longer, or nests deeper.
const LONGEST: usize = 400;
const DEEPEST: usize = 16;

/// What pauses a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Breakpoint {
    /// Goes away when it has been hit.
    pub once: bool,
    pub condition: Condition,
}

/// Holds or does not hold after a unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Condition {
    Any(Vec<Condition>),
    All(Vec<Condition>),
    /// A finite metric has become NaN or infinite.
    NotFinite,
    Test(Test),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Test {
    pub name: String,
    of: Quantity,
    compared: Compared,
    bound: f64,
    /// Units for which it must have held without a break, and the word for them.
    units: u64,
    unit: String,
    /// Units for which it has held.
    held: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Quantity {
    /// Number in the metric table.
    Metric(usize),
    /// Units done.
    Step,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Compared {
    Less,
    AtMost,
    More,
    AtLeast,
    Equal,
}

/// Why a text is no condition.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("character {at}: {what}")]
pub struct ConditionError {
    /// Where in the text, from 1.
    pub at: usize,
    pub what: String,
}

/// The metrics before and after a unit.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    pub step: u64,
    pub before: &'a [f64],
    pub now: &'a [f64],
}

impl Breakpoint {
    /// # Errors
    /// Says where the text is wrong, and what would be accepted.
    pub fn parse(typed: &str, description: &Description) -> Result<Self, ConditionError> {
        let mut parser = Parser::new(typed, description)?;
        let once = parser.takes("once");
        Ok(Self {
            once,
            condition: parser.whole()?,
        })
    }
}

impl Condition {
    /// # Errors
    /// Says where the text is wrong, and what would be accepted.
    pub fn parse(typed: &str, description: &Description) -> Result<Self, ConditionError> {
        Parser::new(typed, description)?.whole()
    }

    /// Whether it holds now. Must be asked after every unit, for the sake of `for`.
    pub fn holds(&mut self, moment: Moment) -> bool {
        // Every part is asked each time: `for` counts.
        match self {
            Self::Any(parts) => parts
                .iter_mut()
                .fold(false, |any, part| part.holds(moment) | any),
            Self::All(parts) => parts
                .iter_mut()
                .fold(true, |all, part| part.holds(moment) & all),
            Self::NotFinite => {
                let mut pairs = moment.before.iter().zip(moment.now);
                pairs.any(|(before, now)| before.is_finite() && !now.is_finite())
            }
            Self::Test(test) => test.holds(moment),
        }
    }

    /// The values that it looks at, in words: `loss = 3.2`.
    pub fn seen(&self, moment: Moment) -> String {
        let mut values = Vec::new();
        self.collect(moment, &mut values);
        values.dedup();
        values.join(", ")
    }

    fn collect(&self, moment: Moment, values: &mut Vec<String>) {
        match self {
            Self::Any(parts) | Self::All(parts) => {
                parts.iter().for_each(|part| part.collect(moment, values));
            }
            Self::NotFinite => {}
            Self::Test(test) => {
                let value = crate::models::param::short(test.value(moment));
                values.push(format!("{} = {value}", test.name));
            }
        }
    }
}

impl Test {
    fn value(&self, moment: Moment) -> f64 {
        match self.of {
            Quantity::Metric(metric) => moment.now.get(metric).copied().unwrap_or(f64::NAN),
            Quantity::Step => moment.step as f64,
        }
    }

    fn holds(&mut self, moment: Moment) -> bool {
        let value = self.value(moment);
        let holds = match self.compared {
            Compared::Less => value < self.bound,
            Compared::AtMost => value <= self.bound,
            Compared::More => value > self.bound,
            Compared::AtLeast => value >= self.bound,
            Compared::Equal => value == self.bound,
        };
        self.held = if holds { self.held + 1 } else { 0 };
        self.held >= self.units
    }
}

impl fmt::Display for Breakpoint {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let once = if self.once { "once " } else { "" };
        write!(f, "{once}{}", self.condition)
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let joined = |f: &mut fmt::Formatter, parts: &[Self], word: &str| {
            for (i, part) in parts.iter().enumerate() {
                if i > 0 {
                    write!(f, " {word} ")?;
                }
                match part {
                    Self::Any(_) | Self::All(_) => write!(f, "({part})")?,
                    _ => write!(f, "{part}")?,
                }
            }
            Ok(())
        };
        match self {
            Self::Any(parts) => joined(f, parts, "or"),
            Self::All(parts) => joined(f, parts, "and"),
            Self::NotFinite => f.write_str("nan"),
            Self::Test(test) => write!(f, "{test}"),
        }
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let sign = COMPARED.iter().find(|(_, c)| *c == self.compared);
        let sign = sign.map_or("", |(sign, _)| sign);
        write!(f, "{} {sign} {}", self.name, number(self.bound))?;
        if self.units > 1 {
            write!(f, " for {} {}", self.units, self.unit)?;
        }
        Ok(())
    }
}

/// Longer signs before those that they begin with.
const COMPARED: [(&str, Compared); 5] = [
    ("<=", Compared::AtMost),
    (">=", Compared::AtLeast),
    ("==", Compared::Equal),
    ("<", Compared::Less),
    (">", Compared::More),
];

const WORDS: [&str; 5] = ["once", "nan", "and", "or", "for"];

struct Parser<'a> {
    text: &'a str,
    at: usize,
    description: &'a Description,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str, description: &'a Description) -> Result<Self, ConditionError> {
        if text.len() > LONGEST {
            return Err(ConditionError {
                at: LONGEST,
                what: format!("a condition has at most {LONGEST} characters"),
            });
        }
        Ok(Self {
            text,
            at: 0,
            description,
        })
    }

    fn error<T>(&self, what: impl Into<String>) -> Result<T, ConditionError> {
        Err(ConditionError {
            at: self.text[..self.at].chars().count() + 1,
            what: what.into(),
        })
    }

    fn whole(mut self) -> Result<Condition, ConditionError> {
        let condition = self.any(0)?;
        if self.rest().is_empty() {
            return Ok(condition);
        }
        self.error("expected `and`, `or` or the end")
    }

    /// What is left, without the space before it.
    fn rest(&mut self) -> &'a str {
        let rest = &self.text[self.at..];
        let trimmed = rest.trim_start();
        self.at += rest.len() - trimmed.len();
        trimmed
    }

    /// The word that comes next; empty where none does.
    fn word(&mut self) -> &'a str {
        let rest = self.rest();
        let end = rest
            .find(|c: char| !(c.is_alphanumeric() || c == '_'))
            .unwrap_or(rest.len());
        &rest[..end]
    }

    fn takes(&mut self, word: &str) -> bool {
        let found = self.word() == word;
        if found {
            self.at += word.len();
        }
        found
    }

    fn any(&mut self, depth: usize) -> Result<Condition, ConditionError> {
        let mut parts = vec![self.all(depth)?];
        while self.takes("or") {
            parts.push(self.all(depth)?);
        }
        Ok(one_or(parts, Condition::Any))
    }

    fn all(&mut self, depth: usize) -> Result<Condition, ConditionError> {
        let mut parts = vec![self.one(depth)?];
        while self.takes("and") {
            parts.push(self.one(depth)?);
        }
        Ok(one_or(parts, Condition::All))
    }

    fn one(&mut self, depth: usize) -> Result<Condition, ConditionError> {
        if self.rest().starts_with('(') {
            if depth == DEEPEST {
                return self.error(format!("more than {DEEPEST} brackets inside each other"));
            }
            self.at += 1;
            let inner = self.any(depth + 1)?;
            if !self.rest().starts_with(')') {
                return self.error("expected `)`");
            }
            self.at += 1;
            return Ok(inner);
        }
        if self.takes("nan") {
            return Ok(Condition::NotFinite);
        }
        self.test().map(Condition::Test)
    }

    fn test(&mut self) -> Result<Test, ConditionError> {
        let word = self.word();
        if word.is_empty() || WORDS.contains(&word) {
            return self.error("expected a metric, such as `loss > 3`, or `nan`");
        }
        let of = if word == self.description.unit {
            Quantity::Step
        } else if let Some(metric) = self.description.metric(word) {
            Quantity::Metric(metric)
        } else {
            let ids = self.description.metrics.iter().map(|spec| spec.id.as_ref());
            let hint = did_you_mean(word, ids.chain([self.description.unit.as_ref()]));
            return self.error(format!("`{}` is no metric here{hint}", text::line(word)));
        };
        self.at += word.len();
        let rest = self.rest();
        let Some((sign, compared)) = COMPARED.iter().find(|(sign, _)| rest.starts_with(sign))
        else {
            return self.error("expected <, <=, >, >= or ==");
        };
        self.at += sign.len();
        let bound = self.number("a number")?;
        let units = if self.takes("for") { self.time()? } else { 1 };
        Ok(Test {
            name: word.to_owned(),
            of,
            compared: *compared,
            bound,
            units,
            unit: self.description.unit.to_string(),
            held: 0,
        })
    }

    fn number(&mut self, wanted: &str) -> Result<f64, ConditionError> {
        let rest = self.rest();
        let mut before = ' ';
        let end = rest
            .find(|c: char| {
                let sign = "+-".contains(c) && matches!(before, ' ' | 'e' | 'E');
                let exponent = "eE".contains(c) && before.is_ascii_digit();
                let part = c.is_ascii_digit() || c == '.' || sign || exponent;
                before = c;
                !part
            })
            .unwrap_or(rest.len());
        match rest[..end].parse::<f64>() {
            Ok(value) if value.is_finite() => {
                self.at += end;
                Ok(value)
            }
            _ => self.error(format!("expected {wanted}")),
        }
    }

    /// A time in units, at least one.
    fn time(&mut self) -> Result<u64, ConditionError> {
        let unit = self.description.unit.as_ref();
        let seconds = self.description.seconds_per_unit;
        let wanted = match seconds {
            Some(_) => format!("a time, such as `100 ms` or `2 s`, or a number of {unit}"),
            None => format!("a number of {unit}s, such as `10 {unit}s`"),
        };
        let value = self.number(&wanted)?;
        let word = self.word();
        let own = word == unit || word.strip_suffix('s') == Some(unit);
        let each = match (word, seconds) {
            _ if own => Some(1.0),
            ("ms", Some(per_unit)) => Some(1e-3 / per_unit),
            ("s", Some(per_unit)) => Some(1.0 / per_unit),
            ("min", Some(per_unit)) => Some(60.0 / per_unit),
            _ => None,
        };
        if each.is_some() {
            self.at += word.len();
        }
        let units = value * each.unwrap_or(1.0);
        if !(units > 0.0 && units <= 1e15) {
            return self.error(format!("expected {wanted}, above 0"));
        }
        Ok((units - 1e-9).ceil().max(1.0) as u64)
    }
}

fn one_or(mut parts: Vec<Condition>, many: fn(Vec<Condition>) -> Condition) -> Condition {
    if parts.len() == 1 {
        parts.swap_remove(0)
    } else {
        many(parts)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::models::{FAMILIES, Setup, Values};

    fn description() -> Description {
        let family = FAMILIES
            .iter()
            .find(|family| family.id == "balanced")
            .expect("a family with simulated time");
        let setup = Setup {
            values: Values::new(),
            seed: 0,
            data: None,
        };
        (family.describe)(&setup).expect("defaults fit")
    }

    fn metrics(description: &Description, rate: f64) -> Vec<f64> {
        let mut values = vec![1.0; description.metrics.len()];
        values[description.metric("rate_e").unwrap()] = rate;
        values
    }

    /// Whether `typed` holds after each of some units with these rates.
    fn course(typed: &str, rates: &[f64]) -> Vec<bool> {
        let description = description();
        let mut condition = Condition::parse(typed, &description).unwrap();
        let mut before = metrics(&description, f64::NAN);
        let mut held = Vec::new();
        for (step, &rate) in rates.iter().enumerate() {
            let now = metrics(&description, rate);
            let moment = Moment {
                step: step as u64 + 1,
                before: &before,
                now: &now,
            };
            held.push(condition.holds(moment));
            before = now;
        }
        held
    }

    #[test]
    fn comparisons_are_those_of_numbers_and_nan_is_none() {
        assert_eq!(course("rate_e > 5", &[5.0, 5.1]), [false, true]);
        assert_eq!(course("rate_e >= 5", &[5.0, 4.9]), [true, false]);
        assert_eq!(course("rate_e < -1e-1", &[-0.1, -0.2]), [false, true]);
        assert_eq!(course("rate_e <= 5", &[f64::NAN, 5.0]), [false, true]);
        assert_eq!(course("rate_e == 2", &[2.0, 3.0]), [true, false]);
        assert_eq!(course("ms >= 2", &[0.0; 3]), [false, true, true]);
    }

    #[test]
    fn and_binds_closer_than_or_and_brackets_closer_still() {
        let rates = [1.0, 3.0, 9.0];
        assert_eq!(
            course("rate_e < 2 or rate_e > 2 and rate_e > 5", &rates),
            [true, false, true]
        );
        assert_eq!(
            course("(rate_e < 2 or rate_e > 2) and rate_e > 5", &rates),
            [false, false, true]
        );
    }

    #[test]
    fn a_time_must_have_held_without_a_break() {
        let rates = [9.0, 9.0, 1.0, 9.0, 9.0, 9.0, 9.0];
        let held = [false, false, false, false, false, true, true];
        assert_eq!(course("rate_e > 5 for 3 ms", &rates), held);
        assert_eq!(course("rate_e > 5 for 0.003 s", &rates), held);
        // Also behind a part that decides already.
        assert_eq!(
            course("rate_e > 99 and ms > 0 or rate_e > 5 for 3 ms", &rates),
            held
        );
    }

    #[test]
    fn nan_is_what_was_a_number_before() {
        assert_eq!(
            course("nan", &[f64::NAN, 1.0, f64::INFINITY, f64::NAN]),
            [false, false, true, false]
        );
    }

    #[test]
    fn complaints_say_where_and_what_would_be_accepted() {
        let description = description();
        let complaint = |typed: &str| {
            let error = Breakpoint::parse(typed, &description).unwrap_err();
            (error.at, error.what)
        };
        let (at, what) = complaint("mean_rate_ee > 3");
        assert_eq!(at, 1);
        assert!(what.contains("did you mean `mean_rate_e`"), "{what}");
        assert_eq!(complaint("rate_e ! 3").0, 8);
        assert_eq!(complaint("rate_e > x").0, 10);
        assert_eq!(complaint("rate_e > 3 nor").0, 12);
        assert_eq!(complaint("(rate_e > 3").0, 12);
        assert!(complaint("").1.contains("metric"));
        assert!(complaint("rate_e > 3 for 0 ms").1.contains("above 0"));
        assert!(complaint(&"(".repeat(50)).1.contains("brackets"));
        assert!(complaint(&"x".repeat(500)).1.contains("at most"));
    }

    proptest! {
        #[test]
        fn no_text_is_a_panic(typed in "[()<>=a-z_0-9. e+-]{0,60}|.{0,40}") {
            let _ = Breakpoint::parse(&typed, &description());
        }

        #[test]
        fn what_is_printed_reads_the_same(
            once in any::<bool>(),
            parts in prop::collection::vec((0usize..4, -1e6f64..1e6, 1u64..500), 1..5),
            nested in any::<bool>(),
        ) {
            let description = description();
            let signs = ["<", "<=", ">", ">="];
            let test = |&(sign, bound, units): &(usize, f64, u64)| {
                format!("rate_i {} {bound} for {units}", signs[sign])
            };
            let tests: Vec<String> = parts.iter().map(test).collect();
            let typed = match nested {
                true => format!("nan and ({})", tests.join(" or ")),
                false => tests.join(" and "),
            };
            let typed = if once { format!("once {typed}") } else { typed };
            let first = Breakpoint::parse(&typed, &description).unwrap();
            let again = Breakpoint::parse(&first.to_string(), &description).unwrap();
            prop_assert_eq!(first, again);
        }
    }
}
