//! The secret of HS256.

use std::fmt;
use std::str::FromStr;
use zeroize::Zeroizing;

/// RFC 7518 §3.2: a key of the hash's size or larger.
const MIN_BYTES: usize = 32;

/// A secret that the service shares with whoever verifies its tokens; never printed.
#[derive(Clone)]
pub struct SharedSecret(Zeroizing<String>);

/// The secret is too short; it is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the secret of HS256 must have at least 32 bytes")]
pub struct SharedSecretError;

impl SharedSecret {
    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl FromStr for SharedSecret {
    type Err = SharedSecretError;

    fn from_str(text: &str) -> Result<Self, SharedSecretError> {
        if text.len() < MIN_BYTES {
            return Err(SharedSecretError);
        }
        Ok(Self(Zeroizing::new(text.to_owned())))
    }
}

impl fmt::Debug for SharedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fewer_than_32_bytes_are_refused() {
        assert!("s".repeat(31).parse::<SharedSecret>().is_err());
        assert!("s".repeat(32).parse::<SharedSecret>().is_ok());
    }

    #[test]
    fn a_secret_is_never_printed() {
        assert_eq!(format!("{:?}", "s".repeat(32).parse::<SharedSecret>().unwrap()), "SharedSecret(…)");
    }
}
