//! One table of everything that a key or a typed command can do.
//!
//! Dispatch, the footer, the help overlay and the command line are all derived from [`TABLE`]. A row
//! applies in one [`Context`]; several contexts are active at once, and [`STACKS`] lists which, so
//! that a test can refuse two rows on one key.

mod map;
mod table;

pub use map::KeyMap;
pub use table::TABLE;

use super::action::Action;

/// Where a row applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Context {
    /// Whatever is open.
    Always,
    /// A run is shown and no dialog is open.
    Global,
    /// What is shown is a recording.
    Replay,
    /// The parameter panel has the focus.
    Parameters,
    /// A chart is visible, and no heat map has the focus.
    Charts,
    /// A chart over time has the focus.
    Chart,
    HeatMap,
    Raster,
    /// A panel with more lines than fit has the focus.
    Table,
    /// Any panel of the model has the focus.
    Panel,
    Log,
    Start,
    /// The start screen while its filter is empty.
    StartList,
    /// The start screen while its filter is being typed.
    StartFilter,
    Help,
    Quit,
    Reset,
    /// The form of a file is asked for.
    Export,
    /// The list of breakpoints.
    Breakpoints,
    /// The table of the lanes.
    Compare,
    /// Something to be read and closed.
    Notice,
    /// The command line.
    Palette,
    /// The value of a parameter is being typed.
    Value,
    /// The filter of the log is being typed.
    Filter,
    /// Any line that is being typed.
    Line,
    /// A line in which the arrows move the cursor.
    LineCursor,
}

impl Context {
    /// Heading in the help.
    pub fn title(self) -> &'static str {
        match self {
            Self::Always | Self::Global => "everywhere",
            Self::Replay => "recording that is replayed",
            Self::Parameters => "parameters",
            Self::Charts => "charts",
            Self::Chart => "chart under focus",
            Self::HeatMap => "heat map under focus",
            Self::Raster => "raster under focus",
            Self::Table => "table under focus",
            Self::Panel => "panel under focus",
            Self::Log => "log",
            Self::Start | Self::StartList => "start screen",
            Self::StartFilter => "filter of the start screen",
            Self::Help => "this help",
            Self::Quit => "leaving",
            Self::Reset => "starting again",
            Self::Export => "the panel as a file",
            Self::Breakpoints => "breakpoints",
            Self::Compare => "lanes compared",
            Self::Notice => "notice",
            Self::Palette => "command line",
            Self::Value => "typing a value",
            Self::Filter => "typing a filter",
            Self::Line | Self::LineCursor => "typing",
        }
    }
}

/// All contexts that can be active together, the most particular first.
pub const STACKS: &[&[Context]] = {
    use Context::*;
    &[
        &[Parameters, Charts, Replay, Global, Always],
        &[Chart, Charts, Panel, Replay, Global, Always],
        &[HeatMap, Panel, Replay, Global, Always],
        &[Raster, Panel, Charts, Replay, Global, Always],
        &[Table, Panel, Charts, Replay, Global, Always],
        &[Panel, Charts, Replay, Global, Always],
        &[Log, Replay, Global, Always],
        &[Start, StartList, Always],
        &[Start, StartFilter, Line, Always],
        &[Help, Always],
        &[Quit, Always],
        &[Reset, Always],
        &[Export, Always],
        &[Breakpoints, Always],
        &[Compare, Always],
        &[Notice, Always],
        &[Palette, Line, LineCursor, Always],
        &[Value, Line, LineCursor, Always],
        &[Filter, Line, LineCursor, Always],
    ]
};

/// What a typed command takes behind its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument {
    None,
    /// `PARAMETER VALUE`
    Assignment,
    Parameter,
    /// `NAME` or `NAME:VARIANT` or a path
    Preset,
    Variant,
    Seed,
    /// May be left out.
    Count,
    File,
    /// Of a recording, or one that is not there yet.
    Folder,
    Pace,
    /// On metrics, see [`Breakpoint`](crate::preset::Breakpoint).
    Condition,
    /// A unit, or how many units back.
    Back,
    /// The number of a breakpoint.
    Breakpoint,
    /// The letter of one; may be left out.
    Lane,
    /// May be left out.
    InStep,
    /// May be left out.
    Words,
    View,
    /// One of these words, with what they mean.
    OneOf(&'static [(&'static str, &'static str)]),
}

impl Argument {
    /// As a usage line shows it.
    pub fn usage(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Assignment => "PARAMETER VALUE",
            Self::Parameter => "[PARAMETER]",
            Self::Preset => "NAME[:VARIANT]",
            Self::Variant => "[VARIANT]",
            Self::Seed => "N",
            Self::Count => "[N]",
            Self::File => "FILE.toml",
            Self::Folder => "DIR",
            Self::Pace => "N | max | slow | watch",
            Self::Condition => "METRIC > NUMBER [for TIME] [and|or ...] | nan",
            Self::Back => "N | -N",
            Self::Breakpoint => "N | all",
            Self::Lane => "[A-D]",
            Self::InStep => "step | free",
            Self::Words => "[WORDS]",
            Self::View => "NUMBER | NAME",
            Self::OneOf(_) => "WORD",
        }
    }

    /// Whether the command makes no sense without.
    pub fn required(self) -> bool {
        !matches!(
            self,
            Self::None
                | Self::Parameter
                | Self::Variant
                | Self::Count
                | Self::Condition
                | Self::Words
                | Self::Lane
                | Self::InStep
                | Self::Pace
        )
    }
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Binding {
    /// The name of the command, also in a person's key map.
    pub id: &'static str,
    pub context: Context,
    /// By name, see [`Key`](super::key::Key).
    pub keys: &'static [&'static str],
    pub action: Action,
    /// What it does, in a line. `{unit}` and `{quantum}` stand for the model's words.
    pub help: &'static str,
    /// The word for the footer; empty keeps it out.
    pub hint: &'static str,
    /// Whether the row below is its other direction, so that the footer shows both keys.
    pub paired: bool,
    pub argument: Argument,
    /// Whether it can be typed in the command line.
    pub typed: bool,
}

/// The row of command `id`.
pub fn command(id: &str) -> Option<&'static Binding> {
    TABLE.iter().find(|row| row.id == id && row.typed)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::ui::key::Key;

    fn parsed(row: &Binding) -> Vec<Key> {
        let parse = |name: &&str| name.parse().unwrap_or_else(|e| panic!("{}: {e}", row.id));
        row.keys.iter().map(parse).collect()
    }

    #[test]
    fn no_two_rows_share_a_key_where_both_apply() {
        for stack in STACKS {
            let mut taken: HashMap<Key, &str> = HashMap::new();
            for row in TABLE.iter().filter(|row| stack.contains(&row.context)) {
                for key in parsed(row) {
                    if let Some(other) = taken.insert(key, row.id) {
                        panic!("{key} is both `{other}` and `{}` in {stack:?}", row.id);
                    }
                }
            }
        }
    }

    #[test]
    fn a_typed_character_reaches_the_line_that_is_typed() {
        for stack in STACKS.iter().filter(|s| s.contains(&Context::Line)) {
            for row in TABLE.iter().filter(|row| stack.contains(&row.context)) {
                for key in parsed(row) {
                    assert_eq!(key.typed(), None, "`{}` eats a character", row.id);
                }
            }
        }
    }

    #[test]
    fn every_context_can_be_active_and_every_row_can_be_reached() {
        for row in TABLE.iter() {
            assert!(
                STACKS.iter().any(|stack| stack.contains(&row.context)),
                "{:?}",
                row.context
            );
            assert!(!row.keys.is_empty() || row.typed, "{}", row.id);
            assert!(!row.help.is_empty(), "{}", row.id);
        }
    }

    #[test]
    fn ids_are_unique_and_only_leaving_without_loss_sits_on_the_end_of_a_left_arrow() {
        let mut seen = HashMap::new();
        for row in TABLE.iter() {
            assert!(seen.insert(row.id, ()).is_none(), "{} twice", row.id);
            assert!(!row.keys.contains(&"D") || row.id == "detach", "{}", row.id);
        }
    }

    #[test]
    fn nothing_that_loses_work_sits_on_a_key_that_ends_a_split_escape_sequence() {
        use crate::ui::action::{DialogAction, RunAction, ScreenAction};
        for row in TABLE.iter() {
            let loses = matches!(
                row.action,
                Action::Run(RunAction::ResetSameSeed | RunAction::ResetNewSeed)
                    | Action::Run(RunAction::NextVariant)
                    | Action::Dialog(DialogAction::Leave)
                    | Action::Screen(ScreenAction::AskQuit)
            );
            for key in row.keys.iter().filter(|_| loses) {
                assert!(
                    !["esc", "[", "O", "A", "B", "C", "D", "H", "F"].contains(key),
                    "{key}"
                );
            }
        }
    }
}
