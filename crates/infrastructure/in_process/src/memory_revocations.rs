//! Ended sessions, in memory.

use chrono::TimeDelta;
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use threshold_application::ports::{Revocation, RevocationList};
use threshold_domain::Timestamp;
use threshold_domain::sessions::SessionId;

/// After this time without news the list is out of date.
const MAX_AGE: TimeDelta = TimeDelta::seconds(1);

/// The sessions that ended, each until none of its tokens can be valid; about 50 bytes each.
#[derive(Debug, Default)]
pub struct MemoryRevocations(RwLock<State>);

#[derive(Debug, Default)]
struct State {
    ended: HashMap<SessionId, Timestamp>,
    caught_up_at: Option<Timestamp>,
}

impl MemoryRevocations {
    /// Every change is a single step, so a panic while the lock was held can't leave one half-done.
    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RevocationList for MemoryRevocations {
    fn revoke(&self, session: SessionId, until: Timestamp) {
        let mut state = self.write();
        let held_until = state.ended.entry(session).or_insert(until);
        *held_until = until.max(*held_until);
    }

    fn caught_up(&self, at: Timestamp) {
        let mut state = self.write();
        state.caught_up_at = Some(at);
        state.ended.retain(|_, until| *until > at);
    }

    fn lookup(&self, session: SessionId, now: Timestamp) -> Revocation {
        let state = self.read();
        if state.ended.contains_key(&session) {
            return Revocation::Revoked;
        }
        match state.caught_up_at {
            Some(at) if now - at <= MAX_AGE => Revocation::Live,
            Some(_) | None => Revocation::Unknown,
        }
    }

    fn len(&self) -> usize {
        self.read().ended.len()
    }
}
