//! Making, seeing and revoking keys of machines.

use super::{Exceeds, Reach};
use crate::ports::{ApiKeyReader, Clock, IdGenerator, SecretGenerator, StoreError, UnitOfWork};
use crate::sessions::Announcer;
use std::sync::Arc;
use threshold_domain::Timestamp;
use threshold_domain::access::{ApiKey, ApiKeyId, ApiKeyName, ApiKeySecret, Permission, Permissions};
use threshold_domain::audit::{AuditAction, AuditEvent, Initiator, Subject};

/// What making and revoking take.
const NEEDED: Permission = Permission::ApiKeysWrite;

/// Makes, shows and revokes keys. Nobody makes, or revokes, a key with a permission that they lack, machines no more than people.
pub struct ManageApiKeys {
    /// Changes everything together.
    pub unit_of_work: Arc<dyn UnitOfWork>,
    /// Reads keys.
    pub keys: Arc<dyn ApiKeyReader>,
    /// Has all instances know which keys no longer count.
    pub announcer: Arc<Announcer>,
    /// Makes secrets.
    pub random: Arc<dyn SecretGenerator>,
    /// Names keys.
    pub ids: Arc<dyn IdGenerator>,
    /// Dates them.
    pub clock: Arc<dyn Clock>,
}

/// A key that is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewApiKey {
    /// What people call it.
    pub name: ApiKeyName,
    /// What it permits.
    pub permissions: Permissions,
    /// From when on it is refused, if ever.
    pub expires_at: Option<Timestamp>,
}

/// Why nothing became of it.
#[derive(Debug, thiserror::Error)]
pub enum ManageApiKeysError {
    /// There is no such key, or it is revoked.
    #[error("there is no such key")]
    NotFound,
    /// It would be of no use.
    #[error("the key would have expired already")]
    ExpiresInThePast,
    /// The caller lacks a permission that the key has, or would have.
    #[error(transparent)]
    Exceeds(#[from] Exceeds),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ManageApiKeys {
    /// Makes a key, and answers it with its secret, which nobody can find out afterwards.
    ///
    /// # Errors
    /// `ExpiresInThePast`, `Exceeds`, `Store`.
    pub async fn create(
        &self,
        initiator: &Initiator,
        new: NewApiKey,
    ) -> Result<(ApiKey, ApiKeySecret), ManageApiKeysError> {
        let NewApiKey { name, permissions, expires_at } = new;
        let now = self.clock.now();
        if expires_at.is_some_and(|at| at <= now) {
            return Err(ManageApiKeysError::ExpiresInThePast);
        }
        let secret = ApiKeySecret::generate(|bytes| self.random.fill(bytes));
        let key = ApiKey {
            id: ApiKeyId::new(self.ids.next()),
            name,
            prefix: secret.prefix(),
            permissions,
            created_by: initiator.principal(),
            created_at: now,
            expires_at,
            revoked_at: None,
            last_used_at: None,
        };
        let mut tx = self.unit_of_work.begin().await?;
        Reach::of(tx.as_mut(), initiator, NEEDED, now).await?.covers(permissions)?;
        tx.api_keys().insert(&key, &secret.digest()).await?;
        let names: Vec<_> = permissions.iter().map(Permission::as_str).collect();
        let made = AuditEvent::new(AuditAction::TokenCreated, initiator, now).on(Subject::ApiKey(key.id));
        tx.audit().record(made.with("permissions", names.join(" ")));
        tx.commit().await?;
        Ok((key, secret))
    }

    /// Keys that are not revoked, the latest made first: at most `at_most`, from the one after `after` on.
    ///
    /// # Errors
    /// `Store`.
    pub async fn page(&self, after: Option<ApiKeyId>, at_most: u32) -> Result<Vec<ApiKey>, ManageApiKeysError> {
        Ok(self.keys.page(after, at_most).await?)
    }

    /// The key.
    ///
    /// # Errors
    /// `NotFound`, `Store`.
    pub async fn one(&self, id: ApiKeyId) -> Result<ApiKey, ManageApiKeysError> {
        self.keys.find(id).await?.ok_or(ManageApiKeysError::NotFound)
    }

    /// Revokes a key: this instance refuses it when this returns, the others within a second.
    ///
    /// # Errors
    /// `NotFound`, `Exceeds`, `Store`.
    pub async fn revoke(&self, initiator: &Initiator, id: ApiKeyId) -> Result<(), ManageApiKeysError> {
        let now = self.clock.now();
        let mut tx = self.unit_of_work.begin().await?;
        let key = tx.api_keys().lock(id).await?.filter(|key| key.revoked_at.is_none());
        let key = key.ok_or(ManageApiKeysError::NotFound)?;
        Reach::of(tx.as_mut(), initiator, NEEDED, now).await?.covers(key.permissions)?;
        tx.api_keys().revoke(id, now).await?;
        tx.audit().record(AuditEvent::new(AuditAction::TokenRevoked, initiator, now).on(Subject::ApiKey(id)));
        tx.commit().await?;
        self.announcer.announce(&[self.announcer.key_revoked(id, now)]).await;
        Ok(())
    }
}
