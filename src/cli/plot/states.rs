//! What the last checkpoint holds: spikes and weights.

use super::source::Source;
use crate::cli::exit::{Failure, Outcome};
use crate::engine::revive;
use crate::figure::number::round;
use crate::figure::sheet::Sheet;
use crate::figure::{map, raster};
use crate::models::Model;
use crate::models::panel::{PanelData, PanelRequest, Reduce};
use crate::models::table::{Description, PanelKind, Text};

/// The model of a checkpoint.
pub struct State {
    model: Box<dyn Model>,
    table: Description,
    step: u64,
}

impl State {
    /// # Errors
    /// When there is no checkpoint, or its images are not here.
    pub fn open(source: &Source) -> Result<Self, Failure> {
        let checkpoint = source.reading.checkpoint()?;
        let (model, table) = revive(&checkpoint.snapshot, source.images.clone())?;
        Ok(Self {
            model,
            table,
            step: checkpoint.snapshot.place.step,
        })
    }

    /// Where the checkpoint was written, in words.
    fn place(&self) -> String {
        match self.table.seconds_per_unit {
            Some(_) => format!("{} {}", self.step, self.table.unit),
            None => format!("{} {}", self.table.unit, self.step),
        }
    }

    fn panel(&self, kind: &PanelKind, view: Option<&str>) -> Option<usize> {
        let mut panels = self.table.panels.iter();
        panels.position(|panel| panel.kind == *kind && view.is_none_or(|view| panel.view == view))
    }

    fn ask(&self, panel: usize, item: usize, rows: u16, cols: u16) -> PanelData {
        self.model.panel(&PanelRequest {
            panel,
            item,
            rows,
            cols,
            reduce: Reduce::Mean,
            window: None,
            cursor: None,
        })
    }

    /// # Errors
    /// When this model has no spikes, or did not keep them.
    pub fn raster(&self, sheet: &mut Sheet) -> Outcome {
        let Some(number) = self.panel(&PanelKind::Raster, None) else {
            let what = format!("--raster: {} has no spikes", self.table.family);
            return Err(Failure::Usage(what));
        };
        match self.ask(number, 0, raster::ROWS, raster::COLS) {
            PanelData::Raster(data) => {
                let now = self.step as f64 * self.table.seconds_per_unit.unwrap_or(1e-3);
                let seconds = data.sweep.min(now);
                raster::draw(&data, now, sheet);
                sheet.caption(&format!(
                    "Spikes of some cells, a row each, in the last {} s before the checkpoint at {}.",
                    round(seconds),
                    self.place()
                ));
                Ok(())
            }
            other => Err(none("--raster", other)),
        }
    }

    /// # Errors
    /// When this model has no matrix of weights.
    pub fn weights(&self, sheet: &mut Sheet) -> Outcome {
        let Some(number) = self.panel(&PanelKind::HeatMap, Some("Weights")) else {
            let what = format!("--weights: {} has no matrix of weights", self.table.family);
            return Err(Failure::Usage(what));
        };
        let spec = &self.table.panels[number];
        let mut pooled = false;
        for item in matrices(&spec.items) {
            let label = match spec.items.get(item) {
                Some(name) => format!("{} {name}", spec.label),
                None => spec.label.to_string(),
            };
            match self.ask(number, item, map::ROWS, map::COLS) {
                PanelData::HeatMap(grid) => {
                    pooled |= (u32::from(grid.rows), u32::from(grid.cols)) != grid.shape;
                    map::draw(&label, &grid, sheet);
                }
                other => return Err(none("--weights", other)),
            }
        }
        let means = match pooled {
            true => " Large matrices are shown as means of blocks.",
            false => "",
        };
        sheet.caption(&format!(
            "Weights in the checkpoint at {}; the last colour is the 99th percentile of magnitudes.{means}",
            self.place()
        ));
        Ok(())
    }
}

/// The items of a panel that are weights rather than feedback or changes: `W1`, `W2`; else the first.
fn matrices(items: &[Text]) -> Vec<usize> {
    let is_weights = |name: &Text| {
        let digits = name.strip_prefix('W');
        digits.is_some_and(|digits| digits.starts_with(|c: char| c.is_ascii_digit()))
    };
    let chosen: Vec<usize> = (0..items.len())
        .filter(|&i| is_weights(&items[i]))
        .collect();
    match chosen.is_empty() {
        true => vec![0],
        false => chosen,
    }
}

fn none(option: &str, data: PanelData) -> Failure {
    Failure::Usage(match data {
        PanelData::Nothing(why) => format!("{option}: {why}"),
        _ => format!("{option}: the model shows something else there"),
    })
}
