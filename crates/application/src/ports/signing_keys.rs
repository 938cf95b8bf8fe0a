//! Stored signing keys.

use super::StoreError;
use async_trait::async_trait;
use threshold_domain::sessions::SigningKey;

/// Keeps signing keys. At most one key an algorithm is not retired: that one signs.
#[async_trait]
pub trait SigningKeyRepository: Send + Sync {
    /// Every stored key, oldest first.
    ///
    /// # Errors
    /// `Unavailable`, `Overloaded`, `Corrupt`.
    async fn list(&self) -> Result<Vec<SigningKey>, StoreError>;

    /// Adds a key, durably.
    ///
    /// # Errors
    /// `NotUnique(SigningKey)` if another key that is not retired has its algorithm: of two instances that start at
    /// once only one gets its key in, and the other one reads it. `NotUnique(Id)` for a known `kid`.
    async fn insert(&self, key: &SigningKey) -> Result<(), StoreError>;
}
