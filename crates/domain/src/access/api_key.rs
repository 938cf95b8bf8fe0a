//! Keys that machines prove themselves with.

use super::{ApiKeyPrefix, Permissions, Principal};
use crate::{Refusal, RefusalCode, Timestamp};
use uuid::Uuid;

const MAX_NAME: usize = 100;

/// Names a key, for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApiKeyId(Uuid);

/// What a key is called: 1–100 characters, none of them a control character. Two keys may share one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKeyName(String);

/// A key of a machine. Its secret is nowhere: a store keeps its digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Names it.
    pub id: ApiKeyId,
    /// What people call it.
    pub name: ApiKeyName,
    /// How its secret begins.
    pub prefix: ApiKeyPrefix,
    /// What its bearer may do, for good.
    pub permissions: Permissions,
    /// Who made it; nobody once they are erased.
    pub created_by: Option<Principal>,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is refused, if ever.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// When somebody last came with it, give or take some seconds.
    pub last_used_at: Option<Timestamp>,
}

/// What a request must know of the key that it comes with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApiKeyStanding {
    /// Which one.
    pub id: ApiKeyId,
    /// What its bearer may do.
    pub permissions: Permissions,
    /// From when on it is refused, if ever.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

impl ApiKeyId {
    /// Wraps an id.
    #[must_use]
    pub fn new(id: Uuid) -> Self {
        Self(id)
    }

    /// The id itself.
    #[must_use]
    pub fn as_uuid(self) -> Uuid {
        self.0
    }
}

impl ApiKeyName {
    /// Reads a name.
    ///
    /// # Errors
    /// `too-short`, `too-long`, `invalid-character`.
    pub fn parse(entered: &str) -> Result<Self, Refusal> {
        if entered.trim().is_empty() {
            return Err(Refusal::new(RefusalCode::TooShort, "A key's name has at least 1 character that is no space."));
        }
        if entered.chars().any(char::is_control) {
            return Err(Refusal::new(RefusalCode::InvalidCharacter, "A key's name holds no control characters."));
        }
        if entered.chars().count() > MAX_NAME {
            return Err(Refusal::new(RefusalCode::TooLong, "A key's name has at most 100 characters."));
        }
        Ok(Self(entered.to_owned()))
    }

    /// The name as it was entered.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ApiKey {
    /// What a request must know of it.
    #[must_use]
    pub fn standing(&self) -> ApiKeyStanding {
        let Self { id, permissions, expires_at, revoked_at, .. } = *self;
        ApiKeyStanding { id, permissions, expires_at, revoked_at }
    }
}

impl ApiKeyStanding {
    /// Whether its time is over.
    #[must_use]
    pub fn has_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|at| at <= now)
    }

    /// What its bearer may do at that moment: nothing once it is revoked or has expired.
    #[must_use]
    pub fn permissions_at(&self, now: Timestamp) -> Permissions {
        if self.revoked_at.is_some() || self.has_expired(now) { Permissions::NONE } else { self.permissions }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Permission;
    use chrono::TimeDelta;

    #[test]
    fn each_rule_of_a_name_has_its_own_code() {
        assert!(ApiKeyName::parse("Nightly export, größer").is_ok());
        assert!(ApiKeyName::parse(&"ß".repeat(100)).is_ok());
        assert_eq!(ApiKeyName::parse("").unwrap_err().code(), RefusalCode::TooShort);
        assert_eq!(ApiKeyName::parse(&"ß".repeat(101)).unwrap_err().code(), RefusalCode::TooLong);
        assert_eq!(ApiKeyName::parse("a\nb").unwrap_err().code(), RefusalCode::InvalidCharacter);
    }

    #[test]
    fn a_key_permits_nothing_once_it_is_over() {
        let at = |seconds| Timestamp::UNIX_EPOCH + TimeDelta::seconds(seconds);
        let id = ApiKeyId::new(Uuid::from_u128(1));
        let permissions = Permissions::from(Permission::UsersRead);
        let standing = ApiKeyStanding { id, permissions, expires_at: Some(at(10)), revoked_at: None };
        assert_eq!(standing.permissions_at(at(9)), permissions);
        assert_eq!(standing.permissions_at(at(10)), Permissions::NONE);
        let revoked = ApiKeyStanding { revoked_at: Some(at(1)), ..standing };
        assert_eq!(revoked.permissions_at(at(0)), Permissions::NONE);
        let endless = ApiKeyStanding { expires_at: None, ..standing };
        assert_eq!(endless.permissions_at(Timestamp::MAX_UTC), permissions);
    }
}
