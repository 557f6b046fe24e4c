//! Panels that are no curves: a recording holds what they show at its last checkpoint.

use std::path::Path;

use crossbeam_channel::{Receiver, bounded};

use super::Recording;
use super::spikes::Spikes;
use crate::data::text;
use crate::engine::{Snapshot, revive};
use crate::models::Model;
use crate::models::panel::{PanelData, PanelRequest};
use crate::record::{CHECKPOINT, metrics_name};

/// Pictures that are kept: the model behind them does not move.
const KEPT: usize = 24;

/// The model, the step of its checkpoint, and how many quanta there had been by then.
type Revived = Result<(Box<dyn Model>, u64, u64), String>;

pub struct Panels {
    coming: Option<Receiver<Revived>>,
    model: Revived,
    drawn: Vec<(PanelRequest, PanelData)>,
    spikes: Option<Spikes>,
}

impl Panels {
    /// Brings the model of the checkpoint back away from the caller: that may take a while.
    pub fn of(recording: &Recording) -> Self {
        let (give, coming) = bounded(1);
        let snapshot = snapshot(recording);
        let images = recording.images.clone();
        std::thread::spawn(move || {
            let model = snapshot().and_then(|snapshot| {
                let revived = revive(&snapshot, images).map_err(|error| error.to_string());
                Ok((revived?.0, snapshot.place.step, snapshot.place.quanta))
            });
            // Nobody waits any more when the screen has been left.
            let _ = give.send(model);
        });
        Self {
            coming: Some(coming),
            model: Err("the checkpoint is being read".into()),
            drawn: Vec::new(),
            spikes: Spikes::of(recording),
        }
    }

    /// The step of the checkpoint, once, when its model has come.
    pub fn arrived(&mut self) -> Option<u64> {
        let model = self.coming.as_ref()?.try_recv().ok()?;
        self.coming = None;
        self.model = model;
        self.model.as_ref().ok().map(|(_, step, _)| *step)
    }

    /// The panels as requested, at `step` as far as that is recorded; none at all while the model is on its way, so that they are asked for
    /// again.
    pub fn draw(&mut self, requests: &[PanelRequest], step: u64) -> Vec<PanelData> {
        if self.coming.is_some() {
            return Vec::new();
        }
        let draw = |request| {
            let mut data = self.one(request);
            if let (PanelData::Raster(raster), Some(spikes)) = (&mut data, &self.spikes)
                && let Ok((_, last @ 1.., quanta)) = &self.model
            {
                spikes.put(raster, step, *quanta as f64 / *last as f64);
            }
            data
        };
        requests.iter().map(draw).collect()
    }

    fn one(&mut self, request: &PanelRequest) -> PanelData {
        let known = self.drawn.iter().find(|(other, _)| other == request);
        if let Some((_, data)) = known {
            return data.clone();
        }
        match &self.model {
            Ok((model, ..)) => {
                let data = model.panel(request);
                if self.drawn.len() == KEPT {
                    self.drawn.remove(0);
                }
                self.drawn.push((request.clone(), data.clone()));
                data
            }
            Err(why) => PanelData::Nothing(format!("nothing is recorded of this: {why}")),
        }
    }
}

/// Reads the checkpoint, where it is one of the course that is shown.
fn snapshot(recording: &Recording) -> impl FnOnce() -> Result<Snapshot, String> + Send + use<> {
    let folder = recording.reading.folder().to_owned();
    let name = |file: &Path| Some(file.file_name()?.to_owned());
    let files: Vec<_> = recording.course().files().map(|(f, _)| name(f)).collect();
    move || {
        let file = folder.join(CHECKPOINT);
        let checkpoint = crate::record::checkpoint::read(&file).map_err(|e| e.to_string())?;
        let metrics = metrics_name(checkpoint.written.segment);
        if !files.contains(&Some(metrics.clone().into())) {
            let file = text::line(&file.display().to_string());
            return Err(format!("{file} belongs to another run, that of {metrics}"));
        }
        Ok(checkpoint.snapshot)
    }
}
