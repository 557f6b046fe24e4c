//! Long arrays of a saved state as bytes, little-endian: number by number they would take several times
//! as long, and the run waits for its state.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::nn::real::Real;

/// Replaces what is in `out` by a state as postcard writes it, with room for `bytes` from the start:
/// growing by and by, megabytes would be copied several times.
/// # Panics
/// When it is no plain data.
pub fn write(state: &impl Serialize, bytes: usize, out: &mut Vec<u8>) {
    let mut buffer = std::mem::take(out);
    buffer.clear();
    buffer.reserve(bytes);
    *out = postcard::to_extend(state, buffer).expect("plain data can be written");
}

struct Numbers<T>(PhantomData<T>);

impl<T: Real> Visitor<'_> for Numbers<T> {
    type Value = Vec<T>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "numbers of {} bytes each", size_of::<T>())
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Vec<T>, E> {
        T::from_bytes(bytes).ok_or_else(|| E::invalid_length(bytes.len(), &self))
    }
}

/// For `#[serde(with = "...")]` at a field of type `Vec<T>`.
pub mod array {
    use super::*;

    /// # Errors
    /// Those of the serializer.
    pub fn serialize<T: Real, S: Serializer>(numbers: &[T], out: S) -> Result<S::Ok, S::Error> {
        out.serialize_bytes(&T::bytes(numbers))
    }

    /// # Errors
    /// When the bytes are no whole numbers.
    pub fn deserialize<'de, T: Real, D: Deserializer<'de>>(from: D) -> Result<Vec<T>, D::Error> {
        from.deserialize_bytes(Numbers(PhantomData))
    }
}

#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
struct Owned<T: Real>(#[serde(with = "array")] Vec<T>);

#[derive(Serialize)]
#[serde(bound = "")]
struct Lent<'a, T: Real>(#[serde(serialize_with = "array::serialize")] &'a [T]);

/// For `#[serde(with = "...")]` at a field of type `Vec<Vec<T>>`.
pub mod arrays {
    use super::*;

    /// # Errors
    /// Those of the serializer.
    pub fn serialize<T: Real, S: Serializer>(all: &[Vec<T>], out: S) -> Result<S::Ok, S::Error> {
        out.collect_seq(all.iter().map(|numbers| Lent(numbers)))
    }

    /// # Errors
    /// When the bytes are no whole numbers.
    pub fn deserialize<'de, T: Real, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<Vec<T>>, D::Error> {
        let all = Vec::<Owned<T>>::deserialize(from)?;
        Ok(all.into_iter().map(|Owned(numbers)| numbers).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct State {
        #[serde(with = "array")]
        one: Vec<f32>,
        #[serde(with = "arrays")]
        many: Vec<Vec<f64>>,
    }

    #[test]
    fn numbers_read_back_bit_for_bit() {
        let state = State {
            one: vec![1.5, -0.0, f32::MIN_POSITIVE, f32::INFINITY],
            many: vec![vec![], vec![std::f64::consts::PI, -1e300]],
        };
        let bytes = postcard::to_stdvec(&state).unwrap();
        assert_eq!(bytes.len(), 1 + 16 + 1 + 1 + 1 + 16);
        assert_eq!(postcard::from_bytes::<State>(&bytes), Ok(state));
    }

    #[test]
    fn what_is_no_whole_number_is_refused() {
        let bytes = postcard::to_stdvec(&(vec![1u8, 2, 3, 4, 5], Vec::<Vec<f64>>::new())).unwrap();
        assert!(postcard::from_bytes::<State>(&bytes).is_err());
    }
}
