//! Who acts.

use super::ApiKeyId;
use crate::accounts::UserId;

/// Whoever has asked for something and can be named afterwards: a person, or a machine with a key of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Principal {
    /// Somebody with an account.
    User(UserId),
    /// A machine.
    ApiKey(ApiKeyId),
}

impl From<UserId> for Principal {
    fn from(user: UserId) -> Self {
        Self::User(user)
    }
}

impl From<ApiKeyId> for Principal {
    fn from(key: ApiKeyId) -> Self {
        Self::ApiKey(key)
    }
}
