//! Spikes as a `.npy` file that grows: unsigned numbers of 32 bits, a row for each spike, its time step
//! and its cell.

use super::export::npy;

/// Bytes before the first row: room for any count of them.
pub const HEADER: u64 = 128;

/// Bytes of a row.
pub const ROW: u64 = 8;

/// The header of a file of so many bytes.
pub fn header(length: u64) -> Vec<u8> {
    let rows = length.saturating_sub(HEADER) / ROW;
    npy::head("<u4", &[rows, 2], HEADER as usize)
}

pub fn rows(spikes: &[[u32; 2]], out: &mut Vec<u8>) {
    out.extend(spikes.as_flattened().iter().flat_map(|n| n.to_le_bytes()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_has_one_size_for_every_count() {
        for length in [0, HEADER, HEADER + 8, HEADER + 80_000, u64::MAX] {
            assert_eq!(header(length).len() as u64, HEADER, "{length}");
        }
        let text = String::from_utf8_lossy(&header(HEADER + 24)).into_owned();
        assert!(text.contains("'shape': (3,2,)"), "{text}");
    }
}
