//! Rows of what has the focus: parameters, charts, heat maps, tables, the log.

use super::super::{Argument, Binding, Context};
use super::{chart, lane, list, map, param, raster, row, screen};
use crate::models::param::Stride;
use crate::ui::action::{
    Action, ChartAction, LaneAction, ListAction, MapAction, PanelAction, ParamAction, RasterAction,
    ScreenAction,
};

pub(super) const PANELS: &[Binding] = &[
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
    .pair("{nudge}")
    .says("a little less, or the choice before; back in a recording"),
    row(
        "more",
        Context::Parameters,
        &["right", "l"],
        param(ParamAction::Nudge(1, Stride::Fine)),
    )
    .says("a little more, or the next choice; on in a recording"),
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
    row(
        "pick",
        Context::Parameters,
        &["/"],
        screen(ScreenAction::Palette("pick ")),
    )
    .says("find a parameter by a part of its name or meaning, and go to it")
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
    row(
        "difference",
        Context::HeatMap,
        &["d"],
        lane(LaneAction::Difference),
    )
    .says("this lane minus the main one, in all heat maps, and back")
    .typed(Argument::None),
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
    // Rasters.
    row(
        "raster-up",
        Context::Raster,
        &["up", "k"],
        raster(RasterAction::Move(-1)),
    )
    .pair("cell")
    .says("the cell above"),
    row(
        "raster-down",
        Context::Raster,
        &["down", "j"],
        raster(RasterAction::Move(1)),
    )
    .says("the cell below"),
    row(
        "raster-far-up",
        Context::Raster,
        &["shift-up", "K"],
        raster(RasterAction::Move(-10)),
    )
    .says("ten cells up"),
    row(
        "raster-far-down",
        Context::Raster,
        &["shift-down", "J"],
        raster(RasterAction::Move(10)),
    )
    .says("ten cells down"),
    row(
        "inspect",
        Context::Raster,
        &["enter"],
        raster(RasterAction::Pick),
    )
    .hint("inspect")
    .says("look closely at the cell under the cursor")
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
    row(
        "export",
        Context::Panel,
        &["e"],
        screen(ScreenAction::AskExport),
    )
    .says("write this panel to a file: SVG, CSV or text")
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
];
