//! bcrypt for `L` passwords at once (Provos and Mazières, “A Future-Adaptable Password Scheme”, §4).
//!
//! Every step is done for all lanes before the next one, innermost: while one waits for its table, the others go on.
#![expect(
    clippy::indexing_slicing,
    reason = "tables have 256 entries and are indexed by bytes, subkeys by constants below 18, lanes by numbers below L"
)]

use crate::lanes::Lane;
use crate::pi::{BOXES, SUBKEYS};
use crate::settings::Cost;
use std::array;

/// `OrpheanBeholderScryDoubt`: what is encrypted with the state in the end.
const PLAINTEXT: [[u32; 2]; 3] = [[0x4f72_7068, 0x6561_6e42], [0x6568_6f6c, 0x6465_7253], [0x6372_7944, 0x6f75_6274]];

/// A word of each lane.
type Word<const L: usize> = [u32; L];

/// Blowfish's state, once a lane.
struct State<const L: usize> {
    subkeys: [Word<L>; 18],
    boxes: Box<[[[u32; 256]; 4]; L]>,
}

/// Hashes `L` passwords; each result is the 24 bytes of which a stored hash shows 23.
pub(crate) fn bcrypt_interleaved<const L: usize>(cost: Cost, lanes: [&Lane; L]) -> [[u8; 24]; L] {
    let keys: [Word<L>; 18] = array::from_fn(|word| array::from_fn(|lane| cyclic_word(&lanes[lane].key, word)));
    let salts: [Word<L>; 18] = array::from_fn(|word| array::from_fn(|lane| cyclic_word(&lanes[lane].salt, word)));
    let mut state = State::new();
    state.expand(&keys, Some(&salts));
    for _ in 0..1_u32 << cost.get() {
        state.expand(&keys, None);
        state.expand(&salts, None);
    }
    state.output()
}

/// The 32-bit word at `index` of `bytes` repeated for ever.
fn cyclic_word(bytes: &[u8], index: usize) -> u32 {
    u32::from_be_bytes(array::from_fn(|byte| bytes[(index * 4 + byte) % bytes.len()]))
}

impl<const L: usize> State<L> {
    fn new() -> Self {
        Self { subkeys: SUBKEYS.map(|word| [word; L]), boxes: Box::new([BOXES; L]) }
    }

    /// Mixes keys into the state; what is encrypted on the way is mixed with `salts`, if there are any.
    fn expand(&mut self, keys: &[Word<L>; 18], salts: Option<&[Word<L>; 18]>) {
        for (subkey, key) in self.subkeys.iter_mut().zip(keys) {
            for lane in 0..L {
                subkey[lane] ^= key[lane];
            }
        }
        let (mut left, mut right) = ([0; L], [0; L]);
        for pair in 0..9 {
            self.step(&mut left, &mut right, salts, pair);
            self.subkeys[2 * pair] = left;
            self.subkeys[2 * pair + 1] = right;
        }
        for pair in 0..512 {
            self.step(&mut left, &mut right, salts, pair + 9);
            let (table, entry) = (pair / 128, pair % 128 * 2);
            for lane in 0..L {
                self.boxes[lane][table][entry] = left[lane];
                self.boxes[lane][table][entry + 1] = right[lane];
            }
        }
    }

    /// Encrypts once more; the salt's four words take turns, two at a time.
    #[inline]
    fn step(&self, left: &mut Word<L>, right: &mut Word<L>, salts: Option<&[Word<L>; 18]>, turn: usize) {
        if let Some(salts) = salts {
            let first = turn % 2 * 2;
            for lane in 0..L {
                left[lane] ^= salts[first][lane];
                right[lane] ^= salts[first + 1][lane];
            }
        }
        self.encipher(left, right);
    }

    #[inline]
    fn encipher(&self, left: &mut Word<L>, right: &mut Word<L>) {
        for round in 0..8 {
            for lane in 0..L {
                left[lane] ^= self.subkeys[2 * round][lane];
                right[lane] ^= mix(&self.boxes[lane], left[lane]);
            }
            for lane in 0..L {
                right[lane] ^= self.subkeys[2 * round + 1][lane];
                left[lane] ^= mix(&self.boxes[lane], right[lane]);
            }
        }
        for lane in 0..L {
            left[lane] ^= self.subkeys[16][lane];
            right[lane] ^= self.subkeys[17][lane];
        }
        std::mem::swap(left, right);
    }

    fn output(&self) -> [[u8; 24]; L] {
        let mut outputs = [[0; 24]; L];
        for (block, words) in PLAINTEXT.iter().enumerate() {
            let (mut left, mut right) = ([words[0]; L], [words[1]; L]);
            for _ in 0..64 {
                self.encipher(&mut left, &mut right);
            }
            for lane in 0..L {
                outputs[lane][block * 8..][..4].copy_from_slice(&left[lane].to_be_bytes());
                outputs[lane][block * 8 + 4..][..4].copy_from_slice(&right[lane].to_be_bytes());
            }
        }
        outputs
    }
}

/// Blowfish's round function.
#[inline]
fn mix(boxes: &[[u32; 256]; 4], word: u32) -> u32 {
    let [a, b, c, d] = word.to_be_bytes().map(usize::from);
    (boxes[0][a].wrapping_add(boxes[1][b]) ^ boxes[2][c]).wrapping_add(boxes[3][d])
}

#[cfg(test)]
mod tests {
    use crate::lanes::{Lane, MAX_LANES, hash_all};
    use crate::settings::Cost;
    use proptest::prelude::*;

    fn reference(cost: Cost, lanes: &[Lane]) -> Vec<[u8; 24]> {
        lanes.iter().map(|lane| bcrypt::bcrypt(cost.get(), lane.salt, &lane.key)).collect()
    }

    #[test]
    fn every_length_up_to_72_bytes_gives_the_bits_of_the_reference() {
        let cost = Cost::new(4).unwrap();
        let text: Vec<u8> = (1..=72).collect();
        for lanes in 1..=MAX_LANES {
            for length in 0..=72 {
                let lanes: Vec<_> = (0..lanes)
                    .map(|i| Lane::new(&text[i.min(length)..length], [u8::try_from(length).unwrap(); 16]))
                    .collect();
                assert_eq!(hash_all(cost, &lanes, true), reference(cost, &lanes), "{length} bytes");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn any_passwords_and_salts_give_the_bits_of_the_reference(
            inputs in prop::collection::vec((prop::collection::vec(1_u8.., 0..=72), any::<[u8; 16]>()), 1..=MAX_LANES),
            cost in 4_u32..=6,
        ) {
            let cost = Cost::new(cost).unwrap();
            let lanes: Vec<_> = inputs.iter().map(|(password, salt)| Lane::new(password, *salt)).collect();
            prop_assert_eq!(hash_all(cost, &lanes, true), reference(cost, &lanes));
            prop_assert_eq!(hash_all(cost, &lanes, false), reference(cost, &lanes));
        }
    }
}
