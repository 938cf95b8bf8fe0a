//! Users, remembered for a moment.

use async_trait::async_trait;
use chrono::TimeDelta;
use quick_cache::sync::Cache;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use threshold_application::ports::{AccountReader, Clock, StoreError, UserCache};
use threshold_domain::Timestamp;
use threshold_domain::accounts::{Credentials, Login, User, UserId};

/// How long a user is shown from memory where no news is heard, and after this silence of the news at the latest.
const MAX_AGE: TimeDelta = TimeDelta::seconds(1);
/// How long at most where news is heard: should some ever be lost, this is the end of it.
const MAX_AGE_WITH_NEWS: TimeDelta = TimeDelta::seconds(60);
/// Changes are counted in so many places, so that one user's change seldom keeps another from being remembered.
const PLACES: usize = 1024;

/// Reads users through a memory of them; everything else goes to the store.
pub struct RememberedAccounts {
    accounts: Arc<dyn AccountReader>,
    clock: Arc<dyn Clock>,
    users: Cache<UserId, Remembered>,
    /// A user who is forgotten while somebody reads them must not be remembered as they were.
    changes: Vec<AtomicU64>,
    hasher: RandomState,
    /// In microseconds since 1970.
    heard_at: AtomicI64,
}

#[derive(Clone)]
struct Remembered {
    user: Arc<User>,
    read_at: Timestamp,
}

impl RememberedAccounts {
    /// Remembers at most `capacity` users of `accounts`; about 500 bytes each.
    #[must_use]
    pub fn new(accounts: Arc<dyn AccountReader>, clock: Arc<dyn Clock>, capacity: usize) -> Self {
        Self {
            accounts,
            clock,
            users: Cache::new(capacity),
            changes: (0..PLACES).map(|_| AtomicU64::new(0)).collect(),
            hasher: RandomState::new(),
            heard_at: AtomicI64::new(i64::MIN),
        }
    }

    fn changes_of(&self, user: UserId) -> Option<&AtomicU64> {
        let place = self.hasher.hash_one(user) % u64::try_from(PLACES).unwrap_or(1);
        self.changes.get(usize::try_from(place).unwrap_or_default())
    }

    fn count_of(&self, user: UserId) -> u64 {
        self.changes_of(user).map_or(0, |count| count.load(Ordering::Acquire))
    }

    fn remembered(&self, id: UserId) -> Option<Arc<User>> {
        let remembered = self.users.get(&id)?;
        let now = self.clock.now();
        let age = now - remembered.read_at;
        let silence = now.timestamp_micros().saturating_sub(self.heard_at.load(Ordering::Acquire));
        let hears_news = TimeDelta::microseconds(silence) <= MAX_AGE;
        (age <= if hears_news { MAX_AGE_WITH_NEWS } else { MAX_AGE }).then_some(remembered.user)
    }

    /// Remembers what was read at `read_at`, unless there was a change since.
    fn remember(&self, user: &User, read_at: Timestamp, changes_before: u64) {
        self.users.insert(user.id, Remembered { user: Arc::new(user.clone()), read_at });
        // Put in first and looked at after: a change between the two takes it out again here, one after that takes it out itself.
        if self.count_of(user.id) != changes_before {
            self.users.remove(&user.id);
        }
    }
}

#[async_trait]
impl AccountReader for RememberedAccounts {
    async fn find(&self, id: UserId) -> Result<Option<User>, StoreError> {
        if let Some(user) = self.remembered(id) {
            return Ok(Some(User::clone(&user)));
        }
        let (read_at, changes_before) = (self.clock.now(), self.count_of(id));
        let found = self.accounts.find(id).await?;
        if let Some(user) = &found {
            self.remember(user, read_at, changes_before);
        }
        Ok(found)
    }

    async fn find_by_login(&self, login: &Login) -> Result<Option<Credentials>, StoreError> {
        self.accounts.find_by_login(login).await
    }

    async fn credentials(&self, id: UserId) -> Result<Option<Credentials>, StoreError> {
        self.accounts.credentials(id).await
    }
}

impl UserCache for RememberedAccounts {
    fn forget(&self, user: UserId) {
        if let Some(changes) = self.changes_of(user) {
            changes.fetch_add(1, Ordering::AcqRel);
        }
        self.users.remove(&user);
    }

    fn forget_all(&self) {
        for changes in &self.changes {
            changes.fetch_add(1, Ordering::AcqRel);
        }
        self.users.clear();
        self.heard_at.store(i64::MIN, Ordering::Release);
    }

    fn heard(&self, at: Timestamp) {
        self.heard_at.fetch_max(at.timestamp_micros(), Ordering::AcqRel);
    }
}
