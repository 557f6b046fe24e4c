//! The thread that keeps a run in a folder.

use std::fs::{self, Permissions};
use std::io::{BufWriter, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use super::appending::Appending;
use super::checkpoint::{self, Checkpoint, Written};
use super::clock;
use super::error::RecordError;
use super::export::{about, checkpoint_step, npz, safetensors};
use super::folder::{CHECKPOINT, Folder, JOURNAL, PRESET, RUN, WEIGHTS_NPZ, WEIGHTS_SAFETENSORS};
use super::scope::Scope;
use super::{journal, metrics, spikes};
use crate::data::text;
use crate::engine::{About, Entry, Machine, Past, Record, Recorder, Snapshot};
use crate::models::array::Array;
use crate::models::family;
use crate::preset::write::to_toml;
use crate::preset::{Preset, When};

/// Records that may wait while a checkpoint goes to the disk; for more the model waits.
const WAITING: usize = 8192;

/// Rows are written at least so often.
const FLUSH: Duration = Duration::from_millis(500);

/// Records are taken together that come within this time.
const GATHER: Duration = Duration::from_millis(5);

/// Rows are not collected beyond so many bytes.
const LARGE: usize = 1 << 20;

/// Of a run that is one of many, so much is done again after a crash of the machine.
const CARELESS: Duration = Duration::from_secs(10);

/// When what is written is made to survive a crash of the machine, beyond one of the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Care {
    #[default]
    Always,
    /// Only of a run that has lasted: to wait for the disk would cost a short one more than itself.
    Long,
}

impl Care {
    fn from(self) -> Instant {
        match self {
            Self::Always => Instant::now(),
            Self::Long => Instant::now() + CARELESS,
        }
    }
}

/// How a run is kept in a new folder.
#[derive(Clone, Debug, Default)]
pub struct New {
    /// A recording that is in the folder goes.
    pub force: bool,
    /// Where the run's images came from, for whoever resumes it.
    pub images: Option<PathBuf>,
    pub care: Care,
    pub scope: Scope,
}

impl New {
    /// Keeps a run in the folder `path`.
    /// # Errors
    /// See [`Folder::create`].
    pub fn create(self, path: &Path) -> Result<Recorder, RecordError> {
        let folder = Folder::create(path, self.force)?;
        let journal = Appending::new(folder.file(JOURNAL));
        start(Keeper {
            folder,
            images: self.images,
            scope: self.scope,
            about: None,
            segment: 0,
            ended: Vec::new(),
            rows: None,
            spikes: None,
            journal,
            checkpoint: None,
            heard: false,
            untidy: None,
            careful_from: self.care.from(),
        })
    }
}

/// What a recording holds for a run that goes on.
pub struct Kept {
    pub checkpoint: Checkpoint,
    pub past: Past,
    /// Where its images came from.
    pub images: Option<PathBuf>,
    pub recorder: Recorder,
}

/// Reads a recording and keeps on recording in its folder, from its checkpoint on. Nothing is
/// changed before the first record comes.
/// # Errors
/// When there is no recording, it is damaged, or another process holds it.
pub fn reopen(path: &Path) -> Result<Kept, RecordError> {
    reopen_with(path, Care::Always)
}

/// [`reopen`], with another care.
/// # Errors
/// See [`reopen`].
pub fn reopen_with(path: &Path, care: Care) -> Result<Kept, RecordError> {
    let folder = Folder::open(path)?;
    let checkpoint = checkpoint::read(&folder.file(CHECKPOINT))?;
    let Written {
        segment,
        metrics_bytes,
        journal_bytes,
        spikes_bytes,
    } = checkpoint.written;
    let rows = folder.metrics(segment);
    let lines = folder.file(JOURNAL);
    let spikes = folder.spikes(segment);
    let mut parts = vec![(&rows, metrics_bytes), (&lines, journal_bytes)];
    if spikes_bytes > 0 {
        parts.push((&spikes, spikes_bytes));
    }
    for (file, bytes) in parts {
        let metadata = fs::metadata(file).map_err(|error| RecordError::io(file, &error))?;
        if metadata.len() < bytes {
            let what = "is shorter than when the checkpoint was made";
            return Err(RecordError::new(file, what));
        }
    }
    let past = Past {
        journal: journal::read_first(&lines, journal_bytes)?,
        samples: metrics::rows(&rows, metrics_bytes),
        machine: Some(checkpoint.machine.clone()),
        length: None,
    };
    let Described { images, scope } = described_in(&folder.file(RUN))?;
    let spikes = Appending::after(spikes, spikes_bytes).headed(spikes::header);
    let recorder = start(Keeper {
        folder,
        images: None,
        scope,
        about: None,
        segment,
        ended: Vec::new(),
        rows: Some(Appending::after(rows, metrics_bytes)),
        spikes: (spikes_bytes > 0).then_some(spikes),
        journal: Appending::after(lines, journal_bytes),
        checkpoint: None,
        heard: false,
        untidy: Some(segment),
        careful_from: care.from(),
    })?;
    Ok(Kept {
        checkpoint,
        past,
        images,
        recorder,
    })
}

fn start(keeper: Keeper) -> Result<Recorder, RecordError> {
    let path = keeper.folder.path().to_owned();
    let wants = keeper.scope.wants();
    let (records, inbox) = bounded(WAITING);
    let (tell, trouble) = bounded(1);
    let thread = std::thread::Builder::new()
        .name("recorder".into())
        .spawn(move || keeper.run(&inbox, &tell))
        .map_err(|error| RecordError::io(&path, &error))?;
    Ok(Recorder {
        name: text::line(&path.display().to_string()),
        records,
        trouble,
        thread,
        wants,
    })
}

struct Keeper {
    folder: Folder,
    images: Option<PathBuf>,
    scope: Scope,
    /// What preset.toml and run.toml have still to say.
    about: Option<Box<About>>,
    /// Number of the file of metrics, from 1.
    segment: u32,
    /// Files of metrics and spikes that have still to be written to their ends.
    ended: Vec<Appending>,
    rows: Option<Appending>,
    spikes: Option<Appending>,
    journal: Appending,
    /// The latest, as long as it is not written, and what of the files belongs to it: more may have
    /// come since.
    checkpoint: Option<(Arc<Snapshot>, Arc<[Array]>, Written)>,
    /// Whether any record has come.
    heard: bool,
    /// The last file of metrics to keep of what was there before.
    untidy: Option<u32>,
    /// From when on the disk is waited for.
    careful_from: Instant,
}

impl Keeper {
    /// Until the run has ended; gives what could not be written.
    fn run(mut self, inbox: &Receiver<Record>, tell: &Sender<String>) -> Option<String> {
        let mut due = Instant::now() + FLUSH;
        loop {
            match inbox.recv_deadline(due) {
                Ok(record) => {
                    self.take(record);
                    // To be woken for each record would cost the run more than the record.
                    std::thread::sleep(GATHER);
                    inbox.try_iter().for_each(|record| self.take(record));
                }
                Err(RecvTimeoutError::Timeout) if !self.waits() => {
                    // Nothing to do before something comes.
                    match inbox.recv() {
                        Ok(record) => self.take(record),
                        Err(_) => break,
                    }
                    due = Instant::now() + FLUSH;
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            let large = self.rows.as_ref().is_some_and(|rows| rows.waits() > LARGE);
            if Instant::now() >= due || large || self.checkpoint.is_some() {
                if let Err(error) = self.flush() {
                    // One that waits already says enough.
                    let _ = tell.try_send(error.to_string());
                    self.draw_breath(inbox);
                }
                due = Instant::now() + FLUSH;
            }
        }
        if !self.heard {
            return None;
        }
        self.flush().err().map(|error| error.to_string())
    }

    /// After a failure: takes what comes, and waits before it tries again.
    fn draw_breath(&mut self, inbox: &Receiver<Record>) {
        let until = Instant::now() + FLUSH;
        while let Ok(record) = inbox.recv_deadline(until) {
            self.take(record);
        }
    }

    fn take(&mut self, record: Record) {
        self.heard = true;
        match record {
            Record::Start { about, journal } => {
                for entry in &journal {
                    journal::write(entry, self.journal.waiting());
                }
                self.begin_rows(&about);
                self.about = Some(about);
            }
            Record::Anew(about) => self.begin_rows(&about),
            Record::Sample { step, metrics } => {
                let due = step.is_multiple_of(self.scope.metrics_every.get());
                if let Some(rows) = self.rows.as_mut().filter(|_| due) {
                    metrics::row(step, &metrics, rows.waiting());
                }
            }
            Record::Journal(entry) => self.note(&entry),
            Record::Spikes(spikes) => {
                if let Some(file) = &mut self.spikes {
                    spikes::rows(&spikes, file.waiting());
                }
            }
            Record::Checkpoint(snapshot, arrays) => {
                let all = |file: &Appending| file.length() + file.waits() as u64;
                let written = Written {
                    segment: self.segment,
                    metrics_bytes: self.rows.as_ref().map_or(0, all),
                    journal_bytes: all(&self.journal),
                    spikes_bytes: self.spikes.as_ref().map_or(0, all),
                };
                self.checkpoint = Some((snapshot, arrays, written));
            }
            Record::Log(_) => {}
        }
    }

    fn note(&mut self, entry: &Entry) {
        journal::write(entry, self.journal.waiting());
    }

    /// A new file of metrics, and one of spikes.
    fn begin_rows(&mut self, about: &About) {
        self.ended.extend(self.rows.take());
        self.ended.extend(self.spikes.take());
        self.segment += 1;
        let mut rows = Appending::new(self.folder.metrics(self.segment));
        metrics::header(&about.description, rows.waiting());
        self.rows = Some(rows);
        if self.scope.spikes && family(&about.description.family).is_some_and(|f| f.spikes) {
            let file = Appending::new(self.folder.spikes(self.segment));
            self.spikes = Some(file.headed(spikes::header));
        }
    }

    /// Those of the present run.
    fn files(&self) -> impl Iterator<Item = &Appending> {
        let measured = self.rows.iter().chain(&self.spikes);
        measured.chain(std::iter::once(&self.journal))
    }

    fn waits(&self) -> bool {
        let files = self.files().chain(&self.ended);
        self.about.is_some()
            || self.checkpoint.is_some()
            || files.map(Appending::waits).sum::<usize>() > 0
    }

    /// Writes everything that waits; the checkpoint last, because it counts on the rest.
    fn flush(&mut self) -> Result<(), RecordError> {
        if let Some(last) = self.untidy {
            self.folder.forget_after(last)?;
            self.untidy = None;
        }
        let careful = Instant::now() >= self.careful_from;
        if let Some(about) = &self.about {
            let preset = preset_file(&about.preset);
            put(&self.folder.file(PRESET), &preset, careful)?;
            let mut run = described(about, self.images.as_deref());
            run.push_str(&self.scope.write());
            put(&self.folder.file(RUN), &run, careful)?;
            self.about = None;
        }
        while let Some(rows) = self.ended.first_mut() {
            flush(rows)?;
            if careful {
                sync(rows)?;
            }
            self.ended.remove(0);
        }
        let measured = self.rows.iter_mut().chain(&mut self.spikes);
        measured.chain([&mut self.journal]).try_for_each(flush)?;
        if let Some((snapshot, arrays, written)) = &self.checkpoint {
            let path = self.folder.file(CHECKPOINT);
            for file in self.files().filter(|_| careful) {
                sync(file)?;
            }
            if self.scope.weights {
                self.keep_weights(snapshot, arrays, careful)?;
            }
            checkpoint::write(&path, snapshot, written, careful)
                .map_err(|error| RecordError::io(&path, &error))?;
            self.checkpoint = None;
        }
        Ok(())
    }

    fn keep_weights(
        &self,
        snapshot: &Snapshot,
        arrays: &[Array],
        careful: bool,
    ) -> Result<(), RecordError> {
        let path = self.folder.file(WEIGHTS_SAFETENSORS);
        put_with(&path, careful, |out| {
            safetensors::write(arrays, &about(snapshot), out)
        })?;
        let mut arrays = arrays.to_vec();
        arrays.push(checkpoint_step(snapshot));
        let path = self.folder.file(WEIGHTS_NPZ);
        put_with(&path, careful, |out| npz::write(&arrays, out))
    }
}

fn flush(file: &mut Appending) -> Result<(), RecordError> {
    file.flush()
        .map_err(|error| RecordError::io(file.path(), &error))
}

fn sync(file: &Appending) -> Result<(), RecordError> {
    file.sync()
        .map_err(|error| RecordError::io(file.path(), &error))
}

/// Writes a file whole, or not at all; `careful` waits until it survives a crash of the machine.
/// # Errors
/// When the system cannot.
pub fn put(path: &Path, content: &str, careful: bool) -> Result<(), RecordError> {
    put_with(path, careful, |out| out.write_all(content.as_bytes()))
}

fn put_with(
    path: &Path,
    careful: bool,
    content: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> Result<(), RecordError> {
    let write = || -> std::io::Result<()> {
        let folder = path.parent().unwrap_or(Path::new("."));
        let mut file = tempfile::Builder::new()
            .prefix(checkpoint::UNFINISHED)
            .permissions(Permissions::from_mode(0o666))
            .tempfile_in(folder)?;
        let mut out = BufWriter::new(file.as_file_mut());
        content(&mut out)?;
        out.flush()?;
        drop(out);
        if careful {
            file.as_file().sync_all()?;
        }
        file.persist(path).map_err(|refused| refused.error)?;
        Ok(())
    };
    write().map_err(|error| RecordError::io(path, &error))
}

/// The text of preset.toml: a run of the recorded length.
fn preset_file(preset: &Preset) -> String {
    let mut preset = preset.clone();
    let length = preset.length;
    preset.schedule.retain(|entry| entry.step <= length);
    preset.expect.retain(|expect| match expect.when {
        When::Step(step) | When::MeanOfLast(step) => step <= length,
        When::End | When::Max | When::Min => true,
    });
    to_toml(&preset)
}

/// The text of run.toml.
fn described(about: &About, images: Option<&Path>) -> String {
    let string = |words: &str| toml::Value::String(words.to_owned()).to_string();
    let Machine { version, isa } = Machine::here();
    let mut out = format!("preset = {}\n", string(&about.preset.name));
    let mut line = |key: &str, words: &str| {
        out.push_str(&format!("{key} = {}\n", string(words)));
    };
    if let Some(variant) = &about.preset.variant {
        line("variant", variant);
    }
    line("model", &about.description.family);
    line("unit", &about.description.unit);
    line("seed", &about.seed.to_string());
    if let Some((name, sha256)) = &about.data {
        line("data", name);
        line("sha256", sha256);
    }
    if let Some(images) = images.and_then(Path::to_str) {
        line("images", images);
    }
    line("version", &version);
    line("isa", &isa);
    line("started", &clock::now());
    out
}

/// What run.toml says for whoever goes on.
pub(super) struct Described {
    /// The folder of images.
    pub images: Option<PathBuf>,
    pub scope: Scope,
}

pub(super) fn described_in(path: &Path) -> Result<Described, RecordError> {
    let content = fs::read_to_string(path).map_err(|error| RecordError::io(path, &error))?;
    let table = toml::de::DeTable::parse(&content)
        .map_err(|error| RecordError::new(path, text::line(error.message())))?;
    let images = table.get_ref().get("images");
    let words = images.and_then(|images| images.get_ref().as_str());
    Ok(Described {
        images: words.map(PathBuf::from),
        scope: Scope::read(table.get_ref()).map_err(|what| RecordError::new(path, what))?,
    })
}
