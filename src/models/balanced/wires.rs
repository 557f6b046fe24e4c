//! Which synapses exist between two populations: their targets, presynaptic cell by cell.

use std::ops::Range;

use rand_chacha::rand_core::RngCore;

use super::delivery::fetch;
use crate::models::random::Stream;

/// An index that a synapse is stored with.
pub trait Index: Copy + Send + Sync {
    fn of(target: usize) -> Self;
    fn at(self) -> usize;
}

impl Index for u16 {
    #[inline(always)]
    fn of(target: usize) -> Self {
        target as Self
    }
    #[inline(always)]
    fn at(self) -> usize {
        usize::from(self)
    }
}

impl Index for u32 {
    #[inline(always)]
    fn of(target: usize) -> Self {
        target as Self
    }
    #[inline(always)]
    fn at(self) -> usize {
        self as usize
    }
}

/// Indices, as narrow as they can be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Indices {
    Narrow(Vec<u16>),
    Wide(Vec<u32>),
}

impl Indices {
    /// For values below `bound`, with room for `capacity` of them.
    pub fn new(bound: usize, capacity: usize) -> Self {
        if bound <= 1 << 16 {
            Self::Narrow(Vec::with_capacity(capacity))
        } else {
            Self::Wide(Vec::with_capacity(capacity))
        }
    }

    /// Bytes of an index below `bound`.
    pub fn width(bound: usize) -> usize {
        if bound <= 1 << 16 { 2 } else { 4 }
    }

    pub fn push(&mut self, target: usize) {
        match self {
            Self::Narrow(list) => list.push(u16::of(target)),
            Self::Wide(list) => list.push(u32::of(target)),
        }
    }

    pub fn get(&self, i: usize) -> usize {
        match self {
            Self::Narrow(list) => list[i].at(),
            Self::Wide(list) => list[i].at(),
        }
    }

    pub fn count(&self) -> usize {
        match self {
            Self::Narrow(list) => list.len(),
            Self::Wide(list) => list.len(),
        }
    }
}

/// The synapses from one population to another. Synapse `s` of presynaptic cell `k` lies in
/// `column(k)` and ends at `target(s)`, counted within the postsynaptic population; targets ascend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wires {
    pub posts: usize,
    starts: Vec<usize>,
    pub targets: Indices,
}

impl Wires {
    /// Every ordered pair is connected with probability `p`, independently (Erdős-Rényi), a cell to
    /// itself included.
    pub fn random(posts: usize, pres: usize, p: f64, random: &mut Stream) -> Self {
        let mean = posts as f64 * pres as f64 * p;
        let room = (mean + 6.0 * (mean * (1.0 - p)).sqrt()) as usize + 1;
        let mut wires = Self {
            posts,
            starts: Vec::with_capacity(pres + 1),
            targets: Indices::new(posts, if p > 0.0 { room } else { 0 }),
        };
        wires.starts.push(0);
        match &mut wires.targets {
            Indices::Narrow(list) => draw(list, &mut wires.starts, posts, pres, p, random),
            Indices::Wide(list) => draw(list, &mut wires.starts, posts, pres, p, random),
        }
        wires
    }

    /// From the targets of each presynaptic cell, which ascend.
    pub fn from_columns(posts: usize, columns: &[Vec<usize>]) -> Self {
        let mut wires = Self {
            posts,
            starts: vec![0],
            targets: Indices::new(posts, columns.iter().map(Vec::len).sum()),
        };
        for column in columns {
            for &target in column {
                wires.targets.push(target);
            }
            wires.starts.push(wires.targets.count());
        }
        wires
    }

    pub fn pres(&self) -> usize {
        self.starts.len() - 1
    }

    /// Number of synapses.
    pub fn count(&self) -> usize {
        self.targets.count()
    }

    /// Synapses of presynaptic cell `k`.
    pub fn column(&self, k: usize) -> Range<usize> {
        self.starts[k]..self.starts[k + 1]
    }

    /// Asks for the targets of a column, before they are read.
    #[inline]
    pub fn fetch(&self, column: Range<usize>) {
        match &self.targets {
            Indices::Narrow(targets) => fetch(&targets[column]),
            Indices::Wide(targets) => fetch(&targets[column]),
        }
    }

    /// Beginnings of the columns and, last, the number of synapses.
    pub fn starts(&self) -> &[usize] {
        &self.starts
    }

    pub fn target(&self, synapse: usize) -> usize {
        self.targets.get(synapse)
    }

    /// The presynaptic cell of a synapse.
    pub fn pre_of(&self, synapse: usize) -> usize {
        self.starts.partition_point(|&start| start <= synapse) - 1
    }

    /// The synapse from `k` to `j`, if there is one.
    pub fn find(&self, j: usize, k: usize) -> Option<usize> {
        let (mut low, mut high) = (self.starts[k], self.starts[k + 1]);
        while low < high {
            let middle = low.midpoint(high);
            match self.target(middle) {
                target if target < j => low = middle + 1,
                target if target > j => high = middle,
                _ => return Some(middle),
            }
        }
        None
    }

    /// Expected bytes of the wires between so many cells.
    pub fn bytes(posts: usize, pres: usize, p: f64) -> f64 {
        let synapses = posts as f64 * pres as f64 * p;
        synapses * Indices::width(posts) as f64 + 8.0 * pres as f64
    }
}

/// Skips from contact to contact: the gap between two is geometric.
fn draw<I: Index>(
    targets: &mut Vec<I>,
    starts: &mut Vec<usize>,
    posts: usize,
    pres: usize,
    p: f64,
    random: &mut Stream,
) {
    if p <= 0.0 {
        starts.resize(pres + 1, 0);
        return;
    }
    let scale = 1.0 / (1.0 - p).ln();
    let gap = |random: &mut Stream| {
        if p >= 1.0 {
            0
        } else {
            (unit(random).ln() * scale) as usize
        }
    };
    for _ in 0..pres {
        let mut target = gap(random);
        while target < posts {
            targets.push(I::of(target));
            target = target.saturating_add(1).saturating_add(gap(random));
        }
        starts.push(targets.len());
    }
}

/// A number in `0 < u <= 1` with 53 random bits.
#[inline]
pub fn unit(random: &mut Stream) -> f64 {
    ((random.next_u64() >> 11) + 1) as f64 * (1.0 / (1u64 << 53) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::random::stream;

    #[test]
    fn contacts_are_as_many_as_chance_has_it_and_each_pair_alike() {
        let (posts, pres, p) = (700, 900, 0.1);
        let wires = Wires::random(posts, pres, p, &mut stream(3, "connectivity"));
        let mean = posts as f64 * pres as f64 * p;
        let sd = (mean * (1.0 - p)).sqrt();
        assert!(
            (wires.count() as f64 - mean).abs() < 4.0 * sd,
            "{}",
            wires.count()
        );
        let mut rows = vec![0.0; posts];
        for k in 0..pres {
            let column = wires.column(k);
            for s in column.clone() {
                assert!(s == column.start || wires.target(s) > wires.target(s - 1));
                rows[wires.target(s)] += 1.0;
                assert_eq!(wires.find(wires.target(s), k), Some(s));
                assert_eq!(wires.pre_of(s), k);
            }
        }
        // Chi squared over rows has mean `posts` and variance `2 posts`.
        let row_mean = pres as f64 * p;
        let chi: f64 = rows
            .iter()
            .map(|r| (r - row_mean).powi(2) / (row_mean * (1.0 - p)))
            .sum();
        assert!(
            (chi - posts as f64).abs() < 5.0 * (2.0 * posts as f64).sqrt(),
            "{chi}"
        );
    }

    #[test]
    fn populations_beyond_sixteen_bits_have_wider_indices() {
        let (posts, pres) = (70_000, 3);
        let wires = Wires::random(posts, pres, 0.01, &mut stream(2, "connectivity"));
        assert!(matches!(wires.targets, Indices::Wide(_)));
        let last = wires.column(2).next_back().unwrap();
        assert!(wires.target(last) > 1 << 16);
        assert_eq!(wires.find(wires.target(last), 2), Some(last));
    }

    #[test]
    fn none_and_all_are_possible() {
        let mut random = stream(1, "connectivity");
        assert_eq!(Wires::random(30, 20, 0.0, &mut random).count(), 0);
        let all = Wires::random(30, 20, 1.0, &mut random);
        assert_eq!(all.count(), 600);
        assert_eq!(all.find(29, 19), Some(599));
    }
}
