//! hebbtop: htop for learning rules.
//!
//! Data flows one way, and so do the dependencies between the rooms:
//!
//! ```text
//! main -> cli -> ui -> sweep -> replay -> figure -> remote -> record -> engine -> preset -> models -> data
//! ```
//!
//! * [`data`] reads images;
//! * [`models`] holds the science and knows no thread, clock, file or terminal;
//! * [`preset`] turns a TOML file into an experiment;
//! * [`engine`] owns the simulation thread;
//! * [`record`] keeps runs in folders;
//! * [`remote`] lets other terminals reach a run through a socket;
//! * [`figure`] draws pictures for papers;
//! * [`replay`] shows a recording in the place of a simulated run;
//! * [`sweep`] makes many runs of one plan;
//! * [`ui`] turns (frame, key) into (screen, command) and knows no model by name;
//! * [`cli`] is the only room that prints.

#![forbid(unsafe_code)]

pub mod cli;
pub mod data;
pub mod engine;
pub mod figure;
pub mod models;
pub mod preset;
pub mod record;
pub mod remote;
pub mod replay;
pub mod sweep;
pub mod ui;
