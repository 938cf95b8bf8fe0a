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
use zeroize::Zeroizing;

/// `OrpheanBeholderScryDoubt`: what is encrypted with the state in the end.
const PLAINTEXT: [[u32; 2]; 3] = [[0x4f72_7068, 0x6561_6e42], [0x6568_6f6c, 0x6465_7253], [0x6372_7944, 0x6f75_6274]];

/// Blowfish's state, a lane at a time. Were the subkeys of all lanes side by side, the compiler would mix them in with vector
/// instructions and take each lane out of the vector again for its table look-ups, at half the speed.
struct State<const L: usize> {
    lanes: Box<[LaneState; L]>,
}

struct LaneState {
    subkeys: [u32; 18],
    boxes: [[u32; 256]; 4],
}

/// Hashes `L` passwords; each result is the 24 bytes of which a stored hash shows 23.
pub(crate) fn bcrypt_interleaved<const L: usize>(cost: Cost, lanes: [&Lane; L]) -> [[u8; 24]; L] {
    let keys: Zeroizing<[[u32; 18]; L]> = Zeroizing::new(array::from_fn(|lane| cyclic_words(&lanes[lane].key)));
    let salts: [[u32; 18]; L] = array::from_fn(|lane| cyclic_words(&lanes[lane].salt));
    let mut state = State::new();
    state.expand(&keys, Some(&salts));
    for _ in 0..1_u32 << cost.get() {
        state.expand(&keys, None);
        state.expand(&salts, None);
    }
    state.output()
}

/// The first 18 words of `bytes` repeated for ever.
fn cyclic_words(bytes: &[u8]) -> [u32; 18] {
    array::from_fn(|word| u32::from_be_bytes(array::from_fn(|byte| bytes[(word * 4 + byte) % bytes.len()])))
}

impl<const L: usize> State<L> {
    fn new() -> Self {
        Self { lanes: Box::new(array::from_fn(|_lane| LaneState { subkeys: SUBKEYS, boxes: BOXES })) }
    }

    /// Mixes keys into the state; what is encrypted on the way is mixed with `salts`, if there are any.
    fn expand(&mut self, keys: &[[u32; 18]; L], salts: Option<&[[u32; 18]; L]>) {
        for (lane, key) in self.lanes.iter_mut().zip(keys) {
            for (subkey, key) in lane.subkeys.iter_mut().zip(key) {
                *subkey ^= key;
            }
        }
        let (mut left, mut right) = ([0; L], [0; L]);
        for pair in 0..9 {
            self.step(&mut left, &mut right, salts, pair);
            for (lane, state) in self.lanes.iter_mut().enumerate() {
                state.subkeys[2 * pair] = left[lane];
                state.subkeys[2 * pair + 1] = right[lane];
            }
        }
        for pair in 0..512 {
            self.step(&mut left, &mut right, salts, pair + 9);
            let (table, entry) = (pair / 128, pair % 128 * 2);
            for (lane, state) in self.lanes.iter_mut().enumerate() {
                state.boxes[table][entry] = left[lane];
                state.boxes[table][entry + 1] = right[lane];
            }
        }
    }

    /// Encrypts once more; the salt's four words take turns, two at a time.
    #[inline]
    fn step(&self, left: &mut [u32; L], right: &mut [u32; L], salts: Option<&[[u32; 18]; L]>, turn: usize) {
        if let Some(salts) = salts {
            let first = turn % 2 * 2;
            for lane in 0..L {
                left[lane] ^= salts[lane][first];
                right[lane] ^= salts[lane][first + 1];
            }
        }
        self.encipher(left, right);
    }

    #[inline]
    fn encipher(&self, left: &mut [u32; L], right: &mut [u32; L]) {
        for round in 0..8 {
            for (lane, state) in self.lanes.iter().enumerate() {
                left[lane] ^= state.subkeys[2 * round];
                right[lane] ^= mix(&state.boxes, left[lane]);
            }
            for (lane, state) in self.lanes.iter().enumerate() {
                right[lane] ^= state.subkeys[2 * round + 1];
                left[lane] ^= mix(&state.boxes, right[lane]);
            }
        }
        for (lane, state) in self.lanes.iter().enumerate() {
            let last = (left[lane] ^ state.subkeys[16], right[lane] ^ state.subkeys[17]);
            (right[lane], left[lane]) = last;
        }
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
