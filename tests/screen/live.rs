//! The loop of the program with everything real but the terminal and the run.

use std::io::{self, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};
use hebbtop::engine::{Command, CommandId, Frame, Request, RunState};
use hebbtop::ui::Ended;
use hebbtop::ui::app::{App, Manners, Opener, Outcome};
use hebbtop::ui::link::{Gone, Link};
use hebbtop::ui::state::State;
use hebbtop::ui::term::{Screen, Signal, TermEvent};
use hebbtop::ui::theme::Theme;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::layout::Size;

use crate::fixture::{PaperRun, presets};

/// What both sides of a link see.
#[derive(Clone)]
struct Behind {
    run: Arc<Mutex<PaperRun>>,
    commands: Arc<Mutex<Vec<Command>>>,
    asked: Arc<AtomicUsize>,
    /// Dropped, it ends the run.
    bell: Arc<Mutex<Option<Sender<()>>>>,
}

struct PaperLink {
    behind: Behind,
    slot: Option<Frame>,
    wake: Receiver<()>,
}

impl Behind {
    fn new() -> (Self, PaperLink) {
        let (bell, wake) = bounded(1);
        let behind = Self {
            run: Arc::new(Mutex::new(PaperRun::at(300))),
            commands: Arc::default(),
            asked: Arc::default(),
            bell: Arc::new(Mutex::new(Some(bell))),
        };
        let link = PaperLink {
            behind: behind.clone(),
            slot: None,
            wake,
        };
        (behind, link)
    }
}

impl Link for PaperLink {
    fn send(&mut self, command: Command) -> Result<CommandId, Gone> {
        let id = self.behind.run.lock().unwrap().obey(&command);
        self.behind.commands.lock().unwrap().push(command);
        Ok(id)
    }

    fn ask(&mut self, request: Request) -> Result<bool, Gone> {
        self.behind.asked.fetch_add(1, Ordering::SeqCst);
        self.slot = Some(self.behind.run.lock().unwrap().answer(&request));
        let bell = self.behind.bell.lock().unwrap();
        let bell = bell.as_ref().ok_or(Gone)?;
        let _ = bell.try_send(());
        Ok(true)
    }

    fn take(&mut self) -> Option<Frame> {
        self.slot.take()
    }

    fn wake(&self) -> &Receiver<()> {
        &self.wake
    }
}

#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[derive(Default)]
struct Counting {
    suspended: usize,
    carried_on: usize,
}

impl Manners for Counting {
    fn ask_alive(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn set_mouse(&mut self, _: bool) -> io::Result<()> {
        Ok(())
    }

    fn suspend(&mut self) -> io::Result<bool> {
        self.suspended += 1;
        Ok(true)
    }

    fn resume(&mut self) -> io::Result<Option<Size>> {
        Ok(Some(Size::new(100, 30)))
    }

    fn carry_on(&mut self) {
        self.carried_on += 1;
    }
}

/// The hands and eyes of a person.
struct Person {
    events: Sender<TermEvent>,
    written: Written,
}

impl Person {
    fn press(&self, code: KeyCode) {
        let press = KeyEvent::new(code, KeyModifiers::NONE);
        self.events.send(TermEvent::Key(press)).unwrap();
    }

    fn types(&self, text: &str) {
        text.chars().for_each(|c| self.press(KeyCode::Char(c)));
    }

    fn bytes(&self) -> usize {
        self.written.0.lock().unwrap().len()
    }

    fn sees(&self) -> String {
        let size = |n| std::num::NonZeroU16::new(n).unwrap();
        let mut terminal = vt100::Parser::new(size(40), size(120), 0);
        terminal.process(&self.written.0.lock().unwrap());
        terminal.screen().contents()
    }

    /// Waits until the screen shows `text`.
    fn waits_for(&self, text: &str) {
        let begun = Instant::now();
        while !self.sees().contains(text) {
            let waited = begun.elapsed();
            assert!(waited < Duration::from_secs(20), "{text}:\n{}", self.sees());
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// Runs the program with somebody before it, until it ends.
fn with_person(
    choosing: bool,
    opener: Opener,
    acts: impl FnOnce(&Person) + Send + 'static,
) -> (Outcome, Counting) {
    let written = Written::default();
    let (sender, events) = unbounded();
    // A terminal without a reader has hung up: this end stays until the screen is left.
    let open = sender.clone();
    let person = Person {
        events: sender,
        written: written.clone(),
    };
    let size = Size::new(120, 40);
    let state = match choosing {
        true => State::choosing(size, Theme::default()),
        false => State::running(size, Theme::default(), "paper-digits".into()),
    };
    let depth = Theme::default().depth;
    let screen = Screen::new(written, size, depth).unwrap();
    let acting = std::thread::spawn(move || acts(&person));
    let mut manners = Counting::default();
    let (found, known) = bounded(1);
    found.send(presets()).unwrap();
    let outcome = App::new(state, screen, opener, known, None).run(&events, &mut manners);
    drop(open);
    if let Err(panic) = acting.join() {
        std::panic::resume_unwind(panic);
    }
    (outcome, manners)
}

fn opens(link: PaperLink) -> Opener {
    let mut link = Some(link);
    Box::new(move |_| Ok(Box::new(link.take().expect("opened once"))))
}

#[test]
fn the_first_picture_does_not_wait_for_the_run() {
    let (go, gone) = bounded::<()>(0);
    let (_behind, link) = Behind::new();
    let mut link = Some(link);
    let opener: Opener = Box::new(move |_| {
        gone.recv().unwrap();
        Ok(Box::new(link.take().unwrap()))
    });
    let (outcome, _) = with_person(false, opener, move |person| {
        person.waits_for("WAITING");
        person.waits_for("building paper-digits");
        go.send(()).unwrap();
        person.waits_for("LIVE");
        person.waits_for("weights W1");
        person.types("qq");
    });
    assert_eq!(outcome.ended, Ended::Asked);
    let run = outcome.run.unwrap();
    assert_eq!(run.frame.unwrap().step, 300);
    assert_eq!(run.about.unwrap().preset.name, "paper-digits");
}

#[test]
fn keys_reach_the_run_and_leaving_ends_it() {
    let (behind, link) = Behind::new();
    let (outcome, _) = with_person(false, opens(link), |person| {
        person.waits_for("LIVE");
        person.types(" ");
        person.waits_for("PAUSED");
        person.types(":set n 7");
        person.press(KeyCode::Enter);
        person.waits_for("accepted: n -> 7");
        person.types("q");
        person.waits_for("not saved as a preset");
        person.types("q");
    });
    assert_eq!(outcome.ended, Ended::Asked);
    assert!(outcome.run.unwrap().unsaved);
    let commands = behind.commands.lock().unwrap();
    assert_eq!(commands.first(), Some(&Command::Pause));
    assert_eq!(commands.last(), Some(&Command::Quit));
}

#[test]
fn a_run_that_stands_still_costs_nothing() {
    let (behind, link) = Behind::new();
    behind.run.lock().unwrap().state = RunState::Done;
    let seen = behind.clone();
    with_person(false, opens(link), move |person| {
        person.waits_for("weights W1");
        person.waits_for("layer 3");
        // Follow-up questions of the beginning are answered within this time.
        std::thread::sleep(Duration::from_millis(400));
        let (asked, bytes) = (seen.asked.load(Ordering::SeqCst), person.bytes());
        std::thread::sleep(Duration::from_millis(800));
        let more = seen.asked.load(Ordering::SeqCst) - asked;
        assert!(more <= 1, "asked {more} times");
        // A key without a meaning draws, but nothing changes.
        person.types("X");
        std::thread::sleep(Duration::from_millis(50));
        assert_eq!(person.bytes(), bytes);
        person.types("q");
    });
}

#[test]
fn a_run_that_ends_by_itself_is_said() {
    let (behind, link) = Behind::new();
    let (outcome, _) = with_person(false, opens(link), move |person| {
        person.waits_for("LIVE");
        drop(behind.bell.lock().unwrap().take());
        person.waits_for("GONE");
        person.types("q");
    });
    assert_eq!(
        outcome.ended,
        Ended::Asked,
        "there is nothing at stake any more"
    );
}

#[test]
fn what_cannot_be_opened_is_refused_where_it_was_asked_for() {
    let refuses = || -> Opener { Box::new(|name| Err(format!("{name} needs MNIST"))) };
    let (outcome, _) = with_person(false, refuses(), |_| {});
    let why = "paper-digits needs MNIST".to_owned();
    assert_eq!(outcome.ended, Ended::Refused(why));

    let (outcome, _) = with_person(true, refuses(), |person| {
        person.waits_for("paper-digits");
        person.press(KeyCode::Enter);
        person.waits_for("paper-digits needs MNIST");
        person.types("q");
    });
    assert_eq!(outcome.ended, Ended::Asked);
    assert!(outcome.run.is_none());
}

#[test]
fn signals_are_answered() {
    let (_behind, link) = Behind::new();
    let (outcome, manners) = with_person(false, opens(link), |person| {
        let signal = |signal| person.events.send(TermEvent::Signal(signal)).unwrap();
        person.waits_for("LIVE");
        signal(Signal::Interrupt);
        person.waits_for("leaving ends it");
        person.press(KeyCode::Esc);
        signal(Signal::Stop);
        signal(Signal::Continue);
        signal(Signal::Interrupt);
        signal(Signal::Interrupt);
    });
    assert_eq!(outcome.ended, Ended::Signal(Signal::Interrupt));
    assert_eq!((manners.suspended, manners.carried_on), (1, 1));

    for (event, ended) in [
        (TermEvent::Hangup, Ended::Hangup),
        (
            TermEvent::Signal(Signal::Terminate),
            Ended::Signal(Signal::Terminate),
        ),
        (TermEvent::Panic("oh".into()), Ended::Panic("oh".into())),
    ] {
        let (_behind, link) = Behind::new();
        let (outcome, _) = with_person(false, opens(link), move |person| {
            person.events.send(event).unwrap();
        });
        assert_eq!(outcome.ended, ended);
    }
}

#[test]
fn a_storm_of_sizes_is_one_picture() {
    let (_behind, link) = Behind::new();
    with_person(false, opens(link), |person| {
        person.waits_for("weights W1");
        for width in 0..200 {
            let size = Size::new(width, width / 3);
            person.events.send(TermEvent::Resize(size)).unwrap();
        }
        person
            .events
            .send(TermEvent::Resize(Size::new(120, 40)))
            .unwrap();
        person.waits_for("parameters");
        person.types("qq");
    });
}
