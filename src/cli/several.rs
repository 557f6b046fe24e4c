//! Several seeds of one experiment side by side, without a screen.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use indicatif::{MultiProgress, ProgressBar};

use super::exit::Failure;
use super::headless::{Report, one};
use super::signals::Signals;
use crate::data::Dataset;
use crate::engine::{Engine, Options};
use crate::preset::Preset;

/// How many seeds, counted up from the preset's, and how many of them at a time.
#[derive(Clone, Copy, Debug)]
pub struct Seeds {
    pub count: u32,
    pub threads: u32,
}

impl Seeds {
    /// The seeds of `preset`.
    pub fn of(self, preset: &Preset) -> impl Iterator<Item = u64> + use<> {
        let first = preset.seed;
        (0..self.count).map(move |i| first.wrapping_add(i.into()))
    }
}

/// Runs every seed to its end and reports in the order of seeds. A run knows nothing of the others, so
/// the number of threads changes no number.
/// # Errors
/// The first failure in the order of seeds.
pub fn run(
    preset: &Preset,
    images: Option<&Arc<Dataset>>,
    seeds: Seeds,
    begun: Instant,
) -> Result<Vec<Report>, Failure> {
    let signals = Signals::catch()?;
    let all: Vec<u64> = seeds.of(preset).collect();
    let bars = MultiProgress::new();
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || {
        while let Some(&seed) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
            if signals.came().is_some() {
                break;
            }
            let preset = Preset {
                seed,
                ..preset.clone()
            };
            let options = Options {
                data: images.cloned(),
                attended: false,
                ..Options::default()
            };
            let bar = bars.add(ProgressBar::new(preset.length));
            let report = Engine::start(preset, options)
                .map_err(Failure::from)
                .and_then(|engine| one(engine, begun, &bar, &signals));
            let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
            done.push((seed, report));
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..seeds.threads.min(seeds.count) {
            scope.spawn(work);
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    let place = |seed: u64| all.iter().position(|&other| other == seed);
    done.sort_by_key(|(seed, _)| place(*seed));
    done.into_iter().map(|(_, report)| report).collect()
}

/// `rule.toml` becomes `rule-7.toml`.
pub fn with_seed(path: &Path, seed: u64) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let extension = path.extension().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{stem}-{seed}.{extension}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_for_each_seed() {
        let path = with_seed(Path::new("a/rule.toml"), 7);
        assert_eq!(path, Path::new("a/rule-7.toml"));
    }
}
