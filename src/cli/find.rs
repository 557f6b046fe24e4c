//! Which run is meant.

use super::exit::Failure;
use crate::data::text;
use crate::preset::did_you_mean;
use crate::remote::{Card, card};

/// The run of this machine that is called `name`, or the only one.
/// # Errors
/// When there is none, or more than one could be meant; names them.
pub fn run(name: Option<&str>) -> Result<Card, Failure> {
    let cards = card::all();
    let here = || cards.iter().filter(|card| card.is_here());
    let Some(name) = name else {
        let mut all = here();
        return match (all.next(), all.next()) {
            (Some(only), None) => Ok(only.clone()),
            (None, _) => Err(Failure::Usage(elsewhere(&cards).unwrap_or_else(|| {
                "no run is here; `hebbtop run PRESET --detach` starts one".to_owned()
            }))),
            _ => {
                let names: Vec<&str> = here().map(|card| card.name.as_str()).collect();
                let what = format!("which of these: {}?", names.join(", "));
                Err(Failure::Usage(what))
            }
        };
    };
    if let Some(found) = here().find(|card| card.name == name) {
        return Ok(found.clone());
    }
    if let Some(other) = cards.iter().find(|card| card.name == name) {
        let command = other.from_here();
        let what = format!("{name} is on {}: {command}", other.host);
        return Err(Failure::Usage(what));
    }
    let hint = did_you_mean(name, here().map(|card| card.name.as_str()));
    Err(Failure::Usage(format!(
        "no run is called `{}`{hint}; `hebbtop ps` lists them",
        text::line(name)
    )))
}

/// What to do where all runs are on other machines.
fn elsewhere(cards: &[Card]) -> Option<String> {
    let first = cards.first()?;
    Some(format!(
        "no run is on this machine; {} is on {}: {}",
        first.name,
        first.host,
        first.from_here()
    ))
}
