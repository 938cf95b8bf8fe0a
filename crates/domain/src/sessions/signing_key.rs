//! The keys that access tokens are signed with.

use crate::Timestamp;
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
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stopped signing; it verifies on until the last of its tokens has expired.
    pub retired_at: Option<Timestamp>,
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
