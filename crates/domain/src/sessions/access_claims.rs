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

    /// When the token was made, to the millisecond: the id is a UUIDv7 (RFC 9562 §5.7), and a token's own times are whole
    /// seconds. `None` for other ids.
    #[must_use]
    pub fn made_at(&self) -> Option<Timestamp> {
        let (seconds, nanoseconds) = self.0.get_timestamp()?.to_unix();
        Timestamp::from_timestamp(i64::try_from(seconds).ok()?, nanoseconds)
    }
}

impl fmt::Display for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl AccessClaims {
    /// Whether the token was made before its bearer's grants changed, or in the same millisecond.
    #[must_use]
    pub fn is_stale(&self, grants_changed_at: Timestamp) -> bool {
        self.token_id.made_at().unwrap_or(self.issued_at) <= grants_changed_at
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_tells_when_its_token_was_made() {
        let id = uuid::Builder::from_unix_timestamp_millis(1_800_000_000_123, &[0; 10]).into_uuid();
        assert_eq!(TokenId::new(id).made_at(), Timestamp::from_timestamp_millis(1_800_000_000_123));
        assert_eq!(TokenId::new(Uuid::nil()).made_at(), None);
    }
}
