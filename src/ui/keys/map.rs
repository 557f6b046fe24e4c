//! From a key press to its row in the table, and back to the keys of a row.

use std::collections::HashMap;

use super::{Binding, Context, TABLE};
use crate::ui::key::Key;

/// Which keys the rows of the table have.
#[derive(Clone, Debug)]
pub struct KeyMap {
    rows: HashMap<(Context, Key), &'static Binding>,
    keys: HashMap<&'static str, Vec<Key>>,
}

impl KeyMap {
    /// The keys that the table gives.
    /// # Panics
    /// When the table names a key that does not exist; a test reads them all.
    pub fn standard() -> Self {
        let mut rows = HashMap::new();
        let mut keys = HashMap::new();
        for row in TABLE.iter() {
            let parsed: Vec<Key> = row
                .keys
                .iter()
                .map(|name| name.parse().expect("the table names keys that exist"))
                .collect();
            for key in &parsed {
                rows.insert((row.context, *key), row);
            }
            keys.insert(row.id, parsed);
        }
        Self { rows, keys }
    }

    /// The row that `key` stands for in the first of `contexts` that has one.
    pub fn find(&self, contexts: &[Context], key: Key) -> Option<&'static Binding> {
        contexts
            .iter()
            .find_map(|context| self.rows.get(&(*context, key)).copied())
    }

    pub fn keys(&self, row: &Binding) -> &[Key] {
        self.keys.get(row.id).map_or(&[], Vec::as_slice)
    }
}
