//! The heat map under focus: which part of the matrix, which element, which reduction.

use crate::models::panel::{Grid, PanelData, Reduce, Window};
use crate::ui::action::MapAction;
use crate::ui::state::State;
use crate::ui::state::panel::PanelState;
use crate::ui::state::tab::Focus;

/// A window of fewer rows and columns shows too little to find one's way.
const SMALLEST: u32 = 4;

pub fn update(state: &mut State, action: MapAction) {
    let Some(run) = &mut state.run else { return };
    let Focus::Panel(panel) = run.focus() else {
        return;
    };
    let Some(shown) = run.panels.get_mut(panel) else {
        return;
    };
    match action {
        MapAction::Reduction => {
            shown.reduce = match shown.reduce {
                Reduce::Mean => Reduce::MaxAbs,
                Reduce::MaxAbs => Reduce::Sd,
                Reduce::Sd => Reduce::Mean,
            };
        }
        MapAction::HoldScale => shown.hold = !shown.hold,
        MapAction::Fit => shown.window = None,
        MapAction::ZoomIn | MapAction::ZoomOut | MapAction::Move(..) | MapAction::Cursor => {
            if let Some(shape) = grid(shown).map(|grid| grid.shape) {
                within(shown, shape, action);
            }
        }
    }
}

fn grid(shown: &PanelState) -> Option<&Grid> {
    match &shown.drawn.as_ref()?.data {
        PanelData::HeatMap(grid) => Some(grid),
        _ => None,
    }
}

fn within(shown: &mut PanelState, shape: (u32, u32), action: MapAction) {
    let window = shown.window.unwrap_or(whole(shape));
    let middle = (window.row + window.rows / 2, window.col + window.cols / 2);
    match action {
        MapAction::Cursor => {
            shown.cursor = match shown.cursor {
                None => Some(middle),
                Some(_) => None,
            };
        }
        MapAction::Move(down, right) => match shown.cursor {
            Some((row, col)) => {
                let row = moved(row, down, shape.0.saturating_sub(1));
                let col = moved(col, right, shape.1.saturating_sub(1));
                shown.cursor = Some((row, col));
                shown.window = shown.window.map(|window| including(window, row, col));
            }
            None => {
                let step = |size: u32, by: i32| by.saturating_mul((size / 10).max(1) as i32);
                shown.window = shown.window.map(|window| Window {
                    row: moved(
                        window.row,
                        step(window.rows, down),
                        shape.0.saturating_sub(window.rows),
                    ),
                    col: moved(
                        window.col,
                        step(window.cols, right),
                        shape.1.saturating_sub(window.cols),
                    ),
                    ..window
                });
            }
        },
        _ => {
            let inward = action == MapAction::ZoomIn;
            let centre = shown.cursor.unwrap_or(middle);
            shown.window = zoomed(window, shape, centre, inward);
        }
    }
}

fn whole((rows, cols): (u32, u32)) -> Window {
    Window {
        row: 0,
        col: 0,
        rows,
        cols,
    }
}

/// `None` is the whole matrix.
fn zoomed(window: Window, shape: (u32, u32), centre: (u32, u32), inward: bool) -> Option<Window> {
    let size = |shown: u32, all: u32| {
        let size = if inward {
            (shown / 2).max(SMALLEST)
        } else {
            shown.saturating_mul(2)
        };
        size.min(all)
    };
    let (rows, cols) = (size(window.rows, shape.0), size(window.cols, shape.1));
    let place = |centre: u32, size: u32, all: u32| centre.saturating_sub(size / 2).min(all - size);
    let next = Window {
        row: place(centre.0, rows, shape.0),
        col: place(centre.1, cols, shape.1),
        rows,
        cols,
    };
    (next != whole(shape)).then_some(next)
}

fn moved(place: u32, by: i32, last: u32) -> u32 {
    place.saturating_add_signed(by).min(last)
}

/// The window moved just so far that it holds the element.
fn including(window: Window, row: u32, col: u32) -> Window {
    let follow = |start: u32, size: u32, place: u32| {
        if place < start {
            place
        } else if place >= start + size {
            place + 1 - size
        } else {
            start
        }
    };
    Window {
        row: follow(window.row, window.rows, row),
        col: follow(window.col, window.cols, col),
        ..window
    }
}
