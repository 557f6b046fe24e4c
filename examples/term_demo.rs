//! The terminal layer by itself: what was pressed, how large the screen is, and every way to end.
//!
//! Keys: q ends, Ctrl-C asks, Ctrl-Z stops, Ctrl-L repaints, p panics, t panics in another thread,
//! m switches the mouse, b asks for the background, w writes without an end, h hangs.

use std::process::ExitCode;
use std::{io, thread};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use hebbtop::ui::term::{Screen, Session, Signal, TermEvent, TtyWriter};
use hebbtop::ui::theme::{ColorChoice, Environment, Level, Role, Theme};
use ratatui::Frame;
use ratatui::layout::Rect;

struct Demo {
    theme: Theme,
    mouse: bool,
    /// Whether the first interruption waits for its answer.
    asking: bool,
    /// Frames are drawn without a pause, to fill a terminal that does not read.
    flood: Option<u64>,
    heard: Vec<String>,
}

/// How the demonstration ends.
enum End {
    Quit,
    Status(u8),
}

fn main() -> ExitCode {
    let environment = Environment::of_process();
    if !environment.has_cursor() {
        eprintln!(
            "this terminal cannot move its cursor (TERM={:?})",
            environment.term
        );
        return ExitCode::from(2);
    }
    let session = match Session::start() {
        Ok(session) => session,
        Err(error) => {
            eprintln!("no terminal: {error}");
            return ExitCode::from(4);
        }
    };
    let demo = Demo {
        theme: environment.theme(ColorChoice::Auto),
        mouse: false,
        asking: false,
        flood: None,
        heard: Vec::new(),
    };
    let end = run(&session, demo);
    session.restore();
    match end {
        // An error of input or output means that the terminal is gone.
        Err(_) => ExitCode::from(129),
        Ok(End::Status(status)) => ExitCode::from(status),
        Ok(End::Quit) => {
            println!("goodbye");
            ExitCode::SUCCESS
        }
    }
}

fn run(session: &Session, mut demo: Demo) -> io::Result<End> {
    let mut screen = Screen::new(session.writer(), session.size(), demo.theme.depth)?;
    loop {
        screen.draw(|frame| demo.view(frame))?;
        if let Some(frames) = &mut demo.flood {
            *frames += 1;
            if session.events().is_empty() {
                continue;
            }
        }
        let first = session
            .events()
            .recv()
            .expect("the session sends as long as it lives");
        for event in std::iter::once(first).chain(session.events().try_iter()) {
            if let Some(end) = demo.hear(event, session, &mut screen)? {
                return Ok(end);
            }
        }
    }
}

impl Demo {
    fn hear(
        &mut self,
        event: TermEvent,
        session: &Session,
        screen: &mut Screen<TtyWriter>,
    ) -> io::Result<Option<End>> {
        match event {
            TermEvent::Key(key) => return self.press(key, session, screen),
            TermEvent::Paste(text) => self.heard.push(format!("pasted {text:?}")),
            TermEvent::Mouse(mouse) => {
                self.heard.push(format!(
                    "mouse {:?} {},{}",
                    mouse.kind, mouse.column, mouse.row
                ));
            }
            TermEvent::Background(rgb) => self.heard.push(format!("background {rgb:?}")),
            TermEvent::Resize(size) => screen.set_size(size)?,
            TermEvent::Hangup => return Ok(Some(End::Status(129))),
            TermEvent::Panic(_) => return Ok(Some(End::Status(101))),
            TermEvent::Signal(Signal::Stop) => self.stop(session)?,
            TermEvent::Signal(Signal::Continue) => {
                if let Some(size) = session.resume()? {
                    self.heard.push("resumed".into());
                    screen.entered_again(size)?;
                }
            }
            TermEvent::Signal(Signal::Interrupt) => return Ok(self.interrupt()),
            TermEvent::Signal(signal) => return Ok(signal.exit_status().map(End::Status)),
        }
        Ok(None)
    }

    fn press(
        &mut self,
        key: KeyEvent,
        session: &Session,
        screen: &mut Screen<TtyWriter>,
    ) -> io::Result<Option<End>> {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Char('c') if control => return Ok(self.interrupt()),
            KeyCode::Char('z') if control => self.stop(session)?,
            KeyCode::Char('l') if control => screen.repaint()?,
            KeyCode::Char('n') if self.asking => {
                self.asking = false;
                session.carry_on();
            }
            KeyCode::Char('q') => return Ok(Some(End::Quit)),
            KeyCode::Char('p') => panic!("the screen panicked as it was told"),
            KeyCode::Char('t') => {
                let worker = thread::Builder::new().name("worker".into());
                worker.spawn(|| panic!("the worker panicked as it was told"))?;
            }
            KeyCode::Char('m') => {
                self.mouse = !self.mouse;
                session.set_mouse(self.mouse)?;
            }
            KeyCode::Char('b') => session.ask_background()?,
            KeyCode::Char('w') => self.flood = Some(0),
            KeyCode::Char('h') => loop {
                thread::park();
            },
            code => self.heard.push(format!("key {:?} {code:?}", key.modifiers)),
        }
        Ok(None)
    }

    fn interrupt(&mut self) -> Option<End> {
        if self.asking {
            return Some(End::Status(130));
        }
        self.asking = true;
        None
    }

    fn stop(&mut self, session: &Session) -> io::Result<()> {
        if !session.suspend()? {
            self.heard.push("no shell to stop for".into());
        }
        Ok(())
    }

    fn view(&self, frame: &mut Frame) {
        let area = frame.area();
        let buffer = frame.buffer_mut();
        let mut line = |y: u16, text: &str, role: Role| {
            if y < area.height {
                buffer.set_stringn(0, y, text, usize::from(area.width), self.theme.style(role));
            }
        };
        line(
            0,
            &format!("term demo {}x{}", area.width, area.height),
            Role::Title,
        );
        if self.asking {
            line(1, "end? (again: yes, n: no)", Role::Warn);
        }
        if let Some(frames) = self.flood {
            line(2, &format!("frame {frames}"), Role::Value);
        }
        let room = usize::from(area.height.saturating_sub(6));
        let latest = self.heard.len().saturating_sub(room);
        for (y, text) in (6..).zip(&self.heard[latest..]) {
            line(y, text, Role::Text);
        }
        for x in 0..17u16 {
            let (signed, unsigned) = (Level::Signed(x as i8 - 8), Level::Unsigned(x as u8));
            for (y, level) in [(3, signed), (4, unsigned)] {
                if area.contains((x, y).into()) {
                    let (glyph, style) = self.theme.heat_cell(level, level);
                    buffer[(x, y)].set_char(glyph).set_style(style);
                }
            }
        }
        if let Some(frames) = self.flood {
            let rest = Rect::new(20, 0, area.width, area.height).intersection(area);
            for (i, position) in (0u64..).zip(rest.positions()) {
                let shade = ((i * 7 + frames * 13) % 94) as u8 + b'!';
                buffer[position].set_char(char::from(shade));
            }
        }
    }
}
