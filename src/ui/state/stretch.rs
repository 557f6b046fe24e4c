//! The stretch of time that the charts show, the same on all of them.

/// Fewer samples are not worth a chart.
const SHORTEST: u64 = 16;

/// A growing chart widens in these steps of a decade, so that the curves stand still in between.
const LADDER: [f64; 10] = [1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0];

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stretch {
    /// Samples; `None` is everything.
    span: Option<u64>,
    /// The sample behind the last; `None` follows the run.
    end: Option<u64>,
    /// Samples that everything has room for, however few there are now.
    least: u64,
}

impl Stretch {
    /// First sample and the one behind the last, for a run that has `samples` of them and is
    /// `planned` to have so many.
    pub fn range(self, samples: u64, planned: Option<u64>) -> (u64, u64) {
        match (self.span, self.end) {
            (Some(span), Some(end)) => (end.saturating_sub(span), end.max(span)),
            (Some(span), None) => {
                // The tail moves on in jumps: a chart that shifts with every sample is a chart
                // that is drawn anew with every sample.
                let jump = (span / 16).next_power_of_two();
                let end = (samples.div_ceil(jump) * jump).max(span);
                (end - span, end)
            }
            (None, _) => (0, room(samples.max(self.least), planned)),
        }
    }

    pub fn at_least(&mut self, least: u64) {
        self.least = least;
    }

    /// Everything up to now.
    pub fn whole(&mut self) {
        self.span = None;
        self.end = None;
    }

    pub fn is_live(self) -> bool {
        self.end.is_none()
    }

    pub fn is_whole(self) -> bool {
        self.span.is_none()
    }

    /// Halves (`in_` true) or doubles what is shown; `fixed` stays where it is.
    pub fn zoom(&mut self, inward: bool, samples: u64, fixed: Option<u64>) {
        let (from, to) = self.range(samples, None);
        let shown = self.span.unwrap_or(samples.max(SHORTEST)).max(SHORTEST);
        let span = if inward {
            (shown / 2).max(SHORTEST)
        } else {
            shown.saturating_mul(2)
        };
        if !inward && span >= samples.max(SHORTEST) {
            self.whole();
            return;
        }
        let end = match fixed {
            Some(fixed) if !(self.is_live() && fixed + shown / 8 >= samples) => {
                let share = (fixed.saturating_sub(from)) as f64 / (to - from).max(1) as f64;
                Some(fixed + ((1.0 - share) * span as f64) as u64)
            }
            _ => self.end.map(|end| end - shown / 2 + span / 2),
        };
        self.span = Some(span);
        self.end = end.map(|end| end.max(span)).filter(|end| *end < samples);
    }

    /// Shows the samples from one to another, or a few more where these are too few.
    pub fn select(&mut self, from: u64, to: u64, samples: u64) {
        let span = to.saturating_sub(from).max(SHORTEST);
        self.span = Some(span);
        self.end = Some(from + span).filter(|end| *end < samples);
    }

    /// Moves by tenths of what is shown.
    pub fn pan(&mut self, tenths: i32, samples: u64) {
        let Some(span) = self.span else {
            return;
        };
        let by = (span / 10).max(1) * u64::from(tenths.unsigned_abs());
        let end = self.end.unwrap_or(samples);
        let end = if tenths < 0 {
            end.saturating_sub(by).max(span)
        } else {
            end.saturating_add(by)
        };
        self.end = Some(end).filter(|end| *end < samples);
    }

    pub fn oldest(&mut self, samples: u64) {
        if let Some(span) = self.span {
            self.end = Some(span).filter(|end| *end < samples);
        }
    }

    pub fn newest(&mut self) {
        self.end = None;
    }

    /// Moves just so far that `sample` is shown.
    pub fn include(&mut self, sample: u64, samples: u64) {
        let (from, to) = self.range(samples, None);
        let Some(span) = self.span else {
            return;
        };
        if sample < from {
            self.end = Some(sample + span);
        } else if sample >= to {
            self.end = Some(sample + 1);
        }
        self.end = self.end.filter(|end| *end < samples);
    }
}

/// The least length of the ladder that holds all samples, or the plan if that is less.
fn room(samples: u64, planned: Option<u64>) -> u64 {
    let least = samples.max(SHORTEST) as f64;
    let decade = 10f64.powf(least.log10().floor());
    let rung = LADDER
        .iter()
        .map(|rung| rung * decade)
        .find(|rung| *rung >= least)
        .unwrap_or(10.0 * decade) as u64;
    match planned {
        Some(planned) if (samples..rung).contains(&planned) && planned >= SHORTEST => planned,
        _ => rung.max(samples),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_run_always_fits_and_seldom_rescales() {
        let mut ends = std::collections::BTreeSet::new();
        for samples in 0..100_000u64 {
            let (from, to) = Stretch::default().range(samples, Some(3000));
            assert_eq!(from, 0);
            assert!(to >= samples && to <= samples.max(SHORTEST) * 3 / 2 + 1);
            ends.insert(to);
        }
        assert!(ends.contains(&3000), "the plan is a rung");
        assert!(ends.len() < 50, "{}", ends.len());
    }

    #[test]
    fn the_live_tail_holds_the_newest_sample() {
        let mut stretch = Stretch::default();
        stretch.zoom(true, 10_000, None);
        stretch.zoom(true, 10_000, None);
        for samples in 10_000..20_000u64 {
            let (from, to) = stretch.range(samples, None);
            assert_eq!(to - from, 2500);
            assert!((from..to).contains(&(samples - 1)));
        }
    }

    #[test]
    fn panning_ends_at_both_ends_and_follows_again() {
        let mut stretch = Stretch::default();
        stretch.zoom(true, 1000, None);
        stretch.pan(-3, 1000);
        assert_eq!(stretch.range(1000, None), (350, 850));
        assert!(!stretch.is_live());
        stretch.pan(-100, 1000);
        assert_eq!(stretch.range(1000, None), (0, 500));
        stretch.pan(100, 1000);
        assert!(stretch.is_live());
        stretch.oldest(1000);
        assert_eq!(stretch.range(1000, None), (0, 500));
    }

    #[test]
    fn zooming_keeps_the_fixed_sample_in_sight_and_ends_whole() {
        let mut stretch = Stretch::default();
        for _ in 0..4 {
            stretch.zoom(true, 10_000, Some(1234));
            let (from, to) = stretch.range(10_000, None);
            assert!((from..to).contains(&1234), "{from}..{to}");
        }
        for _ in 0..4 {
            stretch.zoom(false, 10_000, Some(1234));
        }
        assert!(stretch.is_whole() && stretch.is_live());
    }
}
