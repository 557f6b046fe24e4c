//! One panel of the model, by its kind.

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::widgets::{StatefulWidget, Widget};

use super::lanes::difference;
use super::layout::Slot;
use super::{Memory, has_focus, history};
use crate::models::panel::{Curves, PanelData, PanelRequest, Reduce, Series};
use crate::models::table::{Better, PanelKind, PanelSpec, Scale};
use crate::ui::state::lanes::{Lanes, group, letter};
use crate::ui::state::run::Run;
use crate::ui::theme::{Role, Theme};
use crate::ui::update::chart::is_log;
use crate::ui::widget::{
    BarsView, Chart, Data, HeatMap, HistogramView, Line, PanelBox, Pen, PictureView, RasterView,
    TableView, XAxis,
};

pub fn draw(
    run: &Run,
    lanes: &Lanes,
    theme: Theme,
    slot: Slot,
    memory: &mut Memory,
    buf: &mut Buffer,
) {
    let Some(spec) = run
        .description()
        .and_then(|table| table.panels.get(slot.panel))
    else {
        return;
    };
    let area = slot.area;
    if let PanelKind::History { .. } = spec.kind {
        history::draw(run, lanes, theme, slot, memory, buf);
        return;
    }
    let title = title(run, slot.panel, spec);
    let focused = has_focus(run, slot.panel);
    let drawn = run
        .panels
        .get(slot.panel)
        .and_then(|panel| panel.drawn.as_ref());
    match drawn.map(|drawn| &drawn.data) {
        Some(PanelData::Curves(curves)) => {
            let series = series(run, lanes, slot.panel, curves);
            draw_curves(run, theme, slot, &title, (curves, &series), memory, buf);
        }
        Some(PanelData::HeatMap(grid)) => {
            let (title, grid) = match difference(run, lanes, slot.panel) {
                None => (title, Cow::Borrowed(grid)),
                Some(Ok((names, grid))) => (format!("{title}: {names}"), Cow::Owned(grid)),
                Some(Err(why)) => return nothing(run, theme, slot, &title, &why, buf),
            };
            let item = run.panels.get(slot.panel).map_or(0, |panel| panel.item);
            let state = memory.maps.entry((slot.panel, item)).or_default();
            state
                .scale
                .freeze(run.panels.get(slot.panel).is_some_and(|panel| panel.hold));
            let map = HeatMap {
                theme,
                title: &title,
                grid: &grid,
                cursor: run.panels.get(slot.panel).and_then(|panel| panel.cursor),
                focused,
            };
            map.render(area, buf, state);
        }
        Some(PanelData::Image(picture)) => PictureView {
            theme,
            title: &title,
            picture,
            focused,
        }
        .render(area, buf),
        Some(PanelData::Raster(raster)) => RasterView {
            theme,
            title: &title,
            raster,
            cursor: run.panels.get(slot.panel).and_then(|panel| panel.cell),
            focused,
        }
        .render(area, buf),
        Some(PanelData::Histogram(histogram)) => HistogramView {
            theme,
            title: &title,
            histogram,
            log: is_log(run, slot.panel),
            focused,
        }
        .render(area, buf),
        Some(PanelData::Bars(chart)) => BarsView {
            theme,
            title: &title,
            chart,
            focused,
        }
        .render(area, buf),
        Some(PanelData::Table(table)) => {
            let samples = run.history.samples();
            let (from, to) = run.stretch.range(samples, run.planned());
            TableView {
                theme,
                title: &title,
                table,
                history: &run.history,
                from,
                to: to.min(samples),
                scroll: run.panels.get(slot.panel).map_or(0, |panel| panel.scroll),
                selected: None,
                focused,
            }
            .render(area, buf);
        }
        Some(PanelData::Nothing(why)) => nothing(run, theme, slot, &title, why, buf),
        None if run.frozen.is_some() => {
            let why = "the view was frozen before this was drawn: f goes on";
            nothing(run, theme, slot, &title, why, buf);
        }
        None => nothing(run, theme, slot, &title, "", buf),
    }
}

/// The label, and the item that is shown where there is a choice.
pub fn title(run: &Run, panel: usize, spec: &PanelSpec) -> String {
    let item = run.panels.get(panel).map_or(0, |panel| panel.item);
    let words = match spec.items.get(item) {
        Some(name) if spec.items.len() > 1 => {
            format!("{} {name} ({}/{})", spec.label, item + 1, spec.items.len())
        }
        Some(name) => format!("{} {name}", spec.label),
        None => spec.label.to_string(),
    };
    // Of a recording they do not follow the place in it.
    let at = run.replayed().and_then(|replayed| replayed.panels);
    match (at, run.description()) {
        (Some(step), Some(table)) => format!("{words} @ {} {step}", table.unit),
        _ => words,
    }
}

fn nothing(run: &Run, theme: Theme, slot: Slot, title: &str, why: &str, buf: &mut Buffer) {
    PanelBox {
        theme,
        title,
        notes: &[],
        focused: has_focus(run, slot.panel),
    }
    .render(slot.area, buf);
    let mut pen = Pen::new(theme, PanelBox::inner(slot.area), buf);
    for (row, line) in super::words::wrap(why, pen.width().saturating_sub(2))
        .iter()
        .enumerate()
    {
        pen.say(1, row as u16, line, Role::Dim);
    }
}

/// A label, a group, and what is drawn so.
type Look<'a> = (Cow<'a, str>, usize, &'a Series);

/// The curves of all lanes, each with its label and look.
fn series<'a>(run: &'a Run, lanes: &'a Lanes, panel: usize, own: &'a Curves) -> Vec<Look<'a>> {
    if lanes.is_alone() || lanes.folded {
        let look = |series: &'a Series| (series.label.as_str().into(), series.group.into(), series);
        return own.series.iter().map(look).collect();
    }
    let mut all = Vec::new();
    for lane in lanes.all(run) {
        let drawn = lane
            .panels
            .get(panel)
            .and_then(|panel| panel.drawn.as_ref());
        let Some(PanelData::Curves(curves)) = drawn.map(|drawn| &drawn.data) else {
            continue;
        };
        let focus = lane.lane == run.lane;
        for series in curves
            .series
            .iter()
            .filter(|series| focus || !series.theory)
        {
            let label = format!("{} {}", series.label, letter(lane.lane));
            let look = group(lane.lane, usize::from(series.group));
            all.push((label.into(), look, series));
        }
    }
    all
}

fn draw_curves(
    run: &Run,
    theme: Theme,
    slot: Slot,
    title: &str,
    (curves, series): (&Curves, &[Look]),
    memory: &mut Memory,
    buf: &mut Buffer,
) {
    let lines: Vec<Line> = series
        .iter()
        .map(|(label, group, series)| Line {
            label,
            group: *group,
            theory: series.theory,
            better: Better::Neither,
            data: Data::Points(&series.points),
        })
        .collect();
    // What the title says already is not said again.
    let said = title.contains(curves.y_label.as_str());
    let y_label = if said { "" } else { &curves.y_label };
    let item = run.panels.get(slot.panel).map_or(0, |panel| panel.item);
    let chart = Chart {
        focused: has_focus(run, slot.panel),
        y_scale: if is_log(run, slot.panel) {
            Scale::Log
        } else {
            Scale::Linear
        },
        y_unit: y_label,
        ..Chart::new(theme, title, XAxis::around(&lines, &curves.x_label), &lines)
    };
    let state = memory.charts.entry((slot.panel, item)).or_default();
    chart.render(slot.area, buf, state);
}

/// What the model must draw for a panel at its place. Only means of blocks can be subtracted.
pub fn request(run: &Run, difference: bool, theme: Theme, slot: Slot) -> PanelRequest {
    let (rows, cols) = match run.panel_kind(slot.panel) {
        Some(PanelKind::HeatMap) => HeatMap::capacity(theme, slot.area),
        Some(PanelKind::Image) => PictureView::capacity(theme, slot.area),
        Some(PanelKind::Raster) => RasterView::capacity(theme, slot.area),
        _ => {
            let inner = PanelBox::inner(slot.area);
            (inner.height, inner.width)
        }
    };
    let shown = run.panels.get(slot.panel).cloned().unwrap_or_default();
    PanelRequest {
        panel: slot.panel,
        item: shown.item,
        rows,
        cols,
        reduce: if difference {
            Reduce::Mean
        } else {
            shown.reduce
        },
        window: shown.window,
        cursor: shown.cursor,
    }
}
