//! How often cells fire, where a raster would be full of dots.

use super::super::model::Balanced;
use crate::models::grid::{Meaning, pool};
use crate::models::panel::{PanelData, PanelRequest};
use crate::models::sweep_display::SweepDisplay;

pub const SWEEPS: &[&str] = &["5 s", "20 s", "1 s"];
const SECONDS: [f64; 3] = [5.0, 20.0, 1.0];

/// Bins of time in a sweep.
const BINS: usize = 250;

/// The raster's cells, and the rate of each (Hz) in every bin of the sweep.
pub fn density(model: &Balanced, request: &PanelRequest) -> PanelData {
    let spikes = &model.statistics.raster;
    let seconds = SECONDS[request.item.min(SECONDS.len() - 1)];
    let step = model.network.step_count();
    let display = SweepDisplay::new(seconds * 1e3 / model.network.dt(), BINS as u64);
    let cells: usize = spikes.watched().iter().map(Vec::len).sum();
    let mut rates = vec![0.0; cells * BINS];
    let of_a_spike = (BINS as f64 / seconds) as f32;
    for (at, place) in spikes.since(display.shown_after(step)) {
        let bin = display.column(at) as usize;
        rates[usize::from(place) * BINS + bin] += of_a_spike;
    }
    let meaning = Meaning {
        row_label: "cell, E above I",
        col_label: "sweep",
        unit: "Hz",
        signed: false,
    };
    let rate = |cell: usize, bin: usize| rates[cell * BINS + bin];
    PanelData::HeatMap(pool((cells, BINS), rate, request, meaning))
}
