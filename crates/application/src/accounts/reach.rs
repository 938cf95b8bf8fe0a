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

/// Whether the user has no permission beyond `reach` now.
pub(super) async fn check_reach(tx: &mut dyn Transaction, reach: Permissions, user: UserId) -> Result<(), Beyond> {
    let beyond = tx.grants().of(user).await.map_err(Beyond::Store)?.permissions.without(reach);
    if beyond.is_empty() { Ok(()) } else { Err(Beyond::Exceeds(beyond)) }
}
