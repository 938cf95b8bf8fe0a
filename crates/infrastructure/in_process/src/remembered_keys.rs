//! API keys, remembered for as long as an access token lives.

use async_trait::async_trait;
use chrono::TimeDelta;
use quick_cache::sync::Cache;
use std::sync::Arc;
use threshold_application::ports::{ApiKeyLookup, Clock, StoreError};
use threshold_domain::Timestamp;
use threshold_domain::access::ApiKeyStanding;
use threshold_domain::sessions::SecretDigest;

/// Finds keys through a memory of them. What isn't there, or is revoked, is not remembered: a key that was made a moment ago is
/// found at once, and nobody fills the memory with what they make up.
pub struct RememberedKeys {
    keys: Arc<dyn ApiKeyLookup>,
    clock: Arc<dyn Clock>,
    max_age: TimeDelta,
    remembered: Cache<[u8; 32], Remembered>,
}

#[derive(Clone, Copy)]
struct Remembered {
    key: ApiKeyStanding,
    read_at: Timestamp,
}

impl RememberedKeys {
    /// Remembers at most `capacity` of `keys`, each for `max_age`; about 200 bytes each.
    #[must_use]
    pub fn new(keys: Arc<dyn ApiKeyLookup>, clock: Arc<dyn Clock>, max_age: TimeDelta, capacity: usize) -> Self {
        Self { keys, clock, max_age, remembered: Cache::new(capacity) }
    }
}

#[async_trait]
impl ApiKeyLookup for RememberedKeys {
    async fn by_digest(&self, digest: &SecretDigest) -> Result<Option<ApiKeyStanding>, StoreError> {
        // Dated before it is read: what changes from then on is told of for longer than this is remembered.
        let read_at = self.clock.now();
        let remembered = self.remembered.get(digest.as_bytes());
        if let Some(Remembered { key, .. }) = remembered.filter(|one| read_at - one.read_at < self.max_age) {
            return Ok(Some(key));
        }
        let found = self.keys.by_digest(digest).await?;
        match found {
            Some(key) if key.revoked_at.is_none() => {
                self.remembered.insert(*digest.as_bytes(), Remembered { key, read_at });
            }
            Some(_) | None => drop(self.remembered.remove(digest.as_bytes())),
        }
        Ok(found)
    }
}
