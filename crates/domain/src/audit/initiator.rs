//! Who does something, and from where.

use crate::access::{ApiKeyId, Principal};
use crate::accounts::UserId;
use crate::sessions::Provenance;
use std::fmt;
use uuid::Uuid;

/// Who does something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Actor {
    /// Nobody who has proven who they are.
    Anonymous,
    /// Somebody signed in, whoever has a link that was mailed to them, or a machine.
    Known(Principal),
    /// Whoever runs the service, by a command.
    Operator,
    /// The service itself.
    System,
}

/// Who does something, and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Initiator {
    /// Who.
    pub actor: Actor,
    /// From where.
    pub origin: Origin,
}

/// Where a request comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// The client.
    pub provenance: Provenance,
    /// The request's name, by which it is found in the log.
    pub request_id: Option<RequestId>,
}

/// The name of a request: 1–128 of `A-Z a-z 0-9 . _ -`, nothing that could forge a line of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(String);

impl Actor {
    /// The actor that is written like that: as [`Actor`] displays it, or the bare id of a user.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "anonymous" => Some(Self::Anonymous),
            "operator" => Some(Self::Operator),
            "system" => Some(Self::System),
            _ => {
                let (kind, id) = text.split_once(':').unwrap_or(("user", text));
                let id = Uuid::try_parse(id).ok()?;
                match kind {
                    "user" => Some(Self::Known(Principal::User(UserId::new(id)))),
                    "api-key" => Some(Self::Known(Principal::ApiKey(ApiKeyId::new(id)))),
                    _ => None,
                }
            }
        }
    }
}

impl Initiator {
    /// Whoever sends a request without having proven who they are.
    #[must_use]
    pub fn anonymous(origin: Origin) -> Self {
        Self { actor: Actor::Anonymous, origin }
    }

    /// Whoever sends a request and has proven who they are.
    #[must_use]
    pub fn known(principal: Principal, origin: Origin) -> Self {
        Self { actor: Actor::Known(principal), origin }
    }

    /// Whoever gives a command.
    #[must_use]
    pub fn operator() -> Self {
        Self { actor: Actor::Operator, origin: Origin::default() }
    }

    /// The service itself.
    #[must_use]
    pub fn system() -> Self {
        Self { actor: Actor::System, origin: Origin::default() }
    }

    /// The same request, now that it is known who sends it.
    #[must_use]
    pub fn known_as(&self, user: UserId) -> Self {
        Self { actor: Actor::Known(user.into()), origin: self.origin.clone() }
    }

    /// The user or the machine that it is, if it is one.
    #[must_use]
    pub fn principal(&self) -> Option<Principal> {
        match self.actor {
            Actor::Known(principal) => Some(principal),
            Actor::Anonymous | Actor::Operator | Actor::System => None,
        }
    }
}

impl RequestId {
    const MAX_CHARACTERS: usize = 128;

    /// Reads a name; `None` if it is not harmless.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_harmless = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        let fits = (1..=Self::MAX_CHARACTERS).contains(&text.len());
        (fits && text.bytes().all(is_harmless)).then(|| Self(text.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anonymous => f.write_str("anonymous"),
            Self::Known(Principal::User(id)) => write!(f, "user:{}", id.as_uuid()),
            Self::Known(Principal::ApiKey(id)) => write!(f, "api-key:{}", id.as_uuid()),
            Self::Operator => f.write_str("operator"),
            Self::System => f.write_str("system"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actors_are_read_as_they_are_written() {
        let user = Actor::Known(UserId::new(Uuid::from_u128(7)).into());
        let key = Actor::Known(ApiKeyId::new(Uuid::from_u128(7)).into());
        for actor in [Actor::Anonymous, user, key, Actor::Operator, Actor::System] {
            assert_eq!(Actor::parse(&actor.to_string()), Some(actor));
        }
        assert_eq!(Actor::parse(&Uuid::from_u128(7).to_string()), Some(user));
        assert_eq!(Actor::parse("user:ada"), None);
        assert_eq!(Actor::parse(""), None);
    }

    #[test]
    fn only_short_plain_names_of_requests_are_taken() {
        assert_eq!(RequestId::parse("a.B_9-").unwrap().as_str(), "a.B_9-");
        assert!(RequestId::parse(&"x".repeat(128)).is_some());
        for id in ["", "a b", "a\n", "ä", "a/b", &"x".repeat(129)] {
            assert_eq!(RequestId::parse(id), None, "{id:?}");
        }
    }
}
