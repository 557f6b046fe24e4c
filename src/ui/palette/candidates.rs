//! What could be meant by the beginning of a command line.

use crate::models::param::display;
use crate::models::table::{Kind, ParamSpec};
use crate::ui::keys::{Argument, Binding, TABLE, command};
use crate::ui::state::State;
use crate::ui::state::run::Run;

/// A way to go on with the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The whole line with this candidate taken.
    pub line: String,
    pub shown: String,
    pub help: String,
}

/// The candidates for a line, the likeliest first.
pub fn candidates(state: &State, line: &str) -> Vec<Candidate> {
    let line = line.trim_start();
    match line.split_once(char::is_whitespace) {
        None => commands(line),
        Some((name, rest)) => match command(name) {
            Some(row) => arguments(state, row, rest.trim_start()),
            None => Vec::new(),
        },
    }
}

fn commands(typed: &str) -> Vec<Candidate> {
    let rows = TABLE.iter().filter(|row| row.typed);
    matching(rows, typed, |row| row.id)
        .map(|row| {
            let usage = row.argument.usage();
            let space = if usage.is_empty() { "" } else { " " };
            Candidate {
                line: format!("{}{space}", row.id),
                shown: format!("{}{space}{usage}", row.id),
                help: row.help.to_owned(),
            }
        })
        .collect()
}

fn arguments(state: &State, row: &Binding, rest: &str) -> Vec<Candidate> {
    let words = |words: &[(&str, &str)]| {
        let matches = words.iter().filter(|(word, _)| word.starts_with(rest));
        let made = matches.map(|(word, help)| candidate(row, word, word, help));
        made.collect()
    };
    match row.argument {
        Argument::Assignment => assignments(state, row, rest),
        Argument::Parameter => parameters(state, row, rest, ""),
        Argument::Preset => presets(state, row, rest),
        Argument::Variant => match &state.run {
            Some(run) => variants(run, row, rest),
            None => Vec::new(),
        },
        Argument::Pace => words(&[
            ("max", "as fast as the machine can"),
            ("watch", "the pace at which one can follow"),
            ("slow", "slow motion"),
        ]),
        Argument::InStep => words(&[
            ("step", "they wait for each other"),
            ("free", "each as fast as it can"),
        ]),
        Argument::OneOf(known) => words(known),
        Argument::View => views(state, row, rest),
        Argument::Condition => conditions(state, row, rest),
        Argument::Breakpoint => breakpoints(state, row, rest),
        Argument::Seed
        | Argument::Back
        | Argument::Count
        | Argument::File
        | Argument::Folder
        | Argument::Lane
        | Argument::Words => {
            vec![Candidate {
                line: format!("{} {rest}", row.id),
                shown: format!("{} {}", row.id, row.argument.usage()),
                help: row.help.to_owned(),
            }]
        }
        Argument::None => Vec::new(),
    }
}

/// The metric that is being typed, completed.
fn conditions(state: &State, row: &Binding, rest: &str) -> Vec<Candidate> {
    let Some(table) = state.run.as_ref().and_then(Run::description) else {
        return Vec::new();
    };
    let begin = rest.rfind([' ', '(']).map_or(0, |at| at + 1);
    let (before, typed) = rest.split_at(begin);
    let ids = matching(table.metrics.iter(), typed, |spec| &spec.id);
    let offered: Vec<Candidate> = ids
        .map(|spec| {
            candidate(
                row,
                &format!("{before}{} ", spec.id),
                &spec.id,
                &spec.meaning,
            )
        })
        .collect();
    // Behind a metric there is nothing to complete.
    if typed.is_empty() && !before.is_empty() || offered.is_empty() {
        return vec![Candidate {
            line: format!("{} {rest}", row.id),
            shown: format!("{} {}", row.id, row.argument.usage()),
            help: row.help.to_owned(),
        }];
    }
    offered
}

fn breakpoints(state: &State, row: &Binding, rest: &str) -> Vec<Candidate> {
    let frame = state.run.as_ref().and_then(|run| run.frame.as_ref());
    let lines = frame.map_or(&[][..], |frame| &frame.breakpoints);
    let numbered = lines.iter().enumerate();
    let each = numbered.map(|(i, line)| ((i + 1).to_string(), line.words.as_str()));
    each.chain([("all".to_owned(), "every breakpoint")])
        .filter(|(name, _)| name.starts_with(rest))
        .map(|(name, words)| candidate(row, &name, &name, words))
        .collect()
}

fn candidate(row: &Binding, taken: &str, shown: &str, help: &str) -> Candidate {
    Candidate {
        line: format!("{} {taken}", row.id),
        shown: shown.to_owned(),
        help: help.to_owned(),
    }
}

fn assignments(state: &State, row: &Binding, rest: &str) -> Vec<Candidate> {
    let Some(run) = &state.run else {
        return Vec::new();
    };
    let split = rest.split_once(|c: char| c.is_whitespace() || c == '=');
    let Some((id, typed)) = split else {
        return parameters(state, row, rest, " ");
    };
    let table = run.description();
    let param = table.and_then(|table| table.param(id));
    let Some((param, spec)) = param.and_then(|i| Some((i, table?.params.get(i)?))) else {
        return Vec::new();
    };
    values(run, param, spec, typed.trim_start())
        .into_iter()
        .map(|(value, help)| candidate(row, &format!("{id} {value}"), &value, &help))
        .collect()
}

/// Values worth offering, with what they are.
fn values(run: &Run, param: usize, spec: &ParamSpec, typed: &str) -> Vec<(String, String)> {
    let frame = run.frame.as_ref();
    let shown = frame.and_then(|frame| run.params.shown(frame, param));
    let present = shown.map(|(value, _)| display(value));
    let default = display(&spec.default);
    let options: Vec<String> = match &spec.kind {
        Kind::Switch => vec!["on".into(), "off".into()],
        Kind::Choice(options) => options.iter().map(ToString::to_string).collect(),
        _ => present.iter().cloned().chain([default.clone()]).collect(),
    };
    let mut offered: Vec<(String, String)> = Vec::new();
    for option in options {
        let is_present = present.as_ref() == Some(&option);
        let what = match (is_present, option == default) {
            (true, true) => "present and default",
            (true, false) => "present",
            (false, true) => "default",
            (false, false) => "",
        };
        if option.starts_with(typed) && !offered.iter().any(|(other, _)| *other == option) {
            offered.push((option, what.to_owned()));
        }
    }
    if offered.is_empty() && !matches!(spec.kind, Kind::Switch | Kind::Choice(_)) {
        offered.push((typed.to_owned(), spec.allowed()));
    }
    offered
}

fn parameters(state: &State, row: &Binding, typed: &str, behind: &str) -> Vec<Candidate> {
    let Some(run) = &state.run else {
        return Vec::new();
    };
    let specs = run.description().map_or(&[][..], |table| &table.params);
    let named = matching(specs.iter(), typed, |spec| &spec.id);
    // Then those whose meaning has the word in it.
    let meant = specs.iter().filter(|spec| {
        typed.len() > 2
            && !spec.id.contains(typed)
            && spec.meaning.to_lowercase().contains(&typed.to_lowercase())
    });
    named
        .chain(meant)
        .map(|spec| {
            let param = run.description().and_then(|table| table.param(&spec.id));
            let frame = run.frame.as_ref();
            let shown = param.zip(frame).and_then(|(p, f)| run.params.shown(f, p));
            let present = shown.map_or_else(String::new, |(value, _)| display(value));
            Candidate {
                line: format!("{} {}{behind}", row.id, spec.id),
                shown: format!("{} = {present}", spec.id),
                help: format!("{}; {}", spec.allowed(), spec.meaning),
            }
        })
        .collect()
}

fn presets(state: &State, row: &Binding, typed: &str) -> Vec<Candidate> {
    if let Some((name, variant)) = typed.split_once(':')
        && let Some(entry) = state.presets.iter().find(|entry| entry.name == name)
    {
        let variants = entry.variants.iter().map(String::as_str);
        return matching(variants, variant, |name| name)
            .map(|variant| {
                let whole = format!("{name}:{variant}");
                candidate(row, &whole, &whole, &entry.title)
            })
            .collect();
    }
    matching(state.presets.iter(), typed, |entry| &entry.name)
        .map(|entry| candidate(row, &entry.name, &entry.name, &entry.title))
        .collect()
}

fn variants(run: &Run, row: &Binding, typed: &str) -> Vec<Candidate> {
    let Some(about) = &run.about else {
        return Vec::new();
    };
    let names = about.preset.variants.iter().map(String::as_str);
    matching(names, typed, |name| name)
        .map(|name| candidate(row, name, name, ""))
        .collect()
}

fn views(state: &State, row: &Binding, typed: &str) -> Vec<Candidate> {
    let tabs = state.run.as_ref().map_or(&[][..], |run| &run.tabs);
    let names: Vec<String> = tabs.iter().map(|tab| tab.name.to_lowercase()).collect();
    matching(names.iter(), &typed.to_lowercase(), |name| name)
        .map(|name| candidate(row, name, name, ""))
        .collect()
}

/// Those whose name begins with what is typed, then those that contain it.
fn matching<'a, T: Copy + 'a>(
    all: impl Iterator<Item = T> + Clone + 'a,
    typed: &'a str,
    name: impl Fn(&T) -> &str + Copy + 'a,
) -> impl Iterator<Item = T> + 'a {
    let begin = all
        .clone()
        .filter(move |item| name(item).starts_with(typed));
    let contain =
        all.filter(move |item| !name(item).starts_with(typed) && name(item).contains(typed));
    begin.chain(contain)
}
