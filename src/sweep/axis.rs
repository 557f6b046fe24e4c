//! The values that a plan gives to one parameter; a value is made when it is asked for.

use toml::Spanned;
use toml::de::DeValue;

use crate::data::text;
use crate::models::nearest::did_you_mean;
use crate::models::param::{display, number};
use crate::models::table::{Kind, ParamSpec, Scale, Value};
use crate::preset::PresetError;
use crate::preset::fields::{Fields, Given, described, integer, real};

#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    spec: ParamSpec,
    span: Span,
    line: usize,
}

#[derive(Clone, Debug, PartialEq)]
enum Span {
    List(Vec<Value>),
    Range {
        from: f64,
        to: f64,
        /// Of a range that is drawn from, any.
        points: u64,
        scale: Scale,
    },
}

/// Whether the values of a range are counted or drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    Counted,
    Drawn,
}

impl Axis {
    /// # Errors
    /// Names the line and the parameter, and what would be accepted.
    pub fn read(
        fields: &Fields,
        spec: ParamSpec,
        given: &Spanned<DeValue>,
        taken: Taken,
    ) -> Result<Self, PresetError> {
        let line = fields.line_of(&given.span());
        let read = |entry: &Spanned<DeValue>| {
            let line = fields.line_of(&entry.span());
            value(&spec, entry.get_ref()).map_err(|what| fields.error(line, what))
        };
        let span = match given.get_ref() {
            DeValue::Array(entries) if entries.is_empty() => {
                let what = format!("`{}` needs at least one value", spec.id);
                return Err(fields.error(line, what));
            }
            DeValue::Array(entries) => {
                Span::List(entries.iter().map(read).collect::<Result<_, _>>()?)
            }
            DeValue::Table(table) => {
                let table = Given { value: table, line };
                range(fields, &spec, &table, taken)?
            }
            _ => Span::List(vec![read(given)?]),
        };
        Ok(Self { spec, span, line })
    }

    pub fn id(&self) -> &str {
        &self.spec.id
    }

    pub fn len(&self) -> u64 {
        match &self.span {
            Span::List(values) => values.len() as u64,
            Span::Range { points, .. } => *points,
        }
    }

    /// The `i`th value, `i` below [`len`](Self::len).
    pub fn at(&self, i: u64) -> Value {
        match &self.span {
            Span::List(values) => values[i as usize].clone(),
            Span::Range { points, to, .. } if i > 0 && i + 1 == *points => self.number(*to),
            Span::Range { points, .. } => self.along(i as f64 / (points.max(&2) - 1) as f64),
        }
    }

    /// The value at `share` of the way, 0 to 1 without the end.
    pub fn drawn(&self, share: f64) -> Value {
        match &self.span {
            Span::List(values) => {
                let i = (share * values.len() as f64) as usize;
                values[i.min(values.len() - 1)].clone()
            }
            Span::Range { .. } => self.along(share),
        }
    }

    fn along(&self, share: f64) -> Value {
        let Span::Range {
            from, to, scale, ..
        } = self.span
        else {
            return self.spec.default.clone();
        };
        let x = match scale {
            Scale::Linear => from + share * (to - from),
            Scale::Log => from * (to / from).powf(share),
        };
        self.number(x.clamp(from.min(to), from.max(to)))
    }

    fn number(&self, x: f64) -> Value {
        match self.spec.kind {
            Kind::Integer { .. } => Value::Integer(x.round() as i64),
            _ => Value::Real(x),
        }
    }

    /// Only for an axis of a plan that is not too large: looks at every value.
    /// # Errors
    /// When a value is there twice.
    pub fn check_distinct(&self, fields: &Fields) -> Result<(), PresetError> {
        let mut before = None;
        for i in 0..self.len() {
            let value = self.at(i);
            if before.as_ref() == Some(&value) {
                let what = format!("`{}` would be {} twice", self.id(), display(&value));
                return Err(fields.error(self.line, what));
            }
            before = Some(value);
        }
        Ok(())
    }
}

fn range(
    fields: &Fields,
    spec: &ParamSpec,
    table: &Given<&toml::de::DeTable>,
    taken: Taken,
) -> Result<Span, PresetError> {
    let known: &[&str] = match taken {
        Taken::Counted => &["linear", "log", "points"],
        Taken::Drawn => &["linear", "log"],
    };
    let place = format!("`{}`", spec.id);
    let inside = fields.entry(&place, table, known)?;
    if !matches!(spec.kind, Kind::Real { .. } | Kind::Integer { .. }) {
        let what = format!("{place} is no number: give a list, each {}", spec.allowed());
        return Err(inside.error(table.line, what));
    }
    let ends = |key: &str| {
        inside.either(key, "two numbers, such as [0.01, 1]", |value| match value {
            DeValue::Array(ends) if ends.len() == 2 => {
                let end = |i: usize| real(ends[i].get_ref()).filter(|x| x.is_finite());
                Some((end(0)?, end(1)?))
            }
            _ => None,
        })
    };
    let (given, scale) = match (ends("linear")?, ends("log")?) {
        (Some(given), None) => (given, Scale::Linear),
        (None, Some(given)) => (given, Scale::Log),
        _ => {
            let what = format!("{place} takes either `linear = [from, to]` or `log = [from, to]`");
            return Err(inside.error(table.line, what));
        }
    };
    let (from, to) = given.value;
    if scale == Scale::Log && (from <= 0.0 || to <= 0.0) {
        let what = format!(
            "`log` of {place} goes between positive numbers, not {} and {}",
            number(from),
            number(to)
        );
        return Err(inside.error(given.line, what));
    }
    for end in [from, to] {
        let value = match spec.kind {
            Kind::Integer { .. } if end.fract() == 0.0 => Value::Integer(end as i64),
            _ => Value::Real(end),
        };
        spec.check(&value)
            .map_err(|refusal| inside.error(given.line, refusal.to_string()))?;
    }
    let points = match taken {
        Taken::Counted => {
            inside
                .required("points", inside.integer("points", 1..=u64::MAX)?)?
                .value
        }
        Taken::Drawn => u64::MAX,
    };
    Ok(Span::Range {
        from,
        to,
        points,
        scale,
    })
}

/// The value in the type of its parameter, inside its range.
/// # Errors
/// Says what is wrong and what would be accepted.
pub fn value(spec: &ParamSpec, raw: &DeValue) -> Result<Value, String> {
    let value = match (&spec.kind, raw) {
        (Kind::Real { .. }, _) => real(raw).map(Value::Real),
        (Kind::Integer { .. }, _) => integer(raw)
            .and_then(|n| i64::try_from(n).ok())
            .map(Value::Integer),
        (Kind::Switch, DeValue::Boolean(on)) => Some(Value::Switch(*on)),
        (Kind::Choice(_), DeValue::String(words)) => Some(Value::Choice(text::line(words).into())),
        (Kind::Words, DeValue::String(words)) => Some(Value::Words(text::line(words).into())),
        _ => None,
    };
    value
        .filter(|value| spec.check(value).is_ok())
        .ok_or_else(|| {
            let hint = match (&spec.kind, raw) {
                (Kind::Choice(options), DeValue::String(words)) => {
                    did_you_mean(words, options.iter().map(AsRef::as_ref))
                }
                _ => String::new(),
            };
            let (given, allowed) = (described(raw), spec.allowed());
            format!("`{}` cannot be {given}{hint}: it takes {allowed}", spec.id)
        })
}
