//! The metric table, and where each metric stands in it.

use std::ops::Range;

use super::terms::{POOL, TERMS};
use crate::models::table::{Better, MetricSpec, Scale, Text, text};

/// For what a row of the table is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Each {
    Once,
    /// `_0` to `_9`.
    Term,
    /// As `Term`; with coefficients for each layer, for each term of each layer.
    Coefficient,
    /// `_1` to `_L`.
    Layer,
    /// `_1` to `_(L-1)`.
    Hidden,
}

/// A row of the table before it is repeated.
struct Metric {
    id: &'static str,
    label: &'static str,
    unit: &'static str,
    scale: Scale,
    better: Better,
    each: Each,
    /// The id of the row that predicts it.
    theory: Option<&'static str>,
    meaning: &'static str,
}

macro_rules! metric {
    ($id:literal, $label:literal, $unit:literal, $scale:ident, $better:ident, $each:ident, $theory:expr, $meaning:literal) => {
        Metric {
            id: $id,
            label: $label,
            unit: $unit,
            scale: Scale::$scale,
            better: Better::$better,
            each: Each::$each,
            theory: $theory,
            meaning: $meaning,
        }
    };
}

const METRICS: &[Metric] = &[
    metric!(
        "meta_loss",
        "meta-loss",
        "",
        Linear,
        Lower,
        Once,
        None,
        "Mean cross-entropy of the query images after adaptation, plus the penalty (meta)."
    ),
    metric!(
        "loss",
        "loss",
        "",
        Linear,
        Lower,
        Once,
        None,
        "Mean cross-entropy of the query images after adaptation (meta), or of the test images (online)."
    ),
    metric!(
        "loss_low",
        "lower quartile",
        "",
        Linear,
        Neither,
        Once,
        None,
        "A quarter of the query images has a smaller cross-entropy."
    ),
    metric!(
        "loss_high",
        "upper quartile",
        "",
        Linear,
        Neither,
        Once,
        None,
        "A quarter of the query images has a larger cross-entropy."
    ),
    metric!(
        "accuracy",
        "accuracy",
        "",
        Linear,
        Higher,
        Once,
        None,
        "Share of query images (meta) or test images (online) whose largest output, of all outputs, is that of their class."
    ),
    metric!(
        "accuracy_low",
        "worst class",
        "",
        Linear,
        Neither,
        Once,
        None,
        "Accuracy on the class of the task, or of the stream, that is known least."
    ),
    metric!(
        "accuracy_high",
        "best class",
        "",
        Linear,
        Neither,
        Once,
        None,
        "Accuracy on the class that is known best."
    ),
    metric!(
        "test_loss",
        "test loss",
        "",
        Linear,
        Lower,
        Once,
        None,
        "Mean loss over the tasks of the last meta-test, whose images training never uses."
    ),
    metric!(
        "test_accuracy",
        "test accuracy",
        "",
        Linear,
        Higher,
        Once,
        None,
        "Mean accuracy over the tasks of the last meta-test, whose images training never uses."
    ),
    metric!(
        "train_loss",
        "online loss",
        "",
        Linear,
        Lower,
        Once,
        None,
        "Cross-entropy of each image before the network learns it: mean over the episode (meta), or running mean over some hundred images (online)."
    ),
    metric!(
        "gradient_norm",
        "meta-gradient",
        "",
        Log,
        Neither,
        Once,
        None,
        "Length of the gradient of the meta-loss by the coefficients that are on."
    ),
    metric!(
        "skipped",
        "skipped",
        "",
        Linear,
        Lower,
        Once,
        None,
        "Episodes so far whose loss or gradient was not finite; they change no coefficient."
    ),
    metric!(
        "marked",
        "edited",
        "",
        Linear,
        Neither,
        Once,
        None,
        "Episodes so far in which a coefficient was changed by hand; their gradient is over the steps after the change."
    ),
    metric!(
        "alive",
        "terms alive",
        "",
        Linear,
        Neither,
        Once,
        None,
        "Terms that are on and whose coefficient is not 0."
    ),
    metric!(
        "theta",
        "theta",
        "",
        Linear,
        Neither,
        Coefficient,
        None,
        "The coefficient during the episode, that is before its outer step; none while the term is off."
    ),
    metric!(
        "share",
        "share",
        "",
        Linear,
        Neither,
        Term,
        None,
        "Share of the term in the update: the size of what it adds over that of all terms, in the mean over the layers."
    ),
    metric!(
        "weight",
        "penalty weight",
        "",
        Log,
        Neither,
        Term,
        None,
        "Weight of the term in the penalty share: its natural size over its share."
    ),
    metric!(
        "angle",
        "angle",
        "deg",
        Linear,
        Lower,
        Hidden,
        Some("right_angle"),
        "Angle between the fed back and the backpropagated error of the layer, each in the mean over the query images."
    ),
    metric!(
        "right_angle",
        "chance",
        "deg",
        Linear,
        Neither,
        Once,
        None,
        "90 degrees, the angle of two random directions."
    ),
    metric!(
        "orthonormality",
        "orthonormality error",
        "",
        Log,
        Lower,
        Layer,
        None,
        "Sum over the query images of |W y' - W W' y|^2: 0 where the rows of W are orthonormal on what the layer sees."
    ),
    metric!(
        "agreement",
        "agreement of signs",
        "",
        Linear,
        Higher,
        Layer,
        None,
        "Share of weights that have the sign of their feedback weight. One half is chance."
    ),
    metric!(
        "alignment",
        "angle of W and B",
        "deg",
        Linear,
        Lower,
        Layer,
        Some("right_angle"),
        "Angle between the weights and the feedback weights of the layer, as vectors."
    ),
    metric!(
        "row_norm",
        "row norm",
        "",
        Linear,
        Neither,
        Layer,
        None,
        "Mean length of the rows of the weights."
    ),
];

/// Rows of a network of this depth.
fn repeated(metric: &Metric, depth: usize, per_layer: bool) -> Vec<(String, String)> {
    let plain = || (metric.id.to_owned(), metric.label.to_owned());
    let term = |r: usize| (format!("_{r}"), format!(" {}", POOL[r].spec().id));
    let layer = |l: usize| (format!("_{l}"), format!(" {l}"));
    let ends: Vec<(String, String)> = match metric.each {
        Each::Once => vec![(String::new(), String::new())],
        Each::Coefficient if per_layer => (1..=depth)
            .flat_map(|l| (0..TERMS).map(move |r| (r, l)))
            .map(|(r, l)| {
                let ((id, label), (of, at)) = (term(r), layer(l));
                (id + &of, label + " layer" + &at)
            })
            .collect(),
        Each::Term | Each::Coefficient => (0..TERMS).map(term).collect(),
        Each::Layer => (1..=depth).map(layer).collect(),
        Each::Hidden => (1..depth).map(layer).collect(),
    };
    let whole = |(id, label): (String, String)| {
        let (plain_id, plain_label) = plain();
        // The name of the coefficient is that of its term.
        let label = match metric.id {
            "theta" | "share" => label.trim_start().to_owned(),
            _ => plain_label + &label,
        };
        (plain_id + &id, label)
    };
    ends.into_iter().map(whole).collect()
}

/// The metric table of a network of this depth.
pub fn instance(depth: usize, per_layer: bool) -> Vec<MetricSpec> {
    let rows = METRICS.iter().flat_map(|metric| {
        let names = repeated(metric, depth, per_layer).into_iter();
        names.map(move |(id, label)| MetricSpec {
            id: Text::from(id),
            label: Text::from(label),
            unit: text(metric.unit),
            meaning: text(metric.meaning),
            scale: metric.scale,
            better: metric.better,
            theory: metric.theory.map(text),
        })
    });
    rows.collect()
}

/// Where the metrics of a network stand in its table.
#[derive(Clone, Debug)]
pub struct Places {
    pub meta_loss: usize,
    pub loss: usize,
    pub loss_low: usize,
    pub loss_high: usize,
    pub accuracy: usize,
    pub accuracy_low: usize,
    pub accuracy_high: usize,
    pub test_loss: usize,
    pub test_accuracy: usize,
    pub train_loss: usize,
    pub gradient_norm: usize,
    pub skipped: usize,
    pub marked: usize,
    pub alive: usize,
    /// Row after row of the coefficients.
    pub theta: Range<usize>,
    pub share: Range<usize>,
    pub weight: Range<usize>,
    pub angle: Range<usize>,
    pub right_angle: usize,
    pub orthonormality: Range<usize>,
    pub agreement: Range<usize>,
    pub alignment: Range<usize>,
    pub row_norm: Range<usize>,
    pub count: usize,
}

impl Places {
    pub fn new(depth: usize, per_layer: bool) -> Self {
        let size = |row: &Metric| repeated(row, depth, per_layer).len();
        let of = |id: &str| {
            let mut start = 0;
            for row in METRICS {
                if row.id == id {
                    return start..start + size(row);
                }
                start += size(row);
            }
            unreachable!("the metric table has no row `{id}`")
        };
        Self {
            meta_loss: of("meta_loss").start,
            loss: of("loss").start,
            loss_low: of("loss_low").start,
            loss_high: of("loss_high").start,
            accuracy: of("accuracy").start,
            accuracy_low: of("accuracy_low").start,
            accuracy_high: of("accuracy_high").start,
            test_loss: of("test_loss").start,
            test_accuracy: of("test_accuracy").start,
            train_loss: of("train_loss").start,
            gradient_norm: of("gradient_norm").start,
            skipped: of("skipped").start,
            marked: of("marked").start,
            alive: of("alive").start,
            theta: of("theta"),
            share: of("share"),
            weight: of("weight"),
            angle: of("angle"),
            right_angle: of("right_angle").start,
            orthonormality: of("orthonormality"),
            agreement: of("agreement"),
            alignment: of("alignment"),
            row_norm: of("row_norm"),
            count: METRICS.iter().map(size).sum(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_of_the_table_and_theories_exist() {
        for per_layer in [false, true] {
            let (table, places) = (instance(3, per_layer), Places::new(3, per_layer));
            assert_eq!(places.count, table.len());
            assert_eq!(table[places.alive].id, "alive");
            assert_eq!(places.theta.len(), if per_layer { 30 } else { 10 });
            let last = &table[places.theta.end - 1];
            let wanted = if per_layer { "theta_9_3" } else { "theta_9" };
            assert_eq!(last.id, wanted);
            assert_eq!(table[places.angle.start + 1].id, "angle_2");
            assert_eq!(places.angle.len(), 2);
            assert_eq!(table[places.row_norm.end - 1].id, "row_norm_3");
            assert_eq!(table[places.share.start + 9].label, "F9");
            for spec in &table {
                if let Some(theory) = &spec.theory {
                    assert!(table.iter().any(|other| other.id == *theory), "{theory}");
                }
            }
        }
    }
}
