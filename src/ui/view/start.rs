//! The start screen: presets by family, and what the selected one is about.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;

use super::words::{flow, wrap};
use crate::ui::state::State;
use crate::ui::state::start::{PresetEntry, Start};
use crate::ui::theme::{Role, Theme};
use crate::ui::widget::PanelBox;
use crate::ui::widget::Pen;

/// From this width on the details stand beside the list.
const BESIDE: u16 = 100;

pub fn draw(state: &State, start: &Start, area: Rect, buf: &mut Buffer) {
    let theme = state.theme;
    let mut pen = Pen::new(theme, area, buf);
    if area.height < 8 || area.width < 30 {
        small(start, &mut pen);
        return;
    }
    let x = pen.say(1, 0, "hebbtop", Role::Accent);
    pen.say(
        x + 1,
        0,
        "htop for learning rules: choose an experiment",
        Role::Dim,
    );
    let body = Rect {
        y: area.y + 1,
        height: area.height - 3,
        ..area
    };
    let (list, details) = split(body);
    draw_list(start, theme, list, buf);
    draw_details(start, theme, details, buf);
    let mut pen = Pen::new(theme, area, buf);
    let line = area.height - 2;
    if let Some(refusal) = &start.refusal {
        let refusal = pen.clip(refusal, area.width.saturating_sub(2));
        pen.say(1, line, &refusal, Role::Bad);
    } else if start.filtering {
        let x = pen.say(1, line, "filter: ", Role::Dim);
        let x = pen.say(x, line, start.filter.text(), Role::Value);
        pen.say(x, line, " ", Role::Selection);
    }
}

fn split(body: Rect) -> (Rect, Rect) {
    if body.width >= BESIDE {
        let width = body.width * 3 / 5;
        let list = Rect { width, ..body };
        let details = Rect {
            x: body.x + width,
            width: body.width - width,
            ..body
        };
        return (list, details);
    }
    let height = body.height - (body.height / 2).min(12);
    let list = Rect { height, ..body };
    let details = Rect {
        y: body.y + height,
        height: body.height - height,
        ..body
    };
    (list, details)
}

/// A heading or the place of an entry.
enum Line<'a> {
    Family(&'a str),
    Entry(usize, &'a PresetEntry),
}

fn lines<'a>(shown: &[&'a PresetEntry]) -> Vec<Line<'a>> {
    let mut lines = Vec::new();
    let mut family = None;
    for (place, entry) in shown.iter().enumerate() {
        if family != Some(&entry.family) {
            lines.push(Line::Family(&entry.family));
            family = Some(&entry.family);
        }
        lines.push(Line::Entry(place, entry));
    }
    lines
}

fn draw_list(start: &Start, theme: Theme, area: Rect, buf: &mut Buffer) {
    let shown = start.shown();
    let notes = [format!("{} of {}", shown.len(), start.entries.len())];
    PanelBox {
        theme,
        title: "presets",
        notes: &notes,
        focused: true,
    }
    .render(area, buf);
    let mut pen = Pen::new(theme, PanelBox::inner(area), buf);
    let lines = lines(&shown);
    let height = usize::from(pen.height());
    let here = lines
        .iter()
        .position(|line| matches!(line, Line::Entry(place, _) if *place == start.selected))
        .unwrap_or(0);
    let top = (here + height / 3 + 1).saturating_sub(height);
    let name_width = start
        .entries
        .iter()
        .map(|entry| entry.name.chars().count())
        .max();
    let name_width = (name_width.unwrap_or(0) as u16 + 2).min(pen.width() / 2);
    for (row, line) in lines.iter().skip(top).take(height).enumerate() {
        let row = row as u16;
        match line {
            Line::Family(family) => {
                pen.say(0, row, family, Role::Title);
            }
            Line::Entry(place, entry) => {
                let selected = *place == start.selected;
                if selected {
                    pen.char(0, row, theme.symbols().pointer, theme.style(Role::Focus));
                }
                let name = pen.clip(&entry.name, name_width - 1);
                pen.say(2, row, &name, Role::Text);
                let title = match &entry.needs_data {
                    Some(needs) => format!("needs --data: {needs}. {}", entry.title),
                    None => entry.title.clone(),
                };
                let title = pen.clip(&title, pen.width().saturating_sub(3 + name_width));
                let role = if selected { Role::Text } else { Role::Dim };
                pen.say(2 + name_width, row, &title, role);
                if selected {
                    let width = pen.width();
                    pen.restyle(
                        2,
                        row,
                        width.saturating_sub(2),
                        theme.style(Role::Selection),
                    );
                }
            }
        }
    }
    if lines.is_empty() {
        let why = if start.filter.is_empty() {
            "reading the presets ..."
        } else {
            "no preset contains that; esc shows all"
        };
        pen.say(1, 0, why, Role::Dim);
    }
}

fn draw_details(start: &Start, theme: Theme, area: Rect, buf: &mut Buffer) {
    let Some(entry) = start.chosen() else { return };
    let choice = start.choice().unwrap_or_default();
    PanelBox {
        theme,
        title: &choice,
        notes: &[],
        focused: false,
    }
    .render(area, buf);
    let mut pen = Pen::new(theme, PanelBox::inner(area), buf);
    let width = pen.width().saturating_sub(2);
    let mut row = 0;
    let mut say = |pen: &mut Pen, text: &str, role: Role| {
        for line in wrap(text, width) {
            pen.say(1, row, &line, role);
            row += 1;
        }
        row += 1;
    };
    say(&mut pen, &entry.title, Role::Title);
    if let Some(needs) = &entry.needs_data {
        let words = format!("Needs images that are not compiled in: give {needs} with --data DIR.");
        say(&mut pen, &words, Role::Warn);
    }
    if !entry.variants.is_empty() {
        let mut names = vec!["as it is".to_owned()];
        names.extend(entry.variants.iter().cloned());
        if let Some(name) = names.get_mut(start.variant) {
            *name = format!("[{name}]");
        }
        say(
            &mut pen,
            &format!("Variants: {}", names.join("  ")),
            Role::Value,
        );
    }
    say(&mut pen, &flow(entry.about.trim()), Role::Text);
}

fn small(start: &Start, pen: &mut Pen) {
    pen.say(0, 0, "hebbtop: choose a preset", Role::Accent);
    let shown = start.shown();
    let height = usize::from(pen.height().saturating_sub(1)).max(1);
    let top = (start.selected + 1).saturating_sub(height);
    for (row, (place, entry)) in shown.iter().enumerate().skip(top).take(height).enumerate() {
        let role = if place == start.selected {
            Role::Selection
        } else {
            Role::Text
        };
        pen.say(0, row as u16 + 1, &entry.name, role);
    }
}
