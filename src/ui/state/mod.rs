//! Everything that the screen shows, as plain data. Nothing here reads a clock or a file.

pub mod dialog;
pub mod field;
pub mod lanes;
pub mod panel;
pub mod params;
pub mod recorded;
pub mod reduced;
pub mod run;
pub mod start;
pub mod stretch;
pub mod tab;
pub mod tour;

use std::time::Duration;

use ratatui::layout::Size;

use self::dialog::Dialog;
use self::lanes::Lanes;
use self::reduced::{LinkFacts, Reduced};
use self::run::Run;
use self::start::{PresetEntry, Start};
use self::tab::Focus;
use super::action::{Action, TextAction};
use super::key::Key;
use super::keys::{Context, KeyMap};
use super::theme::Theme;
use crate::models::table::PanelKind;

/// Lines of the command line that can be recalled.
const RECALLED: usize = 100;

pub struct State {
    pub size: Size,
    /// Since the program was started.
    pub now: Duration,
    pub keys: KeyMap,
    pub theme: Theme,
    /// What a slow line does not get.
    pub reduced: Reduced,
    pub link: LinkFacts,
    /// Whether the mouse is reported.
    pub mouse: bool,
    /// Where a button went down, and on which panel.
    pub pressed: Option<(u16, usize)>,
    pub start: Option<Start>,
    /// Known presets, for the command line.
    pub presets: Vec<PresetEntry>,
    /// The lane that has the keys.
    pub run: Option<Run>,
    pub lanes: Lanes,
    pub dialog: Option<Dialog>,
    /// What the help is to contain, in lower case; empty for all of it.
    pub sought: String,
    /// Command lines of the past, the latest last.
    pub recall: Vec<String>,
}

impl State {
    /// The start screen, without presets so far.
    pub fn choosing(size: Size, theme: Theme) -> Self {
        Self {
            start: Some(Start::default()),
            ..Self::empty(size, theme)
        }
    }

    /// A run that is being opened.
    pub fn running(size: Size, theme: Theme, source: String) -> Self {
        Self {
            run: Some(Run::new(source)),
            ..Self::empty(size, theme)
        }
    }

    fn empty(size: Size, theme: Theme) -> Self {
        Self {
            size,
            now: Duration::ZERO,
            keys: KeyMap::standard(),
            theme,
            reduced: Reduced::No,
            link: LinkFacts::default(),
            mouse: false,
            pressed: None,
            start: None,
            presets: Vec::new(),
            run: None,
            lanes: Lanes::default(),
            dialog: None,
            sought: String::new(),
            recall: Vec::new(),
        }
    }

    /// Takes the presets that have been found.
    pub fn know(&mut self, presets: Vec<PresetEntry>) {
        if let Some(start) = &mut self.start {
            start.entries.clone_from(&presets);
        }
        self.presets = presets;
    }

    /// What takes the keys now, the most particular first: one of [`STACKS`](super::keys::STACKS),
    /// with what does not apply left out.
    pub fn contexts(&self) -> Vec<Context> {
        use Context::*;
        if let Some(dialog) = &self.dialog {
            return match dialog {
                Dialog::Help(_) => vec![Help, Always],
                Dialog::Quit => vec![Quit, Always],
                Dialog::Reset => vec![Reset, Always],
                Dialog::Export => vec![Export, Always],
                Dialog::Breakpoints(_) => vec![Breakpoints, Always],
                Dialog::Compare(_) => vec![Compare, Always],
                Dialog::Link => vec![Notice, Always],
                Dialog::Palette(_) => vec![Palette, Line, LineCursor, Always],
                Dialog::Value { .. } => vec![Value, Line, LineCursor, Always],
                Dialog::Filter(_) => vec![Filter, Line, LineCursor, Always],
            };
        }
        self.contexts_below_dialog()
    }

    /// What would take the keys if no dialog were open.
    pub fn contexts_below_dialog(&self) -> Vec<Context> {
        use Context::*;
        if let Some(start) = &self.start {
            return if start.filtering {
                vec![Start, StartFilter, Line, Always]
            } else {
                vec![Start, StartList, Always]
            };
        }
        match &self.run {
            Some(run) => run_contexts(run),
            None => vec![Always],
        }
    }

    /// What `key` means now.
    pub fn action(&self, key: Key) -> Option<Action> {
        let contexts = self.contexts();
        if let Some(row) = self.keys.find(&contexts, key) {
            return Some(row.action);
        }
        let typing = contexts.contains(&Context::Line) || contexts.contains(&Context::StartList);
        let typed = key.typed().filter(|_| typing)?;
        Some(Action::Text(TextAction::Type(typed)))
    }

    pub fn remember(&mut self, line: &str) {
        self.recall.retain(|old| old != line);
        self.recall.push(line.to_owned());
        let surplus = self.recall.len().saturating_sub(RECALLED);
        self.recall.drain(..surplus);
    }
}

fn run_contexts(run: &Run) -> Vec<Context> {
    let panels = run.tab().map_or(&[][..], |tab| &tab.panels);
    let charts = run.shows_chart(panels).then_some(Context::Charts);
    // The keys of a heat map and of the log are those of charts elsewhere.
    let (own, charts): (&[Context], _) = match run.focus() {
        Focus::Parameters => (&[Context::Parameters], charts),
        Focus::Log => (&[Context::Log], None),
        Focus::Panel(panel) => match run.panel_kind(panel) {
            Some(PanelKind::History { .. }) => (&[Context::Chart, Context::Panel], charts),
            Some(PanelKind::HeatMap) => (&[Context::HeatMap, Context::Panel], None),
            Some(PanelKind::Raster) => (&[Context::Raster, Context::Panel], charts),
            Some(PanelKind::Table) => (&[Context::Table, Context::Panel], charts),
            _ => (&[Context::Panel], charts),
        },
    };
    let replay = run.replayed().map(|_| Context::Replay);
    let own = own.iter().copied().chain(charts).chain(replay);
    own.chain([Context::Global, Context::Always]).collect()
}
