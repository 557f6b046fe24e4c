//! What stands on the normal screen when the other one has been left.

use std::io::{self, Write};
use std::path::Path;
use std::thread;
use std::time::Duration;

use crossbeam_channel::bounded;

use super::headless::named;
use crate::data::text;
use crate::engine::{Finished, RunState};
use crate::models::param::display;
use crate::models::param::short;
use crate::preset::{Action, Preset, catalogue};
use crate::ui::Last;

/// Metrics that the summary shows.
const METRICS: usize = 4;

/// How long the last lines wait for a terminal that does not read.
const PATIENCE: Duration = Duration::from_secs(2);

/// Writes five lines: what ran, how far, with what result, what was saved, how to run it again.
/// # Errors
/// When nothing can be written any more.
pub fn say(finished: &Finished, last: &Last, data: Option<&Path>) -> io::Result<()> {
    let preset = &finished.preset;
    let lines = [
        format!("{}: {}", named(preset), preset.title),
        progress(finished),
        metrics(finished),
        kept(finished, last),
        format!("again: {}", again(finished, last, data)),
    ];
    let words = lines.map(|line| line + "\n").concat();
    let (told, heard) = bounded(1);
    thread::spawn(move || {
        let mut out = io::stdout().lock();
        let written = out.write_all(words.as_bytes()).and_then(|()| out.flush());
        // Nobody waits any longer when that took too long.
        let _ = told.send(written);
    });
    heard.recv_timeout(PATIENCE).unwrap_or(Ok(()))
}

fn progress(finished: &Finished) -> String {
    let unit = &finished.description.unit;
    let state = match &finished.state {
        RunState::Done => "done".to_owned(),
        RunState::Faulted(fault) => format!("fault: {}", text::line(&fault.what)),
        RunState::Paused => "was paused".to_owned(),
        RunState::Running => "was running".to_owned(),
    };
    let (step, length) = (finished.step, finished.preset.length);
    let seconds = short(finished.wall.as_secs_f64());
    format!("{step} {unit}s of {length}, {state}; {seconds} s")
}

fn metrics(finished: &Finished) -> String {
    let values = finished.description.metrics.iter().zip(&finished.metrics);
    let known = values.filter(|(_, value)| !value.is_nan()).take(METRICS);
    let shown: Vec<_> = known
        .map(|(spec, value)| format!("{} {}", spec.label, short(*value)))
        .collect();
    if shown.is_empty() {
        "nothing measured yet".to_owned()
    } else {
        shown.join(", ")
    }
}

fn kept(finished: &Finished, last: &Last) -> String {
    if let Some(recorded) = &finished.recorded {
        let resume = quoted(&recorded.name);
        return match &recorded.failure {
            Some(why) => format!("not all was recorded: {}", text::line(why)),
            None => format!("recorded; `hebbtop resume {resume}` goes on"),
        };
    }
    match (&last.saved, last.unsaved) {
        (Some(file), false) => format!("parameters saved in {}", text::line(file)),
        (Some(file), true) => {
            format!(
                "parameters saved in {}, and changed since",
                text::line(file)
            )
        }
        (None, true) => "changed parameters were not saved (`:save FILE` keeps them)".to_owned(),
        (None, false) => "nothing saved; the preset is unchanged".to_owned(),
    }
}

/// The command that runs it again with the present parameters; those that the preset's schedule
/// changes begin as they began.
fn again(finished: &Finished, last: &Last, data: Option<&Path>) -> String {
    let preset = &finished.preset;
    let source = if is_file_of(&last.source, preset) {
        last.source.clone()
    } else {
        named(preset)
    };
    let mut command = format!("hebbtop run {} --seed {}", quoted(&source), finished.seed);
    let original = catalogue::resolve(&source).ok();
    if original
        .as_ref()
        .is_some_and(|original| original.length != preset.length)
    {
        command.push_str(&format!(" --steps {}", preset.length));
    }
    if let (Some(original), Some(frame)) = (original, &last.frame) {
        let specs = finished.description.params.iter().enumerate();
        for ((param, spec), present) in specs.zip(&finished.given) {
            let waiting = frame.pending.iter().find(|(other, _)| *other == param);
            let present = waiting.map_or(present, |(_, value)| value);
            let begun = preset.values.given(&spec.id).unwrap_or(&spec.default);
            let value = if is_scheduled(preset, &spec.id) {
                begun
            } else {
                present
            };
            if value != original.values.given(&spec.id).unwrap_or(&spec.default) {
                let assignment = format!("{}={}", spec.id, display(value));
                command.push_str(&format!(" --set {}", quoted(&assignment)));
            }
        }
    }
    if let (Some(folder), Some(_)) = (data, &finished.data) {
        command.push_str(&format!(
            " --data {}",
            quoted(&folder.display().to_string())
        ));
    }
    command
}

fn is_scheduled(preset: &Preset, param: &str) -> bool {
    let mut actions = preset.schedule.iter().flat_map(|entry| &entry.actions);
    actions.any(|action| matches!(action, Action::Set { id, .. } if id == param))
}

/// Whether `source` is the path of the file that the preset was read from.
fn is_file_of(source: &str, preset: &Preset) -> bool {
    catalogue::open(source).is_ok_and(|(document, variant)| {
        document.name() == preset.name && variant == preset.variant
    })
}

/// As one word of a shell's command line.
pub fn quoted(word: &str) -> String {
    let word = text::line(word);
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-+=:,./@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_shell_reads_a_quoted_word_as_it_was() {
        for word in [
            "eta=0.1",
            "network=50 + tanh / 10",
            "it's",
            "$HOME; rm `x`",
            "",
        ] {
            let script = format!("printf %s {}", quoted(word));
            let output = std::process::Command::new("sh")
                .args(["-c", &script])
                .output()
                .unwrap();
            assert_eq!(String::from_utf8(output.stdout).unwrap(), word);
        }
        assert_eq!(quoted("pc-digits:exact"), "pc-digits:exact");
    }
}
