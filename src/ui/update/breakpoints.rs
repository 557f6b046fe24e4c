//! The list of breakpoints.

use super::Effect;
use crate::engine::Command;
use crate::ui::action::BreakAction;
use crate::ui::state::State;
use crate::ui::state::dialog::{Dialog, Palette};

pub fn update(state: &mut State, action: BreakAction) -> Vec<Effect> {
    let frame = state.run.as_ref().and_then(|run| run.frame.as_ref());
    let count = frame.map_or(0, |frame| frame.breakpoints.len());
    let Some(Dialog::Breakpoints(selected)) = &mut state.dialog else {
        return Vec::new();
    };
    *selected = (*selected).min(count.saturating_sub(1));
    let number = *selected + 1;
    match action {
        BreakAction::Move(by) => {
            let row = selected.saturating_add_signed(by as isize);
            *selected = row.min(count.saturating_sub(1));
        }
        BreakAction::Add => state.dialog = Some(Dialog::Palette(Palette::new("break "))),
        BreakAction::Switch | BreakAction::Remove if count == 0 => {}
        BreakAction::Switch => return vec![Effect::Send(Command::SwitchBreakpoint(number))],
        BreakAction::Remove => return vec![Effect::Send(Command::Unbreak(Some(number)))],
    }
    Vec::new()
}
