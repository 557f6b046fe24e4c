//! What the screen knows of a run, and how it is looking at it.

use std::time::Duration;

use super::panel::{Drawn, PanelState, period};
use super::params::Params;
use super::stretch::Stretch;
use super::tab::{Focus, Tab, TabKind, tabs};
use super::tour::Tour;
use crate::engine::{
    About, Command, CommandId, Cursor, Frame, History, LogKind, LogLine, Replayed, Request,
    RunState,
};
use crate::models::Description;
use crate::models::panel::{PanelData, PanelRequest};
use crate::models::table::{Applies, Kind, PanelKind, ParamSpec};
use crate::remote::Company;

/// Log lines kept; the engine keeps as many.
const LOG_LINES: usize = 2000;

/// Smoothing of the curves: how much of the past each sample keeps.
pub const SMOOTHING: [f64; 4] = [0.0, 0.8, 0.95, 0.99];

/// What the message line says, and how it is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub words: String,
    pub tone: Tone,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Plain,
    Good,
    Refused,
    Fault,
}

/// A command that has not been answered.
#[derive(Clone, Debug)]
struct Asked {
    id: CommandId,
    command: Command,
    param: Option<usize>,
}

/// The view is held still; the run goes on.
#[derive(Clone, Debug, PartialEq)]
pub struct Frozen {
    pub step: u64,
    pub metrics: Vec<f64>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogView {
    /// Lines between the last one and the last one shown; 0 follows.
    pub back: usize,
    pub filter: String,
}

/// What was measured behind the place to which a run went back.
#[derive(Clone, Debug)]
pub struct Abandoned {
    pub from: u64,
    pub history: History,
}

pub struct Run {
    /// Its number among the lanes, which has its colour and letter.
    pub lane: u8,
    /// A recording, which does not move.
    pub still: bool,
    /// What the run was opened with: `NAME`, `NAME:VARIANT` or a path.
    pub source: String,
    pub about: Option<Box<About>>,
    /// The latest, without what is kept in the fields below.
    pub frame: Option<Frame>,
    pub history: History,
    pub abandoned: Option<Abandoned>,
    pub log: Vec<LogLine>,
    pub tabs: Vec<Tab>,
    pub tab: usize,
    /// Whether the panel under focus is shown alone.
    pub zoomed: bool,
    pub panels: Vec<PanelState>,
    pub params: Params,
    pub stretch: Stretch,
    /// Step at which the charts are read.
    pub crosshair: Option<u64>,
    /// Index into [`SMOOTHING`].
    pub smoothing: usize,
    pub log_view: LogView,
    pub frozen: Option<Frozen>,
    pub message: Option<Message>,
    /// Changes of parameters since the start or the last save.
    pub unsaved: bool,
    /// Where parameters were saved last.
    pub saved: Option<String>,
    /// The run has ended under the screen.
    pub gone: bool,
    /// It is another process's, and goes on when the screen is left.
    pub elsewhere: bool,
    pub company: Company,
    pub tour: Option<Tour>,
    waiting: Vec<Asked>,
}

impl Run {
    pub fn new(source: String) -> Self {
        Self {
            lane: 0,
            still: false,
            source,
            about: None,
            abandoned: None,
            frame: None,
            history: History::new(0),
            log: Vec::new(),
            tabs: Vec::new(),
            tab: 0,
            zoomed: false,
            panels: Vec::new(),
            params: Params::default(),
            stretch: Stretch::default(),
            crosshair: None,
            smoothing: 0,
            log_view: LogView::default(),
            frozen: None,
            message: None,
            unsaved: false,
            saved: None,
            gone: false,
            elsewhere: false,
            company: Company::default(),
            tour: None,
            waiting: Vec::new(),
        }
    }

    /// Takes over how `other` is looked at, as far as it has the same panels.
    pub fn look_like(&mut self, other: &Self) {
        self.stretch = other.stretch;
        self.crosshair = other.crosshair;
        self.smoothing = other.smoothing;
        let panels = |run: &Self| run.description().map(|table| table.panels.clone());
        if panels(self) != panels(other) {
            return;
        }
        self.tab = other.tab;
        self.zoomed = other.zoomed;
        self.tabs.clone_from(&other.tabs);
        let last = self
            .description()
            .map_or(0, |table| table.params.len().saturating_sub(1));
        self.params.selected = other.params.selected.min(last);
        for (panel, shown) in self.panels.iter_mut().zip(&other.panels) {
            *panel = PanelState {
                drawn: panel.drawn.take(),
                ..shown.clone()
            };
        }
    }

    pub fn description(&self) -> Option<&Description> {
        self.about.as_ref().map(|about| &about.description)
    }

    pub fn spec(&self, param: usize) -> Option<&ParamSpec> {
        self.description()?.params.get(param)
    }

    pub fn tab(&self) -> Option<&Tab> {
        self.tabs.get(self.tab)
    }

    pub fn focus(&self) -> Focus {
        self.tab().map_or(Focus::Parameters, |tab| tab.focus)
    }

    pub fn set_focus(&mut self, focus: Focus) {
        if let Some(tab) = self.tabs.get_mut(self.tab) {
            tab.focus = focus;
        }
    }

    pub fn panel_kind(&self, panel: usize) -> Option<&PanelKind> {
        Some(&self.description()?.panels.get(panel)?.kind)
    }

    /// Rows of a table that the model has drawn.
    pub fn table_rows(&self, panel: usize) -> usize {
        let drawn = self
            .panels
            .get(panel)
            .and_then(|panel| panel.drawn.as_ref());
        match drawn.map(|drawn| &drawn.data) {
            Some(PanelData::Table(table)) => table.rows.len(),
            _ => 0,
        }
    }

    /// Units done, as far as the picture goes.
    pub fn shown_step(&self) -> u64 {
        match (&self.frozen, &self.frame) {
            (Some(frozen), _) => frozen.step,
            (None, Some(frame)) => frame.step,
            (None, None) => 0,
        }
    }

    /// The last sample, as far as the picture goes.
    pub fn shown_metrics(&self) -> &[f64] {
        match (&self.frozen, &self.frame) {
            (Some(frozen), _) => &frozen.metrics,
            (None, Some(frame)) => &frame.metrics,
            (None, None) => &[],
        }
    }

    pub fn is_running(&self) -> bool {
        !self.gone
            && self
                .frame
                .as_ref()
                .is_some_and(|frame| frame.state == RunState::Running)
    }

    /// Whether an answer is due.
    pub fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// The recording behind it, where nothing is simulated.
    pub fn replayed(&self) -> Option<&Replayed> {
        self.about.as_ref()?.replayed.as_ref()
    }

    /// The planned length, while the run has not gone beyond; of a recording, all that it holds.
    pub fn planned(&self) -> Option<u64> {
        let planned = || self.about.as_ref().map(|about| about.preset.length);
        self.replayed()
            .map(|replayed| replayed.last)
            .or_else(planned)
    }

    pub fn say(&mut self, tone: Tone, words: impl Into<String>) {
        self.message = Some(Message {
            words: words.into(),
            tone,
        });
    }

    /// Notes a command that has been sent.
    pub fn sent(&mut self, id: CommandId, command: Command) {
        let param = match &command {
            Command::Set { id, .. } => self.description().and_then(|table| table.param(id)),
            _ => None,
        };
        self.waiting.push(Asked { id, command, param });
    }

    /// What to ask of the run now, when the panels that are visible want `wanted`.
    pub fn request(&self, wanted: Vec<PanelRequest>, now: Duration) -> Request {
        let epoch = self.frame.as_ref().map_or(0, |frame| frame.epoch);
        let log = self.log.last().map_or(0, |line| line.number + 1);
        if self.frozen.is_some() {
            // A cursor beyond everything: nothing of the past is sent, so nothing is lost either.
            return Request {
                epoch,
                history: Cursor {
                    samples: u64::MAX,
                    marks: u64::MAX,
                },
                log,
                panels: Vec::new(),
            };
        }
        let moment = self.frame.as_ref().map_or((0, 0), |f| (f.step, f.quantum));
        let running = self.is_running();
        let stale = |wanted: &PanelRequest| {
            let kind = self.panel_kind(wanted.panel);
            let panel = self.panels.get(wanted.panel);
            kind.zip(panel).is_some_and(|(kind, panel)| {
                // A run that stands still is shown as it stands, down to the last panel.
                let period = if running {
                    period(kind)
                } else {
                    Duration::ZERO
                };
                panel.is_stale(wanted, moment, now, period)
            })
        };
        Request {
            epoch,
            history: self.history.cursor(),
            log,
            panels: wanted.into_iter().filter(stale).collect(),
        }
    }

    /// Takes a frame that answers `request`. Returns whether anything on the screen may differ.
    pub fn take(&mut self, mut frame: Frame, request: &Request, now: Duration) -> bool {
        let before = self.frame.take();
        let epoch_before = before.as_ref().map_or(0, |frame| frame.epoch);
        if let Some(about) = frame.about.take() {
            self.adopt(about);
        }
        let changed_model = frame.epoch != epoch_before;
        if changed_model {
            self.frozen = None;
        }
        let delta = std::mem::take(&mut frame.history);
        let mut changed = changed_model;
        // An answer to another state of this copy (asked while the view was frozen) does not fit.
        let fits = changed_model || delta.anew || request.history == self.history.cursor();
        if self.frozen.is_none() && fits {
            changed |= delta.samples != self.history.samples() || !delta.marks.is_empty();
            self.history.apply(delta);
        }
        let panels = std::mem::take(&mut frame.panels);
        let moment = (frame.step, frame.quantum);
        for (data, request) in panels.into_iter().zip(&request.panels) {
            let Some(panel) = self.panels.get_mut(request.panel) else {
                continue;
            };
            changed |= panel.drawn.as_ref().is_none_or(|old| old.data != data);
            panel.drawn = Some(Drawn {
                data,
                request: request.clone(),
                at: now,
                moment,
            });
        }
        changed |= self.take_log(std::mem::take(&mut frame.log));
        for reply in std::mem::take(&mut frame.replies) {
            changed = true;
            self.answer(reply.command, reply.outcome);
        }
        changed |= before.is_none_or(|before| differs(&before, &frame));
        self.frame = Some(frame);
        changed
    }

    /// Takes over the tables of a model that has been built.
    fn adopt(&mut self, about: Box<About>) {
        let same = self
            .description()
            .is_some_and(|old| old.panels == about.description.panels);
        let here = self.tab().map(|tab| (tab.name.clone(), tab.focus));
        if !same {
            self.tabs = tabs(&about.description);
            self.tab = 0;
            self.zoomed = false;
            self.panels = vec![PanelState::default(); about.description.panels.len()];
            if let Some((name, _)) = here {
                let place = self.tabs.iter().position(|tab| tab.name == name);
                self.tab = place.unwrap_or(0);
            }
        }
        for panel in &mut self.panels {
            panel.drawn = None;
            panel.window = None;
        }
        let params = &about.description.params;
        self.params.selected = if self.about.is_none() {
            first_of_interest(params)
        } else {
            self.params.selected.min(params.len().saturating_sub(1))
        };
        self.params.forget();
        self.abandon(&about);
        self.stretch.newest();
        self.crosshair = None;
        // The axis of a recording stands still while the curves grow and shrink.
        let least = about.replayed.as_ref().map_or(0, |replayed| replayed.last);
        self.stretch.at_least(least);
        self.about = Some(about);
    }

    /// Begins a new history. Where the run went back the old one is its abandoned future.
    fn abandon(&mut self, about: &About) {
        let old = std::mem::replace(
            &mut self.history,
            History::new(about.description.metrics.len()),
        );
        let of_this = self
            .description()
            .is_some_and(|table| table.metrics == about.description.metrics);
        let from = about.back_to.filter(|_| of_this);
        self.abandoned = match (from, self.abandoned.take()) {
            // Back and back again: the future is still that of the first time.
            (Some(from), Some(before)) if old.samples() <= before.from => {
                Some(Abandoned { from, ..before })
            }
            (Some(from), _) if old.samples() > from => Some(Abandoned { from, history: old }),
            _ => None,
        };
    }

    fn take_log(&mut self, lines: Vec<LogLine>) -> bool {
        let fresh = !lines.is_empty();
        for line in lines {
            // The log of a recording says at once what is to come.
            if line.kind == LogKind::Fault && self.replayed().is_none() {
                self.say(Tone::Fault, line.words.clone());
            }
            if self.log_view.back > 0 {
                self.log_view.back += 1;
            }
            self.log.push(line);
        }
        let surplus = self.log.len().saturating_sub(LOG_LINES);
        self.log.drain(..surplus);
        self.log_view.back = self.log_view.back.min(self.log.len());
        fresh
    }

    fn answer(&mut self, id: CommandId, outcome: Result<String, String>) {
        let Some(place) = self.waiting.iter().position(|asked| asked.id == id) else {
            return;
        };
        let asked = self.waiting.remove(place);
        if let Some(param) = asked.param
            && !self.waiting.iter().any(|other| other.param == Some(param))
        {
            self.params.answered(param);
        }
        match outcome {
            Ok(words) => self.accepted(asked.command, words),
            Err(why) => self.say(Tone::Refused, why),
        }
    }

    fn accepted(&mut self, command: Command, words: String) {
        match command {
            Command::Set { .. } => {
                self.unsaved = true;
                self.say(Tone::Good, format!("accepted: {words}"));
            }
            Command::Undo | Command::Redo | Command::SaveRule(_) => self.say(Tone::Good, words),
            Command::SavePreset(path) => {
                self.unsaved = false;
                self.saved = Some(path.display().to_string());
                self.say(Tone::Good, words);
            }
            Command::Preset(name) => {
                self.source = name;
                self.unsaved = false;
                self.say(Tone::Good, words);
            }
            // The status line shows these.
            Command::Pause | Command::Resume | Command::Step { .. } | Command::Quit => {
                if self.message.as_ref().is_some_and(|m| m.tone != Tone::Plain) {
                    self.message = None;
                }
            }
            Command::Record(_)
            | Command::Checkpoint
            | Command::KeepState(_)
            | Command::Break(_)
            | Command::Unbreak(_)
            | Command::SwitchBreakpoint(_) => self.say(Tone::Good, words),
            Command::InStep(_)
            | Command::Rewind(_)
            | Command::SetPace(_)
            | Command::Until(_)
            | Command::Reset { .. }
            | Command::Mark(_) => {
                self.say(Tone::Plain, words);
            }
        }
    }

    /// Lines of the log that contain the filter, whatever the case.
    pub fn log_shown(&self) -> Vec<&LogLine> {
        let wanted = self.log_view.filter.to_lowercase();
        let passes = |line: &&LogLine| line.words.to_lowercase().contains(&wanted);
        self.log.iter().filter(passes).collect()
    }

    /// Whether leaving now would lose something.
    pub fn at_stake(&self) -> bool {
        let ends = !self.gone && !self.elsewhere && self.replayed().is_none();
        ends && (self.is_running() || self.unsaved)
    }

    /// Whether a chart is visible in the present view.
    pub fn shows_chart(&self, panels: &[usize]) -> bool {
        panels.iter().any(|&panel| {
            matches!(
                self.panel_kind(panel),
                Some(PanelKind::History { .. } | PanelKind::Curves)
            )
        })
    }

    pub fn is_log(&self) -> bool {
        self.tab().is_some_and(|tab| tab.kind == TabKind::Log)
    }
}

/// The first parameter that changes something while the run goes on, by degrees if there is such a
/// one: what a newcomer wants to nudge.
fn first_of_interest(params: &[ParamSpec]) -> usize {
    let live = |spec: &&ParamSpec| spec.applies != Applies::Restart;
    let by_degrees = |spec: &&ParamSpec| live(spec) && matches!(spec.kind, Kind::Real { .. });
    let place = |wanted: &dyn Fn(&&ParamSpec) -> bool| params.iter().position(|spec| wanted(&spec));
    place(&by_degrees).or_else(|| place(&live)).unwrap_or(0)
}

fn differs(old: &Frame, new: &Frame) -> bool {
    let same = old.state == new.state
        && old.pace == new.pace
        && (old.step, old.quantum) == (new.step, new.quantum)
        && old.waiting_for_recorder == new.waiting_for_recorder
        && old.recording == new.recording
        && old.values == new.values
        && old.pending == new.pending
        && (old.undo_depth, old.redo_depth) == (new.undo_depth, new.redo_depth);
    !same
}
