//! Spikes cell by cell: counts, rates, inter-spike intervals.

use serde::{Deserialize, Serialize};

use crate::models::grid::stats;

/// What is kept of one cell. All of it in one cache line: a spike touches nothing else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Cell {
    /// Spikes in the present covariance window.
    window: u32,
    /// Spikes since the measurement began, and the steps of the first and the last of them.
    count: u32,
    first: u64,
    last: u64,
    /// Sum of the squared intervals between them (steps squared).
    squares: f64,
    /// Spikes in the present block and in the one before, for the rates that weights are compared with.
    present: u32,
    previous: u32,
}

/// Counters of all cells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cells {
    cells: Vec<Cell>,
    /// Step at which the measurement began.
    began: u64,
    /// Step at which the present block began, and the steps of the block before (0: none).
    block: u64,
    before: u64,
}

impl Cells {
    pub fn new(n: usize) -> Self {
        Self {
            cells: vec![Cell::default(); n],
            began: 0,
            block: 0,
            before: 0,
        }
    }

    pub fn len(&self) -> usize {
        self.cells.len()
    }

    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// Takes the spikes of one step.
    pub fn take(&mut self, step: u64, fired: &[u32]) {
        for &id in fired {
            let cell = &mut self.cells[id as usize];
            cell.window += 1;
            cell.present += 1;
            if cell.count == 0 {
                cell.first = step;
            } else {
                let interval = (step - cell.last) as f64;
                cell.squares += interval * interval;
            }
            cell.count += 1;
            cell.last = step;
        }
    }

    /// Hands the counts of the window to `each` in the order of the cells and begins a new one.
    pub fn end_window(&mut self, mut each: impl FnMut(usize, u32)) {
        for (id, cell) in self.cells.iter_mut().enumerate() {
            each(id, cell.window);
            cell.window = 0;
        }
    }

    /// Begins the measurement of rates and intervals anew after `step`.
    pub fn restart(&mut self, step: u64) {
        self.began = step;
        for cell in &mut self.cells {
            *cell = Cell {
                present: cell.present,
                previous: cell.previous,
                ..Cell::default()
            };
        }
    }

    /// Begins a new block after `step`.
    pub fn end_block(&mut self, step: u64) {
        self.before = step - self.block;
        self.block = step;
        for cell in &mut self.cells {
            cell.previous = cell.present;
            cell.present = 0;
        }
    }

    /// Spikes of cell `id` a step since the measurement began.
    pub fn rate(&self, id: usize, step: u64) -> f64 {
        f64::from(self.cells[id].count) / (step - self.began) as f64
    }

    /// Spikes of cell `id` a step in this block and the one before.
    pub fn recent_rate(&self, id: usize, step: u64) -> f64 {
        let cell = &self.cells[id];
        f64::from(cell.present + cell.previous) / (step - self.block + self.before) as f64
    }

    /// Mean and standard deviation over `ids` of the spikes a step since the measurement began.
    pub fn rates(&self, ids: std::ops::Range<usize>, step: u64) -> (f64, f64) {
        let spread = stats(ids.len(), ids.map(|id| self.rate(id, step)));
        (spread.mean, spread.sd)
    }

    /// Coefficient of variation of the intervals of cell `id`; `None` below two intervals.
    pub fn cv(&self, id: usize) -> Option<f64> {
        let cell = &self.cells[id];
        let intervals = f64::from(cell.count.checked_sub(1).filter(|n| *n >= 2)?);
        let mean = (cell.last - cell.first) as f64 / intervals;
        let variance = (cell.squares - intervals * mean * mean) / (intervals - 1.0);
        Some(variance.max(0.0).sqrt() / mean)
    }

    /// Mean coefficient of variation over the cells of `ids` that have one above 0; NaN without any.
    pub fn mean_cv(&self, ids: std::ops::Range<usize>) -> f64 {
        let (mut sum, mut count) = (0.0, 0.0);
        for cv in ids.filter_map(|id| self.cv(id)).filter(|cv| *cv > 0.0) {
            sum += cv;
            count += 1.0;
        }
        sum / count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_and_their_variation() {
        let mut cells = Cells::new(3);
        // Intervals 2, 4, 9 of cell 1; cell 2 ticks.
        for step in [5, 7, 11, 20] {
            cells.take(step, &[1]);
        }
        for step in [30, 40, 50] {
            cells.take(step, &[2]);
        }
        let mean = 5.0f64;
        let sd = ((9.0 + 1.0 + 16.0) / 2.0f64).sqrt();
        assert!((cells.cv(1).unwrap() - sd / mean).abs() < 1e-12);
        assert_eq!((cells.cv(0), cells.cv(2)), (None, Some(0.0)));
        assert_eq!(cells.mean_cv(0..3), cells.cv(1).unwrap());
        assert_eq!(cells.rate(1, 50), 4.0 / 50.0);
        cells.restart(50);
        cells.take(60, &[1]);
        assert_eq!(cells.rate(1, 70), 1.0 / 20.0);
        assert_eq!(cells.recent_rate(1, 100), 5.0 / 100.0);
        cells.end_block(100);
        cells.end_block(200);
        cells.take(210, &[1]);
        assert_eq!(cells.recent_rate(1, 300), 1.0 / 200.0);
    }

    #[test]
    fn windows_begin_empty() {
        let mut cells = Cells::new(2);
        cells.take(1, &[0, 1]);
        cells.take(2, &[1]);
        let mut counts = Vec::new();
        cells.end_window(|_, count| counts.push(count));
        cells.end_window(|_, count| counts.push(count));
        assert_eq!(counts, [1, 2, 0, 0]);
    }
}
