//! The screen through its public face: keys in, cells out, with a run made of paper behind it, or a
//! real one.

mod balanced;
mod export;
mod feedback_alignment;
mod fixture;
mod keys;
mod lanes;
mod live;
mod mouse;
mod random;
mod replay;
mod resizing;
mod stage;
mod views;
#[path = "../vt/mod.rs"]
mod vt;
