//! The sets that are compiled in; `digits8x8/README.md` says where they come from.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use super::set::{Half, Part, assemble};
use super::{Dataset, idx};

macro_rules! part {
    ($file:literal, $sizes:literal) => {
        unpack($file, include_bytes!($file), $sizes)
    };
}

/// Handwritten digits, 8x8 grey levels, ten classes: 1442 to train with, 355 to test with.
pub fn digits() -> Arc<Dataset> {
    static DIGITS: OnceLock<Arc<Dataset>> = OnceLock::new();
    DIGITS
        .get_or_init(|| {
            let train = Half {
                images: part!("digits8x8/train-images-idx3-ubyte.gz", 3),
                labels: part!("digits8x8/train-labels-idx1-ubyte.gz", 1),
            };
            let test = Half {
                images: part!("digits8x8/t10k-images-idx3-ubyte.gz", 3),
                labels: part!("digits8x8/t10k-labels-idx1-ubyte.gz", 1),
            };
            let set = assemble("digits8x8", train, test, false);
            Arc::new(set.expect("the embedded digits fit together"))
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
