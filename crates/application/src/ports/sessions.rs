//! Stored sessions.

use super::StoreError;
use async_trait::async_trait;
use threshold_domain::Timestamp;
use threshold_domain::access::{Grants, GrantsVersion, Holder};
use threshold_domain::accounts::{User, UserId};
use threshold_domain::sessions::{SecretDigest, Session, SessionId, SessionProof};

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
    /// What its user may do now; what was issued with an earlier version is stale. Nothing for a user who is deleted.
    pub grants: Grants,
    /// When the roles that its user holds last changed.
    pub grants_changed_at: Option<Timestamp>,
}

/// A change of what somebody may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantsChange {
    /// Who.
    pub holder: Holder,
    /// What was issued with an earlier version is stale.
    pub version: GrantsVersion,
    /// When it was made.
    pub at: Timestamp,
}

/// A session with a new secret, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenewedSession {
    /// As it is now.
    pub session: Session,
    /// Its user.
    pub user: User,
    /// What they may do.
    pub grants: Grants,
}

/// Reads sessions outside of a transaction. A change is seen as soon as it is committed.
#[async_trait]
pub trait SessionReader: Send + Sync {
    /// Every session that was ended at `since` or later, in no order.
    ///
    /// # Errors
    /// `Unavailable`, `Overloaded`.
    async fn ended_since(&self, since: Timestamp) -> Result<Vec<EndedSession>, StoreError>;

    /// The last change of every user and role whose grants changed at `since` or later, in no order.
    ///
    /// # Errors
    /// `Unavailable`, `Overloaded`.
    async fn grants_changed_since(&self, since: Timestamp) -> Result<Vec<GrantsChange>, StoreError>;

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

/// The use of a refresh token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renewal {
    /// Whose it is.
    pub session: SessionId,
    /// The digest that it must be of.
    pub used: SecretDigest,
    /// What proves the session from `renewed_at` on.
    pub proof: SessionProof,
    /// When it is over if it is not used again.
    pub idle_until: Timestamp,
}

/// Uses refresh tokens up outside of a transaction: the common case of a refresh, in one question to the store.
#[async_trait]
pub trait SessionRenewals: Send + Sync {
    /// Has the session be proven by the renewal's proof from now on and dates its use `renewed_at`; it stays idle until
    /// `idle_until`, but not beyond `expires_at`. Answers it as it is then, and its user with what they may do.
    ///
    /// The renewal is made when it is about to be stored, after whatever had to be waited for, so that its date is true; once
    /// for each try.
    ///
    /// `None` for a session that doesn't exist, is not of the kind `Tokens`, is not open at `renewed_at`, or is proven by
    /// another secret: nothing has changed then. Also `None` if its user is gone.
    ///
    /// One atomic step: of many who use the same token one succeeds. A repetition after a lost answer is `None`.
    ///
    /// # Errors
    /// `Unavailable`, `Overloaded`, `Corrupt`.
    async fn renew(&self, renewal: &(dyn Fn() -> Renewal + Send + Sync)) -> Result<Option<RenewedSession>, StoreError>;
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
