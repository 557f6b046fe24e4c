//! What a panel shows: a request in cells, an answer of that size. Never a matrix.

use serde::{Deserialize, Serialize};

use super::table::Scale;

/// How a block of numbers becomes one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reduce {
    #[default]
    Mean,
    /// The value of largest magnitude, with its sign.
    MaxAbs,
    /// Standard deviation.
    Sd,
}

/// The part of a matrix that a heat map shows; `None` in a request means the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    pub row: u32,
    pub col: u32,
    pub rows: u32,
    pub cols: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PanelRequest {
    /// Number of the panel in the model's table.
    pub panel: usize,
    /// Number of the item inside it (layer, matrix); beyond the last counts as the last.
    pub item: usize,
    /// The most rows and columns of values wanted.
    pub rows: u16,
    pub cols: u16,
    pub reduce: Reduce,
    pub window: Option<Window>,
    /// The matrix element to report on, in matrix coordinates.
    pub cursor: Option<(u32, u32)>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum PanelData {
    Curves(Curves),
    HeatMap(Grid),
    Image(Picture),
    Raster(Raster),
    Histogram(Histogram),
    Bars(BarChart),
    Table(Table),
    /// Why there is nothing to show now.
    Nothing(String),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Curves {
    pub x_label: String,
    pub y_label: String,
    pub y_scale: Scale,
    pub series: Vec<Series>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Series {
    pub label: String,
    /// Series of one group share a colour: a measurement and its prediction.
    pub group: u16,
    /// Drawn as a line of theory.
    pub theory: bool,
    /// Finite or NaN (a gap).
    pub points: Vec<(f64, f64)>,
}

/// A matrix reduced to at most the size asked for, row by row from the top left.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Grid {
    pub rows: u16,
    pub cols: u16,
    /// `rows * cols` reduced values; NaN where a block holds a non-finite number.
    pub values: Vec<f32>,
    /// Rows and columns of the whole matrix.
    pub shape: (u32, u32),
    pub window: Window,
    pub reduce: Reduce,
    /// Signed values get a diverging ramp around zero, others a sequential one.
    pub signed: bool,
    pub row_label: String,
    pub col_label: String,
    pub unit: String,
    pub stats: GridStats,
    pub cell: Option<Cell>,
}

/// Of the elements inside the window, before any reduction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GridStats {
    pub mean: f64,
    pub sd: f64,
    pub min: f64,
    pub max: f64,
    /// 99th percentile of the magnitude (from a fixed sample when the window is large).
    pub p99: f64,
    pub non_finite: u64,
    /// Share of exact zeros.
    pub zeros: f64,
}

/// The matrix element under the cursor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    pub row: u32,
    pub col: u32,
    pub value: f64,
}

/// Spikes as on an EEG monitor: time runs from the left to the right edge and begins anew, and what
/// has not been overwritten yet is of the sweep before. A request asks for dots.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Raster {
    /// Seconds across.
    pub sweep: f64,
    /// Columns of dots across, and the one where the present is.
    pub cols: u16,
    pub now: u16,
    /// From the top.
    pub bands: Vec<Band>,
    /// The cell that is looked at closely.
    pub picked: Option<Picked>,
}

/// A cell that a parameter singles out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Picked {
    /// Takes the number of a cell.
    pub param: String,
    pub cell: u32,
}

/// Some cells of one kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Band {
    pub label: String,
    /// Bands of one group share a colour.
    pub group: u16,
    /// Rows of dots, one for each cell shown, and how many cells there are.
    pub rows: u16,
    pub cells: u32,
    /// The cell of each row.
    pub ids: Vec<u32>,
    /// Column and row of every dot, each once.
    pub dots: Vec<(u16, u16)>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Picture {
    pub image: Grid,
    pub caption: Vec<String>,
    pub bars: Vec<Bar>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bar {
    pub label: String,
    pub value: f64,
    /// The one that should be largest (the true class), or that a person switched on.
    pub marked: bool,
}

/// Named numbers as bars, and what there is to say about them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BarChart {
    pub caption: Vec<String>,
    pub bars: Vec<Bar>,
    /// The value of a full bar; `None` takes the largest magnitude.
    pub full: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Histogram {
    pub label: String,
    pub unit: String,
    /// One more than there are counts, ascending.
    pub edges: Vec<f64>,
    pub counts: Vec<u64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Table {
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Column {
    pub label: String,
    pub unit: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    pub label: String,
    /// As many as there are columns.
    pub cells: Vec<TableCell>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum TableCell {
    Words(String),
    /// NaN prints as a dash.
    Number(f64),
    /// The recent course of a metric (number in the metric table) with its last value.
    Spark(usize),
}
