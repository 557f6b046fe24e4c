//! The shape of one sample between two operations.

use std::fmt;

/// How the numbers of one sample are arranged; in memory they are always one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// So many units.
    Flat(usize),
    /// `channels` maps of `rows` x `cols`, map by map, row by row.
    Maps {
        channels: usize,
        rows: usize,
        cols: usize,
    },
}

impl Shape {
    /// Numbers in one sample.
    pub fn size(self) -> usize {
        match self {
            Self::Flat(n) => n,
            Self::Maps {
                channels,
                rows,
                cols,
            } => channels * rows * cols,
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flat(n) => write!(f, "{n} units"),
            Self::Maps {
                channels,
                rows,
                cols,
            } => write!(f, "{channels} maps of {rows}x{cols}"),
        }
    }
}
