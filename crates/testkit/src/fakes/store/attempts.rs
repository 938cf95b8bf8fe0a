//! Failed attempts in memory.

use super::super::lock;
use super::{InMemoryStore, Tables};
use async_trait::async_trait;
use threshold_application::ports::{AttemptReader, AttemptRepository, StoreError};
use threshold_domain::Timestamp;
use threshold_domain::limits::{AttemptCount, AttemptKey};

#[async_trait]
impl AttemptReader for InMemoryStore {
    async fn counted(&self, key: AttemptKey) -> Result<Option<AttemptCount>, StoreError> {
        Ok(lock(&self.committed).attempts.iter().find(|(one, _)| *one == key).map(|(_, count)| *count))
    }
}

#[async_trait]
impl AttemptRepository for Tables {
    async fn count(&mut self, key: AttemptKey, now: Timestamp, expired: Timestamp) -> Result<AttemptCount, StoreError> {
        let counted = self.attempts.iter().find(|(one, _)| *one == key).map(|(_, count)| *count);
        let counted = counted.filter(|count| count.since > expired);
        let count = match counted {
            Some(AttemptCount { failures, since }) => AttemptCount { failures: failures + 1, since },
            None => AttemptCount { failures: 1, since: now },
        };
        self.clear(key).await?;
        self.attempts.push((key, count));
        Ok(count)
    }

    async fn clear(&mut self, key: AttemptKey) -> Result<(), StoreError> {
        self.attempts.retain(|(one, _)| *one != key);
        Ok(())
    }

    async fn purge(&mut self, before: Timestamp, at_most: u32) -> Result<u32, StoreError> {
        let mut purged = 0;
        self.attempts.retain(|(_, count)| {
            let goes = count.since < before && purged < at_most;
            purged += u32::from(goes);
            !goes
        });
        Ok(purged)
    }
}
