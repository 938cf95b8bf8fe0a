//! One sign-in and what became of it.

use crate::{Timestamp, accounts::UserId};
use std::fmt;
use uuid::Uuid;

/// Names one session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(Uuid);

impl SessionId {
    /// Wraps an id that an id generator made or a store gave back.
    #[must_use]
    pub fn new(id: Uuid) -> Self {
        Self(id)
    }

    /// The bare id.
    #[must_use]
    pub fn as_uuid(&self) -> Uuid {
        self.0
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One sign-in of one user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Which one it is.
    pub id: SessionId,
    /// Whose it is.
    pub user_id: UserId,
    /// When they signed in.
    pub created_at: Timestamp,
    /// After this no token of the session is accepted.
    pub expires_at: Timestamp,
    /// When it was ended before its time.
    pub ended_at: Option<Timestamp>,
}

impl Session {
    /// A session that starts now.
    #[must_use]
    pub fn started(id: SessionId, user_id: UserId, now: Timestamp, lifetime: chrono::TimeDelta) -> Self {
        Self { id, user_id, created_at: now, expires_at: now + lifetime, ended_at: None }
    }
}
