//! Rows that hold wherever a run is shown.

use super::super::{Argument, Binding, Context};
use super::{lane, row, run, screen, view};
use crate::engine::Target;
use crate::ui::action::{LaneAction, RunAction, ScreenAction};

pub(super) const EVERYWHERE: &[Binding] = &[
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
        "command",
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
        .says("do one {unit}, or N of them, then pause; in a recording, a fiftieth of it")
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
    row("pace", Context::Global, &["p"], run(RunAction::TogglePace))
        .hint("{pace}")
        .says("flat out, or the pace at which one can watch; or N {unit}s a second")
        .typed(Argument::Pace),
    row("slow", Context::Global, &["P"], run(RunAction::ToggleSlow))
        .says("slow motion, a few {quantum}s a second, and back")
        .typed(Argument::None),
    row("slower", Context::Global, &["("], run(RunAction::Faster(0.5)))
        .says("half the pace"),
    row("faster", Context::Global, &[")"], run(RunAction::Faster(2.0)))
        .says("twice the pace"),
    row(
        "mark-before",
        Context::Replay,
        &["{"],
        run(RunAction::GoTo(Target::MarkBefore)),
    )
    .pair("change")
    .says("to the change, mark or fault before"),
    row(
        "mark-behind",
        Context::Replay,
        &["}"],
        run(RunAction::GoTo(Target::MarkBehind)),
    )
    .says("to the next change, mark or fault"),
    row(
        "recording-first",
        Context::Replay,
        &["g"],
        run(RunAction::GoTo(Target::Unit(0))),
    )
    .pair("ends")
    .says("to the beginning of the recording"),
    row(
        "recording-last",
        Context::Replay,
        &["G"],
        run(RunAction::GoTo(Target::Last)),
    )
    .says("to the end of the recording"),
    row("undo", Context::Global, &["u"], run(RunAction::Undo))
        .hint("undo")
        .says("take the last change of a parameter back")
        .typed(Argument::None),
    row("redo", Context::Global, &["U"], run(RunAction::Redo))
        .says("make the change again that was taken back")
        .typed(Argument::None),
    row(
        "stimulate",
        Context::Global,
        &["S"],
        run(RunAction::Stimulate),
    )
    .says("switch the stimulus on or off, where the model has one")
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
        "save-rule",
        Context::Global,
        &[],
        screen(ScreenAction::Palette("save-rule ")),
    )
    .says("write the learnt plasticity rule as a file")
    .typed(Argument::File),
    row("back", Context::Global, &[","], run(RunAction::Back(1)))
        .pair("back")
        .says("go back one {unit} and pause there; what came after is gone once the run goes on, but not in a recording"),
    row(
        "far-back",
        Context::Global,
        &["<"],
        run(RunAction::Back(10)),
    )
    .says("go back ten {unit}s; in a recording, a fiftieth of it"),
    row(
        "rewind",
        Context::Global,
        &[],
        screen(ScreenAction::Palette("rewind ")),
    )
    .says("go back to a {unit}, e.g. `rewind 120`, or by so many, e.g. `rewind -50`")
    .typed(Argument::Back),
    row(
        "break",
        Context::Global,
        &["B"],
        screen(ScreenAction::Breakpoints),
    )
    .says("pause whenever a condition comes true, e.g. `break loss > 3`; alone: the list")
    .typed(Argument::Condition),
    row(
        "unbreak",
        Context::Global,
        &[],
        screen(ScreenAction::Palette("unbreak ")),
    )
    .says("remove a breakpoint")
    .typed(Argument::Breakpoint),
    row(
        "until",
        Context::Global,
        &[],
        screen(ScreenAction::Palette("until ")),
    )
    .says("go on until a condition holds, or until so many {unit}s are done")
    .typed(Argument::Condition),
    row("fork", Context::Global, &["F"], lane(LaneAction::Fork))
        .says("fork the run into a lane beside it: same state, same seed; up to four")
        .typed(Argument::None),
    row(
        "next-lane",
        Context::Global,
        &["]"],
        lane(LaneAction::Turn(1)),
    )
    .says("give the next lane the keys: panels, parameters and commands are its own then"),
    row(
        "previous-lane",
        Context::Global,
        &["["],
        lane(LaneAction::Turn(-1)),
    )
    .says("give the lane before the keys"),
    row(
        "compare",
        Context::Global,
        &["C"],
        lane(LaneAction::Compare),
    )
    .says("the parameters in which the lanes differ, and their metrics at the same {unit}")
    .typed(Argument::None),
    row("lanes", Context::Global, &[], lane(LaneAction::ToggleStep))
        .says("lanes in step, which wait for each other, or free")
        .typed(Argument::InStep),
    row("kill", Context::Global, &[], lane(LaneAction::Kill))
        .says("end a lane: the one that has the keys, or the one named")
        .typed(Argument::Lane),
    row("promote", Context::Global, &[], lane(LaneAction::Promote))
        .says("make a lane the main run; the others end")
        .typed(Argument::Lane),
    row(
        "lane",
        Context::Global,
        &[],
        screen(ScreenAction::Palette("lane ")),
    )
    .says("draw a recorded run beside this one")
    .typed(Argument::Folder),
    row("fold", Context::Global, &[], lane(LaneAction::Fold))
        .says("draw the lanes as their median with a band, and back")
        .typed(Argument::None),
    row(
        "record",
        Context::Global,
        &[],
        screen(ScreenAction::Palette("record ")),
    )
    .says("keep the run in a new folder from now on")
    .typed(Argument::Folder),
    row(
        "checkpoint",
        Context::Global,
        &[],
        run(RunAction::Checkpoint),
    )
    .says("write the whole state into the folder of the recording")
    .typed(Argument::None),
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
        "detach",
        Context::Global,
        &["D"],
        screen(ScreenAction::Detach),
    )
    .says("leave, and let the run go on without a screen; hebbtop attach comes back")
    .typed(Argument::None),
    row("mouse", Context::Global, &["M"], screen(ScreenAction::Mouse))
        .says("the mouse on or off: click to focus, drag over a chart to zoom, wheel; off, the terminal selects text")
        .typed(Argument::None),
    row("background", Context::Global, &[], screen(ScreenAction::Palette("background ")))
        .says("colours for a dark or a light terminal")
        .typed(Argument::OneOf(&[("dark", "light words on dark"), ("light", "dark words on light")])),
    row("palette", Context::Global, &[], screen(ScreenAction::Palette("palette ")))
        .says("other colours")
        .typed(Argument::OneOf(&[
            ("standard", "the usual colours"),
            ("contrast", "nothing dim: for bright rooms and tired eyes"),
            ("colour-blind", "no red beside green"),
        ])),
    row("glyphs", Context::Global, &[], screen(ScreenAction::Palette("glyphs ")))
        .says("what pictures are made of, as the terminal's font allows")
        .typed(Argument::OneOf(&[
            ("braille", "finest"),
            ("block", "for fonts without braille"),
            ("ascii", "for any font"),
        ])),
    row("colors", Context::Global, &[], screen(ScreenAction::Palette("colors ")))
        .says("how many colours the terminal shows")
        .typed(Argument::OneOf(&[
            ("24bit", "all"),
            ("256", "the palette of xterm"),
            ("16", "the named ones"),
            ("none", "bold, dim, underline and reverse only"),
        ])),
    row("link", Context::Global, &[], screen(ScreenAction::Link))
        .says("what the line to this terminal carries, and what it does not get")
        .typed(Argument::None),
    row("steer", Context::Global, &[], screen(ScreenAction::Steer))
        .says("take the wheel, where somebody else steers this run")
        .typed(Argument::None),
    row(
        "suspend",
        Context::Always,
        &["ctrl-z"],
        screen(ScreenAction::Suspend),
    )
    .says("give the terminal back to the shell; fg returns"),
];
