//! The weight matrix, pooled over the synapses that exist.

use super::super::model::Balanced;
use super::super::sizes::{Block, Population};
use crate::models::grid::stats;
use crate::models::panel::{Cell, Grid, PanelData, PanelRequest, Reduce, Window};

pub const ORDERS: &[&str] = &["by number", "by rate"];

/// About so many synapses are looked at: columns beyond are left out evenly, so that a picture takes
/// a few milliseconds.
const SYNAPSES: f64 = 300_000.0;

/// What is gathered for one pixel.
#[derive(Clone, Copy, Default)]
struct Pixel {
    count: u32,
    sum: f64,
    squares: f64,
    extreme: f32,
}

pub fn matrix(model: &Balanced, request: &PanelRequest) -> PanelData {
    let n = model.settings.sizes.n();
    let window = window(n, request.window);
    let (order, rank) = orders(model, request.item);
    let (rows, cols) = (
        usize::from(request.rows).clamp(1, window.rows as usize),
        usize::from(request.cols).clamp(1, window.cols as usize),
    );
    let (top, left) = (window.row as usize, window.col as usize);
    let (high, wide) = (window.rows as usize, window.cols as usize);
    let synapses: usize = Block::ALL
        .iter()
        .map(|block| model.network.synapses(*block))
        .sum();
    let of_columns = synapses as f64 * wide as f64 / n as f64;
    // At least one presynaptic cell in each column of pixels.
    let stride = ((of_columns / SYNAPSES).ceil() as usize).clamp(1, (wide / cols).max(1));
    let root = model.settings.root_n();
    let mut pixels = vec![Pixel::default(); rows * cols];
    let mut weights = Vec::new();
    let mut sample = Vec::new();
    for place in (0..wide).step_by(stride) {
        let pre = order[left + place];
        let col = place * cols / wide;
        for (block, k, posts) in blocks_from(model, pre) {
            let wires = model.network.wires(block);
            model.network.column(block, k, &mut weights);
            for (synapse, weight) in wires.column(k).zip(&weights) {
                let row = rank[posts + wires.target(synapse)];
                let Some(down) = row.checked_sub(top).filter(|down| *down < high) else {
                    continue;
                };
                let j = (root * f64::from(*weight)) as f32;
                let pixel = &mut pixels[down * rows / high * cols + col];
                pixel.count += 1;
                pixel.sum += f64::from(j);
                pixel.squares += f64::from(j) * f64::from(j);
                if j.abs() > pixel.extreme.abs() {
                    pixel.extreme = j;
                }
                sample.push(f64::from(j));
            }
        }
    }
    let value = |pixel: &Pixel| {
        let count = f64::from(pixel.count);
        let mean = pixel.sum / count;
        match (pixel.count, request.reduce) {
            (0, _) => 0.0,
            (_, Reduce::Mean) => mean as f32,
            (_, Reduce::MaxAbs) => pixel.extreme,
            (_, Reduce::Sd) => (pixel.squares / count - mean * mean).max(0.0).sqrt() as f32,
        }
    };
    let cell = request
        .cursor
        .filter(|(row, col)| (*row as usize) < n && (*col as usize) < n)
        .map(|(row, col)| Cell {
            row,
            col,
            value: weight(model, order[row as usize], order[col as usize]),
        });
    PanelData::HeatMap(Grid {
        rows: rows as u16,
        cols: cols as u16,
        values: pixels.iter().map(value).collect(),
        shape: (n as u32, n as u32),
        window,
        reduce: request.reduce,
        signed: true,
        row_label: "post".into(),
        col_label: "pre".into(),
        unit: "mV".into(),
        stats: stats(sample.len(), sample.iter().copied()),
        cell,
    })
}

/// The blocks of synapses from a cell, its number within them, and where their targets begin.
fn blocks_from(model: &Balanced, pre: usize) -> [(Block, usize, usize); 2] {
    let sizes = &model.settings.sizes;
    let from = if pre < sizes.e {
        Population::E
    } else {
        Population::I
    };
    let k = pre - sizes.range(from).start;
    Population::ALL.map(|to| (Block::between(to, from), k, sizes.range(to).start))
}

/// The weight `j` (mV) between two cells; 0 where there is no synapse.
fn weight(model: &Balanced, post: usize, pre: usize) -> f64 {
    let sizes = &model.settings.sizes;
    let to = usize::from(post >= sizes.e);
    let (block, k, posts) = blocks_from(model, pre)[to];
    let synapse = model.network.wires(block).find(post - posts, k);
    synapse.map_or(0.0, |synapse| {
        model.settings.root_n() * model.network.weight(block, synapse)
    })
}

/// The cell at each place, and the place of each cell.
fn orders(model: &Balanced, item: usize) -> (Vec<usize>, Vec<usize>) {
    let n = model.settings.sizes.n();
    let mut order: Vec<usize> = (0..n).collect();
    if item > 0 && model.statistics.step() > 0 {
        let step = model.statistics.step();
        let rate = |id: &usize| model.statistics.cells.recent_rate(*id, step);
        for population in Population::ALL {
            let range = model.settings.sizes.range(population);
            order[range].sort_by(|a, b| rate(a).total_cmp(&rate(b)));
        }
    }
    let mut rank = vec![0; n];
    for (place, id) in order.iter().enumerate() {
        rank[*id] = place;
    }
    (order, rank)
}

fn window(n: usize, wanted: Option<Window>) -> Window {
    let n = n as u32;
    let whole = Window {
        row: 0,
        col: 0,
        rows: n,
        cols: n,
    };
    let Some(wanted) = wanted else { return whole };
    let inside = Window {
        rows: wanted.rows.min(n.saturating_sub(wanted.row)),
        cols: wanted.cols.min(n.saturating_sub(wanted.col)),
        ..wanted
    };
    if inside.rows == 0 || inside.cols == 0 {
        whole
    } else {
        inside
    }
}
