//! The mouse: a click selects, dragging over a chart zooms to what was passed, the wheel moves.

use std::time::Duration;

use ratatui::crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Rect};

use super::{Effect, update};
use crate::models::table::PanelKind;
use crate::ui::action::{Action, ChartAction, ListAction, MapAction, ParamAction};
use crate::ui::state::State;
use crate::ui::state::run::Run;
use crate::ui::state::tab::Focus;
use crate::ui::view::layout::places;
use crate::ui::view::param_at;
use crate::ui::widget::Chart;

/// A shorter way is a click.
const DRAGGED: u16 = 2;

/// Lines of a list for a notch of the wheel.
const NOTCH: i32 = 3;

/// What lies under the pointer.
enum Under {
    Panel(usize, Rect),
    Parameters(Option<usize>),
    Log,
    Nothing,
}

pub fn mouse(state: &mut State, event: MouseEvent, now: Duration) -> Vec<Effect> {
    let wheel = match event.kind {
        MouseEventKind::ScrollUp => Some(-1),
        MouseEventKind::ScrollDown => Some(1),
        _ => None,
    };
    if state.dialog.is_some() || state.start.is_some() {
        let lines = wheel.map(|by| Action::List(ListAction::Lines(by * NOTCH)));
        return lines.map_or_else(Vec::new, |action| update(state, action, now));
    }
    let under = under(state, event.column, event.row);
    let (Some(run), pressed) = (&mut state.run, &mut state.pressed) else {
        return Vec::new();
    };
    match (event.kind, under) {
        (MouseEventKind::Down(MouseButton::Left), Under::Panel(panel, _)) => {
            run.set_focus(Focus::Panel(panel));
            *pressed = Some((event.column, panel));
        }
        (MouseEventKind::Down(MouseButton::Left), Under::Parameters(param)) => {
            run.set_focus(Focus::Parameters);
            if let Some(param) = param {
                run.params.selected = param;
            }
        }
        (MouseEventKind::Down(MouseButton::Left), Under::Log) => run.set_focus(Focus::Log),
        (MouseEventKind::Up(MouseButton::Left), Under::Panel(panel, area)) => {
            if let Some((column, from)) = pressed.take()
                && from == panel
                && column.abs_diff(event.column) >= DRAGGED
            {
                zoom_to(
                    run,
                    panel,
                    area,
                    column.min(event.column),
                    column.max(event.column),
                );
            }
        }
        (MouseEventKind::Up(_), _) => *pressed = None,
        (_, under) => {
            if let Some(action) = wheel.and_then(|by| turned(run, &under, by)) {
                return update(state, action, now);
            }
        }
    }
    Vec::new()
}

fn under(state: &State, column: u16, row: u16) -> Under {
    let Some(run) = &state.run else {
        return Under::Nothing;
    };
    let pointer = Position::new(column, row);
    let area = Rect::new(0, 0, state.size.width, state.size.height);
    let places = places(run, area);
    if let Some(slot) = places.slots.iter().find(|slot| slot.area.contains(pointer)) {
        return Under::Panel(slot.panel, slot.area);
    }
    if let Some(params) = places.params.filter(|area| area.contains(pointer)) {
        let alone = run.zoomed && run.focus() == Focus::Parameters;
        return Under::Parameters(param_at(run, params, alone, pointer));
    }
    match places.log {
        Some(log) if log.contains(pointer) => Under::Log,
        _ => Under::Nothing,
    }
}

/// What the wheel does there: a notch up is -1.
fn turned(run: &mut Run, under: &Under, by: i32) -> Option<Action> {
    match *under {
        Under::Panel(panel, _) => {
            run.set_focus(Focus::Panel(panel));
            match run.panel_kind(panel)? {
                PanelKind::History { .. } if by < 0 => Some(Action::Chart(ChartAction::ZoomIn)),
                PanelKind::History { .. } => Some(Action::Chart(ChartAction::ZoomOut)),
                PanelKind::HeatMap if by < 0 => Some(Action::Map(MapAction::ZoomIn)),
                PanelKind::HeatMap => Some(Action::Map(MapAction::ZoomOut)),
                _ => Some(Action::List(ListAction::Lines(by))),
            }
        }
        Under::Parameters(_) => {
            run.set_focus(Focus::Parameters);
            Some(Action::Param(ParamAction::Select(by)))
        }
        Under::Log => {
            run.set_focus(Focus::Log);
            Some(Action::List(ListAction::Lines(by * NOTCH)))
        }
        Under::Nothing => None,
    }
}

/// Shows the samples between two columns of a chart.
fn zoom_to(run: &mut Run, panel: usize, area: Rect, left: u16, right: u16) {
    if !matches!(run.panel_kind(panel), Some(PanelKind::History { .. })) {
        return;
    }
    let samples = run.history.samples();
    let shown = run.stretch.range(samples, run.planned());
    let at = |column| Chart::x_at(area, shown.0 as f64, shown.1 as f64, column);
    if let (Some(from), Some(to)) = (at(left), at(right)) {
        run.stretch
            .select(from as u64, (to as u64).min(samples), samples);
    }
}
