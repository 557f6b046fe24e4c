//! The IDX format of the MNIST files: a magic number, the sizes, then bytes.
//!
//! ```text
//! 0 0 8 d   d big-endian 32-bit sizes   one byte for each element, last size fastest
//! ```
//!
//! Files may be gzipped; the content tells, not the name. A header is believed only as far as the
//! size of its file allows, so neither a lying header nor a gzip bomb takes more memory than that.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use thiserror::Error;

/// The most bytes that one file may unpack to.
pub const MAX_BYTES: u64 = 1 << 30;

/// No deflate stream unpacks to more than this many times its size.
const MAX_RATIO: u64 = 1032;

/// The third byte of the magic number: elements are unsigned bytes.
const UNSIGNED_BYTE: u8 = 8;

/// An array of bytes, unpacked and checked against its header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idx {
    pub sizes: Vec<usize>,
    /// The elements.
    pub bytes: Vec<u8>,
    header: Vec<u8>,
}

#[derive(Debug, Error)]
pub enum IdxError {
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    #[error("is not a regular file")]
    NotAFile,
    #[error(
        "is no IDX file of bytes: it begins with {found:02x?}, expected [00, 00, 08, 0{sizes}]"
    )]
    Magic { found: [u8; 4], sizes: usize },
    #[error("is cut off: {got} bytes, but its header announces {wanted}")]
    Truncated { got: u64, wanted: u64 },
    #[error("is cut off inside its header")]
    TruncatedHeader,
    #[error("goes on after the {wanted} bytes that its header announces")]
    TrailingBytes { wanted: u64 },
    #[error("is too large: its header announces {sizes:?} bytes, the most is {MAX_BYTES} in all")]
    TooLarge { sizes: Vec<u32> },
    #[error(
        "announces {wanted} bytes, more than its {packed} packed bytes can hold: damaged or forged"
    )]
    Implausible { wanted: u64, packed: u64 },
    #[error("is damaged: {0}")]
    BadGzip(io::Error),
}

/// Reads a file that must have `sizes` sizes (3 for images, 1 for labels).
/// # Errors
/// When the file cannot be read, or is no whole IDX file of bytes with so many sizes.
pub fn read(path: &Path, sizes: usize) -> Result<Idx, IdxError> {
    // Asked before opening: opening a pipe would wait for its writer.
    let metadata = std::fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(IdxError::NotAFile);
    }
    parse(File::open(path)?, metadata.len(), sizes)
}

/// Reads from a source of `length` bytes.
/// # Errors
/// See [`read`].
pub fn parse(mut source: impl Read, length: u64, sizes: usize) -> Result<Idx, IdxError> {
    let mut first = [0; 2];
    source.read_exact(&mut first).map_err(header_error)?;
    let whole = first.chain(source);
    if first == [0x1f, 0x8b] {
        let unpacked = MultiGzDecoder::new(io::BufReader::new(whole));
        unpack(unpacked, Size::Packed(length), sizes).map_err(|error| match error {
            IdxError::Io(error) => IdxError::BadGzip(error),
            other => other,
        })
    } else {
        unpack(whole, Size::Plain(length), sizes)
    }
}

#[derive(Clone, Copy)]
enum Size {
    Plain(u64),
    Packed(u64),
}

fn unpack(mut source: impl Read, size: Size, sizes: usize) -> Result<Idx, IdxError> {
    let mut magic = [0; 4];
    source.read_exact(&mut magic).map_err(header_error)?;
    if magic[..3] != [0, 0, UNSIGNED_BYTE] || usize::from(magic[3]) != sizes {
        return Err(IdxError::Magic {
            found: magic,
            sizes,
        });
    }
    let mut header = magic.to_vec();
    let mut announced = Vec::with_capacity(sizes);
    for _ in 0..sizes {
        let mut number = [0; 4];
        source.read_exact(&mut number).map_err(header_error)?;
        header.extend_from_slice(&number);
        announced.push(u32::from_be_bytes(number));
    }
    let wanted = announced
        .iter()
        .try_fold(1u64, |product, &n| product.checked_mul(n.into()))
        .filter(|&wanted| wanted <= MAX_BYTES)
        .ok_or_else(|| IdxError::TooLarge {
            sizes: announced.clone(),
        })?;
    let before = header.len() as u64;
    let mut bytes = match size {
        Size::Plain(length) if length < before + wanted => {
            let got = length.saturating_sub(before);
            return Err(IdxError::Truncated { got, wanted });
        }
        Size::Plain(length) if length > before + wanted => {
            return Err(IdxError::TrailingBytes { wanted });
        }
        Size::Plain(_) => Vec::with_capacity(wanted as usize),
        Size::Packed(packed) if wanted > packed.saturating_mul(MAX_RATIO) => {
            return Err(IdxError::Implausible { wanted, packed });
        }
        Size::Packed(_) => Vec::new(),
    };
    let ended = source.by_ref().take(wanted).read_to_end(&mut bytes);
    let got = bytes.len() as u64;
    match ended {
        Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => return Err(error.into()),
        _ if got < wanted => return Err(IdxError::Truncated { got, wanted }),
        _ => {}
    }
    if source.read(&mut [0])? > 0 {
        return Err(IdxError::TrailingBytes { wanted });
    }
    let sizes = announced.iter().map(|&n| n as usize).collect();
    Ok(Idx {
        sizes,
        bytes,
        header,
    })
}

impl Idx {
    /// The unpacked file, byte for byte.
    pub fn contents(&self) -> impl Iterator<Item = &[u8]> {
        [&self.header[..], &self.bytes[..]].into_iter()
    }
}

fn header_error(error: io::Error) -> IdxError {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => IdxError::TruncatedHeader,
        _ => IdxError::Io(error),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    /// An IDX file of bytes with these sizes and elements 0, 1, 2, ...
    fn file(sizes: &[u32], elements: usize) -> Vec<u8> {
        let mut file = vec![0, 0, UNSIGNED_BYTE, sizes.len() as u8];
        for size in sizes {
            file.extend_from_slice(&size.to_be_bytes());
        }
        file.extend((0..elements).map(|i| i as u8));
        file
    }

    fn gzip(plain: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    }

    fn read_bytes(file: &[u8], sizes: usize) -> Result<Idx, IdxError> {
        parse(file, file.len() as u64, sizes)
    }

    fn complaint(file: &[u8], sizes: usize) -> String {
        read_bytes(file, sizes).unwrap_err().to_string()
    }

    #[test]
    fn plain_and_packed_give_the_same() {
        let plain = file(&[2, 3, 5], 30);
        let idx = read_bytes(&plain, 3).unwrap();
        assert_eq!(idx.sizes, [2, 3, 5]);
        assert_eq!(idx.bytes, (0..30).collect::<Vec<u8>>());
        assert_eq!(idx.contents().collect::<Vec<_>>().concat(), plain);
        assert_eq!(read_bytes(&gzip(&plain), 3).unwrap(), idx);
    }

    #[test]
    fn a_file_cut_anywhere_is_refused() {
        let plain = file(&[2, 3, 5], 30);
        let packed = gzip(&plain);
        for whole in [&plain, &packed] {
            for end in 0..whole.len() {
                assert!(read_bytes(&whole[..end], 3).is_err(), "cut at {end}");
            }
        }
        assert!(complaint(&plain[..40], 3).contains("24 bytes, but its header announces 30"));
        assert!(complaint(&plain[..9], 3).contains("inside its header"));
    }

    #[test]
    fn bytes_behind_the_last_element_are_refused() {
        let mut plain = file(&[7], 8);
        assert!(complaint(&plain, 1).contains("after the 7 bytes"));
        assert!(complaint(&gzip(&plain), 1).contains("after the 7 bytes"));
        plain.pop();
        let mut packed = gzip(&plain);
        packed.push(1);
        assert!(read_bytes(&packed, 1).is_err());
    }

    #[test]
    fn labels_are_no_images_and_floats_are_no_bytes() {
        assert!(complaint(&file(&[4], 4), 3).contains("expected [00, 00, 08, 03]"));
        let mut floats = file(&[4], 16);
        floats[2] = 0x0d;
        assert!(complaint(&floats, 1).contains("[00, 00, 0d, 01]"));
    }

    #[test]
    fn a_lying_header_takes_no_memory() {
        assert!(complaint(&file(&[u32::MAX; 3], 9), 3).contains("too large"));
        assert!(complaint(&file(&[1 << 29], 9), 1).contains("cut off"));
        assert!(complaint(&gzip(&file(&[1 << 29], 9)), 1).contains("more than its"));
    }

    #[test]
    fn a_bomb_is_not_unpacked_beyond_its_announcement() {
        let mut bomb = file(&[10], 10);
        bomb.resize(50_000_000, 0);
        let idx = read_bytes(&gzip(&bomb), 1);
        assert!(matches!(idx, Err(IdxError::TrailingBytes { wanted: 10 })));
    }

    #[test]
    fn a_damaged_checksum_is_noticed() {
        let mut packed = gzip(&file(&[300], 300));
        let checksum = packed.len() - 8;
        packed[checksum] ^= 1;
        assert!(matches!(read_bytes(&packed, 1), Err(IdxError::BadGzip(_))));
    }
}
