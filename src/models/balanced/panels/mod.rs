//! What a screen can show of a network: the panel table, and who draws which row.

use super::model::Balanced;
use crate::models::panel::{PanelData, PanelRequest};
use crate::models::table::{PanelKind, PanelSpec, text};

/// The panel table of every instance.
pub fn table() -> Vec<PanelSpec> {
    vec![PanelSpec {
        id: text("rates"),
        label: text("rates"),
        meaning: text("Mean rates of the populations over the last 250 ms."),
        kind: PanelKind::History {
            metrics: vec![text("rate_e"), text("rate_i")],
        },
        view: text("Network"),
        overview: 1,
        items: Vec::new(),
    }]
}

/// Draws a panel of the table.
pub fn draw(_: &Balanced, _: &PanelRequest) -> PanelData {
    PanelData::Nothing("drawn from the history".into())
}
