//! The sets that are compiled in; the README.md beside each says where it comes from.

use std::io::Read;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use flate2::bufread::GzDecoder;

use super::set::{Half, Part, assemble};
use super::{Dataset, idx};

macro_rules! half {
    ($folder:literal, $half:literal) => {
        Half {
            images: file!($folder, $half, "-images-idx3-ubyte.gz", 3),
            labels: file!($folder, $half, "-labels-idx1-ubyte.gz", 1),
        }
    };
}

macro_rules! file {
    ($folder:literal, $half:literal, $kind:literal, $sizes:literal) => {
        unpack(
            concat!($folder, "/", $half, $kind),
            include_bytes!(concat!($folder, "/", $half, $kind)),
            $sizes,
        )
    };
}

/// A half of glyph47, whose images build.rs has repacked.
macro_rules! glyphs {
    ($half:literal) => {
        Half {
            images: unpack(
                concat!("glyph47/", $half, "-images-idx3-ubyte.gz"),
                &join(include_bytes!(concat!(
                    env!("OUT_DIR"),
                    "/glyph47-",
                    $half,
                    "-images.gz"
                ))),
                3,
            ),
            labels: file!("glyph47", $half, "-labels-idx1-ubyte.gz", 1),
        }
    };
}

/// Handwritten digits, 8x8 grey levels, ten classes: 1442 to train with, 355 to test with.
pub fn digits() -> Arc<Dataset> {
    static DIGITS: OnceLock<Arc<Dataset>> = OnceLock::new();
    DIGITS
        .get_or_init(|| {
            let (train, test) = (half!("digits8x8", "train"), half!("digits8x8", "t10k"));
            let set = assemble("digits8x8", train, test, false);
            Arc::new(set.expect("the embedded digits fit together"))
        })
        .clone()
}

/// Drawn letters and digits, 28x28 grey levels, the 47 classes of EMNIST-balanced: 4700 to train
/// with, 940 to test with.
pub fn glyphs() -> Arc<Dataset> {
    static GLYPHS: OnceLock<Arc<Dataset>> = OnceLock::new();
    GLYPHS
        .get_or_init(|| {
            let (train, test) = (glyphs!("train"), glyphs!("t10k"));
            let set = assemble("glyph47", train, test, false);
            Arc::new(set.expect("the embedded glyphs fit together"))
        })
        .clone()
}

fn unpack(file: &str, packed: &[u8], sizes: usize) -> Part {
    let idx = idx::parse(packed, packed.len() as u64, sizes).expect("the embedded files are whole");
    Part {
        file: Path::new(file).to_owned(),
        idx,
    }
}

/// The IDX file from its header, the kinds of its pixels (black, grey or white, four in a byte, the
/// first lowest) and the grey ones.
fn join(packed: &[u8]) -> Vec<u8> {
    const HEADER: usize = 16;
    let mut parts = Vec::new();
    let read = GzDecoder::new(packed).read_to_end(&mut parts);
    read.expect("the embedded files are whole");
    let (header, rest) = parts.split_at(HEADER);
    let sizes = header.as_chunks().0[1..].iter();
    let pixels: usize = sizes
        .map(|size| u32::from_be_bytes(*size) as usize)
        .product();
    let (kinds, greys) = rest.split_at(pixels.div_ceil(4));
    let mut greys = greys.iter();
    let mut idx = header.to_vec();
    idx.reserve_exact(pixels);
    idx.extend(
        (0..pixels).map(|i| match kinds[i / 4] >> (2 * (i % 4)) & 3 {
            0 => 0,
            2 => 255,
            _ => *greys.next().expect("a grey for each grey pixel"),
        }),
    );
    idx
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What build.rs took apart is the file again, byte for byte.
    #[test]
    fn the_glyphs_are_those_of_their_files() {
        let set = glyphs();
        for (half, split) in [("train", &set.train), ("t10k", &set.test)] {
            let file = format!("src/data/glyph47/{half}-images-idx3-ubyte.gz");
            let original = idx::read(Path::new(&file), 3).expect("the original");
            assert!(split.images == original.bytes, "{half}");
        }
    }

    /// Sizes, class counts and grey levels as digits8x8/README.md states them.
    #[test]
    fn the_digits_are_those_of_the_readme() {
        let digits = digits();
        assert_eq!((digits.rows, digits.cols, digits.classes), (8, 8, 10));
        assert_eq!((digits.train.len(), digits.test.len()), (1442, 355));
        for (split, least, most) in [(&digits.train, 140, 147), (&digits.test, 34, 36)] {
            assert_eq!(split.images.len(), 64 * split.len());
            for class in 0..10 {
                let count = split.labels.iter().filter(|&&label| label == class).count();
                assert!((least..=most).contains(&count), "class {class}: {count}");
            }
        }
        let levels: Vec<u8> = (0..=16)
            .map(|v| (v as f64 * 255.0 / 16.0).round() as u8)
            .collect();
        assert!(digits.train.images.iter().all(|grey| levels.contains(grey)));
    }

    /// Sizes and class counts as glyph47/README.md states them.
    #[test]
    fn the_glyphs_are_those_of_the_readme() {
        let glyphs = glyphs();
        assert_eq!((glyphs.rows, glyphs.cols, glyphs.classes), (28, 28, 47));
        for (split, count) in [(&glyphs.train, 100), (&glyphs.test, 20)] {
            assert_eq!(split.images.len(), 784 * split.len());
            for class in 0..47 {
                let found = split.labels.iter().filter(|&&label| label == class).count();
                assert_eq!(found, count, "class {class}");
            }
        }
        assert_eq!(
            ["0", "9", "A", "Z", "a", "t"],
            [0, 9, 10, 35, 36, 46].map(|label| glyphs.class_name(label))
        );
        assert_eq!(digits().class_name(7), "7");
    }
}
