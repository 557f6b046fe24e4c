//! Figures for papers: a drawing of simple shapes, as SVG or PNG, without any library of the system.

pub mod axis;
pub mod canvas;
pub mod drawing;
pub mod font;
mod glyphs;
pub mod look;
pub mod map;
pub mod number;
pub mod plot;
pub mod png;
pub mod raster;
pub mod sheet;
pub mod svg;

/// Pixels of a PNG to a point: 288 to an inch.
pub const SCALE: f64 = 3.0;

/// The same for a metre.
pub const PER_METRE: u32 = 11_339;
