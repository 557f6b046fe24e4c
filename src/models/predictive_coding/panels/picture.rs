//! One image, and what the network makes of it.

use super::super::batches::grey;
use super::super::model::PredictiveCoding;
use super::super::workspace::Workspace;
use super::{BATCH_IMAGES, TEST_IMAGES};
use crate::models::grid::{Meaning, pool};
use crate::models::nn::loss::{LossKind, largest, softmax};
use crate::models::panel::{Bar, PanelData, PanelRequest, Picture};
use crate::models::table::Text;

/// Test images first, then images of the present batch.
pub fn items() -> Vec<Text> {
    let test = (1..=TEST_IMAGES).map(|i| format!("test image {i}").into());
    let batch = (1..=BATCH_IMAGES).map(|i| format!("batch image {i}").into());
    test.chain(batch).collect()
}

pub fn draw(model: &PredictiveCoding, request: &PanelRequest) -> PanelData {
    let item = request.item.min(TEST_IMAGES + BATCH_IMAGES - 1);
    let drawn = &model.state.batches.drawn;
    let (split, image, name) = match item.checked_sub(TEST_IMAGES) {
        None => {
            let image = item % model.data.test.len();
            (&model.data.test, image, format!("test image {}", image + 1))
        }
        Some(_) if drawn.is_empty() => {
            return PanelData::Nothing("no batch has been drawn yet".into());
        }
        Some(place) => {
            let place = place % drawn.len();
            let image = drawn[place] as usize;
            let name = format!("training image {}, {} of the batch", image + 1, place + 1);
            (&model.data.train, image, name)
        }
    };
    let network = &model.network;
    let size = network.width(0);
    let bytes = &split.images[image * size..(image + 1) * size];
    let label = usize::from(split.labels[image]);
    let mut work = Workspace::for_forward(network, 1);
    grey(bytes, &mut work.input);
    work.forward(network, &model.state.params, &(0..1));
    let output = work.vhat(network.depth());
    let guess = largest(output);
    let (shares, what) = match model.settings.loss.kind {
        LossKind::CrossEntropy => (softmax(output), "p"),
        LossKind::Mse => (output.iter().map(|y| f64::from(*y)).collect(), "output"),
    };
    let verdict = if guess == label { "right" } else { "wrong" };
    let cols = model.data.cols;
    let meaning = Meaning {
        row_label: "row",
        col_label: "column",
        unit: "",
        signed: false,
    };
    let level = |row: usize, col: usize| f32::from(bytes[row * cols + col]) / 255.0;
    PanelData::Image(Picture {
        image: pool((model.data.rows, cols), level, request, meaning),
        caption: vec![
            name,
            format!("true class {label}"),
            format!("{verdict}: {guess}, {what} {:.3}", shares[guess]),
        ],
        bars: (0..shares.len())
            .map(|class| Bar {
                label: class.to_string(),
                value: shares[class],
                marked: class == label,
            })
            .collect(),
    })
}
