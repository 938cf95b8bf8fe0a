//! Signing keys: where they are kept, and who makes them.

use super::{BoxError, StoreError};
use async_trait::async_trait;
use threshold_domain::Timestamp;
use threshold_domain::audit::AuditEvent;
use threshold_domain::sessions::{KeyId, SigningKey};

/// Keeps signing keys. At most one key an algorithm is not retired: the one that signs, or will sign next. What is done is recorded
/// as `event` if it happens, and only then.
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
    async fn insert(&self, key: &SigningKey, event: AuditEvent) -> Result<(), StoreError>;

    /// Puts `next` in the place of the key that is not retired, which signs until `next` begins to; both or nothing. `false`,
    /// and nothing happens, if `replaced` is retired already: of two who rotate at once one does.
    ///
    /// # Errors
    /// `NotUnique(Id)` for a known `kid`, `Unavailable`, `Overloaded`.
    async fn rotate(&self, replaced: &KeyId, next: &SigningKey, event: AuditEvent) -> Result<bool, StoreError>;

    /// Takes a key out of use: it is retired now at the latest, and withdrawn. `false` if there is no such key, or it is
    /// withdrawn already.
    ///
    /// # Errors
    /// `Unavailable`, `Overloaded`.
    async fn withdraw(&self, id: &KeyId, at: Timestamp, event: AuditEvent) -> Result<bool, StoreError>;

    /// Deletes keys that were retired before that moment; answers how many.
    ///
    /// # Errors
    /// `Unavailable`, `Overloaded`.
    async fn purge(&self, before: Timestamp) -> Result<u32, StoreError>;
}

/// Makes signing keys.
pub trait KeyMaker: Send + Sync {
    /// A new key of the algorithm in force, sealed, made at `now`; it is stored nowhere yet.
    ///
    /// # Errors
    /// See [`MakeKeyError`].
    fn make(&self, now: Timestamp, signs_from: Timestamp) -> Result<SigningKey, MakeKeyError>;
}

/// No key was made.
#[derive(Debug, thiserror::Error)]
pub enum MakeKeyError {
    /// There is nothing to make: a secret from the settings signs.
    #[error("a shared secret signs (HS256): change it in the settings")]
    SharedSecret,
    /// The cryptography failed, which it shouldn't.
    #[error("a signing key could not be made")]
    Cryptography(#[source] BoxError),
}
