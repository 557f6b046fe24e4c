//! What a heat map says in words: its scale, its statistics, the element under the cursor.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::format::{self, percent, short, signed};
use super::super::pen::{Pen, Piece, pieces_width};
use super::HeatMap;
use crate::models::panel::{Grid, Reduce};
use crate::ui::theme::Role;

const SPACE: u16 = 2;

/// For the title, the most important first.
pub(super) fn notes(grid: &Grid, limit: f32, frozen: bool) -> Vec<String> {
    let sign = if grid.signed { "±" } else { "0–" };
    let limit = format::with_unit(&format::round(f64::from(limit)), &grid.unit);
    let mut notes = vec![format!("{sign}{limit}")];
    if frozen {
        notes.push("scale frozen".into());
    }
    notes.extend(reduction(grid));
    notes.push(format!("{}×{}", grid.shape.0, grid.shape.1));
    notes
}

/// How many elements a cell stands for, and how they became one number.
fn reduction(grid: &Grid) -> Option<String> {
    let (rows, cols) = (grid.window.rows, grid.window.cols);
    let block = |length: u32, cells: u16| {
        let each = f64::from(length) / f64::from(cells.max(1));
        let decimals = usize::from(each.fract() >= 0.05);
        format!("{each:.decimals$}")
    };
    let pooled = rows > u32::from(grid.rows) || cols > u32::from(grid.cols);
    let mode = match grid.reduce {
        Reduce::Mean => "mean",
        Reduce::MaxAbs => "max-abs",
        Reduce::Sd => "sd",
    };
    let (rows, cols) = (block(rows, grid.rows), block(cols, grid.cols));
    pooled.then(|| format!("{mode} of {rows}×{cols}"))
}

pub(super) fn draw(map: &HeatMap<'_>, limit: f32, area: Rect, buf: &mut Buffer) {
    let mut pen = Pen::new(map.theme, area, buf);
    let element = element(map);
    match (pen.height(), element.is_empty()) {
        (0, _) => {}
        (1, false) => row(&mut pen, 0, map, element),
        (1, true) => row(&mut pen, 0, map, statistics(map, limit)),
        _ => {
            row(&mut pen, 0, map, statistics(map, limit));
            row(&mut pen, 1, map, element);
        }
    }
}

/// Writes as many groups as fit, each whole.
fn row(pen: &mut Pen<'_>, y: u16, map: &HeatMap<'_>, groups: Vec<Vec<Piece>>) {
    let mut x = 0;
    for group in groups {
        let width = pieces_width(map.theme, &group);
        if x > 0 && x + width > pen.width() {
            return;
        }
        x = pen.pieces(x, y, &group) + SPACE;
    }
}

fn statistics(map: &HeatMap<'_>, limit: f32) -> Vec<Vec<Piece>> {
    let grid = map.grid;
    let finite = grid.values.iter().filter(|x| x.is_finite());
    let beyond = grid
        .values
        .iter()
        .filter(|x| x.abs() > limit && x.is_finite());
    let saturated = beyond.count() as f64 / finite.count().max(1) as f64;
    let stats = grid.stats;
    let named = |name: &str, value: String| {
        vec![
            (format!("{name} "), map.theme.style(Role::Dim)),
            (value, map.theme.style(Role::Value)),
        ]
    };
    let mut groups = vec![named("sat", format!("{:>5}", percent(saturated)))];
    let not_finite = format!("not finite {}", format::count(stats.non_finite as f64));
    let role = if stats.non_finite > 0 {
        Role::Bad
    } else {
        Role::Dim
    };
    groups.push(vec![(not_finite, map.theme.style(role))]);
    let width = format::SHORT_WIDTH;
    groups.push(named("sd", format::fixed(stats.sd, width)));
    groups.push(named("mean", format::fixed(stats.mean, width)));
    groups.push(named("p99", format::fixed(stats.p99, width)));
    if stats.zeros >= 0.005 {
        groups.push(named("zero", format!("{:>4}", percent(stats.zeros))));
    }
    groups.push(named("min", format::fixed(stats.min, width)));
    groups.push(named("max", format::fixed(stats.max, width)));
    groups
}

/// The element under the cursor, and which part of the matrix is shown if it is not the whole.
fn element(map: &HeatMap<'_>) -> Vec<Vec<Piece>> {
    let grid = map.grid;
    let dim = map.theme.style(Role::Dim);
    let mut groups = Vec::new();
    if let Some((row, col)) = map.cursor {
        let known = grid
            .cell
            .as_ref()
            .filter(|cell| (cell.row, cell.col) == (row, col));
        let value = known.map_or(f64::NAN, |cell| cell.value);
        let value = if grid.signed {
            signed(value)
        } else {
            short(value)
        };
        let width = format::SHORT_WIDTH + 1;
        let place = match (grid.row_label.as_str(), grid.col_label.as_str()) {
            ("", "") => format!("[{row},{col}]"),
            (rows, cols) => format!("{rows} {row} {cols} {col}"),
        };
        let unit = if grid.unit.is_empty() {
            String::new()
        } else {
            format!(" {}", grid.unit)
        };
        groups.push(vec![
            (format!("{place} "), map.theme.style(Role::Crosshair)),
            (
                format!("{value:>width$}{unit}"),
                map.theme.style(Role::Value),
            ),
        ]);
    }
    let window = grid.window;
    let part = |name: &str, from: u32, length: u32, of: u32| {
        let last = from.saturating_add(length).saturating_sub(1);
        let words = format!("{name} {from}–{last} of {of}");
        (length < of).then(|| vec![(words, dim)])
    };
    groups.extend(part("rows", window.row, window.rows, grid.shape.0));
    groups.extend(part("cols", window.col, window.cols, grid.shape.1));
    if groups.is_empty() && !(grid.row_label.is_empty() && grid.col_label.is_empty()) {
        let words = format!("rows {}  cols {}", grid.row_label, grid.col_label);
        groups.push(vec![(words, dim)]);
    }
    groups
}
