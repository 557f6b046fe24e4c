//! Rasters of a recording that has its spikes: their dots are read at the step that is shown.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::Recording;
use crate::models::panel::Raster;
use crate::models::sweep_display::SweepDisplay;
use crate::record::spikes::{HEADER, ROW};

/// More spikes than that are not on any screen.
const MOST: u64 = 1 << 20;

/// The spikes of a course.
pub struct Spikes {
    files: Vec<(File, u64)>,
    /// Of simulated time.
    seconds_per_unit: f64,
}

impl Spikes {
    /// Where the recording has any, and its units a length in time.
    pub fn of(recording: &Recording) -> Option<Self> {
        let seconds_per_unit = recording.about.description.seconds_per_unit?;
        let files = recording.course().files();
        let files: Vec<(File, u64)> = files
            .filter_map(|(metrics, kept)| Some((File::open(beside(metrics)?).ok()?, kept)))
            .collect();
        (!files.is_empty()).then_some(Self {
            files,
            seconds_per_unit,
        })
    }

    /// Puts the dots of the spikes up to `unit` into a raster that a model drew at another time;
    /// a unit has `per_unit` time steps.
    pub fn put(&self, raster: &mut Raster, unit: u64, per_unit: f64) {
        let now = (unit as f64 * per_unit).round() as u64;
        let steps = raster.sweep / self.seconds_per_unit * per_unit;
        let display = SweepDisplay::new(steps, u64::from(raster.cols));
        let column = |step: u64| display.column(step) as u16;
        raster.now = column(now);
        let mut dots: Vec<Vec<(u16, u16)>> = vec![Vec::new(); raster.bands.len()];
        for [step, cell] in self.between(display.shown_after(now), now, per_unit) {
            let shown = raster
                .bands
                .iter()
                .enumerate()
                .find_map(|(band, shown)| Some((band, shown.ids.binary_search(&cell).ok()?)));
            if let Some((band, row)) = shown {
                dots[band].push((column(u64::from(step)), row as u16));
            }
        }
        for (band, mut dots) in raster.bands.iter_mut().zip(dots) {
            dots.sort_unstable();
            dots.dedup();
            band.dots = dots;
        }
    }

    /// Spikes after time step `from` up to `to`.
    fn between(&self, from: u64, to: u64, per_unit: f64) -> Vec<[u32; 2]> {
        let mut found = Vec::new();
        for (file, kept) in &self.files {
            // What was abandoned lies behind it in the same file.
            let last = (*kept as f64 * per_unit).min(to as f64) as u64;
            let rows = file.metadata().map_or(0, |file| file.len());
            let rows = rows.saturating_sub(HEADER) / ROW;
            let first = first_after(file, rows, from);
            let behind = first_after(file, rows, last);
            let count = behind.saturating_sub(first).min(MOST);
            let mut bytes = vec![0; (count * ROW) as usize];
            if file.read_exact_at(&mut bytes, HEADER + first * ROW).is_ok() {
                let (rows, _) = bytes.as_chunks::<8>();
                found.extend(rows.iter().map(spike));
            }
        }
        found
    }
}

/// `spikes-2.npy` beside `metrics-2.csv`.
fn beside(metrics: &Path) -> Option<PathBuf> {
    let name = metrics
        .file_stem()?
        .to_str()?
        .replacen("metrics", "spikes", 1);
    Some(metrics.with_file_name(format!("{name}.npy")))
}

fn spike(row: &[u8; 8]) -> [u32; 2] {
    let (halves, _) = row.as_chunks::<4>();
    [u32::from_le_bytes(halves[0]), u32::from_le_bytes(halves[1])]
}

/// The number of the first row whose time step is later; rows are in the order of time.
fn first_after(file: &File, rows: u64, step: u64) -> u64 {
    let (mut low, mut high) = (0, rows);
    while low < high {
        let middle = low + (high - low) / 2;
        let mut row = [0; 8];
        // What cannot be read is as good as later.
        let is_after = file.read_exact_at(&mut row, HEADER + middle * ROW).is_err()
            || u64::from(spike(&row)[0]) > step;
        match is_after {
            true => high = middle,
            false => low = middle + 1,
        }
    }
    low
}
