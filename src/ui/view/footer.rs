//! The last line: the keys that matter now, from the key table.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::words::fill;
use crate::ui::keys::{Binding, Context, TABLE};
use crate::ui::state::State;
use crate::ui::theme::{Glyphs, Role, Theme};
use crate::ui::update::replay;
use crate::ui::widget::pen::pieces_width;
use crate::ui::widget::{Pen, Piece};

pub fn draw(state: &State, area: Rect, buf: &mut Buffer) {
    let theme = state.theme;
    let mut pen = Pen::new(theme, area, buf);
    let mut rows = rows(state);
    // The way to all the others comes first, the way out last.
    let last = rows.iter().position(|&i| TABLE[i].id == "quit");
    let last = last.map(|place| rows.remove(place));
    rows.sort_by_key(|&i| match TABLE[i].id {
        "help" | "command" => 0,
        "pause" => 1,
        _ => 2,
    });
    // Where the focus goes matters more than the rarer keys of where it is.
    if let Some(place) = rows.iter().position(|&i| TABLE[i].id == "next-panel") {
        let row = rows.remove(place);
        rows.insert(rows.len().min(5), row);
    }
    let end = last.map_or(Vec::new(), |i| hint(state, i));
    let room = pen.width().saturating_sub(pieces_width(theme, &end));
    let mut x = 1;
    for row in rows {
        let pieces = hint(state, row);
        if x + pieces_width(theme, &pieces) > room {
            continue;
        }
        x = pen.pieces(x, 0, &pieces);
    }
    let start = pen.width().saturating_sub(pieces_width(theme, &end));
    pen.pieces(start.max(x), 0, &end);
}

/// The rows that apply now and have a word for the footer, as places in the table.
fn rows(state: &State) -> Vec<usize> {
    let recorded = state
        .run
        .as_ref()
        .is_some_and(|run| run.replayed().is_some());
    let of = |context: &Context| {
        let rows = TABLE.iter().enumerate();
        let apply = rows.filter(|(_, row)| row.context == *context && !row.hint.is_empty());
        let apply = apply.filter(|(_, row)| !(recorded && replay::changes(row.action)));
        apply.map(|(place, _)| place).collect::<Vec<_>>()
    };
    state.contexts().iter().flat_map(of).collect()
}

/// Keys and words of all rows that apply now.
pub fn hints(state: &State) -> Vec<Vec<Piece>> {
    rows(state)
        .into_iter()
        .map(|row| hint(state, row))
        .collect()
}

fn hint(state: &State, row: usize) -> Vec<Piece> {
    let theme = state.theme;
    let words = fill(TABLE[row].hint, state);
    vec![
        (keys(state, row), theme.style(Role::Key)),
        (format!(" {words}  "), theme.style(Role::Dim)),
    ]
}

/// The first key of a row, and of the row below if that is its other direction.
fn keys(state: &State, row: usize) -> String {
    let first = |row: &Binding| first_key(state, row);
    let both = TABLE[row].paired.then(|| TABLE.get(row + 1)).flatten();
    match both {
        Some(other) => format!(
            "{}{}",
            first(&TABLE[row]),
            short_of(first(other), state.theme)
        ),
        None => first(&TABLE[row]),
    }
}

fn first_key(state: &State, row: &Binding) -> String {
    let ascii = state.theme.glyphs == Glyphs::Ascii;
    let keys = state.keys.keys(row);
    keys.first()
        .map_or_else(String::new, |key| key.short(ascii))
}

/// The other direction without what both names begin with: `shift-←→`.
fn short_of(name: String, theme: Theme) -> String {
    let bare = name.rsplit_once('-').filter(|(_, bare)| !bare.is_empty());
    match bare {
        Some((_, bare)) => bare.to_owned(),
        None if theme.glyphs == Glyphs::Ascii && name.len() > 1 => format!("/{name}"),
        None => name,
    }
}
