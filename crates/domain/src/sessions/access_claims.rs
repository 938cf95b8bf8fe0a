//! What an access token says.

use super::SessionId;
use crate::{Timestamp, access::Grants, accounts::UserId};
use std::fmt;
use uuid::Uuid;

/// Names one access token: its `jti`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenId(Uuid);

impl TokenId {
    /// Wraps an id that an id generator made or a token carried.
    #[must_use]
    pub fn new(id: Uuid) -> Self {
        Self(id)
    }

    /// The bare id.
    #[must_use]
    pub fn as_uuid(&self) -> Uuid {
        self.0
    }
}

impl fmt::Display for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What an access token says about its bearer (RFC 9068 §2.2); issuer and audience belong to the installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessClaims {
    /// `sub`: who signed in.
    pub subject: UserId,
    /// `sid`: the sign-in that it came from.
    pub session: SessionId,
    /// `jti`: this very token.
    pub token_id: TokenId,
    /// `iat` and `nbf`, in whole seconds.
    pub issued_at: Timestamp,
    /// `exp`, in whole seconds: refused from then on.
    pub expires_at: Timestamp,
    /// `roles` and `permissions`, as they were when it was issued.
    pub grants: Grants,
}
