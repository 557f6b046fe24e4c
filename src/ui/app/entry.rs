//! The way in: a terminal, a state to begin with, somebody who opens runs.

use std::io;
use std::thread;

use crossbeam_channel::bounded;
use ratatui::layout::Size;

use super::{App, Manners, Opener, Outcome};
use crate::ui::keys::KeyMap;
use crate::ui::state::State;
use crate::ui::state::start::PresetEntry;
use crate::ui::state::tour::Tour;
use crate::ui::term::{Screen, Session};
use crate::ui::theme::Theme;

/// What the screen shows first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begin {
    /// The start screen.
    Choose,
    /// The run of `NAME`, `NAME:VARIANT` or a path.
    Open(String),
}

pub struct Options {
    pub theme: Theme,
    pub keys: KeyMap,
    /// The most bytes a second that go to the terminal.
    pub budget: Option<u32>,
    /// Whether a newcomer is shown around.
    pub tour: bool,
    /// Whether the mouse is reported from the beginning.
    pub mouse: bool,
    /// Whether the terminal is asked for its background, which decides between light and dark.
    pub ask_background: bool,
    /// Finds all presets, for the start screen and the command line, while the screen is up.
    pub presets: Box<dyn FnOnce() -> Vec<PresetEntry> + Send>,
}

/// Shows the screen until it is left; the terminal is as it was before when this returns.
/// # Errors
/// When there is no terminal or it cannot be used.
pub fn run(begin: Begin, options: Options, opener: Opener) -> io::Result<Outcome> {
    let mut session = Session::start()?;
    let (size, theme) = (session.size(), options.theme);
    let screen = Screen::new(session.writer(), size, theme.depth)?;
    let mut state = match begin {
        Begin::Choose => State::choosing(size, theme),
        Begin::Open(source) => State::running(size, theme, source),
    };
    state.keys = options.keys;
    state.mouse = options.mouse;
    if let Some(run) = state.run.as_mut().filter(|_| options.tour) {
        run.tour = Some(Tour::default());
    }
    if options.mouse {
        session.set_mouse(true)?;
    }
    let (found, presets) = bounded(1);
    thread::spawn(move || {
        // The screen may have been left meanwhile.
        let _ = found.send((options.presets)());
    });
    let app = App::new(state, screen, opener, presets, options.budget);
    if options.ask_background {
        session.ask_background()?;
    }
    let events = session.events().clone();
    let outcome = app.run(&events, &mut session);
    session.restore();
    Ok(Outcome { events, ..outcome })
}

impl Manners for Session {
    fn suspend(&mut self) -> io::Result<bool> {
        Self::suspend(self)
    }

    fn resume(&mut self) -> io::Result<Option<Size>> {
        Self::resume(self)
    }

    fn ask_alive(&mut self) -> io::Result<()> {
        Self::ask_alive(self)
    }

    fn set_mouse(&mut self, on: bool) -> io::Result<()> {
        Self::set_mouse(self, on)
    }

    fn carry_on(&mut self) {
        Self::carry_on(self);
    }
}
