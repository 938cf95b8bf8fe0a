//! The secret that proves a session: a refresh token or a cookie.

use super::SessionId;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use std::fmt;
use subtle::ConstantTimeEq;
use uuid::Uuid;
use zeroize::{Zeroize, Zeroizing};

const ID: usize = 16;
const GENERATION: usize = 4;
const SECRET: usize = 32;

/// Names a session and proves it by 256 bits; never printed.
///
/// The name lets a used one be recognised for what it is however old it is, without keeping any but the current one's digest.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken {
    /// Whose secret it is.
    pub session: SessionId,
    /// Which of the session's secrets.
    pub generation: u32,
    /// The secret itself.
    pub secret: SessionSecret,
}

/// 256 bits that only their bearer knows.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionSecret(Zeroizing<[u8; SECRET]>);

/// SHA-256 of a secret: what may be stored of it. Compared in constant time.
#[derive(Clone, Copy)]
pub struct SecretDigest([u8; 32]);

impl SessionToken {
    /// The first secret of a session.
    #[must_use]
    pub fn first(session: SessionId, secret: SessionSecret) -> Self {
        Self { session, generation: 0, secret }
    }

    /// The token that comes after this one, with a secret of its own; `None` after four thousand million.
    #[must_use]
    pub fn followed_by(&self, secret: SessionSecret) -> Option<Self> {
        Some(Self { session: self.session, generation: self.generation.checked_add(1)?, secret })
    }

    /// Reads 70 characters of base64url; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; ID + GENERATION + SECRET];
        let length = BASE64_URL_SAFE_NO_PAD.decode_slice(text, &mut bytes).ok()?;
        if length != bytes.len() {
            return None;
        }
        let (id, rest) = bytes.split_first_chunk::<ID>()?;
        let (generation, secret) = rest.split_first_chunk::<GENERATION>()?;
        let token = Self {
            session: SessionId::new(Uuid::from_bytes(*id)),
            generation: u32::from_be_bytes(*generation),
            secret: SessionSecret::new(secret.try_into().ok()?),
        };
        bytes.zeroize();
        Some(token)
    }

    /// The token as it is handed out.
    #[must_use]
    pub fn expose(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.to_bytes())
    }

    /// What the text stands for: the id, the generation, the secret.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let generation = self.generation.to_be_bytes();
        [self.session.as_uuid().as_bytes().as_slice(), generation.as_slice(), self.secret.expose().as_slice()].concat()
    }
}

impl SessionSecret {
    /// Wraps bytes that a secret generator made, or that were derived from such.
    #[must_use]
    pub fn new(bytes: [u8; SECRET]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes.
    #[must_use]
    pub fn expose(&self) -> &[u8; SECRET] {
        &self.0
    }
}

impl SecretDigest {
    /// Wraps a digest.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl PartialEq for SecretDigest {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for SecretDigest {}

impl fmt::Debug for SecretDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretDigest(…)")
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionToken").field("session", &self.session).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn token(generation: u32) -> SessionToken {
        let session = SessionId::new(Uuid::from_u128(7));
        SessionToken { session, generation, secret: SessionSecret::new([0xfb; 32]) }
    }

    #[test]
    fn a_token_is_read_again_as_it_was() {
        let text = token(258).expose();
        assert_eq!(text.len(), 70);
        assert_eq!(SessionToken::parse(&text), Some(token(258)));
    }

    #[test]
    fn other_lengths_and_alphabets_are_none() {
        let text = token(0).expose();
        for other in [
            String::new(),
            text.replace('-', "+"),
            format!("{text}A"),
            format!("{text}=="),
            text.get(..69).unwrap().to_owned(),
        ] {
            assert_eq!(SessionToken::parse(&other), None, "{other}");
        }
    }

    #[test]
    fn generations_end_instead_of_beginning_again() {
        assert!(token(u32::MAX).followed_by(SessionSecret::new([0; 32])).is_none());
        assert_eq!(token(1).followed_by(SessionSecret::new([0; 32])).unwrap().generation, 2);
    }

    #[test]
    fn secrets_are_never_printed() {
        assert!(!format!("{:?}", token(0)).contains("251"));
        assert_eq!(format!("{:?}", SecretDigest::new([251; 32])), "SecretDigest(…)");
    }

    proptest! {
        #[test]
        fn whatever_is_read_is_written_the_same(text in "[A-Za-z0-9_-]{70}|.{0,80}") {
            if let Some(token) = SessionToken::parse(&text) {
                prop_assert_eq!(token.expose(), text);
            }
        }
    }
}
