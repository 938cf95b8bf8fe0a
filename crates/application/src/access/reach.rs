//! How far somebody's permissions reach.

use crate::ports::{StoreError, Transaction};
use threshold_domain::Timestamp;
use threshold_domain::access::{Permission, Permissions, Principal};
use threshold_domain::audit::{Actor, Initiator};

/// Whoever asks lacks these permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("whoever asks lacks a permission")]
pub struct Exceeds(pub Permissions);

/// What whoever asks may do now, as their transaction sees it, whatever their token says or an instance remembers. Nobody acts on
/// anybody, or anything, that has a permission which they lack.
pub(crate) struct Reach {
    held: Permissions,
    /// What the operation takes by itself.
    needed: Permission,
}

impl Reach {
    /// That of whoever asks for an operation that takes `needed`. Who runs the service may everything.
    pub(crate) async fn of(
        tx: &mut dyn Transaction,
        initiator: &Initiator,
        needed: Permission,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let held = match initiator.actor {
            Actor::Known(Principal::User(user)) => tx.grants().of(user).await?.permissions,
            Actor::Operator | Actor::System => Permissions::all(),
            Actor::Anonymous => Permissions::NONE,
            Actor::Known(Principal::ApiKey(key)) => {
                let standing = tx.api_keys().standing(key).await?;
                standing.map_or(Permissions::NONE, |standing| standing.permissions_at(now))
            }
        };
        Ok(Self { held, needed })
    }

    /// Whether they have what the operation takes, and all of these.
    pub(crate) fn covers(&self, permissions: Permissions) -> Result<(), Exceeds> {
        let lacking = permissions.with(self.needed.into()).without(self.held);
        if lacking.is_empty() { Ok(()) } else { Err(Exceeds(lacking)) }
    }
}
