//! Ended sessions in a list.

use super::lock;
use chrono::TimeDelta;
use std::sync::Mutex;
use threshold_application::ports::{Revocation, RevocationList};
use threshold_domain::Timestamp;
use threshold_domain::sessions::SessionId;

/// The naive model of a revocation list.
#[derive(Debug, Default)]
pub struct FakeRevocations(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    ended: Vec<(SessionId, Timestamp)>,
    caught_up_at: Option<Timestamp>,
}

impl RevocationList for FakeRevocations {
    fn revoke(&self, session: SessionId, until: Timestamp) {
        lock(&self.0).ended.push((session, until));
    }

    fn caught_up(&self, at: Timestamp) {
        let mut state = lock(&self.0);
        state.ended.retain(|(_, until)| *until > at);
        state.caught_up_at = Some(at);
    }

    fn lookup(&self, session: SessionId, now: Timestamp) -> Revocation {
        let state = lock(&self.0);
        let fresh = state.caught_up_at.is_some_and(|at| now - at <= TimeDelta::seconds(1));
        if state.ended.iter().any(|(ended, _)| *ended == session) {
            return Revocation::Revoked;
        }
        if fresh { Revocation::Live } else { Revocation::Unknown }
    }

    fn len(&self) -> usize {
        let state = lock(&self.0);
        let mut sessions: Vec<_> = state.ended.iter().map(|(session, _)| *session).collect();
        sessions.sort_unstable();
        sessions.dedup();
        sessions.len()
    }
}
