//! Images: reading IDX files, and the small sets that are compiled in.

pub mod directory;
pub mod embedded;
pub mod idx;
pub mod memory;
mod set;
pub mod text;

pub use set::DataError;

/// Images with class labels. Grey levels are bytes; a model divides by 255.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    /// `len * rows * cols` bytes, image by image, row by row.
    pub images: Vec<u8>,
    pub labels: Vec<u8>,
}

impl Split {
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dataset {
    pub name: String,
    /// Of the files' contents, in hexadecimal.
    pub sha256: String,
    pub rows: usize,
    pub cols: usize,
    pub classes: usize,
    pub train: Split,
    pub test: Split,
}

/// The classes of EMNIST-balanced in their order.
const BALANCED: [&str; 47] = [
    "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "A", "B", "C", "D", "E", "F", "G", "H", "I",
    "J", "K", "L", "M", "N", "O", "P", "Q", "R", "S", "T", "U", "V", "W", "X", "Y", "Z", "a", "b",
    "d", "e", "f", "g", "h", "n", "q", "r", "t",
];

impl Dataset {
    /// What a class is called: its letter where there are those of EMNIST-balanced, else its number.
    pub fn class_name(&self, label: usize) -> String {
        match BALANCED.get(label) {
            Some(letter) if self.classes == BALANCED.len() => (*letter).to_owned(),
            _ => label.to_string(),
        }
    }
}
