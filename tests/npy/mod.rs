//! Arrays and archives read by their published rules alone.

use std::collections::BTreeMap;

/// An array as `numpy.lib.format` documents it: shape, kind, and the bytes of its numbers.
pub struct Npy {
    pub kind: String,
    pub shape: Vec<usize>,
    pub data: Vec<u8>,
}

impl Npy {
    pub fn parse(bytes: &[u8]) -> Self {
        assert_eq!(&bytes[..8], b"\x93NUMPY\x01\x00");
        let length = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
        assert_eq!((10 + length) % 64, 0);
        let header = std::str::from_utf8(&bytes[10..10 + length]).unwrap();
        assert!(
            header.starts_with('{') && header.ends_with('\n'),
            "{header}"
        );
        let after = |key: &str| header.split(&format!("'{key}': ")).nth(1).unwrap();
        assert!(after("fortran_order").starts_with("False"));
        let kind = after("descr").split('\'').nth(1).unwrap().to_owned();
        let tuple = after("shape")
            .trim_start_matches('(')
            .split(')')
            .next()
            .unwrap();
        let sizes = tuple
            .split(',')
            .map(str::trim)
            .filter(|size| !size.is_empty());
        let shape: Vec<usize> = sizes.map(|size| size.parse().unwrap()).collect();
        let size: usize = kind[2..].parse().unwrap();
        let data = bytes[10 + length..].to_vec();
        assert_eq!(data.len(), size * shape.iter().product::<usize>());
        Self { kind, shape, data }
    }

    pub fn f64s(&self) -> Vec<f64> {
        let each = |eight: &[u8]| f64::from_le_bytes(eight.try_into().unwrap());
        let four = |four: &[u8]| f64::from(f32::from_le_bytes(four.try_into().unwrap()));
        match self.kind.as_str() {
            "<f8" => self.data.chunks(8).map(each).collect(),
            "<f4" => self.data.chunks(4).map(four).collect(),
            "<u4" => self
                .data
                .chunks(4)
                .map(|n| u32::from_le_bytes(n.try_into().unwrap()).into())
                .collect(),
            "<u8" => self
                .data
                .chunks(8)
                .map(|n| u64::from_le_bytes(n.try_into().unwrap()) as f64)
                .collect(),
            other => panic!("{other}"),
        }
    }
}

/// The members of a ZIP archive, found by its directory, their checksums compared.
pub fn unzip(bytes: &[u8]) -> BTreeMap<String, Npy> {
    let two = |at: usize| usize::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]));
    let four = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    let end = bytes.len() - 22;
    assert_eq!(&bytes[end..end + 4], b"PK\x05\x06");
    let (count, mut at) = (two(end + 10), four(end + 16));
    let mut members = BTreeMap::new();
    for _ in 0..count {
        assert_eq!(&bytes[at..at + 4], b"PK\x01\x02");
        let (size, name_length, local) = (four(at + 24), two(at + 28), four(at + 42));
        assert_eq!((two(at + 10), four(at + 20)), (0, size), "not compressed");
        let name = String::from_utf8(bytes[at + 46..at + 46 + name_length].to_vec()).unwrap();
        assert_eq!(&bytes[local..local + 4], b"PK\x03\x04");
        let start = local + 30 + two(local + 26) + two(local + 28);
        let data = &bytes[start..start + size];
        let mut sum = flate2::Crc::new();
        sum.update(data);
        assert_eq!(sum.sum() as usize, four(at + 16), "{name}");
        members.insert(
            name.strip_suffix(".npy").unwrap().to_owned(),
            Npy::parse(data),
        );
        at += 46 + name_length;
    }
    assert_eq!(at, end);
    members
}
