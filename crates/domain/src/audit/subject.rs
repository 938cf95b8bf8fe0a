//! What something is done to.

use crate::access::{ApiKeyId, RoleName};
use crate::accounts::UserId;
use crate::jobs::JobId;
use crate::sessions::SessionId;
use std::fmt;
use uuid::Uuid;

/// What something is done to. Only ids: names and addresses of people are no part of a record, so that it can outlive an account.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Subject {
    /// An account.
    User(UserId),
    /// A key of a machine.
    ApiKey(ApiKeyId),
    /// A role.
    Role(RoleName),
    /// A session.
    Session(SessionId),
    /// A job.
    Job(JobId),
    /// A key that signs access tokens, by its `kid`.
    SigningKey(String),
}

impl Subject {
    /// The subject that is written like that: as [`Subject`] displays it, or the bare id of a user.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, name) = text.split_once(':').unwrap_or(("user", text));
        let id = || Uuid::try_parse(name).ok();
        match kind {
            "user" => id().map(|id| Self::User(UserId::new(id))),
            "api-key" => id().map(|id| Self::ApiKey(ApiKeyId::new(id))),
            "session" => id().map(|id| Self::Session(SessionId::new(id))),
            "job" => id().map(|id| Self::Job(JobId::new(id))),
            "role" => RoleName::parse(name).ok().map(Self::Role),
            "signing-key" => (!name.is_empty()).then(|| Self::SigningKey(name.to_owned())),
            _ => None,
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => write!(f, "user:{}", id.as_uuid()),
            Self::ApiKey(id) => write!(f, "api-key:{}", id.as_uuid()),
            Self::Role(name) => write!(f, "role:{}", name.as_str()),
            Self::Session(id) => write!(f, "session:{}", id.as_uuid()),
            Self::Job(id) => write!(f, "job:{}", id.as_uuid()),
            Self::SigningKey(kid) => write!(f, "signing-key:{kid}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::BuiltInRole;

    #[test]
    fn subjects_are_read_as_they_are_written() {
        let id = Uuid::from_u128(7);
        let subjects = [
            Subject::User(UserId::new(id)),
            Subject::ApiKey(ApiKeyId::new(id)),
            Subject::Role(BuiltInRole::Admin.name()),
            Subject::Session(SessionId::new(id)),
            Subject::Job(JobId::new(id)),
            Subject::SigningKey("k".to_owned()),
        ];
        for subject in subjects {
            assert_eq!(Subject::parse(&subject.to_string()), Some(subject));
        }
        assert_eq!(Subject::parse(&id.to_string()), Some(Subject::User(UserId::new(id))));
        for text in ["", "user:", "planet:7", "role:A", "signing-key:"] {
            assert_eq!(Subject::parse(text), None, "{text}");
        }
    }
}
