//! A preset as text that reads back as the same preset, and as a file that is never half written.

use std::fmt::Write as _;
use std::fs::Permissions;
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use thiserror::Error;

use super::{Action, Bound, DataChoice, Expect, Preset, Scheduled, When};
use crate::data::text;
use crate::models::FaultKind;
use crate::models::param::number;
use crate::models::table::Value;

#[derive(Debug, Error)]
#[error("{file} cannot be written: {error}")]
pub struct SaveError {
    pub file: String,
    /// Without the name of the file that is written before it gets its own.
    pub error: ErrorKind,
}

/// Writes `preset` to a new file: whole, or not at all.
/// # Errors
/// When the file exists already or cannot be written.
pub fn save(preset: &Preset, path: &Path) -> Result<(), SaveError> {
    save_text(&to_toml(preset), path)
}

/// Writes `content` to a new file: whole, or not at all.
pub(super) fn save_text(content: &str, path: &Path) -> Result<(), SaveError> {
    write(path, content).map_err(|error| SaveError {
        file: text::line(&path.display().to_string()),
        error: error.kind(),
    })
}

fn write(path: &Path, content: &str) -> std::io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let mut file = tempfile::Builder::new()
        .prefix(".hebbtop-")
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(folder.unwrap_or(Path::new(".")))?;
    file.write_all(content.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist_noclobber(path)
        .map_err(|refused| refused.error)?;
    Ok(())
}

/// The text of a preset file. Of a preset that was a variant it says what held for that variant;
/// the other variants, and expectations relative to them, are left out.
pub fn to_toml(preset: &Preset) -> String {
    let mut out = String::new();
    let mut line = |words: String| {
        out.push_str(&words);
        out.push('\n');
    };
    line(format!("title = {}", string(&preset.title)));
    if !preset.about.is_empty() {
        line(format!("about = {}", paragraph(&preset.about)));
    }
    line(format!("model = {}", string(&preset.model)));
    let data = match &preset.data {
        DataChoice::None => "none",
        DataChoice::Digits => "digits",
        DataChoice::Glyphs => "glyphs",
        DataChoice::External(word) => word,
    };
    line(format!("data = {}", string(data)));
    line(format!("seed = {}", preset.seed));
    line(format!("length = {}", preset.length));
    if let Some(pace) = preset.pace {
        line(format!("pace = {}", number(pace)));
    }
    if let Some(fault) = preset.fault {
        let word = match fault {
            FaultKind::NonFinite => "non_finite",
            FaultKind::Divergence => "divergence",
            FaultKind::Runaway => "runaway",
        };
        line(format!("fault = {}", string(word)));
    }
    if !preset.breakpoints.is_empty() {
        let conditions: Vec<String> = preset.breakpoints.iter().map(|c| string(c)).collect();
        line(format!("break = [{}]", conditions.join(", ")));
    }
    line("\n[parameters]".to_owned());
    for (id, given) in preset.values.iter() {
        line(format!("{id} = {}", value(given)));
    }
    for scheduled in &preset.schedule {
        line(moment(scheduled));
    }
    for expect in preset
        .expect
        .iter()
        .filter(|expect| expect.relative_to.is_none())
    {
        line(expectation(expect));
    }
    out
}

fn moment(scheduled: &Scheduled) -> String {
    let mut out = format!("\n[[at]]\nstep = {}", scheduled.step);
    let sets = scheduled.actions.iter().filter_map(|action| match action {
        Action::Set { id, value: given } => Some(format!("{id} = {}", value(given))),
        Action::Pause => None,
    });
    let sets: Vec<_> = sets.collect();
    if !sets.is_empty() {
        let _ = write!(out, "\nset = {{ {} }}", sets.join(", "));
    }
    if scheduled.actions.contains(&Action::Pause) {
        out.push_str("\npause = true");
    }
    out
}

fn expectation(expect: &Expect) -> String {
    let mut out = format!("\n[[expect]]\nmetric = {}", string(&expect.metric));
    let when = match expect.when {
        When::End => "at = \"end\"".to_owned(),
        When::Max => "at = \"max\"".to_owned(),
        When::Min => "at = \"min\"".to_owned(),
        When::Step(step) => format!("at = {step}"),
        When::MeanOfLast(units) => format!("mean_of_last = {units}"),
    };
    let bound = match expect.bound {
        Bound::Near { value, tolerance } => {
            format!(
                "value = {}\ntolerance = {}",
                number(value),
                number(tolerance)
            )
        }
        Bound::Factor { value, factor } => {
            format!("value = {}\nfactor = {}", number(value), number(factor))
        }
        Bound::AtLeast(bound) => format!("at_least = {}", number(bound)),
        Bound::AtMost(bound) => format!("at_most = {}", number(bound)),
    };
    let _ = write!(
        out,
        "\n{when}\n{bound}\nsource = {}",
        string(&expect.source)
    );
    out
}

fn value(value: &Value) -> String {
    match value {
        Value::Real(x) => number(*x),
        Value::Integer(n) => n.to_string(),
        Value::Switch(on) => on.to_string(),
        Value::Choice(words) | Value::Words(words) => string(words),
    }
}

pub(super) fn string(words: &str) -> String {
    toml::Value::String(words.to_owned()).to_string()
}

/// Several lines as they are, where TOML can hold them so.
fn paragraph(words: &str) -> String {
    if words.contains('\n') && !words.contains("'''") && !words.ends_with('\'') {
        format!("'''\n{words}\n'''")
    } else {
        string(words)
    }
}
