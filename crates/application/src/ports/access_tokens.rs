//! Making and checking access tokens.

use super::BoxError;
use threshold_domain::Timestamp;
use threshold_domain::sessions::{AccessClaims, AccessToken, PublicKey};

/// Issues and verifies access tokens (RFC 9068) for this installation's issuer and audience.
pub trait AccessTokens: Send + Sync {
    /// Encodes and signs the claims; times are cut to whole seconds.
    ///
    /// # Errors
    /// When no key can sign.
    fn issue(&self, claims: &AccessClaims) -> Result<AccessToken, IssueTokenError>;

    /// Verifies form, `typ`, algorithm, key, signature, issuer, audience and times, and gives back the claims. Says
    /// nothing about revocation. The same token may be answered from memory, but never at or after its `exp`.
    ///
    /// # Errors
    /// `Expired` for a token that was good until its `exp`, else `Invalid`.
    fn verify(&self, token: &str, now: Timestamp) -> Result<AccessClaims, TokenRejection>;

    /// The keys that others can verify with, oldest first; empty where a shared secret signs.
    fn public_keys(&self) -> Vec<PublicKey>;
}

/// Why a token is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenRejection {
    /// Not a token of ours.
    #[error("the access token is not valid")]
    Invalid,
    /// Ours, and past its `exp`.
    #[error("the access token has expired")]
    Expired,
}

/// A token could not be signed.
#[derive(Debug, thiserror::Error)]
#[error("the access token could not be signed")]
pub struct IssueTokenError(#[source] pub BoxError);
