//! What of a run is kept beside its journal and its states, and how often.

use std::num::NonZeroU64;

use crate::engine::Wants;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope {
    /// Every spike, in `spikes.npy`.
    pub spikes: bool,
    /// What the model has learnt, in `weights.npz` and `weights.safetensors` with every checkpoint.
    pub weights: bool,
    /// A row of metrics for every so many units.
    pub metrics_every: NonZeroU64,
}

impl Default for Scope {
    fn default() -> Self {
        Self {
            spikes: false,
            weights: false,
            metrics_every: NonZeroU64::MIN,
        }
    }
}

const SPIKES: &str = "spikes";
const WEIGHTS: &str = "weights";

impl Scope {
    pub fn wants(self) -> Wants {
        Wants {
            spikes: self.spikes,
            arrays: self.weights,
        }
    }

    /// Its lines in `run.toml`.
    pub fn write(self) -> String {
        let kept = [(self.spikes, SPIKES), (self.weights, WEIGHTS)];
        let names = kept.iter().filter(|(on, _)| *on);
        let names: Vec<String> = names.map(|(_, name)| format!("\"{name}\"")).collect();
        format!(
            "keep = [{}]\nmetrics_every = {}\n",
            names.join(", "),
            self.metrics_every
        )
    }

    /// From `run.toml`; what it does not say is as usual.
    /// # Errors
    /// Names the key and what it takes.
    pub fn read(table: &toml::de::DeTable<'_>) -> Result<Self, String> {
        let mut scope = Self::default();
        if let Some(keep) = table.get("keep") {
            let names = keep.get_ref().as_array();
            for name in names.ok_or("`keep` takes a list of names")?.iter() {
                match name.get_ref().as_str() {
                    Some(SPIKES) => scope.spikes = true,
                    Some(WEIGHTS) => scope.weights = true,
                    _ => return Err(format!("`keep` takes \"{SPIKES}\" and \"{WEIGHTS}\"")),
                }
            }
        }
        if let Some(every) = table.get("metrics_every") {
            let number = every.get_ref().as_integer();
            let number = number.and_then(|number| number.as_str().parse().ok());
            scope.metrics_every = number.ok_or("`metrics_every` takes a number from 1 on")?;
        }
        Ok(scope)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Scope, String> {
        Scope::read(toml::de::DeTable::parse(text).unwrap().get_ref())
    }

    #[test]
    fn what_is_written_reads_back() {
        for (spikes, weights, every) in [(false, false, 1), (true, false, 10), (true, true, 7)] {
            let scope = Scope {
                spikes,
                weights,
                metrics_every: NonZeroU64::new(every).unwrap(),
            };
            assert_eq!(read(&scope.write()), Ok(scope));
        }
        assert_eq!(read(""), Ok(Scope::default()));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (text, words) in [
            ("keep = \"spikes\"", "list"),
            ("keep = [\"spike\"]", "weights"),
            ("metrics_every = 0", "from 1 on"),
            ("metrics_every = -3", "from 1 on"),
            ("metrics_every = \"x\"", "from 1 on"),
        ] {
            assert!(read(text).unwrap_err().contains(words), "{text}");
        }
    }
}
