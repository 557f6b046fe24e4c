//! The strokes of letters on a grid: a digit is x, the letter behind it is y, `c` being the base
//! line, `h` the height of small letters and `j` that of capitals. A stroke after `~` is round.

use super::drawing::Point;

#[rustfmt::skip]
const ASCII: [&str; 95] = [
    "", "0j0e 0c0c", "0j0h 2j2h", "1c2j 3c4j 0e5e 0h5h", "~4i3j1j0i0h1g3f4e4d3c1c0d 2b2k",
    "6j2c ~1j0i0h1g2h2i1j ~7f6e6d7c8d8e7f", "~6c1h1i2j3i3h0e0d1c3c6f", "0j0h", "~2k0h0d2a", "~0k2h2d0a",
    "1j1g 0i2h 0h2i", "2d2h 0f4f", "1d1c0b", "0f2f", "0c0c", "0c2j",
    "~1j0i0d1c3c4d4i3j1j", "0i2j2c", "~0i1j3j4i4g0c 0c4c", "~0i1j3j4i4h3g2g ~2g3g4f4d3c1c0d", "3c3j0e4e",
    "4j1j0f ~0f1g3g4f4d3c1c0d", "~4i3j1j0h0d1c3c4d4f3g1g0f", "0j4j1c", "~1g0h0i1j3j4i4h3g1g ~1g0f0d1c3c4d4f3g1g",
    "~0d1c3c4e4i3j1j0i0g1f3f4g",
    "0c0c 0g0g", "1g1g 1d1c0b", "4h0f4d", "0e4e 0g4g", "0h4f0d", "~0i1j3j4i4h2f2e 2c2c",
    "~5g4h3h2f3d4d5e5h ~5e6d7e7g6i4j2j0h0d2b5b",
    "0c3j6c 1e5e", "0c0j ~0j3j4i4h3g0g ~0g4g5f5d4c0c", "~6i4j2j0h0e2c4c6d", "0c0j ~0j3j5h5e3c0c", "5j0j0c5c 0g4g",
    "5j0j0c 0g4g", "~6i4j2j0h0e2c4c6d 6d6f4f", "0c0j 5c5j 0g5g", "0c0j", "~3j3d2c1c0d0e", "0c0j 5j0f 2g5c",
    "0j0c4c", "0c0j3c6j6c", "0c0j5c5j", "~2j0h0e2c4c6e6h4j2j", "0c0j ~0j4j5i5g4f0f", "~2j0h0e2c4c6e6h4j2j 4e6c",
    "0c0j ~0j4j5i5h4g0g 3g5c", "~5i4j1j0i0h1g4f5e5d4c1c0d", "0j5j 2j2c", "~0j0d1c4c5d5j", "0j3c6j", "0j2c4j6c8j",
    "0c5j 0j5c", "0j3g6j 3g3c", "0j5j0c5c",
    "1k0k0a1a", "0j2c", "0k1k1a0a", "0g2j4g", "0a5a", "0j1i",
    "4h4c ~4g3h1h0g0d1c3c4d", "0c0j ~0d1c3c4d4g3h1h0g", "~4g3h1h0g0d1c3c4d", "4c4j ~4d3c1c0d0g1h3h4g",
    "0f4f ~4f4g3h1h0g0d1c3c4d", "~2j1j1i1c 0h2h", "~4h4b3a1a0b ~4d3c1c0d0g1h3h4g", "0c0j ~0g1h3h4g4c", "0c0h 0j0j",
    "~1h1b0a 1j1j", "0c0j 4h0e 1f4c", "0c0j", "0c0h ~0g1h2h3g3c ~3g4h5h6g6c", "0c0h ~0g1h3h4g4c",
    "~1h0g0d1c3c4d4g3h1h", "0a0h ~0d1c3c4d4g3h1h0g", "4a4h ~4d3c1c0d0g1h3h4g", "0c0h ~0g1h2h",
    "~4g3h1h0g1f3e4d3c1c0d", "~1j1d2c 0h2h", "~0h0d1c3c4d 4h4c", "0h2c4h", "0h2c3g4c6h", "0c4h 0h4c",
    "0h2c 4h2c1a0a", "0h4h0c4c",
    "~2k1j1g0f ~0f1e1b2a", "0a0k", "~0k1j1g2f ~2f1e1b0a", "~0f1g3e4f",
];

fn written(c: char) -> &'static str {
    if let Some(place) = (c as usize).checked_sub(0x20)
        && let Some(strokes) = ASCII.get(place)
    {
        return strokes;
    }
    match c {
        'µ' | 'μ' => "0a0h ~0d1c3c4d 4h4c",
        '°' => "~1j0i1h2i1j",
        '±' => "2e2i 0g4g 0c4c",
        '·' => "0f0f",
        '–' | '—' | '−' => "0f4f",
        '×' => "0d4h 0h4d",
        '√' => "0f1f2c3k5k",
        'Δ' => "0c2j4c0c",
        'η' => "0c0h ~0g1h3h4g4a",
        'α' => "~4h3d1c0d0g1h3g4c",
        'β' => "0a0i ~0i1j3j4i4h3g1g ~1g3g4f4d3c1c0d",
        'τ' => "0h4h ~2h2d3c",
        'θ' => "~1j0i0d1c3c4d4i3j1j 0f4f",
        'σ' => "~1h0g0d1c3c4d4g3h 1h4h",
        '→' => "0f4f 3g4f3e",
        '←' => "4f0f 1g0f1e",
        '≥' => "0i4g0e 0c4c",
        '≤' => "4i0g4e 0c4c",
        '∠' => "3j0c4c",
        'ᵀ' => "0j2j 1j1g",
        // A box stands for every other one.
        _ => "0c0j4j4c0c",
    }
}

/// Points of each stroke in units of the grid from the base line up, and whether it is round.
pub fn strokes(c: char) -> Vec<(bool, Vec<Point>)> {
    let stroke = |words: &str| {
        let (round, pairs) = match words.strip_prefix('~') {
            Some(pairs) => (true, pairs),
            None => (false, words),
        };
        let place = |pair: &[u8]| {
            (
                f64::from(pair[0] - b'0'),
                f64::from(pair[1]) - f64::from(b'c'),
            )
        };
        let points = pairs.as_bytes().chunks_exact(2).map(place).collect();
        (round, points)
    };
    written(c).split_whitespace().map(stroke).collect()
}
