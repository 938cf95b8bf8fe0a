//! What tokens and keys no longer count, in memory.

use chrono::TimeDelta;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use threshold_application::ports::{News, Revocation, RevocationList};
use threshold_domain::Timestamp;
use threshold_domain::access::{ApiKeyId, GrantsVersion, Holder, RoleName};
use threshold_domain::accounts::UserId;
use threshold_domain::sessions::{AccessClaims, SessionId};

/// After this time without news the list is out of date.
const MAX_AGE: TimeDelta = TimeDelta::seconds(1);

/// The sessions that ended, the users and roles whose grants changed, each until none of the tokens can be valid, and the keys that
/// were revoked, until nobody remembers them.
///
/// Room is bounded. What finds none is not remembered, and nothing else is forgotten for it: until it is over the list says that
/// it is out of date, so that the store is asked.
#[derive(Debug)]
pub struct MemoryRevocations(RwLock<State>);

#[derive(Debug)]
struct State {
    max: usize,
    ended: HashMap<SessionId, Timestamp>,
    users: HashMap<UserId, Change>,
    roles: HashMap<RoleName, Change>,
    keys: HashMap<ApiKeyId, Timestamp>,
    /// When the last of what found no room is over.
    incomplete_until: Option<Timestamp>,
    caught_up_at: Option<Timestamp>,
}

/// When somebody's grants changed, and how long that matters.
#[derive(Debug, Clone, Copy)]
struct Change {
    version: GrantsVersion,
    until: Timestamp,
}

impl MemoryRevocations {
    /// An empty list with room for `max` sessions, users, roles and keys, about 100 bytes each.
    #[must_use]
    pub fn new(max: usize) -> Self {
        Self(RwLock::new(State {
            max,
            ended: HashMap::new(),
            users: HashMap::new(),
            roles: HashMap::new(),
            keys: HashMap::new(),
            incomplete_until: None,
            caught_up_at: None,
        }))
    }

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
        let is_complete = self.incomplete_until.is_none_or(|until| until <= now);
        is_complete && self.caught_up_at.is_some_and(|at| now - at <= MAX_AGE)
    }

    fn len(&self) -> usize {
        self.ended.len() + self.users.len() + self.roles.len() + self.keys.len()
    }

    /// Whether there is room for one more; if not, notes what is missing for how long.
    fn has_room(&mut self, until: Timestamp) -> bool {
        let has_room = self.len() < self.max;
        if !has_room {
            self.incomplete_until = self.incomplete_until.max(Some(until));
        }
        has_room
    }

    fn end(&mut self, session: SessionId, until: Timestamp) {
        if self.ended.contains_key(&session) || self.has_room(until) {
            let held_until = self.ended.entry(session).or_insert(until);
            *held_until = until.max(*held_until);
        }
    }

    fn revoke(&mut self, key: ApiKeyId, until: Timestamp) {
        if self.keys.contains_key(&key) || self.has_room(until) {
            let held_until = self.keys.entry(key).or_insert(until);
            *held_until = until.max(*held_until);
        }
    }

    fn change(&mut self, holder: &Holder, change: Change) {
        let is_known = match holder {
            Holder::User(user) => self.users.contains_key(user),
            Holder::Role(role) => self.roles.contains_key(role),
        };
        if !is_known && !self.has_room(change.until) {
            return;
        }
        let held = match holder {
            Holder::User(user) => self.users.entry(*user).or_insert(change),
            Holder::Role(role) => self.roles.entry(role.clone()).or_insert(change),
        };
        held.version = held.version.max(change.version);
        held.until = held.until.max(change.until);
    }

    /// Whether what the bearer may do has changed since.
    fn is_stale(&self, claims: &AccessClaims) -> bool {
        let is_newer = |change: &Change| claims.grants.version < change.version;
        let of_role = |role: &RoleName| self.roles.get(role).is_some_and(is_newer);
        self.users.get(&claims.subject).is_some_and(is_newer)
            || (!self.roles.is_empty() && claims.grants.roles.iter().any(of_role))
    }

    fn forget_until(&mut self, at: Timestamp) {
        self.ended.retain(|_, until| *until > at);
        self.users.retain(|_, change| change.until > at);
        self.roles.retain(|_, change| change.until > at);
        self.keys.retain(|_, until| *until > at);
        give_back(&mut self.ended);
        give_back(&mut self.users);
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
        match news {
            News::SessionEnded { session, until } => self.write().end(*session, *until),
            News::GrantsChanged { holder, version, until } => {
                self.write().change(holder, Change { version: *version, until: *until });
            }
            News::KeyRevoked { key, until } => self.write().revoke(*key, *until),
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
        if state.is_stale(claims) {
            Revocation::Stale
        } else if state.is_current(now) {
            Revocation::Live
        } else {
            Revocation::Unknown
        }
    }

    fn lookup_key(&self, key: ApiKeyId, now: Timestamp) -> Revocation {
        let state = self.read();
        if state.keys.contains_key(&key) {
            Revocation::Revoked
        } else if state.is_current(now) {
            Revocation::Live
        } else {
            Revocation::Unknown
        }
    }

    fn len(&self) -> usize {
        self.read().len()
    }
}
