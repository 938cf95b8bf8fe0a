//! The key that other keys are sealed with.

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD};
use std::fmt;
use std::str::FromStr;
use threshold_application::ports::SecretGenerator;
use zeroize::{Zeroize, Zeroizing};

/// 32 secret bytes that all instances share; never printed.
#[derive(Clone)]
pub struct MasterKey(Zeroizing<[u8; 32]>);

/// The text is no master key; it is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the secret key must be 32 bytes, written as 64 hexadecimal digits or in base64")]
pub struct MasterKeyError;

impl MasterKey {
    /// A new key.
    #[must_use]
    pub fn generate(secrets: &dyn SecretGenerator) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        secrets.fill(bytes.as_mut_slice());
        Self(bytes)
    }

    /// The key as 64 hexadecimal digits, to be kept in a file.
    #[must_use]
    pub fn to_hex(&self) -> Zeroizing<String> {
        let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or_default();
        Zeroizing::new(self.0.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect())
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl FromStr for MasterKey {
    type Err = MasterKeyError;

    fn from_str(text: &str) -> Result<Self, MasterKeyError> {
        let mut bytes = decode(text).ok_or(MasterKeyError)?;
        let key = <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_length| MasterKeyError);
        bytes.zeroize();
        Ok(Self(Zeroizing::new(key?)))
    }
}

fn decode(text: &str) -> Option<Vec<u8>> {
    if text.len() == 64 {
        return decode_hex(text);
    }
    [BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD]
        .iter()
        .find_map(|engine| engine.decode(text).ok())
}

fn decode_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, _odd) = text.as_bytes().as_chunks::<2>();
    pairs.iter().map(|&[high, low]| Some(digit(high)? << 4 | digit(low)?)).collect()
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_and_every_kind_of_base64_are_read() {
        let bytes = [0xfb; 32];
        let hex = "fb".repeat(32);
        let base64 =
            [BASE64_STANDARD.encode(bytes), BASE64_URL_SAFE_NO_PAD.encode(bytes), BASE64_URL_SAFE.encode(bytes)];
        for text in base64.iter().chain([&hex, &hex.to_uppercase()]) {
            assert_eq!(text.parse::<MasterKey>().unwrap().bytes(), &bytes, "{text}");
        }
        assert_eq!(*hex.parse::<MasterKey>().unwrap().to_hex(), hex);
    }

    #[test]
    fn other_lengths_and_alphabets_are_refused() {
        for text in
            ["", "secret", &"ab".repeat(31), &"zz".repeat(32), &BASE64_STANDARD.encode([1; 31]), &"+f".repeat(32)]
        {
            assert!(text.parse::<MasterKey>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_key_is_never_printed() {
        assert_eq!(format!("{:?}", "fb".repeat(32).parse::<MasterKey>().unwrap()), "MasterKey(…)");
    }
}
