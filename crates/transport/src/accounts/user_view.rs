//! A user as clients see one.

use serde::Serialize;
use threshold_domain::Timestamp;
use threshold_domain::accounts::{DisplayName, Email, User, UserStatus, Username};
use utoipa::ToSchema;
use uuid::Uuid;

/// A user. Never a hash, never a token; what is absent is `null`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = User)]
pub(crate) struct UserView {
    /// A `UUIDv7`.
    id: Uuid,
    /// The address as it was entered.
    #[schema(format = "email")]
    email: String,
    #[schema(required)]
    username: Option<String>,
    #[schema(required)]
    display_name: Option<String>,
    status: StatusView,
    /// When the address was verified.
    #[schema(required, format = DateTime)]
    email_verified_at: Option<String>,
    /// An address that waits to be confirmed.
    #[schema(required, format = "email")]
    pending_email: Option<String>,
    /// The names of the roles held.
    roles: Vec<String>,
    #[schema(required, format = DateTime)]
    last_login_at: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
    #[schema(required, format = DateTime)]
    deleted_at: Option<String>,
}

/// The state of an account.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = UserStatus)]
pub(crate) enum StatusView {
    Unverified,
    Active,
    Suspended,
    Deleted,
}

impl From<&User> for UserView {
    fn from(user: &User) -> Self {
        Self {
            id: user.id.as_uuid(),
            email: user.email.as_str().to_owned(),
            username: user.username.as_ref().map(Username::as_str).map(str::to_owned),
            display_name: user.display_name.as_ref().map(DisplayName::as_str).map(str::to_owned),
            status: user.status().into(),
            email_verified_at: user.email_verified_at.map(rfc3339),
            pending_email: user.pending_email.as_ref().map(Email::as_str).map(str::to_owned),
            roles: user.roles.iter().map(|role| role.as_str().to_owned()).collect(),
            last_login_at: user.last_login_at.map(rfc3339),
            created_at: rfc3339(user.created_at),
            updated_at: rfc3339(user.updated_at),
            deleted_at: user.deleted_at.map(rfc3339),
        }
    }
}

impl From<UserStatus> for StatusView {
    fn from(status: UserStatus) -> Self {
        match status {
            UserStatus::Unverified => Self::Unverified,
            UserStatus::Active => Self::Active,
            UserStatus::Suspended => Self::Suspended,
            UserStatus::Deleted => Self::Deleted,
        }
    }
}

/// A time as every answer shows it: RFC 3339 in UTC, `Z`, six decimals.
pub(crate) fn rfc3339(at: Timestamp) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_six_decimals_and_a_z() {
        assert_eq!(rfc3339(Timestamp::from_timestamp_micros(1_500_000).unwrap()), "1970-01-01T00:00:01.500000Z");
        assert_eq!(rfc3339(Timestamp::UNIX_EPOCH), "1970-01-01T00:00:00.000000Z");
    }
}
