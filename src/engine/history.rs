//! The past of a run, in bounded memory: for every metric a pyramid of buckets by powers of two.
//!
//! Level k holds the latest [`CAPACITY`] buckets of 2^k units, so the near past is sharp and the
//! far past is summarised, and no spike is lost: every bucket keeps its extremes. The same type is
//! the engine's truth and a subscriber's copy; [`History::since`] and [`History::apply`] carry what
//! changed from one to the other, however many frames lie between.

use serde::{Deserialize, Serialize};

/// Buckets kept at each level.
pub const CAPACITY: usize = 512;

/// Samples of one metric in `count` consecutive units; the numbers cover the finite ones.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bucket {
    pub min: f32,
    pub max: f32,
    pub mean: f32,
    pub last: f32,
    /// Finite samples; 0 means a gap, and the other fields are NaN.
    pub count: u32,
}

/// How far a copy has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// Samples taken.
    pub samples: u64,
    pub marks: u64,
}

impl Cursor {
    /// Of a copy that wants nothing of the past.
    pub const LATEST: Self = Self {
        samples: u64::MAX,
        marks: u64::MAX,
    };
}

/// Something that happened at a step, drawn on every chart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    pub step: u64,
    pub kind: MarkKind,
    pub words: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MarkKind {
    Edit,
    Fault,
    /// Set by a person.
    Note,
    /// A breakpoint was hit.
    Break,
}

/// What a copy lacks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Delta {
    /// The copy begins again from nothing before it takes the rest.
    pub anew: bool,
    /// Samples that the sender has.
    pub samples: u64,
    /// By level: number of the first bucket, then the buckets, metric by metric inside each.
    pub levels: Vec<(u64, Vec<Bucket>)>,
    pub marks: Vec<Mark>,
}

#[derive(Clone, Debug)]
pub struct History {
    metrics: usize,
    samples: u64,
    levels: Vec<Level>,
    marks: Vec<Mark>,
}

/// Complete buckets of one width: a ring, bucket number `n` at place `n % CAPACITY`.
#[derive(Clone, Debug, Default)]
struct Level {
    ring: Vec<Bucket>,
    next: u64,
    /// Buckets before this are not held.
    from: u64,
}

impl Bucket {
    pub const GAP: Self = Self {
        min: f32::NAN,
        max: f32::NAN,
        mean: f32::NAN,
        last: f32::NAN,
        count: 0,
    };

    pub fn of(sample: f64) -> Self {
        let value = sample as f32;
        if !value.is_finite() {
            return Self::GAP;
        }
        Self {
            min: value,
            max: value,
            mean: value,
            last: value,
            count: 1,
        }
    }

    /// The median of the means of several runs, and the span of these means.
    #[must_use]
    pub fn median(of: &[Self]) -> Self {
        let middle = |number: fn(&Self) -> f32| {
            let mut sorted: Vec<f64> = of.iter().map(|bucket| number(bucket).into()).collect();
            sorted.sort_by(f64::total_cmp);
            let half = sorted.len() / 2;
            let middle = match sorted.len() % 2 {
                0 => (sorted[half - 1] + sorted[half]) / 2.0,
                _ => sorted[half],
            };
            middle as f32
        };
        let means = || of.iter().map(|bucket| bucket.mean);
        if of.is_empty() {
            return Self::GAP;
        }
        Self {
            min: means().fold(f32::INFINITY, f32::min),
            max: means().fold(f32::NEG_INFINITY, f32::max),
            mean: middle(|bucket| bucket.mean),
            last: middle(|bucket| bucket.last),
            count: of.iter().map(|bucket| bucket.count).sum(),
        }
    }

    /// This bucket followed by a later one.
    #[must_use]
    pub fn then(self, later: Self) -> Self {
        if self.count == 0 || later.count == 0 {
            return if later.count == 0 { self } else { later };
        }
        let (n, m) = (f64::from(self.count), f64::from(later.count));
        Self {
            min: self.min.min(later.min),
            max: self.max.max(later.max),
            mean: ((f64::from(self.mean) * n + f64::from(later.mean) * m) / (n + m)) as f32,
            last: later.last,
            count: self.count.saturating_add(later.count),
        }
    }
}

impl Level {
    fn first(&self) -> u64 {
        self.next.saturating_sub(CAPACITY as u64).max(self.from)
    }

    fn bucket(&self, number: u64, metric: usize, metrics: usize) -> Option<Bucket> {
        (self.first()..self.next)
            .contains(&number)
            .then(|| self.ring[(number % CAPACITY as u64) as usize * metrics + metric])
    }

    fn row(&self, number: u64, metrics: usize) -> &[Bucket] {
        let place = (number % CAPACITY as u64) as usize * metrics;
        &self.ring[place..place + metrics]
    }

    /// Forgets everything and goes on at number `next`, however far that is.
    fn leap(&mut self, next: u64, metrics: usize) {
        self.ring.clear();
        self.ring.resize(CAPACITY * metrics, Bucket::GAP);
        self.next = next;
        self.from = next;
    }

    /// The buckets before number `next`.
    fn cut(&self, next: u64, metrics: usize) -> Self {
        let mut cut = Self {
            ring: Vec::new(),
            next: next.saturating_sub(CAPACITY as u64),
            from: self.first().min(next),
        };
        // A ring is full before it begins anew.
        let place = (cut.next % CAPACITY as u64) as usize * metrics;
        if cut.next > 0 {
            cut.ring = vec![Bucket::GAP; CAPACITY * metrics];
        }
        debug_assert!(place <= cut.ring.len());
        while cut.next < next {
            if cut.next < cut.from {
                cut.push(std::iter::repeat_n(Bucket::GAP, metrics), metrics);
            } else {
                cut.push(self.row(cut.next, metrics).iter().copied(), metrics);
            }
        }
        cut
    }

    fn push(&mut self, row: impl Iterator<Item = Bucket>, metrics: usize) {
        let place = (self.next % CAPACITY as u64) as usize * metrics;
        if place == self.ring.len() {
            self.ring.extend(row);
        } else {
            for (old, new) in self.ring[place..place + metrics].iter_mut().zip(row) {
                *old = new;
            }
        }
        self.next += 1;
    }
}

impl History {
    pub fn new(metrics: usize) -> Self {
        Self {
            metrics,
            samples: 0,
            levels: vec![Level::default()],
            marks: Vec::new(),
        }
    }

    /// After so many units of which nothing is known.
    pub fn unknown(metrics: usize, samples: u64) -> Self {
        let counts = (0..u64::BITS).map(|k| samples >> k);
        let level = |next: u64| Level {
            ring: vec![Bucket::GAP; CAPACITY * metrics],
            next,
            from: next,
        };
        Self {
            metrics,
            samples,
            levels: counts.take_while(|&next| next > 0).map(level).collect(),
            marks: Vec::new(),
        }
        .with_a_level()
    }

    pub fn samples(&self) -> u64 {
        self.samples
    }

    pub fn marks(&self) -> &[Mark] {
        &self.marks
    }

    pub fn cursor(&self) -> Cursor {
        Cursor {
            samples: self.samples,
            marks: self.marks.len() as u64,
        }
    }

    /// Takes the metrics of one more unit.
    pub fn push(&mut self, sample: &[f64]) {
        debug_assert_eq!(sample.len(), self.metrics);
        let metrics = self.metrics;
        self.levels[0].push(sample.iter().map(|&x| Bucket::of(x)), metrics);
        self.samples += 1;
        // A level gets a bucket when the level below has completed two.
        let mut k = 0;
        while self.samples.is_multiple_of(2 << k) {
            if k + 1 == self.levels.len() {
                self.levels.push(Level::default());
            }
            let (below, above) = self.levels.split_at_mut(k + 1);
            let newest = below[k].next - 1;
            let early = below[k].row(newest - 1, metrics);
            let late = below[k].row(newest, metrics);
            above[0].push(early.iter().zip(late).map(|(a, b)| a.then(*b)), metrics);
            k += 1;
        }
    }

    /// What it was when it had taken so many samples. Where buckets of that time are no longer held,
    /// wider ones stand for them.
    #[must_use]
    pub fn cut(&self, samples: u64) -> Self {
        let levels = self.levels.iter().enumerate();
        let marks = self.marks.iter();
        Self {
            metrics: self.metrics,
            samples,
            levels: levels
                .map(|(k, level)| level.cut(samples >> k, self.metrics))
                .filter(|level| level.next > 0)
                .collect(),
            marks: marks.filter(|mark| mark.step <= samples).cloned().collect(),
        }
        .with_a_level()
    }

    fn with_a_level(mut self) -> Self {
        if self.levels.is_empty() {
            self.levels.push(Level::default());
        }
        self
    }

    pub fn mark(&mut self, mark: Mark) {
        self.marks.push(mark);
    }

    /// What a copy that has come as far as `cursor` lacks.
    pub fn since(&self, cursor: Cursor) -> Delta {
        let levels = self.levels.iter().enumerate().map(|(k, level)| {
            let first = level.first().max((cursor.samples >> k).min(level.next));
            let rows = (first..level.next).flat_map(|n| level.row(n, self.metrics));
            (first, rows.copied().collect())
        });
        let seen = self.marks.len().min(cursor.marks as usize);
        Delta {
            anew: false,
            samples: self.samples,
            levels: levels.collect(),
            marks: self.marks[seen..].to_vec(),
        }
    }

    /// Takes over what [`since`](Self::since) found for this copy's cursor.
    pub fn apply(&mut self, delta: Delta) {
        if delta.anew {
            *self = Self::new(self.metrics);
        }
        for (k, (first, buckets)) in delta.levels.into_iter().enumerate() {
            if k == self.levels.len() {
                self.levels.push(Level::default());
            }
            let level = &mut self.levels[k];
            // After a long absence the copy skips what the sender no longer holds.
            if first > level.next + CAPACITY as u64 {
                level.leap(first, self.metrics);
            }
            while level.next < first {
                level.push(std::iter::repeat_n(Bucket::GAP, self.metrics), self.metrics);
            }
            for row in buckets.chunks_exact(self.metrics.max(1)) {
                level.push(row.iter().copied(), self.metrics);
            }
        }
        self.samples = delta.samples;
        self.marks.extend(delta.marks);
    }

    /// The samples `from..to` of one metric summed up in `columns` buckets of equal width. Where the
    /// past is only held in wider buckets, each of them fills all its columns. A metric that is not
    /// there has gaps only.
    pub fn columns(&self, metric: usize, from: u64, to: u64, columns: usize) -> Vec<Bucket> {
        let width = (to.saturating_sub(from)) as f64 / columns.max(1) as f64;
        let mut out = vec![Bucket::GAP; columns];
        let mut at = from;
        let to = if metric < self.metrics {
            to.min(self.samples)
        } else {
            from
        };
        let coarsest = (width.max(1.0).log2() as usize).min(self.levels.len() - 1);
        while at < to {
            let (bucket, end) = self.finest_at(metric, at, coarsest);
            let first = ((at - from) as f64 / width) as usize;
            let last = if (end - at) as f64 > width {
                ((end - 1 - from) as f64 / width) as usize
            } else {
                first
            };
            let last = last.min(columns.saturating_sub(1));
            for slot in out.iter_mut().take(last + 1).skip(first) {
                *slot = slot.then(bucket);
            }
            at = end;
        }
        out
    }

    /// The complete bucket at sample `at` that is no coarser than `wanted` if there is one, else
    /// the finest that still reaches so far back, and where it ends.
    fn finest_at(&self, metric: usize, at: u64, wanted: usize) -> (Bucket, u64) {
        let finer = (0..=wanted)
            .rev()
            .filter(|&k| at.trailing_zeros() as usize >= k || at == 0);
        let coarser = wanted + 1..self.levels.len();
        for k in finer.chain(coarser) {
            let number = at >> k;
            if let Some(bucket) = self.levels[k].bucket(number, metric, self.metrics) {
                return (bucket, (number + 1) << k);
            }
        }
        (Bucket::GAP, at + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(n: u64) -> History {
        let mut history = History::new(2);
        for i in 0..n {
            let spike = if i == 700 { 1e6 } else { 0.0 };
            history.push(&[i as f64, spike]);
        }
        history
    }

    #[test]
    fn a_spike_survives_any_summary() {
        let history = filled(100_000);
        for columns in [1, 7, 60, 400] {
            let drawn = history.columns(1, 0, 100_000, columns);
            assert!(
                drawn.iter().any(|bucket| bucket.max == 1e6),
                "{columns} columns"
            );
        }
    }

    #[test]
    fn a_median_is_of_the_runs_that_are_there() {
        let of = |x: f64| Bucket::of(x);
        let median = Bucket::median(&[of(9.0), of(1.0), of(4.0)]);
        assert_eq!((median.min, median.mean, median.max), (1.0, 4.0, 9.0));
        assert_eq!(Bucket::median(&[of(8.0), of(2.0)]).last, 5.0);
        assert_eq!(Bucket::median(&[]).count, 0);
    }

    #[test]
    fn the_near_past_is_sharp() {
        let history = filled(10_000);
        let drawn = history.columns(0, 9_900, 10_000, 100);
        for (i, bucket) in drawn.iter().enumerate() {
            assert_eq!((bucket.last, bucket.count), ((9_900 + i) as f32, 1));
        }
    }

    #[test]
    fn a_past_that_is_held_in_wide_buckets_has_no_holes() {
        let history = filled(100_000);
        let drawn = history.columns(0, 1_000, 1_600, 200);
        assert!(drawn.iter().all(|bucket| bucket.count > 0));
        assert!(drawn.windows(2).all(|pair| pair[0].mean <= pair[1].mean));
        let unknown = history.columns(2, 0, 100, 5);
        assert!(unknown.iter().all(|bucket| bucket.count == 0));
    }

    #[test]
    fn a_cut_history_is_what_it_was_and_goes_on_the_same() {
        let drawn = |history: &History, columns| history.columns(0, 0, history.samples(), columns);
        for (all, kept) in [(400, 133), (5_000, 4_999), (5_000, 0), (70_000, 69_000)] {
            let mut cut = filled(all).cut(kept);
            assert_eq!(cut.samples(), kept);
            for i in kept..all {
                cut.push(&[i as f64, if i == 700 { 1e6 } else { 0.0 }]);
            }
            for columns in [7, 90] {
                assert_eq!(
                    drawn(&cut, columns),
                    drawn(&filled(all), columns),
                    "{all} {kept}"
                );
            }
        }
        // Far back only wide buckets are left: nothing is missing but what the last would have held.
        let cut = filled(100_000).cut(3_001);
        let drawn = drawn(&cut, 10);
        assert!(drawn[..9].iter().all(|bucket| bucket.count > 0));
    }

    #[test]
    fn every_sample_is_in_exactly_one_column() {
        let history = filled(400);
        let drawn = history.columns(0, 0, 400, 33);
        assert_eq!(drawn.iter().map(|bucket| bucket.count).sum::<u32>(), 400);
    }

    #[test]
    fn a_copy_that_skips_frames_ends_the_same() {
        let mut truth = History::new(2);
        let mut copy = History::new(2);
        for i in 0..20_000u64 {
            truth.push(&[(i as f64).sin(), if i % 3 == 0 { f64::NAN } else { 1.0 }]);
            if i % 1777 == 0 || i == 19_999 {
                copy.apply(truth.since(copy.cursor()));
            }
        }
        for (from, to, columns) in [(0, 20_000, 50), (19_000, 20_000, 200), (5, 19_777, 31)] {
            for metric in 0..2 {
                let a = truth.columns(metric, from, to, columns);
                let b = copy.columns(metric, from, to, columns);
                assert_eq!(format!("{a:?}"), format!("{b:?}"));
            }
        }
    }

    #[test]
    fn memory_is_bounded() {
        let history = filled(1 << 20);
        let held: usize = history.levels.iter().map(|level| level.ring.len()).sum();
        assert!(held <= 22 * CAPACITY * 2, "{held} buckets");
    }
}
