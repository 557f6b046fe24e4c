//! The backend against a terminal: whatever is drawn, a terminal that reads the bytes shows it.

use std::io::{self, Write};
use std::num::NonZeroU16;

use hebbtop::ui::term::Screen;
use hebbtop::ui::theme::{Background, Depth, Glyphs, Level, Theme, quantise};
use proptest::prelude::*;
use ratatui::backend::{Backend, CrosstermBackend};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Rect, Size};
use ratatui::style::{Color, Modifier, Style};

/// A terminal at the other end of the line. Remembers how it was written to.
struct Line {
    terminal: vt100::Parser,
    writes: Vec<Vec<u8>>,
}

impl Line {
    fn new(size: Size) -> Self {
        let (rows, columns) = (side(size.height), side(size.width));
        let mut terminal = vt100::Parser::new(rows, columns, 0);
        // What the session did when it entered the modes, and rubbish that must go.
        terminal.process(b"\x1b[?25l\x1b[31;44;1mrubbish\r\nmore of it");
        Self {
            terminal,
            writes: Vec::new(),
        }
    }

    fn last(&self) -> &[u8] {
        self.writes.last().map_or(&[], Vec::as_slice)
    }
}

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.terminal.process(bytes);
        self.writes.push(bytes.to_vec());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn side(n: u16) -> NonZeroU16 {
    NonZeroU16::new(n.max(1)).expect("not zero")
}

fn screen(size: Size, depth: Depth) -> Screen<Line> {
    Screen::new(Line::new(size), size, depth).expect("a terminal in memory")
}

fn show(screen: &mut Screen<Line>, buffer: &Buffer) {
    screen
        .draw(|frame| frame.buffer_mut().merge(buffer))
        .expect("a terminal in memory");
}

/// What can be seen of a cell: glyph, colours, modifiers. Half blocks are named by their colours.
#[derive(Debug, PartialEq)]
struct Seen {
    glyph: char,
    fg: vt100::Color,
    bg: vt100::Color,
    modifiers: [bool; 5],
}

impl Seen {
    fn normal(self) -> Self {
        let [bold, dim, italic, underline, inverse] = self.modifiers;
        if self.glyph == ' ' && !underline && !inverse {
            return Seen {
                fg: vt100::Color::Default,
                modifiers: [false; 5],
                ..self
            };
        }
        if self.glyph == '▄' && ![bold, dim, italic, underline, inverse].contains(&true) {
            let default = vt100::Color::Default;
            if self.fg != default && self.bg != default {
                return Seen {
                    glyph: '▀',
                    fg: self.bg,
                    bg: self.fg,
                    ..self
                };
            }
        }
        self
    }
}

fn color(color: Color, depth: Depth) -> vt100::Color {
    const NAMED: [Color; 16] = [
        Color::Black,
        Color::Red,
        Color::Green,
        Color::Yellow,
        Color::Blue,
        Color::Magenta,
        Color::Cyan,
        Color::Gray,
        Color::DarkGray,
        Color::LightRed,
        Color::LightGreen,
        Color::LightYellow,
        Color::LightBlue,
        Color::LightMagenta,
        Color::LightCyan,
        Color::White,
    ];
    match quantise::fit(color, depth) {
        Color::Reset => vt100::Color::Default,
        Color::Rgb(r, g, b) => vt100::Color::Rgb(r, g, b),
        Color::Indexed(i) => vt100::Color::Idx(i),
        named => vt100::Color::Idx(NAMED.iter().position(|&c| c == named).expect("named") as u8),
    }
}

fn expected(cell: &Cell, depth: Depth) -> Seen {
    let has = |m| cell.modifier.contains(m);
    Seen {
        glyph: cell.symbol().chars().next().unwrap_or(' '),
        fg: color(cell.fg, depth),
        bg: color(cell.bg, depth),
        modifiers: [
            has(Modifier::BOLD),
            has(Modifier::DIM),
            has(Modifier::ITALIC),
            has(Modifier::UNDERLINED),
            has(Modifier::REVERSED),
        ],
    }
    .normal()
}

fn seen(terminal: &vt100::Screen, x: u16, y: u16) -> Seen {
    let cell = terminal.cell(y, x).expect("inside the screen");
    Seen {
        glyph: cell.contents().chars().next().unwrap_or(' '),
        fg: cell.fgcolor(),
        bg: cell.bgcolor(),
        modifiers: [
            cell.bold(),
            cell.dim(),
            cell.italic(),
            cell.underline(),
            cell.inverse(),
        ],
    }
    .normal()
}

fn assert_shows(screen: &Screen<Line>, buffer: &Buffer, depth: Depth) {
    let terminal = screen.backend().writer().terminal.screen();
    for position in buffer.area.positions() {
        let Position { x, y } = position;
        assert_eq!(
            seen(terminal, x, y),
            expected(&buffer[position], depth),
            "column {x}, row {y}"
        );
    }
}

fn glyphs() -> impl Strategy<Value = char> {
    prop_oneof![
        4 => Just(' '),
        2 => Just('▀'),
        1 => Just('▄'),
        1 => Just('█'),
        3 => proptest::char::range('a', 'e'),
        1 => proptest::char::range('⠀', '⣿'),
    ]
}

fn colors() -> impl Strategy<Value = Color> {
    prop_oneof![
        4 => Just(Color::Reset),
        2 => proptest::sample::select(vec![Color::Red, Color::Blue, Color::Gray, Color::DarkGray, Color::LightCyan, Color::White, Color::Black]),
        2 => (0u8..4).prop_map(|i| Color::Indexed(i * 60 + 9)),
        1 => (0u8..2, 0u8..2).prop_map(|(r, g)| Color::Rgb(r * 250, g * 99, 7)),
    ]
}

fn modifiers() -> impl Strategy<Value = Modifier> {
    prop_oneof![
        6 => Just(Modifier::empty()),
        1 => Just(Modifier::BOLD),
        1 => Just(Modifier::DIM | Modifier::UNDERLINED),
        1 => Just(Modifier::REVERSED),
        3 => (0u16..32).prop_map(|bits| {
            // Bold, dim, italic, underline and reverse, in any combination but bold with dim: vt100
            // knows one weight at a time.
            let weight = bits & 0b11 & !((bits & 1) << 1);
            Modifier::from_bits_truncate(weight | (bits & 0b1100) | ((bits & 0b1_0000) << 2))
        }),
    ]
}

/// A patch of equal cells somewhere on the screen: frames are made of such.
type Patch = (u16, u16, u16, u16, (char, Color, Color, Modifier));

fn patches() -> impl Strategy<Value = Vec<Patch>> {
    let look = (glyphs(), colors(), colors(), modifiers());
    proptest::collection::vec((0u16..24, 0u16..8, 1u16..24, 1u16..3, look), 1..14)
}

fn apply(buffer: &mut Buffer, patches: &[Patch]) {
    for &(x, y, width, height, (glyph, fg, bg, modifier)) in patches {
        let area = Rect::new(x, y, width, height).intersection(buffer.area);
        for position in area.positions() {
            let cell = &mut buffer[position];
            cell.reset();
            cell.set_char(glyph);
            cell.set_style(Style::new().fg(fg).bg(bg).add_modifier(modifier));
        }
    }
}

fn depths() -> impl Strategy<Value = Depth> {
    proptest::sample::select(vec![
        Depth::None,
        Depth::Ansi16,
        Depth::Indexed256,
        Depth::Rgb,
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_terminal_shows_what_was_drawn(
        width in 1u16..24,
        height in 1u16..8,
        depth in depths(),
        frames in proptest::collection::vec((patches(), any::<bool>(), 0u8..6), 1..6),
    ) {
        let size = Size::new(width, height);
        let mut screen = screen(size, depth);
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
        for (patches, from_scratch, event) in frames {
            if from_scratch {
                buffer.reset();
            }
            apply(&mut buffer, &patches);
            if event == 0 {
                // Somebody else wrote to the terminal: a repaint puts it right.
                screen.backend_mut().writer_mut().terminal.process(b"\x1b[2;3H\x1b[7mwall message");
                screen.repaint().unwrap();
            }
            let before = screen.backend().writer().writes.len();
            show(&mut screen, &buffer);
            assert_shows(&screen, &buffer, depth);
            let line = screen.backend().writer();
            prop_assert!(line.writes.len() - before <= 1, "one write a frame");
            for bytes in &line.writes[before..] {
                prop_assert!(bytes.starts_with(b"\x1b[?2026h") && bytes.ends_with(b"\x1b[?2026l"));
            }
            // The same picture again costs nothing.
            let writes = line.writes.len();
            show(&mut screen, &buffer);
            prop_assert_eq!(screen.backend().writer().writes.len(), writes);
        }
    }

    /// Without colour nothing but modifiers, with sixteen nothing of the larger palettes.
    #[test]
    fn no_colour_beyond_the_depth(depth in depths(), patches in patches()) {
        let size = Size::new(24, 8);
        let mut screen = screen(size, depth);
        let mut buffer = Buffer::empty(Rect::new(0, 0, 24, 8));
        apply(&mut buffer, &patches);
        show(&mut screen, &buffer);
        let bytes = String::from_utf8(screen.backend().writer().writes.concat()).unwrap();
        for parameters in bytes.split("\x1b[").filter_map(|s| s.split_once('m')).map(|(p, _)| p) {
            if !parameters.bytes().all(|b| b.is_ascii_digit() || b == b';') {
                continue;
            }
            let numbers: Vec<u8> = parameters.split(';').filter_map(|n| n.parse().ok()).collect();
            match depth {
                Depth::None => prop_assert!(numbers.iter().all(|&n| n < 30), "{}", parameters),
                Depth::Ansi16 => prop_assert!(!numbers.contains(&38) && !numbers.contains(&48), "{}", parameters),
                Depth::Indexed256 => prop_assert!(!parameters.contains("8;2;"), "{}", parameters),
                Depth::Rgb => {}
            }
        }
    }

    /// Whatever a string holds, no control character and no wide one leaves the program.
    #[test]
    fn cells_cannot_smuggle(symbols in proptest::collection::vec(any::<String>(), 1..30)) {
        let size = Size::new(20, 2);
        let mut screen = screen(size, Depth::Rgb);
        let mut buffer = Buffer::empty(Rect::new(0, 0, 20, 2));
        for (i, symbol) in symbols.iter().enumerate() {
            if let Some(cell) = buffer.content.get_mut(i) {
                cell.set_symbol(symbol);
            }
        }
        show(&mut screen, &buffer);
        let text = String::from_utf8(screen.backend().writer().writes.concat()).unwrap();
        let payload = text.replace("\x1b[?2026h\x1b[m\x1b[H\x1b[2J", "").replace("\x1b[?2026l", "");
        for c in payload.replace("\x1b[", "").replace(['\r', '\n', '\x08'], "").chars() {
            prop_assert!(!c.is_control() && !('\u{202a}'..='\u{202e}').contains(&c), "{:?} in {:?}", c, payload);
        }
        prop_assert_eq!(screen.backend().writer().terminal.screen().size(), (side(2), side(20)));
    }
}

#[test]
fn wide_characters_leave_two_narrow_ones() {
    let mut screen = screen(Size::new(10, 1), Depth::Rgb);
    screen
        .draw(|frame| frame.render_widget("a漢b", frame.area()))
        .unwrap();
    let terminal = &screen.backend().writer().terminal;
    assert_eq!(terminal.screen().contents(), "a? b");
}

#[test]
fn the_cursor_appears_where_a_field_is_edited() {
    let mut screen = screen(Size::new(30, 4), Depth::Rgb);
    screen
        .draw(|frame| frame.set_cursor_position((7, 2)))
        .unwrap();
    {
        let terminal = screen.backend().writer().terminal.screen();
        assert!(!terminal.hide_cursor());
        assert_eq!(terminal.cursor_position(), (2, 7));
    }
    screen
        .draw(|frame| frame.set_cursor_position((8, 2)))
        .unwrap();
    assert_eq!(
        screen.backend().writer().last(),
        b"\x1b[?2026h\x1b[C\x1b[?2026l"
    );
    screen.draw(|_| ()).unwrap();
    assert!(screen.backend().writer().terminal.screen().hide_cursor());
    let writes = screen.backend().writer().writes.len();
    screen.draw(|_| ()).unwrap();
    assert_eq!(screen.backend().writer().writes.len(), writes);
}

#[test]
fn sizes_may_change_to_anything() {
    let mut screen = screen(Size::new(20, 5), Depth::Rgb);
    for (width, height) in [
        (0, 0),
        (1, 1),
        (0, 7),
        (30, 0),
        (400, 120),
        (1, 40),
        (20, 5),
    ] {
        let size = Size::new(width, height);
        screen
            .backend_mut()
            .writer_mut()
            .terminal
            .screen_mut()
            .set_size(side(height), side(width));
        screen.set_size(size).unwrap();
        assert_eq!(screen.size(), size);
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
        for (i, cell) in buffer.content.iter_mut().enumerate() {
            cell.set_char(char::from(b'a' + (i % 26) as u8));
        }
        show(&mut screen, &buffer);
        assert_shows(&screen, &buffer, Depth::Rgb);
    }
}

/// What small changes may cost. The frame marks take 16 bytes of each.
#[test]
fn small_changes_are_cheap() {
    let mut screen = screen(Size::new(120, 40), Depth::Indexed256);
    let mut buffer = Buffer::empty(Rect::new(0, 0, 120, 40));
    let label = Style::new().fg(Color::Indexed(246));
    buffer.set_string(70, 12, "train 0.0131  valid 0.0148", label);
    show(&mut screen, &buffer);

    buffer.set_string(76, 12, "0.0129", label);
    show(&mut screen, &buffer);
    // Back by sixteen columns, and "29".
    assert_eq!(screen.backend().writer().last().len(), 16 + 5 + 2);

    buffer.set_string(70, 12, "train", label.add_modifier(Modifier::BOLD));
    show(&mut screen, &buffer);
    assert!(screen.backend().writer().last().len() <= 16 + 8 + 5 + 4);

    // Emptying whole rows takes an erase each.
    for y in 0..40 {
        buffer.set_string(3, y, "x".repeat(100), label);
    }
    show(&mut screen, &buffer);
    buffer.reset();
    show(&mut screen, &buffer);
    assert!(screen.backend().writer().last().len() <= 16 + 8 + 40 * 10);

    let traffic = screen.traffic();
    let bytes: usize = screen.backend().writer().writes.iter().map(Vec::len).sum();
    assert_eq!((traffic.frames, traffic.bytes), (5, bytes as u64));
}

/// A heat map of 60 x 60 values whose weights drift by 2 % of their standard deviation a frame. Hysteresis
/// is what makes it cheap; the encoder adds a fifth, frame marks included, against ratatui's own.
#[test]
fn a_drifting_heat_map_stays_within_its_budget() {
    for (depth, hysteresis, ceiling) in [
        (Depth::Indexed256, true, 600),
        (Depth::Indexed256, false, 4000),
        (Depth::Rgb, true, 850),
        (Depth::Rgb, false, 5900),
        (Depth::Ansi16, true, 160),
        (Depth::None, true, 90),
    ] {
        let (ours, theirs) = drifting_heat_map(depth, hysteresis);
        println!(
            "{depth:?}, hysteresis {hysteresis}: {ours} bytes a frame, {theirs} by crossterm's"
        );
        assert!(ours <= ceiling, "{depth:?}: {ours} bytes a frame");
        assert!(
            ours <= theirs + 16,
            "{depth:?}: {ours} bytes against {theirs}"
        );
        assert!(
            hysteresis || 100 * ours <= 85 * theirs,
            "{depth:?}: {ours} against {theirs}"
        );
    }
}

/// Median bytes of a frame, by this backend and by ratatui's for crossterm.
fn drifting_heat_map(depth: Depth, hysteresis: bool) -> (usize, usize) {
    let theme = Theme::new(depth, Background::Dark, Glyphs::Braille);
    let mut noise = Noise(42);
    let mut weights: Vec<f32> = (0..3600).map(|_| noise.normal()).collect();
    let mut levels = vec![Level::Outside; 3600];
    let area = Rect::new(0, 0, 60, 30);
    let mut screen = screen(area.as_size(), depth);
    let mut previous = Buffer::empty(area);
    let mut sizes = (Vec::new(), Vec::new());
    for frame in 0..40 {
        for (weight, level) in weights.iter_mut().zip(&mut levels) {
            *weight = (*weight + 0.02 * noise.normal()) / (1.0f32 + 0.0004).sqrt();
            *level = if hysteresis {
                Level::after(*level, *weight, 2.58, true, false)
            } else {
                Level::signed(*weight, 2.58)
            };
        }
        let rows = theme.rows_per_cell();
        let mut buffer = Buffer::empty(area);
        for Position { x, y } in area.positions() {
            let at = |row: u16| levels[usize::from(row) * 60 + usize::from(x)];
            let (glyph, style) = theme.heat_cell(at(y * rows), at(y * rows + rows - 1));
            buffer[(x, y)].set_char(glyph).set_style(style);
        }
        show(&mut screen, &buffer);
        let mut theirs = Vec::new();
        CrosstermBackend::new(&mut theirs)
            .draw(previous.diff(&buffer).into_iter())
            .unwrap();
        if frame > 0 {
            sizes.0.push(screen.traffic().last_bytes);
            sizes.1.push(theirs.len());
        }
        previous = buffer;
    }
    let median = |mut sizes: Vec<usize>| {
        sizes.sort_unstable();
        sizes[sizes.len() / 2]
    };
    (median(sizes.0), median(sizes.1))
}

/// A fixed stream of normal numbers, good enough to shake a picture.
struct Noise(u64);

impl Noise {
    fn uniform(&mut self) -> f32 {
        self.0 = self
            .0
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (self.0 >> 40) as f32 / (1u64 << 24) as f32
    }

    fn normal(&mut self) -> f32 {
        (0..12).map(|_| self.uniform()).sum::<f32>() - 6.0
    }
}
