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

/// Postsynaptic cells whose numbers stay in the first cache from one column to the next.
const STRETCH: usize = 4096;

/// Stretches of so many postsynaptic cells.
fn stretches(posts: usize) -> usize {
    posts.div_ceil(STRETCH).max(1)
}

/// The synapses from one population to another. Synapse `s` of presynaptic cell `k` lies in
/// `column(k)` and ends at `target(s)`, counted within the postsynaptic population; targets ascend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wires {
    pub posts: usize,
    /// Where the part of each column in each stretch of postsynaptic cells begins; last, the number of
    /// synapses.
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
            starts: Vec::with_capacity(pres * stretches(posts) + 1),
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
            let begun = wires.targets.count();
            for &target in column {
                wires.targets.push(target);
            }
            for stretch in 1..=stretches(posts) {
                let before = column.partition_point(|&target| target < stretch * STRETCH);
                wires.starts.push(begun + before);
            }
        }
        wires
    }

    pub fn pres(&self) -> usize {
        (self.starts.len() - 1) / stretches(self.posts)
    }

    /// Number of synapses.
    pub fn count(&self) -> usize {
        self.targets.count()
    }

    /// Synapses of presynaptic cell `k`.
    pub fn column(&self, k: usize) -> Range<usize> {
        let stretches = stretches(self.posts);
        self.starts[k * stretches]..self.starts[(k + 1) * stretches]
    }

    /// Calls `job` with all synapses of the columns of the cells `fired`, counted from `offset` on,
    /// and with those that come after them, to be asked for. Where there are many postsynaptic cells
    /// it goes from stretch to stretch; every cell still gets its synapses in the order of `fired`.
    #[inline(always)]
    pub fn along(
        &self,
        fired: &[u32],
        offset: usize,
        mut job: impl FnMut(usize, Range<usize>, Range<usize>),
    ) {
        let stretches = stretches(self.posts);
        let parts = fired.len() * stretches;
        let part = |n: usize| {
            let k = fired[n % fired.len()] as usize - offset;
            let at = k * stretches + n / fired.len();
            (k, self.starts[at]..self.starts[at + 1])
        };
        for n in 0..parts {
            let (k, synapses) = part(n);
            let next = if n + 1 < parts { part(n + 1).1 } else { 0..0 };
            job(k, synapses, next);
        }
    }

    /// Asks for the targets of some synapses, before they are read.
    #[inline]
    pub fn fetch(&self, synapses: Range<usize>) {
        match &self.targets {
            Indices::Narrow(targets) => fetch(&targets[synapses]),
            Indices::Wide(targets) => fetch(&targets[synapses]),
        }
    }

    pub fn target(&self, synapse: usize) -> usize {
        self.targets.get(synapse)
    }

    /// The presynaptic cell of a synapse.
    pub fn pre_of(&self, synapse: usize) -> usize {
        (self.starts.partition_point(|&start| start <= synapse) - 1) / stretches(self.posts)
    }

    /// The synapse from `k` to `j`, if there is one.
    pub fn find(&self, j: usize, k: usize) -> Option<usize> {
        let Range {
            start: mut low,
            end: mut high,
        } = self.column(k);
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

    /// Bytes of memory.
    pub fn taken(&self) -> usize {
        self.count() * Indices::width(self.posts) + size_of_val(self.starts.as_slice())
    }

    /// Expected bytes of the wires between so many cells.
    pub fn bytes(posts: usize, pres: usize, p: f64) -> f64 {
        let synapses = posts as f64 * pres as f64 * p;
        let starts = 8.0 * pres as f64 * stretches(posts) as f64;
        synapses * Indices::width(posts) as f64 + starts
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
    let stretches = stretches(posts);
    if p <= 0.0 {
        starts.resize(pres * stretches + 1, 0);
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
        for stretch in 1..=stretches {
            while target < posts.min(stretch * STRETCH) {
                targets.push(I::of(target));
                target = target.saturating_add(1).saturating_add(gap(random));
            }
            starts.push(targets.len());
        }
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

    /// Also over several stretches: each synapse of the columns once, each target in the order of the
    /// columns, and always with what comes next.
    #[test]
    fn columns_are_gone_along_completely_and_in_order() {
        for posts in [100, 2 * STRETCH + 50] {
            let wires = Wires::random(posts, 6, 0.3, &mut stream(4, "connectivity"));
            let fired = [12, 10, 15];
            let mut order = vec![Vec::new(); posts];
            let mut foretold = None;
            wires.along(&fired, 10, |k, part, next| {
                assert!(foretold.take().is_none_or(|told| told == part));
                foretold = Some(next);
                part.for_each(|s| order[wires.target(s)].push((k, s)));
            });
            assert_eq!(foretold, Some(0..0));
            for (target, order) in order.iter().enumerate() {
                let columns = fired.iter().map(|&cell| cell as usize - 10);
                let expected: Vec<_> = columns
                    .filter_map(|k| Some((k, wires.find(target, k)?)))
                    .collect();
                assert_eq!(*order, expected, "{target} of {posts}");
            }
        }
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
