//! Counting guesses.

use super::StoreError;
use async_trait::async_trait;
use threshold_domain::Timestamp;
use threshold_domain::limits::{AttemptCount, AttemptKey};

/// Reads what was counted, outside of a transaction. The counts survive a restart and are shared by all instances.
#[async_trait]
pub trait AttemptReader: Send + Sync {
    /// What was counted under the key; `None` if nothing was, or it was forgotten.
    ///
    /// # Errors
    /// `Unavailable`, `Overloaded`, `Corrupt`.
    async fn counted(&self, key: AttemptKey) -> Result<Option<AttemptCount>, StoreError>;
}

/// Counts failed attempts within a transaction.
#[async_trait]
pub trait AttemptRepository: Send {
    /// Counts one failure at `now`: the first one, if those before began at `expired` or earlier. Answers the count with it. Of
    /// two at once one waits for the other.
    ///
    /// # Errors
    /// `Unavailable`, `Corrupt`.
    async fn count(&mut self, key: AttemptKey, now: Timestamp, expired: Timestamp) -> Result<AttemptCount, StoreError>;

    /// Forgets all failures under the key.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn clear(&mut self, key: AttemptKey) -> Result<(), StoreError>;

    /// Forgets keys whose first failure was before that moment, at most `at_most` of them; answers how many.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn purge(&mut self, before: Timestamp, at_most: u32) -> Result<u32, StoreError>;
}
