//! Bytes from a terminal become events.
//!
//! The parser reads byte by byte, so that it makes no difference how a slow line splits a sequence.
//! What is still open when the line falls silent is decided by [`Parser::flush`], which the reader calls
//! after [`Parser::patience`]: a lone ESC is the escape key.

mod csi;
mod paste;
mod reply;

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::event::TermEvent;
use paste::Paste;

const ESC: u8 = 0x1b;

/// How long the rest of an escape sequence may take on a slow line. Longer would delay the escape key.
const SEQUENCE: Duration = Duration::from_millis(50);
/// How long the rest of a terminal's reply may take.
const REPLY: Duration = Duration::from_millis(500);
/// How long a paste may pause.
const PASTE: Duration = Duration::from_secs(2);

/// The longest parameters of a control sequence that mean anything here.
const MOST_PARAMETERS: usize = 64;
/// A reply that goes on for longer than this is no reply.
const MOST_REPLY: usize = 64 * 1024;

#[derive(Debug, Default)]
pub struct Parser {
    state: State,
    /// The present sequence began with two escapes: the second made it, the first is Alt.
    alt: bool,
    /// Parameters of a control sequence, content of a reply, bytes of a character.
    buffer: Vec<u8>,
    paste: Paste,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Ground,
    /// Inside a character of so many bytes.
    Character(usize),
    /// ESC
    Escape,
    /// ESC ESC
    EscapeTwice,
    /// ESC O
    Ss3,
    /// ESC [
    Csi,
    /// ESC [ [, the Linux console's function keys
    Console,
    /// ESC [ M and so many bytes that follow (an old mouse report, not used)
    OldMouse(u8),
    /// ESC and the byte that opens a reply: OSC, DCS, APC and the like
    Reply(u8),
    /// An ESC inside a reply, which a backslash makes its end
    ReplyEscape(u8),
    Paste,
}

impl Parser {
    /// Reads bytes as they come.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<TermEvent> {
        let mut events = Vec::new();
        for &byte in bytes {
            self.step(byte, &mut events);
        }
        events
    }

    /// How long to wait for more before calling [`flush`](Self::flush); nothing if nothing is open.
    pub fn patience(&self) -> Option<Duration> {
        match self.state {
            State::Ground => None,
            State::Reply(_) | State::ReplyEscape(_) if !self.buffer.is_empty() => Some(REPLY),
            State::Paste => Some(PASTE),
            _ => Some(SEQUENCE),
        }
    }

    /// No more bytes have come: decides what the open sequence was.
    pub fn flush(&mut self) -> Vec<TermEvent> {
        let mut events = Vec::new();
        match self.state {
            State::Ground | State::Character(_) | State::OldMouse(_) => {}
            State::Escape => self.escape_key(&mut events),
            State::EscapeTwice => {
                self.escape_key(&mut events);
                self.escape_key(&mut events);
            }
            State::Ss3 => events.push(alt(b'O')),
            State::Csi if self.buffer.is_empty() => events.push(alt(b'[')),
            State::Csi => {}
            State::Console => events.extend([alt(b'['), character('[', KeyModifiers::NONE)]),
            State::Reply(opener) if self.buffer.is_empty() => events.push(alt(opener)),
            State::ReplyEscape(opener) if self.buffer.is_empty() => {
                events.push(alt(opener));
                self.escape_key(&mut events);
            }
            State::Reply(_) | State::ReplyEscape(_) => {}
            State::Paste => events.extend(self.paste.finish()),
        }
        self.open(State::Ground);
        events
    }

    fn open(&mut self, state: State) {
        self.state = state;
        self.buffer.clear();
    }

    fn escape_key(&mut self, events: &mut Vec<TermEvent>) {
        events.push(key(KeyCode::Esc, KeyModifiers::NONE));
    }

    fn step(&mut self, byte: u8, events: &mut Vec<TermEvent>) {
        match self.state {
            State::Ground => self.ground(byte, KeyModifiers::NONE, events),
            State::Character(length) => self.inside_character(byte, length, events),
            State::Escape => self.after_escape(byte, false, events),
            State::EscapeTwice => match byte {
                b'[' | b'O' => self.after_escape(byte, true, events),
                ESC => self.escape_key(events),
                _ => {
                    self.escape_key(events);
                    self.after_escape(byte, false, events);
                }
            },
            State::Ss3 => self.after_ss3(byte, events),
            State::Csi => self.inside_csi(byte, events),
            State::Console => {
                self.open(State::Ground);
                if let b'A'..=b'E' = byte {
                    let number = byte - b'A' + 1;
                    events.push(key(KeyCode::F(number), self.modifiers()));
                }
            }
            State::OldMouse(1) => self.open(State::Ground),
            State::OldMouse(left) => self.state = State::OldMouse(left - 1),
            State::Reply(opener) => self.inside_reply(byte, opener, events),
            State::ReplyEscape(_) => {
                let content = std::mem::take(&mut self.buffer);
                let opener = self.state;
                self.open(State::Ground);
                if byte == b'\\' {
                    if opener == State::ReplyEscape(b']') {
                        events.extend(reply::operating_system_command(&content));
                    }
                } else {
                    self.after_escape(byte, false, events);
                }
            }
            State::Paste => {
                if self.paste.push(byte) {
                    events.extend(self.paste.finish());
                    self.open(State::Ground);
                }
            }
        }
    }

    fn ground(&mut self, byte: u8, modifiers: KeyModifiers, events: &mut Vec<TermEvent>) {
        self.open(State::Ground);
        match byte {
            ESC => self.open(State::Escape),
            0..=0x1f | 0x7f => events.push(control(byte, modifiers)),
            0x20..=0x7e => events.push(character(char::from(byte), modifiers)),
            0x80.. => {
                self.alt = modifiers.contains(KeyModifiers::ALT);
                let length = match byte {
                    0xc2..=0xdf => 2,
                    0xe0..=0xef => 3,
                    0xf0..=0xf4 => 4,
                    // No character begins so.
                    _ => return,
                };
                self.open(State::Character(length));
                self.buffer.push(byte);
            }
        }
    }

    fn inside_character(&mut self, byte: u8, length: usize, events: &mut Vec<TermEvent>) {
        if !(0x80..=0xbf).contains(&byte) {
            self.ground(byte, KeyModifiers::NONE, events);
            return;
        }
        self.buffer.push(byte);
        if self.buffer.len() == length {
            let whole = std::str::from_utf8(&self.buffer).ok();
            // The C1 controls are no keys.
            if let Some(c) = whole
                .and_then(|s| s.chars().next())
                .filter(|c| !c.is_control())
            {
                events.push(character(c, self.modifiers()));
            }
            self.open(State::Ground);
        }
    }

    fn after_escape(&mut self, byte: u8, alt: bool, events: &mut Vec<TermEvent>) {
        self.alt = alt;
        match byte {
            ESC => self.open(State::EscapeTwice),
            b'[' => self.open(State::Csi),
            b'O' => self.open(State::Ss3),
            b']' | b'P' | b'X' | b'^' | b'_' => self.open(State::Reply(byte)),
            _ => self.ground(byte, KeyModifiers::ALT, events),
        }
    }

    fn after_ss3(&mut self, byte: u8, events: &mut Vec<TermEvent>) {
        match byte {
            b'0'..=b'9' if self.buffer.len() < 2 => self.buffer.push(byte),
            0x20..=0x7e => {
                let modifiers = csi::modifiers(csi::number(&self.buffer)) | self.modifiers();
                events.extend(csi::application_key(byte).map(|code| key(code, modifiers)));
                self.open(State::Ground);
            }
            _ => self.ground(byte, KeyModifiers::NONE, events),
        }
    }

    fn inside_csi(&mut self, byte: u8, events: &mut Vec<TermEvent>) {
        match byte {
            0x20..=0x3f => {
                // What is longer than anything known keeps its length and loses its meaning.
                if self.buffer.len() < MOST_PARAMETERS {
                    self.buffer.push(byte);
                } else {
                    self.buffer[0] = b'?';
                }
            }
            b'[' if self.buffer.is_empty() => self.state = State::Console,
            b'M' if self.buffer.is_empty() => self.state = State::OldMouse(3),
            b'~' if self.buffer == b"200" => self.open(State::Paste),
            0x40..=0x7e => {
                events.extend(csi::event(&self.buffer, byte, self.modifiers()));
                self.open(State::Ground);
            }
            _ => self.ground(byte, KeyModifiers::NONE, events),
        }
    }

    fn inside_reply(&mut self, byte: u8, opener: u8, events: &mut Vec<TermEvent>) {
        match byte {
            ESC => self.state = State::ReplyEscape(opener),
            // BEL ends a reply; CAN and SUB cancel it.
            0x07 => {
                let content = std::mem::take(&mut self.buffer);
                self.open(State::Ground);
                if opener == b']' {
                    events.extend(reply::operating_system_command(&content));
                }
            }
            0x18 | 0x1a => self.open(State::Ground),
            _ if self.buffer.len() == MOST_REPLY => self.open(State::Ground),
            _ => self.buffer.push(byte),
        }
    }

    fn modifiers(&self) -> KeyModifiers {
        if self.alt {
            KeyModifiers::ALT
        } else {
            KeyModifiers::NONE
        }
    }
}

fn key(code: KeyCode, modifiers: KeyModifiers) -> TermEvent {
    TermEvent::Key(KeyEvent::new(code, modifiers))
}

fn character(c: char, modifiers: KeyModifiers) -> TermEvent {
    let shift = if c.is_uppercase() {
        KeyModifiers::SHIFT
    } else {
        KeyModifiers::NONE
    };
    key(KeyCode::Char(c), modifiers | shift)
}

fn alt(byte: u8) -> TermEvent {
    character(char::from(byte), KeyModifiers::ALT)
}

/// Both bytes that a backspace key may send mean it, and so do both ends of a line mean Enter.
fn control(byte: u8, modifiers: KeyModifiers) -> TermEvent {
    let with_control = |c| key(KeyCode::Char(c), modifiers | KeyModifiers::CONTROL);
    match byte {
        0x00 => with_control(' '),
        0x08 | 0x7f => key(KeyCode::Backspace, modifiers),
        b'\t' => key(KeyCode::Tab, modifiers),
        b'\r' | b'\n' => key(KeyCode::Enter, modifiers),
        0x01..=0x1a => with_control(char::from(byte - 1 + b'a')),
        _ => with_control(char::from(byte + 0x40)),
    }
}
