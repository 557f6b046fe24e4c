//! The input parser: what terminals send, split anywhere, and rubbish.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use hebbtop::ui::term::TermEvent;
use hebbtop::ui::term::input::Parser;
use proptest::prelude::*;

const NONE: KeyModifiers = KeyModifiers::NONE;
const SHIFT: KeyModifiers = KeyModifiers::SHIFT;
const ALT: KeyModifiers = KeyModifiers::ALT;
const CONTROL: KeyModifiers = KeyModifiers::CONTROL;

fn key(code: KeyCode, modifiers: KeyModifiers) -> TermEvent {
    TermEvent::Key(KeyEvent::new(code, modifiers))
}

fn char_key(c: char) -> TermEvent {
    key(KeyCode::Char(c), NONE)
}

/// Everything that comes of these bytes and the silence after them.
fn read(bytes: &[u8]) -> Vec<TermEvent> {
    let mut parser = Parser::default();
    let mut events = parser.feed(bytes);
    events.extend(parser.flush());
    assert_eq!(parser.patience(), None, "nothing is open after a flush");
    events
}

#[test]
fn keys_of_common_terminals() {
    use KeyCode::*;
    for (bytes, code, modifiers) in [
        ("a", Char('a'), NONE),
        ("A", Char('A'), SHIFT),
        ("é", Char('é'), NONE),
        ("Ä", Char('Ä'), SHIFT),
        ("漢", Char('漢'), NONE),
        ("😀", Char('😀'), NONE),
        (" ", Char(' '), NONE),
        ("\r", Enter, NONE),
        ("\n", Enter, NONE),
        ("\t", Tab, NONE),
        ("\x7f", Backspace, NONE),
        ("\x08", Backspace, NONE),
        ("\x1b", Esc, NONE),
        ("\x00", Char(' '), CONTROL),
        ("\x03", Char('c'), CONTROL),
        ("\x1a", Char('z'), CONTROL),
        ("\x1c", Char('\\'), CONTROL),
        ("\x1d", Char(']'), CONTROL),
        ("\x1f", Char('_'), CONTROL),
        ("\x1ba", Char('a'), ALT),
        ("\x1bA", Char('A'), ALT | SHIFT),
        ("\x1bé", Char('é'), ALT),
        ("\x1b\x03", Char('c'), ALT | CONTROL),
        ("\x1b\x7f", Backspace, ALT),
        ("\x1b\r", Enter, ALT),
        // Alt with characters that also open sequences.
        ("\x1b[", Char('['), ALT),
        ("\x1bO", Char('O'), ALT | SHIFT),
        ("\x1b]", Char(']'), ALT),
        ("\x1bP", Char('P'), ALT | SHIFT),
        ("\x1bX", Char('X'), ALT | SHIFT),
        ("\x1b_", Char('_'), ALT),
        ("\x1b^", Char('^'), ALT),
        ("\x1b[A", Up, NONE),
        ("\x1b[B", Down, NONE),
        ("\x1b[C", Right, NONE),
        ("\x1b[D", Left, NONE),
        ("\x1b[E", KeypadBegin, NONE),
        ("\x1bOA", Up, NONE),
        ("\x1bOD", Left, NONE),
        ("\x1b[H", Home, NONE),
        ("\x1bOH", Home, NONE),
        ("\x1b[1~", Home, NONE),
        ("\x1b[7~", Home, NONE),
        ("\x1b[F", End, NONE),
        ("\x1b[4~", End, NONE),
        ("\x1b[8~", End, NONE),
        ("\x1b[2~", Insert, NONE),
        ("\x1b[3~", Delete, NONE),
        ("\x1b[5~", PageUp, NONE),
        ("\x1b[6~", PageDown, NONE),
        ("\x1bOP", F(1), NONE),
        ("\x1bOS", F(4), NONE),
        ("\x1b[11~", F(1), NONE),
        ("\x1b[15~", F(5), NONE),
        ("\x1b[17~", F(6), NONE),
        ("\x1b[21~", F(10), NONE),
        ("\x1b[23~", F(11), NONE),
        ("\x1b[24~", F(12), NONE),
        ("\x1b[25~", F(13), NONE),
        ("\x1b[29~", F(16), NONE),
        ("\x1b[34~", F(20), NONE),
        // The Linux console.
        ("\x1b[[A", F(1), NONE),
        ("\x1b[[E", F(5), NONE),
        ("\x1b[Z", BackTab, SHIFT),
        ("\x1b[1;2A", Up, SHIFT),
        ("\x1b[1;3B", Down, ALT),
        ("\x1b[1;5A", Up, CONTROL),
        ("\x1b[1;6D", Left, CONTROL | SHIFT),
        ("\x1b[1;8C", Right, CONTROL | SHIFT | ALT),
        ("\x1b[1;5H", Home, CONTROL),
        ("\x1b[5;5~", PageUp, CONTROL),
        ("\x1b[3;2~", Delete, SHIFT),
        ("\x1b[1;2P", F(1), SHIFT),
        ("\x1b[1;5R", F(3), CONTROL),
        ("\x1bO5P", F(1), CONTROL),
        ("\x1b[15;5~", F(5), CONTROL),
        // rxvt.
        ("\x1b[a", Up, SHIFT),
        ("\x1bOM", Enter, NONE),
        ("\x1bOj", Char('*'), NONE),
        ("\x1bOp", Char('0'), NONE),
        ("\x1bOy", Char('9'), NONE),
        // PuTTY and others send Alt before the whole sequence.
        ("\x1b\x1b[A", Up, ALT),
        ("\x1b\x1bOA", Up, ALT),
        ("\x1b\x1b[3~", Delete, ALT),
        // Characters by number.
        ("\x1b[97;5u", Char('a'), CONTROL),
        ("\x1b[27u", Esc, NONE),
        ("\x1b[9;2u", BackTab, SHIFT),
        ("\x1b[97:65;5:1u", Char('a'), CONTROL),
        ("\x1b[27;5;13~", Enter, CONTROL),
    ] {
        assert_eq!(read(bytes.as_bytes()), [key(code, modifiers)], "{bytes:?}");
    }
}

#[test]
fn a_sign_of_life_is_heard() {
    assert_eq!(read(b"\x1b[0nx"), [TermEvent::Alive, char_key('x')]);
    // A terminal that is not well says so with another number.
    assert_eq!(read(b"\x1b[3nx"), [char_key('x')]);
}

#[test]
fn replies_and_unknown_sequences_are_swallowed() {
    for bytes in [
        "\x1b[?62;22c",
        "\x1b[>41;354;0c",
        "\x1b[12;40R",
        "\x1b[?2026;2$y",
        "\x1b[I",
        "\x1b[O",
        "\x1b[201~",
        "\x1b[999~",
        "\x1b[99999999999999~",
        "\x1b[5;7A",
        "\x1b]10;rgb:ffff/ffff/ffff\x1b\\",
        "\x1b]0;title\x07",
        "\x1bP>|xterm(390)\x1b\\",
        "\x1b_Gi=1;OK\x1b\\",
        "\x1b^private\x1b\\",
        "\x1b[M !!",
    ] {
        let bytes: &str = bytes;
        let events: Vec<_> = read(format!("{bytes}x").as_bytes());
        assert_eq!(events, [char_key('x')], "{bytes:?}");
    }
}

#[test]
fn the_background_is_reported() {
    for end in ["\x07", "\x1b\\"] {
        let bytes = format!("a\x1b]11;rgb:0000/2b2b/3636{end}b");
        assert_eq!(
            read(bytes.as_bytes()),
            [
                char_key('a'),
                TermEvent::Background((0, 0x2b, 0x36)),
                char_key('b')
            ]
        );
    }
}

#[test]
fn escape_and_what_follows() {
    let escape = key(KeyCode::Esc, NONE);
    assert_eq!(read(b"\x1b\x1b"), [escape.clone(), escape.clone()]);
    assert_eq!(read(b"\x1b\x1b\x1b"), vec![escape.clone(); 3]);
    assert_eq!(
        read(b"\x1b\x1ba"),
        [escape.clone(), key(KeyCode::Char('a'), ALT)]
    );
    // A lone escape, a pause, and a letter are two keys.
    let mut parser = Parser::default();
    assert_eq!(parser.feed(b"\x1b"), []);
    assert!(parser.patience().is_some());
    assert_eq!(parser.flush(), [escape]);
    assert_eq!(parser.feed(b"a"), [char_key('a')]);
    // A sequence that breaks off is dropped, and the next key counts.
    assert_eq!(
        read(b"\x1b[1;5\rq"),
        [key(KeyCode::Enter, NONE), char_key('q')]
    );
    assert_eq!(read(b"\x1b[1;5\x1b[A"), [key(KeyCode::Up, NONE)]);
    assert_eq!(read(b"\x1b]11;rgb:\x1b[A"), [key(KeyCode::Up, NONE)]);
}

#[test]
fn a_paste_is_one_event_and_no_keys() {
    let paste = |bytes: &[u8]| {
        let whole = [b"\x1b[200~", bytes, b"\x1b[201~q"].concat();
        read(&whole)
    };
    assert_eq!(
        paste("quit\r\n:set eta 9\x03\x1b[A é".as_bytes()),
        [
            TermEvent::Paste("quit\n:set eta 9[A é".into()),
            char_key('q')
        ]
    );
    assert_eq!(paste(b""), [char_key('q')]);
    // Something like the end mark, and the start of it again, belong to the text.
    assert_eq!(
        paste(b"\x1b[20\x1b[2x"),
        [TermEvent::Paste("[20[2x".into()), char_key('q')]
    );
    let long = vec![b'z'; 1 << 20];
    let [TermEvent::Paste(text), last] = &paste(&long)[..] else {
        panic!("a paste and a key")
    };
    assert_eq!((text.len(), last), (64 * 1024, &char_key('q')));
    // A paste that never ends does not hold the keyboard for ever.
    assert_eq!(read(b"\x1b[200~half"), [TermEvent::Paste("half".into())]);
}

#[test]
fn mouse_reports() {
    let event = |kind, column, row, modifiers| {
        [TermEvent::Mouse(MouseEvent {
            kind,
            column,
            row,
            modifiers,
        })]
    };
    for (bytes, expected) in [
        (
            "\x1b[<0;1;1M",
            event(MouseEventKind::Down(MouseButton::Left), 0, 0, NONE),
        ),
        (
            "\x1b[<0;121;41m",
            event(MouseEventKind::Up(MouseButton::Left), 120, 40, NONE),
        ),
        (
            "\x1b[<18;5;6M",
            event(MouseEventKind::Down(MouseButton::Right), 4, 5, CONTROL),
        ),
        (
            "\x1b[<32;5;6M",
            event(MouseEventKind::Drag(MouseButton::Left), 4, 5, NONE),
        ),
        ("\x1b[<35;5;6M", event(MouseEventKind::Moved, 4, 5, NONE)),
        ("\x1b[<64;5;6M", event(MouseEventKind::ScrollUp, 4, 5, NONE)),
        (
            "\x1b[<69;5;6M",
            event(MouseEventKind::ScrollDown, 4, 5, SHIFT),
        ),
    ] {
        assert_eq!(read(bytes.as_bytes()), expected, "{bytes:?}");
    }
    for bytes in [
        "\x1b[<0;0;1M",
        "\x1b[<0;1M",
        "\x1b[<0;70000;1M",
        "\x1b[<3;1;1M",
        "\x1b[<M",
    ] {
        assert_eq!(read(bytes.as_bytes()), [], "{bytes:?}");
    }
}

/// Bytes such as terminals send, and bytes such as they never should.
fn input() -> impl Strategy<Value = Vec<u8>> {
    let known = proptest::sample::select(vec![
        "\x1b",
        "\x1b[",
        "\x1b[A",
        "\x1bO",
        "\x1bOP",
        "\x1b]11;rgb:12/34/56",
        "\x07",
        "\x1b\\",
        "\x1b[200~",
        "\x1b[201~",
        "\x1b[1;5",
        "~",
        "\x1b[<0;3;4M",
        "\x1b[M",
        "é",
        "漢",
        "q",
        "\r",
        "\x1bP",
        "\x1b[[",
        "1;2",
        "\x18",
        "\x1b[Z",
        "\x1b[97;5u",
    ]);
    let piece = prop_oneof![
        3 => known.prop_map(|s| s.as_bytes().to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 0..6),
    ];
    proptest::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn splits_make_no_difference(bytes in input(), cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..8)) {
        let mut cuts: Vec<usize> = cuts.iter().map(|c| c.index(bytes.len() + 1)).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        let mut parser = Parser::default();
        let mut events = Vec::new();
        for pair in cuts.windows(2) {
            events.extend(parser.feed(&bytes[pair[0]..pair[1]]));
        }
        events.extend(parser.flush());
        prop_assert_eq!(events, read(&bytes));
    }

    /// Whatever has come, after a silence the next key is a key.
    #[test]
    fn nothing_locks_the_keyboard(bytes in input()) {
        let mut parser = Parser::default();
        parser.feed(&bytes);
        parser.flush();
        prop_assert_eq!(parser.feed(b"k"), [char_key('k')]);
        prop_assert_eq!(parser.feed(b"\x1b[B"), [key(KeyCode::Down, NONE)]);
    }

    #[test]
    fn no_event_holds_a_control_character(bytes in input()) {
        for event in read(&bytes) {
            match event {
                TermEvent::Key(KeyEvent { code: KeyCode::Char(c), .. }) => prop_assert!(!c.is_control()),
                TermEvent::Paste(text) => prop_assert!(text.chars().all(|c| c == '\n' || !c.is_control())),
                _ => {}
            }
        }
    }

    #[test]
    fn printable_text_arrives_as_typed(text in "[ -~äöüß⠿▀漢]{0,40}") {
        let typed: String = read(text.as_bytes()).iter().map(|event| match event {
            TermEvent::Key(KeyEvent { code: KeyCode::Char(c), .. }) => *c,
            other => panic!("{other:?}"),
        }).collect();
        prop_assert_eq!(typed, text);
    }
}
