//! The terminal itself: bytes out, bytes in, modes and signals. Knows nothing of what is shown.
//!
//! ```text
//! Screen -> Backend -> Tty        one write a frame, nothing when nothing changed
//! Tty -> Reader -> Parser -> TermEvent
//! signals ---------------> TermEvent
//! Session                         enters and leaves the modes, whatever happens
//! ```

mod backend;
mod cell;
mod event;
pub mod input;
mod motion;
mod pen;
mod screen;

pub use backend::{TermBackend, Traffic};
pub use event::{Signal, TermEvent};
pub use screen::Screen;
