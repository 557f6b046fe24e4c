//! Scrolling: the log, the help, a table, the presets of the start screen.

use crate::ui::action::ListAction;
use crate::ui::state::State;
use crate::ui::state::dialog::Dialog;
use crate::ui::state::field::Field;
use crate::ui::state::tab::Focus;

pub fn update(state: &mut State, action: ListAction) {
    let page = usize::from(state.size.height.saturating_sub(6)).max(1);
    if let Some(Dialog::Help(top) | Dialog::Compare(top)) = &mut state.dialog {
        // The view stops at the last line.
        *top = scrolled(*top, action, page, usize::MAX / 2);
    } else if let Some(start) = &mut state.start {
        if action == ListAction::Filter {
            start.filtering = true;
            return;
        }
        let last = start.shown().len().saturating_sub(1);
        let place = scrolled(start.selected, action, page, last);
        start.select(place);
    } else if let Some(run) = &mut state.run {
        match run.focus() {
            Focus::Log if action == ListAction::Filter => {
                let filter = Field::new(&run.log_view.filter);
                state.dialog = Some(Dialog::Filter(filter));
            }
            Focus::Log => {
                let last = run.log_shown().len().saturating_sub(1);
                // Counted from the end, so that the view follows what comes.
                let top = last.saturating_sub(run.log_view.back);
                run.log_view.back = last - scrolled(top, action, page, last);
            }
            Focus::Panel(panel) => {
                let rows = run.table_rows(panel);
                if let Some(shown) = run.panels.get_mut(panel) {
                    shown.scroll = scrolled(shown.scroll, action, page, rows.saturating_sub(1));
                }
            }
            Focus::Parameters => {}
        }
    }
}

fn scrolled(top: usize, action: ListAction, page: usize, last: usize) -> usize {
    let moved = |lines: i32, each: usize| {
        let by = lines.unsigned_abs() as usize * each;
        if lines < 0 {
            top.saturating_sub(by)
        } else {
            top.saturating_add(by)
        }
    };
    let top = match action {
        ListAction::Lines(lines) => moved(lines, 1),
        ListAction::Pages(pages) => moved(pages, page),
        ListAction::First => 0,
        ListAction::Last => last,
        ListAction::Filter => top,
    };
    top.min(last)
}
