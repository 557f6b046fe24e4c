//! The metric table, and where each metric stands in it.

use std::ops::Range;

use crate::models::table::{Better, MetricSpec, Scale, Scope, Text, text};

/// A row of the table before it is repeated for the layers.
struct Metric {
    id: &'static str,
    label: &'static str,
    unit: &'static str,
    scale: Scale,
    better: Better,
    scope: Scope,
    /// The id of the row that predicts it.
    theory: Option<&'static str>,
    meaning: &'static str,
}

macro_rules! metric {
    ($id:literal, $label:literal, $unit:literal, $scale:ident, $better:ident, $scope:ident, $theory:expr, $meaning:literal) => {
        Metric {
            id: $id,
            label: $label,
            unit: $unit,
            scale: Scale::$scale,
            better: Better::$better,
            scope: Scope::$scope,
            theory: $theory,
            meaning: $meaning,
        }
    };
}

const METRICS: &[Metric] = &[
    metric!(
        "loss",
        "loss",
        "",
        Log,
        Lower,
        Model,
        None,
        "Loss of the training batch at the forward pass, before the weights change."
    ),
    metric!(
        "accuracy",
        "accuracy",
        "",
        Linear,
        Higher,
        Model,
        None,
        "Share of the training batch that is classified rightly at the forward pass."
    ),
    metric!(
        "test_loss",
        "test loss",
        "",
        Log,
        Lower,
        Model,
        None,
        "Mean loss over all test images, after the last step that was tested."
    ),
    metric!(
        "test_accuracy",
        "test accuracy",
        "",
        Linear,
        Higher,
        Model,
        None,
        "Share of all test images that is classified rightly, after the last step that was tested."
    ),
    metric!(
        "energy",
        "energy F",
        "",
        Log,
        Lower,
        Model,
        None,
        "Free energy at the last sweep, before its update: the loss plus half the squared errors of all hidden layers (Strict, Z-IL)."
    ),
    metric!(
        "energy_ratio",
        "F / F_0",
        "",
        Linear,
        Lower,
        Model,
        None,
        "Energy at the last sweep over the energy before the first: below 1 when inference descends."
    ),
    metric!(
        "energy_rises",
        "rises of F",
        "",
        Linear,
        Lower,
        Model,
        None,
        "Sweeps of the step in which the energy rose by more than a millionth. More than none: eta is too large."
    ),
    metric!(
        "eta_used",
        "eta used",
        "",
        Log,
        Neither,
        Model,
        Some("eta_limit"),
        "Step size of the beliefs in the last sweep."
    ),
    metric!(
        "eta_limit",
        "eta limit",
        "",
        Log,
        Neither,
        Model,
        None,
        "Below this eta Strict's sweeps cannot grow: 2 / (1 + largest singular value of the Jacobians)^2, the output layer weighted by the loss's curvature. Measured in compared steps."
    ),
    metric!(
        "residual",
        "residual",
        "",
        Log,
        Lower,
        Model,
        None,
        "How far FixedPred is from its fixed point: the largest ||e - J'e_above|| over ||delta|| of the hidden layers, in compared steps."
    ),
    metric!(
        "closed_form_gap",
        "closed-form gap",
        "",
        Log,
        Lower,
        Model,
        None,
        "Largest relative distance, over the layers, of FixedPred's gradient from the one that its closed form predicts. Rounding only: about 1e-6."
    ),
    metric!(
        "sweeps",
        "sweeps",
        "",
        Linear,
        Neither,
        Model,
        None,
        "Sweeps of inference in the step."
    ),
    metric!(
        "relative_error",
        "rel. error",
        "",
        Log,
        Lower,
        Layer,
        Some("relative_error_theory"),
        "||a - b|| / ||b|| of the layer's weight gradient a and the backpropagated one b, in the last compared step."
    ),
    metric!(
        "relative_error_theory",
        "rel. error, theory",
        "",
        Log,
        Neither,
        Layer,
        None,
        "The relative error that the closed form predicts from eta, n and depth alone: P[Binomial(n-1, eta) <= L-l-1]. 0 for the exact methods, none for Strict."
    ),
    metric!(
        "angle",
        "angle",
        "deg",
        Linear,
        Lower,
        Layer,
        None,
        "Angle between the layer's weight gradient and the backpropagated one."
    ),
    metric!(
        "norm_ratio",
        "norm ratio",
        "",
        Log,
        Neither,
        Layer,
        None,
        "Length of the layer's weight gradient over that of the backpropagated one."
    ),
    metric!(
        "cosine",
        "cosine",
        "",
        Linear,
        Higher,
        Layer,
        None,
        "Cosine of the angle between the layer's weight gradient and the backpropagated one."
    ),
    metric!(
        "sign_agreement",
        "sign agreement",
        "",
        Linear,
        Higher,
        Layer,
        None,
        "Share of the layer's weights whose gradient has the sign of the backpropagated one."
    ),
    metric!(
        "error_rms",
        "error",
        "",
        Log,
        Neither,
        Layer,
        None,
        "Root mean square of the layer's prediction errors over units and samples, at the end of inference."
    ),
    metric!(
        "belief_drift",
        "belief drift",
        "",
        Log,
        Neither,
        Layer,
        None,
        "||v - vhat|| / ||vhat||: how far inference has moved the layer's beliefs from the forward pass, in compared steps."
    ),
    metric!(
        "weight_drift",
        "weight drift",
        "",
        Linear,
        Neither,
        Layer,
        None,
        "||theta - theta_0|| / ||theta_0|| of the layer's parameters since the start, in compared and tested steps."
    ),
];

/// The table of a network of this depth.
pub fn instance(depth: usize) -> Vec<MetricSpec> {
    let mut table = Vec::new();
    for row in METRICS {
        let spec = |id: Text, label: Text, theory: Option<Text>| MetricSpec {
            id,
            label,
            unit: text(row.unit),
            meaning: text(row.meaning),
            scale: row.scale,
            better: row.better,
            theory,
        };
        match row.scope {
            Scope::Model => {
                table.push(spec(text(row.id), text(row.label), row.theory.map(text)));
            }
            Scope::Layer => table.extend((1..=depth).map(|l| {
                let numbered = |words: &str| Text::from(format!("{words}_{l}"));
                let label = format!("{} {l}", row.label);
                spec(numbered(row.id), label.into(), row.theory.map(numbered))
            })),
        }
    }
    table
}

/// Where each metric stands in the table of one network; a range has one entry for each layer.
#[derive(Clone, Debug)]
pub struct Places {
    pub loss: usize,
    pub accuracy: usize,
    pub test_loss: usize,
    pub test_accuracy: usize,
    pub energy: usize,
    pub energy_ratio: usize,
    pub energy_rises: usize,
    pub eta_used: usize,
    pub eta_limit: usize,
    pub residual: usize,
    pub closed_form_gap: usize,
    pub sweeps: usize,
    pub relative_error: Range<usize>,
    pub relative_error_theory: Range<usize>,
    pub angle: Range<usize>,
    pub norm_ratio: Range<usize>,
    pub cosine: Range<usize>,
    pub sign_agreement: Range<usize>,
    pub error_rms: Range<usize>,
    pub belief_drift: Range<usize>,
    pub weight_drift: Range<usize>,
    /// Rows of the whole table.
    pub count: usize,
}

impl Places {
    pub fn new(depth: usize) -> Self {
        let size = |row: &Metric| match row.scope {
            Scope::Model => 1,
            Scope::Layer => depth,
        };
        let of = |id: &str| -> Range<usize> {
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
            loss: of("loss").start,
            accuracy: of("accuracy").start,
            test_loss: of("test_loss").start,
            test_accuracy: of("test_accuracy").start,
            energy: of("energy").start,
            energy_ratio: of("energy_ratio").start,
            energy_rises: of("energy_rises").start,
            eta_used: of("eta_used").start,
            eta_limit: of("eta_limit").start,
            residual: of("residual").start,
            closed_form_gap: of("closed_form_gap").start,
            sweeps: of("sweeps").start,
            relative_error: of("relative_error"),
            relative_error_theory: of("relative_error_theory"),
            angle: of("angle"),
            norm_ratio: of("norm_ratio"),
            cosine: of("cosine"),
            sign_agreement: of("sign_agreement"),
            error_rms: of("error_rms"),
            belief_drift: of("belief_drift"),
            weight_drift: of("weight_drift"),
            count: METRICS.iter().map(size).sum(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_of_the_table_and_theories_exist() {
        let (table, places) = (instance(3), Places::new(3));
        assert_eq!(places.count, table.len());
        assert_eq!(table[places.eta_limit].id, "eta_limit");
        assert_eq!(table[places.angle.start + 1].id, "angle_2");
        assert_eq!(table[places.weight_drift.end - 1].id, "weight_drift_3");
        assert_eq!(
            table[places.relative_error.start].theory.as_deref(),
            Some("relative_error_theory_1")
        );
        for spec in &table {
            if let Some(theory) = &spec.theory {
                assert!(table.iter().any(|other| other.id == *theory), "{theory}");
            }
        }
    }
}
