//! A matrix in colours, with the bar that says what they mean.

use super::drawing::{Anchor, Colour, GREY, INK, Shape, Words};
use super::look::{DIVERGING, SEQUENTIAL};
use super::number::round;
use super::sheet::{MARGIN, Sheet, TEXT, WIDTH};
use crate::models::panel::Grid;

/// The most rows and columns that a figure shows; larger matrices are pooled.
pub const ROWS: u16 = 120;
pub const COLS: u16 = 200;

const BAR: f64 = 14.0;

/// Draws the matrix below what is on the sheet.
pub fn draw(label: &str, grid: &Grid, sheet: &mut Sheet) {
    let left = MARGIN + 2.0 * TEXT;
    if !label.is_empty() {
        sheet.down += 1.8 * TEXT;
        let words = Shape::words((left, sheet.down), Anchor::Start, TEXT, label);
        sheet.shapes.push(words);
    }
    sheet.down += 6.0;
    let wide = WIDTH - left - 110.0;
    let (rows, cols) = (f64::from(grid.rows.max(1)), f64::from(grid.cols.max(1)));
    let high = (wide * f64::from(grid.window.rows) / f64::from(grid.window.cols.max(1)))
        .clamp(60.0, 230.0);
    let top = sheet.down;
    let limit = limit(grid);
    let ramp: &[Colour; 17] = if grid.signed { &DIVERGING } else { &SEQUENTIAL };
    let level = |value: f32| -> Option<usize> {
        let share = f64::from(value) / limit;
        let level = match grid.signed {
            true => 8.0 + 8.0 * share,
            false => 16.0 * share,
        };
        share
            .is_finite()
            .then(|| level.round().clamp(0.0, 16.0) as usize)
    };
    let mut boxes: Vec<Vec<[f64; 4]>> = vec![Vec::new(); 18];
    let (w, h) = (wide / cols, high / rows);
    for (row, values) in grid
        .values
        .chunks(usize::from(grid.cols.max(1)))
        .enumerate()
    {
        let mut start = 0;
        let levels: Vec<usize> = values.iter().map(|x| level(*x).unwrap_or(17)).collect();
        for run in levels.chunk_by(|a, b| a == b) {
            let x = left + start as f64 * w;
            boxes[run[0]].push([x, top + row as f64 * h, run.len() as f64 * w, h]);
            start += run.len();
        }
    }
    // What is no number is grey.
    for (boxes, colour) in boxes.into_iter().zip(ramp.iter().chain([&GREY])) {
        if !boxes.is_empty() {
            sheet.shapes.push(Shape::Boxes {
                boxes,
                colour: *colour,
            });
        }
    }
    let frame = |x: f64, wide: f64| {
        let (right, bottom) = (x + wide, top + high);
        let corners = vec![
            (x, top),
            (right, top),
            (right, bottom),
            (x, bottom),
            (x, top),
        ];
        Shape::line(corners, INK, 0.8)
    };
    sheet.shapes.push(frame(left, wide));
    let bar = left + wide + 18.0;
    for (i, colour) in ramp.iter().enumerate() {
        let h = high / 17.0;
        let place = [bar, top + high - (i + 1) as f64 * h, BAR, h];
        sheet.shapes.push(Shape::Boxes {
            boxes: vec![place],
            colour: *colour,
        });
    }
    sheet.shapes.push(frame(bar, BAR));
    let unit = match grid.unit.as_str() {
        "" => String::new(),
        unit => format!(" {unit}"),
    };
    let ends = match grid.signed {
        true => vec![(0.0, -limit), (0.5, 0.0), (1.0, limit)],
        false => vec![(0.0, 0.0), (1.0, limit)],
    };
    for (at, value) in ends {
        let y = top + (1.0 - at) * high;
        let tick = vec![(bar + BAR, y), (bar + BAR + 4.0, y)];
        sheet.shapes.push(Shape::line(tick, INK, 0.8));
        let words = format!("{}{unit}", round(value));
        let at = (bar + BAR + 7.0, y + 0.36 * TEXT);
        sheet
            .shapes
            .push(Shape::words(at, Anchor::Start, TEXT, words));
    }
    let count = |n: u32, what: &str| format!("{what} (1 to {n})");
    sheet.shapes.push(Shape::Words(Words {
        at: (MARGIN + TEXT, top + high / 2.0),
        text: count(grid.shape.0, &grid.row_label),
        size: TEXT,
        anchor: Anchor::Middle,
        colour: INK,
        bold: false,
        turned: true,
    }));
    sheet.down = top + high + 1.3 * TEXT;
    let below = count(grid.shape.1, &grid.col_label);
    sheet.shapes.push(Shape::words(
        (left + wide / 2.0, sheet.down),
        Anchor::Middle,
        TEXT,
        below,
    ));
    sheet.down += 8.0;
}

/// The value of the last colour: a few outliers do not bleach the rest.
fn limit(grid: &Grid) -> f64 {
    let largest = grid.stats.min.abs().max(grid.stats.max.abs());
    let limit = if grid.stats.p99 > 0.0 {
        grid.stats.p99
    } else {
        largest
    };
    if limit.is_finite() && limit > 0.0 {
        limit
    } else {
        1.0
    }
}
