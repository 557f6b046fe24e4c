//! Arrays in one file, as `numpy.savez` puts them: a ZIP archive whose members are not compressed.

use std::io::{self, Write};

use flate2::Crc;

use super::npy;
use crate::models::array::Array;

/// 1980-01-01, the first day that the format has: the same arrays are the same bytes.
const DATE: u16 = 0x21;

/// Of the format that the archive needs: 2.0.
const VERSION: u16 = 20;

/// Writes to nowhere and keeps the checksum.
struct Sum(Crc);

impl Write for Sum {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The bytes of a `.npz` file.
/// # Errors
/// When `out` refuses, or an archive of this kind cannot hold so much.
pub fn write(arrays: &[Array], out: &mut (impl Write + ?Sized)) -> io::Result<()> {
    let too_large = || io::Error::other("a .npz file holds at most 4 GB");
    let (mut directory, mut at) = (Vec::new(), 0u64);
    for array in arrays {
        let mut sum = Sum(Crc::new());
        npy::write(array, &mut sum)?;
        let size = npy::header(array).len() as u64 + array.numbers.bytes();
        let size = u32::try_from(size).map_err(|_| too_large())?;
        let start = u32::try_from(at).map_err(|_| too_large())?;
        let name = format!("{}.npy", array.name);
        let mut entry = Vec::new();
        for number in [VERSION, 0, 0, 0, DATE] {
            entry.extend(number.to_le_bytes());
        }
        for number in [sum.0.sum(), size, size] {
            entry.extend(number.to_le_bytes());
        }
        entry.extend((name.len() as u16).to_le_bytes());
        entry.extend(0u16.to_le_bytes());
        out.write_all(b"PK\x03\x04")?;
        out.write_all(&entry)?;
        out.write_all(name.as_bytes())?;
        npy::write(array, out)?;
        at += 4 + entry.len() as u64 + name.len() as u64 + u64::from(size);
        directory.extend(b"PK\x01\x02");
        directory.extend(VERSION.to_le_bytes());
        directory.extend(entry);
        // No comment, the first disk, no attributes.
        directory.extend([0; 10]);
        directory.extend(start.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let start = u32::try_from(at).map_err(|_| too_large())?;
    let count = u16::try_from(arrays.len()).map_err(|_| too_large())?;
    out.write_all(&directory)?;
    out.write_all(b"PK\x05\x06\0\0\0\0")?;
    out.write_all(&count.to_le_bytes())?;
    out.write_all(&count.to_le_bytes())?;
    out.write_all(&(directory.len() as u32).to_le_bytes())?;
    out.write_all(&start.to_le_bytes())?;
    out.write_all(&[0; 2])
}
