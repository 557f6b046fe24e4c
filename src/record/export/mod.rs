//! What of a recording other programs read: tables as CSV, arrays as numpy and PyTorch have them.

use std::collections::BTreeMap;

use crate::engine::Snapshot;
use crate::models::array::{Array, Numbers};

pub mod npy;
pub mod npz;
pub mod safetensors;

/// What a file of weights says about itself.
pub fn about(snapshot: &Snapshot) -> BTreeMap<String, String> {
    BTreeMap::from([
        ("preset".to_owned(), snapshot.preset.name.clone()),
        ("seed".to_owned(), snapshot.place.seed.to_string()),
        ("step".to_owned(), snapshot.place.step.to_string()),
        ("hebbtop".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
    ])
}

/// The step that weights belong to, for formats that hold nothing but arrays.
pub fn checkpoint_step(snapshot: &Snapshot) -> Array {
    let step = Numbers::U64(vec![snapshot.place.step]);
    Array::new("checkpoint_step", &[], step)
}
