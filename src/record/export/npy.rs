//! An array as `numpy.lib.format` documents it, version 1.0.

use std::io::{self, Write};

use crate::models::array::{Array, Numbers};

const MAGIC: &[u8; 8] = b"\x93NUMPY\x01\x00";

/// The numbers begin at a multiple of this.
const ALIGNED: usize = 64;

/// Everything before the numbers.
pub fn header(array: &Array) -> Vec<u8> {
    let kind = match array.numbers {
        Numbers::F32(_) => "<f4",
        Numbers::F64(_) => "<f8",
        Numbers::U32(_) => "<u4",
        Numbers::U64(_) => "<u8",
    };
    let shape: Vec<u64> = array.shape.iter().map(|&n| n as u64).collect();
    head(kind, &shape, ALIGNED)
}

/// The header of numbers of a `kind`, as many bytes as a multiple of `aligned`.
pub fn head(kind: &str, shape: &[u64], aligned: usize) -> Vec<u8> {
    // A tuple of one has a comma behind it.
    let shape: String = shape.iter().map(|n| format!("{n},")).collect();
    let dictionary = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': ({shape}), }}");
    let bare = MAGIC.len() + 2 + dictionary.len() + 1;
    let padding = bare.next_multiple_of(aligned) - bare;
    let length = (dictionary.len() + padding + 1) as u16;
    let mut out = MAGIC.to_vec();
    out.extend(length.to_le_bytes());
    out.extend(dictionary.as_bytes());
    out.resize(out.len() + padding, b' ');
    out.push(b'\n');
    out
}

/// The bytes of a `.npy` file.
/// # Errors
/// When `out` refuses.
pub fn write(array: &Array, out: &mut (impl Write + ?Sized)) -> io::Result<()> {
    out.write_all(&header(array))?;
    array.numbers.write(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_padded_to_64_and_ends_in_a_line_feed() {
        for shape in [vec![], vec![5], vec![2, 3], vec![1; 14]] {
            let count = shape.iter().product();
            let array = Array::new("a", &shape, Numbers::F32(vec![0.0; count]));
            let header = header(&array);
            assert_eq!(header.len() % 64, 0);
            assert_eq!(&header[..8], b"\x93NUMPY\x01\x00");
            let length = usize::from(u16::from_le_bytes([header[8], header[9]]));
            assert_eq!(length, header.len() - 10);
            assert_eq!(header.last(), Some(&b'\n'));
        }
    }

    #[test]
    fn numbers_follow_row_by_row_in_little_endian() {
        let array = Array::new("a", &[1, 2], Numbers::U32(vec![1, 0x0102_0304]));
        let mut out = Vec::new();
        write(&array, &mut out).unwrap();
        let text = String::from_utf8_lossy(&out[10..out.len() - 8]).into_owned();
        assert_eq!(
            text.trim_end(),
            "{'descr': '<u4', 'fortran_order': False, 'shape': (1,2,), }"
        );
        assert_eq!(out[out.len() - 8..], [1, 0, 0, 0, 4, 3, 2, 1]);
    }
}
