//! Editing the line that is being typed.

use crate::ui::action::TextAction;
use crate::ui::palette;
use crate::ui::state::State;
use crate::ui::state::dialog::{Dialog, Palette};
use crate::ui::state::field::Field;

pub fn update(state: &mut State, action: TextAction) {
    match action {
        TextAction::Complete => palette::complete(state),
        TextAction::Earlier => palette::turn(state, true),
        TextAction::Later => palette::turn(state, false),
        _ => change(state, |field| edit(field, action)),
    }
}

pub fn paste(state: &mut State, pasted: &str) {
    if state.dialog.is_some() || state.start.as_ref().is_some_and(|start| start.filtering) {
        change(state, |field| field.paste(pasted));
    }
}

fn edit(field: &mut Field, action: TextAction) {
    match action {
        TextAction::Type(c) => field.insert(c),
        TextAction::Left => field.left(),
        TextAction::Right => field.right(),
        TextAction::Home => field.home(),
        TextAction::End => field.end(),
        TextAction::Backspace => field.backspace(),
        TextAction::Delete => field.delete(),
        TextAction::EraseWord => field.erase_word(),
        TextAction::EraseAll => field.erase_all(),
        TextAction::Complete | TextAction::Earlier | TextAction::Later => {}
    }
}

/// Changes the line under edit and what depends on it.
fn change(state: &mut State, edit: impl FnOnce(&mut Field)) {
    match &mut state.dialog {
        Some(Dialog::Palette(palette)) => {
            edit(&mut palette.field);
            *palette = Palette {
                field: std::mem::take(&mut palette.field),
                ..Palette::default()
            };
        }
        Some(Dialog::Value { field, refusal, .. }) => {
            edit(field);
            *refusal = None;
        }
        Some(Dialog::Filter(field)) => {
            edit(field);
            if let Some(run) = &mut state.run {
                run.log_view.filter = field.text().to_owned();
                run.log_view.back = 0;
            }
        }
        Some(_) => {}
        None => {
            if let Some(start) = &mut state.start {
                edit(&mut start.filter);
                start.filtering = !start.filter.is_empty();
                start.select(0);
            }
        }
    }
}
