//! A part of a sweep, for schedulers that run several at a time.

use std::fmt;
use std::str::FromStr;

/// The `index`th of `of` parts, from 1. Parts are interleaved, so that all take about as long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    index: u64,
    of: u64,
}

impl Shard {
    pub const ALL: Self = Self { index: 1, of: 1 };

    /// The numbers of its points, of `points` in all.
    pub fn points(self, points: u64) -> impl Iterator<Item = u64> {
        let stride = usize::try_from(self.of).unwrap_or(usize::MAX);
        (self.index - 1..points).step_by(stride)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(typed: &str) -> Result<Self, String> {
        let parts = typed.split_once('/');
        let numbers = parts.and_then(|(index, of)| Some((index.parse().ok()?, of.parse().ok()?)));
        match numbers {
            Some((index, of)) if (1..=of).contains(&index) => Ok(Self { index, of }),
            _ => Err("it takes I/N, such as 3/8, with I from 1 to N".to_owned()),
        }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_share_all_points_and_none_twice() {
        for (of, points) in [(1, 7), (3, 7), (7, 3), (u64::MAX, 2)] {
            let mut all: Vec<u64> = (1..=of.min(9))
                .flat_map(|index| Shard { index, of }.points(points))
                .collect();
            all.sort_unstable();
            assert_eq!(all, (0..points).collect::<Vec<_>>());
        }
        for wrong in ["", "0/3", "4/3", "1", "a/b", "-1/3", "1/0"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }
}
