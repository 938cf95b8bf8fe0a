//! Who asks, and what they may do.

use crate::sessions::Person;
use threshold_domain::access::{ApiKeyId, Permissions, Principal};

/// Whoever a request comes from, once they have proven who they are. What asks for permissions alone takes either; what needs an
/// account or a session asks for a [`Person`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// Somebody who is signed in.
    Person(Person),
    /// A machine with a key.
    Machine(Machine),
}

/// A machine that has proven which key it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Machine {
    /// Its key.
    pub key: ApiKeyId,
    /// What it may do.
    pub permissions: Permissions,
}

impl Caller {
    /// Who it is.
    #[must_use]
    pub fn principal(&self) -> Principal {
        match self {
            Self::Person(person) => person.user_id.into(),
            Self::Machine(machine) => machine.key.into(),
        }
    }

    /// What they may do, as their token or key says.
    #[must_use]
    pub fn permissions(&self) -> Permissions {
        match self {
            Self::Person(person) => person.grants.permissions,
            Self::Machine(machine) => machine.permissions,
        }
    }
}
