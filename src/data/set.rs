//! Four IDX files become one data set, or a complaint that names the file.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use thiserror::Error;

use super::idx::{Idx, IdxError};
use super::{Dataset, Split, text};

/// What is wrong with which file.
#[derive(Debug, Error)]
#[error("{}: {what}", text::line(&file.display().to_string()))]
pub struct DataError {
    pub file: PathBuf,
    pub what: String,
    /// Whether the system failed to read the file, rather than the file being wrong.
    pub unreadable: bool,
}

impl DataError {
    pub fn new(file: &Path, what: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            what: what.into(),
            unreadable: false,
        }
    }

    pub(super) fn idx(file: &Path, error: &IdxError) -> Self {
        Self {
            unreadable: matches!(error, IdxError::Io(_)),
            ..Self::new(file, error.to_string())
        }
    }
}

/// One of the four files, read.
pub(super) struct Part {
    pub file: PathBuf,
    pub idx: Idx,
}

/// The images and labels of one half.
pub(super) struct Half {
    pub images: Part,
    pub labels: Part,
}

pub(super) fn assemble(
    name: &str,
    train: Half,
    test: Half,
    transposed: bool,
) -> Result<Dataset, DataError> {
    let sha256 = sha256([&train.images, &train.labels, &test.images, &test.labels]);
    let [_, rows, cols] = train.images.idx.sizes[..] else {
        unreachable!("an image file is read with three sizes")
    };
    let test_size = &test.images.idx.sizes[1..];
    if test_size != [rows, cols] {
        let what = format!(
            "its images are {}x{}, those for training {rows}x{cols}",
            test_size[0], test_size[1]
        );
        return Err(DataError::new(&test.images.file, what));
    }
    let split = |half: Half| -> Result<Split, DataError> {
        let (images, labels) = (half.images, half.labels);
        let count = images.idx.sizes[0];
        if images.idx.bytes.is_empty() {
            return Err(DataError::new(&images.file, "holds no images"));
        }
        if labels.idx.sizes[0] != count {
            let what = format!(
                "holds {} labels, but {} holds {count} images",
                labels.idx.sizes[0],
                text::line(&images.file.display().to_string())
            );
            return Err(DataError::new(&labels.file, what));
        }
        let mut pixels = images.idx.bytes;
        if transposed {
            transpose_each(&mut pixels, rows, cols);
        }
        Ok(Split {
            images: pixels,
            labels: labels.idx.bytes,
        })
    };
    let (train, test) = (split(train)?, split(test)?);
    let largest = train.labels.iter().chain(&test.labels).max();
    Ok(Dataset {
        name: text::line(name),
        sha256,
        rows: if transposed { cols } else { rows },
        cols: if transposed { rows } else { cols },
        classes: largest.map_or(0, |&label| usize::from(label) + 1),
        train,
        test,
    })
}

fn sha256(parts: [&Part; 4]) -> String {
    let mut hash = Sha256::new();
    for piece in parts.iter().flat_map(|part| part.idx.contents()) {
        hash.update(piece);
    }
    hash.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Turns every `rows` x `cols` image into its `cols` x `rows` transpose.
fn transpose_each(pixels: &mut [u8], rows: usize, cols: usize) {
    let mut upright = vec![0; rows * cols];
    for image in pixels.chunks_exact_mut(rows * cols) {
        for row in 0..rows {
            for col in 0..cols {
                upright[col * rows + row] = image[row * cols + col];
            }
        }
        image.copy_from_slice(&upright);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transposing_swaps_rows_and_columns_of_each_image() {
        let mut pixels = vec![1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60];
        transpose_each(&mut pixels, 2, 3);
        assert_eq!(pixels, [1, 4, 2, 5, 3, 6, 10, 40, 20, 50, 30, 60]);
    }
}
