//! From a key press to its row in the table, and back to the keys of a row.

use std::collections::{BTreeMap, HashMap};

use super::{Binding, Context, TABLE};
use crate::preset::did_you_mean;
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

    /// The same with other keys for some rows, by the row's name; no keys take a row's keys away.
    /// # Errors
    /// Names the row or the key that there is not, or the rows that would share a key.
    pub fn with(mut self, other: &BTreeMap<String, Vec<String>>) -> Result<Self, String> {
        for (id, names) in other {
            let row = TABLE.iter().find(|row| row.id == id);
            let row = row.ok_or_else(|| {
                let hint = did_you_mean(id, TABLE.iter().map(|row| row.id));
                format!("`{id}` is nothing that a key could do{hint}")
            })?;
            let keys: Result<Vec<Key>, _> = names.iter().map(|name| name.parse()).collect();
            let keys = keys.map_err(|error| format!("{id}: {error}"))?;
            self.rows
                .retain(|(context, _), bound| *context != row.context || bound.id != row.id);
            self.keys.insert(row.id, keys);
        }
        for row in TABLE.iter() {
            for key in self.keys(row).to_vec() {
                let before = self.rows.insert((row.context, key), row);
                if let Some(before) = before.filter(|before| before.id != row.id) {
                    return Err(format!("{key} would be {} and {}", before.id, row.id));
                }
            }
        }
        Ok(self)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::keys::command;

    fn other(pairs: &[(&str, &[&str])]) -> BTreeMap<String, Vec<String>> {
        let owned = |names: &&[&str]| names.iter().map(|&name| name.to_owned()).collect();
        let rows = pairs
            .iter()
            .map(|(id, names)| ((*id).to_owned(), owned(names)));
        rows.collect()
    }

    #[test]
    fn a_person_has_other_keys() {
        let map = KeyMap::standard();
        let map = map
            .with(&other(&[("pause", &["f5", "ctrl-p"]), ("undo", &[])]))
            .unwrap();
        let key = |name: &str| map.find(&[Context::Global], name.parse().unwrap());
        assert_eq!(key("f5").map(|row| row.id), Some("pause"));
        assert!(key("space").is_none() && key("u").is_none());
        let shown = map.keys(command("pause").unwrap());
        assert_eq!(shown.len(), 2);
        // Two rows may change places.
        let swapped = other(&[("undo", &["m"]), ("mark", &["u"])]);
        let map = KeyMap::standard().with(&swapped).unwrap();
        assert_eq!(
            map.find(&[Context::Global], "m".parse().unwrap())
                .map(|row| row.id),
            Some("undo")
        );
    }

    #[test]
    fn what_cannot_be_is_refused_by_name() {
        let refused =
            |pairs: &[(&str, &[&str])]| KeyMap::standard().with(&other(pairs)).unwrap_err();
        assert!(refused(&[("pauze", &["f5"])]).contains("did you mean `pause`"));
        assert!(refused(&[("pause", &["f55"])]).contains("f55"));
        let shared = refused(&[("pause", &["m"])]);
        assert!(
            shared.contains("pause") && shared.contains("mark"),
            "{shared}"
        );
    }
}
