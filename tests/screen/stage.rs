//! A screen and the run behind it, joined as the loop of the program joins them.

use std::time::Duration;

use hebbtop::engine::Command;
use hebbtop::ui::Form;
use hebbtop::ui::key::Key;
use hebbtop::ui::state::State;
use hebbtop::ui::state::run::Run;
use hebbtop::ui::theme::Theme;
use hebbtop::ui::update::{Effect, Exit, queue, update};
use hebbtop::ui::view::{Memory, view, wanted, wanted_of};
use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};

use crate::fixture::{PaperRun, presets};

pub struct Stage {
    pub state: State,
    pub run: PaperRun,
    /// The lane of `run`, and the others.
    pub lane: u8,
    pub beside: Vec<(u8, PaperRun)>,
    pub memory: Memory,
    pub sent: Vec<Command>,
    pub opened: Option<String>,
    pub exported: Option<Form>,
    pub left: Option<Exit>,
    pub repaints: usize,
}

impl Stage {
    /// A run that is `step` steps old, seen for the first time.
    pub fn at(step: u64, width: u16, height: u16) -> Self {
        let size = Size::new(width, height);
        let state = State::running(size, Theme::default(), "paper-digits".into());
        let mut stage = Self::of(state, PaperRun::at(step));
        stage.frames(3);
        stage
    }

    pub fn choosing(width: u16, height: u16) -> Self {
        let size = Size::new(width, height);
        let state = State::choosing(size, Theme::default());
        Self::of(state, PaperRun::new())
    }

    pub fn of(mut state: State, run: PaperRun) -> Self {
        state.know(presets());
        Self {
            state,
            run,
            lane: 0,
            beside: Vec::new(),
            memory: Memory::default(),
            sent: Vec::new(),
            opened: None,
            exported: None,
            left: None,
            repaints: 0,
        }
    }

    pub fn screen(&mut self) -> &mut Run {
        self.state.run.as_mut().expect("a run is shown")
    }

    /// Types keys by name, separated by blanks, as one burst.
    pub fn press(&mut self, names: &str) -> &mut Self {
        let mut effects = Vec::new();
        for name in names.split_whitespace() {
            let key: Key = name.parse().expect("a key");
            if let Some(action) = self.state.action(key) {
                let now = self.state.now;
                queue(&mut effects, update(&mut self.state, action, now));
            }
        }
        self.follow_focus();
        for effect in effects {
            match effect {
                Effect::Send(command) => self.send(command),
                Effect::Fork(lane) => {
                    self.beside.push((lane, self.run.clone()));
                    self.state.lanes.coming = None;
                    let mut run = Run::new("paper-digits".into());
                    run.lane = lane;
                    self.state.lanes.beside.push(run);
                }
                Effect::Kill(lane) => self.beside.retain(|(other, _)| *other != lane),
                Effect::Promote(_) => self.beside.clear(),
                Effect::Recorded(..) => self.state.lanes.coming = None,
                Effect::Open(name) => self.opened = Some(name),
                Effect::Export(form) => self.exported = Some(form),
                Effect::Repaint | Effect::Suspend => self.repaints += 1,
                Effect::Detach | Effect::Steer | Effect::Mouse(_) | Effect::Depth(_) => {}
                Effect::Leave(exit) => self.left = Some(exit),
            }
            self.follow_focus();
        }
        self.follow_focus();
        self
    }

    /// The paper behind the lane that has the keys.
    fn follow_focus(&mut self) {
        let lane = self.state.run.as_ref().map_or(self.lane, |run| run.lane);
        if let Some((other, run)) = self.beside.iter_mut().find(|(other, _)| *other == lane) {
            std::mem::swap(&mut self.run, run);
            std::mem::swap(&mut self.lane, other);
        }
        self.lane = lane;
    }

    /// Types text character by character, then enter.
    pub fn enter(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            let name = if c == ' ' {
                "space".into()
            } else {
                c.to_string()
            };
            self.press(&name);
        }
        self.press("enter")
    }

    fn send(&mut self, command: Command) {
        let id = self.run.obey(&command);
        self.screen().sent(id, command.clone());
        self.sent.push(command);
    }

    /// Asks for a frame and takes it, so many times, half a second apart.
    pub fn frames(&mut self, count: usize) -> &mut Self {
        for _ in 0..count {
            let now = self.state.now + Duration::from_millis(500);
            self.state.now = now;
            let wanted = wanted(&self.state);
            let request = self.screen().request(wanted, now);
            let frame = self.run.answer(&request);
            self.screen().take(frame, &request, now);
            for (lane, paper) in &mut self.beside {
                let wanted = wanted_of(&self.state, *lane);
                if let Some(run) = self.state.lane_mut(*lane) {
                    let request = run.request(wanted, now);
                    run.take(paper.answer(&request), &request, now);
                }
            }
        }
        self
    }

    pub fn resize(&mut self, width: u16, height: u16) -> &mut Self {
        self.state.size = Size::new(width, height);
        self
    }

    pub fn draw(&mut self) -> Buffer {
        let Size { width, height } = self.state.size;
        let area = Rect::new(0, 0, width, height);
        let mut buffer = Buffer::empty(area);
        view(&self.state, &mut self.memory, area, &mut buffer);
        buffer
    }

    /// What can be read on the screen.
    pub fn text(&mut self) -> String {
        let buffer = self.draw();
        let width = usize::from(buffer.area.width).max(1);
        let lines = buffer.content.chunks(width);
        let lines = lines.map(|row| row.iter().map(|cell| cell.symbol()).collect::<String>());
        lines
            .map(|line| line.trim_end().to_owned() + "\n")
            .collect()
    }

    pub fn message(&mut self) -> String {
        let message = self.screen().message.as_ref();
        message.map_or_else(String::new, |message| message.words.clone())
    }
}
