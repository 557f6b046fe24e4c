//! What a screen can show of a run: the panel table, and who draws which row.

mod course;
mod layers;
mod picture;
mod progress;
mod rule;
mod terms;
mod weights;

use super::metrics::Places;
use super::model::FeedbackAlignment;
use super::network::Network;
use super::params::{Mode, Settings};
use crate::models::panel::{PanelData, PanelRequest};
use crate::models::table::{PanelKind, PanelSpec, Text, text};

const LEARNING: &str = "Learning";
const RULE: &str = "Rule";
const ALIGNMENT: &str = "Alignment";
const WEIGHTS: &str = "Weights";

/// What draws a panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Drawer {
    /// The engine, from its history.
    History,
    Rule,
    Terms,
    Layers,
    Progress,
    Course,
    Losses,
    Matrices,
    Fields,
    Spread,
    Picture,
}

impl Drawer {
    fn kind(self) -> PanelKind {
        match self {
            Self::History => PanelKind::History {
                metrics: Vec::new(),
            },
            Self::Rule | Self::Progress => PanelKind::Bars,
            Self::Terms | Self::Layers => PanelKind::Table,
            Self::Course => PanelKind::Curves,
            Self::Losses | Self::Spread => PanelKind::Histogram,
            Self::Matrices | Self::Fields => PanelKind::HeatMap,
            Self::Picture => PanelKind::Image,
        }
    }
}

type Row = (PanelSpec, Drawer);

fn row(
    drawer: Drawer,
    (view, overview): (&'static str, u8),
    (id, label): (&'static str, &'static str),
    items: Vec<Text>,
    meaning: &'static str,
) -> Row {
    let spec = PanelSpec {
        id: text(id),
        label: text(label),
        meaning: text(meaning),
        kind: drawer.kind(),
        view: text(view),
        overview,
        items,
    };
    (spec, drawer)
}

fn history(
    place: (&'static str, u8),
    names: (&'static str, &'static str),
    metrics: Vec<Text>,
    meaning: &'static str,
) -> Row {
    let (mut spec, drawer) = row(Drawer::History, place, names, Vec::new(), meaning);
    spec.kind = PanelKind::History { metrics };
    (spec, drawer)
}

fn rows(network: &Network, settings: &Settings) -> Vec<Row> {
    let depth = network.depth();
    let is_meta = settings.mode == Mode::Meta;
    let each = |id: &str, count: usize| -> Vec<Text> {
        let all = 1..=count;
        all.map(|l| Text::from(format!("{id}_{l}"))).collect()
    };
    let words = |list: &[&'static str]| -> Vec<Text> { list.iter().map(|id| text(id)).collect() };
    let mut rows = vec![
        history(
            (LEARNING, 1),
            ("accuracy", "accuracy"),
            words(&["accuracy", "accuracy_low", "accuracy_high"]),
            "Accuracy after adaptation on the query images (meta) or on the test images (online), counted over all outputs, and that of the classes known worst and best.",
        ),
        row(
            Drawer::Rule,
            (RULE, 2),
            ("rule", "rule"),
            rule::items(network, settings),
            "The rule as it is now: its formula, and the coefficient of every term that is on, in thousandths; those that are not 0 have a pointer. e, y: error and activity of a layer, e', y': of the layer below.",
        ),
        history(
            (ALIGNMENT, 3),
            ("angle", "error angle"),
            each("angle", depth - 1),
            "Angle between the errors that are fed back and those that backpropagation would send, for each hidden layer. Feedback alignment stays near the line of chance, 90 degrees; F2 pulls the upper layers down, Oja's rule hardly does.",
        ),
        history(
            (LEARNING, 4),
            ("loss", "loss"),
            if is_meta {
                words(&["meta_loss", "loss", "loss_low", "loss_high"])
            } else {
                words(&["loss", "train_loss"])
            },
            "Cross-entropy of the query images with its quartiles, and the meta-loss that is it plus the penalty (meta); of the test images, and of the stream before it is learnt (online).",
        ),
        row(
            Drawer::Picture,
            (WEIGHTS, 5),
            ("image", "image"),
            picture::items(settings),
            "An image and what the network makes of it: the probability of each class of the task, the true one marked. The present image is the one of the last online step, before it was learnt.",
        ),
        row(
            Drawer::Progress,
            (LEARNING, 6),
            ("progress", "progress"),
            Vec::new(),
            "Where the run stands: in an episode its adaptation, the query images, the reverse pass that carries the meta-gradient back through the online steps, and the meta-test.",
        ),
    ];
    if is_meta {
        rows.extend([
            history((LEARNING, 0), ("test", "meta-test"), words(&["test_accuracy", "accuracy"]),
                "Accuracy on tasks whose images, or whose classes too, training never uses, beside that on the training tasks."),
            row(Drawer::Course, (LEARNING, 0), ("course", "this episode"), Vec::new(),
                "Loss of each image before the network learns it, over the online steps of the present episode, with a running mean."),
            row(Drawer::Losses, (LEARNING, 0), ("losses", "losses of the query images"), Vec::new(),
                "How the cross-entropy spreads over the images judged last. A mean can hide a few that are hopelessly wrong."),
        ]);
    } else {
        rows.extend([
            row(Drawer::Course, (LEARNING, 0), ("course", "last samples"), Vec::new(),
                "Loss of the last images of the stream before the network learnt them, with a running mean."),
            row(Drawer::Losses, (LEARNING, 0), ("losses", "losses of the test images"), Vec::new(),
                "How the cross-entropy spreads over the images judged last."),
        ]);
    }
    rows.extend([
        history((RULE, 0), ("coefficients", "coefficients"), rule::trajectories(network, settings),
            "The coefficients over time; in a meta run each value is that of the episode, before its outer step."),
        history((RULE, 0), ("shares", "shares of the update"), (0..10).map(|r| Text::from(format!("share_{r}"))).collect(),
            "How much of the update each term makes, by the size of what it adds, in the mean over the layers. The penalty `share` drives small shares to 0."),
        row(Drawer::Terms, (RULE, 0), ("terms", "terms"), terms::items(),
            "For every term that is on and every layer: its share of the update, or the cosine of what it does (its sign included) with what backpropagation would do. A term with a cosine near 0 helps in another way."),
    ]);
    if is_meta {
        rows.extend([
            history((RULE, 0), ("alive", "terms alive"), words(&["alive"]),
                "Terms that are on and whose coefficient is not 0."),
            history((RULE, 0), ("penalty", "penalty weights"), (0..10).map(|r| Text::from(format!("weight_{r}"))).collect(),
                "Weights of the terms in the penalty `share`: natural size over share. A term that does little for its size is pressed harder."),
            history((RULE, 0), ("gradient", "meta-gradient"), words(&["gradient_norm"]),
                "Length of the meta-gradient. Sudden peaks by powers of ten are the pool about to blow up."),
            history((RULE, 0), ("skipped", "skipped and edited episodes"), words(&["skipped", "marked"]),
                "Episodes that were not finite and so changed nothing, and episodes in which a coefficient was changed by hand."),
        ]);
    }
    rows.extend([
        row(Drawer::Layers, (ALIGNMENT, 0), ("layers", "layers"), Vec::new(),
            "A row for each weight matrix: angle of its errors to backpropagated ones, orthonormality error, agreement of the weights with their feedback in sign and in direction, and length of the rows."),
        history((ALIGNMENT, 0), ("orthonormality", "orthonormality error"), each("orthonormality", depth),
            "Sum over the images of |W y' - W W' y|^2 for each layer. Oja's rule divides it by ten and more in the lower layers and raises it in the last one."),
        history((ALIGNMENT, 0), ("agreement", "agreement of signs"), each("agreement", depth),
            "Share of weights that have the sign of their feedback weight. One half is chance; F2 with a coefficient below 0 raises it."),
        history((ALIGNMENT, 0), ("alignment", "angle of W and B"), each("alignment", depth),
            "Angle between the weights and the feedback weights, as vectors. 90 degrees is chance."),
        history((ALIGNMENT, 0), ("row-norm", "row norm"), each("row_norm", depth),
            "Mean length of the rows of the weights."),
        row(Drawer::Matrices, (WEIGHTS, 0), ("matrices", "matrices"), weights::items(network),
            "The weights W or the feedback B of a layer, their difference, or the agreement of their signs (1 agrees, -1 does not): one row for each unit, one column for each input."),
        row(Drawer::Fields, (WEIGHTS, 0), ("fields", "input fields"), Vec::new(),
            "The weights of each unit of the first layer, arranged as the image that it looks at, unit beside unit."),
        row(Drawer::Spread, (WEIGHTS, 0), ("spread", "distribution of weights"), weights::layers(network),
            "How many weights of a layer have which value. They begin uniform."),
    ]);
    rows
}

/// The panel table of a run.
pub fn instance(network: &Network, settings: &Settings) -> Vec<PanelSpec> {
    rows(network, settings)
        .into_iter()
        .map(|(spec, _)| spec)
        .collect()
}

/// Draws a panel of the table.
pub fn draw(model: &FeedbackAlignment, request: &PanelRequest) -> PanelData {
    let rows = rows(&model.network, &model.settings);
    let Some((_, drawer)) = rows.get(request.panel) else {
        return PanelData::Nothing("there is no such panel".into());
    };
    match drawer {
        Drawer::History => PanelData::Nothing("drawn from the history".into()),
        Drawer::Rule => rule::bars(model, request),
        Drawer::Terms => terms::table(model, request),
        Drawer::Layers => layers::table(model),
        Drawer::Progress => progress::bars(model),
        Drawer::Course => course::curve(model),
        Drawer::Losses => course::losses(model),
        Drawer::Matrices => weights::matrix(model, request),
        Drawer::Fields => weights::fields(model, request),
        Drawer::Spread => weights::spread(model, request),
        Drawer::Picture => picture::draw(model, request),
    }
}

/// A metric of the last finished unit.
fn metric(model: &FeedbackAlignment, place: impl Fn(&Places) -> usize) -> f64 {
    model.state.metrics[place(&model.places)]
}
