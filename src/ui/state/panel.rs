//! What the screen keeps for each panel of the model.

use std::time::Duration;

use crate::models::panel::{PanelData, PanelRequest, Reduce, Window};
use crate::models::table::PanelKind;

/// A picture that the model has drawn, and for which request.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawn {
    pub data: PanelData,
    pub request: PanelRequest,
    pub at: Duration,
    /// Units and quanta done at that time.
    pub moment: (u64, u64),
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct PanelState {
    pub item: usize,
    pub reduce: Reduce,
    pub window: Option<Window>,
    /// Element of the matrix.
    pub cursor: Option<(u32, u32)>,
    /// Cell under the cursor of a raster.
    pub cell: Option<u32>,
    /// Whether the scale of the colours stays as it is.
    pub hold: bool,
    /// A person's choice of axis; `None` leaves it to the tables.
    pub log_axis: Option<bool>,
    /// First row of a table that is shown.
    pub scroll: usize,
    pub drawn: Option<Drawn>,
}

/// How often the model is asked to draw a panel of this kind again. Maps and pictures cost the most
/// bytes and change the least.
pub fn period(kind: &PanelKind) -> Duration {
    match kind {
        PanelKind::Raster => Duration::from_millis(100),
        PanelKind::HeatMap => Duration::from_millis(375),
        PanelKind::Image | PanelKind::Histogram => Duration::from_millis(500),
        PanelKind::Bars | PanelKind::Curves | PanelKind::Table => Duration::from_millis(250),
        PanelKind::History { .. } => Duration::MAX,
    }
}

impl PanelState {
    /// Whether the model must draw again to answer `wanted`.
    pub fn is_stale(
        &self,
        wanted: &PanelRequest,
        moment: (u64, u64),
        now: Duration,
        period: Duration,
    ) -> bool {
        match &self.drawn {
            None => true,
            Some(drawn) if drawn.request != *wanted => true,
            Some(drawn) => drawn.moment != moment && now.saturating_sub(drawn.at) >= period,
        }
    }
}
