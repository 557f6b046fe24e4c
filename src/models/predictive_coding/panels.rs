//! The panel table: what a screen can show of a network, and in which view.

use super::model::PredictiveCoding;
use crate::data::Dataset;
use crate::models::nn::network::Network;
use crate::models::panel::{PanelData, PanelRequest};
use crate::models::table::{PanelKind, PanelSpec, Text, text};

fn history(
    id: &'static str,
    label: &'static str,
    overview: u8,
    metrics: Vec<Text>,
    meaning: &'static str,
) -> PanelSpec {
    PanelSpec {
        id: text(id),
        label: text(label),
        meaning: text(meaning),
        kind: PanelKind::History { metrics },
        view: text("Learning"),
        overview,
        items: Vec::new(),
    }
}

pub fn instance(network: &Network, _data: &Dataset) -> Vec<PanelSpec> {
    let layers = |id: &str| -> Vec<Text> {
        (1..=network.depth())
            .map(|l| Text::from(format!("{id}_{l}")))
            .collect()
    };
    vec![
        history(
            "loss",
            "loss",
            1,
            vec![text("loss"), text("test_loss")],
            "Loss of each training batch, and of all test images. Both should fall; where the test loss turns up again the network learns the training images by heart.",
        ),
        history(
            "angle",
            "angle to backpropagation",
            0,
            layers("angle"),
            "Angle.",
        ),
    ]
}

pub fn draw(_model: &PredictiveCoding, _request: &PanelRequest) -> PanelData {
    PanelData::Nothing("".into())
}
