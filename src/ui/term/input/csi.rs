//! Control sequences that terminals send: keys and the mouse.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use super::super::event::TermEvent;

/// The event of `CSI parameters last`; `held` is what an escape before it adds. Replies and sequences
/// that mean nothing here give nothing.
pub(super) fn event(parameters: &[u8], last: u8, held: KeyModifiers) -> Option<TermEvent> {
    // What a terminal says of itself when it is asked: all is well.
    if (parameters, last) == (b"0", b'n') {
        return Some(TermEvent::Alive);
    }
    match (parameters.first(), last) {
        (Some(b'<'), b'M' | b'm') => return mouse(&parameters[1..], last == b'M'),
        (Some(b'<' | b'=' | b'>' | b'?'), _) => return None,
        _ => {}
    }
    let mut fields = parameters.split(|&b| b == b';');
    let mut next = || fields.next().and_then(number);
    let (first, second, third) = (next(), next(), next());
    let code = match last {
        // A report of the cursor's position ends like F3 and names a row instead of 1.
        b'A'..=b'F' | b'H' | b'P'..=b'S' if first.is_none_or(|n| n == 1) => application_key(last)?,
        b'a'..=b'd' if first.is_none() => {
            let code = application_key(last.to_ascii_uppercase())?;
            return Some(key(code, held | KeyModifiers::SHIFT));
        }
        b'Z' => {
            return Some(key(
                KeyCode::BackTab,
                held | KeyModifiers::SHIFT | modifiers(second),
            ));
        }
        b'~' if first == Some(27) => return encoded(third?, modifiers(second) | held),
        b'u' => return encoded(first?, modifiers(second) | held),
        b'~' => numbered_key(first?)?,
        _ => return None,
    };
    Some(key(code, modifiers(second) | held))
}

/// The key behind the last byte of `ESC O` and of unnumbered control sequences.
pub(super) fn application_key(last: u8) -> Option<KeyCode> {
    Some(match last {
        b'A' | b'a' => KeyCode::Up,
        b'B' | b'b' => KeyCode::Down,
        b'C' | b'c' => KeyCode::Right,
        b'D' | b'd' => KeyCode::Left,
        b'E' => KeyCode::KeypadBegin,
        b'F' => KeyCode::End,
        b'H' => KeyCode::Home,
        b'M' => KeyCode::Enter,
        b'P'..=b'S' => KeyCode::F(last - b'P' + 1),
        b'X' => KeyCode::Char('='),
        // The keypad in application mode: the character lies 64 below.
        b'j'..=b'y' => KeyCode::Char(char::from(last - 64)),
        _ => return None,
    })
}

fn numbered_key(number: u32) -> Option<KeyCode> {
    Some(match number {
        1 | 7 => KeyCode::Home,
        2 => KeyCode::Insert,
        3 => KeyCode::Delete,
        4 | 8 => KeyCode::End,
        5 => KeyCode::PageUp,
        6 => KeyCode::PageDown,
        11..=15 => KeyCode::F((number - 10) as u8),
        17..=21 => KeyCode::F((number - 11) as u8),
        23..=26 => KeyCode::F((number - 12) as u8),
        28 | 29 => KeyCode::F((number - 13) as u8),
        31..=34 => KeyCode::F((number - 14) as u8),
        _ => return None,
    })
}

/// A key sent as its character's number (xterm's modifyOtherKeys, kitty's protocol).
fn encoded(number: u32, modifiers: KeyModifiers) -> Option<TermEvent> {
    let code = match number {
        9 if modifiers.contains(KeyModifiers::SHIFT) => KeyCode::BackTab,
        9 => KeyCode::Tab,
        10 | 13 => KeyCode::Enter,
        27 => KeyCode::Esc,
        8 | 127 => KeyCode::Backspace,
        _ => KeyCode::Char(char::from_u32(number).filter(|c| !c.is_control())?),
    };
    Some(key(code, modifiers))
}

/// One more than the sum of 1 (Shift), 2 (Alt), 4 (Control) and 8 (Super).
pub(super) fn modifiers(parameter: Option<u32>) -> KeyModifiers {
    let bits = parameter.unwrap_or(1).saturating_sub(1);
    let mut modifiers = KeyModifiers::NONE;
    for (bit, modifier) in [
        (1, KeyModifiers::SHIFT),
        (2, KeyModifiers::ALT),
        (4, KeyModifiers::CONTROL),
        (8, KeyModifiers::SUPER),
    ] {
        if bits & bit != 0 {
            modifiers |= modifier;
        }
    }
    modifiers
}

/// A parameter, without what follows a colon in it.
pub(super) fn number(field: &[u8]) -> Option<u32> {
    let main = field.split(|&b| b == b':').next()?;
    std::str::from_utf8(main).ok()?.parse().ok()
}

/// `button ; column ; row` of an SGR mouse report.
fn mouse(parameters: &[u8], pressed: bool) -> Option<TermEvent> {
    let mut fields = parameters.split(|&b| b == b';').map(number);
    let button = fields.next()??;
    let column = u16::try_from(fields.next()??).ok()?.checked_sub(1)?;
    let row = u16::try_from(fields.next()??).ok()?.checked_sub(1)?;
    let which = match button & 3 {
        0 => Some(MouseButton::Left),
        1 => Some(MouseButton::Middle),
        2 => Some(MouseButton::Right),
        _ => None,
    };
    let (moved, wheel) = (button & 32 != 0, button & 64 != 0);
    let kind = match (wheel, moved, which) {
        (true, _, _) => match button & 3 {
            0 => MouseEventKind::ScrollUp,
            1 => MouseEventKind::ScrollDown,
            2 => MouseEventKind::ScrollLeft,
            _ => MouseEventKind::ScrollRight,
        },
        (false, true, Some(which)) => MouseEventKind::Drag(which),
        (false, true, None) => MouseEventKind::Moved,
        (false, false, Some(which)) if pressed => MouseEventKind::Down(which),
        (false, false, Some(which)) => MouseEventKind::Up(which),
        (false, false, None) => return None,
    };
    // Shift, Alt and Control lie two bits above where keys have them.
    let modifiers = modifiers(Some((button >> 2 & 7) + 1));
    Some(TermEvent::Mouse(MouseEvent {
        kind,
        column,
        row,
        modifiers,
    }))
}

fn key(code: KeyCode, modifiers: KeyModifiers) -> TermEvent {
    TermEvent::Key(KeyEvent::new(code, modifiers))
}
