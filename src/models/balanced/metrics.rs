//! The metric table of the family. Each metric has a place of the same name in [`Metric`].

use super::model::Balanced;
use crate::models::table::{Better, MetricSpec, Scale, text};

/// A row of the table.
struct Row {
    id: &'static str,
    label: &'static str,
    unit: &'static str,
    theory: Option<&'static str>,
    meaning: &'static str,
}

macro_rules! metrics {
    ($($name:ident $id:literal $label:literal $unit:literal $theory:expr, $meaning:literal;)*) => {
        /// The place of a metric in the table.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Metric { $($name),* }

        const ROWS: &[Row] = &[$(Row {
            id: $id,
            label: $label,
            unit: $unit,
            theory: $theory,
            meaning: $meaning,
        }),*];
    };
}

metrics! {
    RateE "rate_e" "rate E" "Hz" Some("rate_e_theory"), "Mean rate of the E cells in the last 50 ms.";
    RateI "rate_i" "rate I" "Hz" Some("rate_i_theory"), "Mean rate of the I cells in the last 50 ms.";
    RateETheory "rate_e_theory" "rate E, theory" "Hz" None, "Balanced rate of E for the present mean weights and N without end: -W^-1 (Wx r_x + stim). None where the balance condition is violated.";
    RateITheory "rate_i_theory" "rate I, theory" "Hz" None, "Balanced rate of I for the present mean weights and N without end.";
    RateE1 "rate_e1" "rate E, stimulated" "Hz" Some("rate_e1_theory"), "Mean rate in the last 50 ms of the E cells that can be stimulated; none while all or no cells can.";
    RateE2 "rate_e2" "rate E, others" "Hz" Some("rate_e2_theory"), "Mean rate in the last 50 ms of the E cells that cannot be stimulated.";
    RateE1Theory "rate_e1_theory" "stimulated, theory" "Hz" None, "Rate of the stimulated part of E: balanced before, semi-balanced (one part silent) without plasticity, its target once EI plasticity has adapted.";
    RateE2Theory "rate_e2_theory" "others, theory" "Hz" None, "Rate of the other part of E, likewise.";
    MeanRateE "mean_rate_e" "mean rate E" "Hz" Some("rate_e_finite"), "Mean rate of the E cells over the measurement.";
    MeanRateI "mean_rate_i" "mean rate I" "Hz" Some("rate_i_finite"), "Mean rate of the I cells over the measurement.";
    RateEFinite "rate_e_finite" "rate E, finite N" "Hz" None, "Balanced rate of E with the measured residual current put in: -W^-1 (Wx r_x + stim - R / sqrt(N)), with the weights as weak as Euler's scheme makes them. What is left to the measurement are correlations between weights and rates.";
    RateIFinite "rate_i_finite" "rate I, finite N" "Hz" None, "Balanced rate of I with the measured residual current put in.";
    RateSdE "rate_sd_e" "rate sd E" "Hz" None, "Standard deviation over the E cells of their mean rates. EI plasticity brings it down.";
    RateSdI "rate_sd_i" "rate sd I" "Hz" None, "Standard deviation over the I cells of their mean rates.";
    CvE "cv_e" "ISI CV E" "" None, "Coefficient of variation of the inter-spike intervals, mean over E cells: near 1 for irregular firing.";
    CvI "cv_i" "ISI CV I" "" None, "Coefficient of variation of the inter-spike intervals, mean over I cells.";
    EFromE "e_from_e" "E from E" "mV/ms" None, "Mean current from E cells into E cells, last 100 ms.";
    EFromI "e_from_i" "E from I" "mV/ms" None, "Mean current from I cells into E cells, last 100 ms.";
    EFromX "e_from_x" "E from X" "mV/ms" None, "Mean current from the external layers into E cells, last 100 ms.";
    ETotal "e_total" "E total" "mV/ms" None, "Mean of all current into E cells, the injected with it. In balance it stays small while its parts grow as sqrt(N).";
    IFromE "i_from_e" "I from E" "mV/ms" None, "Mean current from E cells into I cells, last 100 ms.";
    IFromI "i_from_i" "I from I" "mV/ms" None, "Mean current from I cells into I cells, last 100 ms.";
    IFromX "i_from_x" "I from X" "mV/ms" None, "Mean current from the external layers into I cells, last 100 ms.";
    ITotal "i_total" "I total" "mV/ms" None, "Mean of all current into I cells.";
    ResidualE "residual_e" "residual E" "mV/ms" None, "Mean total current into E cells over the measurement, the R of finite size.";
    ResidualI "residual_i" "residual I" "mV/ms" None, "Mean total current into I cells over the measurement.";
    BalanceE "balance_e" "balance E" "" None, "Size of the total over the inhibitory current into E cells, over the measurement: falls as 1 / sqrt(N).";
    BalanceI "balance_i" "balance I" "" None, "Size of the total over the inhibitory current into I cells, over the measurement.";
    JEe "j_ee" "j EE" "mV" Some("j_ee_theory"), "Mean weight sqrt(N) J from E to E, over a sample of synapses.";
    JEi "j_ei" "j EI" "mV" Some("j_ei_theory"), "Mean weight from I to E. Under EI plasticity it depends on where it began (a manifold of fixed points); the rate-weighted mean does not.";
    JIe "j_ie" "j IE" "mV" Some("j_ie_theory"), "Mean weight from E to I.";
    JIi "j_ii" "j II" "mV" Some("j_ii_theory"), "Mean weight from I to I.";
    JEeTheory "j_ee_theory" "j EE, fixed point" "mV" None, "Where the active rules drive the mean weight from E to E, for N without end.";
    JEiTheory "j_ei_theory" "j EI, fixed point" "mV" None, "Where the active rules drive the rate-weighted mean weight from I to E, for N without end.";
    JIeTheory "j_ie_theory" "j IE, fixed point" "mV" None, "Where the active rules drive the weight from E to I, for N without end.";
    JIiTheory "j_ii_theory" "j II, fixed point" "mV" None, "Where the active rules drive the weight from I to I, for N without end.";
    JEeFinite "j_ee_finite" "j EE, finite N" "mV" None, "The fixed point with the measured residual currents put in.";
    JEiFinite "j_ei_finite" "j EI, finite N" "mV" None, "The fixed point with the measured residual currents put in.";
    JIeFinite "j_ie_finite" "j IE, finite N" "mV" None, "The fixed point with the measured residual currents put in.";
    JIiFinite "j_ii_finite" "j II, finite N" "mV" None, "The fixed point with the measured residual currents put in.";
    JEeSd "j_ee_sd" "sd EE" "mV" None, "Standard deviation of the weights from E to E.";
    JEiSd "j_ei_sd" "sd EI" "mV" None, "Standard deviation of the weights from I to E.";
    JIeSd "j_ie_sd" "sd IE" "mV" None, "Standard deviation of the weights from E to I.";
    JIiSd "j_ii_sd" "sd II" "mV" None, "Standard deviation of the weights from I to I.";
    JEeWeighted "j_ee_weighted" "j EE by rate" "mV" None, "Mean weight from E to E, each weighted by the rate of its presynaptic cell: what acts on the rates. Rules on EE pin the plain mean.";
    JEiWeighted "j_ei_weighted" "j EI by rate" "mV" Some("j_ei_finite"), "Mean weight from I to E, each weighted by the rate of its presynaptic cell: what EI plasticity pins.";
    JIeWeighted "j_ie_weighted" "j IE by rate" "mV" Some("j_ie_finite"), "Mean weight from E to I, each weighted by the rate of its presynaptic cell.";
    JIiWeighted "j_ii_weighted" "j II by rate" "mV" Some("j_ii_finite"), "Mean weight from I to I, each weighted by the rate of its presynaptic cell.";
    JEeCorr "j_ee_corr" "corr EE" "" None, "Correlation over synapses between weight and presynaptic rate, from E to E.";
    JEiCorr "j_ei_corr" "corr EI" "" None, "Correlation over synapses between weight and presynaptic rate, from I to E. Far from 0 it tells that EI plasticity has moved along its manifold.";
    JIeCorr "j_ie_corr" "corr IE" "" None, "Correlation over synapses between weight and presynaptic rate, from E to I.";
    JIiCorr "j_ii_corr" "corr II" "" None, "Correlation over synapses between weight and presynaptic rate, from I to I.";
    JE1i "j_e1i" "j EI onto stimulated" "mV" Some("j_e1i_theory"), "Mean weight from I onto the E cells that can be stimulated.";
    JE2i "j_e2i" "j EI onto others" "mV" Some("j_e2i_theory"), "Mean weight from I onto the other E cells: adaptation to the stimulus leaves it alone.";
    JE1iTheory "j_e1i_theory" "onto stimulated, fixed point" "mV" None, "Where EI plasticity drives the weights onto the stimulated part, with the present stimulus, for N without end.";
    JE2iTheory "j_e2i_theory" "onto others, fixed point" "mV" None, "Where EI plasticity drives the weights onto the other part.";
    CovEe "cov_ee" "cov EE" "" Some("cov_ee_theory"), "Covariance of spike counts, mean over all pairs of different E cells, over the measurement.";
    CovEi "cov_ei" "cov EI" "" Some("cov_ei_theory"), "Covariance of spike counts, mean over all pairs of an E and an I cell.";
    CovIi "cov_ii" "cov II" "" Some("cov_ii_theory"), "Covariance of spike counts, mean over all pairs of different I cells.";
    CovEeTheory "cov_ee_theory" "cov EE, theory" "" None, "window r_x (c + (1 - c) / N_x) M: without intrinsic terms of order 1 / N.";
    CovEiTheory "cov_ei_theory" "cov EI, theory" "" None, "window r_x (c + (1 - c) / N_x) M for E and I.";
    CovIiTheory "cov_ii_theory" "cov II, theory" "" None, "window r_x (c + (1 - c) / N_x) M for I.";
    CovEeDiagonal "cov_ee_diagonal" "cov EE with variances" "" None, "The mean over pairs i <= j of E cells, as the paper's scripts take it; at c = 0 the variances make most of it.";
    CorrEe "corr_ee" "corr EE counts" "" None, "Correlation of spike counts, mean over the pairs of a sample of E cells.";
    CorrEi "corr_ei" "corr EI counts" "" None, "Correlation of spike counts, mean over the pairs of a sample of E and I cells.";
    CorrIi "corr_ii" "corr II counts" "" None, "Correlation of spike counts, mean over the pairs of a sample of I cells.";
    CovE1e1 "cov_e1e1" "cov within stimulated" "" None, "Mean covariance of spike counts among the E cells that can be stimulated.";
    CovE1e2 "cov_e1e2" "cov stimulated, others" "" None, "Mean covariance of spike counts between both parts of E.";
    CovE1i "cov_e1i" "cov stimulated, I" "" None, "Mean covariance of spike counts between the E cells that can be stimulated and I.";
    CovE2i "cov_e2i" "cov others, I" "" None, "Mean covariance of spike counts between the other E cells and I.";
    SynchronyE "synchrony_e" "synchrony E" "" None, "Variance of the E population's count over the sum of the variances of its cells: 1 for independent cells, their number for identical ones.";
    SynchronyI "synchrony_i" "synchrony I" "" None, "Variance of the I population's count over the sum of the variances of its cells.";
    Stimulated "stimulated" "stimulated" "" None, "1 while the stimulus is on, else 0.";
}

impl Metric {
    /// How many there are.
    pub const COUNT: usize = ROWS.len();

    pub fn id(self) -> &'static str {
        ROWS[self as usize].id
    }
}

pub fn table() -> Vec<MetricSpec> {
    let spec = |row: &Row| MetricSpec {
        id: text(row.id),
        label: text(row.label),
        unit: text(row.unit),
        meaning: text(row.meaning),
        scale: Scale::Linear,
        better: Better::Neither,
        theory: row.theory.map(text),
    };
    ROWS.iter().map(spec).collect()
}

/// Writes the values of the last millisecond in table order.
pub fn write(model: &Balanced, out: &mut [f64]) {
    out.copy_from_slice(model.statistics.metrics());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_of_the_table_and_theories_exist() {
        let table = table();
        assert_eq!(table[Metric::Stimulated as usize].id, "stimulated");
        assert_eq!(table.len(), Metric::COUNT);
        for (i, spec) in table.iter().enumerate() {
            let others = &table[i + 1..];
            assert!(
                others.iter().all(|other| other.id != spec.id),
                "{}",
                spec.id
            );
            if let Some(theory) = &spec.theory {
                assert!(table.iter().any(|other| other.id == *theory), "{theory}");
            }
        }
    }
}
