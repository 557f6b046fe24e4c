//! Spikes of some cells over time.

use super::axis::Axis;
use super::drawing::{Anchor, FAINT, INK, Shape};
use super::look::SERIES;
use super::number;
use super::sheet::{MARGIN, Sheet, TEXT, WIDTH};
use crate::models::panel::Raster;
use crate::models::table::Scale;

/// Rows and columns of dots to ask for.
pub const ROWS: u16 = 120;
pub const COLS: u16 = 1100;

const ROW: f64 = 2.0;
const GAP: f64 = 6.0;

/// Draws the spikes up to the time `now` (s) below what is on the sheet.
pub fn draw(raster: &Raster, now: f64, sheet: &mut Sheet) {
    let left = MARGIN + 62.0;
    let wide = WIDTH - MARGIN - left;
    let cols = f64::from(raster.cols.max(1));
    let from = (now - raster.sweep).max(0.0);
    let x = |seconds: f64| left + (seconds - from) / (now - from).max(1e-9) * wide;
    let mut top = sheet.down + 4.0;
    let start = top;
    for band in &raster.bands {
        let high = f64::from(band.rows) * ROW;
        // The screen begins anew at the left edge; on paper time goes on.
        let age = |col: u16| (raster.now + raster.cols - col) % raster.cols;
        let dot = |&(col, row): &(u16, u16)| {
            let seconds = now - f64::from(age(col)) / cols * raster.sweep;
            [
                x(seconds) - 0.6,
                top + f64::from(row) * ROW,
                1.2,
                0.85 * ROW,
            ]
        };
        let inside = |frame: &[f64; 4]| frame[0] >= left - 1.0;
        let boxes = band.dots.iter().map(dot).filter(inside).collect();
        let colour = SERIES[usize::from(band.group) % SERIES.len()];
        sheet.shapes.push(Shape::Boxes { boxes, colour });
        let middle = top + high / 2.0 + 0.36 * TEXT;
        let words = format!("{}, {} of {}", band.label, band.rows, band.cells);
        let lines = words.split_once(", ").unwrap_or((&words, ""));
        let at = |dy: f64| (left - 8.0, middle + dy);
        sheet
            .shapes
            .push(Shape::words(at(-0.6 * TEXT), Anchor::End, TEXT, lines.0));
        sheet.shapes.push(Shape::words(
            at(0.6 * TEXT),
            Anchor::End,
            0.85 * TEXT,
            lines.1,
        ));
        top += high;
        sheet.shapes.push(Shape::line(
            vec![(left, top + GAP / 2.0), (left + wide, top + GAP / 2.0)],
            FAINT,
            0.6,
        ));
        top += GAP;
    }
    let bottom = top;
    let axis = vec![(left, start), (left, bottom), (left + wide, bottom)];
    sheet.shapes.push(Shape::line(axis, INK, 0.9));
    let axis = Axis {
        low: from,
        high: now,
        scale: Scale::Linear,
    };
    for tick in axis.linear_ticks(8, number::tick) {
        let x = left + tick.at * wide;
        sheet
            .shapes
            .push(Shape::line(vec![(x, bottom), (x, bottom + 4.0)], INK, 0.9));
        let at = (x.min(WIDTH - MARGIN - 6.0), bottom + 6.0 + TEXT);
        sheet
            .shapes
            .push(Shape::words(at, Anchor::Middle, TEXT, tick.label));
    }
    sheet.down = bottom + 6.0 + 2.4 * TEXT;
    let at = (left + wide / 2.0, sheet.down);
    sheet
        .shapes
        .push(Shape::words(at, Anchor::Middle, TEXT, "time (s)"));
    sheet.down += 4.0;
}
