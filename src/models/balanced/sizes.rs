//! Who is in the network: populations, the blocks of weights between them, and their sizes.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// A population of neurons. E cells are `0..e`, I cells `e..e + i`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Population {
    E,
    I,
}

impl Population {
    pub const ALL: [Self; 2] = [Self::E, Self::I];

    pub fn index(self) -> usize {
        self as usize
    }
}

/// A block of recurrent weights `J[post, pre]`: the first letter is the postsynaptic population.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Block {
    Ee,
    Ei,
    Ie,
    Ii,
}

impl Block {
    pub const ALL: [Self; 4] = [Self::Ee, Self::Ei, Self::Ie, Self::Ii];

    pub fn index(self) -> usize {
        self as usize
    }

    /// As parameters and metrics name it: `ee`, `ei`, ...
    pub fn name(self) -> &'static str {
        ["ee", "ei", "ie", "ii"][self.index()]
    }

    pub fn post(self) -> Population {
        match self {
            Self::Ee | Self::Ei => Population::E,
            Self::Ie | Self::Ii => Population::I,
        }
    }

    pub fn pre(self) -> Population {
        match self {
            Self::Ee | Self::Ie => Population::E,
            Self::Ei | Self::Ii => Population::I,
        }
    }

    /// The block from `pre` to `post`.
    pub fn between(post: Population, pre: Population) -> Self {
        Self::ALL[2 * post.index() + pre.index()]
    }

    /// The sign that Dale's law gives its weights.
    pub fn sign(self) -> f64 {
        match self.pre() {
            Population::E => 1.0,
            Population::I => -1.0,
        }
    }
}

/// Numbers of cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sizes {
    pub e: usize,
    pub i: usize,
    /// Neurons of the external layer X that drives everybody.
    pub x: usize,
    /// Neurons of the second layer X2 that drives the stimulated E cells; 0 where there is none.
    pub x2: usize,
    /// The first so many E cells are those that can be stimulated.
    pub stimulated_e: usize,
    /// The first so many I cells, likewise.
    pub stimulated_i: usize,
}

impl Sizes {
    /// Neurons of the recurrent network.
    pub fn n(&self) -> usize {
        self.e + self.i
    }

    pub fn of(&self, population: Population) -> usize {
        match population {
            Population::E => self.e,
            Population::I => self.i,
        }
    }

    /// The indices of a population's cells.
    pub fn range(&self, population: Population) -> Range<usize> {
        match population {
            Population::E => 0..self.e,
            Population::I => self.e..self.n(),
        }
    }

    /// The indices of a population's cells that can be stimulated; the rest of its range cannot.
    pub fn stimulated(&self, population: Population) -> Range<usize> {
        let range = self.range(population);
        let count = match population {
            Population::E => self.stimulated_e,
            Population::I => self.stimulated_i,
        };
        range.start..range.start + count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_named_by_post_and_pre() {
        for block in Block::ALL {
            assert_eq!(Block::between(block.post(), block.pre()), block);
            let letter = |p: Population| format!("{p:?}").to_lowercase();
            assert_eq!(
                block.name(),
                format!("{}{}", letter(block.post()), letter(block.pre()))
            );
        }
    }
}
