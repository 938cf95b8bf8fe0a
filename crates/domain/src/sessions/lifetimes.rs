//! How long sessions live.

use super::{SessionKind, SessionRequest};
use chrono::TimeDelta;

/// How long sessions live, unused and at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionLifetimes {
    /// A refresh token that is not used for so long is over.
    pub refresh_idle: TimeDelta,
    /// Nobody stays signed in longer without a password: refresh tokens and remembered browsers alike (ASVS 5.0, 10.4.8).
    pub absolute: TimeDelta,
    /// A remembered browser that does not come back for so long is signed out.
    pub remembered_idle: TimeDelta,
    /// Any other browser is signed out after this.
    pub browser: TimeDelta,
}

impl Default for SessionLifetimes {
    fn default() -> Self {
        Self {
            refresh_idle: TimeDelta::days(30),
            absolute: TimeDelta::days(90),
            remembered_idle: TimeDelta::days(30),
            browser: TimeDelta::hours(12),
        }
    }
}

impl SessionLifetimes {
    /// How long such a session lives unused, and at most.
    #[must_use]
    pub fn of(&self, request: &SessionRequest) -> (TimeDelta, TimeDelta) {
        match (request.kind, request.remembered) {
            (SessionKind::Tokens, _) => (self.refresh_idle, self.absolute),
            (SessionKind::Browser, true) => (self.remembered_idle, self.absolute),
            (SessionKind::Browser, false) => (self.browser, self.browser),
        }
    }
}
