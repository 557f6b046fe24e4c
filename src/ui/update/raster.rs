//! The raster under focus: a cursor that goes from cell to cell, and the cell to look at closely.

use super::{Effect, param};
use crate::models::panel::{PanelData, Raster};
use crate::models::table::Value;
use crate::ui::action::RasterAction;
use crate::ui::state::State;
use crate::ui::state::panel::PanelState;
use crate::ui::state::run::{Run, Tone};
use crate::ui::state::tab::Focus;

pub fn update(state: &mut State, action: RasterAction) -> Vec<Effect> {
    let Some(run) = &mut state.run else {
        return Vec::new();
    };
    let Focus::Panel(panel) = run.focus() else {
        return Vec::new();
    };
    let Some(shown) = run.panels.get_mut(panel) else {
        return Vec::new();
    };
    match action {
        RasterAction::Move(by) => {
            if let Some(cell) = moved(shown, by) {
                shown.cell = Some(cell);
            }
            Vec::new()
        }
        RasterAction::Pick => pick(run, panel),
    }
}

fn raster(shown: &PanelState) -> Option<&Raster> {
    match &shown.drawn.as_ref()?.data {
        PanelData::Raster(raster) => Some(raster),
        _ => None,
    }
}

/// The cell so many rows below the cursor, or below the cell that is looked at.
fn moved(shown: &PanelState, by: i32) -> Option<u32> {
    let raster = raster(shown)?;
    let cells: Vec<u32> = raster.bands.iter().flat_map(|b| &b.ids).copied().collect();
    let picked = raster.picked.as_ref().map(|picked| picked.cell);
    let from = shown.cell.or(picked).unwrap_or(0);
    let nearest = (0..cells.len()).min_by_key(|&row| cells[row].abs_diff(from))?;
    let row = nearest.saturating_add_signed(by as isize);
    Some(cells[row.min(cells.len() - 1)])
}

fn pick(run: &mut Run, panel: usize) -> Vec<Effect> {
    let shown = &run.panels[panel];
    let picked = raster(shown).and_then(|raster| raster.picked.as_ref());
    let Some((cell, id)) = shown.cell.zip(picked.map(|picked| picked.param.clone())) else {
        run.say(Tone::Plain, "move the cursor to a cell first");
        return Vec::new();
    };
    match run.description().and_then(|table| table.param(&id)) {
        Some(number) => param::set(run, number, Value::Integer(i64::from(cell))),
        None => Vec::new(),
    }
}
