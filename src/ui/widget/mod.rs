//! What panels are made of. A widget is a pure function of its fields (and, where a scale is held,
//! of a state that the caller keeps) into a rectangle of cells: same fields, same cells.
//!
//! Any size will do, 0x0 included, and any number, finite or not.

pub mod bars;
pub mod bars_view;
pub mod canvas;
pub mod chart;
pub mod colorbar;
pub mod format;
pub mod gauge;
pub mod heatmap;
pub mod histogram;
mod panel_box;
pub mod pen;
pub mod picture;
pub mod raster;
pub mod scale;
pub mod slider;
pub mod sparkline;
pub mod table;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
pub mod text_input;

pub use bars::Bars;
pub use bars_view::BarsView;
pub use chart::{Chart, ChartMark, ChartState, Data, Line, Target, XAxis, XKind};
pub use colorbar::ColorBar;
pub use gauge::Gauge;
pub use heatmap::{HeatMap, HeatMapState};
pub use histogram::HistogramView;
pub use panel_box::PanelBox;
pub use pen::{Pen, Piece};
pub use picture::PictureView;
pub use raster::RasterView;
pub use slider::Slider;
pub use sparkline::Sparkline;
pub use table::TableView;
pub use text_input::TextInput;
