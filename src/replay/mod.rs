//! A recorded run in the place of a simulated one: the same commands in, the same frames out.
//!
//! A thread answers a screen from the metrics of a recording, which it reads through a file of
//! buckets beside them ([`pyramid`]), from its journal (`timeline`), and, for the panels that are
//! no curves, from its last checkpoint (`panels`), but for rasters of recorded spikes
//! (`spikes`). Nothing is simulated.

mod panels;
mod player;
pub mod pyramid;
mod spikes;
mod timeline;

use std::sync::Arc;

use crate::data::Dataset;
use crate::engine::{About, Replayed, StartError, Subscription, describe};
use crate::record::reading::Course;
use crate::record::{Reading, RecordError};
use pyramid::{Progress, Pyramid};

/// A recording that is ready to be played.
pub struct Recording {
    reading: Reading,
    course: usize,
    images: Option<Arc<Dataset>>,
    about: Box<About>,
    pyramid: Pyramid,
    /// Why the buckets had to be counted anew, where that was so.
    pub renewed: Option<String>,
}

/// Why a recording cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error(transparent)]
    Tables(#[from] StartError),
}

impl Recording {
    /// Opens course number `course` of `reading`, counted from 0; `progress` hears how far the file of
    /// buckets is, should it have to be written.
    /// # Errors
    /// When the recording is damaged, or its model's tables need images that are not here.
    /// # Panics
    /// When there is no such course.
    pub fn open(
        reading: Reading,
        course: usize,
        images: Option<Arc<Dataset>>,
        progress: &mut Progress,
    ) -> Result<Self, ReplayError> {
        let shown = &reading.courses[course];
        let description = describe(&shown.preset, images.clone())?;
        let file = pyramid::file(reading.folder(), course);
        let (pyramid, renewed) = pyramid::of(&file, shown, progress)?;
        let about = About {
            description,
            preset: shown.preset.clone(),
            seed: shown.preset.seed,
            data: None,
            replayed: Some(Replayed {
                folder: reading.folder().display().to_string(),
                last: pyramid.samples(),
                panels: None,
            }),
            back_to: None,
        };
        Ok(Self {
            about: Box::new(about),
            reading,
            course,
            images,
            pyramid,
            renewed,
        })
    }

    /// Starts the thread, which ends when it is told to or nobody listens any more.
    /// # Errors
    /// When the system has no room for a thread.
    pub fn play(self) -> std::io::Result<Subscription> {
        player::start(self)
    }

    fn course(&self) -> &Course {
        &self.reading.courses[self.course]
    }
}
