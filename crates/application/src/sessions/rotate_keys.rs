//! Changing the keys that sign access tokens.

use super::time_delta;
use crate::ports::{Clock, KeyMaker, MakeKeyError, SigningKeyRepository, StoreError};
use chrono::TimeDelta;
use std::sync::Arc;
use std::time::Duration;
use threshold_domain::Timestamp;
use threshold_domain::audit::{AuditAction, AuditEvent, Initiator, Subject};
use threshold_domain::sessions::{KeyId, KeyState, SigningKey};

/// How long a key that is of no more use can still be looked at.
const SHOWN_AFTERWARDS: TimeDelta = TimeDelta::days(7);

/// Rotates signing keys so that nobody notices: the next one is public before it signs, the last one verifies until its tokens
/// have expired.
pub struct RotateKeys {
    /// Where keys are kept.
    pub repository: Arc<dyn SigningKeyRepository>,
    /// Makes new ones.
    pub maker: Arc<dyn KeyMaker>,
    /// Dates them.
    pub clock: Arc<dyn Clock>,
    /// How long before it signs a key is published.
    pub lead: Duration,
    /// How old the key that signs may get.
    pub max_age: Duration,
    /// How long tokens are valid.
    pub token_lifetime: Duration,
}

/// Why no key was changed.
#[derive(Debug, thiserror::Error)]
pub enum RotateKeysError {
    /// No key was made.
    #[error(transparent)]
    Make(#[from] MakeKeyError),
    /// There is no key of this id that is in use.
    #[error("there is no signing key {0} in use; `threshold keys list` shows all")]
    Unknown(KeyId),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl RotateKeys {
    /// Every key and where it is in its life, oldest first.
    ///
    /// # Errors
    /// `Store`.
    pub async fn list(&self) -> Result<Vec<(SigningKey, KeyState)>, RotateKeysError> {
        let (now, lifetime) = (self.clock.now(), time_delta(self.token_lifetime));
        let keys = self.repository.list().await?;
        Ok(keys.into_iter().map(|key| (key.clone(), key.state(now, lifetime))).collect())
    }

    /// Publishes a new key, which takes over after the lead. If somebody else does it at this moment theirs is as good: `None`.
    ///
    /// # Errors
    /// `Make`, `Store`.
    pub async fn rotate(&self, initiator: &Initiator) -> Result<Option<SigningKey>, RotateKeysError> {
        let now = self.clock.now();
        self.replace(initiator, now, now + time_delta(self.lead)).await
    }

    /// Rotates if the key that signs, or will sign next, is too old.
    ///
    /// # Errors
    /// `Make`, `Store`.
    pub async fn rotate_by_age(&self) -> Result<Option<SigningKey>, RotateKeysError> {
        let now = self.clock.now();
        let next = self.maker.make(now, now + time_delta(self.lead))?;
        let Some(current) = self.current(&next).await? else { return Ok(None) };
        if now - current.signs_from < time_delta(self.max_age) {
            return Ok(None);
        }
        let event = rotated(&Initiator::system(), &next);
        Ok(self.repository.rotate(&current.id, &next, event).await?.then_some(next))
    }

    /// Takes a key out of use at once, with every token that it signed. If it is the one that signs another one takes over
    /// without a lead: those who verify by themselves must look at the public keys again.
    ///
    /// # Errors
    /// See [`RotateKeysError`].
    pub async fn retire(&self, initiator: &Initiator, id: &KeyId) -> Result<(), RotateKeysError> {
        let now = self.clock.now();
        let keys = self.repository.list().await?;
        let key = keys.iter().find(|key| key.id == *id && key.withdrawn_at.is_none());
        let key = key.ok_or_else(|| RotateKeysError::Unknown(id.clone()))?;
        if key.retired_at.is_none() {
            self.replace(initiator, now, now).await?;
        }
        let subject = Subject::SigningKey(id.as_str().to_owned());
        let event = AuditEvent::new(AuditAction::KeyRetired, initiator, now).on(subject);
        self.repository.withdraw(id, now, event).await?;
        Ok(())
    }

    /// Deletes keys that have been of no use for a week; answers how many.
    ///
    /// # Errors
    /// `Store`.
    pub async fn purge(&self) -> Result<u32, RotateKeysError> {
        let before = self.clock.now() - time_delta(self.token_lifetime) - SHOWN_AFTERWARDS;
        Ok(self.repository.purge(before).await?)
    }

    async fn replace(
        &self,
        initiator: &Initiator,
        now: Timestamp,
        signs_from: Timestamp,
    ) -> Result<Option<SigningKey>, RotateKeysError> {
        let next = self.maker.make(now, signs_from)?;
        let Some(current) = self.current(&next).await? else {
            self.repository.insert(&next, rotated(initiator, &next)).await?;
            return Ok(Some(next));
        };
        let event = rotated(initiator, &next);
        Ok(self.repository.rotate(&current.id, &next, event).await?.then_some(next))
    }

    /// The key that `next` would replace.
    async fn current(&self, next: &SigningKey) -> Result<Option<SigningKey>, StoreError> {
        let keys = self.repository.list().await?;
        Ok(keys.into_iter().find(|key| key.algorithm == next.algorithm && key.retired_at.is_none()))
    }
}

/// What is recorded of a new key.
fn rotated(initiator: &Initiator, next: &SigningKey) -> AuditEvent {
    let subject = Subject::SigningKey(next.id.as_str().to_owned());
    AuditEvent::new(AuditAction::KeyRotated, initiator, next.created_at).on(subject)
}
