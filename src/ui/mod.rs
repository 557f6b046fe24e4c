//! The screen: (frame, key) -> (screen, command). Knows no model by name.

pub mod theme;
