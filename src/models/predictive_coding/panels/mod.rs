//! What a screen can show of a network: the panel table, and who draws which row.

mod inference;
mod layers;
mod picture;
mod weights;

use super::model::PredictiveCoding;
use crate::models::nn::layer::{Layer, Map};
use crate::models::nn::network::Network;
use crate::models::panel::{PanelData, PanelRequest};
use crate::models::table::{PanelKind, PanelSpec, Text, text};

const LEARNING: &str = "Learning";
const WEIGHTS: &str = "Weights";
const INFERENCE: &str = "Inference";

/// Images of each kind that one can leaf through.
const TEST_IMAGES: usize = 40;
const BATCH_IMAGES: usize = 10;

/// What draws a panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Drawer {
    /// The engine, from its history.
    History,
    Layers,
    Weights,
    Fields,
    Spread,
    Energy,
    Descent,
    RelativeError,
    Beliefs,
    Errors,
    Picture,
}

fn row(
    drawer: Drawer,
    view: &'static str,
    overview: u8,
    (id, label): (&'static str, &'static str),
    items: Vec<Text>,
    meaning: &'static str,
) -> (PanelSpec, Drawer) {
    let kind = match drawer {
        Drawer::History => PanelKind::History {
            metrics: Vec::new(),
        },
        Drawer::Layers => PanelKind::Table,
        Drawer::Weights | Drawer::Fields | Drawer::Beliefs | Drawer::Errors => PanelKind::HeatMap,
        Drawer::Spread => PanelKind::Histogram,
        Drawer::Energy | Drawer::Descent | Drawer::RelativeError => PanelKind::Curves,
        Drawer::Picture => PanelKind::Image,
    };
    let spec = PanelSpec {
        id: text(id),
        label: text(label),
        meaning: text(meaning),
        kind,
        view: text(view),
        overview,
        items,
    };
    (spec, drawer)
}

fn history(
    overview: u8,
    names: (&'static str, &'static str),
    metrics: Vec<Text>,
    meaning: &'static str,
) -> (PanelSpec, Drawer) {
    let (mut spec, drawer) = row(
        Drawer::History,
        LEARNING,
        overview,
        names,
        Vec::new(),
        meaning,
    );
    spec.kind = PanelKind::History { metrics };
    (spec, drawer)
}

fn rows(network: &Network) -> Vec<(PanelSpec, Drawer)> {
    let depth = network.depth();
    let each = |id: &str| -> Vec<Text> {
        (1..=depth)
            .map(|l| Text::from(format!("{id}_{l}")))
            .collect()
    };
    let beliefs: Vec<Text> = (1..=depth)
        .map(|l| Text::from(format!("layer {l}")))
        .collect();
    let mut rows = vec![
        history(
            1,
            ("loss", "loss"),
            vec![text("loss"), text("test_loss")],
            "Loss of each training batch, and of all test images. Both should fall; where the test loss turns up again, the network learns the training images by heart.",
        ),
        history(
            0,
            ("accuracy", "accuracy"),
            vec![text("accuracy"), text("test_accuracy")],
            "Share of images classified rightly, in each training batch and in the test set.",
        ),
        row(
            Drawer::Layers,
            LEARNING,
            3,
            ("layers", "layers"),
            Vec::new(),
            "A row for each predictive layer: how its gradient compares with backpropagation (relative error, what theory predicts, angle), the size of its prediction errors, and how far its weights have come.",
        ),
        history(
            0,
            ("angle", "angle to backpropagation"),
            each("angle"),
            "Angle between each layer's weight gradient and the backpropagated one, in degrees. 0 for Exact, Z-IL and FixedPred, whatever eta and n; Strict turns the lower layers most. 90 is no better than chance.",
        ),
        history(
            0,
            ("relative-error", "relative error"),
            each("relative_error"),
            "Distance of each layer's weight gradient from the backpropagated one, over its length. FixedPred only shortens the gradient of the lower layers, by the factor that the line of theory gives; Adam hides that, plain descent does not.",
        ),
        history(
            0,
            ("norm-ratio", "norm ratio"),
            each("norm_ratio"),
            "Length of each layer's weight gradient over that of the backpropagated one. Below 1: the error has not fully arrived.",
        ),
        history(
            0,
            ("agreement", "agreement of signs"),
            each("sign_agreement"),
            "Share of weights whose gradient has the same sign as in backpropagation. One half is chance.",
        ),
        history(
            0,
            ("cosine", "cosine"),
            each("cosine"),
            "Cosine between each layer's weight gradient and the backpropagated one.",
        ),
        history(
            0,
            ("energy-history", "energy"),
            vec![text("energy"), text("loss")],
            "Free energy at the end of inference beside the loss, where it begins (Strict, Z-IL).",
        ),
        history(
            0,
            ("eta-history", "eta and its limit"),
            vec![text("eta_used"), text("eta_limit")],
            "Strict is sure to be stable while eta is below the limit. Large weights lower the limit during training.",
        ),
        history(
            0,
            ("descent-history", "F / F_0"),
            vec![text("energy_ratio")],
            "Energy at the end of inference over that at its start: below 1 when inference descends.",
        ),
        history(
            0,
            ("error-history", "prediction errors"),
            each("error_rms"),
            "Root mean square of each layer's prediction errors at the end of inference. They shrink as the network learns, and from the output down where news has not arrived.",
        ),
        history(
            0,
            ("gap-history", "residual and closed-form gap"),
            vec![text("residual"), text("closed_form_gap")],
            "FixedPred: distance from its fixed point, and distance of the gradient from the closed form, which is rounding only.",
        ),
        history(
            0,
            ("belief-drift", "belief drift"),
            each("belief_drift"),
            "How far inference moves each layer's beliefs away from the forward pass, relative to their length.",
        ),
        history(
            0,
            ("weight-drift", "weight drift"),
            each("weight_drift"),
            "Distance of each layer's parameters from where they began, relative to their initial length.",
        ),
        row(
            Drawer::Weights,
            WEIGHTS,
            2,
            ("weights", "weights"),
            weights::items(network),
            "The weights of a layer, its gradient, or its change since the start: one row for each unit (or map), one column for each input.",
        ),
    ];
    if fields(network).is_some() {
        rows.push(row(Drawer::Fields, WEIGHTS, 0, ("fields", "input fields"), Vec::new(),
            "The weights of each unit of the first layer, arranged as the image that it looks at, unit beside unit. Structure here means that the layer has learnt strokes, noise that it has not."));
    }
    rows.extend([
        row(Drawer::Spread, WEIGHTS, 0, ("spread", "distribution of weights"), weights::layers(network),
            "How many weights of a layer have which value. They begin uniform; learning rounds the edges and grows tails."),
        row(Drawer::Energy, INFERENCE, 0, ("energy", "energy over the sweeps"), Vec::new(),
            "Energy of each layer, E_l = half its squared error (output: the loss), at every sweep of the last step. Strict: the sum F must fall from sweep to sweep. FixedPred descends no energy; its errors fill up from the output down."),
        row(Drawer::Descent, INFERENCE, 0, ("descent", "change of F"), Vec::new(),
            "How much the energy F changed at each sweep of the last step (Strict, Z-IL). Above 0: eta is too large."),
        row(Drawer::RelativeError, INFERENCE, 0, ("arrival", "relative error over the sweeps"), Vec::new(),
            "Distance of each layer's errors from the backpropagated ones at every sweep of the last compared step, and for FixedPred what the closed form predicts: P[Binomial(k-1, eta) <= L-l-1]."),
        row(Drawer::Beliefs, INFERENCE, 0, ("beliefs", "beliefs"), beliefs.clone(),
            "Beliefs of a layer: a row for each image of the batch, a column for each unit."),
        row(Drawer::Errors, INFERENCE, 0, ("errors", "prediction errors"), beliefs,
            "Prediction errors of a layer: a row for each image of the batch, a column for each unit. Images that are classified rightly have small ones."),
        row(Drawer::Picture, INFERENCE, 4, ("image", "image"), picture::items(),
            "An image and what the network makes of it with its present weights: the probability of each class, the true one marked."),
    ]);
    rows
}

/// The convolution or dense map that looks at the image, if the first layer begins with one.
fn fields(network: &Network) -> Option<&Map> {
    let first = &network.layers.first()?.nodes.first()?.map;
    matches!(first, Map::Dense | Map::Conv(_)).then_some(first)
}

/// The panel table of a network.
pub fn instance(network: &Network) -> Vec<PanelSpec> {
    rows(network).into_iter().map(|(spec, _)| spec).collect()
}

/// Draws a panel of the table.
pub fn draw(model: &PredictiveCoding, request: &PanelRequest) -> PanelData {
    let rows = rows(&model.network);
    let Some((_, drawer)) = rows.get(request.panel) else {
        return PanelData::Nothing("there is no such panel".into());
    };
    match drawer {
        Drawer::History => PanelData::Nothing("drawn from the history".into()),
        Drawer::Layers => layers::table(model),
        Drawer::Weights => weights::matrix(model, request),
        Drawer::Fields => weights::fields(model, request),
        Drawer::Spread => weights::spread(model, request),
        Drawer::Energy => inference::energy(model),
        Drawer::Descent => inference::descent(model),
        Drawer::RelativeError => inference::relative_error(model),
        Drawer::Beliefs => inference::beliefs(model, request),
        Drawer::Errors => inference::errors(model, request),
        Drawer::Picture => picture::draw(model, request),
    }
}

/// A layer in a few characters, e.g. `64->50 relu`.
fn short(network: &Network, l: usize) -> String {
    let layer: &Layer = &network.layers[l];
    let words: Vec<&str> = layer
        .nodes
        .iter()
        .filter(|node| node.activation.name() != "identity")
        .map(|node| node.activation.name())
        .collect();
    let sizes = format!("{}->{}", layer.input.size(), layer.output.size());
    [sizes, words.join("+")].join(" ").trim_end().to_owned()
}
