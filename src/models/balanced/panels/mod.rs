//! What a screen can show of a network: the panel table, and who draws which row.

mod activity;
mod cell;
mod density;
mod matrix;
mod predictions;
mod weights;

use super::model::Balanced;
use crate::models::panel::{Curves, PanelData, PanelRequest, Series};
use crate::models::table::{PanelKind, PanelSpec, Scale, Text, text};

const ACTIVITY: &str = "Activity";
const WEIGHTS: &str = "Weights";
const THEORY: &str = "Theory";
const CELL: &str = "Cell";

/// What draws a panel: the engine from its history, or a function here.
#[derive(Clone, Copy)]
enum Drawer {
    History(&'static [&'static str]),
    Model(PanelKindName, fn(&Balanced, &PanelRequest) -> PanelData),
}

#[derive(Clone, Copy)]
enum PanelKindName {
    Raster,
    Curves,
    HeatMap,
    Histogram,
    Table,
}

struct Row {
    id: &'static str,
    label: &'static str,
    view: &'static str,
    overview: u8,
    items: &'static [&'static str],
    drawer: Drawer,
    meaning: &'static str,
}

/// The first is the first block on which a rule is on.
const BLOCKS: &[&str] = &["learning", "EE", "EI", "IE", "II"];

const ROWS: &[Row] = &[
    Row {
        id: "raster",
        label: "raster",
        view: ACTIVITY,
        overview: 1,
        items: activity::SWEEPS,
        drawer: Drawer::Model(PanelKindName::Raster, activity::raster),
        meaning: "Spikes of a sample of cells, a row of dots each; E above I, stimulated cells uppermost. Time sweeps from left to right and begins anew behind the bar. Vertical bands are synchrony.",
    },
    Row {
        id: "rates",
        label: "rates",
        view: ACTIVITY,
        overview: 2,
        items: &[],
        drawer: Drawer::History(&["rate_e", "rate_i"]),
        meaning: "Mean rates of the populations in bins of 50 ms, beside the balanced rates for the present weights and N without end. The gap to theory is of finite size: the mean total current R is not 0 but of order 1, which counts as R / sqrt(N) against the drive; Euler's scheme makes recurrent weights weaker by dt / tau, one to three percent.",
    },
    Row {
        id: "currents",
        label: "currents into E",
        view: ACTIVITY,
        overview: 3,
        items: &[],
        drawer: Drawer::History(&["e_from_e", "e_from_x", "e_from_i", "e_total"]),
        meaning: "Mean currents into E cells. In balance each part grows as sqrt(N) and the total does not.",
    },
    Row {
        id: "mean-weights",
        label: "mean weights",
        view: WEIGHTS,
        overview: 4,
        items: &[],
        drawer: Drawer::History(&["j_ee", "j_ei", "j_ie", "j_ii"]),
        meaning: "Mean weight sqrt(N) J of each block beside the fixed point of the active rules for N without end. Under EI plasticity only the rate-weighted mean is pinned; see there.",
    },
    Row {
        id: "currents-i",
        label: "currents into I",
        view: ACTIVITY,
        overview: 0,
        items: &[],
        drawer: Drawer::History(&["i_from_e", "i_from_x", "i_from_i", "i_total"]),
        meaning: "Mean currents into I cells.",
    },
    Row {
        id: "rate-spread",
        label: "rates of cells",
        view: ACTIVITY,
        overview: 0,
        items: &["E", "I"],
        drawer: Drawer::Model(PanelKindName::Histogram, activity::rate_spread),
        meaning: "How the mean rates of cells are spread, since the measurement began. Broad in a random network; EI plasticity makes it narrow.",
    },
    Row {
        id: "spectrum",
        label: "spectrum of the rates",
        view: ACTIVITY,
        overview: 0,
        items: &["E", "I", "E with I"],
        drawer: Drawer::Model(PanelKindName::Curves, activity::spectrum),
        meaning: "Power spectrum of a population's rate (Hz^2 per Hz, both sides), beside the frequency-resolved theory: what external correlations become, and the noise of independent cells, rate / cells.",
    },
    Row {
        id: "halves",
        label: "stimulated and other E",
        view: ACTIVITY,
        overview: 0,
        items: &[],
        drawer: Drawer::History(&["rate_e1", "rate_e2"]),
        meaning: "Rates of both parts of E where only a part can be stimulated (the key S switches the stimulus). Without plasticity no rates balance both: the network is semi-balanced, and the part with less drive falls silent.",
    },
    Row {
        id: "density",
        label: "spike density",
        view: ACTIVITY,
        overview: 0,
        items: density::SWEEPS,
        drawer: Drawer::Model(PanelKindName::HeatMap, density::density),
        meaning: "Rates of the raster's cells in bins of 1/250 of the sweep, pooled over neighbours: what a raster hides where its dots run together. E above I, stimulated cells uppermost. Vertical bands are synchrony, horizontal ones cells that fire alike.",
    },
    Row {
        id: "mean-rates",
        label: "mean rates and finite size",
        view: THEORY,
        overview: 0,
        items: &[],
        drawer: Drawer::History(&["mean_rate_e", "mean_rate_i"]),
        meaning: "Rates over the measurement, beside theory with the measured residual currents and Euler's weaker weights put in. What remains are correlations between weights and rates.",
    },
    Row {
        id: "covariances",
        label: "covariances of counts",
        view: THEORY,
        overview: 0,
        items: &[],
        drawer: Drawer::History(&["cov_ee", "cov_ei", "cov_ii"]),
        meaning: "Mean covariances of spike counts over pairs of cells, beside window r_x (c + (1 - c) / N_x) M. Theory has no intrinsic terms of order 1 / N, which at c = 0 add up to as much again. At c > 0 a finite network follows its drive more steeply than theory, because its rates begin at a threshold: covariances are larger by the square of that, some 40 % at N = 2000.",
    },
    Row {
        id: "predictions",
        label: "theory",
        view: THEORY,
        overview: 5,
        items: &[],
        drawer: Drawer::Model(PanelKindName::Table, predictions::table),
        meaning: "What the mean-field theory says of the present parameters, beside the measurement; where it has no solution, why.",
    },
    Row {
        id: "why",
        label: "what theory says",
        view: THEORY,
        overview: 0,
        items: &[],
        drawer: Drawer::Model(PanelKindName::Table, predictions::words),
        meaning: "In words: whether the network is balanced, where the weights rest and whether they stay there; where there is no solution, why.",
    },
    Row {
        id: "windows",
        label: "learning windows",
        view: THEORY,
        overview: 0,
        items: &[],
        drawer: Drawer::Model(PanelKindName::Curves, predictions::windows),
        meaning: "Change of the mean weight by one pair of spikes, against the time from post to pre, for each active rule. Changes by single spikes are left out.",
    },
    Row {
        id: "matrix",
        label: "weight matrix",
        view: WEIGHTS,
        overview: 0,
        items: matrix::ORDERS,
        drawer: Drawer::Model(PanelKindName::HeatMap, matrix::matrix),
        meaning: "Weights sqrt(N) J of existing synapses, pooled: a row for each postsynaptic, a column for each presynaptic cell, E before I; by number, or by rate within each population.",
    },
    Row {
        id: "weight-spread",
        label: "distribution of weights",
        view: WEIGHTS,
        overview: 0,
        items: BLOCKS,
        drawer: Drawer::Model(PanelKindName::Histogram, weights::spread),
        meaning: "How the weights of a block are spread, from a sample of its synapses.",
    },
    Row {
        id: "weight-rate",
        label: "weight against presynaptic rate",
        view: WEIGHTS,
        overview: 0,
        items: BLOCKS,
        drawer: Drawer::Model(PanelKindName::Curves, weights::against_rate),
        meaning: "Mean weight, and one standard deviation to either side, of the synapses from cells of a rate. EI plasticity makes ln(J / J_0) proportional to the rate, Kohonen's rule makes J = beta tau rate (the line of theory).",
    },
    Row {
        id: "weighted",
        label: "rate-weighted means",
        view: WEIGHTS,
        overview: 0,
        items: &[],
        drawer: Drawer::History(&["j_ee_weighted", "j_ei_weighted"]),
        meaning: "Mean weights, each weighted by the rate of its presynaptic cell, beside the fixed point at finite size.",
    },
    Row {
        id: "weight-sd",
        label: "spread of weights",
        view: WEIGHTS,
        overview: 0,
        items: &[],
        drawer: Drawer::History(&["j_ee_sd", "j_ei_sd", "j_ie_sd", "j_ii_sd"]),
        meaning: "Standard deviation of the weights of each block.",
    },
    Row {
        id: "courses",
        label: "single weights",
        view: WEIGHTS,
        overview: 0,
        items: BLOCKS,
        drawer: Drawer::Model(PanelKindName::Curves, weights::courses),
        meaning: "The course of eight synapses of a block since the start.",
    },
    Row {
        id: "weight-half",
        label: "weights onto both parts of E",
        view: WEIGHTS,
        overview: 0,
        items: &[],
        drawer: Drawer::History(&["j_e1i", "j_e2i"]),
        meaning: "Inhibition of the stimulated part of E and of the other. Adaptation moves only the first.",
    },
    Row {
        id: "voltage",
        label: "voltage",
        view: CELL,
        overview: 0,
        items: &[],
        drawer: Drawer::Model(PanelKindName::Curves, cell::voltage),
        meaning: "Voltage of the cell `watch` in the last 200 ms. A spike is where it falls to the reset. Up, down and enter in the raster choose the cell.",
    },
    Row {
        id: "cell-currents",
        label: "currents",
        view: CELL,
        overview: 0,
        items: &[],
        drawer: Drawer::Model(PanelKindName::Curves, cell::currents),
        meaning: "Currents into the cell `watch`. Their sum wanders around the threshold; single excursions make spikes.",
    },
    Row {
        id: "trace",
        label: "trace",
        view: CELL,
        overview: 0,
        items: &[],
        drawer: Drawer::Model(PanelKindName::Curves, cell::trace),
        meaning: "The trace that plasticity reads: one up at each own spike, decaying with tau STDP. Its mean is tau times the rate.",
    },
    Row {
        id: "cell",
        label: "cell",
        view: CELL,
        overview: 0,
        items: &[],
        drawer: Drawer::Model(PanelKindName::Table, cell::table),
        meaning: "The cell `watch`: rate, intervals, and its synapses: their number, mean and spread, in and out.",
    },
    Row {
        id: "correlations",
        label: "pairs of cells",
        view: THEORY,
        overview: 0,
        items: &["correlation", "covariance"],
        drawer: Drawer::Model(PanelKindName::HeatMap, activity::pairs),
        meaning: "Correlations of spike counts in the sample of cells, E before I, stimulated first. The diagonal is left at 0.",
    },
];

/// The panel table of every instance.
pub fn table() -> Vec<PanelSpec> {
    ROWS.iter().map(Row::spec).collect()
}

/// Draws a panel of the table.
pub fn draw(model: &Balanced, request: &PanelRequest) -> PanelData {
    match ROWS.get(request.panel).map(|row| row.drawer) {
        Some(Drawer::Model(_, draw)) => draw(model, request),
        _ => PanelData::Nothing("drawn from the history".into()),
    }
}

impl Row {
    fn spec(&self) -> PanelSpec {
        let kind = match self.drawer {
            Drawer::History(metrics) => PanelKind::History {
                metrics: metrics.iter().copied().map(text).collect(),
            },
            Drawer::Model(PanelKindName::Raster, _) => PanelKind::Raster,
            Drawer::Model(PanelKindName::Curves, _) => PanelKind::Curves,
            Drawer::Model(PanelKindName::HeatMap, _) => PanelKind::HeatMap,
            Drawer::Model(PanelKindName::Histogram, _) => PanelKind::Histogram,
            Drawer::Model(PanelKindName::Table, _) => PanelKind::Table,
        };
        PanelSpec {
            id: text(self.id),
            label: text(self.label),
            meaning: text(self.meaning),
            kind,
            view: text(self.view),
            overview: self.overview,
            items: self.items.iter().copied().map(text).collect::<Vec<Text>>(),
        }
    }
}

fn series(label: &str, group: u16, theory: bool, points: Vec<(f64, f64)>) -> Series {
    Series {
        label: label.to_owned(),
        group,
        theory,
        points,
    }
}

fn curves(x_label: &str, y_label: &str, y_scale: Scale, series: Vec<Series>) -> PanelData {
    PanelData::Curves(Curves {
        x_label: x_label.to_owned(),
        y_label: y_label.to_owned(),
        y_scale,
        series,
    })
}
