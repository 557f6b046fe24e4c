//! Weights of a block, from a sample of its synapses.

use serde::{Deserialize, Serialize};

/// A synapse of the sample.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Synapse {
    /// Its place in the block.
    pub place: usize,
    pub post: u32,
    pub pre: u32,
}

/// Synapses of a block with their present weights `j` (mV) and the course of a few.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WeightSample {
    synapses: Vec<Synapse>,
    weights: Vec<f32>,
    courses: Courses,
}

/// The weights at a moment; NaN where there is no synapse.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WeightMoments {
    pub mean: f64,
    pub sd: f64,
    /// `sum J r_pre / sum r_pre`, which homeostatic plasticity pins.
    pub rate_weighted: f64,
    /// Correlation between weight and presynaptic rate over the synapses.
    pub rate_correlation: f64,
    /// Means onto stimulated cells and onto the others.
    pub onto_parts: [f64; 2],
}

impl WeightSample {
    pub fn new(synapses: Vec<Synapse>) -> Self {
        Self {
            weights: vec![f32::NAN; synapses.len()],
            synapses,
            courses: Courses::default(),
        }
    }

    /// Whether a loaded state is of the same synapses as `ours`.
    pub fn fits(&self, ours: &Self) -> bool {
        self.synapses == ours.synapses && self.weights.len() == ours.weights.len()
    }

    pub fn synapses(&self) -> &[Synapse] {
        &self.synapses
    }

    pub fn weights(&self) -> &[f32] {
        &self.weights
    }

    pub fn courses(&self) -> &Courses {
        &self.courses
    }

    /// Reads the weights (mV) at `time` (s) anew.
    pub fn take(&mut self, time: f64, weight: impl Fn(&Synapse) -> f64) {
        for (synapse, kept) in self.synapses.iter().zip(&mut self.weights) {
            *kept = weight(synapse) as f32;
        }
        self.courses.take(time, &self.weights);
    }

    /// With the rates of the presynaptic cells, in any unit, and whether a cell can be stimulated.
    pub fn moments(
        &self,
        rate: impl Fn(usize) -> f64,
        stimulated: impl Fn(usize) -> bool,
    ) -> WeightMoments {
        let count = self.synapses.len() as f64;
        let (mut j, mut jj, mut r, mut rr, mut jr) = (0.0, 0.0, 0.0, 0.0, 0.0);
        let mut parts = [(0.0, 0.0); 2];
        // Around the first weight, so that equal weights have no spread.
        let origin = self.weights.first().copied().unwrap_or(f32::NAN);
        for (synapse, weight) in self.synapses.iter().zip(&self.weights) {
            let (w, rate) = (f64::from(weight - origin), rate(synapse.pre as usize));
            j += w;
            jj += w * w;
            r += rate;
            rr += rate * rate;
            jr += w * rate;
            let part = &mut parts[usize::from(!stimulated(synapse.post as usize))];
            part.0 += w;
            part.1 += 1.0;
        }
        let origin = f64::from(origin);
        let variance = |sum: f64, squares: f64| (squares - sum * sum / count).max(0.0) / count;
        let (of_j, of_r) = (variance(j, jj), variance(r, rr));
        let covariance = (jr - j * r / count) / count;
        WeightMoments {
            mean: origin + j / count,
            sd: of_j.sqrt(),
            rate_weighted: origin + jr / r,
            rate_correlation: covariance / (of_j * of_r).sqrt(),
            onto_parts: parts.map(|(sum, count)| origin + sum / count),
        }
    }
}

/// Synapses whose course is kept.
const FOLLOWED: usize = 8;

/// Moments that are kept; when they are full every other one goes and moments are taken half as often.
const MOMENTS: usize = 1024;

/// The weights of the first synapses of a sample over the whole run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Courses {
    moments: Vec<(f64, Vec<f32>)>,
    /// Only every `2^halvings`-th moment is taken.
    halvings: u32,
    seen: u64,
}

impl Courses {
    fn take(&mut self, time: f64, weights: &[f32]) {
        if self.seen.is_multiple_of(1 << self.halvings) {
            if self.moments.len() == MOMENTS {
                let mut index = 0;
                self.moments.retain(|_| {
                    index += 1;
                    index % 2 == 1
                });
                self.halvings += 1;
            }
            // After halving, this moment may be one of those that go.
            if self.seen.is_multiple_of(1 << self.halvings) {
                let followed = weights[..weights.len().min(FOLLOWED)].to_vec();
                self.moments.push((time, followed));
            }
        }
        self.seen += 1;
    }

    /// For each followed synapse, time (s) and weight (mV).
    pub fn lines(&self) -> Vec<Vec<(f64, f64)>> {
        let followed = self.moments.first().map_or(0, |(_, weights)| weights.len());
        let line = |k: usize| {
            let point = |(time, weights): &(f64, Vec<f32>)| (*time, f64::from(weights[k]));
            self.moments.iter().map(point).collect()
        };
        (0..followed).map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(weights: &[f64]) -> WeightSample {
        let synapse = |place: usize| Synapse {
            place,
            post: place as u32 % 2,
            pre: place as u32,
        };
        let mut sample = WeightSample::new((0..weights.len()).map(synapse).collect());
        sample.take(0.0, |synapse| weights[synapse.place]);
        sample
    }

    #[test]
    fn moments_of_four_weights() {
        let moments = sample(&[1.0, 2.0, 3.0, 6.0]).moments(|pre| pre as f64, |post| post == 0);
        assert_eq!(moments.mean, 3.0);
        assert!((moments.sd - 3.5f64.sqrt()).abs() < 1e-12);
        assert!((moments.rate_weighted - (2.0 + 6.0 + 18.0) / 6.0).abs() < 1e-12);
        assert_eq!(moments.onto_parts, [2.0, 4.0]);
        // Covariance 2 over the spread 1.25 of 0..3.
        let r = 2.0 / (3.5f64 * 1.25).sqrt();
        assert!((moments.rate_correlation - r).abs() < 1e-12);
    }

    #[test]
    fn equal_weights_have_no_spread() {
        let moments = sample(&[-0.1; 7]).moments(|pre| pre as f64, |_| true);
        assert_eq!(moments.sd, 0.0);
        assert!(moments.rate_correlation.is_nan() && moments.onto_parts[1].is_nan());
    }

    /// However long the run: bounded, evenly spaced, from the beginning to near the end.
    #[test]
    fn courses_span_the_run_in_bounded_memory() {
        let mut courses = Courses::default();
        for k in 0..10_000 {
            courses.take(f64::from(k), &[k as f32]);
        }
        let line = &courses.lines()[0];
        assert!(line.len() <= MOMENTS && line.len() > MOMENTS / 2);
        assert_eq!(line[0], (0.0, 0.0));
        assert!(line.windows(2).all(|pair| pair[1].0 - pair[0].0 == 16.0));
        assert!(line[line.len() - 1].0 > 9980.0);
    }
}
