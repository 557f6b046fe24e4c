//! Arrays as PyTorch loads them with `safetensors.torch.load_file`: the length of a JSON head, 8 bytes
//! little-endian; the head; the numbers.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Map, Value, json};

use crate::models::array::{Array, Numbers};

/// The bytes of a `.safetensors` file; `about` becomes its metadata.
/// # Errors
/// When `out` refuses.
pub fn write(
    arrays: &[Array],
    about: &BTreeMap<String, String>,
    out: &mut (impl Write + ?Sized),
) -> io::Result<()> {
    let mut head = Map::new();
    head.insert("__metadata__".into(), json!(about));
    let mut at = 0;
    for array in arrays {
        let kind = match array.numbers {
            Numbers::F32(_) => "F32",
            Numbers::F64(_) => "F64",
            Numbers::U32(_) => "U32",
            Numbers::U64(_) => "U64",
        };
        let end = at + array.numbers.bytes();
        let entry = json!({"dtype": kind, "shape": array.shape, "data_offsets": [at, end]});
        head.insert(array.name.clone(), entry);
        at = end;
    }
    let mut head = Value::Object(head).to_string().into_bytes();
    // Numbers of 8 bytes then lie where a memory map can use them.
    head.resize(head.len().next_multiple_of(8), b' ');
    out.write_all(&(head.len() as u64).to_le_bytes())?;
    out.write_all(&head)?;
    arrays.iter().try_for_each(|array| array.numbers.write(out))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_those_of_the_numbers_behind_the_head() {
        let arrays = [
            Array::new("one", &[3], Numbers::F32(vec![1.0, 2.0, 3.0])),
            Array::new("two", &[1, 2], Numbers::F64(vec![4.0, 5.0])),
        ];
        let mut out = Vec::new();
        write(&arrays, &BTreeMap::new(), &mut out).unwrap();
        let length = u64::from_le_bytes(out[..8].try_into().unwrap()) as usize;
        assert_eq!(length % 8, 0);
        let head: Value = serde_json::from_slice(&out[8..8 + length]).unwrap();
        assert_eq!(head["two"]["dtype"], "F64");
        assert_eq!(head["two"]["shape"], json!([1, 2]));
        assert_eq!(head["two"]["data_offsets"], json!([12, 28]));
        assert_eq!(out.len(), 8 + length + 28);
        let last = &out[out.len() - 8..];
        assert_eq!(f64::from_le_bytes(last.try_into().unwrap()), 5.0);
    }
}
