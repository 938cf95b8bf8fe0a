//! When keys were last used.

use crate::ports::{StoreError, UnitOfWork};
use chrono::TimeDelta;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use threshold_domain::Timestamp;
use threshold_domain::access::{ApiKeyId, Principal};
use threshold_domain::audit::{AuditAction, AuditEvent, Initiator, Origin};

/// A key that is used all the time is recorded as used this often on each instance.
const RECORDED_EVERY: TimeDelta = TimeDelta::hours(1);

/// Notes in memory when keys are used, and now and then in the store and the audit log: no request waits for it. There are as many
/// notes as keys that were used in between.
pub struct KeyUses {
    unit_of_work: Arc<dyn UnitOfWork>,
    notes: Mutex<Notes>,
}

#[derive(Default)]
struct Notes {
    last_used: HashMap<ApiKeyId, Timestamp>,
    /// What is to be recorded.
    events: Vec<AuditEvent>,
    /// When each key was last recorded.
    recorded: HashMap<ApiKeyId, Timestamp>,
}

impl KeyUses {
    /// Nothing is noted yet.
    #[must_use]
    pub fn new(unit_of_work: Arc<dyn UnitOfWork>) -> Self {
        Self { unit_of_work, notes: Mutex::default() }
    }

    /// Notes that a key was used from `origin`.
    pub fn note(&self, key: ApiKeyId, at: Timestamp, origin: impl FnOnce() -> Origin) {
        let mut notes = self.notes();
        notes.used(key, at);
        if notes.recorded.get(&key).is_none_or(|last| at - *last >= RECORDED_EVERY) {
            notes.recorded.insert(key, at);
            let user = Initiator::known(Principal::ApiKey(key), origin());
            notes.events.push(AuditEvent::new(AuditAction::LoginSucceeded, &user, at).with("by", "api-key"));
        }
    }

    /// Stores what was noted since the last time; called again and again, and once more at the end.
    ///
    /// # Errors
    /// When the store failed: the notes stay for the next time.
    pub async fn store(&self) -> Result<(), StoreError> {
        let (last_used, events) = {
            let mut notes = self.notes();
            (std::mem::take(&mut notes.last_used), std::mem::take(&mut notes.events))
        };
        if last_used.is_empty() {
            return Ok(());
        }
        let uses: Vec<_> = last_used.into_iter().collect();
        let outcome = self.write(&uses, &events).await;
        if outcome.is_err() {
            let mut notes = self.notes();
            for (key, at) in uses {
                notes.used(key, at);
            }
            notes.events.extend(events);
        }
        outcome
    }

    async fn write(&self, uses: &[(ApiKeyId, Timestamp)], events: &[AuditEvent]) -> Result<(), StoreError> {
        let mut tx = self.unit_of_work.begin().await?;
        tx.api_keys().note_uses(uses).await?;
        for event in events {
            tx.audit().record(event.clone());
        }
        tx.commit().await
    }

    /// What a note consists of can be done again, so a panic while the lock was held does no harm.
    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Notes {
    fn used(&mut self, key: ApiKeyId, at: Timestamp) {
        let last = self.last_used.entry(key).or_insert(at);
        *last = at.max(*last);
    }
}
