//! Signing keys in memory.

use super::super::lock;
use super::{InMemoryStore, Tables};
use async_trait::async_trait;
use threshold_application::ports::{AuditRepository, SigningKeyRepository, StoreError, Uniqueness};
use threshold_domain::Timestamp;
use threshold_domain::audit::AuditEvent;
use threshold_domain::sessions::{KeyId, SigningKey};

impl Tables {
    fn insert_key(&mut self, key: &SigningKey) -> Result<(), StoreError> {
        let signs = |other: &SigningKey| other.algorithm == key.algorithm && other.retired_at.is_none();
        if self.signing_keys.iter().any(|other| other.id == key.id) {
            return Err(StoreError::NotUnique(Uniqueness::Id));
        }
        if key.retired_at.is_none() && self.signing_keys.iter().any(signs) {
            return Err(StoreError::NotUnique(Uniqueness::SigningKey));
        }
        self.signing_keys.push(key.clone());
        Ok(())
    }
}

#[async_trait]
impl SigningKeyRepository for InMemoryStore {
    async fn list(&self) -> Result<Vec<SigningKey>, StoreError> {
        let mut keys = lock(&self.committed).signing_keys.clone();
        keys.sort_by_key(|key| key.created_at);
        Ok(keys)
    }

    async fn insert(&self, key: &SigningKey, event: AuditEvent) -> Result<(), StoreError> {
        let mut tables = lock(&self.committed);
        tables.insert_key(key)?;
        tables.record(event);
        tables.audit.keep();
        Ok(())
    }

    async fn rotate(&self, replaced: &KeyId, next: &SigningKey, event: AuditEvent) -> Result<bool, StoreError> {
        let mut committed = lock(&self.committed);
        let mut tables = committed.clone();
        let current = tables.signing_keys.iter_mut().find(|key| key.id == *replaced && key.retired_at.is_none());
        let Some(current) = current else { return Ok(false) };
        current.retired_at = Some(next.signs_from);
        tables.insert_key(next)?;
        tables.record(event);
        tables.audit.keep();
        *committed = tables;
        Ok(true)
    }

    async fn withdraw(&self, id: &KeyId, at: Timestamp, event: AuditEvent) -> Result<bool, StoreError> {
        let mut tables = lock(&self.committed);
        let key = tables.signing_keys.iter_mut().find(|key| key.id == *id && key.withdrawn_at.is_none());
        let Some(key) = key else { return Ok(false) };
        key.withdrawn_at = Some(at);
        key.retired_at = Some(key.retired_at.map_or(at, |retired_at| retired_at.min(at)));
        tables.record(event);
        tables.audit.keep();
        Ok(true)
    }

    async fn purge(&self, before: Timestamp) -> Result<u32, StoreError> {
        let keys = &mut lock(&self.committed).signing_keys;
        let count = keys.len();
        keys.retain(|key| key.retired_at.is_none_or(|retired_at| retired_at >= before));
        Ok(u32::try_from(count - keys.len()).unwrap_or(u32::MAX))
    }
}
