//! The screen: (frame, key) -> (screen, command). Knows no model by name.

pub mod term;
pub mod theme;
pub mod widget;
