//! API keys in memory.

use super::super::lock;
use super::{InMemoryStore, Tables};
use async_trait::async_trait;
use threshold_application::ports::{
    ApiKeyLookup, ApiKeyReader, ApiKeyRepository, RevokedApiKey, StoreError, Uniqueness,
};
use threshold_domain::Timestamp;
use threshold_domain::access::{ApiKey, ApiKeyId, ApiKeyStanding, Principal};
use threshold_domain::accounts::UserId;
use threshold_domain::sessions::SecretDigest;

/// A key, and the digest of its secret.
#[derive(Debug, Clone)]
pub(super) struct StoredKey {
    key: ApiKey,
    digest: SecretDigest,
}

impl Tables {
    /// Keys live on without whoever made them.
    pub(super) fn forget_makers(&mut self, gone: impl Fn(Principal) -> bool) {
        for StoredKey { key, .. } in &mut self.api_keys {
            key.created_by = key.created_by.filter(|maker| !gone(*maker));
        }
    }

    pub(super) fn forget_users_as_makers(&mut self, users: &[UserId]) {
        self.forget_makers(|maker| matches!(maker, Principal::User(user) if users.contains(&user)));
    }
}

#[async_trait]
impl ApiKeyLookup for InMemoryStore {
    async fn by_digest(&self, digest: &SecretDigest) -> Result<Option<ApiKeyStanding>, StoreError> {
        let tables = lock(&self.committed);
        Ok(tables.api_keys.iter().find(|one| one.digest == *digest).map(|one| one.key.standing()))
    }
}

#[async_trait]
impl ApiKeyReader for InMemoryStore {
    async fn page(&self, after: Option<ApiKeyId>, at_most: u32) -> Result<Vec<ApiKey>, StoreError> {
        let mut keys: Vec<ApiKey> = lock(&self.committed).api_keys.iter().map(|one| one.key.clone()).collect();
        keys.retain(|key| key.revoked_at.is_none() && after.is_none_or(|after| key.id < after));
        keys.sort_by_key(|key| std::cmp::Reverse(key.id));
        keys.truncate(usize::try_from(at_most).unwrap_or(usize::MAX));
        Ok(keys)
    }

    async fn find(&self, id: ApiKeyId) -> Result<Option<ApiKey>, StoreError> {
        let tables = lock(&self.committed);
        let mut keys = tables.api_keys.iter().map(|one| &one.key);
        Ok(keys.find(|key| key.id == id && key.revoked_at.is_none()).cloned())
    }

    async fn revoked_since(&self, since: Timestamp) -> Result<Vec<RevokedApiKey>, StoreError> {
        let tables = lock(&self.committed);
        let revoked = |one: &StoredKey| Some(RevokedApiKey { id: one.key.id, revoked_at: one.key.revoked_at? });
        Ok(tables.api_keys.iter().filter_map(revoked).filter(|key| key.revoked_at >= since).collect())
    }
}

#[async_trait]
impl ApiKeyRepository for Tables {
    async fn insert(&mut self, key: &ApiKey, digest: &SecretDigest) -> Result<(), StoreError> {
        if self.api_keys.iter().any(|one| one.key.id == key.id || one.digest == *digest) {
            return Err(StoreError::NotUnique(Uniqueness::Id));
        }
        self.api_keys.push(StoredKey { key: key.clone(), digest: *digest });
        Ok(())
    }

    async fn lock(&mut self, id: ApiKeyId) -> Result<Option<ApiKeyStanding>, StoreError> {
        self.standing(id).await
    }

    async fn standing(&mut self, id: ApiKeyId) -> Result<Option<ApiKeyStanding>, StoreError> {
        Ok(self.api_keys.iter().find(|one| one.key.id == id).map(|one| one.key.standing()))
    }

    async fn revoke(&mut self, id: ApiKeyId, at: Timestamp) -> Result<(), StoreError> {
        if let Some(one) = self.api_keys.iter_mut().find(|one| one.key.id == id) {
            one.key.revoked_at = Some(at);
        }
        Ok(())
    }

    async fn note_uses(&mut self, uses: &[(ApiKeyId, Timestamp)]) -> Result<(), StoreError> {
        for (id, at) in uses {
            if let Some(one) = self.api_keys.iter_mut().find(|one| one.key.id == *id) {
                one.key.last_used_at = one.key.last_used_at.max(Some(*at));
            }
        }
        Ok(())
    }

    async fn purge(&mut self, before: Timestamp, at_most: u32) -> Result<u32, StoreError> {
        let is_over = |key: &ApiKey| [key.revoked_at, key.expires_at].into_iter().flatten().any(|at| at < before);
        let over = self.api_keys.iter().map(|one| &one.key).filter(|key| is_over(key)).map(|key| key.id);
        let over: Vec<ApiKeyId> = over.take(usize::try_from(at_most).unwrap_or(usize::MAX)).collect();
        self.api_keys.retain(|one| !over.contains(&one.key.id));
        self.forget_makers(|maker| matches!(maker, Principal::ApiKey(key) if over.contains(&key)));
        Ok(u32::try_from(over.len()).unwrap_or(u32::MAX))
    }
}
