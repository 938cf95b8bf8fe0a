//! The secret that a machine proves itself with.

use crate::sessions::SecretDigest;
use sha2::{Digest, Sha256};
use std::fmt;
use zeroize::Zeroizing;

/// What every key begins with, so that people and scanners for secrets recognise one.
const MARK: &[u8; 4] = b"thr_";
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Of 62 letters each: 190 bits. The [`ApiKeyPrefix`] shows 4 of them; 166 bits stay secret.
const RANDOM: usize = 32;
/// The CRC-32 of everything before it, in base 62.
const CHECKSUM: usize = 6;
const UNCHECKED: usize = MARK.len() + RANDOM;
const LENGTH: usize = UNCHECKED + CHECKSUM;
const SHOWN: usize = MARK.len() + 4;
/// Bytes from here on are passed over: each letter shall be as likely as any other.
const FAIR: u8 = 62 * 4;

/// An API key as it is handed out: `thr_`, 32 random letters and digits, and a checksum of 6. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKeySecret(Zeroizing<[u8; LENGTH]>);

/// The first letters of a key: enough to recognise it, of no use to anybody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKeyPrefix(String);

impl ApiKeySecret {
    /// A new key of what `fill` fills bytes with, which must be from a secret generator.
    #[must_use]
    pub fn generate(fill: impl Fn(&mut [u8])) -> Self {
        // Room for what the last filling may bring too many, so that nothing is moved and left behind.
        let mut letters = Zeroizing::new(Vec::with_capacity(2 * RANDOM));
        let mut bytes = Zeroizing::new([0; RANDOM]);
        while letters.len() < RANDOM {
            fill(bytes.as_mut_slice());
            let fair = bytes.iter().filter(|byte| **byte < FAIR);
            letters.extend(fair.map(|byte| letter(u32::from(*byte))));
        }
        let mut key = Zeroizing::new([0; LENGTH]);
        let unchecked = MARK.iter().chain(letters.iter().take(RANDOM)).copied();
        key.iter_mut().zip(unchecked).for_each(|(place, byte)| *place = byte);
        let sum = checksum(key.as_slice());
        key.iter_mut().skip(UNCHECKED).zip(sum).for_each(|(place, byte)| *place = byte);
        Self(key)
    }

    /// Whether that is meant to be a key, right or wrong.
    #[must_use]
    pub fn is_meant_by(text: &str) -> bool {
        text.as_bytes().starts_with(MARK)
    }

    /// Reads a key; `None` for anything else, a mistyped key among it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let key = Zeroizing::new(<[u8; LENGTH]>::try_from(text.as_bytes()).ok()?);
        let has_form = Self::is_meant_by(text) && key.iter().skip(MARK.len()).all(u8::is_ascii_alphanumeric);
        (has_form && key.ends_with(&checksum(key.as_slice()))).then_some(Self(key))
    }

    /// The key as it is handed out.
    #[must_use]
    pub fn expose(&self) -> Zeroizing<String> {
        Zeroizing::new(self.0.iter().copied().map(char::from).collect())
    }

    /// SHA-256 of the key as it is handed out: what is stored of it. It needs no salt, as nobody can guess so many letters.
    #[must_use]
    pub fn digest(&self) -> SecretDigest {
        SecretDigest::new(Sha256::digest(self.0.as_slice()).into())
    }

    /// Its first letters.
    #[must_use]
    pub fn prefix(&self) -> ApiKeyPrefix {
        ApiKeyPrefix(self.0.iter().take(SHOWN).copied().map(char::from).collect())
    }
}

impl ApiKeyPrefix {
    /// Wraps what a store has kept.
    #[must_use]
    pub fn new(prefix: String) -> Self {
        Self(prefix)
    }

    /// The letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ApiKeySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKeySecret(…)")
    }
}

/// The letter that stands for a number modulo 62.
fn letter(number: u32) -> u8 {
    let place = usize::try_from(number % 62).unwrap_or_default();
    ALPHABET.get(place).copied().unwrap_or(b'0')
}

/// The checksum of a key, whatever stands in its own place there: the highest digit first.
fn checksum(key: &[u8]) -> [u8; CHECKSUM] {
    let mut rest = crc32fast::hash(key.get(..UNCHECKED).unwrap_or_default());
    let mut digits = [b'0'; CHECKSUM];
    for digit in digits.iter_mut().rev() {
        *digit = letter(rest);
        rest /= 62;
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::cell::Cell;

    /// A key of bytes that follow one another from `first` on.
    fn key(first: u8) -> ApiKeySecret {
        let next = Cell::new(first);
        ApiKeySecret::generate(|bytes| {
            for byte in bytes {
                *byte = next.get();
                next.set(next.get().wrapping_mul(5).wrapping_add(3));
            }
        })
    }

    #[test]
    fn a_key_is_read_again_as_it_was() {
        let text = key(1).expose();
        assert_eq!((text.len(), text.get(..4)), (42, Some("thr_")));
        assert_eq!(ApiKeySecret::parse(&text), Some(key(1)));
        assert_ne!(key(1), key(2));
        assert_eq!(key(1).prefix().as_str(), text.get(..8).unwrap());
    }

    #[test]
    fn every_letter_is_as_likely_as_any_other() {
        let mut counts = [0; 256];
        for byte in (0..=u8::MAX).filter(|byte| *byte < FAIR) {
            counts[usize::from(letter(u32::from(byte)))] += 1;
        }
        assert!(ALPHABET.iter().all(|letter| counts[usize::from(*letter)] == 4));
        let only_unfair_first = Cell::new(255);
        let made = ApiKeySecret::generate(|bytes| {
            bytes.fill(only_unfair_first.get());
            only_unfair_first.set(61);
        });
        assert_eq!(made.expose().get(4..36), Some("z".repeat(32).as_str()));
    }

    #[test]
    fn the_checksum_is_the_usual_one() {
        assert_eq!(crc32fast::hash(b"123456789"), 0xcbf4_3926);
        assert_eq!(checksum(&[0; 0]), *b"000000");
    }

    #[test]
    fn keys_are_never_printed() {
        let text = key(1).expose();
        assert!(!format!("{:?}", key(1)).contains(text.get(4..10).unwrap()));
    }

    proptest! {
        #[test]
        fn whatever_is_read_is_written_the_same(text in "thr_[A-Za-z0-9]{38}|thr_.{0,50}|.{0,60}") {
            if let Some(key) = ApiKeySecret::parse(&text) {
                let written = key.expose();
                prop_assert_eq!(written.as_str(), text);
            }
        }

        #[test]
        fn a_mistyped_key_is_none(first: u8, place in 0_usize..42, other in "[A-Za-z0-9_ ß]") {
            let text = key(first).expose();
            let mut mistyped: Vec<String> = text.chars().map(String::from).collect();
            mistyped[place] = other;
            let mistyped = mistyped.concat();
            prop_assert_eq!(ApiKeySecret::parse(&mistyped).is_some(), mistyped == *text);
        }

        #[test]
        fn two_letters_in_the_wrong_order_are_noticed(first: u8, place in 4_usize..41) {
            let text = key(first).expose();
            let mut letters: Vec<char> = text.chars().collect();
            letters.swap(place, place + 1);
            let swapped: String = letters.into_iter().collect();
            prop_assert_eq!(ApiKeySecret::parse(&swapped).is_some(), swapped == *text);
        }

        #[test]
        fn a_cut_or_longer_key_is_none(first: u8, length in 0_usize..42, more in "[A-Za-z0-9]{1,3}") {
            let text = key(first).expose();
            prop_assert!(ApiKeySecret::parse(text.get(..length).unwrap()).is_none());
            let longer = format!("{}{more}", *text);
            prop_assert!(ApiKeySecret::parse(&longer).is_none());
        }
    }
}
