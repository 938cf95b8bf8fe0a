//! Stored passwords.

use super::StoreError;
use async_trait::async_trait;
use threshold_domain::Timestamp;
use threshold_domain::accounts::{PasswordHash, PasswordVersion, UserId};

/// Changes passwords within a transaction.
#[async_trait]
pub trait PasswordRepository: Send {
    /// Which password a user who was locked in this transaction has; that of nobody for a user who is gone.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn version(&mut self, id: UserId) -> Result<PasswordVersion, StoreError>;

    /// Whether a user who was locked in this transaction has a password.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn exists(&mut self, id: UserId) -> Result<bool, StoreError>;

    /// Replaces the user's password by the next version of it. Nothing happens if the user is gone or deleted.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn replace(&mut self, id: UserId, hash: &PasswordHash, at: Timestamp) -> Result<(), StoreError>;

    /// Puts a better hash of the same password in the place of `old`; neither `updated_at` nor `version` changes. Nothing happens
    /// if the user has another hash by now.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn upgrade(&mut self, id: UserId, old: &PasswordHash, new: &PasswordHash) -> Result<(), StoreError>;
}
