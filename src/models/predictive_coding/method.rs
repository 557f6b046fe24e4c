//! The ways to a gradient, by the names that presets use.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Method {
    /// Plain backpropagation.
    Backprop,
    /// Errors are the backpropagated ones, beliefs `v = vhat - eps`.
    Exact,
    FixedPred,
    Strict,
    Zil,
}

impl Method {
    pub const ALL: [Self; 5] = [
        Self::Backprop,
        Self::Exact,
        Self::FixedPred,
        Self::Strict,
        Self::Zil,
    ];

    pub fn id(self) -> &'static str {
        match self {
            Self::Backprop => "backprop",
            Self::Exact => "exact",
            Self::FixedPred => "fixedpred",
            Self::Strict => "strict",
            Self::Zil => "zil",
        }
    }

    /// The method called `id`.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.id() == id)
    }

    /// Whether its beliefs move away from the forward pass and predictions with them.
    pub fn moves_beliefs(self) -> bool {
        matches!(self, Self::Strict | Self::Zil)
    }
}
