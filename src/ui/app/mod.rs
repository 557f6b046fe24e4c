//! The loop that joins a terminal, a run and the screen's state.
//!
//! A key is handled and drawn at once; frames of the run are asked for at a bounded rate and only
//! for what is visible; when nothing has changed nothing is drawn, and a run that stands still is
//! left alone but for a slow heartbeat.

mod asking;
mod entry;
mod line;
mod links;
mod opening;

use std::io::{self, Write};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, never, select};
use ratatui::layout::Size;

use self::asking::{Asking, Need};
pub use self::entry::{Begin, Options, run};
use self::line::{Line, Pulse};
use self::links::{Arrival, Joined, Links};
pub use self::opening::Opener;
use self::opening::Opening;
use super::action::{Action, ScreenAction};
use super::export::export;
use super::key::Key;
use super::link::{Gone, Link};
use super::state::State;
use super::state::dialog::Dialog;
use super::state::lanes::letter;
use super::state::reduced::{LinkFacts, Reduced};
use super::state::run::{Run, Tone};
use super::state::start::{PresetEntry, Start};
use super::term::{Screen, Signal, TermEvent};
use super::theme::Background;
use super::update::mouse::mouse;
use super::update::{Effect, Exit, paste, queue, update};
use super::view::{Memory, view, wanted_of};
use crate::engine::{About, Command, Frame, RunState};

/// Why the screen was left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    Asked,
    /// The run is to go on without a screen.
    Detached,
    /// By a signal, or ctrl-C twice.
    Signal(Signal),
    /// The terminal has gone.
    Hangup,
    /// The run could not be opened.
    Refused(String),
    /// A thread has panicked, with this message.
    Panic(String),
}

/// What is left to tell when the screen has been left.
pub struct Outcome {
    pub ended: Ended,
    /// The run that was shown last; none when the start screen was left.
    pub run: Option<Last>,
    /// What happens to the process when the screen is no more.
    pub events: Receiver<TermEvent>,
}

/// A run as the screen saw it last.
pub struct Last {
    /// `NAME`, `NAME:VARIANT` or the path that it was opened with.
    pub source: String,
    pub about: Option<Box<About>>,
    pub frame: Option<Frame>,
    /// The file into which its parameters were saved.
    pub saved: Option<String>,
    /// Whether parameters were changed since.
    pub unsaved: bool,
}

/// What the loop asks of the terminal's session beside drawing.
pub trait Manners {
    /// Gives the terminal back to the shell and stops the process; returns when it goes on. False
    /// where no shell could wake it.
    /// # Errors
    /// When the terminal has gone.
    fn suspend(&mut self) -> io::Result<bool>;

    /// Claims the terminal again and tells its size; `None` while the process is in the background.
    /// # Errors
    /// When the terminal has gone.
    fn resume(&mut self) -> io::Result<Option<Size>>;

    /// Asks the terminal for a sign of life.
    /// # Errors
    /// When the terminal has gone.
    fn ask_alive(&mut self) -> io::Result<()>;

    /// Has the mouse reported, or leaves it to the terminal.
    /// # Errors
    /// When the terminal has gone.
    fn set_mouse(&mut self, on: bool) -> io::Result<()>;

    /// An interrupt was answered with "go on".
    fn carry_on(&mut self);
}

pub struct App<W: Write> {
    state: State,
    memory: Memory,
    screen: Screen<W>,
    links: Links,
    line: Line,
    pulse: Pulse,
    opening: Opening,
    presets: Receiver<Vec<PresetEntry>>,
    /// The start screen that a run was chosen on.
    came_from: Option<Start>,
    begun: Instant,
    /// A signal asked to end, and the question is open.
    interrupted: bool,
    ended: Option<Ended>,
}

impl<W: Write> App<W> {
    /// Shows `state`; a run that it names is being opened from now on, and the presets are shown
    /// when they have been found.
    pub fn new(
        state: State,
        screen: Screen<W>,
        opener: Opener,
        presets: Receiver<Vec<PresetEntry>>,
        budget: Option<u32>,
    ) -> Self {
        let mut app = Self {
            state,
            memory: Memory::default(),
            screen,
            links: Links::default(),
            line: Line::new(budget),
            pulse: Pulse::default(),
            opening: Opening::Idle(opener),
            presets,
            came_from: None,
            begun: Instant::now(),
            interrupted: false,
            ended: None,
        };
        if let Some(run) = &app.state.run {
            app.opening.begin(&run.source);
        }
        app
    }

    /// Runs until the screen is left.
    pub fn run(mut self, events: &Receiver<TermEvent>, manners: &mut dyn Manners) -> Outcome {
        self.draw();
        while self.ended.is_none() {
            self.wait(events, manners);
            self.feel(manners);
        }
        self.outcome()
    }

    /// Waits for whatever comes first, and answers it.
    fn wait(&mut self, events: &Receiver<TermEvent>, manners: &mut dyn Manners) {
        let timeout = match self.due() {
            Some(due) => crossbeam_channel::after(due.saturating_sub(self.now())),
            None => never(),
        };
        let [first, second, third, fourth] = self.links.wakes();
        let opened = self.opening.receiver();
        // A key goes before everything else.
        if let Ok(event) = events.try_recv() {
            return self.events(event, events, manners);
        }
        select! {
            recv(events) -> event => match event {
                Ok(event) => self.events(event, events, manners),
                Err(_) => self.end(Ended::Hangup),
            },
            recv(first) -> rung => self.rung(0, rung.is_ok()),
            recv(second) -> rung => self.rung(1, rung.is_ok()),
            recv(third) -> rung => self.rung(2, rung.is_ok()),
            recv(fourth) -> rung => self.rung(3, rung.is_ok()),
            recv(self.links.arrivals) -> arrival => {
                if let Ok(arrival) = arrival {
                    self.arrived(arrival);
                }
            }
            recv(opened) -> opened => {
                let link = self.opening.finish(opened);
                self.opened(link);
            }
            recv(self.presets) -> found => {
                self.presets = never();
                self.state.know(found.unwrap_or_default());
                self.draw();
            }
            recv(timeout) -> _ => self.ask(),
        }
    }

    /// Asks the terminal how far away it is, while frames are on their way to it.
    fn feel(&mut self, manners: &mut dyn Manners) {
        let now = self.now();
        if self.pulse.is_due(self.screen.traffic().frames, now) {
            match manners.ask_alive() {
                Ok(()) => self.pulse.asked(now),
                Err(_) => self.end(Ended::Hangup),
            }
        }
    }

    fn now(&self) -> Duration {
        self.begun.elapsed()
    }

    fn end(&mut self, ended: Ended) {
        self.ended.get_or_insert(ended);
    }

    /// Handles everything that the terminal has sent, then draws once.
    fn events(
        &mut self,
        first: TermEvent,
        events: &Receiver<TermEvent>,
        manners: &mut dyn Manners,
    ) {
        let mut effects = Vec::new();
        let mut next = Some(first);
        while let Some(event) = next {
            self.event(event, &mut effects, manners);
            next = events.try_recv().ok().filter(|_| self.ended.is_none());
        }
        for effect in effects {
            self.perform(effect, manners);
        }
        if self.ended.is_none() {
            self.draw();
        }
        self.ask();
    }

    fn event(&mut self, event: TermEvent, effects: &mut Vec<Effect>, manners: &mut dyn Manners) {
        let now = self.now();
        match event {
            TermEvent::Key(press) => {
                if let Some(action) = self.state.action(Key::from(press)) {
                    queue(effects, update(&mut self.state, action, now));
                }
            }
            TermEvent::Paste(text) => paste(&mut self.state, &text, now),
            TermEvent::Mouse(pointed) => queue(effects, mouse(&mut self.state, pointed, now)),
            TermEvent::Alive => {
                if let Some(latency) = self.pulse.answered(now) {
                    self.line.answered(latency, self.pulse.least(), now);
                }
            }
            TermEvent::Background(rgb) => self.state.theme.background = Background::of(rgb),
            TermEvent::Resize(size) => {
                self.state.size = size;
                self.check(|screen| screen.set_size(size));
            }
            TermEvent::Signal(signal) => self.signal(signal, effects, manners),
            TermEvent::Hangup => self.end(Ended::Hangup),
            TermEvent::Panic(message) => self.end(Ended::Panic(message)),
        }
        if self.interrupted && self.state.dialog != Some(Dialog::Quit) {
            self.interrupted = false;
            manners.carry_on();
        }
    }

    fn signal(&mut self, signal: Signal, effects: &mut Vec<Effect>, manners: &mut dyn Manners) {
        match signal {
            Signal::Interrupt => {
                let action = Action::Screen(ScreenAction::Interrupt);
                let now = self.now();
                queue(effects, update(&mut self.state, action, now));
                self.interrupted = true;
            }
            Signal::Terminate | Signal::Hangup => self.end(Ended::Signal(signal)),
            Signal::Stop => self.suspend(manners),
            Signal::Continue => match manners.resume() {
                Ok(Some(size)) => {
                    self.state.size = size;
                    self.check(|screen| screen.entered_again(size));
                }
                // In the background nobody sees the screen.
                Ok(None) => {}
                Err(_) => self.end(Ended::Hangup),
            },
        }
    }

    fn suspend(&mut self, manners: &mut dyn Manners) {
        match (manners.suspend(), &mut self.state.run) {
            (Ok(true), _) => {}
            (Ok(false), Some(run)) => run.say(Tone::Plain, "there is no shell to go back to"),
            (Ok(false), None) => {}
            (Err(_), _) => self.end(Ended::Hangup),
        }
    }

    fn perform(&mut self, effect: Effect, manners: &mut dyn Manners) {
        match effect {
            Effect::Suspend => self.suspend(manners),
            Effect::Send(command) => self.send(&command),
            Effect::Fork(lane) => {
                let from = self.focus();
                self.links.fork(from, lane, letter(lane).to_string());
            }
            Effect::Recorded(lane, folder) => {
                let run = self.state.run.as_ref();
                let known = run.and_then(|run| run.about.clone().zip(run.frame.clone()));
                if let Some((about, frame)) = known {
                    self.links.read(lane, folder, about, frame);
                }
            }
            Effect::Kill(lane) => self.let_go(|other| other == lane),
            Effect::Promote(lane) => {
                if let Some(joined) = self.links.of(lane) {
                    joined.link.promote();
                }
                self.let_go(|other| other != lane);
            }
            Effect::Export(form) => {
                let written = export(&self.state, form);
                if let Some(run) = &mut self.state.run {
                    match written {
                        Ok(path) => run.say(Tone::Good, format!("written to {path}")),
                        Err(why) => run.say(Tone::Refused, why),
                    }
                }
            }
            Effect::Steer => {
                let focus = self.focus();
                let steered = self.links.of(focus).map(|joined| joined.link.steer());
                if steered == Some(Err(Gone)) {
                    self.lost(focus);
                }
            }
            Effect::Detach => self.detach(),
            Effect::Mouse(on) => {
                if manners.set_mouse(on).is_err() {
                    self.end(Ended::Hangup);
                }
            }
            Effect::Depth(depth) => self.check(|screen| screen.set_depth(depth)),
            Effect::Repaint => self.check(Screen::repaint),
            Effect::Open(source) => self.open(source),
            Effect::Leave(Exit::Asked) => self.end(Ended::Asked),
            Effect::Leave(Exit::Interrupted) => self.end(Ended::Signal(Signal::Interrupt)),
        }
    }

    /// Leaves the screen; the run goes on.
    fn detach(&mut self) {
        let elsewhere = |joined: &Joined| joined.link.is_elsewhere();
        match self.state.run.as_mut() {
            Some(run) if run.replayed().is_some() => {
                run.say(Tone::Plain, "a recording goes nowhere: q leaves");
            }
            Some(run) if run.gone || run.frame.is_none() => {
                run.say(Tone::Plain, "there is no run to detach");
            }
            _ if self.links.joined.iter().all(elsewhere) => self.end(Ended::Asked),
            _ => self.end(Ended::Detached),
        }
    }

    /// The lane that has the keys.
    fn focus(&self) -> u8 {
        self.state.run.as_ref().map_or(0, |run| run.lane)
    }

    /// Lanes in step are paused, resumed and paced together.
    fn send(&mut self, command: &Command) {
        let focus = self.focus();
        let shared = matches!(
            command,
            Command::Pause | Command::Resume | Command::Step { .. } | Command::SetPace(_)
        );
        let all = shared && !self.state.lanes.free;
        let mut lost = Vec::new();
        for joined in &mut self.links.joined {
            let run = self.state.lane_mut(joined.lane);
            let Some(run) = run.filter(|run| all || run.lane == focus) else {
                continue;
            };
            if let Some(why) = joined.link.refusal() {
                run.say(Tone::Refused, why);
                continue;
            }
            match joined.link.send(command.clone()) {
                Ok(id) => {
                    run.sent(id, command.clone());
                    joined.asking.hurry();
                }
                Err(Gone) => lost.push(joined.lane),
            }
        }
        lost.into_iter().for_each(|lane| self.lost(lane));
    }

    /// Ends the lanes that are `meant`.
    fn let_go(&mut self, meant: impl Fn(u8) -> bool) {
        self.links.joined.retain_mut(|joined| {
            if meant(joined.lane) {
                // One that has ended already needs no asking.
                let _ = joined.link.send(Command::Quit);
            }
            !meant(joined.lane)
        });
    }

    fn arrived(&mut self, arrival: Arrival) {
        self.state.lanes.coming = None;
        let (lane, outcome) = match arrival {
            Arrival::Forked(lane, link) => (lane, link.map(|link| self.forked(lane, link))),
            Arrival::Recorded(lane, run) => (
                lane,
                run.map(|run| {
                    let words = format!("lane {} is {}", letter(lane), run.source);
                    self.state.lanes.beside.push(*run);
                    words
                }),
            ),
        };
        if let Some(run) = &mut self.state.run {
            match outcome {
                Ok(words) => run.say(Tone::Good, words),
                Err(why) => run.say(Tone::Refused, format!("no lane {}: {why}", letter(lane))),
            }
        }
        self.draw();
        self.ask();
    }

    fn forked(&mut self, lane: u8, link: Box<dyn Link>) -> String {
        self.links.join(lane, link);
        let mut run = Run::new(
            self.state
                .run
                .as_ref()
                .map_or_else(String::new, |run| run.source.clone()),
        );
        run.lane = lane;
        self.state.lanes.beside.push(run);
        let ms = self.links.asked.elapsed().as_millis();
        let name = letter(lane);
        format!("forked {name} in {ms} ms: ] goes to it, C compares, :kill ends it")
    }

    fn open(&mut self, source: String) {
        self.opening.begin(&source);
        self.came_from = self.state.start.take();
        self.state.run = Some(Run::new(source));
    }

    fn opened(&mut self, link: Result<Box<dyn Link>, String>) {
        match link {
            Ok(link) => {
                let lane = self.focus();
                self.links.join(lane, link);
                self.came_from = None;
                self.ask();
            }
            Err(why) => match self.came_from.take() {
                Some(mut start) => {
                    start.refusal = Some(why);
                    self.state.start = Some(start);
                    self.state.run = None;
                    self.draw();
                }
                None => self.end(Ended::Refused(why)),
            },
        }
    }

    fn need(&self, lane: u8) -> Need {
        let Some(run) = self.state.lane(lane) else {
            return Need::Nothing;
        };
        let known = run.frame.as_ref().is_some_and(|frame| frame.epoch > 0) && run.about.is_some();
        let request = run.request(wanted_of(&self.state, lane), self.now());
        let missing = request.panels.iter().any(|wanted| {
            let drawn = run
                .panels
                .get(wanted.panel)
                .and_then(|panel| panel.drawn.as_ref());
            drawn.is_none_or(|drawn| drawn.request != *wanted)
        });
        if !known || missing || run.is_waiting() {
            Need::Now
        } else if run.is_running() || !request.panels.is_empty() {
            Need::Live
        } else {
            Need::Nothing
        }
    }

    /// When to ask a lane; a picture that is held still asks nothing of those beside it.
    fn due_of(&self, lane: u8, asking: &Asking) -> Option<Duration> {
        let held = self
            .state
            .run
            .as_ref()
            .is_some_and(|run| run.frozen.is_some());
        let need = self.need(lane);
        // What moves by itself waits for the line; what somebody waits for does not.
        let due = asking.due(need).map(|due| match need {
            Need::Live => due.max(self.line.free()),
            _ => due,
        });
        due.filter(|_| !held || lane == self.focus())
    }

    fn due(&self) -> Option<Duration> {
        let links = self.links.joined.iter();
        links
            .filter_map(|joined| self.due_of(joined.lane, &joined.asking))
            .min()
    }

    /// Asks every lane for which it is time for what is visible, unless an answer is under way.
    fn ask(&mut self) {
        let now = self.now();
        let due = |app: &Self, place: usize| {
            let joined = app.links.joined.get(place)?;
            let due = app.due_of(joined.lane, &joined.asking)?;
            (due <= now).then_some(joined.lane)
        };
        let mut lost = Vec::new();
        for place in 0..self.links.joined.len() {
            let Some(lane) = due(self, place) else {
                continue;
            };
            let wanted = wanted_of(&self.state, lane);
            let Some(run) = self.state.lane(lane).filter(|run| !run.gone) else {
                continue;
            };
            let request = run.request(wanted, now);
            let joined = &mut self.links.joined[place];
            match joined.link.ask(request.clone()) {
                Ok(true) => joined.asking.asked(request, now),
                Ok(false) => joined.asking.put_off(now),
                Err(Gone) => lost.push(lane),
            }
        }
        lost.into_iter().for_each(|lane| self.lost(lane));
    }

    fn rung(&mut self, place: usize, alive: bool) {
        let Some(lane) = self.links.joined.get(place).map(|joined| joined.lane) else {
            return;
        };
        let live = self.need(lane) == Need::Live;
        let Some(joined) = self.links.joined.get_mut(place) else {
            return;
        };
        if !alive {
            return self.lost(lane);
        }
        let now = self.begun.elapsed();
        let Some(frame) = joined.link.take() else {
            return;
        };
        let (company, elsewhere) = (joined.link.company(), joined.link.is_elsewhere());
        let request = joined.asking.answered().unwrap_or_default();
        // Another model, whose panels could not be asked for.
        if frame.epoch != request.epoch {
            joined.asking.hurry();
        }
        self.state.now = now;
        let changed = self.state.lane_mut(lane).map(|run| {
            run.elsewhere = elsewhere;
            let met = std::mem::replace(&mut run.company, company) != run.company;
            run.take(frame, &request, now) || met
        });
        if changed == Some(true) {
            self.draw_because(live);
        }
    }

    /// The run has ended under the screen.
    fn lost(&mut self, lane: u8) {
        self.links.joined.retain(|joined| joined.lane != lane);
        if let Some(run) = self.state.lane_mut(lane) {
            run.gone = true;
        }
        self.draw();
    }

    fn draw(&mut self) {
        self.draw_because(false);
    }

    /// Draws; `live` when nothing but the run was the reason.
    fn draw_because(&mut self, live: bool) {
        let before = self.screen.traffic().frames;
        if self.state.dialog == Some(Dialog::Link) {
            self.state.link = LinkFacts {
                latency: self.pulse.latency(),
                ..self.line.facts(self.now())
            };
        }
        let (state, memory) = (&self.state, &mut self.memory);
        let drawn = self.screen.draw(|frame| {
            let area = frame.area();
            view(state, memory, area, frame.buffer_mut());
        });
        let traffic = self.screen.traffic();
        match drawn {
            Ok(()) if traffic.frames > before => {
                let now = self.now();
                self.line
                    .wrote(traffic.last_bytes, traffic.last_time, live, now);
                let reduced = self.line.reduced();
                self.state.reduced = reduced;
                self.state.theme.coarse = reduced != Reduced::No;
            }
            Ok(()) => {}
            Err(_) => self.end(Ended::Hangup),
        }
    }

    /// A terminal that cannot be written to has gone.
    fn check(&mut self, does: impl FnOnce(&mut Screen<W>) -> io::Result<()>) {
        if does(&mut self.screen).is_err() {
            self.end(Ended::Hangup);
        }
    }

    fn outcome(mut self) -> Outcome {
        let ended = self.ended.take().unwrap_or(Ended::Asked);
        // Whoever runs without a screen decides himself what becomes of a run whose terminal has gone.
        let goes_on = matches!(
            ended,
            Ended::Detached | Ended::Hangup | Ended::Signal(Signal::Hangup)
        );
        if !goes_on {
            self.links
                .joined
                .iter_mut()
                .for_each(|joined| joined.link.leave());
        }
        let main = self.state.lanes.main;
        self.state.focus_lane(main);
        let run = self.state.run.filter(|_| self.state.start.is_none());
        Outcome {
            events: never(),
            ended,
            run: run.map(|run| Last {
                source: run.source,
                about: run.about,
                frame: run.frame,
                saved: run.saved,
                unsaved: run.unsaved,
            }),
        }
    }
}

impl Last {
    /// Whether the run reached its planned length or stood in a fault.
    pub fn state(&self) -> Option<&RunState> {
        self.frame.as_ref().map(|frame| &frame.state)
    }
}
