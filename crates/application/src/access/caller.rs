//! Who asks, and what they may do.

use crate::ports::{StoreError, Transaction};
use crate::sessions::Person;
use threshold_domain::Timestamp;
use threshold_domain::access::{ApiKeyId, Permissions, Principal};
use threshold_domain::audit::{Actor, Initiator};

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

/// What whoever asks may do now, as this transaction sees it, whatever their token says or an instance remembers. Who runs the
/// service may everything.
pub(crate) async fn reach_of(
    tx: &mut dyn Transaction,
    initiator: &Initiator,
    now: Timestamp,
) -> Result<Permissions, StoreError> {
    match initiator.actor {
        Actor::Known(Principal::User(user)) => Ok(tx.grants().of(user).await?.permissions),
        Actor::Operator | Actor::System => Ok(Permissions::all()),
        Actor::Anonymous => Ok(Permissions::NONE),
        Actor::Known(Principal::ApiKey(key)) => {
            let standing = tx.api_keys().standing(key).await?;
            Ok(standing.map_or(Permissions::NONE, |standing| standing.permissions_at(now)))
        }
    }
}
