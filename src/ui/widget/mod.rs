//! What panels are made of. A widget is a pure function of its fields (and, where a scale is held,
//! of a state that the caller keeps) into a rectangle of cells: same fields, same cells.
//!
//! Any size will do, 0x0 included, and any number, finite or not.

pub mod axis;
pub mod canvas;
pub mod chart;
pub mod format;
mod panel_box;
pub mod pen;

pub use panel_box::PanelBox;
pub use pen::Pen;
