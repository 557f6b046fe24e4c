//! ratatui's backend for a real terminal, made for slow lines.
//!
//! A frame is collected in one buffer and leaves in one write, between the marks of a synchronized
//! update (DEC mode 2026); a frame that changes nothing writes nothing. The backend remembers what the
//! terminal shows, its pen and its cursor, and picks the shortest bytes for every change. It never asks
//! the terminal anything, so nothing ever waits for an answer.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};

use super::cell::Shown;
use super::motion::{Cursor, Mover};
use super::pen::Pen;
use crate::ui::theme::Depth;

const BEGIN: &[u8] = b"\x1b[?2026h";
const END: &[u8] = b"\x1b[?2026l";

/// What has been written so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Frames that changed something.
    pub frames: u64,
    pub bytes: u64,
    /// Time spent writing: on a slow line the writer waits for the reader.
    pub time: Duration,
    pub last_bytes: usize,
    pub last_time: Duration,
}

#[derive(Debug)]
pub struct TermBackend<W> {
    writer: W,
    depth: Depth,
    size: Size,
    /// What the terminal shows once the next frame has left, row by row.
    shown: Vec<Shown>,
    /// Cells of `shown` that the terminal does not show yet.
    changed: Vec<u32>,
    /// The terminal is erased before anything is drawn.
    erase: bool,
    pen: Pen,
    mover: Mover,
    cursor: Cursor,
    /// Where the visible cursor belongs; nowhere while it is hidden.
    wanted_cursor: Option<Position>,
    cursor_position: Position,
    cursor_visible: bool,
    frame: Vec<u8>,
    traffic: Traffic,
}

impl<W: Write> TermBackend<W> {
    /// A backend for a terminal of this size whose cursor is hidden. Its first frame erases the screen.
    pub fn new(writer: W, size: Size, depth: Depth) -> Self {
        let mut backend = Self {
            writer,
            depth,
            size,
            shown: Vec::new(),
            changed: Vec::new(),
            erase: true,
            pen: Pen::default(),
            mover: Mover::default(),
            cursor: Cursor::Unknown,
            wanted_cursor: None,
            cursor_position: Position::ORIGIN,
            cursor_visible: false,
            frame: Vec::new(),
            traffic: Traffic::default(),
        };
        backend.forget();
        backend
    }

    /// The terminal has another size, or another content than was written to it: the next frame erases
    /// it and draws everything. Nothing is written before that frame.
    pub fn set_size(&mut self, size: Size) {
        self.size = size;
        self.forget();
    }

    /// The terminal's modes were left and entered again; its cursor is hidden.
    pub fn entered_again(&mut self) {
        self.cursor_visible = false;
        self.forget();
    }

    pub fn set_depth(&mut self, depth: Depth) {
        self.depth = depth;
        self.forget();
    }

    pub fn screen_size(&self) -> Size {
        self.size
    }

    pub fn traffic(&self) -> Traffic {
        self.traffic
    }

    pub fn writer(&self) -> &W {
        &self.writer
    }

    pub fn writer_mut(&mut self) -> &mut W {
        &mut self.writer
    }

    fn forget(&mut self) {
        let cells = usize::from(self.size.width) * usize::from(self.size.height);
        self.shown.clear();
        self.shown.resize(cells, Shown::BLANK);
        self.changed.clear();
        self.erase = true;
    }

    fn index(&self, x: u16, y: u16) -> usize {
        usize::from(y) * usize::from(self.size.width) + usize::from(x)
    }

    fn set(&mut self, x: u16, y: u16, shown: Shown) {
        if x < self.size.width && y < self.size.height {
            let i = self.index(x, y);
            if self.shown[i] != shown {
                self.shown[i] = shown;
                self.changed.push(i as u32);
            }
        }
    }

    /// The first column from which on a row is blank to its end.
    fn blank_from(&self, y: u16) -> u16 {
        let row = &self.shown[self.index(0, y)..][..usize::from(self.size.width)];
        let filled = row.iter().rposition(|&shown| shown != Shown::BLANK);
        filled.map_or(0, |i| i as u16 + 1)
    }

    fn encode(&mut self) {
        if std::mem::take(&mut self.erase) {
            self.frame.extend_from_slice(b"\x1b[m\x1b[H\x1b[2J");
            self.pen.was_reset();
            self.cursor = Cursor::At(Position::ORIGIN);
        }
        let mut changed = std::mem::take(&mut self.changed);
        changed.sort_unstable();
        changed.dedup();
        let width = u32::from(self.size.width);
        for row in changed.chunk_by(|a, b| a / width == b / width) {
            self.encode_row((row[0] / width) as u16, row);
        }
        changed.clear();
        self.changed = changed;
    }

    fn encode_row(&mut self, y: u16, cells: &[u32]) {
        let width = u32::from(self.size.width);
        let blank_from = self.blank_from(y);
        let drawn = cells.partition_point(|&i| i % width < u32::from(blank_from));
        let (cells, blanks) = cells.split_at(drawn);
        for &i in cells {
            self.put(Position::new((i % width) as u16, y));
        }
        // Erasing to the end of the row takes three bytes.
        if blanks.len() > 3 {
            self.go(Position::new((blanks[0] % width) as u16, y));
            self.pen
                .take(Shown::BLANK.needed(self.pen.look()), &mut self.frame);
            self.frame.extend_from_slice(b"\x1b[K");
        } else {
            for &i in blanks {
                self.put(Position::new((i % width) as u16, y));
            }
        }
    }

    fn put(&mut self, at: Position) {
        self.go(at);
        self.write_glyph(at);
    }

    fn write_glyph(&mut self, at: Position) {
        let shown = self.easiest(self.shown[self.index(at.x, at.y)]);
        let look = shown.needed(self.pen.look());
        self.pen.take(look, &mut self.frame);
        let mut utf8 = [0; 4];
        self.frame
            .extend_from_slice(shown.glyph.encode_utf8(&mut utf8).as_bytes());
        self.cursor = Cursor::after(at, self.size.width);
    }

    /// Of two ways to draw the same picture the one that the pen is nearer to.
    fn easiest(&mut self, shown: Shown) -> Shown {
        match shown.flipped() {
            Some(flipped) if self.pen.cost(flipped.look) < self.pen.cost(shown.look) => flipped,
            _ => shown,
        }
    }

    /// Moves the cursor, by writing once more what lies between if that is shorter.
    fn go(&mut self, to: Position) {
        let length = self.mover.way(self.cursor, to).len();
        if let Cursor::At(at) = self.cursor
            && at.y == to.y
            && at.x < to.x
            && usize::from(to.x - at.x) <= length
            && self.bridge_cost(at, to).is_some_and(|cost| cost <= length)
        {
            for x in at.x..to.x {
                self.write_glyph(Position::new(x, at.y));
            }
        } else {
            let way = self.mover.way(self.cursor, to);
            self.frame.extend_from_slice(way);
            self.cursor = Cursor::At(to);
        }
    }

    /// The bytes of the cells between two columns, if the pen can draw them as it is.
    fn bridge_cost(&mut self, from: Position, to: Position) -> Option<usize> {
        let mut bytes = 0;
        for x in from.x..to.x {
            let shown = self.easiest(self.shown[self.index(x, from.y)]);
            let look = shown.needed(self.pen.look());
            if look != self.pen.look() {
                return None;
            }
            bytes += shown.glyph.len_utf8();
        }
        Some(bytes)
    }

    fn encode_cursor(&mut self) {
        match self.wanted_cursor {
            Some(position) => {
                self.go_without_bridge(position);
                if !self.cursor_visible {
                    self.frame.extend_from_slice(b"\x1b[?25h");
                    self.cursor_visible = true;
                }
            }
            None if self.cursor_visible => {
                self.frame.extend_from_slice(b"\x1b[?25l");
                self.cursor_visible = false;
            }
            None => {}
        }
    }

    fn go_without_bridge(&mut self, to: Position) {
        let way = self.mover.way(self.cursor, to);
        self.frame.extend_from_slice(way);
        self.cursor = Cursor::At(to);
    }
}

impl<W: Write> Backend for TermBackend<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        for (x, y, cell) in content {
            let (shown, columns) = Shown::of(cell, self.depth);
            self.set(x, y, shown);
            if columns == 2 {
                let rest = Shown {
                    glyph: ' ',
                    ..shown
                };
                self.set(x.saturating_add(1), y, rest);
            }
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.wanted_cursor = None;
        Ok(())
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.wanted_cursor = Some(self.cursor_position);
        Ok(())
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(self.cursor_position)
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        let position = position.into();
        self.cursor_position = Position::new(
            position.x.min(self.size.width.saturating_sub(1)),
            position.y.min(self.size.height.saturating_sub(1)),
        );
        if self.wanted_cursor.is_some() {
            self.wanted_cursor = Some(self.cursor_position);
        }
        Ok(())
    }

    fn clear(&mut self) -> io::Result<()> {
        self.forget();
        Ok(())
    }

    fn clear_region(&mut self, clear_type: ClearType) -> io::Result<()> {
        match clear_type {
            ClearType::All => self.clear(),
            _ => Err(io::Error::from(io::ErrorKind::Unsupported)),
        }
    }

    fn size(&self) -> io::Result<Size> {
        Ok(self.size)
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize {
            columns_rows: self.size,
            pixels: Size::ZERO,
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        self.frame.clear();
        self.frame.extend_from_slice(BEGIN);
        self.encode();
        self.encode_cursor();
        if self.frame.len() == BEGIN.len() {
            return Ok(());
        }
        self.frame.extend_from_slice(END);
        let start = Instant::now();
        let written = self
            .writer
            .write_all(&self.frame)
            .and_then(|()| self.writer.flush());
        let time = start.elapsed();
        self.traffic = Traffic {
            frames: self.traffic.frames + 1,
            bytes: self.traffic.bytes + self.frame.len() as u64,
            time: self.traffic.time + time,
            last_bytes: self.frame.len(),
            last_time: time,
        };
        written
    }
}
