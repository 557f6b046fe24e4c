//! The simulation thread: commands in, frames and records out.
//!
//! One thread owns the model. Between two quanta it takes messages from a bounded channel, and puts
//! a frame into a subscriber's one-slot mailbox when that subscriber has asked for one: a screen
//! never queues and never slows the model.

pub mod command;
pub mod frame;
pub mod history;

pub use command::{Command, CommandId, Pace, StepOf};
pub use frame::{Frame, LogKind, LogLine, Reply, Request, RunState};
pub use history::{Bucket, Cursor, Delta, History, Mark, MarkKind};
