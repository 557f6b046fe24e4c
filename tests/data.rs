//! Reading image sets from folders, as `--data` does.

use std::io::Write;
use std::path::Path;

use flate2::{Compression, write::GzEncoder};
use hebbtop::data::{Dataset, directory, idx};
use proptest::prelude::*;
use tempfile::TempDir;

fn idx_file(sizes: &[u32], bytes: &[u8]) -> Vec<u8> {
    let mut file = vec![0, 0, 8, sizes.len() as u8];
    for size in sizes {
        file.extend_from_slice(&size.to_be_bytes());
    }
    file.extend_from_slice(bytes);
    file
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

/// A folder with two training images and one test image of 2x3 pixels.
fn folder(prefix: &str, test: &str) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    add_set(dir.path(), prefix, test);
    dir
}

fn add_set(dir: &Path, prefix: &str, test: &str) {
    let put = |name: String, content: Vec<u8>| std::fs::write(dir.join(name), content).unwrap();
    let train: Vec<u8> = (1..=12).collect();
    put(
        format!("{prefix}train-images-idx3-ubyte"),
        idx_file(&[2, 2, 3], &train),
    );
    put(
        format!("{prefix}train-labels-idx1-ubyte.gz"),
        gzip(&idx_file(&[2], &[4, 0])),
    );
    put(
        format!("{prefix}{test}-images-idx3-ubyte.gz"),
        gzip(&idx_file(&[1, 2, 3], &[9; 6])),
    );
    put(
        format!("{prefix}{test}-labels-idx1-ubyte"),
        idx_file(&[1], &[1]),
    );
}

fn complaint(path: &Path) -> String {
    directory::read(path).unwrap_err().to_string()
}

#[test]
fn a_folder_of_plain_and_packed_files_is_read() {
    let dir = folder("", "t10k");
    let set = directory::read(dir.path()).unwrap();
    assert_eq!((set.rows, set.cols, set.classes), (2, 3, 5));
    assert_eq!(set.train.images, (1..=12).collect::<Vec<u8>>());
    assert_eq!((set.train.labels, set.test.labels), (vec![4, 0], vec![1]));
    assert_eq!(set.name, dir.path().file_name().unwrap().to_str().unwrap());
}

#[test]
fn the_hash_is_that_of_the_contents_and_not_of_their_packing() {
    let plain = folder("", "t10k");
    let packed = folder("", "t10k");
    let images = packed.path().join("train-images-idx3-ubyte");
    let content = std::fs::read(&images).unwrap();
    std::fs::write(images.with_extension("gz"), gzip(&content)).unwrap();
    std::fs::rename(
        images.with_extension("gz"),
        format!("{}.gz", images.display()),
    )
    .unwrap();
    std::fs::remove_file(&images).unwrap();
    let hash = |dir: &TempDir| directory::read(dir.path()).unwrap().sha256;
    assert_eq!(hash(&plain), hash(&packed));

    let changed = idx_file(&[2], &[4, 1]);
    std::fs::write(plain.path().join("train-labels-idx1-ubyte.gz"), changed).unwrap();
    assert_ne!(hash(&plain), hash(&packed));
}

#[test]
fn emnist_is_turned_upright_and_named() {
    let dir = folder("emnist-balanced-", "test");
    let set = directory::read(dir.path()).unwrap();
    assert_eq!(
        (set.rows, set.cols, set.name.as_str()),
        (3, 2, "emnist-balanced")
    );
    assert_eq!(set.train.images[..6], [1, 4, 2, 5, 3, 6]);
}

#[test]
fn of_several_sets_one_must_be_named() {
    let dir = folder("emnist-balanced-", "test");
    add_set(dir.path(), "emnist-letters-", "test");
    let words = complaint(dir.path());
    assert!(words.contains("emnist-balanced, emnist-letters"), "{words}");
    let set = directory::read(&dir.path().join("emnist-letters")).unwrap();
    assert_eq!(set.name, "emnist-letters");
    let words = complaint(&dir.path().join("emnist-digits"));
    assert!(words.contains("emnist-balanced, emnist-letters"), "{words}");
}

#[test]
fn complaints_name_the_file_and_what_is_wrong() {
    type Spoil = fn(&Path);
    let cases: [(Spoil, &str, &str); 6] = [
        (
            |dir| std::fs::remove_file(dir.join("t10k-labels-idx1-ubyte")).unwrap(),
            "t10k-labels-idx1-ubyte",
            "missing",
        ),
        (
            |dir| {
                let labels = idx_file(&[3], &[1, 2, 3]);
                std::fs::write(dir.join("t10k-labels-idx1-ubyte"), labels).unwrap();
            },
            "t10k-labels-idx1-ubyte",
            "3 labels",
        ),
        (
            |dir| {
                let images = idx_file(&[2, 2, 2], &[0; 8]);
                std::fs::write(dir.join("train-images-idx3-ubyte"), images).unwrap();
            },
            "t10k-images-idx3-ubyte",
            "2x3",
        ),
        (
            |dir| {
                let images = idx_file(&[0, 2, 3], &[]);
                std::fs::write(dir.join("train-images-idx3-ubyte"), images).unwrap();
            },
            "train-images-idx3-ubyte",
            "no images",
        ),
        (
            |dir| {
                let images = idx_file(&[2, 2, 3], &[0; 11]);
                std::fs::write(dir.join("train-images-idx3-ubyte"), images).unwrap();
            },
            "train-images-idx3-ubyte",
            "cut off",
        ),
        (
            |dir| {
                let file = dir.join("train-images-idx3-ubyte");
                std::fs::remove_file(&file).unwrap();
                std::fs::create_dir(&file).unwrap();
            },
            "train-images-idx3-ubyte",
            "not a regular file",
        ),
    ];
    for (spoil, file, what) in cases {
        let dir = folder("", "t10k");
        spoil(dir.path());
        let words = complaint(dir.path());
        assert!(words.contains(file) && words.contains(what), "{words}");
    }
}

#[test]
fn a_folder_without_images_says_what_was_expected() {
    let dir = tempfile::tempdir().unwrap();
    assert!(complaint(dir.path()).contains("train-images-idx3-ubyte"));
    assert!(complaint(&dir.path().join("nowhere")).contains("no such folder"));
    assert!(complaint(&dir.path().join("no/where")).contains("not a folder"));
}

#[test]
fn the_embedded_digits_have_the_name_and_hash_of_their_files() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/data/digits8x8");
    let read: Dataset = directory::read(&dir).unwrap();
    assert_eq!(read, *hebbtop::data::embedded::digits());
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), sizes in 1usize..4) {
        let _ = idx::parse(&bytes[..], bytes.len() as u64, sizes);
        let _ = idx::parse(&gzip(&bytes)[..], bytes.len() as u64, sizes);
    }

    #[test]
    fn a_header_is_believed_only_if_its_file_agrees(
        sizes in prop::collection::vec(prop_oneof![0u32..6, any::<u32>()], 1..4),
        body in prop::collection::vec(any::<u8>(), 0..130),
        packed: bool,
    ) {
        let plain = idx_file(&sizes, &body);
        let file = if packed { gzip(&plain) } else { plain };
        let announced = sizes.iter().map(|&n| u128::from(n)).product::<u128>();
        let read = idx::parse(&file[..], file.len() as u64, sizes.len());
        prop_assert_eq!(read.is_ok(), announced == body.len() as u128);
    }

    #[test]
    fn a_flipped_byte_never_makes_a_packed_file_panic(at in 0usize..60, flip in 1u8..) {
        let mut file = gzip(&idx_file(&[2, 3, 5], &[7; 30]));
        let at = at % file.len();
        file[at] ^= flip;
        if let Ok(idx) = idx::parse(&file[..], file.len() as u64, 3) {
            prop_assert_eq!(idx.bytes, vec![7; 30]);
        }
    }
}
