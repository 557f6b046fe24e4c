//! Changes of an input: flips, cuts, repeats, splices, interesting numbers and words.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::RngCore;

pub type Random = Xoshiro256PlusPlus;

/// Inputs do not grow beyond this, so that many can be read.
const LONGEST: usize = 1 << 16;

const NUMBERS: [&str; 12] = [
    "0",
    "-1",
    "1e308",
    "1e-320",
    "nan",
    "inf",
    "255",
    "65536",
    "4294967296",
    "9007199254740993",
    "9223372036854775807",
    "18446744073709551615",
];

const BYTES: [u8; 8] = [0, 1, 0x0a, 0x1f, 0x7f, 0x80, 0xf4, 0xff];

/// A number below `limit`; 0 where that is 0.
pub fn below(random: &mut Random, limit: usize) -> usize {
    match limit {
        0 => 0,
        _ => (random.next_u64() % limit as u64) as usize,
    }
}

/// `input` with one to four changes; `other` is where splices come from.
pub fn changed(random: &mut Random, input: &[u8], other: &[u8], words: &[&str]) -> Vec<u8> {
    let mut bytes = input.to_vec();
    for _ in 0..=below(random, 4) {
        change(random, &mut bytes, other, words);
    }
    bytes.truncate(LONGEST.max(input.len()));
    bytes
}

fn change(random: &mut Random, bytes: &mut Vec<u8>, other: &[u8], words: &[&str]) {
    let at = below(random, bytes.len());
    let end = (at + 1 + below(random, 32)).min(bytes.len());
    match below(random, 9) {
        0 if !bytes.is_empty() => bytes[at] ^= 1 << below(random, 8),
        1 if !bytes.is_empty() => bytes[at] = BYTES[below(random, BYTES.len())],
        2 => bytes.truncate(at),
        3 => drop(bytes.drain(at..end)),
        4 => {
            let times = 1 << below(random, 10);
            let piece = bytes[at..end].repeat(times);
            bytes.splice(at..at, piece);
        }
        5 if !other.is_empty() => {
            let from = below(random, other.len());
            let to = (from + 1 + below(random, 256)).min(other.len());
            bytes.splice(at..end, other[from..to].iter().copied());
        }
        6 => number(random, bytes, at),
        7 if !words.is_empty() => {
            let word = words[below(random, words.len())].bytes();
            bytes.splice(at..at, word);
        }
        _ => {
            let width = [1, 2, 4, 8][below(random, 4)].min(bytes.len() - at);
            let number = [0, 1, u64::MAX, 1 << 31, 1 << 63][below(random, 5)];
            bytes[at..at + width].copy_from_slice(&number.to_le_bytes()[..width]);
        }
    }
}

/// Another number in the place of the next one, where there is one.
fn number(random: &mut Random, bytes: &mut Vec<u8>, at: usize) {
    let digit = |byte: &u8| byte.is_ascii_digit();
    let start = bytes[at..].iter().position(digit).map_or(at, |n| at + n);
    let length = bytes[start..].iter().take_while(|byte| digit(byte)).count();
    let other = NUMBERS[below(random, NUMBERS.len())].bytes();
    bytes.splice(start..start + length, other);
}
