//! What lies over the screen: the command line, a value, a filter, the questions.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::{Clear, Widget};

use super::footer;
use super::words::wrap;
use crate::models::param::display;
use crate::models::table::Kind;
use crate::ui::palette::candidates;
use crate::ui::state::State;
use crate::ui::state::dialog::{Dialog, Palette};
use crate::ui::state::field::Field;
use crate::ui::state::run::Run;
use crate::ui::theme::{Role, Theme};
use crate::ui::widget::pen::{pieces_width, text_width};
use crate::ui::widget::{PanelBox, Pen, Piece, TextInput};

/// Candidates shown above the command line.
const CANDIDATES: usize = 8;

pub fn draw(state: &State, dialog: &Dialog, area: Rect, buf: &mut Buffer) {
    match dialog {
        Dialog::Help(top) => super::help::draw(state, *top, area, buf),
        Dialog::Palette(palette) => command_line(state, palette, area, buf),
        Dialog::Value {
            param,
            field,
            refusal,
        } => value(state, *param, field, refusal.as_deref(), area, buf),
        Dialog::Filter(field) => {
            let line = bottom(area, 1);
            Clear.render(line, buf);
            typed_line("filter ", field, state.theme, line, buf);
        }
        Dialog::Breakpoints(selected) => {
            super::breakpoints::draw(state, *selected, area, buf);
        }
        Dialog::Link => super::link::draw(state, area, buf),
        Dialog::Compare(scroll) => super::lanes::compare(state, *scroll, area, buf),
        Dialog::Quit => quit(state, area, buf),
        Dialog::Export => {
            let run = state.run.as_ref();
            let folder = run.and_then(|run| run.frame.as_ref()?.recording.clone());
            let folder = folder.unwrap_or("the working folder".into());
            let words = format!("A new file in {folder}; none is replaced.");
            question(state, "write this panel to a file?", &[words], area, buf);
        }
        Dialog::Reset => {
            let words = "The present parameters stay; weights and curves begin anew.";
            question(
                state,
                "start again from step 0?",
                &[words.into()],
                area,
                buf,
            );
        }
    }
}

/// The last lines above the footer.
fn bottom(area: Rect, lines: u16) -> Rect {
    let footer = u16::from(area.height > 1);
    let height = lines.min(area.height - footer);
    Rect {
        y: area.bottom() - footer - height,
        height,
        ..area
    }
}

/// A line that is being typed, with its cursor.
fn typed_line(prompt: &str, field: &Field, theme: Theme, area: Rect, buf: &mut Buffer) {
    TextInput {
        theme,
        prompt,
        text: field.text(),
        cursor: field.cursor(),
        hint: "",
    }
    .render(area, buf);
}

fn command_line(state: &State, palette: &Palette, area: Rect, buf: &mut Buffer) {
    let theme = state.theme;
    let found = candidates(state, palette.field.text());
    let most = CANDIDATES.min(usize::from(area.height.saturating_sub(4)));
    let chosen = palette.chosen.min(found.len().saturating_sub(1));
    let top = (chosen + 1).saturating_sub(most);
    let rows = found.len().min(most) as u16;
    let place = bottom(area, rows + 2);
    Clear.render(place, buf);
    let mut pen = Pen::new(theme, place, buf);
    if pen.height() < 2 {
        typed_line(":", &palette.field, theme, bottom(area, 1), buf);
        return;
    }
    let rule = theme.symbols().horizontal;
    for x in 0..pen.width() {
        pen.char(x, 0, rule, theme.style(Role::Focus));
    }
    let words = match &palette.refusal {
        Some(refusal) => (refusal.clone(), Role::Bad),
        None if found.len() > most => (format!("{} of {}", most, found.len()), Role::Dim),
        None => (String::new(), Role::Dim),
    };
    if !words.0.is_empty() {
        let text = pen.clip(&format!(" {} ", words.0), pen.width().saturating_sub(4));
        pen.say(2, 0, &text, words.1);
    }
    let width = found
        .iter()
        .skip(top)
        .take(most)
        .map(|c| c.shown.chars().count())
        .max();
    let width = (width.unwrap_or(0) as u16 + 2).min(pen.width() / 2);
    for (row, (i, candidate)) in found.iter().enumerate().skip(top).take(most).enumerate() {
        let row = row as u16 + 1;
        let marked = i == chosen;
        if marked {
            pen.char(0, row, theme.symbols().pointer, theme.style(Role::Focus));
        }
        let shown = pen.clip(&candidate.shown, width);
        pen.say(
            2,
            row,
            &shown,
            if marked { Role::Focus } else { Role::Text },
        );
        let help = super::words::fill(&candidate.help, state);
        let help = pen.clip(&help, pen.width().saturating_sub(width + 3));
        pen.say(2 + width, row, &help, Role::Dim);
    }
    typed_line(":", &palette.field, theme, bottom(area, 1), buf);
}

fn value(
    state: &State,
    param: usize,
    field: &Field,
    refusal: Option<&str>,
    area: Rect,
    buf: &mut Buffer,
) {
    let theme = state.theme;
    let Some((run, spec)) = state
        .run
        .as_ref()
        .and_then(|run| Some((run, run.spec(param)?)))
    else {
        return;
    };
    let place = bottom(area, 2);
    Clear.render(place, buf);
    let mut pen = Pen::new(theme, place, buf);
    let (words, role) = match refusal {
        Some(refusal) => (refusal.to_owned(), Role::Bad),
        None => {
            let present = present(run, param);
            let options = match &spec.kind {
                Kind::Choice(_) | Kind::Words => String::new(),
                _ => format!("; default {}", display(&spec.default)),
            };
            (
                format!(
                    "{} is {present}; it takes {}{options}",
                    spec.id,
                    spec.allowed()
                ),
                Role::Dim,
            )
        }
    };
    let words = pen.clip(&words, pen.width().saturating_sub(1));
    pen.say(1, 0, &words, role);
    typed_line(
        &format!("{} = ", spec.id),
        field,
        theme,
        bottom(area, 1),
        buf,
    );
}

fn present(run: &Run, param: usize) -> String {
    let frame = run.frame.as_ref();
    let shown = frame.and_then(|frame| run.params.shown(frame, param));
    shown.map_or_else(String::new, |(value, _)| display(value))
}

fn quit(state: &State, area: Rect, buf: &mut Buffer) {
    let Some(run) = &state.run else { return };
    let mut lines = Vec::new();
    if run.is_running() {
        lines.push("The run goes on; leaving ends it.".to_owned());
    }
    if run.unsaved {
        lines.push("Parameters were changed and not saved as a preset.".to_owned());
    }
    if lines.is_empty() {
        lines.push("Nothing would be lost.".to_owned());
    }
    question(state, "leave?", &lines, area, buf);
}

/// A place of at most that size where the eye is.
pub fn middle(area: Rect, width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(area.width), height.min(area.height));
    Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + (area.height - height) / 3,
        width,
        height,
    }
}

/// A box in the middle with the keys that answer.
fn question(state: &State, title: &str, lines: &[String], area: Rect, buf: &mut Buffer) {
    let theme = state.theme;
    let keys: Vec<Piece> = footer::hints(state).into_iter().flatten().collect();
    let lengths = lines.iter().map(|line| text_width(theme, line));
    let widest = lengths
        .chain([pieces_width(theme, &keys)])
        .max()
        .unwrap_or(0);
    let width = widest.saturating_add(6).min(area.width);
    let wrapped: Vec<String> = lines
        .iter()
        .flat_map(|line| wrap(line, width.saturating_sub(4)))
        .collect();
    let place = middle(area, width, wrapped.len() as u16 + 4);
    Clear.render(place, buf);
    PanelBox {
        theme,
        title,
        notes: &[],
        focused: true,
    }
    .render(place, buf);
    let mut pen = Pen::new(theme, PanelBox::inner(place), buf);
    for (row, line) in wrapped.iter().enumerate() {
        pen.say(1, row as u16, line, Role::Text);
    }
    pen.pieces(1, wrapped.len() as u16 + 1, &keys);
}
