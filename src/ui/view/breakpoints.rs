//! The list of breakpoints, over the screen.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::{Clear, Widget};

use super::overlay::middle;
use crate::engine::BreakpointLine;
use crate::ui::state::State;
use crate::ui::theme::Role;
use crate::ui::widget::{PanelBox, Pen};

const EMPTY: [&str; 3] = [
    "No breakpoint yet. A condition on metrics pauses the run when it comes true:",
    "loss > 3     rate_e > 50 for 100 ms     once accuracy >= 0.9 and loss < 1     nan",
    "`until` in the command line goes on until a condition holds.",
];

pub fn draw(state: &State, selected: usize, area: Rect, buf: &mut Buffer) {
    let frame = state.run.as_ref().and_then(|run| run.frame.as_ref());
    let lines = frame.map_or(&[][..], |frame| &frame.breakpoints);
    let rows = lines.len().max(EMPTY.len()) as u16;
    let place = middle(area, 84, rows + 2);
    Clear.render(place, buf);
    PanelBox {
        theme: state.theme,
        title: "breakpoints",
        notes: &[],
        focused: true,
    }
    .render(place, buf);
    let mut pen = Pen::new(state.theme, PanelBox::inner(place), buf);
    if lines.is_empty() {
        for (row, words) in EMPTY.iter().enumerate() {
            pen.say(1, row as u16, words, Role::Dim);
        }
        return;
    }
    let selected = selected.min(lines.len() - 1);
    let top = (selected + 1).saturating_sub(usize::from(pen.height()));
    for (row, (number, line)) in lines.iter().enumerate().skip(top).enumerate() {
        one(
            state,
            number,
            line,
            number == selected,
            row as u16,
            &mut pen,
        );
    }
}

fn one(
    state: &State,
    number: usize,
    line: &BreakpointLine,
    selected: bool,
    row: u16,
    pen: &mut Pen,
) {
    let symbols = state.theme.symbols();
    if selected {
        let style = state.theme.style(Role::Focus);
        pen.char(0, row, symbols.pointer, style);
    }
    let (state_of, role) = match line.on {
        true => (symbols.on, Role::Text),
        false => (symbols.off, Role::Dim),
    };
    let word = if line.on { "on " } else { "off" };
    pen.say(
        2,
        row,
        &format!("{:>2} {state_of} {word}", number + 1),
        role,
    );
    let hits = match line.hits {
        0 => String::new(),
        1 => "hit once".to_owned(),
        hits => format!("hit {hits} times"),
    };
    let behind = pen.width().saturating_sub(pen.width_of(&hits) + 1);
    let words = pen.clip(&line.words, behind.saturating_sub(13));
    let role = if selected { Role::Focus } else { role };
    pen.say(12, row, &words, role);
    pen.say(behind, row, &hits, Role::Dim);
}
