//! The mouse: what a click, a way dragged and a notch of the wheel do.

use std::time::Duration;

use hebbtop::models::table::PanelKind;
use hebbtop::ui::state::tab::Focus;
use hebbtop::ui::update::mouse::mouse;
use hebbtop::ui::view::layout::places;
use ratatui::crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;

use crate::stage::Stage;

fn point(stage: &mut Stage, kind: MouseEventKind, column: u16, row: u16) {
    let event = MouseEvent {
        kind,
        column,
        row,
        modifiers: KeyModifiers::NONE,
    };
    let effects = mouse(&mut stage.state, event, Duration::from_secs(1));
    assert!(effects.is_empty(), "{effects:?}");
}

const DOWN: MouseEventKind = MouseEventKind::Down(MouseButton::Left);
const UP: MouseEventKind = MouseEventKind::Up(MouseButton::Left);

/// The place of the first panel of a kind, in the open view.
fn place(stage: &mut Stage, is: impl Fn(&PanelKind) -> bool) -> (usize, Rect) {
    let run = stage.screen();
    let slots = places(run, Rect::new(0, 0, 120, 40)).slots;
    let of_kind = |panel| run.panel_kind(panel).is_some_and(&is);
    let slot = slots
        .iter()
        .find(|slot| of_kind(slot.panel))
        .expect("such a panel");
    (slot.panel, slot.area)
}

#[test]
fn a_click_takes_the_focus_to_panels_and_parameters() {
    let mut stage = Stage::at(300, 120, 40);
    let (map, area) = place(&mut stage, |kind| *kind == PanelKind::HeatMap);
    point(&mut stage, DOWN, area.x + 5, area.y + 3);
    assert_eq!(stage.screen().focus(), Focus::Panel(map));
    let params = places(stage.screen(), Rect::new(0, 0, 120, 40))
        .params
        .unwrap();
    point(&mut stage, DOWN, params.x + 3, params.y + 3);
    assert_eq!(stage.screen().focus(), Focus::Parameters);
    assert_eq!(stage.screen().params.selected, 2);
    point(
        &mut stage,
        MouseEventKind::ScrollUp,
        params.x + 3,
        params.y + 3,
    );
    assert_eq!(stage.screen().params.selected, 1);
}

#[test]
fn a_chart_shows_what_the_pointer_passed() {
    let mut stage = Stage::at(600, 120, 40);
    let (_, area) = place(&mut stage, |kind| matches!(kind, PanelKind::History { .. }));
    let before = stage.screen().stretch;
    point(&mut stage, DOWN, area.x + 20, area.y + 3);
    point(&mut stage, UP, area.x + 21, area.y + 3);
    assert_eq!(stage.screen().stretch, before, "that was a click");
    point(&mut stage, DOWN, area.x + 40, area.y + 3);
    point(&mut stage, UP, area.x + 20, area.y + 4);
    let run = stage.screen();
    let (from, to) = run.stretch.range(600, None);
    let whole = (area.width - 9) as f64;
    assert!(
        (to - from) as f64 > 600.0 * 18.0 / whole && ((to - from) as f64) < 600.0 * 24.0 / whole
    );
    point(
        &mut stage,
        MouseEventKind::ScrollDown,
        area.x + 30,
        area.y + 3,
    );
    let (wider_from, wider_to) = stage.screen().stretch.range(600, None);
    assert!(wider_to - wider_from > to - from);
}
