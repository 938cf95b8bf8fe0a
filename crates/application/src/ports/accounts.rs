//! Stored accounts.

use super::StoreError;
use async_trait::async_trait;
use threshold_domain::Timestamp;
use threshold_domain::accounts::{Credentials, Login, PasswordHash, User, UserId};

/// Reads accounts outside of a transaction.
#[async_trait]
pub trait AccountReader: Send + Sync {
    /// The user of that id who is not deleted; `None` if there is none.
    ///
    /// # Errors
    /// `Unavailable`, `Overloaded`, `Corrupt`.
    async fn find(&self, id: UserId) -> Result<Option<User>, StoreError>;

    /// The user who signs in by that name and is not deleted; emails are compared in their canonical form.
    ///
    /// # Errors
    /// `Unavailable`, `Overloaded`, `Corrupt`.
    async fn find_by_login(&self, login: &Login) -> Result<Option<Credentials>, StoreError>;
}

/// Changes accounts within a transaction.
#[async_trait]
pub trait UserRepository: Send {
    /// Adds a user, with a password hash if they have a password.
    ///
    /// # Errors
    /// `NotUnique` for a taken email, username or id.
    async fn insert(&mut self, user: &User, password_hash: Option<&PasswordHash>) -> Result<(), StoreError>;

    /// The user of that id who is not deleted, as this transaction sees them; `None` if there is none.
    ///
    /// # Errors
    /// `Unavailable`, `Corrupt`.
    async fn find(&mut self, id: UserId) -> Result<Option<User>, StoreError>;

    /// Notes that the user's address is proven; who was unverified is active from then on. Nothing happens if the user is gone
    /// or deleted.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn verify_email(&mut self, id: UserId, at: Timestamp) -> Result<(), StoreError>;

    /// Replaces the user's password. Nothing happens if the user is gone or deleted.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn set_password(&mut self, id: UserId, hash: &PasswordHash, at: Timestamp) -> Result<(), StoreError>;

    /// Notes that what the user may do has changed: tokens issued before `at` are stale. A later moment noted before stays.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn mark_grants_changed(&mut self, id: UserId, at: Timestamp) -> Result<(), StoreError>;

    /// Remembers a successful sign-in; neither `updated_at` nor `version` changes. Nothing happens if the user
    /// is gone or deleted, and then `false` is answered.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn record_login(&mut self, id: UserId, at: Timestamp) -> Result<bool, StoreError>;
}
