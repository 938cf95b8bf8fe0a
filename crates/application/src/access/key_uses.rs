//! When keys were last used.

use crate::ports::{StoreError, UnitOfWork};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use threshold_domain::Timestamp;
use threshold_domain::access::ApiKeyId;

/// Notes in memory when keys are used, and now and then in the store: no request waits for it. There are as many notes as keys that
/// were used in between.
pub struct KeyUses {
    unit_of_work: Arc<dyn UnitOfWork>,
    noted: Mutex<HashMap<ApiKeyId, Timestamp>>,
}

impl KeyUses {
    /// Nothing is noted yet.
    #[must_use]
    pub fn new(unit_of_work: Arc<dyn UnitOfWork>) -> Self {
        Self { unit_of_work, noted: Mutex::default() }
    }

    /// Notes that a key was used.
    pub fn note(&self, key: ApiKeyId, at: Timestamp) {
        let mut noted = self.noted();
        let last = noted.entry(key).or_insert(at);
        *last = at.max(*last);
    }

    /// Stores what was noted since the last time; called again and again, and once more at the end.
    ///
    /// # Errors
    /// When the store failed: the notes stay for the next time.
    pub async fn store(&self) -> Result<(), StoreError> {
        let noted = std::mem::take(&mut *self.noted());
        if noted.is_empty() {
            return Ok(());
        }
        let uses: Vec<_> = noted.into_iter().collect();
        let outcome = self.write(&uses).await;
        if outcome.is_err() {
            for (key, at) in uses {
                self.note(key, at);
            }
        }
        outcome
    }

    async fn write(&self, uses: &[(ApiKeyId, Timestamp)]) -> Result<(), StoreError> {
        let mut tx = self.unit_of_work.begin().await?;
        tx.api_keys().note_uses(uses).await?;
        tx.commit().await
    }

    /// A note is a single step, so a panic while the lock was held can't leave one half-done.
    fn noted(&self) -> MutexGuard<'_, HashMap<ApiKeyId, Timestamp>> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
