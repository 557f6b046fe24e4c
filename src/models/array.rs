//! Numbers that a model hands out whole, for other programs.

use std::io::{self, Write};

/// An array of a name that is unique in its model, row by row.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    /// Letters, digits and `_`.
    pub name: String,
    /// The product is the count of numbers; empty for a single one.
    pub shape: Vec<usize>,
    pub numbers: Numbers,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Numbers {
    F32(Vec<f32>),
    F64(Vec<f64>),
    U32(Vec<u32>),
    U64(Vec<u64>),
}

impl Array {
    pub fn new(name: impl Into<String>, shape: &[usize], numbers: Numbers) -> Self {
        let name = name.into();
        debug_assert_eq!(shape.iter().product::<usize>(), numbers.count(), "{name}");
        Self {
            name,
            shape: shape.to_vec(),
            numbers,
        }
    }
}

impl Numbers {
    pub fn count(&self) -> usize {
        match self {
            Self::F32(numbers) => numbers.len(),
            Self::F64(numbers) => numbers.len(),
            Self::U32(numbers) => numbers.len(),
            Self::U64(numbers) => numbers.len(),
        }
    }

    /// Bytes of all of them.
    pub fn bytes(&self) -> u64 {
        let each = match self {
            Self::F32(_) | Self::U32(_) => 4,
            Self::F64(_) | Self::U64(_) => 8,
        };
        self.count() as u64 * each
    }

    /// Writes them one after the other, little-endian.
    /// # Errors
    /// When `out` refuses.
    pub fn write(&self, out: &mut (impl Write + ?Sized)) -> io::Result<()> {
        match self {
            Self::F32(numbers) => numbers
                .iter()
                .try_for_each(|x| out.write_all(&x.to_le_bytes())),
            Self::F64(numbers) => numbers
                .iter()
                .try_for_each(|x| out.write_all(&x.to_le_bytes())),
            Self::U32(numbers) => numbers
                .iter()
                .try_for_each(|x| out.write_all(&x.to_le_bytes())),
            Self::U64(numbers) => numbers
                .iter()
                .try_for_each(|x| out.write_all(&x.to_le_bytes())),
        }
    }
}
