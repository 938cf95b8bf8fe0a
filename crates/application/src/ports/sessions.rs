//! Stored sessions.

use super::StoreError;
use async_trait::async_trait;
use threshold_domain::Timestamp;
use threshold_domain::accounts::UserId;
use threshold_domain::sessions::{Session, SessionId};

/// A session that was ended before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndedSession {
    /// Which one.
    pub id: SessionId,
    /// When it was ended.
    pub ended_at: Timestamp,
}

/// A session, and what has happened to its user since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundSession {
    /// The session, whatever has become of it.
    pub session: Session,
    /// When what its user may do last changed: what was issued before is stale.
    pub grants_changed_at: Option<Timestamp>,
}

/// Reads sessions outside of a transaction. A change is seen as soon as it is committed.
#[async_trait]
pub trait SessionReader: Send + Sync {
    /// Every session that was ended at `since` or later, in no order.
    ///
    /// # Errors
    /// `Unavailable`, `Overloaded`.
    async fn ended_since(&self, since: Timestamp) -> Result<Vec<EndedSession>, StoreError>;

    /// Every user whose grants changed at `since` or later, and when they last did, in no order.
    ///
    /// # Errors
    /// `Unavailable`, `Overloaded`.
    async fn grants_changed_since(&self, since: Timestamp) -> Result<Vec<(UserId, Timestamp)>, StoreError>;

    /// The session, whatever has become of it.
    ///
    /// # Errors
    /// `Unavailable`, `Overloaded`, `Corrupt`.
    async fn find(&self, id: SessionId) -> Result<Option<FoundSession>, StoreError>;

    /// The sessions of a user that are open at `now`, the latest used first.
    ///
    /// # Errors
    /// `Unavailable`, `Overloaded`, `Corrupt`.
    async fn open_of(&self, user: UserId, now: Timestamp) -> Result<Vec<Session>, StoreError>;
}

/// Changes sessions within a transaction.
#[async_trait]
pub trait SessionRepository: Send {
    /// Adds a session of an existing user.
    ///
    /// # Errors
    /// `NotUnique(Id)`, `Unavailable`.
    async fn insert(&mut self, session: &Session) -> Result<(), StoreError>;

    /// The session, whatever has become of it; who else wants to change it waits until this transaction ends.
    ///
    /// # Errors
    /// `Unavailable`, `Corrupt`.
    async fn lock(&mut self, id: SessionId) -> Result<Option<Session>, StoreError>;

    /// Stores the proof, `last_seen_at` and `idle_until` of a session that was read in this transaction.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn update(&mut self, session: &Session) -> Result<(), StoreError>;

    /// Ends a session: it is dated, and idle from then on. A session that is ended already keeps its time, one that doesn't
    /// exist is no error: both answer `false`.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn end(&mut self, id: SessionId, at: Timestamp) -> Result<bool, StoreError>;

    /// Ends every session of a user that is not ended yet, but for `except`; answers which.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn end_all(
        &mut self,
        user: UserId,
        except: Option<SessionId>,
        at: Timestamp,
    ) -> Result<Vec<SessionId>, StoreError>;

    /// Ends the sessions of a user that are open at `at`, all but the `keep` latest used; answers which.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn end_oldest(&mut self, user: UserId, keep: u32, at: Timestamp) -> Result<Vec<SessionId>, StoreError>;

    /// Deletes sessions that were idle before that moment, at most `at_most` of them; answers how many.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn purge(&mut self, before: Timestamp, at_most: u32) -> Result<u32, StoreError>;
}
