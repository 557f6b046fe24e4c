//! `view(state, memory, area, buffer)`: what the state looks like.
//!
//! Layout depends on the model's tables alone; no view knows a model by name. Drawing the same state
//! twice gives the same cells.

mod breakpoints;
mod expect;
mod footer;
mod help;
pub(super) mod history;
mod lanes;
pub mod layout;
mod link;
mod log;
mod message;
mod overlay;
pub(super) mod panel;
mod params;
mod small;
mod start;
mod status;
mod words;

use std::collections::HashMap;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;

use self::layout::{Room, places, room};
pub use self::params::param_at;
use super::state::State;
use super::state::reduced::Reduced;
use super::state::run::Run;
use super::state::tab::Focus;
use super::widget::{ChartState, HeatMapState};
use crate::models::panel::PanelRequest;
use crate::models::table::PanelKind;

/// What the widgets keep from one frame to the next so that nothing swims: ranges of axes, scales of
/// colours. It belongs to one model and is dropped with it.
#[derive(Default)]
pub struct Memory {
    epoch: u64,
    /// By panel and item.
    charts: HashMap<(usize, usize), ChartState>,
    maps: HashMap<(usize, usize), HeatMapState>,
}

impl Memory {
    fn of_epoch(&mut self, epoch: u64) {
        if self.epoch != epoch {
            *self = Self {
                epoch,
                ..Self::default()
            };
        }
    }
}

/// Draws the whole screen.
pub fn view(state: &State, memory: &mut Memory, area: Rect, buf: &mut Buffer) {
    let area = area.intersection(buf.area);
    if area.is_empty() {
        return;
    }
    if let Some(start) = &state.start {
        start::draw(state, start, area, buf);
        footer::draw(state, bottom_line(area), buf);
    } else if let Some(run) = &state.run {
        memory.of_epoch(run.frame.as_ref().map_or(0, |frame| frame.epoch));
        draw_run(state, run, memory, area, buf);
    }
    if let Some(dialog) = &state.dialog {
        overlay::draw(state, dialog, area, buf);
        let line = bottom_line(area);
        if area.height > 1 {
            ratatui::widgets::Clear.render(line, buf);
            footer::draw(state, line, buf);
        }
    }
}

fn bottom_line(area: Rect) -> Rect {
    Rect {
        y: area.bottom() - 1,
        height: 1,
        ..area
    }
}

fn draw_run(state: &State, run: &Run, memory: &mut Memory, area: Rect, buf: &mut Buffer) {
    let theme = state.theme;
    let room = room(area);
    if room == Room::Paragraph {
        small::draw(state, run, area, buf);
        return;
    }
    let places = places(run, area);
    status::draw(run, &state.lanes, theme, places.page, places.status, buf);
    for slot in &places.slots {
        panel::draw(run, &state.lanes, theme, *slot, memory, buf);
    }
    if let Some(log) = places.log {
        log::draw(run, theme, log, buf);
    }
    if let Some(params) = places.params {
        let alone = run.zoomed && run.focus() == Focus::Parameters;
        params::draw(run, theme, params, alone, buf);
    }
    message::draw(run, theme, places.message, buf);
    footer::draw(state, places.footer, buf);
}

/// What the model must draw for the panels that are visible now.
pub fn wanted(state: &State) -> Vec<PanelRequest> {
    let Some(run) = state.run.as_ref().filter(|_| state.start.is_none()) else {
        return Vec::new();
    };
    let area = Rect::new(0, 0, state.size.width, state.size.height);
    let slots = places(run, area).slots;
    let drawn_by_model = |panel| !matches!(run.panel_kind(panel), Some(PanelKind::History { .. }));
    // A panel that is not there yet is asked for over any line.
    let moves = |panel: usize| match state.reduced {
        Reduced::No | Reduced::Levels => true,
        Reduced::Panels => has_focus(run, panel) || !is_drawn(run, panel),
        Reduced::Numbers => !is_drawn(run, panel),
    };
    slots
        .into_iter()
        .filter(|slot| drawn_by_model(slot.panel) && moves(slot.panel))
        .map(|slot| panel::request(run, state.lanes.difference, state.theme, slot))
        .collect()
}

/// What a lane must draw beside the one that has the keys: its curves, and its half of a difference.
pub fn wanted_of(state: &State, lane: u8) -> Vec<PanelRequest> {
    let Some(run) = &state.run else {
        return Vec::new();
    };
    if run.lane == lane {
        return wanted(state);
    }
    let pair = state.lanes.compared(run).filter(|_| state.lanes.difference);
    let in_pair = pair.is_some_and(|(a, b)| a.lane == lane || b.lane == lane);
    let shared = |request: &PanelRequest| match run.panel_kind(request.panel) {
        Some(PanelKind::Curves) => !state.lanes.folded,
        Some(PanelKind::HeatMap) => in_pair,
        _ => false,
    };
    wanted(state).into_iter().filter(shared).collect()
}

fn is_drawn(run: &Run, panel: usize) -> bool {
    let shown = run.panels.get(panel);
    shown.is_some_and(|shown| shown.drawn.is_some())
}

/// Whether a panel has the keys.
fn has_focus(run: &Run, panel: usize) -> bool {
    run.focus() == Focus::Panel(panel)
}
