//! How much of the picture a slow line gets, and what is known of the line.

/// What is left out so that the rest comes often enough.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reduced {
    #[default]
    No,
    /// Heat maps have half as many levels.
    Levels,
    /// Only the panel under focus moves; curves still do.
    Panels,
    /// Only curves and numbers move.
    Numbers,
}

impl Reduced {
    #[must_use]
    pub fn less(self) -> Self {
        match self {
            Self::No => Self::Levels,
            Self::Levels => Self::Panels,
            Self::Panels | Self::Numbers => Self::Numbers,
        }
    }

    #[must_use]
    pub fn more(self) -> Self {
        match self {
            Self::No | Self::Levels => Self::No,
            Self::Panels => Self::Levels,
            Self::Numbers => Self::Panels,
        }
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::No => "nothing",
            Self::Levels => "heat maps have half the levels",
            Self::Panels => "half the levels; only the panel under focus moves",
            Self::Numbers => "panels stand still; numbers and curves move",
        }
    }
}

/// What the loop has measured of the line to the terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LinkFacts {
    pub bytes_per_s: f64,
    pub frames_per_s: f64,
    pub bytes_per_frame: f64,
    /// What a person allows, in bytes a second.
    pub ceiling: Option<f64>,
    /// What it has shown to carry, in bytes a second, where that was too little once.
    pub carries: Option<f64>,
    /// From a question to the terminal to its answer, in milliseconds.
    pub latency: Option<f64>,
}
