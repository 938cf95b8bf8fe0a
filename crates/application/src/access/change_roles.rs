//! Making, changing and deleting roles.

use super::{Exceeds, Reach};
use crate::ports::{Clock, StoreError, Transaction, Uniqueness, UnitOfWork};
use crate::sessions::Announcer;
use std::sync::Arc;
use threshold_domain::Precondition;
use threshold_domain::access::{Holder, Permission, Permissions, Role, RoleDescription, RoleName};
use threshold_domain::audit::{AuditAction, AuditEvent, Initiator, Subject};

/// What each of these takes.
const NEEDED: Permission = Permission::RolesWrite;

/// Makes, changes and deletes roles. Nobody hands out, or takes, a permission that they lack themselves.
pub struct ChangeRoles {
    /// Changes everything together.
    pub unit_of_work: Arc<dyn UnitOfWork>,
    /// Has all instances know whose tokens are stale.
    pub announcer: Arc<Announcer>,
    /// Dates it.
    pub clock: Arc<dyn Clock>,
}

/// What is to change of a role; `None` stays.
#[derive(Debug, Clone, Default)]
pub struct RoleChanges {
    /// What it is for.
    pub description: Option<RoleDescription>,
    /// What it permits.
    pub permissions: Option<Permissions>,
}

/// Why a role is as it was.
#[derive(Debug, thiserror::Error)]
pub enum ChangeRolesError {
    /// There is none of that name.
    #[error("there is no such role")]
    NotFound,
    /// There is one of that name.
    #[error("the name is taken")]
    Taken,
    /// Every installation has it as it is.
    #[error("the role is built in")]
    BuiltIn,
    /// Somebody holds it.
    #[error("the role is held by somebody")]
    InUse,
    /// It has changed since its caller looked.
    #[error("the role has another version by now")]
    Changed,
    /// The caller lacks a permission that it has, or would have.
    #[error(transparent)]
    Exceeds(#[from] Exceeds),
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
}

impl ChangeRoles {
    /// Makes a role.
    ///
    /// # Errors
    /// `Taken`, `Exceeds`, `Store`.
    pub async fn create(
        &self,
        initiator: &Initiator,
        name: RoleName,
        description: RoleDescription,
        permissions: Permissions,
    ) -> Result<Role, ChangeRolesError> {
        let role = Role::new(name, description, permissions, self.clock.now());
        let mut tx = self.unit_of_work.begin().await?;
        Reach::of(tx.as_mut(), initiator, NEEDED, role.created_at).await?.covers(permissions)?;
        tx.roles().insert(&role).await?;
        let made = AuditEvent::new(AuditAction::AdminActed, initiator, role.created_at);
        let made = made.on(Subject::Role(role.name.clone())).with("event", "role_created");
        tx.audit().record(made.with("permissions", names(permissions)));
        tx.commit().await?;
        Ok(role)
    }

    /// Changes a role if `precondition` holds, and answers it as it is then. Tokens of whoever holds it are stale.
    ///
    /// # Errors
    /// `NotFound`, `BuiltIn`, `Changed`, `Exceeds`, `Store`.
    pub async fn update(
        &self,
        initiator: &Initiator,
        name: &RoleName,
        changes: RoleChanges,
        precondition: &Precondition,
    ) -> Result<Role, ChangeRolesError> {
        let now = self.clock.now();
        let mut tx = self.unit_of_work.begin().await?;
        let version = tx.grants().next_version().await?;
        let role = changeable(tx.as_mut(), name, precondition).await?;
        let updated = role.changed(changes.description, changes.permissions, now);
        if updated == role {
            return Ok(role);
        }
        let reach = Reach::of(tx.as_mut(), initiator, NEEDED, now).await?;
        reach.covers(role.permissions.with(updated.permissions))?;
        tx.roles().update(&updated, version).await?;
        tx.audit().record(role_changed(initiator, &role, &updated));
        tx.commit().await?;
        let news = self.announcer.grants_changed(Holder::Role(updated.name.clone()), version, now);
        self.announcer.announce(&[news]).await;
        Ok(updated)
    }

    /// Deletes a role that nobody holds.
    ///
    /// # Errors
    /// `NotFound`, `BuiltIn`, `Changed`, `InUse`, `Exceeds`, `Store`.
    pub async fn delete(
        &self,
        initiator: &Initiator,
        name: &RoleName,
        precondition: &Precondition,
    ) -> Result<(), ChangeRolesError> {
        let mut tx = self.unit_of_work.begin().await?;
        // Whoever gives it to somebody meanwhile waits, and then finds it gone.
        tx.grants().next_version().await?;
        let role = changeable(tx.as_mut(), name, precondition).await?;
        Reach::of(tx.as_mut(), initiator, NEEDED, self.clock.now()).await?.covers(role.permissions)?;
        if !tx.roles().delete(name).await? {
            return Err(ChangeRolesError::InUse);
        }
        let deleted = AuditEvent::new(AuditAction::AdminActed, initiator, self.clock.now());
        tx.audit().record(deleted.on(Subject::Role(name.clone())).with("event", "role_deleted"));
        Ok(tx.commit().await?)
    }
}

/// What is recorded of a change.
pub(super) fn role_changed(initiator: &Initiator, before: &Role, after: &Role) -> AuditEvent {
    let event = |action| AuditEvent::new(action, initiator, after.updated_at).on(Subject::Role(after.name.clone()));
    if before.permissions == after.permissions {
        return event(AuditAction::AdminActed).with("event", "role_updated");
    }
    event(AuditAction::PermissionsChanged).with("from", names(before.permissions)).with("to", names(after.permissions))
}

fn names(permissions: Permissions) -> String {
    permissions.iter().map(Permission::as_str).collect::<Vec<_>>().join(" ")
}

/// The role of that name, if it can be changed at all.
async fn changeable(
    tx: &mut dyn Transaction,
    name: &RoleName,
    precondition: &Precondition,
) -> Result<Role, ChangeRolesError> {
    let role = tx.roles().lock(name).await?.ok_or(ChangeRolesError::NotFound)?;
    if role.is_built_in() {
        return Err(ChangeRolesError::BuiltIn);
    }
    if precondition.holds(role.version) { Ok(role) } else { Err(ChangeRolesError::Changed) }
}

impl From<StoreError> for ChangeRolesError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotUnique(Uniqueness::Id) => Self::Taken,
            error @ (StoreError::NotUnique(_)
            | StoreError::Unavailable(_)
            | StoreError::Overloaded
            | StoreError::Corrupt { .. }) => Self::Store(error),
        }
    }
}
