//! What tokens no longer count, in memory.

use chrono::TimeDelta;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use threshold_application::ports::{News, Revocation, RevocationList};
use threshold_domain::Timestamp;
use threshold_domain::accounts::UserId;
use threshold_domain::sessions::{AccessClaims, SessionId};

/// After this time without news the list is out of date.
const MAX_AGE: TimeDelta = TimeDelta::seconds(1);

/// The sessions that ended and the users whose grants changed, each until none of the tokens can be valid.
#[derive(Debug, Default)]
pub struct MemoryRevocations(RwLock<State>);

#[derive(Debug, Default)]
struct State {
    ended: HashMap<SessionId, Timestamp>,
    changed: HashMap<UserId, Change>,
    caught_up_at: Option<Timestamp>,
}

/// When somebody's grants changed, and how long that matters.
#[derive(Debug, Clone, Copy)]
struct Change {
    not_before: Timestamp,
    until: Timestamp,
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

impl State {
    fn is_current(&self, now: Timestamp) -> bool {
        self.caught_up_at.is_some_and(|at| now - at <= MAX_AGE)
    }

    fn forget_until(&mut self, at: Timestamp) {
        self.ended.retain(|_, until| *until > at);
        self.changed.retain(|_, change| change.until > at);
        give_back(&mut self.ended);
        give_back(&mut self.changed);
    }
}

/// After a wave of ends the memory for it is given back.
fn give_back<K: Eq + Hash, V>(map: &mut HashMap<K, V>) {
    if map.capacity() > 1024 && map.len() < map.capacity() / 4 {
        map.shrink_to(map.len() * 2);
    }
}

impl RevocationList for MemoryRevocations {
    fn note(&self, news: &News) {
        match *news {
            News::SessionEnded { session, until } => {
                let mut state = self.write();
                let held_until = state.ended.entry(session).or_insert(until);
                *held_until = until.max(*held_until);
            }
            News::GrantsChanged { user, not_before, until } => {
                let mut state = self.write();
                let change = state.changed.entry(user).or_insert(Change { not_before, until });
                change.not_before = change.not_before.max(not_before);
                change.until = change.until.max(until);
            }
            News::UserChanged(_) => {}
        }
    }

    fn caught_up(&self, at: Timestamp) {
        let mut state = self.write();
        if state.caught_up_at.is_none_or(|before| before < at) {
            state.caught_up_at = Some(at);
            state.forget_until(at);
        }
    }

    fn is_current(&self, now: Timestamp) -> bool {
        self.read().is_current(now)
    }

    fn lookup(&self, claims: &AccessClaims, now: Timestamp) -> Revocation {
        let state = self.read();
        if state.ended.contains_key(&claims.session) {
            return Revocation::Revoked;
        }
        match state.changed.get(&claims.subject) {
            Some(change) if claims.is_stale(change.not_before) => Revocation::Stale,
            Some(_) | None if state.is_current(now) => Revocation::Live,
            Some(_) | None => Revocation::Unknown,
        }
    }

    fn len(&self) -> usize {
        let state = self.read();
        state.ended.len() + state.changed.len()
    }
}
