//! The screen: (frame, key) -> (screen, command). Knows no model by name.
//!
//! A key means an [`action`] by the table in [`keys`]; [`update`](update::update) turns an action
//! into a changed [`state`] and into commands; a view turns the state into cells. Both are pure: the
//! time is passed in, and only the loop in `app` knows a clock, a terminal and a run.

pub mod action;
pub mod app;
mod export;
pub mod key;
pub mod keys;
pub mod link;
pub mod palette;
pub mod state;
pub mod term;
pub mod theme;
pub mod update;
pub mod view;
pub mod watch;
pub mod widget;

pub use app::{Begin, Ended, Last, Options, Outcome, run};
pub use export::{Form, export};
