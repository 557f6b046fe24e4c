//! The rows, context by context, in the order in which the footer and the help show them.

use super::{Argument, Binding, Context};
use crate::models::param::Stride;
use crate::ui::action::{
    Action, ChartAction, DialogAction, ListAction, MapAction, PanelAction, ParamAction, RunAction,
    ScreenAction, StartAction, TextAction,
};

pub const TABLE: &[Binding] = &[
    // Everywhere.
    row(
        "help",
        Context::Global,
        &["?", "f1"],
        screen(ScreenAction::Help),
    )
    .hint("help")
    .says("what this view shows, and every key"),
    row(
        "palette",
        Context::Global,
        &[":"],
        screen(ScreenAction::Palette("")),
    )
    .hint("command")
    .says("type a command; tab completes, up and down recall"),
    row(
        "pause",
        Context::Global,
        &["space"],
        run(RunAction::TogglePause),
    )
    .hint("{pause}")
    .says("pause or resume the simulation")
    .typed(Argument::None),
    row(
        "step-quantum",
        Context::Global,
        &["."],
        run(RunAction::StepQuantum),
    )
    .hint("{quantum}")
    .says("do one {quantum}, or N of them, then pause")
    .typed(Argument::Count),
    row("step", Context::Global, &[">"], run(RunAction::StepUnit))
        .hint("{unit}")
        .says("do one {unit}, or N of them, then pause")
        .typed(Argument::Count),
    row(
        "freeze",
        Context::Global,
        &["f"],
        screen(ScreenAction::Freeze),
    )
    .hint("{freeze}")
    .says("hold the picture still while the run goes on")
    .typed(Argument::None),
    row(
        "pace",
        Context::Global,
        &["p", "F"],
        run(RunAction::TogglePace),
    )
    .hint("{pace}")
    .says("flat out, or the pace at which one can watch; or N {unit}s a second")
    .typed(Argument::Pace),
    row("slow", Context::Global, &["P"], run(RunAction::ToggleSlow))
        .says("slow motion, a few {quantum}s a second, and back")
        .typed(Argument::None),
    row("undo", Context::Global, &["u"], run(RunAction::Undo))
        .hint("undo")
        .says("take the last change of a parameter back")
        .typed(Argument::None),
    row("redo", Context::Global, &["U"], run(RunAction::Redo))
        .says("make the change again that was taken back")
        .typed(Argument::None),
    row("mark", Context::Global, &["m"], run(RunAction::Mark))
        .hint("mark")
        .says("put a mark on every chart, with words if you type them")
        .typed(Argument::Words),
    row(
        "variant",
        Context::Global,
        &["v"],
        run(RunAction::NextVariant),
    )
    .says("go to the next variant of the preset, or to the one named")
    .typed(Argument::Variant),
    row(
        "restart",
        Context::Global,
        &["r"],
        screen(ScreenAction::AskReset),
    )
    .says("start again from step 0 with the present parameters"),
    row("reset", Context::Global, &[], run(RunAction::ResetSameSeed))
        .says("start again from step 0 with the same seed, without asking")
        .typed(Argument::None),
    row(
        "seed",
        Context::Global,
        &[],
        screen(ScreenAction::Palette("seed ")),
    )
    .says("start again from step 0 with seed N")
    .typed(Argument::Seed),
    row(
        "set",
        Context::Global,
        &[],
        screen(ScreenAction::Palette("set ")),
    )
    .says("give a parameter a value")
    .typed(Argument::Assignment),
    row(
        "preset",
        Context::Global,
        &[],
        screen(ScreenAction::Palette("preset ")),
    )
    .says("go to another experiment")
    .typed(Argument::Preset),
    row(
        "save",
        Context::Global,
        &[],
        screen(ScreenAction::Palette("save ")),
    )
    .says("write the present parameters as a preset file")
    .typed(Argument::File),
    row(
        "next-panel",
        Context::Global,
        &["tab"],
        screen(ScreenAction::NextPanel),
    )
    .hint("panel")
    .says("give the next panel the focus"),
    row(
        "previous-panel",
        Context::Global,
        &["shift-tab"],
        screen(ScreenAction::PreviousPanel),
    )
    .says("give the panel before the focus"),
    row(
        "to-parameters",
        Context::Global,
        &["esc"],
        screen(ScreenAction::FocusParameters),
    )
    .says("give the parameters the focus, the panels their places"),
    row("zoom", Context::Global, &["z"], screen(ScreenAction::Zoom))
        .hint("alone")
        .says("show the panel under focus alone, and back")
        .typed(Argument::None),
    row(
        "view",
        Context::Global,
        &[],
        screen(ScreenAction::Palette("view ")),
    )
    .says("go to a view by number or name")
    .typed(Argument::View),
    view("view-1", &["1"], 1),
    view("view-2", &["2"], 2),
    view("view-3", &["3"], 3),
    view("view-4", &["4"], 4),
    view("view-5", &["5"], 5),
    view("view-6", &["6"], 6),
    view("view-7", &["7"], 7),
    view("view-8", &["8"], 8),
    view("view-9", &["9"], 9),
    row(
        "quit",
        Context::Global,
        &["q"],
        screen(ScreenAction::AskQuit),
    )
    .hint("quit")
    .says("leave; asks when something would be lost")
    .typed(Argument::None),
    row(
        "repaint",
        Context::Always,
        &["ctrl-l"],
        screen(ScreenAction::Repaint),
    )
    .says("paint the whole screen again"),
    row(
        "interrupt",
        Context::Always,
        &["ctrl-c"],
        screen(ScreenAction::Interrupt),
    )
    .says("leave: asks the first time, leaves the second"),
    row(
        "suspend",
        Context::Always,
        &["ctrl-z"],
        screen(ScreenAction::Suspend),
    )
    .says("give the terminal back to the shell; fg returns"),
    // Parameters.
    row(
        "param-up",
        Context::Parameters,
        &["up", "k"],
        param(ParamAction::Select(-1)),
    )
    .pair("pick")
    .says("the parameter above"),
    row(
        "param-down",
        Context::Parameters,
        &["down", "j"],
        param(ParamAction::Select(1)),
    )
    .says("the parameter below"),
    row(
        "param-first",
        Context::Parameters,
        &["home", "pageup"],
        param(ParamAction::First),
    )
    .says("the first parameter"),
    row(
        "param-last",
        Context::Parameters,
        &["end", "pagedown"],
        param(ParamAction::Last),
    )
    .says("the last parameter"),
    row(
        "less",
        Context::Parameters,
        &["left", "h"],
        param(ParamAction::Nudge(-1, Stride::Fine)),
    )
    .pair("nudge")
    .says("a little less, or the choice before"),
    row(
        "more",
        Context::Parameters,
        &["right", "l"],
        param(ParamAction::Nudge(1, Stride::Fine)),
    )
    .says("a little more, or the next choice"),
    row(
        "much-less",
        Context::Parameters,
        &["H", "shift-left"],
        param(ParamAction::Nudge(-1, Stride::Coarse)),
    )
    .pair("coarse")
    .says("ten times as far down"),
    row(
        "much-more",
        Context::Parameters,
        &["L", "shift-right"],
        param(ParamAction::Nudge(1, Stride::Coarse)),
    )
    .says("ten times as far up"),
    row(
        "edit",
        Context::Parameters,
        &["enter"],
        param(ParamAction::Edit),
    )
    .hint("type")
    .says("type a value; switches change at once"),
    row(
        "default",
        Context::Parameters,
        &["d"],
        param(ParamAction::Default),
    )
    .hint("default")
    .says("back to the default of the table")
    .typed(Argument::Parameter),
    // Charts.
    row(
        "zoom-in",
        Context::Charts,
        &["+", "="],
        chart(ChartAction::ZoomIn),
    )
    .pair("zoom")
    .says("half the stretch of time"),
    row(
        "zoom-out",
        Context::Charts,
        &["-", "_"],
        chart(ChartAction::ZoomOut),
    )
    .says("twice the stretch of time"),
    row(
        "log-axis",
        Context::Charts,
        &["y"],
        chart(ChartAction::ToggleLog),
    )
    .hint("log")
    .says("logarithmic or linear axis")
    .typed(Argument::None),
    row(
        "smooth",
        Context::Charts,
        &["s"],
        chart(ChartAction::Smoothing),
    )
    .hint("smooth")
    .says("smooth the curves more, then not at all; the raw curve stays behind")
    .typed(Argument::None),
    row("live", Context::Charts, &["0"], chart(ChartAction::Live))
        .says("everything up to now, growing with the run")
        .typed(Argument::None),
    row(
        "crosshair",
        Context::Charts,
        &["c"],
        chart(ChartAction::Crosshair),
    )
    .hint("crosshair")
    .says("a crosshair through all charts, with the values there")
    .typed(Argument::None),
    row(
        "chart-left",
        Context::Chart,
        &["left", "h"],
        chart(ChartAction::Move(-1)),
    )
    .pair("pan")
    .says("to the past; moves the crosshair when there is one"),
    row(
        "chart-right",
        Context::Chart,
        &["right", "l"],
        chart(ChartAction::Move(1)),
    )
    .says("to the present"),
    row(
        "chart-far-left",
        Context::Chart,
        &["shift-left", "H"],
        chart(ChartAction::Move(-10)),
    )
    .says("far to the past"),
    row(
        "chart-far-right",
        Context::Chart,
        &["shift-right", "L"],
        chart(ChartAction::Move(10)),
    )
    .says("far to the present"),
    row(
        "oldest",
        Context::Chart,
        &["home"],
        chart(ChartAction::Oldest),
    )
    .says("to the beginning"),
    row(
        "chart-end",
        Context::Chart,
        &["end"],
        chart(ChartAction::Newest),
    )
    .says("to the present, as long a stretch as before"),
    // Heat maps.
    row(
        "map-in",
        Context::HeatMap,
        &["+", "="],
        map(MapAction::ZoomIn),
    )
    .pair("zoom")
    .says("half as many rows and columns, around the cursor or the middle"),
    row(
        "map-out",
        Context::HeatMap,
        &["-", "_"],
        map(MapAction::ZoomOut),
    )
    .says("twice as many rows and columns"),
    row("map-fit", Context::HeatMap, &["0"], map(MapAction::Fit))
        .hint("whole")
        .says("the whole matrix"),
    row(
        "map-up",
        Context::HeatMap,
        &["up", "k"],
        map(MapAction::Move(-1, 0)),
    )
    .pair("move")
    .says("up; moves the cursor when there is one"),
    row(
        "map-down",
        Context::HeatMap,
        &["down", "j"],
        map(MapAction::Move(1, 0)),
    )
    .says("down"),
    row(
        "map-left",
        Context::HeatMap,
        &["left", "h"],
        map(MapAction::Move(0, -1)),
    )
    .says("left"),
    row(
        "map-right",
        Context::HeatMap,
        &["right", "l"],
        map(MapAction::Move(0, 1)),
    )
    .says("right"),
    row(
        "map-far-up",
        Context::HeatMap,
        &["shift-up", "K"],
        map(MapAction::Move(-10, 0)),
    )
    .says("far up"),
    row(
        "map-far-down",
        Context::HeatMap,
        &["shift-down", "J"],
        map(MapAction::Move(10, 0)),
    )
    .says("far down"),
    row(
        "map-far-left",
        Context::HeatMap,
        &["shift-left", "H"],
        map(MapAction::Move(0, -10)),
    )
    .says("far left"),
    row(
        "map-far-right",
        Context::HeatMap,
        &["shift-right", "L"],
        map(MapAction::Move(0, 10)),
    )
    .says("far right"),
    row("cursor", Context::HeatMap, &["c"], map(MapAction::Cursor))
        .hint("cell")
        .says("a cursor that reports the element under it")
        .typed(Argument::None),
    row(
        "reduction",
        Context::HeatMap,
        &["b"],
        map(MapAction::Reduction),
    )
    .hint("pooling")
    .says("how a block becomes one cell: mean, largest magnitude, standard deviation")
    .typed(Argument::None),
    row(
        "hold-scale",
        Context::HeatMap,
        &["a"],
        map(MapAction::HoldScale),
    )
    .hint("hold scale")
    .says("hold the scale of the colours, or let it follow the values")
    .typed(Argument::None),
    // Other panels.
    row(
        "table-up",
        Context::Table,
        &["up", "k"],
        list(ListAction::Lines(-1)),
    )
    .pair("scroll")
    .says("a row up"),
    row(
        "table-down",
        Context::Table,
        &["down", "j"],
        list(ListAction::Lines(1)),
    )
    .says("a row down"),
    row(
        "next-item",
        Context::Panel,
        &["n"],
        Action::Panel(PanelAction::NextItem),
    )
    .pair("item")
    .says("the next layer or matrix in this panel")
    .typed(Argument::None),
    row(
        "previous-item",
        Context::Panel,
        &["N"],
        Action::Panel(PanelAction::PreviousItem),
    )
    .says("the one before")
    .typed(Argument::None),
    // Log.
    row(
        "log-up",
        Context::Log,
        &["up", "k"],
        list(ListAction::Lines(-1)),
    )
    .pair("scroll")
    .says("a line up"),
    row(
        "log-down",
        Context::Log,
        &["down", "j"],
        list(ListAction::Lines(1)),
    )
    .says("a line down"),
    row(
        "log-page-up",
        Context::Log,
        &["pageup"],
        list(ListAction::Pages(-1)),
    )
    .says("a page up"),
    row(
        "log-page-down",
        Context::Log,
        &["pagedown"],
        list(ListAction::Pages(1)),
    )
    .says("a page down"),
    row(
        "log-first",
        Context::Log,
        &["home"],
        list(ListAction::First),
    )
    .says("the first line"),
    row("log-last", Context::Log, &["end"], list(ListAction::Last))
        .hint("last")
        .says("the last line, following what comes"),
    row("filter", Context::Log, &["/"], list(ListAction::Filter))
        .hint("filter")
        .says("show only lines that contain what you type"),
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
        "help-close",
        Context::Help,
        &["esc", "?", "q", "enter", "f1"],
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

const fn row(
    id: &'static str,
    context: Context,
    keys: &'static [&'static str],
    action: Action,
) -> Binding {
    Binding {
        id,
        context,
        keys,
        action,
        help: "",
        hint: "",
        paired: false,
        argument: Argument::None,
        typed: false,
    }
}

const fn view(id: &'static str, keys: &'static [&'static str], number: usize) -> Binding {
    row(
        id,
        Context::Global,
        keys,
        screen(ScreenAction::View(number)),
    )
    .says("the view of that number")
}

impl Binding {
    const fn hint(self, hint: &'static str) -> Self {
        Self { hint, ..self }
    }

    const fn pair(self, hint: &'static str) -> Self {
        Self {
            hint,
            paired: true,
            ..self
        }
    }

    const fn says(self, help: &'static str) -> Self {
        Self { help, ..self }
    }

    const fn typed(self, argument: Argument) -> Self {
        Self {
            argument,
            typed: true,
            ..self
        }
    }
}

const fn run(action: RunAction) -> Action {
    Action::Run(action)
}

const fn screen(action: ScreenAction) -> Action {
    Action::Screen(action)
}

const fn param(action: ParamAction) -> Action {
    Action::Param(action)
}

const fn chart(action: ChartAction) -> Action {
    Action::Chart(action)
}

const fn map(action: MapAction) -> Action {
    Action::Map(action)
}

const fn list(action: ListAction) -> Action {
    Action::List(action)
}

const fn start(action: StartAction) -> Action {
    Action::Start(action)
}

const fn text(action: TextAction) -> Action {
    Action::Text(action)
}
