//! Ended sessions, changed grants and revoked keys in a list.

use super::lock;
use chrono::TimeDelta;
use std::sync::Mutex;
use threshold_application::ports::{News, Revocation, RevocationList};
use threshold_domain::Timestamp;
use threshold_domain::access::{ApiKeyId, Holder};
use threshold_domain::sessions::AccessClaims;

/// The naive model of a revocation list.
#[derive(Debug, Default)]
pub struct FakeRevocations(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    noted: Vec<News>,
    caught_up_at: Option<Timestamp>,
}

fn until(news: &News) -> Option<Timestamp> {
    match news {
        News::SessionEnded { until, .. } | News::GrantsChanged { until, .. } | News::KeyRevoked { until, .. } => {
            Some(*until)
        }
        News::UserChanged(_) => None,
    }
}

impl RevocationList for FakeRevocations {
    fn note(&self, news: &News) {
        if until(news).is_some() {
            lock(&self.0).noted.push(news.clone());
        }
    }

    fn caught_up(&self, at: Timestamp) {
        let mut state = lock(&self.0);
        if state.caught_up_at.is_some_and(|before| before >= at) {
            return;
        }
        let kept = state.noted.iter().filter(|one| latest(&state.noted, one) > Some(at)).cloned().collect();
        state.noted = kept;
        state.caught_up_at = Some(at);
    }

    fn is_current(&self, now: Timestamp) -> bool {
        lock(&self.0).caught_up_at.is_some_and(|at| now - at <= TimeDelta::seconds(1))
    }

    fn lookup(&self, claims: &AccessClaims, now: Timestamp) -> Revocation {
        let noted = lock(&self.0).noted.clone();
        let ended = |one: &News| matches!(one, News::SessionEnded { session, .. } if *session == claims.session);
        let is_about = |holder: &Holder| match holder {
            Holder::User(user) => *user == claims.subject,
            Holder::Role(role) => claims.grants.roles.contains(role),
        };
        let stale = |one: &News| {
            matches!(one, News::GrantsChanged { holder, version, .. }
                if is_about(holder) && claims.grants.version < *version)
        };
        if noted.iter().any(ended) {
            Revocation::Revoked
        } else if noted.iter().any(stale) {
            Revocation::Stale
        } else if self.is_current(now) {
            Revocation::Live
        } else {
            Revocation::Unknown
        }
    }

    fn lookup_key(&self, key: ApiKeyId, now: Timestamp) -> Revocation {
        let revoked = |one: &News| matches!(one, News::KeyRevoked { key: revoked, .. } if *revoked == key);
        if lock(&self.0).noted.iter().any(revoked) {
            Revocation::Revoked
        } else if self.is_current(now) {
            Revocation::Live
        } else {
            Revocation::Unknown
        }
    }

    fn len(&self) -> usize {
        let state = lock(&self.0);
        let mut distinct: Vec<&News> = Vec::new();
        for one in &state.noted {
            if !distinct.iter().any(|other| same(one, other)) {
                distinct.push(one);
            }
        }
        distinct.len()
    }
}

/// Whether both tell of one session, of one holder of grants, or of one key.
fn same(one: &News, other: &News) -> bool {
    match (one, other) {
        (News::SessionEnded { session: a, .. }, News::SessionEnded { session: b, .. }) => a == b,
        (News::GrantsChanged { holder: a, .. }, News::GrantsChanged { holder: b, .. }) => a == b,
        (News::KeyRevoked { key: a, .. }, News::KeyRevoked { key: b, .. }) => a == b,
        (
            News::UserChanged(_) | News::SessionEnded { .. } | News::GrantsChanged { .. } | News::KeyRevoked { .. },
            _,
        ) => false,
    }
}

/// How long what `one` tells of is remembered: the longest time wins.
fn latest(noted: &[News], one: &News) -> Option<Timestamp> {
    noted.iter().filter(|other| same(one, other)).filter_map(until).max()
}
