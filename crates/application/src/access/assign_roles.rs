//! Giving roles to users, and taking them away.

use crate::ports::{Clock, News, StoreError, Transaction, UnitOfWork};
use crate::sessions::Announcer;
use std::sync::Arc;
use threshold_domain::access::{BuiltInRole, Grants, Holder, Permissions, RoleName};
use threshold_domain::accounts::{User, UserId};

/// Puts roles in the place of those that a user holds.
///
/// Nobody hands out, or takes, a permission that they lack themselves, and the last active administrator stays one.
pub struct AssignRoles {
    /// Changes everything together.
    pub unit_of_work: Arc<dyn UnitOfWork>,
    /// Has all instances know whose tokens are stale.
    pub announcer: Arc<Announcer>,
    /// Dates it.
    pub clock: Arc<dyn Clock>,
}

/// Why a user holds the roles that they held.
#[derive(Debug, thiserror::Error)]
pub enum AssignRolesError {
    /// There is no such user.
    #[error("there is no such user")]
    NotFound,
    /// One of the roles isn't there.
    #[error("there is no role of that name")]
    UnknownRole(RoleName),
    /// The caller lacks a permission that the user has, or would have.
    #[error("the caller lacks a permission of the user")]
    Exceeds(Permissions),
    /// Nobody active would be an administrator any more.
    #[error("the last administrator stays one")]
    LastAdmin,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AssignRoles {
    /// Gives `user` exactly these roles. `caller` is whoever asks, or nobody where the operator does.
    ///
    /// # Errors
    /// See [`AssignRolesError`].
    pub async fn execute(
        &self,
        caller: Option<UserId>,
        user: UserId,
        roles: &[RoleName],
    ) -> Result<User, AssignRolesError> {
        let now = self.clock.now();
        let mut tx = self.unit_of_work.begin().await?;
        let version = tx.grants().next_version().await?;
        let before = tx.users().lock(user).await?.ok_or(AssignRolesError::NotFound)?;
        let mut wanted = roles.to_vec();
        wanted.sort_unstable();
        wanted.dedup();
        if before.roles == wanted {
            return Ok(before);
        }
        let moved = permissions_of(tx.as_mut(), &wanted).await?.with(tx.grants().of(user).await?.permissions);
        check_cover(tx.as_mut(), caller, moved).await?;
        tx.grants().set_roles(user, &wanted).await?;
        tx.grants().mark_changed(user, version, now).await?;
        check_admins(tx.as_mut(), &before).await?;
        let after = User { roles: wanted, updated_at: now, version: before.version + 1, ..before };
        tx.users().update(&after).await?;
        tx.commit().await?;
        let news = [self.announcer.grants_changed(Holder::User(user), version, now), News::UserChanged(user)];
        self.announcer.announce(&news).await;
        Ok(after)
    }
}

/// What whoever holds these roles may do.
async fn permissions_of(tx: &mut dyn Transaction, roles: &[RoleName]) -> Result<Permissions, AssignRolesError> {
    let mut permissions = Permissions::NONE;
    for name in roles {
        let role = tx.roles().lock(name).await?.ok_or_else(|| AssignRolesError::UnknownRole(name.clone()))?;
        permissions = permissions.with(role.permissions);
    }
    Ok(permissions)
}

async fn check_cover(
    tx: &mut dyn Transaction,
    caller: Option<UserId>,
    permissions: Permissions,
) -> Result<(), AssignRolesError> {
    let Some(caller) = caller else { return Ok(()) };
    let Grants { permissions: own, .. } = tx.grants().of(caller).await?;
    let lacking = permissions.without(own);
    if lacking.is_empty() { Ok(()) } else { Err(AssignRolesError::Exceeds(lacking)) }
}

/// Whether there is an active administrator left, if the user was one.
async fn check_admins(tx: &mut dyn Transaction, before: &User) -> Result<(), AssignRolesError> {
    let admin = BuiltInRole::Admin.name();
    if before.roles.contains(&admin) && tx.grants().active_holders(&admin).await? == 0 {
        return Err(AssignRolesError::LastAdmin);
    }
    Ok(())
}
