//! Rows of the start screen, of the dialogs, and of lines that are typed.

use super::super::{Argument, Binding, Context};
use super::{breaks, list, row, run, screen, start, text};
use crate::ui::action::{
    Action, BreakAction, DialogAction, ListAction, RunAction, ScreenAction, StartAction, TextAction,
};
use crate::ui::export::Form;

pub(super) const DIALOGS: &[Binding] = &[
    // Start screen.
    row(
        "start-up",
        Context::Start,
        &["up"],
        list(ListAction::Lines(-1)),
    )
    .pair("pick")
    .says("the preset above"),
    row(
        "start-down",
        Context::Start,
        &["down"],
        list(ListAction::Lines(1)),
    )
    .says("the preset below"),
    row(
        "start-page-up",
        Context::Start,
        &["pageup"],
        list(ListAction::Pages(-1)),
    )
    .says("a page up"),
    row(
        "start-page-down",
        Context::Start,
        &["pagedown"],
        list(ListAction::Pages(1)),
    )
    .says("a page down"),
    row(
        "start-first",
        Context::Start,
        &["home"],
        list(ListAction::First),
    )
    .says("the first preset"),
    row(
        "start-last",
        Context::Start,
        &["end"],
        list(ListAction::Last),
    )
    .says("the last preset"),
    row(
        "start-previous-variant",
        Context::Start,
        &["left"],
        start(StartAction::PreviousVariant),
    )
    .pair("variant")
    .says("the variant before"),
    row(
        "start-next-variant",
        Context::Start,
        &["right"],
        start(StartAction::NextVariant),
    )
    .says("the next variant"),
    row(
        "start-open",
        Context::Start,
        &["enter"],
        start(StartAction::Open),
    )
    .hint("run it")
    .says("run the preset"),
    row(
        "start-filter",
        Context::StartList,
        &["/"],
        list(ListAction::Filter),
    )
    .hint("filter")
    .says("show only presets that contain what you type; any letter but q begins, too"),
    row(
        "start-help",
        Context::StartList,
        &["?", "f1"],
        screen(ScreenAction::Help),
    )
    .hint("help")
    .says("every key"),
    row(
        "start-leave",
        Context::StartList,
        &["q"],
        start(StartAction::Leave),
    )
    .hint("quit")
    .says("leave"),
    row(
        "start-show-all",
        Context::StartFilter,
        &["esc"],
        Action::Dialog(DialogAction::Close),
    )
    .hint("show all")
    .says("show all presets again"),
    // Dialogs.
    row(
        "help-up",
        Context::Help,
        &["up", "k"],
        list(ListAction::Lines(-1)),
    )
    .pair("scroll")
    .says("a line up"),
    row(
        "help-down",
        Context::Help,
        &["down", "j"],
        list(ListAction::Lines(1)),
    )
    .says("a line down"),
    row(
        "help-page-up",
        Context::Help,
        &["pageup"],
        list(ListAction::Pages(-1)),
    )
    .says("a page up"),
    row(
        "help-page-down",
        Context::Help,
        &["pagedown", "space"],
        list(ListAction::Pages(1)),
    )
    .says("a page down"),
    row(
        "help-first",
        Context::Help,
        &["home"],
        list(ListAction::First),
    )
    .says("the beginning"),
    row("help-last", Context::Help, &["end"], list(ListAction::Last)).says("the end"),
    row(
        "find",
        Context::Help,
        &["/"],
        screen(ScreenAction::Palette("find ")),
    )
    .hint("find")
    .says("only the keys, panels and words of the help that contain what is typed")
    .typed(Argument::Words),
    row(
        "help-close",
        Context::Help,
        &["esc", "?", "q", "enter", "f1"],
        Action::Dialog(DialogAction::Close),
    )
    .hint("close")
    .says("back to the run"),
    row(
        "compare-up",
        Context::Compare,
        &["up", "k"],
        list(ListAction::Lines(-1)),
    )
    .pair("scroll")
    .says("a row up"),
    row(
        "compare-down",
        Context::Compare,
        &["down", "j"],
        list(ListAction::Lines(1)),
    )
    .says("a row down"),
    row(
        "compare-close",
        Context::Compare,
        &["esc", "C", "q", "enter"],
        Action::Dialog(DialogAction::Close),
    )
    .hint("close")
    .says("back to the run"),
    row(
        "notice-close",
        Context::Notice,
        &["esc", "q", "enter", "space"],
        Action::Dialog(DialogAction::Close),
    )
    .hint("close")
    .says("back to the run"),
    row(
        "quit-yes",
        Context::Quit,
        &["y", "q", "enter"],
        Action::Dialog(DialogAction::Leave),
    )
    .hint("leave")
    .says("leave and end the run"),
    row(
        "quit-save",
        Context::Quit,
        &["s"],
        Action::Dialog(DialogAction::SaveFirst),
    )
    .hint("save the parameters first")
    .says("write the present parameters as a preset file first"),
    row(
        "quit-no",
        Context::Quit,
        &["esc", "n", "space"],
        Action::Dialog(DialogAction::Close),
    )
    .hint("stay")
    .says("stay"),
    row(
        "export-svg",
        Context::Export,
        &["s", "enter"],
        screen(ScreenAction::Export(Form::Svg)),
    )
    .hint("SVG")
    .says("a figure"),
    row(
        "export-csv",
        Context::Export,
        &["c"],
        screen(ScreenAction::Export(Form::Csv)),
    )
    .hint("CSV")
    .says("its numbers"),
    row(
        "export-text",
        Context::Export,
        &["t"],
        screen(ScreenAction::Export(Form::Text)),
    )
    .hint("text")
    .says("as it stands on the screen"),
    row(
        "export-close",
        Context::Export,
        &["esc", "q", "e"],
        Action::Dialog(DialogAction::Close),
    )
    .hint("close")
    .says("no file"),
    row(
        "break-up",
        Context::Breakpoints,
        &["up", "k"],
        breaks(BreakAction::Move(-1)),
    )
    .pair("pick")
    .says("the breakpoint above"),
    row(
        "break-down",
        Context::Breakpoints,
        &["down", "j"],
        breaks(BreakAction::Move(1)),
    )
    .says("the breakpoint below"),
    row(
        "break-add",
        Context::Breakpoints,
        &["a", "enter"],
        breaks(BreakAction::Add),
    )
    .hint("add")
    .says("type a new one"),
    row(
        "break-switch",
        Context::Breakpoints,
        &["space"],
        breaks(BreakAction::Switch),
    )
    .hint("on or off")
    .says("switch it off or on"),
    row(
        "break-remove",
        Context::Breakpoints,
        &["d", "delete"],
        breaks(BreakAction::Remove),
    )
    .hint("remove")
    .says("remove it"),
    row(
        "break-close",
        Context::Breakpoints,
        &["esc", "q", "B"],
        Action::Dialog(DialogAction::Close),
    )
    .hint("close")
    .says("back to the run"),
    row(
        "reset-same",
        Context::Reset,
        &["r", "y", "enter"],
        run(RunAction::ResetSameSeed),
    )
    .hint("same seed")
    .says("start again with the same seed"),
    row(
        "reset-new",
        Context::Reset,
        &["n"],
        run(RunAction::ResetNewSeed),
    )
    .hint("another seed")
    .says("start again with the next seed"),
    row(
        "reset-no",
        Context::Reset,
        &["esc", "q", "space"],
        Action::Dialog(DialogAction::Close),
    )
    .hint("go on")
    .says("leave the run as it is"),
    row(
        "palette-run",
        Context::Palette,
        &["enter"],
        Action::Dialog(DialogAction::Accept),
    )
    .hint("do it")
    .says("do what is typed"),
    row(
        "palette-complete",
        Context::Palette,
        &["tab"],
        text(TextAction::Complete),
    )
    .hint("complete")
    .says("take the marked candidate"),
    row(
        "palette-earlier",
        Context::Palette,
        &["up"],
        text(TextAction::Earlier),
    )
    .pair("recall")
    .says("the command before; with something typed, the candidate above"),
    row(
        "palette-later",
        Context::Palette,
        &["down"],
        text(TextAction::Later),
    )
    .says("the command after; with something typed, the candidate below"),
    row(
        "palette-close",
        Context::Palette,
        &["esc"],
        Action::Dialog(DialogAction::Close),
    )
    .hint("close")
    .says("close the command line"),
    row(
        "value-accept",
        Context::Value,
        &["enter"],
        Action::Dialog(DialogAction::Accept),
    )
    .hint("take it")
    .says("take the value"),
    row(
        "value-close",
        Context::Value,
        &["esc"],
        Action::Dialog(DialogAction::Close),
    )
    .hint("leave it")
    .says("leave the parameter as it was"),
    row(
        "filter-accept",
        Context::Filter,
        &["enter"],
        Action::Dialog(DialogAction::Accept),
    )
    .hint("keep the filter")
    .says("keep the filter"),
    row(
        "filter-close",
        Context::Filter,
        &["esc"],
        Action::Dialog(DialogAction::Close),
    )
    .hint("all lines")
    .says("show all lines again"),
    row(
        "erase",
        Context::Line,
        &["backspace"],
        text(TextAction::Backspace),
    )
    .says("erase the character before the cursor"),
    row(
        "erase-word",
        Context::Line,
        &["ctrl-w"],
        text(TextAction::EraseWord),
    )
    .says("erase the word before the cursor"),
    row(
        "erase-all",
        Context::Line,
        &["ctrl-u"],
        text(TextAction::EraseAll),
    )
    .says("erase the line"),
    row(
        "erase-next",
        Context::Line,
        &["delete"],
        text(TextAction::Delete),
    )
    .says("erase the character under the cursor"),
    row(
        "line-left",
        Context::LineCursor,
        &["left"],
        text(TextAction::Left),
    )
    .says("a character left"),
    row(
        "line-right",
        Context::LineCursor,
        &["right"],
        text(TextAction::Right),
    )
    .says("a character right"),
    row(
        "line-home",
        Context::LineCursor,
        &["home", "ctrl-a"],
        text(TextAction::Home),
    )
    .says("to the beginning of the line"),
    row(
        "line-end",
        Context::LineCursor,
        &["end", "ctrl-e"],
        text(TextAction::End),
    )
    .says("to the end of the line"),
];
