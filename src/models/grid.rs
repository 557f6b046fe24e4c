//! A matrix pooled to the size that a screen asked for.

use super::panel::{Cell, Grid, GridStats, PanelRequest, Reduce, Window};

/// What the numbers of a matrix are.
#[derive(Clone, Copy, Debug)]
pub struct Meaning<'a> {
    pub row_label: &'a str,
    pub col_label: &'a str,
    pub unit: &'a str,
    /// Whether the sign matters: zero is then the middle of the colours.
    pub signed: bool,
}

/// Numbers from which a percentile is taken.
const SAMPLE: usize = 20_000;

/// Pools the `rows` x `cols` matrix `value(row, col)` as `request` wishes. An empty or outlying
/// window counts as the whole matrix.
pub fn pool(
    (rows, cols): (usize, usize),
    value: impl Fn(usize, usize) -> f32,
    request: &PanelRequest,
    meaning: Meaning<'_>,
) -> Grid {
    let window = window(rows, cols, request.window);
    let (top, left) = (window.row as usize, window.col as usize);
    let (high, wide) = (window.rows as usize, window.cols as usize);
    let (out_rows, out_cols) = (
        high.min(usize::from(request.rows).max(1)),
        wide.min(usize::from(request.cols).max(1)),
    );
    let mut values = Vec::with_capacity(out_rows * out_cols);
    for r in 0..out_rows {
        let down = top + r * high / out_rows..top + (r + 1) * high / out_rows;
        for c in 0..out_cols {
            let across = left + c * wide / out_cols..left + (c + 1) * wide / out_cols;
            let block = down
                .clone()
                .flat_map(|row| across.clone().map(move |col| (row, col)))
                .map(|(row, col)| value(row, col));
            values.push(reduce(request.reduce, block));
        }
    }
    let inside = |row: usize, col: usize| {
        (top..top + high).contains(&row) && (left..left + wide).contains(&col)
    };
    let cell = request
        .cursor
        .map(|(row, col)| (row as usize, col as usize))
        .filter(|&(row, col)| inside(row, col))
        .map(|(row, col)| Cell {
            row: row as u32,
            col: col as u32,
            value: value(row, col).into(),
        });
    let elements = (top..top + high).flat_map(|row| (left..left + wide).map(move |col| (row, col)));
    Grid {
        rows: out_rows as u16,
        cols: out_cols as u16,
        values,
        shape: (rows as u32, cols as u32),
        window,
        reduce: request.reduce,
        signed: meaning.signed,
        row_label: meaning.row_label.to_owned(),
        col_label: meaning.col_label.to_owned(),
        unit: meaning.unit.to_owned(),
        stats: stats(
            high * wide,
            elements.map(|(row, col)| value(row, col).into()),
        ),
        cell,
    }
}

fn window(rows: usize, cols: usize, wanted: Option<Window>) -> Window {
    let whole = Window {
        row: 0,
        col: 0,
        rows: rows as u32,
        cols: cols as u32,
    };
    let Some(wanted) = wanted else { return whole };
    let inside = Window {
        rows: wanted.rows.min(whole.rows.saturating_sub(wanted.row)),
        cols: wanted.cols.min(whole.cols.saturating_sub(wanted.col)),
        ..wanted
    };
    if inside.rows == 0 || inside.cols == 0 {
        whole
    } else {
        inside
    }
}

fn reduce(how: Reduce, block: impl Iterator<Item = f32>) -> f32 {
    let (mut count, mut sum, mut squares, mut extreme) = (0.0, 0.0, 0.0, 0.0f32);
    for x in block {
        if !x.is_finite() {
            return f32::NAN;
        }
        let wide = f64::from(x);
        count += 1.0;
        sum += wide;
        squares += wide * wide;
        if x.abs() > extreme.abs() {
            extreme = x;
        }
    }
    let mean = sum / count;
    match how {
        // One element has no spread: it is shown itself.
        _ if count == 1.0 => extreme,
        Reduce::Mean => mean as f32,
        Reduce::MaxAbs => extreme,
        Reduce::Sd => (squares / count - mean * mean).max(0.0).sqrt() as f32,
    }
}

/// Statistics of `count` numbers; those that are not finite are counted and left out.
pub fn stats(count: usize, numbers: impl Iterator<Item = f64>) -> GridStats {
    let stride = count.div_ceil(SAMPLE).max(1);
    let mut sample = Vec::with_capacity(count.div_ceil(stride));
    let (mut finite, mut zeros, mut sum, mut squares) = (0u64, 0u64, 0.0, 0.0);
    let (mut min, mut max) = (f64::INFINITY, f64::NEG_INFINITY);
    let mut non_finite = 0;
    for (i, x) in numbers.enumerate() {
        if !x.is_finite() {
            non_finite += 1;
            continue;
        }
        finite += 1;
        zeros += u64::from(x == 0.0);
        sum += x;
        squares += x * x;
        min = min.min(x);
        max = max.max(x);
        if i % stride == 0 {
            sample.push(x.abs());
        }
    }
    if finite == 0 {
        let nan = f64::NAN;
        return GridStats {
            mean: nan,
            sd: nan,
            min: nan,
            max: nan,
            p99: nan,
            non_finite,
            zeros: nan,
        };
    }
    let mean = sum / finite as f64;
    let place = (sample.len() * 99).div_ceil(100).saturating_sub(1);
    let p99 = match sample.is_empty() {
        true => min.abs().max(max.abs()),
        false => *sample.select_nth_unstable_by(place, f64::total_cmp).1,
    };
    GridStats {
        mean,
        sd: (squares / finite as f64 - mean * mean).max(0.0).sqrt(),
        min,
        max,
        p99,
        non_finite,
        zeros: zeros as f64 / finite as f64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Meaning<'_> = Meaning {
        row_label: "to",
        col_label: "from",
        unit: "mV",
        signed: true,
    };

    fn request(rows: u16, cols: u16, reduce: Reduce) -> PanelRequest {
        PanelRequest {
            panel: 0,
            item: 0,
            rows,
            cols,
            reduce,
            window: None,
            cursor: None,
        }
    }

    /// Every element must fall into exactly one block: the mean of block means weighted by block
    /// sizes is then the mean of all, for sizes that do not divide.
    #[test]
    fn every_element_is_pooled_once() {
        let value = |r: usize, c: usize| (r * 7 + c) as f32;
        let grid = pool((7, 7), value, &request(3, 2, Reduce::Mean), PLAIN);
        assert_eq!((grid.rows, grid.cols, grid.shape), (3, 2, (7, 7)));
        let (high, wide) = ([2.0, 2.0, 3.0], [3.0, 4.0]);
        let weighted: f32 = (0..6)
            .map(|i| grid.values[i] * high[i / 2] * wide[i % 2])
            .sum();
        assert_eq!(weighted / 49.0, 24.0);
        assert_eq!(grid.stats.mean, 24.0);
        assert_eq!((grid.stats.min, grid.stats.max), (0.0, 48.0));
    }

    #[test]
    fn reductions_and_gaps() {
        let value = |r: usize, c: usize| match (r, c) {
            (0, 0) => -9.0,
            (0, 3) => f32::NAN,
            _ => 3.0,
        };
        let of = |reduce| pool((1, 4), value, &request(1, 2, reduce), PLAIN);
        assert_eq!(of(Reduce::MaxAbs).values[0], -9.0);
        assert_eq!(of(Reduce::Mean).values[0], -3.0);
        assert_eq!(of(Reduce::Sd).values[0], 6.0);
        assert!(of(Reduce::Mean).values[1].is_nan());
        assert_eq!(of(Reduce::Mean).stats.non_finite, 1);
    }

    #[test]
    fn windows_are_held_inside_and_cursors_outside_report_nothing() {
        let value = |r: usize, c: usize| (10 * r + c) as f32;
        let mut asked = request(90, 90, Reduce::Mean);
        asked.window = Some(Window {
            row: 2,
            col: 1,
            rows: 50,
            cols: 2,
        });
        asked.cursor = Some((3, 2));
        let grid = pool((4, 6), value, &asked, PLAIN);
        assert_eq!(grid.values, [21.0, 22.0, 31.0, 32.0]);
        assert_eq!(grid.cell.map(|cell| cell.value), Some(32.0));
        asked.cursor = Some((0, 0));
        assert_eq!(pool((4, 6), value, &asked, PLAIN).cell, None);
        asked.window = Some(Window {
            row: 9,
            col: 0,
            rows: 1,
            cols: 1,
        });
        assert_eq!(pool((4, 6), value, &asked, PLAIN).window.rows, 4);
    }
}
