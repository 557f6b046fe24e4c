//! A sweep, or any folder of recordings, as somebody sees it who reads only what has grown.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::error::SweepError;
use super::folder::{PLAN, Sweep};
use super::outcome::Outcome;
use crate::data::text;
use crate::models::param::display;
use crate::record::RecordError;

/// Metrics that are followed.
const METRICS: usize = 3;

/// Places of a course; when there are more, every second one goes.
const PLACES: usize = 512;

/// Bytes that one look takes from one run.
const BITE: u64 = 1 << 20;

/// A run that has written nothing for so long is not running.
const STILL: Duration = Duration::from_secs(5);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    Running,
    Failed,
    Stopped,
    Done,
    Waiting,
}

impl Stage {
    pub fn word(&self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Failed => "failed",
            Self::Stopped => "stopped",
            Self::Done => "done",
            Self::Waiting => "waiting",
        }
    }
}

pub struct WatchedRun {
    pub name: String,
    /// What sets it apart: parameters and seed.
    pub about: String,
    pub stage: Stage,
    pub step: u64,
    pub length: u64,
    /// For each of [`Watched::metrics`], what has been measured at which step.
    pub courses: Vec<Vec<(f64, f64)>>,
    folder: PathBuf,
    /// Columns of the file for those metrics, once its header has been read.
    columns: Option<Vec<usize>>,
    read: u64,
    /// Rows between two that are kept.
    stride: u64,
    rows: u64,
}

pub struct Watched {
    pub metrics: Vec<String>,
    pub runs: Vec<WatchedRun>,
}

impl Watched {
    /// # Errors
    /// When the folder is neither a sweep nor one with recordings.
    pub fn open(root: &Path) -> Result<Self, SweepError> {
        let mut watched = Self {
            metrics: Vec::new(),
            runs: Vec::new(),
        };
        if root.join(PLAN).is_file() {
            let sweep = Sweep::open(root)?;
            watched.metrics.clone_from(&sweep.plan.report);
            for index in 0..sweep.plan.points() {
                let point = sweep.plan.point(index);
                let given = sweep.plan.columns().iter().zip(&point.values);
                let mut about: Vec<String> = given
                    .filter_map(|(id, value)| Some(format!("{id}={}", display(value.as_ref()?))))
                    .collect();
                about.insert(0, format!("seed={}", point.seed));
                watched.runs.push(WatchedRun::new(
                    format!("{index:05}"),
                    about.join(" "),
                    sweep.place_of(index),
                    sweep.plan.preset.length,
                ));
            }
            return Ok(watched);
        }
        let entries = fs::read_dir(root).map_err(|error| RecordError::io(root, &error))?;
        for entry in entries.flatten() {
            let folder = entry.path();
            let Ok(preset) = fs::read_to_string(folder.join("preset.toml")) else {
                continue;
            };
            let key = |key: &str| {
                let mut lines = preset.lines();
                let line = lines.find_map(|line| line.strip_prefix(key));
                line.map_or_else(String::new, |words| {
                    words.trim_matches([' ', '=', '"']).to_owned()
                })
            };
            watched.runs.push(WatchedRun::new(
                text::line(&entry.file_name().to_string_lossy()),
                format!("{} seed={}", text::line(&key("title")), key("seed")),
                folder,
                key("length").parse().unwrap_or(0),
            ));
        }
        if watched.runs.is_empty() {
            let what = "holds neither a sweep nor recordings";
            return Err(RecordError::new(root, what).into());
        }
        watched.runs.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(watched)
    }

    /// Reads what has grown.
    pub fn look(&mut self) {
        for run in &mut self.runs {
            run.look(&mut self.metrics);
        }
    }
}

impl WatchedRun {
    fn new(name: String, about: String, folder: PathBuf, length: u64) -> Self {
        Self {
            name,
            about,
            stage: Stage::Waiting,
            step: 0,
            length,
            courses: Vec::new(),
            folder,
            columns: None,
            read: 0,
            stride: 1,
            rows: 0,
        }
    }

    fn look(&mut self, metrics: &mut Vec<String>) {
        if matches!(self.stage, Stage::Done | Stage::Failed) && self.is_read() {
            return;
        }
        let path = self.folder.join("metrics.csv");
        if let Ok(metadata) = fs::metadata(&path) {
            let quiet = metadata
                .modified()
                .ok()
                .and_then(|when| when.elapsed().ok());
            let still = quiet.is_some_and(|quiet| quiet > STILL);
            self.stage = if still {
                Stage::Stopped
            } else {
                Stage::Running
            };
            if metadata.len() < self.read {
                // A resumed run has cut it: from the beginning again.
                (self.read, self.columns, self.rows, self.stride) = (0, None, 0, 1);
            }
            if metadata.len() > self.read {
                self.take(&path, metrics);
            }
        }
        match Outcome::read(&self.folder) {
            Some(Outcome { failed: None, .. }) => self.stage = Stage::Done,
            Some(_) => self.stage = Stage::Failed,
            None if self.stage == Stage::Stopped && self.step >= self.length => {
                self.stage = Stage::Done;
            }
            None => {}
        }
    }

    fn is_read(&self) -> bool {
        let metadata = fs::metadata(self.folder.join("metrics.csv"));
        metadata.is_ok_and(|metadata| metadata.len() == self.read)
    }

    fn take(&mut self, path: &Path, metrics: &mut Vec<String>) {
        let mut bytes = Vec::new();
        let read = File::open(path).and_then(|mut file| {
            file.seek(SeekFrom::Start(self.read))?;
            file.take(BITE).read_to_end(&mut bytes)
        });
        let whole = bytes.iter().rposition(|&byte| byte == b'\n');
        let (Ok(_), Some(end)) = (read, whole) else {
            return;
        };
        self.read += end as u64 + 1;
        for line in String::from_utf8_lossy(&bytes[..end]).lines() {
            match self.columns.take() {
                None => self.begin(line, metrics),
                Some(columns) => {
                    self.row(line, &columns);
                    self.columns = Some(columns);
                }
            }
        }
    }

    fn begin(&mut self, header: &str, metrics: &mut Vec<String>) {
        let id = |cell: &str| {
            text::line(
                cell.split(" [")
                    .next()
                    .unwrap_or_default()
                    .trim_matches('"'),
            )
        };
        let ids: Vec<String> = header.split(',').map(id).collect();
        if metrics.is_empty() {
            metrics.extend(ids.iter().skip(1).take(METRICS).cloned());
        }
        metrics.truncate(METRICS);
        let place = |metric: &String| ids.iter().position(|id| id == metric);
        let columns = metrics
            .iter()
            .map(|metric| place(metric).unwrap_or(usize::MAX));
        self.columns = Some(columns.collect());
        self.courses = vec![Vec::new(); metrics.len()];
    }

    fn row(&mut self, line: &str, columns: &[usize]) {
        let cells: Vec<&str> = line.split(',').collect();
        let Some(step) = cells.first().and_then(|cell| cell.parse().ok()) else {
            return;
        };
        self.step = step;
        self.rows += 1;
        if !self.rows.is_multiple_of(self.stride) {
            return;
        }
        for (course, &column) in self.courses.iter_mut().zip(columns) {
            // A cell is empty where nothing was measured.
            if let Some(x) = cells.get(column).and_then(|cell| cell.parse().ok()) {
                course.push((step as f64, x));
            }
        }
        if self.courses.iter().any(|course| course.len() > PLACES) {
            self.stride *= 2;
            for course in &mut self.courses {
                let mut odd = false;
                course.retain(|_| {
                    odd = !odd;
                    odd
                });
            }
        }
    }

    /// The last value of a metric.
    pub fn last(&self, metric: usize) -> f64 {
        let course = self.courses.get(metric);
        course
            .and_then(|course| course.last())
            .map_or(f64::NAN, |(_, x)| *x)
    }

    pub fn share(&self) -> f64 {
        (self.step as f64 / self.length.max(1) as f64).min(1.0)
    }
}
