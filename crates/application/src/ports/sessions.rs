//! Stored sessions.

use super::StoreError;
use async_trait::async_trait;
use threshold_domain::Timestamp;
use threshold_domain::sessions::{Session, SessionId};

/// A session that was ended before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndedSession {
    /// Which one.
    pub id: SessionId,
    /// When it was ended.
    pub ended_at: Timestamp,
}

/// Reads sessions outside of a transaction.
#[async_trait]
pub trait SessionReader: Send + Sync {
    /// Every session that was ended at `since` or later, in no order. A change is seen as soon as it is committed.
    ///
    /// # Errors
    /// `Unavailable`, `Overloaded`.
    async fn ended_since(&self, since: Timestamp) -> Result<Vec<EndedSession>, StoreError>;

    /// Whether the session can still be used: it exists and was not ended. Expiry is not looked at.
    ///
    /// # Errors
    /// `Unavailable`, `Overloaded`.
    async fn is_live(&self, id: SessionId) -> Result<bool, StoreError>;
}

/// Changes sessions within a transaction.
#[async_trait]
pub trait SessionRepository: Send {
    /// Adds a session of an existing user.
    ///
    /// # Errors
    /// `NotUnique(Id)`, `Unavailable`.
    async fn insert(&mut self, session: &Session) -> Result<(), StoreError>;

    /// Ends a session. A session that is ended already keeps its time, one that doesn't exist is no error:
    /// both answer `false`.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn end(&mut self, id: SessionId, at: Timestamp) -> Result<bool, StoreError>;
}
