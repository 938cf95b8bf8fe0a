//! The keys that access tokens are signed with.

use crate::Timestamp;
use chrono::TimeDelta;
use std::fmt;

/// The `kid` of a key: its RFC 7638 thumbprint.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct KeyId(String);

impl KeyId {
    /// Wraps a thumbprint.
    #[must_use]
    pub fn new(thumbprint: String) -> Self {
        Self(thumbprint)
    }

    /// The thumbprint.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How access tokens are signed (RFC 7518 §3.1, RFC 8037 §3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignatureAlgorithm {
    /// Ed25519.
    EdDsa,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// HMAC with SHA-256 and a secret that the verifiers share; it has no public key and is never stored.
    Hs256,
}

impl SignatureAlgorithm {
    /// The name in a token's header.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
            Self::Hs256 => "HS256",
        }
    }

    /// The algorithm of that name, if it is one of ours; never `none`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::EdDsa, Self::Es256, Self::Hs256].into_iter().find(|a| a.as_str() == name)
    }
}

/// A stored key pair; the private half is sealed with the master key.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey {
    /// Its `kid`.
    pub id: KeyId,
    /// What it signs with.
    pub algorithm: SignatureAlgorithm,
    /// The private key, encrypted and authenticated with the master key.
    pub sealed_private_key: Vec<u8>,
    /// When it was made, and published.
    pub created_at: Timestamp,
    /// When it begins to sign: by then everybody has seen it among the public keys.
    pub signs_from: Timestamp,
    /// When it stops signing; it verifies on until the last of its tokens has expired.
    pub retired_at: Option<Timestamp>,
    /// When an operator took it out of use because it leaked: none of its tokens is accepted any more.
    pub withdrawn_at: Option<Timestamp>,
}

/// Where a key is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// Public, so that others can learn of it, and not signing yet.
    Published,
    /// Signing.
    Signing,
    /// It signs no more; its last tokens are still good.
    Retired,
    /// Nothing that it signed can be valid any more.
    Gone,
    /// Nothing that it signed is accepted.
    Withdrawn,
}

impl SigningKey {
    /// How much longer than its last token a key is kept: clocks differ.
    const MARGIN: TimeDelta = TimeDelta::minutes(1);

    /// Where it is in its life, given how long its tokens are valid.
    #[must_use]
    pub fn state(&self, now: Timestamp, token_lifetime: TimeDelta) -> KeyState {
        match (self.withdrawn_at, self.retired_at) {
            (Some(_), _) => KeyState::Withdrawn,
            (None, Some(retired_at)) if now >= retired_at + token_lifetime + Self::MARGIN => KeyState::Gone,
            (None, Some(retired_at)) if now >= retired_at => KeyState::Retired,
            (None, Some(_) | None) if now >= self.signs_from => KeyState::Signing,
            (None, Some(_) | None) => KeyState::Published,
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("id", &self.id).field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

/// What verifiers need of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    /// Its `kid`.
    pub id: KeyId,
    /// The key itself.
    pub material: PublicKeyMaterial,
}

/// The numbers of a public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PublicKeyMaterial {
    /// Ed25519: the encoded point (RFC 8032 §5.1.2).
    Ed25519 {
        /// The point.
        x: [u8; 32],
    },
    /// P-256: the affine coordinates, big-endian.
    P256 {
        /// The first coordinate.
        x: [u8; 32],
        /// The second coordinate.
        y: [u8; 32],
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_published_signs_is_retired_and_gone() {
        let at = |minutes| Timestamp::UNIX_EPOCH + TimeDelta::minutes(minutes);
        let key = SigningKey {
            id: KeyId::new("one".to_owned()),
            algorithm: SignatureAlgorithm::EdDsa,
            sealed_private_key: Vec::new(),
            created_at: at(0),
            signs_from: at(10),
            retired_at: Some(at(20)),
            withdrawn_at: None,
        };
        for (minutes, state) in [
            (9, KeyState::Published),
            (10, KeyState::Signing),
            (19, KeyState::Signing),
            (20, KeyState::Retired),
            (35, KeyState::Retired),
            (36, KeyState::Gone),
        ] {
            assert_eq!(key.state(at(minutes), TimeDelta::minutes(15)), state, "{minutes}");
        }
        let withdrawn = SigningKey { withdrawn_at: Some(at(15)), ..key };
        assert_eq!(withdrawn.state(at(15), TimeDelta::minutes(15)), KeyState::Withdrawn);
    }
}
