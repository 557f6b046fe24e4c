//! The terminal itself: bytes out, bytes in, modes and signals. Knows nothing of what is shown.
//!
//! ```text
//! Screen -> TermBackend -> TtyWriter      one write a frame, nothing when nothing changed
//! terminal -> reader -> Parser -> TermEvent
//! signals ----------------------> TermEvent
//! Session                                 enters the modes, and leaves them whatever happens
//! ```

mod backend;
mod cell;
mod event;
pub mod input;
mod job;
mod modes;
mod motion;
mod pen;
mod reader;
mod screen;
mod session;
mod signals;
mod tty;

pub use backend::{TermBackend, Traffic};
pub use event::{Signal, TermEvent};
pub use modes::TtyWriter;
pub use screen::Screen;
pub use session::Session;
pub use signals::{SignalWatch, Surroundings};
