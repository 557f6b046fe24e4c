//! What is said when a step cannot go on: what happened, where, and what would help.

use super::model::PredictiveCoding;
use crate::models::nn::elementwise::first_non_finite;
use crate::models::nn::layer::{Layer, Map};
use crate::models::param::{number, short};
use crate::models::{Fault, FaultKind};

impl PredictiveCoding {
    fn non_finite(&self, what: String) -> Fault {
        Fault {
            kind: FaultKind::NonFinite,
            what,
        }
    }

    /// The loss is NaN or infinite: names the first layer whose numbers are.
    pub(super) fn lost_forward(&self) -> Fault {
        for (l, layer) in self.network.layers.iter().enumerate() {
            let params = &self.state.params[layer.params.clone()];
            if let Some(at) = first_non_finite(params) {
                return self.lost_param(l + 1, layer.params.start + at);
            }
            if let Some(at) = first_non_finite(self.work.vhat(l + 1)) {
                let width = self.network.width(l + 1);
                return self.non_finite(format!(
                    "the loss is not finite: belief {} of layer {} is {} for image {} of the batch; \
                     a smaller learning rate would help",
                    at % width,
                    l + 1,
                    self.work.vhat(l + 1)[at],
                    at / width,
                ));
            }
        }
        self.non_finite("the loss is not finite".into())
    }

    pub(super) fn lost_errors(&self, layer: usize, sweep: usize) -> Fault {
        self.non_finite(format!(
            "the errors of layer {layer} are not finite at sweep {sweep}, eta {}; FixedPred converges \
             for eta times precision between 0 and 2",
            number(self.state.tally.eta),
        ))
    }

    pub(super) fn lost_energy(&self, sweep: usize) -> Fault {
        self.non_finite(format!(
            "the energy is not finite at sweep {sweep}, eta {}; a smaller eta would help, or auto eta",
            number(self.state.tally.eta),
        ))
    }

    /// The energy has risen beyond the guard.
    pub(super) fn diverged(&mut self, sweep: usize) -> Fault {
        let limit = self.measure_limit();
        if limit.is_finite() {
            self.state.eta_limit = limit;
        }
        let tally = &self.state.tally;
        Fault {
            kind: FaultKind::Divergence,
            what: format!(
                "energy F rose to {} at sweep {sweep}, over {} times F_0 = {}: eta {} is against \
                 a limit of {}; lower eta, or switch auto eta on",
                short(tally.energy),
                number(self.settings.guard),
                short(tally.first_energy),
                number(tally.eta),
                short(limit),
            ),
        }
    }

    /// An update has left a weight that is NaN or infinite.
    pub(super) fn lost_weights(&self, layer: usize) -> Fault {
        let range = self.network.layers[layer - 1].params.clone();
        let at = first_non_finite(&self.state.params[range.clone()]).unwrap_or(0);
        self.lost_param(layer, range.start + at)
    }

    fn lost_param(&self, layer: usize, at: usize) -> Fault {
        let place = place(&self.network.layers[layer - 1], at);
        self.non_finite(format!(
            "{place} of layer {layer} is {}; start again with a smaller learning rate",
            self.state.params[at],
        ))
    }
}

/// The name of a parameter, e.g. `weight [3, 17]`.
fn place(layer: &Layer, at: usize) -> String {
    for node in &layer.nodes {
        if node.bias.contains(&at) {
            return format!("bias [{}]", at - node.bias.start);
        }
        if node.weight.contains(&at) {
            let fan_in = match &node.map {
                Map::Conv(conv) => conv.fan_in(),
                _ => node.input,
            };
            let index = at - node.weight.start;
            return format!("weight [{}, {}]", index / fan_in, index % fan_in);
        }
    }
    format!("parameter {at}")
}
