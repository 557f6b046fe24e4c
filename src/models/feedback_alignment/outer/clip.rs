//! Bounds on the gradient of an episode.

use serde::{Deserialize, Serialize};

use crate::models::feedback_alignment::terms::TERMS;

/// Episodes of which the median is taken.
const WINDOW: usize = 50;

/// How a gradient is bounded before Adam sees it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Clip {
    Off,
    /// Scales the whole gradient down to this Euclidean norm.
    Norm(f64),
    /// Bounds every component to so many times the median of its size over the last 50 episodes.
    Median(f64),
}

/// The sizes of the components over the last episodes, oldest overwritten first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Sizes {
    seen: Vec<Vec<[f64; TERMS]>>,
    next: usize,
}

impl Sizes {
    fn add(&mut self, gradient: &[[f64; TERMS]]) {
        let sizes: Vec<_> = gradient.iter().map(|row| row.map(f64::abs)).collect();
        if self.seen.len() < WINDOW {
            self.seen.push(sizes);
        } else {
            self.seen[self.next] = sizes;
        }
        self.next = (self.next + 1) % WINDOW;
    }

    /// The median of one component.
    fn median(&self, row: usize, r: usize) -> f64 {
        let mut sizes: Vec<f64> = self.seen.iter().map(|rows| rows[row][r]).collect();
        sizes.sort_by(f64::total_cmp);
        let (low, high) = (sizes[(sizes.len() - 1) / 2], sizes[sizes.len() / 2]);
        (low + high) / 2.0
    }
}

impl Clip {
    /// Bounds the gradient; returns whether anything was beyond the bound.
    pub(super) fn apply(&self, gradient: &mut [[f64; TERMS]], sizes: &mut Sizes) -> bool {
        match *self {
            Self::Off => false,
            Self::Norm(most) => {
                let all = gradient.as_flattened_mut();
                let norm = all.iter().map(|g| g * g).sum::<f64>().sqrt();
                if norm > most {
                    all.iter_mut().for_each(|g| *g *= most / norm);
                }
                norm > most
            }
            Self::Median(times) => {
                sizes.add(gradient);
                let mut clipped = false;
                for (i, row) in gradient.iter_mut().enumerate() {
                    for (r, g) in row.iter_mut().enumerate() {
                        let most = times * sizes.median(i, r);
                        if g.abs() > most {
                            *g = most.copysign(*g);
                            clipped = true;
                        }
                    }
                }
                clipped
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(first: f64, second: f64) -> [[f64; TERMS]; 1] {
        let mut row = [0.0; TERMS];
        (row[0], row[2]) = (first, second);
        [row]
    }

    #[test]
    fn the_norm_is_bounded_and_the_direction_kept() {
        let mut sizes = Sizes::default();
        let mut g = row(30.0, -40.0);
        assert!(Clip::Norm(10.0).apply(&mut g, &mut sizes));
        assert!((g[0][0] - 6.0).abs() < 1e-12 && (g[0][2] + 8.0).abs() < 1e-12);
        assert!(!Clip::Norm(10.0).apply(&mut row(6.0, -7.0), &mut sizes));
        assert!(!Clip::Off.apply(&mut row(1e9, 0.0), &mut sizes));
    }

    #[test]
    fn components_are_bounded_by_their_own_median_over_fifty_episodes() {
        let mut sizes = Sizes::default();
        let clip = Clip::Median(5.0);
        for _ in 0..60 {
            assert!(!clip.apply(&mut row(2.0, 0.1), &mut sizes));
        }
        let mut g = row(-11.0, 0.4);
        assert!(clip.apply(&mut g, &mut sizes));
        assert_eq!((g[0][0], g[0][2]), (-10.0, 0.4));
        assert_eq!(sizes.seen.len(), WINDOW);
    }
}
