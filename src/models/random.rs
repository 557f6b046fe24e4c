//! Named random streams: one generator for each purpose, so that adding one changes no other.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use sha2::{Digest, Sha256};

/// A generator whose state is four words, saved in checkpoints as it is.
pub type Stream = Xoshiro256PlusPlus;

/// The stream for `purpose` ("weights", "batches", ...) of the run with this seed.
pub fn stream(seed: u64, purpose: &str) -> Stream {
    let hash = Sha256::digest(purpose.as_bytes());
    let number = u64::from_le_bytes(hash[..8].try_into().expect("a hash has 32 bytes"));
    let mut source = ChaCha8Rng::seed_from_u64(seed);
    source.set_stream(number);
    let mut state = [0; 32];
    source.fill_bytes(&mut state);
    Stream::from_seed(state)
}

/// A number below `n`, which is above 0. The bias of the remainder is below `n / 2^64`.
pub fn below(stream: &mut Stream, n: usize) -> usize {
    (stream.next_u64() % n as u64) as usize
}

/// Puts the list into a random order (Fisher and Yates).
pub fn shuffle<T>(stream: &mut Stream, list: &mut [T]) {
    for i in (1..list.len()).rev() {
        let j = below(stream, i + 1);
        list.swap(i, j);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_differ_by_seed_and_by_purpose_and_repeat() {
        let first = |seed, purpose| stream(seed, purpose).next_u64();
        assert_eq!(first(1, "weights"), first(1, "weights"));
        assert_ne!(first(1, "weights"), first(2, "weights"));
        assert_ne!(first(1, "weights"), first(1, "batches"));
    }
}
