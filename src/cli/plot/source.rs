//! A recording as it is drawn.

use std::path::Path;
use std::sync::Arc;

use crate::cli::exit::Failure;
use crate::cli::recording::course_of;
use crate::cli::run::open;
use crate::data::{Dataset, text};
use crate::engine::describe;
use crate::models::table::{Description, MetricSpec, PanelSpec};
use crate::preset::Preset;
use crate::record::Reading;
use crate::record::reading::Course;

/// A recording, the course of it that is drawn, and the tables of its model.
pub struct Source {
    pub reading: Reading,
    course: usize,
    pub images: Option<Arc<Dataset>>,
    table: Option<Description>,
}

impl Source {
    /// # Errors
    /// When there is no such recording or run of it.
    pub fn open(folder: &Path, data: Option<&Path>, run: Option<u32>) -> Result<Self, Failure> {
        let reading = Reading::open(folder)?;
        let course = course_of(&reading, run)?;
        let images = match data {
            Some(folder) => Some(open(folder)?),
            // Curves can be drawn without the images.
            None => reading.images.as_ref().and_then(|folder| open(folder).ok()),
        };
        let table = describe(&reading.courses[course].preset, images.clone()).ok();
        Ok(Self {
            course,
            reading,
            images,
            table,
        })
    }

    pub fn course(&self) -> &Course {
        &self.reading.courses[self.course]
    }

    pub fn is_last(&self) -> bool {
        self.course + 1 == self.reading.courses.len()
    }

    pub fn spec(&self, id: &str) -> Option<&MetricSpec> {
        let table = self.table.as_ref()?;
        table.metrics.iter().find(|spec| spec.id == id)
    }

    pub fn panels(&self) -> &[PanelSpec] {
        self.table.as_ref().map_or(&[], |table| &table.panels)
    }

    /// Of simulated time.
    pub fn seconds_per_unit(&self) -> Option<f64> {
        self.table.as_ref()?.seconds_per_unit
    }

    /// What a metric is measured in; empty for a plain number.
    pub fn unit(&self, id: &str) -> Option<&str> {
        let course = self.course();
        let metric = course.metric(id)?;
        Some(&course.columns[1 + metric].unit)
    }

    pub fn label(&self, id: &str) -> String {
        self.spec(id)
            .map_or_else(|| id.to_owned(), |spec| spec.label.to_string())
    }

    pub fn title(&self) -> String {
        let preset = &self.course().preset;
        match &preset.variant {
            Some(variant) => format!("{}:{variant}", preset.name),
            None => preset.name.clone(),
        }
    }

    /// What a reader needs to repeat it, with the folder's name where there are several.
    pub fn about(&self, named: bool) -> String {
        let preset: &Preset = &self.course().preset;
        let name = match named {
            true => format!("{}: ", self.reading.name()),
            false => String::new(),
        };
        format!(
            "{name}{}; seed {}; hebbtop {}.",
            text::line(&preset.title),
            preset.seed,
            env!("CARGO_PKG_VERSION")
        )
    }
}
