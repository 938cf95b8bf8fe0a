//! Stored passwords.

use super::StoreError;
use async_trait::async_trait;
use threshold_domain::Timestamp;
use threshold_domain::accounts::{PasswordHash, UserId};

/// Changes passwords within a transaction.
#[async_trait]
pub trait PasswordRepository: Send {
    /// Replaces the user's password. Nothing happens if the user is gone or deleted.
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
