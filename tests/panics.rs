//! A panic behind the screen is read on the normal screen. The program has no way to be told to panic;
//! so this test has no harness and is its own program: started in the terminal with an argument, it
//! shows the real screen with a run that panics where the argument says.

mod pty;

use std::process::ExitCode;
use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded};
use hebbtop::engine::{Command, CommandId, Frame, Request};
use hebbtop::ui::keys::KeyMap;
use hebbtop::ui::link::{Gone, Link};
use hebbtop::ui::theme::{ColorChoice, Environment};
use hebbtop::ui::{self, Begin, Ended, Options};
use pty::Program;

/// Where the run panics.
const PLACES: [&str; 3] = ["on-the-screen", "in-a-thread", "while-opening"];

fn main() -> ExitCode {
    match std::env::args().nth(1) {
        Some(place) if PLACES.contains(&place.as_str()) => panic_in(place),
        // Arguments of cargo's own harness.
        Some(argument) if argument == "--list" => ExitCode::SUCCESS,
        _ => {
            PLACES
                .into_iter()
                .for_each(a_panic_is_read_on_the_normal_screen);
            println!("a panic is read on the normal screen: ok");
            ExitCode::SUCCESS
        }
    }
}

fn a_panic_is_read_on_the_normal_screen(place: &str) {
    let this = std::env::current_exe().expect("a test has a path");
    let mut pty = Program::new(this).args([place]).start(80, 24);
    pty.assert_exit(101);
    assert!(!pty.output(0).is_empty());
    assert!(
        pty.output(0)
            .windows(8)
            .any(|bytes| bytes == b"\x1b[?1049h"),
        "{place}: the screen was never there"
    );
    let text = pty.text().replace('\n', "");
    let told = text.matches("panicked as it was told").count();
    assert_eq!(told, 1, "{place}: told once\n{}", pty.text());
}

/// A run that answers nothing and panics when it is asked.
struct Treacherous {
    place: String,
    wake: Receiver<()>,
    _bell: Sender<()>,
}

impl Treacherous {
    fn new(place: String) -> Self {
        let (bell, wake) = bounded(1);
        Self {
            place,
            wake,
            _bell: bell,
        }
    }
}

impl Link for Treacherous {
    fn send(&mut self, _: Command) -> Result<CommandId, Gone> {
        Err(Gone)
    }

    fn ask(&mut self, _: Request) -> Result<bool, Gone> {
        assert!(
            self.place != PLACES[0],
            "the screen panicked as it was told"
        );
        let worker = thread::Builder::new().name("worker".into());
        let worker = worker.spawn(|| panic!("the worker panicked as it was told"));
        assert!(worker.is_ok_and(|worker| worker.join().is_err()));
        Ok(true)
    }

    fn take(&mut self) -> Option<Frame> {
        None
    }

    fn wake(&self) -> &Receiver<()> {
        &self.wake
    }
}

fn panic_in(place: String) -> ExitCode {
    let options = Options {
        theme: Environment::of_process().theme(ColorChoice::Auto),
        ask_background: true,
        presets: Box::new(Vec::new),
        keys: KeyMap::standard(),
        budget: None,
        mouse: false,
        tour: false,
    };
    let opener = Box::new(move |_: &str| {
        assert!(place != PLACES[2], "opening panicked as it was told");
        Ok(Box::new(Treacherous::new(place.clone())) as Box<dyn Link>)
    });
    match ui::run(Begin::Open("a-run".into()), options, opener) {
        Ok(outcome) if matches!(outcome.ended, Ended::Panic(_)) => ExitCode::from(101),
        _ => ExitCode::FAILURE,
    }
}
