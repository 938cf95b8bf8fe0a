//! A cache that remembers only what it was told to forget.

use super::lock;
use std::sync::Mutex;
use threshold_application::ports::UserCache;
use threshold_domain::Timestamp;
use threshold_domain::accounts::UserId;

/// Holds no user; tells what it was told.
#[derive(Debug, Default)]
pub struct FakeUserCache(Mutex<Told>);

#[derive(Debug, Default)]
struct Told {
    forgotten: Vec<UserId>,
    forgot_all: bool,
    heard_at: Option<Timestamp>,
}

impl FakeUserCache {
    /// Who was to be forgotten, one by one.
    #[must_use]
    pub fn forgotten(&self) -> Vec<UserId> {
        lock(&self.0).forgotten.clone()
    }

    /// Whether everybody was to be forgotten.
    #[must_use]
    pub fn forgot_all(&self) -> bool {
        lock(&self.0).forgot_all
    }

    /// Until when everything was heard.
    #[must_use]
    pub fn heard_at(&self) -> Option<Timestamp> {
        lock(&self.0).heard_at
    }
}

impl UserCache for FakeUserCache {
    fn forget(&self, user: UserId) {
        lock(&self.0).forgotten.push(user);
    }

    fn forget_all(&self) {
        lock(&self.0).forgot_all = true;
    }

    fn heard(&self, at: Timestamp) {
        lock(&self.0).heard_at = Some(at);
    }
}
