//! Spikes: raster, rates of cells, spectrum, correlations.

use super::super::model::Balanced;
use super::super::sizes::Population;
use super::super::statistics::GROUPS;
use super::super::theory::covariance::cross_spectrum;
use super::{curves, series};
use crate::models::grid::{Meaning, pool};
use crate::models::panel::{Band, Histogram, PanelData, PanelRequest, Picked, Raster};
use crate::models::sweep_display::SweepDisplay;
use crate::models::table::Scale;

pub const SWEEPS: &[&str] = &["1 s", "5 s", "20 s", "200 ms"];
const SECONDS: [f64; 4] = [1.0, 5.0, 20.0, 0.2];

/// Frequencies that are drawn (1/ms).
const HIGHEST: f64 = 0.2;

pub fn raster(model: &Balanced, request: &PanelRequest) -> PanelData {
    let statistics = &model.statistics;
    let sweep = SECONDS[request.item.min(SECONDS.len() - 1)];
    let cols = request.cols.max(2);
    let network = &model.network;
    let step = network.step_count();
    let display = SweepDisplay::new(sweep * 1e3 / network.dt(), u64::from(cols));
    let column = |step: u64| display.column(step) as u16;
    let now = column(step);
    let watched = statistics.raster.watched();
    let shown = rows_of_bands(model, request.rows);
    let mut bands = Vec::new();
    // Place of each watched cell: its band and row, if it is shown.
    let mut places = Vec::new();
    for (group, (ids, rows)) in watched.iter().zip(shown).enumerate() {
        let rows = usize::from(rows).min(ids.len());
        let first = places.len();
        places.resize(first + ids.len(), None);
        if rows == 0 {
            continue;
        }
        let mut shown = Vec::with_capacity(rows);
        for row in 0..rows {
            let place = row * ids.len() / rows;
            places[first + place] = Some((bands.len(), row as u16));
            shown.push(ids[place]);
        }
        bands.push(Band {
            label: label(model, group).to_owned(),
            group: u16::from(group >= 2),
            rows: rows as u16,
            cells: statistics.groups().range(group).len() as u32,
            ids: shown,
            dots: Vec::new(),
        });
    }
    let mut seen: Vec<Vec<bool>> = bands
        .iter()
        .map(|band| vec![false; usize::from(band.rows) * usize::from(cols)])
        .collect();
    for (at, place) in statistics.raster.since(display.shown_after(step)) {
        if let Some((band, row)) = places[usize::from(place)] {
            let col = column(at);
            let cell = &mut seen[band][usize::from(row) * usize::from(cols) + usize::from(col)];
            if !*cell {
                *cell = true;
                bands[band].dots.push((col, row));
            }
        }
    }
    PanelData::Raster(Raster {
        sweep,
        cols,
        now,
        bands,
        picked: Some(Picked {
            param: "watch".to_owned(),
            cell: model.settings.watch as u32,
        }),
    })
}

fn label(model: &Balanced, group: usize) -> &'static str {
    let parts = model.statistics.groups();
    let only = |other: usize| parts.range(other).is_empty();
    match group {
        0 if only(1) => "E",
        0 => "E1",
        1 if only(0) => "E",
        1 => "E2",
        2 if only(3) => "I",
        2 => "I1",
        3 if only(2) => "I",
        _ => "I2",
    }
}

/// Rows of dots for each group: three quarters for E, shared by the sizes of its parts.
fn rows_of_bands(model: &Balanced, rows: u16) -> [u16; GROUPS] {
    let sizes = model.settings.sizes;
    let groups = model.statistics.groups();
    let of = |population: Population| match population {
        Population::E => usize::from(rows) * 3 / 4,
        Population::I => usize::from(rows).div_ceil(4),
    };
    [0, 1, 2, 3].map(|group: usize| {
        let population = Population::ALL[group / 2];
        let share = groups.range(group).len() as f64 / sizes.of(population) as f64;
        (of(population) as f64 * share).round() as u16
    })
}

/// The most cells whose pairs are drawn.
const PAIRED: usize = 300;

const BINS: usize = 40;

pub fn rate_spread(model: &Balanced, request: &PanelRequest) -> PanelData {
    let statistics = &model.statistics;
    let step = statistics.step();
    if statistics.measured() < 0.5 {
        return PanelData::Nothing(
            "rates of cells are told after half a second of measurement".into(),
        );
    }
    let ids = model
        .settings
        .sizes
        .range(Population::ALL[request.item.min(1)]);
    let per_second = 1e3 * model.settings.steps_per_unit() as f64;
    let rates: Vec<f64> = ids
        .map(|id| per_second * statistics.cells.rate(id, step))
        .collect();
    PanelData::Histogram(histogram("rate", "Hz", &rates, 0.0))
}

/// From `low`, or the smallest value below it, to the largest.
pub fn histogram(label: &str, unit: &str, values: &[f64], low: f64) -> Histogram {
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    let low = finite().fold(low, f64::min);
    let high = finite().fold(low, f64::max);
    let width = if high > low {
        (high - low) / BINS as f64
    } else {
        1.0
    };
    let mut counts = vec![0; BINS];
    for value in finite() {
        counts[(((value - low) / width) as usize).min(BINS - 1)] += 1;
    }
    Histogram {
        label: label.to_owned(),
        unit: unit.to_owned(),
        edges: (0..=BINS).map(|k| low + k as f64 * width).collect(),
        counts,
    }
}

pub fn spectrum(model: &Balanced, request: &PanelRequest) -> PanelData {
    let statistics = &model.statistics;
    if statistics.spectrum.segments() == 0 {
        return PanelData::Nothing("a spectrum takes a second of measurement".into());
    }
    let (a, b) = [(0, 0), (1, 1), (0, 1)][request.item.min(2)];
    // Frequencies in Hz, densities in Hz^2 per Hz.
    let measured: Vec<(f64, f64)> = statistics
        .spectrum
        .density(a, b)
        .into_iter()
        .filter(|(f, _)| *f <= HIGHEST)
        .map(|(f, s)| (1e3 * f, positive(1e3 * s)))
        .collect();
    let outlook = statistics.outlook();
    let circuit = outlook.present(statistics.mean_weights(), model.network.stimulated());
    let own = match a == b {
        true => {
            let ids = model.settings.sizes.range(Population::ALL[a]);
            let count = ids.len() as f64;
            let per_ms = model.settings.steps_per_unit() as f64;
            statistics.cells.rates(ids, statistics.step()).0 * per_ms / count
        }
        false => 0.0,
    };
    let theory = (1..=100).map(|k| {
        let f = f64::from(k) / 100.0 * HIGHEST;
        let s = cross_spectrum(&circuit, outlook.n, f).map_or(f64::NAN, |s| s[a][b]);
        (1e3 * f, positive(1e3 * (s + own)))
    });
    let label = ["E", "I", "E with I"][request.item.min(2)];
    curves(
        "Hz",
        "Hz^2/Hz",
        Scale::Log,
        vec![
            series(label, 0, false, measured),
            series("theory", 0, true, theory.collect()),
        ],
    )
}

/// What a logarithmic axis can show.
fn positive(x: f64) -> f64 {
    if x > 0.0 { x } else { f64::NAN }
}

pub fn pairs(model: &Balanced, request: &PanelRequest) -> PanelData {
    let all = &model.statistics.covariance;
    if all.windows() < 3 {
        return PanelData::Nothing("covariances take three windows of the measurement".into());
    }
    // The picture takes a few milliseconds however large the sample is.
    let stride = all.sample().len().div_ceil(PAIRED);
    let cells = all.sample().len().div_ceil(stride);
    let value = |i: usize, j: usize| {
        let (i, j) = (i * stride, j * stride);
        if i == j {
            return 0.0;
        }
        let value = match request.item {
            0 => all.correlation(i, j),
            _ => all.of_sample(i, j),
        };
        // A silent cell is correlated with nothing.
        if value.is_finite() { value as f32 } else { 0.0 }
    };
    let meaning = Meaning {
        row_label: "cell",
        col_label: "cell",
        unit: "",
        signed: true,
    };
    PanelData::HeatMap(pool((cells, cells), value, request, meaning))
}
