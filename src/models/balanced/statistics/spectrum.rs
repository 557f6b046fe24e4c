//! Power spectra of the population rates, by Welch's method.

use std::f64::consts::PI;
use std::sync::Arc;

use rustfft::algorithm::Radix4;
use rustfft::num_complex::Complex64;
use rustfft::{Fft, FftDirection};
use serde::{Deserialize, Serialize};

/// Bins of a segment. Segments overlap by half.
pub const SEGMENT: usize = 1024;

/// Mean periodograms of two rates, E and I, and their cross-spectrum, over Hann-windowed segments
/// whose mean is taken away.
///
/// ```text
/// S_ab(f) = bin / (sum h^2) < X_a(f) X_b(f)* >     two-sided, in (1/ms)^2 per 1/ms
/// ```
///
/// Rates in spikes per ms and cell, bins in ms.
#[derive(Clone, Serialize, Deserialize)]
pub struct RateSpectrum {
    bin_ms: f64,
    /// The last [`SEGMENT`] rates of each population at most.
    recent: [Vec<f64>; 2],
    segments: u64,
    /// Sums over the segments: `EE`, `II`, real part of `EI`.
    sums: [Vec<f64>; 3],
    #[serde(skip)]
    plan: Plan,
}

/// Scratch, made when it is needed first.
#[derive(Clone, Default)]
struct Plan(Option<Arc<Radix4<f64>>>);

impl PartialEq for RateSpectrum {
    fn eq(&self, other: &Self) -> bool {
        (self.bin_ms, &self.recent, self.segments, &self.sums)
            == (other.bin_ms, &other.recent, other.segments, &other.sums)
    }
}

fn hann(k: usize) -> f64 {
    0.5 - 0.5 * (2.0 * PI * k as f64 / SEGMENT as f64).cos()
}

impl RateSpectrum {
    pub fn new(bin_ms: f64) -> Self {
        Self {
            bin_ms,
            recent: [Vec::with_capacity(SEGMENT), Vec::with_capacity(SEGMENT)],
            segments: 0,
            sums: [0, 1, 2].map(|_| vec![0.0; SEGMENT / 2 + 1]),
            plan: Plan::default(),
        }
    }

    /// Whether a loaded state has the sizes of a segment.
    pub fn fits(&self) -> bool {
        let [e, i] = &self.recent;
        e.len() == i.len()
            && e.len() < SEGMENT
            && self.sums.iter().all(|sums| sums.len() == SEGMENT / 2 + 1)
    }

    /// Takes the rates of one bin.
    pub fn take(&mut self, rates: [f64; 2]) {
        for (recent, rate) in self.recent.iter_mut().zip(rates) {
            recent.push(rate);
        }
        if self.recent[0].len() == SEGMENT {
            self.segment();
            for recent in &mut self.recent {
                recent.drain(..SEGMENT / 2);
            }
        }
    }

    fn segment(&mut self) {
        let plan = self
            .plan
            .0
            .get_or_insert_with(|| Arc::new(Radix4::new(SEGMENT, FftDirection::Forward)))
            .clone();
        let means = [0, 1].map(|a| self.recent[a].iter().sum::<f64>() / SEGMENT as f64);
        let windowed = |k: usize| {
            let [e, i] = [0, 1].map(|a| hann(k) * (self.recent[a][k] - means[a]));
            Complex64::new(e, i)
        };
        let mut both: Vec<Complex64> = (0..SEGMENT).map(windowed).collect();
        plan.process(&mut both);
        // Two real signals as one complex one: E is what is Hermitian in the transform, I the rest.
        for k in 0..=SEGMENT / 2 {
            let (z, mirrored) = (both[k], both[(SEGMENT - k) % SEGMENT].conj());
            let e = (z + mirrored).scale(0.5);
            let i = (z - mirrored) * Complex64::new(0.0, -0.5);
            self.sums[0][k] += e.norm_sqr();
            self.sums[1][k] += i.norm_sqr();
            self.sums[2][k] += (e * i.conj()).re;
        }
        self.segments += 1;
    }

    /// Segments taken.
    pub fn segments(&self) -> u64 {
        self.segments
    }

    /// `(f, S_ab(f))` for the populations `a` and `b`, `f` in 1/ms, without the mean and the first
    /// frequency, into which the mean leaks.
    pub fn density(&self, a: usize, b: usize) -> Vec<(f64, f64)> {
        if self.segments == 0 {
            return Vec::new();
        }
        let sums = &self.sums[if a == b { a } else { 2 }];
        let power: f64 = (0..SEGMENT).map(|k| hann(k) * hann(k)).sum();
        let scale = self.bin_ms / power / self.segments as f64;
        let step = 1.0 / (SEGMENT as f64 * self.bin_ms);
        let points = sums.iter().enumerate().skip(2);
        points
            .map(|(k, sum)| (k as f64 * step, sum * scale))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_xoshiro::rand_core::RngCore;

    /// White noise of variance `v` in bins of `b` ms has the density `v b` at every frequency; a
    /// common part appears in the cross-spectrum.
    #[test]
    fn white_noise_is_flat_at_its_variance() {
        let mut random = crate::models::random::stream(3, "spectrum");
        let mut uniform = || random.next_u64() as f64 / u64::MAX as f64 - 0.5;
        let mut spectrum = RateSpectrum::new(2.0);
        for _ in 0..400_000 {
            let (own, other, common) = (uniform(), uniform(), uniform());
            spectrum.take([own + common, other + common]);
        }
        let mean = |a, b| {
            let density = spectrum.density(a, b);
            density.iter().map(|(_, s)| s).sum::<f64>() / density.len() as f64
        };
        let v = 1.0 / 12.0;
        assert!((mean(0, 0) / (2.0 * v * 2.0) - 1.0).abs() < 0.02);
        assert!((mean(0, 1) / (v * 2.0) - 1.0).abs() < 0.03);
        let last = spectrum.density(0, 0).last().unwrap().0;
        assert!((last - 0.25).abs() < 1e-12);
    }

    /// The periodograms of one segment are those of the transform's definition.
    #[test]
    fn a_segment_is_transformed_by_definition() {
        let mut random = crate::models::random::stream(5, "segment");
        let mut uniform = || random.next_u64() as f64 / u64::MAX as f64;
        let rates: Vec<[f64; 2]> = (0..SEGMENT).map(|_| [uniform(), 3.0 * uniform()]).collect();
        let mut spectrum = RateSpectrum::new(1.0);
        for rate in &rates {
            spectrum.take(*rate);
        }
        let mean = |a: usize| rates.iter().map(|rate| rate[a]).sum::<f64>() / SEGMENT as f64;
        let means = [mean(0), mean(1)];
        for f in [0, 1, 7, 100, 511, 512] {
            let [e, i] = [0, 1].map(|a| {
                let term = |k: usize| {
                    let angle = -2.0 * PI * ((f * k) % SEGMENT) as f64 / SEGMENT as f64;
                    Complex64::from_polar(hann(k) * (rates[k][a] - means[a]), angle)
                };
                (0..SEGMENT).map(term).sum::<Complex64>()
            });
            let expected = [e.norm_sqr(), i.norm_sqr(), (e * i.conj()).re];
            for (sums, expected) in spectrum.sums.iter().zip(expected) {
                let off = (sums[f] - expected).abs();
                assert!(
                    off < 1e-9 * (1.0 + e.norm_sqr() + i.norm_sqr()),
                    "{f}: {off}"
                );
            }
        }
    }
}
