//! Pixels as PNG: 8 bits a colour, compressed.

use std::io::Write;

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};

use super::canvas::Canvas;

/// The bytes of the file; `per_metre` pixels are shown at their true size.
pub fn write(canvas: &Canvas, per_metre: u32) -> Vec<u8> {
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut head = Vec::new();
    head.extend((canvas.width as u32).to_be_bytes());
    head.extend((canvas.height as u32).to_be_bytes());
    // Eight bits, red green blue, and the only compression, filtering and order there are.
    head.extend([8, 2, 0, 0, 0]);
    chunk(b"IHDR", &head, &mut out);
    let mut size = Vec::new();
    size.extend(per_metre.to_be_bytes());
    size.extend(per_metre.to_be_bytes());
    size.push(1);
    chunk(b"pHYs", &size, &mut out);
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::best());
    for row in canvas.pixels.chunks_exact(canvas.width) {
        let mut bytes = vec![0];
        bytes.extend(row.iter().flat_map(|(r, g, b)| [*r, *g, *b]));
        packed.write_all(&bytes).expect("memory takes everything");
    }
    let packed = packed.finish().expect("memory takes everything");
    chunk(b"IDAT", &packed, &mut out);
    chunk(b"IEND", &[], &mut out);
    out
}

fn chunk(kind: &[u8; 4], data: &[u8], out: &mut Vec<u8>) {
    out.extend((data.len() as u32).to_be_bytes());
    out.extend(kind);
    out.extend(data);
    let mut sum = Crc::new();
    sum.update(kind);
    sum.update(data);
    out.extend(sum.sum().to_be_bytes());
}
