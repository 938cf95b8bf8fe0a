//! Bringing the store up to the catalogue of permissions.

use super::change_roles::role_changed;
use crate::ports::{Clock, StoreError, Transaction, UnitOfWork};
use std::sync::Arc;
use threshold_domain::Timestamp;
use threshold_domain::access::{BuiltInRole, GrantsVersion};
use threshold_domain::audit::Initiator;

/// Has the store know every permission, and the built-in roles permit what this version says. What another version knows beyond
/// that stays, so that versions can run side by side.
pub struct SynchroniseAccess {
    /// Changes everything together.
    pub unit_of_work: Arc<dyn UnitOfWork>,
    /// Dates it.
    pub clock: Arc<dyn Clock>,
}

impl SynchroniseAccess {
    /// Does it. Nothing happens if it was done before.
    ///
    /// # Errors
    /// When the store failed.
    pub async fn execute(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        let mut tx = self.unit_of_work.begin().await?;
        let version = tx.grants().next_version().await?;
        tx.roles().learn_permissions().await?;
        let mut has_changed = false;
        for role in BuiltInRole::ALL {
            has_changed |= complete(tx.as_mut(), role, version, now).await?;
        }
        if has_changed { tx.commit().await } else { Ok(()) }
    }
}

async fn complete(
    tx: &mut dyn Transaction,
    built_in: BuiltInRole,
    version: GrantsVersion,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let Some(role) = tx.roles().lock(&built_in.name()).await? else { return Ok(false) };
    let complete = role.changed(None, Some(role.permissions.with(built_in.permissions())), now);
    if complete == role {
        return Ok(false);
    }
    tx.roles().update(&complete, version).await?;
    // What a built-in role permits from the first start on is no change.
    if !role.permissions.is_empty() {
        tx.audit().record(role_changed(&Initiator::system(), &role, &complete));
    }
    Ok(true)
}
