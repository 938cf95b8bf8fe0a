//! Stored API keys.

use super::StoreError;
use async_trait::async_trait;
use threshold_domain::Timestamp;
use threshold_domain::access::{ApiKey, ApiKeyId, ApiKeyStanding};
use threshold_domain::sessions::SecretDigest;

/// A key that was revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RevokedApiKey {
    /// Which one.
    pub id: ApiKeyId,
    /// When it was.
    pub revoked_at: Timestamp,
}

/// Finds the key that a request comes with.
#[async_trait]
pub trait ApiKeyLookup: Send + Sync {
    /// The key whose secret has that digest, whatever has become of it. What was found before may be answered from memory, but for
    /// no longer than an access token lives; that there is no such key is never remembered.
    ///
    /// # Errors
    /// `Unavailable`, `Overloaded`, `Corrupt`.
    async fn by_digest(&self, digest: &SecretDigest) -> Result<Option<ApiKeyStanding>, StoreError>;
}

/// Reads keys outside of a transaction. A change is seen as soon as it is committed.
#[async_trait]
pub trait ApiKeyReader: Send + Sync {
    /// Keys that are not revoked, expired ones among them, the latest made first: at most `at_most`, from the one after `after` on.
    ///
    /// # Errors
    /// `Unavailable`, `Overloaded`, `Corrupt`.
    async fn page(&self, after: Option<ApiKeyId>, at_most: u32) -> Result<Vec<ApiKey>, StoreError>;

    /// The key, unless it is revoked.
    ///
    /// # Errors
    /// `Unavailable`, `Overloaded`, `Corrupt`.
    async fn find(&self, id: ApiKeyId) -> Result<Option<ApiKey>, StoreError>;

    /// Every key that was revoked at `since` or later, in no order.
    ///
    /// # Errors
    /// `Unavailable`, `Overloaded`.
    async fn revoked_since(&self, since: Timestamp) -> Result<Vec<RevokedApiKey>, StoreError>;
}

/// Changes keys within a transaction.
#[async_trait]
pub trait ApiKeyRepository: Send {
    /// Adds a key, and keeps the digest of its secret. The store must have learnt its permissions.
    ///
    /// # Errors
    /// `NotUnique(Id)` for a used id or digest, `Unavailable`.
    async fn insert(&mut self, key: &ApiKey, digest: &SecretDigest) -> Result<(), StoreError>;

    /// What the key permits and whether it still does, as this transaction sees it; who else wants to change it waits until this
    /// transaction ends.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn lock(&mut self, id: ApiKeyId) -> Result<Option<ApiKeyStanding>, StoreError>;

    /// The same, and nobody waits.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn standing(&mut self, id: ApiKeyId) -> Result<Option<ApiKeyStanding>, StoreError>;

    /// Revokes a key that was locked in this transaction.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn revoke(&mut self, id: ApiKeyId, at: Timestamp) -> Result<(), StoreError>;

    /// Notes when keys were last used; of two times for one key the later stays. Keys that are not there are passed over.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn note_uses(&mut self, uses: &[(ApiKeyId, Timestamp)]) -> Result<(), StoreError>;

    /// Deletes keys that were revoked or expired before that moment, at most `at_most` of them; answers how many.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn purge(&mut self, before: Timestamp, at_most: u32) -> Result<u32, StoreError>;
}
