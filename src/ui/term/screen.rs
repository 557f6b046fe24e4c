//! The screen that views are drawn on.

use std::io::{self, Write};

use ratatui::layout::{Rect, Size};
use ratatui::{Frame, Terminal};

use super::backend::{TermBackend, Traffic};
use crate::ui::theme::Depth;

/// ratatui's terminal over [`TermBackend`]. It takes its size from [`set_size`](Self::set_size) alone,
/// so that a view is always drawn for the size that its caller knows.
pub struct Screen<W: Write> {
    terminal: Terminal<TermBackend<W>>,
}

impl<W: Write> Screen<W> {
    /// A screen on a terminal whose modes are entered. The first frame erases it.
    pub fn new(writer: W, size: Size, depth: Depth) -> io::Result<Self> {
        let terminal = Terminal::new(TermBackend::new(writer, size, depth))?;
        Ok(Self { terminal })
    }

    /// Draws one frame and writes what changed.
    pub fn draw(&mut self, view: impl FnOnce(&mut Frame)) -> io::Result<()> {
        self.terminal.draw(view).map(|_| ())
    }

    pub fn set_size(&mut self, size: Size) -> io::Result<()> {
        self.terminal.backend_mut().set_size(size);
        self.start_over(size)
    }

    /// Draws everything anew with the next frame, whatever the terminal shows now.
    pub fn repaint(&mut self) -> io::Result<()> {
        let size = self.size();
        self.start_over(size)
    }

    /// The modes were left and entered again (a stopped process goes on), maybe at another size.
    pub fn entered_again(&mut self, size: Size) -> io::Result<()> {
        self.terminal.backend_mut().entered_again();
        self.set_size(size)
    }

    pub fn set_depth(&mut self, depth: Depth) -> io::Result<()> {
        self.terminal.backend_mut().set_depth(depth);
        self.repaint()
    }

    pub fn size(&self) -> Size {
        self.terminal.backend().screen_size()
    }

    pub fn traffic(&self) -> Traffic {
        self.terminal.backend().traffic()
    }

    pub fn backend(&self) -> &TermBackend<W> {
        self.terminal.backend()
    }

    pub fn backend_mut(&mut self) -> &mut TermBackend<W> {
        self.terminal.backend_mut()
    }

    fn start_over(&mut self, size: Size) -> io::Result<()> {
        self.terminal
            .resize(Rect::new(0, 0, size.width, size.height))
    }
}
