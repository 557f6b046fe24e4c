//! Doing what a command line says.

use std::path::PathBuf;

use super::unknown;
use crate::engine::{Command, Pace, StepOf, Target};
use crate::ui::keys::{Argument, Binding, TABLE, command};
use crate::ui::state::State;
use crate::ui::state::dialog::Dialog;
use crate::ui::state::run::Run;
use crate::ui::state::tab::Focus;
use crate::ui::update::{Effect, lanes, look, param, run as asking, screen, update};

/// Does one line, or says why it cannot be done.
pub fn execute(state: &mut State, line: &str) -> Result<Vec<Effect>, String> {
    let (name, rest) = line
        .split_once(char::is_whitespace)
        .map_or((line, ""), |(name, rest)| (name, rest.trim()));
    let row = named(name)?;
    if rest.is_empty() {
        if row.argument.required() {
            return Err(format!("{} wants {}", row.id, row.argument.usage()));
        }
        let now = state.now;
        return Ok(update(state, row.action, now));
    }
    if row.id == "find" {
        state.dialog = Some(Dialog::Help(0));
        state.sought = rest.to_lowercase();
        return Ok(Vec::new());
    }
    let run = state.run.as_ref().ok_or("nothing is running yet")?;
    if run.gone || run.frame.is_none() {
        return Err("there is no run to command".into());
    }
    if let Argument::OneOf(words) = row.argument {
        let done = look::typed(state, row.id, rest);
        let known = words.iter().map(|(word, _)| *word);
        return done.ok_or_else(|| unknown(row.id, rest, known));
    }
    if let Some(done) = lanes::typed(state, row.id, rest) {
        return done;
    }
    match &mut state.run {
        Some(run) => with_argument(run, row, rest),
        None => Ok(Vec::new()),
    }
}

/// The command of that name, or the only one that begins so.
fn named(name: &str) -> Result<&'static Binding, String> {
    if let Some(row) = command(name) {
        return Ok(row);
    }
    let typed = || TABLE.iter().filter(|row| row.typed);
    let mut begin = typed().filter(|row| row.id.starts_with(name));
    match (begin.next(), begin.next()) {
        (Some(only), None) => Ok(only),
        _ => Err(unknown("command", name, typed().map(|row| row.id))),
    }
}

fn with_argument(run: &mut Run, row: &Binding, rest: &str) -> Result<Vec<Effect>, String> {
    let send = |command| Ok(vec![Effect::Send(command)]);
    match row.argument {
        Argument::None => Err(format!("{} takes nothing behind it", row.id)),
        Argument::Assignment => assign(run, rest),
        Argument::Parameter if row.id == "pick" => {
            run.params.selected = parameter(run, rest)?;
            run.set_focus(Focus::Parameters);
            Ok(Vec::new())
        }
        Argument::Parameter => {
            let param = parameter(run, rest)?;
            Ok(param::to_default(run, param))
        }
        Argument::Preset => send(Command::Preset(rest.to_owned())),
        Argument::Variant => {
            let known = run
                .about
                .as_ref()
                .map(|about| about.preset.variants.clone());
            let known = known.unwrap_or_default();
            if !known.iter().any(|name| name == rest) {
                return Err(unknown("variant", rest, known.iter().map(String::as_str)));
            }
            send(asking::variant(run, Some(rest)))
        }
        Argument::Seed => {
            let seed = rest
                .parse()
                .map_err(|_| format!("a seed is an integer from 0 to {}", u64::MAX))?;
            send(Command::Reset { seed: Some(seed) })
        }
        Argument::Count => {
            let count = rest
                .parse()
                .ok()
                .filter(|count| *count > 0)
                .ok_or_else(|| format!("{} takes an integer above 0", row.id))?;
            let of = if row.id == "step-quantum" {
                StepOf::Quantum
            } else {
                StepOf::Unit
            };
            send(Command::Step { of, count })
        }
        Argument::File => {
            let path = PathBuf::from(rest);
            if path.extension().is_none_or(|extension| extension != "toml") {
                return Err(format!("such a file ends in .toml: {rest}.toml"));
            }
            send(match row.id {
                "save-rule" => Command::SaveRule(path),
                _ => Command::SavePreset(path),
            })
        }
        Argument::Folder => send(Command::Record(PathBuf::from(rest))),
        Argument::Condition => send(match row.id {
            "until" => Command::Until(rest.to_owned()),
            _ => Command::Break(rest.to_owned()),
        }),
        Argument::Back => {
            let target = match rest.strip_prefix('-') {
                Some(units) => units.parse().map(Target::Back),
                None => rest.parse().map(Target::Unit),
            };
            let target = target.map_err(|_| format!("{} takes N or -N", row.id))?;
            send(Command::Rewind(target))
        }
        Argument::Breakpoint if rest == "all" => send(Command::Unbreak(None)),
        Argument::Breakpoint => {
            let number = rest.parse();
            let number = number.map_err(|_| format!("{} takes a number, or all", row.id))?;
            send(Command::Unbreak(Some(number)))
        }
        Argument::Pace => send(Command::SetPace(pace(run, rest)?)),
        // Handled before.
        Argument::Lane | Argument::InStep | Argument::OneOf(_) => Ok(Vec::new()),
        Argument::Words => send(Command::Mark(rest.to_owned())),
        Argument::View => view(run, rest),
    }
}

fn assign(run: &mut Run, rest: &str) -> Result<Vec<Effect>, String> {
    let split = rest.split_once(|c: char| c.is_whitespace() || c == '=');
    let (id, typed) = split.ok_or("set wants PARAMETER VALUE")?;
    let number = parameter(run, id)?;
    let spec = run.spec(number).ok_or("the tables are not here yet")?;
    let typed = typed.trim_start_matches(|c: char| c.is_whitespace() || c == '=');
    let value = spec.parse(typed).map_err(|refusal| refusal.to_string())?;
    run.params.selected = number;
    Ok(param::set(run, number, value))
}

fn parameter(run: &Run, id: &str) -> Result<usize, String> {
    let table = run.description().ok_or("the tables are not here yet")?;
    let ids = table.params.iter().map(|spec| spec.id.as_ref());
    table.param(id).ok_or_else(|| unknown("parameter", id, ids))
}

fn pace(run: &Run, typed: &str) -> Result<Pace, String> {
    match typed {
        "max" => Ok(Pace::FlatOut),
        "watch" => Ok(asking::watching(run)),
        "slow" => Ok(Pace::Quanta(asking::SLOW)),
        _ => match typed.parse::<f64>() {
            Ok(rate) if rate.is_finite() && rate > 0.0 => Ok(Pace::Units(rate)),
            _ => Err("a pace is a number above 0, or max, watch or slow".into()),
        },
    }
}

fn view(run: &mut Run, typed: &str) -> Result<Vec<Effect>, String> {
    let wanted = typed.to_lowercase();
    let names: Vec<String> = run.tabs.iter().map(|tab| tab.name.to_lowercase()).collect();
    let by_number = wanted
        .parse()
        .ok()
        .filter(|n| (1..=names.len()).contains(n));
    let by_name = names.iter().position(|name| *name == wanted);
    let number = by_number
        .or(by_name.map(|place| place + 1))
        .ok_or_else(|| unknown("view", typed, names.iter().map(String::as_str)))?;
    screen::show_view(run, number);
    Ok(Vec::new())
}
