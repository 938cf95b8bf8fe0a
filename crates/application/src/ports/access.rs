//! Stored roles, and who holds them.

use super::StoreError;
use async_trait::async_trait;
use threshold_domain::Timestamp;
use threshold_domain::access::{Grants, GrantsVersion, Role, RoleName};
use threshold_domain::accounts::UserId;

/// Reads roles outside of a transaction.
#[async_trait]
pub trait RoleReader: Send + Sync {
    /// Every role, by name.
    ///
    /// # Errors
    /// `Unavailable`, `Overloaded`, `Corrupt`.
    async fn list(&self) -> Result<Vec<Role>, StoreError>;

    /// The role of that name.
    ///
    /// # Errors
    /// `Unavailable`, `Overloaded`, `Corrupt`.
    async fn find(&self, name: &RoleName) -> Result<Option<Role>, StoreError>;
}

/// Changes roles within a transaction.
#[async_trait]
pub trait RoleRepository: Send {
    /// Has the store know every permission of the catalogue; roles can only permit what it knows. Doing it twice is doing it once.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn learn_permissions(&mut self) -> Result<(), StoreError>;

    /// Adds a role.
    ///
    /// # Errors
    /// `NotUnique(Id)` for a taken name, `Unavailable`.
    async fn insert(&mut self, role: &Role) -> Result<(), StoreError>;

    /// The role of that name; who else wants to change it waits until this transaction ends.
    ///
    /// # Errors
    /// `Unavailable`, `Corrupt`.
    async fn lock(&mut self, name: &RoleName) -> Result<Option<Role>, StoreError>;

    /// Stores a role that was locked in this transaction. Whoever holds it has other grants from `version` on.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn update(&mut self, role: &Role, version: GrantsVersion) -> Result<(), StoreError>;

    /// Deletes a role that nobody holds, deleted users included; `false` if somebody does, or it isn't there.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn delete(&mut self, name: &RoleName) -> Result<bool, StoreError>;
}

/// Changes who holds which roles, within a transaction.
#[async_trait]
pub trait GrantRepository: Send {
    /// The version of the next change of what anybody may do. Who wants the one after it waits until this transaction ends. To be
    /// taken before anything else is locked, so that two transactions never wait for each other.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn next_version(&mut self) -> Result<GrantsVersion, StoreError>;

    /// What a user who is not deleted may do, as this transaction sees it; nothing for anybody else.
    ///
    /// # Errors
    /// `Unavailable`, `Corrupt`.
    async fn of(&mut self, user: UserId) -> Result<Grants, StoreError>;

    /// Puts these roles in the place of those that a user holds.
    ///
    /// # Errors
    /// `Unavailable`; `Corrupt` for a role that isn't there.
    async fn set_roles(&mut self, user: UserId, roles: &[RoleName]) -> Result<(), StoreError>;

    /// Notes that what a user may do has changed: what was issued to them with an earlier version is stale.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn mark_changed(&mut self, user: UserId, version: GrantsVersion, at: Timestamp) -> Result<(), StoreError>;

    /// How many users hold a role who can sign in: they are neither deleted nor suspended, and have a password, unlike somebody
    /// who was invited and never came.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn active_holders(&mut self, role: &RoleName) -> Result<u64, StoreError>;

    /// How many users hold a role, deleted and suspended ones included.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn holders(&mut self, role: &RoleName) -> Result<u64, StoreError>;
}
