//! Many runs on one screen, read from their folders while other processes write them.

mod state;
mod view;

use std::io;
use std::time::{Duration, Instant};

use super::app::Ended;
use super::key::Key;
use super::term::{Screen, Session, Signal, TermEvent};
use super::theme::{Background, Theme};
use crate::sweep::Watched;
use state::State;

/// Between two looks at the folders.
const LOOK: Duration = Duration::from_secs(1);

/// Shows the runs until the screen is left.
/// # Errors
/// When there is no terminal or it cannot be used.
pub fn run(
    title: String,
    watched: Watched,
    theme: Theme,
    ask_background: bool,
) -> io::Result<Ended> {
    let session = Session::start()?;
    let mut screen = Screen::new(session.writer(), session.size(), theme.depth)?;
    let mut state = State::new(title, watched, theme);
    if ask_background {
        session.ask_background()?;
    }
    let mut due = Instant::now();
    let ended = loop {
        if Instant::now() >= due {
            state.watched.look();
            due = Instant::now() + LOOK;
        }
        state.arrange();
        if session.is_entered() {
            screen.draw(|frame| view::draw(&mut state, frame.area(), frame.buffer_mut()))?;
        }
        let event = match session.events().recv_deadline(due) {
            Ok(event) => event,
            Err(crossbeam_channel::RecvTimeoutError::Timeout) => continue,
            Err(crossbeam_channel::RecvTimeoutError::Disconnected) => break Ended::Hangup,
        };
        match event {
            TermEvent::Key(press) => {
                let key = Key::from(press).to_string();
                match key.as_str() {
                    "ctrl-c" => break Ended::Asked,
                    "ctrl-z" => {
                        session.suspend()?;
                    }
                    _ if state.press(&key) => break Ended::Asked,
                    _ => {}
                }
            }
            TermEvent::Paste(_) | TermEvent::Mouse(_) | TermEvent::Alive => {}
            TermEvent::Background(rgb) => state.theme.background = Background::of(rgb),
            TermEvent::Resize(size) => screen.set_size(size)?,
            TermEvent::Signal(Signal::Stop) => {
                session.suspend()?;
            }
            TermEvent::Signal(Signal::Continue) => {
                if let Some(size) = session.resume()? {
                    screen.entered_again(size)?;
                }
            }
            TermEvent::Signal(signal) => break Ended::Signal(signal),
            TermEvent::Hangup => break Ended::Hangup,
            TermEvent::Panic(message) => break Ended::Panic(message),
        }
    };
    session.restore();
    Ok(ended)
}
