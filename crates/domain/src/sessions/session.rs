//! One sign-in and what became of it.

use super::{Provenance, SecretDigest, SessionLifetimes, SessionToken};
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

/// What a session is proven by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SessionKind {
    /// Access tokens, and a refresh token that brings new ones and is used up by it.
    Tokens,
    /// A cookie of a browser, which stays the same until what its user may do changes.
    Browser,
}

/// How somebody wants to be signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRequest {
    /// What the session shall be proven by.
    pub kind: SessionKind,
    /// Whether it shall outlive the browser's window.
    pub remembered: bool,
    /// Where the request comes from.
    pub provenance: Provenance,
}

/// One sign-in of one user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Which one it is.
    pub id: SessionId,
    /// Whose it is.
    pub user_id: UserId,
    /// What was asked for.
    pub request: SessionRequest,
    /// When they signed in.
    pub created_at: Timestamp,
    /// When it was last used; up to a minute late for browsers.
    pub last_seen_at: Timestamp,
    /// It is over then if nobody uses it before; never after `expires_at`.
    pub idle_until: Timestamp,
    /// It is over then, however much it is used.
    pub expires_at: Timestamp,
    /// When it was ended before its time.
    pub ended_at: Option<Timestamp>,
    /// What its bearer must show.
    pub proof: SessionProof,
}

/// What is kept of the secret that proves a session: nothing that it could be made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionProof {
    /// Counts the secrets that the session has had, from 0.
    pub generation: u32,
    /// Of the current one.
    pub digest: SecretDigest,
    /// When it became the current one.
    pub renewed_at: Timestamp,
}

impl Session {
    /// A session that starts now.
    #[must_use]
    pub fn started(
        id: SessionId,
        user_id: UserId,
        request: SessionRequest,
        digest: SecretDigest,
        now: Timestamp,
        lifetimes: &SessionLifetimes,
    ) -> Self {
        let (idle, absolute) = lifetimes.of(&request);
        let expires_at = now + absolute;
        Self {
            id,
            user_id,
            request,
            created_at: now,
            last_seen_at: now,
            idle_until: expires_at.min(now + idle),
            expires_at,
            ended_at: None,
            proof: SessionProof { generation: 0, digest, renewed_at: now },
        }
    }

    /// Whether it can be used: neither ended nor over.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.ended_at.is_none() && now < self.idle_until
    }

    /// Puts its end by idleness off, because it is used.
    pub fn used(&mut self, now: Timestamp, lifetimes: &SessionLifetimes) {
        let (idle, _absolute) = lifetimes.of(&self.request);
        self.last_seen_at = now;
        self.idle_until = self.expires_at.min(now + idle);
    }

    /// From now on `successor`, of which this is the digest, proves it.
    pub fn renewed(&mut self, successor: &SessionToken, digest: SecretDigest, now: Timestamp) {
        self.proof = SessionProof { generation: successor.generation, digest, renewed_at: now };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    fn session(kind: SessionKind, remembered: bool) -> Session {
        let request = SessionRequest { kind, remembered, provenance: Provenance::default() };
        let (id, user) = (SessionId::new(Uuid::nil()), UserId::new(Uuid::nil()));
        Session::started(id, user, request, SecretDigest::new([0; 32]), at(0), &SessionLifetimes::default())
    }

    fn at(days: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + TimeDelta::days(days)
    }

    #[test]
    fn using_a_session_puts_its_idle_end_off_but_never_past_its_absolute_one() {
        let mut session = session(SessionKind::Tokens, false);
        assert!(session.is_open(at(29)) && !session.is_open(at(30)));
        for day in [29, 58, 87] {
            session.used(at(day), &SessionLifetimes::default());
        }
        assert_eq!(session.last_seen_at, at(87));
        assert!(session.is_open(at(89)) && !session.is_open(at(90)));
    }

    #[test]
    fn a_browser_that_is_not_remembered_has_twelve_hours_whatever_it_does() {
        let mut session = session(SessionKind::Browser, false);
        session.used(at(0) + TimeDelta::hours(11), &SessionLifetimes::default());
        assert!(session.is_open(at(0) + TimeDelta::hours(11)));
        assert!(!session.is_open(at(0) + TimeDelta::hours(12)));
    }

    #[test]
    fn an_ended_session_is_not_open() {
        let ended = Session { ended_at: Some(at(0)), ..session(SessionKind::Browser, true) };
        assert!(!ended.is_open(at(0)));
    }
}
