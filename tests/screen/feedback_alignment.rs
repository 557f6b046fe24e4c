//! The views of feedback alignment, with a real run behind the screen: the small preset, stopped in
//! the adaptation of its thirteenth episode. `INSTA_UPDATE=always cargo test --test screen` takes a
//! changed picture over; look at it first.

use std::time::Duration;

use hebbtop::engine::{Command, Engine, Options, RunState, StepOf, Subscription};
use hebbtop::preset::catalogue;
use hebbtop::ui::key::Key;
use hebbtop::ui::state::State;
use hebbtop::ui::theme::Theme;
use hebbtop::ui::update::{Effect, update};
use hebbtop::ui::view::{Memory, view, wanted};
use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};

struct Shown {
    state: State,
    run: Subscription,
    memory: Memory,
    engine: Option<Engine>,
}

impl Shown {
    fn new(preset: &str, size: (u16, u16)) -> Self {
        let options = Options {
            paused: true,
            ..Options::default()
        };
        let engine = Engine::start(catalogue::resolve(preset).unwrap(), options).unwrap();
        let state = State::running(
            Size::new(size.0, size.1),
            Theme::default(),
            preset.to_owned(),
        );
        Self {
            state,
            run: engine.subscribe(),
            memory: Memory::default(),
            engine: Some(engine),
        }
    }

    /// Takes so many steps and waits until they are done.
    fn steps(&mut self, of: StepOf, count: u64) {
        self.run.send(Command::Step { of, count }).unwrap();
        loop {
            self.frame();
            let run = self.state.run.as_ref().unwrap();
            let frame = run.frame.as_ref().unwrap();
            let stopped = frame.state != RunState::Running;
            if stopped && (frame.step, frame.quantum) != (0, 0) {
                break;
            }
        }
    }

    fn frame(&mut self) {
        let now = self.state.now + Duration::from_millis(500);
        self.state.now = now;
        let wanted = wanted(&self.state);
        let screen = self.state.run.as_mut().unwrap();
        let request = screen.request(wanted, now);
        while !self.run.ask(request.clone()).unwrap() {}
        self.run.wake().recv().unwrap();
        let mut frame = self.run.take().unwrap();
        // The only number that a clock has made.
        frame.rate = 0.0;
        screen.take(frame, &request, now);
    }

    fn press(&mut self, names: &str) {
        for name in names.split_whitespace() {
            let key: Key = name.parse().unwrap();
            let Some(action) = self.state.action(key) else {
                continue;
            };
            let now = self.state.now;
            for effect in update(&mut self.state, action, now) {
                if let Effect::Send(command) = effect {
                    self.run.send(command).unwrap();
                }
            }
        }
    }

    fn text(&mut self) -> String {
        let Size { width, height } = self.state.size;
        let area = Rect::new(0, 0, width, height);
        let mut buffer = Buffer::empty(area);
        view(&self.state, &mut self.memory, area, &mut buffer);
        let lines = buffer.content.chunks(usize::from(width));
        let lines = lines.map(|row| row.iter().map(|cell| cell.symbol()).collect::<String>());
        lines
            .map(|line| line.trim_end().to_owned() + "\n")
            .collect()
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        let _ = self.run.send(Command::Quit);
        if let Some(engine) = self.engine.take() {
            let _ = engine.join();
        }
    }
}

fn pictures(name: &str, keys: &str) {
    for size in [(120, 40), (80, 24)] {
        let mut shown = Shown::new("meta-digits", size);
        shown.frame();
        shown.steps(StepOf::Unit, 12);
        shown.steps(StepOf::Quantum, 31);
        shown.press(keys);
        for _ in 0..3 {
            shown.frame();
        }
        insta::assert_snapshot!(format!("fa_{name}_{}x{}", size.0, size.1), shown.text());
    }
}

#[test]
fn overview() {
    pictures("overview", "");
}

#[test]
fn learning() {
    pictures("learning", "2");
}

#[test]
fn rule() {
    pictures("rule", "3");
}

#[test]
fn alignment() {
    pictures("alignment", "4");
}

#[test]
fn weights() {
    pictures("weights", "5");
}
