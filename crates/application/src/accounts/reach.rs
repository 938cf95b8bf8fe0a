//! Nobody acts on somebody who has a permission that they lack.

use crate::ports::{StoreError, Transaction};
use threshold_domain::access::Permissions;
use threshold_domain::accounts::UserId;

/// Why somebody is out of reach.
pub(super) enum Beyond {
    /// They have these permissions, which the caller lacks.
    Exceeds(Permissions),
    /// The store failed.
    Store(StoreError),
}

/// What a caller may do now, whatever their token says; everything, where the operator asks. To be read before anything changes:
/// nobody gives themselves what they lack.
pub(super) async fn reach_of(tx: &mut dyn Transaction, caller: Option<UserId>) -> Result<Permissions, StoreError> {
    match caller {
        Some(caller) => Ok(tx.grants().of(caller).await?.permissions),
        None => Ok(Permissions::all()),
    }
}

/// Whether the user has no permission beyond `reach` now.
pub(super) async fn check_reach(tx: &mut dyn Transaction, reach: Permissions, user: UserId) -> Result<(), Beyond> {
    let beyond = tx.grants().of(user).await.map_err(Beyond::Store)?.permissions.without(reach);
    if beyond.is_empty() { Ok(()) } else { Err(Beyond::Exceeds(beyond)) }
}
