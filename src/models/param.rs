//! What can be done with a parameter by its table row alone: check, read, print, nudge.

use std::borrow::Cow;

use thiserror::Error;

use super::nearest::did_you_mean;
use super::table::{Kind, ParamSpec, Scale, Text, Value, text};

/// Why a value is not taken, and what would be.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{id}` cannot be {given}: it takes {allowed}")]
pub struct Refusal {
    pub id: String,
    pub given: String,
    pub allowed: String,
}

/// How far one key press moves a slider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stride {
    Fine,
    Coarse,
}

impl ParamSpec {
    /// The values that the parameter may take, in words.
    pub fn allowed(&self) -> String {
        match &self.kind {
            Kind::Real { min, max, .. } => {
                format!("a number from {} to {}", number(*min), number(*max))
            }
            Kind::Integer { min, max } => format!("an integer from {min} to {max}"),
            Kind::Switch => "on or off".into(),
            Kind::Choice(options) => format!("one of {}", options.join(", ")),
            Kind::Words => "text".into(),
        }
    }

    /// # Errors
    /// When the value is of the wrong type or outside the range.
    pub fn check(&self, value: &Value) -> Result<(), Refusal> {
        let fits = match (&self.kind, value) {
            (Kind::Real { min, max, .. }, Value::Real(x)) => (*min..=*max).contains(x),
            (Kind::Integer { min, max }, Value::Integer(n)) => (*min..=*max).contains(n),
            (Kind::Switch, Value::Switch(_)) | (Kind::Words, Value::Words(_)) => true,
            (Kind::Choice(options), Value::Choice(option)) => options.contains(option),
            _ => false,
        };
        if fits {
            Ok(())
        } else {
            Err(self.refusal(&display(value)))
        }
    }

    /// Reads a value as a person types it.
    /// # Errors
    /// When the text is no value of this kind or lies outside the range.
    pub fn parse(&self, typed: &str) -> Result<Value, Refusal> {
        let typed = typed.trim();
        let value = match &self.kind {
            Kind::Real { .. } => typed.parse().ok().map(Value::Real),
            Kind::Integer { .. } => typed.parse().ok().map(Value::Integer),
            Kind::Switch => match typed {
                "on" | "true" | "yes" | "1" => Some(Value::Switch(true)),
                "off" | "false" | "no" | "0" => Some(Value::Switch(false)),
                _ => None,
            },
            Kind::Choice(options) => options
                .iter()
                .find(|option| option.eq_ignore_ascii_case(typed))
                .cloned()
                .map(Value::Choice),
            Kind::Words => Some(Value::Words(typed.to_owned().into())),
        };
        let value = value.ok_or_else(|| self.refusal(typed))?;
        self.check(&value)?;
        Ok(value)
    }

    /// The value `steps` key presses away (negative: down), held at the bounds. A coarse stride is
    /// ten fine ones; on a logarithmic scale twenty fine ones make a decade.
    pub fn nudge(&self, value: &Value, steps: i32, stride: Stride) -> Value {
        let fine = match stride {
            Stride::Fine => f64::from(steps),
            Stride::Coarse => 10.0 * f64::from(steps),
        };
        match (&self.kind, value) {
            (Kind::Real { min, max, scale }, Value::Real(x)) => {
                let moved = match scale {
                    Scale::Log if *min < 0.0 => {
                        let least = max * SIGNED_LEAST;
                        of_signed(signed(*x, least) + fine, least)
                    }
                    Scale::Log => x.max(min.max(f64::MIN_POSITIVE)) * 10f64.powf(fine / 20.0),
                    Scale::Linear => x + fine * (max - min) / 100.0,
                };
                Value::Real(round_to_digits(moved, 3).clamp(*min, *max))
            }
            (Kind::Integer { min, max }, Value::Integer(n)) => {
                Value::Integer(n.saturating_add(fine as i64).clamp(*min, *max))
            }
            (Kind::Switch, Value::Switch(on)) if steps % 2 != 0 => Value::Switch(!on),
            (Kind::Choice(options), Value::Choice(option)) => {
                let here = options.iter().position(|o| o == option).unwrap_or(0) as i64;
                let there = (here + i64::from(steps)).rem_euclid(options.len() as i64);
                Value::Choice(options[there as usize].clone())
            }
            _ => value.clone(),
        }
    }

    /// Where the value lies between the bounds, 0 to 1; `None` for what has no order.
    pub fn position(&self, value: &Value) -> Option<f64> {
        match (&self.kind, value) {
            (
                Kind::Real {
                    min,
                    max,
                    scale: Scale::Log,
                },
                Value::Real(x),
            ) if *min > 0.0 => Some((x / min).ln() / (max / min).ln()),
            (
                Kind::Real {
                    min,
                    max,
                    scale: Scale::Log,
                },
                Value::Real(x),
            ) if *min < 0.0 => {
                let least = max * SIGNED_LEAST;
                Some(0.5 + 0.5 * signed(*x, least) / signed(*max, least))
            }
            (Kind::Real { min, max, .. }, Value::Real(x)) => Some((x - min) / (max - min)),
            (Kind::Integer { min, max }, Value::Integer(n)) if max > min => {
                Some((n - min) as f64 / (max - min) as f64)
            }
            _ => None,
        }
        .map(|at: f64| at.clamp(0.0, 1.0))
    }

    /// The row for layer `layer` (1 is the first) of a row that is repeated.
    pub fn for_layer(&self, layer: usize) -> Self {
        Self {
            id: format!("{}_{layer}", self.id).into(),
            label: format!("{} {layer}", self.label).into(),
            ..self.clone()
        }
    }

    fn refusal(&self, given: &str) -> Refusal {
        let hint = match &self.kind {
            Kind::Choice(options) => did_you_mean(given, options.iter().map(|option| &**option)),
            _ => String::new(),
        };
        Refusal {
            id: self.id.to_string(),
            given: format!("`{given}`"),
            allowed: self.allowed() + &hint,
        }
    }
}

/// The value as [`ParamSpec::parse`] reads it back.
pub fn display(value: &Value) -> String {
    match value {
        Value::Real(x) => number(*x),
        Value::Integer(n) => n.to_string(),
        Value::Switch(true) => "on".into(),
        Value::Switch(false) => "off".into(),
        Value::Choice(words) | Value::Words(words) => words.to_string(),
    }
}

/// The shortest text that reads back as `x`, in scientific form where that is shorter.
pub fn number(x: f64) -> String {
    let plain = x.to_string();
    let scientific = format!("{x:e}");
    if x != 0.0 && scientific.len() < plain.len() && !(1e-3..1e5).contains(&x.abs()) {
        scientific
    } else {
        plain
    }
}

/// `x` for reading: four digits, or its name where it is not finite.
pub fn short(x: f64) -> String {
    if x.is_finite() {
        number(round_to_digits(x, 4))
    } else {
        x.to_string()
    }
}

/// On a signed scale numbers below this share of the largest count as 0.
const SIGNED_LEAST: f64 = 1e-5;

/// Where `x` lies in fine strides from 0, twenty to a decade; the first stride leads to `least`.
fn signed(x: f64, least: f64) -> f64 {
    if x.abs() < 0.99 * least {
        return 0.0;
    }
    x.signum() * (1.0 + 20.0 * (x.abs() / least).log10())
}

/// The number so many strides from 0.
fn of_signed(strides: f64, least: f64) -> f64 {
    if strides.abs() < 0.5 {
        return 0.0;
    }
    strides.signum() * least * 10f64.powf((strides.abs() - 1.0) / 20.0)
}

fn round_to_digits(x: f64, digits: usize) -> f64 {
    format!("{x:.*e}", digits - 1).parse().unwrap_or(x)
}

/// Makes the value of a choice in a static table.
pub const fn choice(option: &'static str) -> Value {
    Value::Choice(text(option))
}

/// The kind of a parameter that is one of these.
pub const fn options(options: &'static [Text]) -> Kind {
    Kind::Choice(Cow::Borrowed(options))
}

/// The kind of a number in this range, on a logarithmic scale.
pub const fn log(min: f64, max: f64) -> Kind {
    Kind::Real {
        min,
        max,
        scale: Scale::Log,
    }
}

/// The kind of a number in this range, on a linear scale.
pub const fn linear(min: f64, max: f64) -> Kind {
    Kind::Real {
        min,
        max,
        scale: Scale::Linear,
    }
}

/// The kind of an integer in this range.
pub const fn integer(min: i64, max: i64) -> Kind {
    Kind::Integer { min, max }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::table::{Applies, Scope};

    fn spec(kind: Kind, default: Value) -> ParamSpec {
        ParamSpec {
            id: text("eta"),
            label: text("eta"),
            unit: text(""),
            meaning: text("step size"),
            kind,
            default,
            applies: Applies::Unit,
            scope: Scope::Model,
        }
    }

    #[test]
    fn signed_nudges_go_by_decades_and_through_zero() {
        let kind = Kind::Real {
            min: -1.0,
            max: 1.0,
            scale: Scale::Log,
        };
        let spec = spec(kind, Value::Real(0.0));
        let nudge = |x: f64, steps| match spec.nudge(&Value::Real(x), steps, Stride::Fine) {
            Value::Real(x) => x,
            other => panic!("{other:?}"),
        };
        assert_eq!(nudge(-0.01, -20), -0.1, "away from 0");
        assert_eq!(nudge(-0.1, 20), -0.01);
        assert_eq!(nudge(1e-5, -1), 0.0);
        assert_eq!(nudge(0.0, -1), -1e-5);
        assert_eq!(nudge(1e-5, -2), -1e-5);
        assert_eq!(nudge(0.9, 20), 1.0, "held at the bound");
        let at = |x| spec.position(&Value::Real(x)).unwrap();
        assert_eq!((at(-1.0), at(0.0), at(1.0)), (0.0, 0.5, 1.0));
        assert!(at(0.001) > 0.6 && at(-0.001) < 0.4);
    }

    fn log() -> ParamSpec {
        let kind = Kind::Real {
            min: 1e-6,
            max: 1.0,
            scale: Scale::Log,
        };
        spec(kind, Value::Real(0.1))
    }

    #[test]
    fn twenty_fine_nudges_are_a_decade_and_bounds_hold() {
        let mut value = Value::Real(1e-3);
        for _ in 0..20 {
            value = log().nudge(&value, 1, Stride::Fine);
        }
        let Value::Real(x) = value else {
            panic!("a real stays a real")
        };
        assert!((x / 1e-2 - 1.0).abs() < 0.02, "{x}");
        assert_eq!(
            log().nudge(&Value::Real(0.9), 3, Stride::Coarse),
            Value::Real(1.0)
        );
    }

    #[test]
    fn refusals_name_the_parameter_the_value_and_the_range() {
        let refusal = log().parse("7").unwrap_err().to_string();
        for part in ["eta", "7", "1e-6", "1"] {
            assert!(refusal.contains(part), "{refusal} lacks {part}");
        }
        assert!(log().parse("nan").is_err());
        assert!(log().parse("").is_err());
    }

    #[test]
    fn what_is_displayed_reads_back() {
        for x in [0.0, -5.0, 1e-12, 0.1, 123_456.789, 1e300, -2.5e-7] {
            let kind = Kind::Real {
                min: -1e301,
                max: 1e301,
                scale: Scale::Linear,
            };
            let shown = display(&Value::Real(x));
            assert_eq!(
                spec(kind, Value::Real(0.0)).parse(&shown),
                Ok(Value::Real(x)),
                "{shown}"
            );
        }
    }

    #[test]
    fn choices_go_round() {
        let options = Kind::Choice(vec![text("a"), text("b"), text("c")].into());
        let spec = spec(options, choice("a"));
        assert_eq!(spec.nudge(&choice("a"), -1, Stride::Fine), choice("c"));
        assert_eq!(spec.parse("B"), Ok(choice("b")));
    }
}
